/** A part of an image as a service is asked about it: padded, encoded, small enough; and places in it as places in the image. */
import sharp from "sharp";
import { MaskingError } from "../../src/errors.ts";
import type { Box, Point, Raster } from "../../src/image-types.ts";

/** Whole pixels of the image. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An encoded region, and how a place of the service's answer becomes one of the image. */
export interface Sent {
  /** PNG, or JPEG where PNG is larger than the service takes. */
  readonly bytes: Uint8Array;
  readonly region: Region;
}

/** Pixels around each region, of its own edge's colours: text that touches an edge is missed. */
const BORDER = 32;
/** The smallest side that Rekognition takes is 80 pixels. */
const LEAST = 80;

/** White: what a service is shown to learn its model. */
export const BLANK: Raster = {
  width: LEAST,
  height: LEAST,
  channels: 1,
  data: new Uint8Array(LEAST * LEAST).fill(255),
};

export function wholeOf({ width, height, channels, data }: Raster): Region {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || data.length !== width * height * channels) throw new MaskingError("IMAGE_UNREADABLE");
  return { x: 0, y: 0, width, height };
}

/** The region as bytes; undefined where it takes more than `limit` bytes even so: then ask about parts of it. */
export async function sentOf(image: Raster, region: Region, limit: number): Promise<Sent | undefined> {
  const { width, height, channels, data } = image;
  const [right, bottom] = [BORDER + Math.max(0, LEAST - region.width), BORDER + Math.max(0, LEAST - region.height)];
  const picture = sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .extract({ left: region.x, top: region.y, width: region.width, height: region.height })
    .flatten({ background: "white" })
    .extend({
      left: BORDER,
      top: BORDER,
      right,
      bottom,
      extendWith: "background",
      background: edgeOf(image, region),
    });
  const png = await picture.clone().png({ compressionLevel: 6 }).toBuffer();
  if (png.length <= limit) return { bytes: png, region };
  const jpeg = await picture.jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer();
  return jpeg.length <= limit ? { bytes: jpeg, region } : undefined;
}

/** The mean colour of the region's upper left pixel and its lower right one: a border that is not the ground is read as a frame. */
function edgeOf(
  { width, channels, data }: Raster,
  { x, y, width: w, height: h }: Region,
): { r: number; g: number; b: number } {
  const at = (px: number, py: number, colour: number) =>
    data[(py * width + px) * channels + (channels === 1 ? 0 : colour)]!;
  const mean = (colour: number) => Math.round((at(x, y, colour) + at(x + w - 1, y + h - 1, colour)) / 2);
  return { r: mean(0), g: mean(1), b: mean(2) };
}

/** A place as the service answers it, a share of what was sent, in pixels of the image; never outside of it. */
export function placeIn({ region }: Sent, { x, y }: Point, image: Raster): Point {
  const [wide, high] = [
    region.width + BORDER + borderOf(region.width),
    region.height + BORDER + borderOf(region.height),
  ];
  return {
    x: Math.min(Math.max(region.x + x * wide - BORDER, 0), image.width),
    y: Math.min(Math.max(region.y + y * high - BORDER, 0), image.height),
  };
}

function borderOf(length: number): number {
  return BORDER + Math.max(0, LEAST - length);
}

/** How far halves reach into one another, as a share of their length and at least in pixels: more than a long word takes. */
const OVERLAP = 0.1;
const LEAST_OVERLAP = 96;
/** A region that is no longer than this is not cut: all of it would be overlap. */
const INDIVISIBLE = 4 * LEAST_OVERLAP;

/** Two halves along the longer side, reaching into one another. Throws IMAGE_UNREADABLE where the region is too small for it. */
export function halvesOf({ x, y, width, height }: Region): readonly [Region, Region] {
  const longer = Math.max(width, height);
  if (longer < INDIVISIBLE) throw new MaskingError("IMAGE_UNREADABLE");
  const reach = Math.ceil(longer / 2 + Math.max(longer * OVERLAP, LEAST_OVERLAP) / 2);
  return width >= height
    ? [
        { x, y, width: reach, height },
        { x: x + width - reach, y, width: reach, height },
      ]
    : [
        { x, y, width, height: reach },
        { x, y: y + height - reach, width, height: reach },
      ];
}

/** The smallest upright rectangle around points. */
export function boundsOf(points: readonly Point[]): Box {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** How much of a box lies within another, as a share of its own area. */
export function shareWithin(box: Box, other: Box): number {
  const wide = Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x);
  const high = Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y);
  return wide <= 0 || high <= 0 ? 0 : (wide * high) / (box.width * box.height);
}
