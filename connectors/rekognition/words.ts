/** What a service read, made into words of the image. */
import { MaskingError } from "../../src/errors.ts";
import type { Point, Raster, Word } from "../../src/image-types.ts";
import { boundsOf, placeIn, type Sent, shareWithin } from "./region.ts";

/** Where something stands in what was sent, as it came: any member may be missing, or of another type than the model says. */
export interface RawGeometry {
  readonly Polygon?: unknown;
  readonly BoundingBox?: unknown;
}

/** A word as a service tells it. */
export interface RawWord {
  readonly text: unknown;
  /** 0 to 100. */
  readonly confidence: unknown;
  readonly geometry: unknown;
  /** What the service calls its line. */
  readonly line: unknown;
}

/** The words of one answer, lines in the order in which they come. Throws DETECTOR_FAILED where a word has no text or place. */
export function wordsOf(raw: readonly RawWord[], sent: Sent, image: Raster): readonly Word[] {
  const lines = new Map<unknown, number>();
  return raw.map(({ text, confidence, geometry, line }) => {
    if (typeof text !== "string") throw new MaskingError("DETECTOR_FAILED");
    if (!lines.has(line)) lines.set(line, lines.size);
    const score = typeof confidence === "number" ? Math.min(Math.max(confidence / 100, 0), 1) : 1;
    return { text, score, polygon: polygonOf(geometry, sent, image), line: lines.get(line)! };
  });
}

/** Corners in pixels of the image. */
export function polygonOf(geometry: unknown, sent: Sent, image: Raster): readonly Point[] {
  const { Polygon: polygon, BoundingBox: box } = (geometry ?? {}) as RawGeometry;
  const points = Array.isArray(polygon) && polygon.length === 4 ? polygon.map(pointOf) : cornersOf(box);
  return points.map((point) => placeIn(sent, point, image));
}

function pointOf(point: unknown): Point {
  const { X: x, Y: y } = (point ?? {}) as { readonly X?: unknown; readonly Y?: unknown };
  return { x: finite(x), y: finite(y) };
}

function cornersOf(box: unknown): readonly Point[] {
  const { Left, Top, Width, Height } = (box ?? {}) as Readonly<Record<string, unknown>>;
  const [x, y, width, height] = [finite(Left), finite(Top), finite(Width), finite(Height)];
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

function finite(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new MaskingError("DETECTOR_FAILED");
  return value;
}

/** A word that lies in another part's word by this share of its area is that word, or the rest of it at a cut. */
const SAME = 0.8;

/** The words of neighbouring regions as one page: what two saw comes once, whole; lines are put together by their height. */
export function joined(parts: readonly (readonly Word[])[]): readonly Word[] {
  const all = parts.flatMap((words, part) => words.map((word) => ({ word, part, box: boundsOf(word.polygon) })));
  const kept: typeof all = [];
  for (const each of all.sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)) {
    const again = kept.some(({ part, box }) => part !== each.part && shareWithin(each.box, box) > SAME);
    if (!again) kept.push(each);
  }
  return rows(kept.map(({ word }) => word));
}

function rows(words: readonly Word[]): readonly Word[] {
  const placed = words.map((word) => ({ word, box: boundsOf(word.polygon) }));
  const middle = ({ box }: { box: { y: number; height: number } }) => box.y + box.height / 2;
  const lines: (typeof placed)[] = [];
  for (const each of placed.sort((a, b) => middle(a) - middle(b))) {
    const last = lines.at(-1)?.at(-1);
    const together = last && middle(each) - middle(last) < 0.5 * Math.min(each.box.height, last.box.height);
    if (together) lines.at(-1)!.push(each);
    else lines.push([each]);
  }
  return lines.flatMap((line, number) =>
    line.sort((a, b) => a.box.x - b.box.x).map(({ word }) => ({ ...word, line: number })),
  );
}
