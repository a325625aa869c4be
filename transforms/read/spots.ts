/** Where text stands: the answer of a differentiable-binarisation network (DB, Liao et al. 2020) made into rectangles. */
import type { Point } from "../../src/image-types.ts";
import type { Plane } from "./plane.ts";
import { grown, hullOf, type Rect, smallestRect } from "./rects.ts";

/** How likely each pixel belongs to the middle of a line of text, 0 to 255, row by row. */
export type Likelihood = Plane;

export interface Spot {
  readonly rect: Rect;
  /** Mean likelihood of the pixels that it was made of. */
  readonly score: number;
}

/** PP-OCR's own settings (`db_postprocess.py`), the score a little lower, since a box too many costs less than one too few. */
const LEAST_PIXEL = 0.3 * 255;
const LEAST_SCORE = 0.45;
/** The network marks lines thinner than they are: this share of area over perimeter is added all around. */
const UNCLIP = 1.6;
const LEAST_SIDE = 3;

/** Lines of text in no order, in pixels of the likelihood. */
export function spotsOf(likelihood: Likelihood): readonly Spot[] {
  const spots: Spot[] = [];
  for (const { edge, score } of blobsOf(likelihood)) {
    if (score < LEAST_SCORE) continue;
    const rect = smallestRect(hullOf(edge));
    // A pixel is a square, and its point is the middle of it.
    const whole = { ...grown(rect, 0.5), x: rect.x + 0.5, y: rect.y + 0.5 };
    if (whole.short < LEAST_SIDE) continue;
    const offset = (UNCLIP * whole.long * whole.short) / (2 * (whole.long + whole.short));
    spots.push({ rect: grown(whole, offset), score });
  }
  return spots;
}

interface Blob {
  /** The outermost pixels of each row. */
  readonly edge: readonly Point[];
  readonly score: number;
}

/** Connected pixels over the threshold, corners touching counts. */
function blobsOf({ width, height, data }: Likelihood): readonly Blob[] {
  const seen = new Uint8Array(data.length);
  const blobs: Blob[] = [];
  const stack: number[] = [];
  for (let first = 0; first < data.length; first += 1) {
    if (seen[first] || data[first]! <= LEAST_PIXEL) continue;
    const rows = new Map<number, [number, number]>();
    let [sum, count] = [0, 0];
    seen[first] = 1;
    stack.push(first);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      sum += data[at]!;
      count += 1;
      const row = rows.get(y);
      if (!row) rows.set(y, [x, x]);
      else if (x < row[0]) row[0] = x;
      else if (x > row[1]) row[1] = x;
      for (let dy = y > 0 ? -1 : 0; dy <= (y < height - 1 ? 1 : 0); dy += 1) {
        for (let dx = x > 0 ? -1 : 0; dx <= (x < width - 1 ? 1 : 0); dx += 1) {
          const next = at + dy * width + dx;
          if (seen[next] || data[next]! <= LEAST_PIXEL) continue;
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    const edge = [...rows].flatMap(([y, [left, right]]) => [
      { x: left, y },
      { x: right, y },
    ]);
    blobs.push({ edge, score: sum / count / 255 });
  }
  return blobs;
}
