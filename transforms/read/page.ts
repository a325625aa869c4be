/** Finding the lines of a page: at a size at which letters are neither too small nor too slow to find, in tiles. */
import type { Paddle } from "./paddle.ts";
import { type Plane, resized } from "./plane.ts";
import type { Rect } from "./rects.ts";
import { BORDER, type Planes, type Sheet } from "./sheet.ts";
import { spotsOf } from "./spots.ts";

/** A line of text as it was found. */
export interface Found {
  /** In pixels of the sheet. */
  readonly rect: Rect;
  readonly score: number;
}

/** Pages whose longer side is shorter are enlarged up to it, twice at most. */
const SMALL = 960;
/** Pages with more pixels are made smaller, down to six tenths of their width: letters of 12 pixels are 7 then. */
const LARGE = 2_000_000;
const SMALLEST_SCALE = 0.6;

/** `width` and `height` of the whole page, its frame included: what is cut off it does not make letters larger. */
export function scaleOf({ width, height }: Pick<Plane, "width" | "height">): number {
  const longer = Math.max(width, height);
  if (longer < SMALL) return Math.min(2, SMALL / longer);
  return Math.min(1, Math.max(SMALLEST_SCALE, Math.sqrt(LARGE / (width * height))));
}

/** Lines of text in no order. */
export async function findLines({ planes, page }: Sheet, paddle: Paddle): Promise<readonly Found[]> {
  const scale = scaleOf({ width: page.width + 2 * BORDER, height: page.height + 2 * BORDER });
  const likelihood = await likelihoodOf(planes, scale, paddle);
  return spotsOf(likelihood).map(({ rect, score }) => ({
    score,
    rect: {
      x: rect.x / scale,
      y: rect.y / scale,
      long: rect.long / scale,
      short: rect.short / scale,
      angle: rect.angle,
    },
  }));
}

/** Longest side of a tile, and how far tiles reach into one another: pixels of the scaled page. */
const TILE = 1280;
const OVERLAP = 96;

interface Cut {
  /** Where the network looks, and the part of its answer that counts. */
  readonly from: number;
  readonly to: number;
  readonly keepFrom: number;
  readonly keepTo: number;
}

/** Even tiles over a length, each reaching into its neighbours. */
export function cutsOf(length: number): readonly Cut[] {
  const count = Math.max(1, Math.ceil((length - 2 * OVERLAP) / (TILE - 2 * OVERLAP)));
  const core = Math.ceil(length / count);
  return Array.from({ length: count }, (_, i) => {
    const [keepFrom, keepTo] = [i * core, Math.min((i + 1) * core, length)];
    return { keepFrom, keepTo, from: Math.max(0, keepFrom - OVERLAP), to: Math.min(length, keepTo + OVERLAP) };
  }).filter(({ keepFrom, keepTo }) => keepTo > keepFrom);
}

async function likelihoodOf(planes: Planes, scale: number, paddle: Paddle): Promise<Plane> {
  const width = Math.max(1, Math.round(planes[0].width * scale));
  const height = Math.max(1, Math.round(planes[0].height * scale));
  const data = new Uint8Array(width * height);
  for (const down of cutsOf(height)) {
    for (const across of cutsOf(width)) {
      const tile = await paddle.find(tileOf(planes, scale, across, down));
      for (let y = down.keepFrom; y < down.keepTo; y += 1) {
        const row = (y - down.from) * tile.width - across.from;
        data.set(tile.data.subarray(row + across.keepFrom, row + across.keepTo), y * width + across.keepFrom);
      }
    }
  }
  return { width, height, data };
}

/** A tile's pixels, scaled, with its edge drawn out to multiples of 32 as the network wants it. */
function tileOf(planes: Planes, scale: number, across: Cut, down: Cut): Planes {
  const [width, height] = [across.to - across.from, down.to - down.from];
  const [wide, high] = [Math.ceil(width / 32) * 32, Math.ceil(height / 32) * 32];
  const part = (plane: Plane): Plane => {
    const from = {
      x: Math.floor(across.from / scale),
      y: Math.floor(down.from / scale),
      width: Math.max(1, Math.min(Math.round(width / scale), plane.width - Math.floor(across.from / scale))),
      height: Math.max(1, Math.min(Math.round(height / scale), plane.height - Math.floor(down.from / scale))),
    };
    return drawnOut(resized(plane, from, width, height), wide, high);
  };
  const distinct = new Map([...new Set(planes)].map((plane) => [plane, part(plane)]));
  return planes.map((plane) => distinct.get(plane)!) as unknown as Planes;
}

function drawnOut({ width, height, data }: Plane, wide: number, high: number): Plane {
  if (wide === width && high === height) return { width, height, data };
  const out = new Uint8Array(wide * high);
  for (let y = 0; y < high; y += 1) {
    const row = Math.min(y, height - 1) * width;
    out.set(data.subarray(row, row + width), y * wide);
    out.fill(data[row + width - 1]!, y * wide + width, (y + 1) * wide);
  }
  return { width: wide, height: high, data: out };
}
