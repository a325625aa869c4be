/** Rows of boxes for one letter each, as forms have them: readers see the boxes and not what stands in them. */
import type { Box } from "../../src/image-types.ts";
import { edgeOf, type Plane } from "./plane.ts";

/** What differs from the ground by so much is ink: forms are printed in light colours too. */
const INK = 28;
/** Pixels that a ruling is long at least, and thick at most. */
const LONG = 90;
const THICK = 8;
/** Height of a box in pixels. */
const LOWEST = 14;
const HIGHEST = 140;
/** Width of a box for one letter, as shares of its height. */
const NARROW = 0.35;
const WIDE = 1.6;
/** So many boxes side by side, and so many of them with something in them, make a row that is worth a look. */
const CELLS = 3;
const FILLED = 3;
/** Share of a box that a letter blackens. */
const LEAST = 0.015;
const MOST = 0.5;
/** So many rows of boxes one upon another are squared paper or a table. */
const GRID = 4;

/** A stretch of ink along a row, end exclusive; `bottom` is the first row below it. */
interface Ruling {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Row {
  readonly box: Box;
  readonly upper: Ruling;
  readonly lower: Ruling;
  readonly filled: number;
}

/** Upright rows of boxes with letters in them, in pixels of the plane. What is written in them is nobody's guess. */
export function combsOf(plane: Plane): readonly Box[] {
  const ink = inkOf(plane);
  const rulings = rulingsOf(ink);
  const rows = rulings.flatMap((upper) => {
    const lower = rulings.find((each) => isBelow(upper, each));
    return lower ? rowsBetween(ink, upper, lower) : [];
  });
  return rows.filter((row) => row.filled >= FILLED && stackOf(row, rows) < GRID).map(({ box }) => box);
}

/** 1 where there is ink. */
function inkOf(plane: Plane): Plane {
  const ground = edgeOf(plane);
  return { ...plane, data: plane.data.map((value) => (Math.abs(value - ground) > INK ? 1 : 0)) };
}

/** Long thin lines along rows, from the top. */
function rulingsOf({ width, height, data }: Plane): readonly Ruling[] {
  const done: Ruling[] = [];
  let open: Ruling[] = [];
  for (let y = 0; y <= height; y += 1) {
    const runs = y < height ? runsOf(data.subarray(y * width, (y + 1) * width)) : [];
    const next = runs.map(({ left, right }): Ruling => {
      const above = open.find((each) => overlap(each, { left, right }) > 0);
      return above
        ? { ...above, left: Math.min(above.left, left), right: Math.max(above.right, right), bottom: y + 1 }
        : { left, right, top: y, bottom: y + 1 };
    });
    done.push(...open.filter((each) => next.every((now) => overlap(each, now) === 0)));
    open = next;
  }
  return done.filter(({ top, bottom }) => bottom - top <= THICK).sort((a, b) => a.top - b.top);
}

function runsOf(row: Uint8Array): readonly Pick<Ruling, "left" | "right">[] {
  const runs: Pick<Ruling, "left" | "right">[] = [];
  for (let left = row.indexOf(1); left >= 0; ) {
    const gap = row.indexOf(0, left);
    const right = gap < 0 ? row.length : gap;
    if (right - left >= LONG) runs.push({ left, right });
    left = row.indexOf(1, right);
  }
  return runs;
}

function overlap(one: Pick<Ruling, "left" | "right">, other: Pick<Ruling, "left" | "right">): number {
  return Math.max(0, Math.min(one.right, other.right) - Math.max(one.left, other.left));
}

function isBelow(upper: Ruling, lower: Ruling): boolean {
  const apart = lower.top - upper.bottom;
  return apart >= LOWEST && apart <= HIGHEST && overlap(upper, lower) >= LONG;
}

/** Rows of boxes of about one width between two rulings. */
function rowsBetween(ink: Plane, upper: Ruling, lower: Ruling): readonly Row[] {
  const [top, bottom] = [upper.bottom, lower.top];
  const high = bottom - top;
  const posts = postsOf(ink, Math.max(upper.left, lower.left), Math.min(upper.right, lower.right), top, bottom);
  const rows: Row[] = [];
  let [first, filled] = [0, 0];
  for (let at = 1; at <= posts.length; at += 1) {
    const wide = at < posts.length ? posts[at]!.start - posts[at - 1]!.end : 0;
    if (wide >= NARROW * high && wide <= WIDE * high) {
      const share = shareOf(ink, posts[at - 1]!.end, top, wide, high);
      if (share >= LEAST && share <= MOST) filled += 1;
      continue;
    }
    if (at - 1 - first >= CELLS) {
      const [x, y] = [posts[first]!.start, upper.top];
      const box = { x, y, width: posts[at - 1]!.end - x, height: lower.bottom - y };
      rows.push({ box, upper, lower, filled });
    }
    [first, filled] = [at, 0];
  }
  return rows;
}

interface Post {
  readonly start: number;
  readonly end: number;
}

/** Thin lines from the upper ruling to the lower one. */
function postsOf({ width, data }: Plane, left: number, right: number, top: number, bottom: number): readonly Post[] {
  const full = (x: number): boolean => {
    let count = 0;
    for (let y = top; y < bottom; y += 1) count += data[y * width + x]!;
    return count >= 0.9 * (bottom - top);
  };
  const posts: Post[] = [];
  let start = -1;
  for (let x = left; x <= right; x += 1) {
    const inked = x < right && full(x);
    if (inked && start < 0) start = x;
    if (inked || start < 0) continue;
    if (x - start <= THICK) posts.push({ start, end: x });
    start = -1;
  }
  return posts;
}

function shareOf({ width, data }: Plane, left: number, top: number, wide: number, high: number): number {
  let count = 0;
  for (let y = top + 1; y < top + high - 1; y += 1) {
    for (let x = left + 1; x < left + wide - 1; x += 1) count += data[y * width + x]!;
  }
  return count / (wide * high);
}

/** How many rows of boxes, this one among them, lie ruling upon ruling. */
function stackOf(row: Row, rows: readonly Row[]): number {
  const next = (from: Row, side: "upper" | "lower"): Row | undefined =>
    rows.find((each) => each[side === "upper" ? "lower" : "upper"] === from[side] && sharesWidth(each.box, from.box));
  let count = 1;
  for (const side of ["upper", "lower"] as const) {
    for (let at = next(row, side); at && count < GRID; at = next(at, side)) count += 1;
  }
  return count;
}

function sharesWidth(one: Box, other: Box): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width;
}
