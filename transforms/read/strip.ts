/** A line of text cut out of its page, upright and of one height: what readers of lines take. */
import type { Plane } from "./plane.ts";
import { distance, type Quad } from "./rects.ts";

/** Height of a strip in pixels, as PP-OCR's recogniser wants it. */
export const STRIP_HEIGHT = 48;
/** Longer lines than this are compressed: 3,200 pixels hold some 250 letters. */
const LONGEST = 3200;

/** The planes seen through the quad, straightened: as wide as the quad is long. Sampled by straight lines between pixels. */
export function stripOf(planes: readonly Plane[], quad: Quad): readonly Plane[] {
  const [p, q, r, s] = quad;
  const long = (distance(p, q) + distance(s, r)) / 2;
  const short = Math.max((distance(p, s) + distance(q, r)) / 2, 1);
  const width = Math.min(Math.max(Math.round((long * STRIP_HEIGHT) / short), 8), LONGEST);
  // More samples than pixels where the page is finer than the strip, so that no thin stroke is passed over.
  const finer = Math.max(1, Math.min(4, Math.ceil(short / STRIP_HEIGHT)));
  const distinct = new Map<Plane, Plane>();
  for (const plane of new Set(planes)) distinct.set(plane, sample(plane, quad, width, finer));
  return planes.map((plane) => distinct.get(plane)!);
}

function sample(plane: Plane, [p, q, r, s]: Quad, width: number, finer: number): Plane {
  const { width: wide, height: high, data } = plane;
  const out = new Uint8Array(width * STRIP_HEIGHT);
  const steps = finer * finer;
  for (let y = 0; y < STRIP_HEIGHT; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let sub = 0; sub < steps; sub += 1) {
        const u = (x + ((sub % finer) + 0.5) / finer) / width;
        const v = (y + (Math.floor(sub / finer) + 0.5) / finer) / STRIP_HEIGHT;
        const px = (p.x * (1 - u) + q.x * u) * (1 - v) + (s.x * (1 - u) + r.x * u) * v - 0.5;
        const py = (p.y * (1 - u) + q.y * u) * (1 - v) + (s.y * (1 - u) + r.y * u) * v - 0.5;
        const [cx, cy] = [Math.min(Math.max(px, 0), wide - 1), Math.min(Math.max(py, 0), high - 1)];
        const [x0, y0] = [Math.floor(cx), Math.floor(cy)];
        const [fx, fy] = [cx - x0, cy - y0];
        const at = y0 * wide + x0;
        const right = x0 < wide - 1 ? 1 : 0;
        const below = y0 < high - 1 ? wide : 0;
        const upper = data[at]! * (1 - fx) + data[at + right]! * fx;
        const lower = data[at + below]! * (1 - fx) + data[at + below + right]! * fx;
        sum += upper * (1 - fy) + lower * fy;
      }
      out[y * width + x] = sum / steps + 0.5;
    }
  }
  return { width, height: STRIP_HEIGHT, data: out };
}
