import { MaskingError } from "../../src/errors.ts";
import type { Box, Point, Word } from "../../src/image-types.ts";

/** Room around a word for ascenders, blur and the rings of JPEG, as a share of the text's height; at least `LEAST` pixels. */
const MARGIN = 0.15;
const LEAST = 2;
/** Words of one line that stand no further apart than this many text heights are covered with what is between them. */
const GAP = 1.5;
/** Sine of twice the angle from which a word is covered by a row of small boxes and not by one. */
const SLANTED = 0.15;

/** A page as far as boxes must know it. */
export interface PageShape {
  readonly width: number;
  readonly height: number;
  readonly words: readonly Word[];
}

/**
 * Boxes over the words that `covered` tells, a margin around each and the gap to a covered neighbour included: whole
 * pixels, within the page. A polygon that is none is IMAGE_UNREADABLE.
 */
export function boxesOfWords({ width, height, words }: PageShape, covered: readonly boolean[]): readonly Box[] {
  const boxes: Box[] = [];
  for (const [at, word] of words.entries()) {
    const former = words[at - 1];
    const gap = covered[at] && covered[at - 1] && former?.line === word.line && bridge(former, word);
    if (gap) boxes.push(...piecesOf(gap));
    if (covered[at]) boxes.push(...piecesOf(grown(word.polygon)));
  }
  return boxes.flatMap((box) => clamped(box, width, height) ?? []);
}

/** From the end of one word to the start of the next, where that is no wider than a gap between words. */
function bridge(left: Word, right: Word): readonly Point[] | undefined {
  if (left.polygon.length !== 4 || right.polygon.length !== 4) return undefined;
  const [, a, b] = left.polygon as readonly [Point, Point, Point];
  const [c, , , d] = right.polygon as readonly [Point, Point, Point, Point];
  const heights = Math.max(distance(a, b), distance(c, d));
  return Math.max(distance(a, c), distance(b, d)) <= GAP * heights ? [a, c, d, b] : undefined;
}

function grown(polygon: readonly Point[]): readonly Point[] {
  if (polygon.length < 3 || !polygon.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))) {
    throw new MaskingError("IMAGE_UNREADABLE");
  }
  const [p, q, r, s] = polygon.length === 4 ? (polygon as readonly [Point, Point, Point, Point]) : hull(polygon);
  const tall = (distance(p, s) + distance(q, r)) / 2;
  const margin = Math.max(LEAST, MARGIN * tall);
  const along = unit(mean(p, s), mean(q, r), { x: 1, y: 0 });
  const down = unit(mean(p, q), mean(s, r), { x: -along.y, y: along.x });
  const move = ({ x, y }: Point, a: number, d: number): Point => ({
    x: x + margin * (a * along.x + d * down.x),
    y: y + margin * (a * along.y + d * down.y),
  });
  return [move(p, -1, -1), move(q, 1, -1), move(r, 1, 1), move(s, -1, 1)];
}

/** A slanted word is cut along its line, so that the corners of one large box do not hide what stands beside it. */
function piecesOf(polygon: readonly Point[]): readonly Box[] {
  const [p, q, r, s] = polygon as readonly [Point, Point, Point, Point];
  const long = distance(p, q);
  const slant = long === 0 ? 0 : Math.abs((2 * (q.x - p.x) * (q.y - p.y)) / long ** 2);
  const count = slant < SLANTED ? 1 : Math.min(Math.ceil(long / Math.max(distance(p, s), 1)) * 2, 200);
  const at = (a: Point, b: Point, i: number): Point => ({
    x: a.x + ((b.x - a.x) * i) / count,
    y: a.y + ((b.y - a.y) * i) / count,
  });
  return Array.from({ length: count }, (_, i) =>
    boundsOf([at(p, q, i), at(p, q, i + 1), at(s, r, i), at(s, r, i + 1)]),
  );
}

/** The smallest upright rectangle around the points. */
export function boundsOf(points: readonly Point[]): Box {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** Whole pixels, rounded outwards, within the page; undefined where nothing of the box lies on it. */
export function clamped({ x, y, width, height }: Box, pageWidth: number, pageHeight: number): Box | undefined {
  const [left, top] = [Math.max(0, Math.floor(x)), Math.max(0, Math.floor(y))];
  const right = Math.min(pageWidth, Math.ceil(x + width));
  const bottom = Math.min(pageHeight, Math.ceil(y + height));
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}

function hull(points: readonly Point[]): readonly [Point, Point, Point, Point] {
  const { x, y, width, height } = boundsOf(points);
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function mean(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function unit(from: Point, to: Point, otherwise: Point): Point {
  const length = distance(from, to);
  return length === 0 ? otherwise : { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
}
