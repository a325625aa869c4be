/** The part of a page that holds anything, framed: where engines look, and the way back to the page. */
import type { Box, Point, Raster } from "../../src/image-types.ts";
import { edgeOf, framed, type Plane, planesOf } from "./plane.ts";
import type { Quad } from "./rects.ts";

/** Red, green and blue. */
export type Planes = readonly [Plane, Plane, Plane];

export interface Sheet {
  readonly planes: Planes;
  /** Which part of the page the planes hold inside their frame. */
  readonly part: Box;
  readonly page: Pick<Raster, "width" | "height">;
}

/** Pixels around a sheet: text that touches the edge of an image is else not found (13 of 19 boxes beside 19 of 19). */
export const BORDER = 32;
/** What differs from the ground by less is no letter that an engine could find: noise of JPEG on empty paper. */
const FAINT = 4;

/** The page without its empty margins; undefined where it is empty altogether. */
export function sheetOf(page: Raster): Sheet | undefined {
  const planes = planesOf(page);
  const grounds = new Map([...new Set(planes)].map((plane) => [plane, edgeOf(plane)]));
  const part = contentOf(grounds);
  if (!part) return undefined;
  const cut = new Map([...grounds].map(([plane, ground]) => [plane, framed(plane, part, BORDER, ground)]));
  return { planes: planes.map((plane) => cut.get(plane)!) as unknown as Planes, part, page };
}

/** From pixels of a sheet to pixels of its page, none outside of it. */
export function onPage(quad: Quad, { part, page: { width, height } }: Sheet): readonly Point[] {
  return quad.map(({ x, y }) => ({
    x: Math.min(Math.max(x - BORDER + part.x, 0), width),
    y: Math.min(Math.max(y - BORDER + part.y, 0), height),
  }));
}

/** The smallest box around what is not ground in any plane. */
function contentOf(grounds: ReadonlyMap<Plane, number>): Box | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (const [{ width, height, data }, ground] of grounds) {
    const [low, high] = [ground - FAINT, ground + FAINT];
    for (let y = 0; y < height; y += 1) {
      const [start, end] = [y * width, (y + 1) * width];
      let from = start;
      while (from < end && data[from]! >= low && data[from]! <= high) from += 1;
      if (from === end) continue;
      let to = end;
      while (data[to - 1]! >= low && data[to - 1]! <= high) to -= 1;
      [left, right] = [Math.min(left, from - start), Math.max(right, to - start)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    }
  }
  return bottom < 0 ? undefined : { x: left, y: top, width: right - left, height: bottom - top };
}
