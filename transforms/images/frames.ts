/** Pictures that may move: all their frames below each other, as libvips has them. */
import type { Sharp } from "sharp";
import type { Box, Page } from "../../src/image-types.ts";
import { checkSize, type ImageLimits } from "./limits.ts";
import { fillSamples, fillValues, pageOf, type Samples, turned } from "./samples.ts";
import { openSharp, reading } from "./sharp.ts";

export interface Frames extends Samples {
  /** How many frames; `height` is that of one of them, and `data` holds all. */
  readonly count: number;
  /** Milliseconds, frame by frame. */
  readonly delay: readonly number[];
  /** How often it plays; 0 for ever. */
  readonly loop: number;
}

export interface OpenFrames {
  readonly frames: Frames;
  readonly exif?: Uint8Array;
  readonly xmp?: Uint8Array;
}

/** Every frame as it is shown, drawn over those before it. Throws IMAGE_TOO_LARGE where all of them together are. */
export async function openFrames(bytes: Uint8Array, limits: ImageLimits): Promise<OpenFrames> {
  const open = () => openSharp(bytes, { animated: true });
  const told = await reading((await open()).metadata());
  const count = told.pages ?? 1;
  checkSize(told.width, told.height, count, limits);
  const { data, info } = await reading(
    (await open()).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true }),
  );
  const height = info.height / count;
  const stored = { width: info.width, height, channels: info.channels as 3 | 4, data: new Uint8Array(data) };
  const shown = count === 1 ? turned(stored, told.orientation ?? 1) : stored;
  const { delay = [], loop = 0, exif, xmp } = told;
  return { frames: { ...shown, count, delay, loop }, ...(exif && { exif }), ...(xmp && { xmp }) };
}

/** One frame after the other. */
export async function* pagesOf(frames: Frames): AsyncGenerator<Page, void, undefined> {
  for (let number = 0; number < frames.count; number++) yield pageOf(frameOf(frames, number));
}

/** The frames with the boxes of all of them filled in each: a thing stays in its place from frame to frame, mostly. */
export function fillFrames(
  frames: Frames,
  boxes: readonly (readonly Box[])[],
  fill: readonly [number, number, number],
): Frames {
  const all = boxes.flat();
  const filled = { ...frames, data: frames.data.slice() };
  for (let number = 0; number < frames.count && all.length > 0; number++) {
    const frame = frameOf(filled, number);
    fillSamples(frame, all, fillValues(frame, fill));
  }
  return filled;
}

/** A view of one frame's samples: what is written to it is written to the whole. */
export function frameOf(
  { width, height, channels, data }: Frames,
  number: number,
): Samples & { readonly data: Uint8Array } {
  const size = width * height * channels;
  return { width, height, channels, data: data.subarray(number * size, (number + 1) * size) as Uint8Array };
}

/** The frames as an input of libvips. */
export async function rawOf({ width, height, channels, data, count }: Frames): Promise<Sharp> {
  const shape = { width, height: height * count, channels, ...(count > 1 && { pageHeight: height }) };
  return openSharp(data as Uint8Array, { raw: shape });
}
