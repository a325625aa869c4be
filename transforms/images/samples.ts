/** Samples of a picture as its file stores them, whatever their depth. */
import type { Box, Page, Raster } from "../../src/image-types.ts";

export interface Samples {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 2: grey and alpha; 3: RGB; 4: RGB and alpha. Alpha is not multiplied in. */
  readonly channels: 1 | 2 | 3 | 4;
  /** 8 bits a sample, or 16. */
  readonly data: Uint8Array | Uint16Array;
}

/** Sets every pixel that a box touches. `values`: one a channel, in the samples' own depth. */
export function fillSamples(
  { width, height, channels, data }: Samples,
  boxes: readonly Box[],
  values: readonly number[],
): void {
  for (const { x, y, width: across, height: down } of boxes) {
    const [left, right] = [Math.max(0, Math.floor(x)), Math.min(width, Math.ceil(x + across))];
    const [top, bottom] = [Math.max(0, Math.floor(y)), Math.min(height, Math.ceil(y + down))];
    for (let row = top; row < bottom; row++) {
      for (let at = (row * width + left) * channels; at < (row * width + right) * channels; at++) {
        data[at] = values[at % channels]!;
      }
    }
  }
}

/** A colour of 8 bits as the samples hold it, opaque. */
export function fillValues(
  { channels, data }: Samples,
  [r, g, b]: readonly [number, number, number],
): readonly number[] {
  const grey = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
  const values = channels < 3 ? [grey, 255] : [r, g, b, 255];
  return values.map((value) => (data instanceof Uint16Array ? value * 257 : value));
}

/**
 * The picture as one looks at it, for one of EXIF's orientations 1 to 8: what is stored is mirrored, turned or both.
 * Other numbers say nothing.
 */
export function turned(samples: Samples, orientation: number): Samples {
  if (!(orientation >= 2 && orientation <= 8)) return samples;
  const { width, height, channels, data } = samples;
  const swap = orientation >= 5;
  const [across, down] = swap ? [height, width] : [width, height];
  const [mirror, flip] = mirrored(orientation);
  const out = data instanceof Uint16Array ? new Uint16Array(data.length) : new Uint8Array(data.length);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const [fromX, fromY] = [mirror ? across - 1 - x : x, flip ? down - 1 - y : y];
      const from = (swap ? fromX * width + fromY : fromY * width + fromX) * channels;
      const to = (y * across + x) * channels;
      for (let i = 0; i < channels; i++) out[to + i] = data[from + i]!;
    }
  }
  return { width: across, height: down, channels, data: out };
}

/** Whether left and right, and top and bottom, change places after rows have become columns (from 5 on). */
export function mirrored(orientation: number): readonly [mirror: boolean, flip: boolean] {
  return [[2, 3, 6, 7].includes(orientation), [3, 4, 7, 8].includes(orientation)];
}

/**
 * The picture as readers of text see it: 8 bits, no transparency. With 16 bits the range that is used becomes the whole
 * range, and a second view leaves the outermost hundredth aside; behind transparency the page is seen on white and on
 * black, and its colours as if it were opaque.
 */
export function pageOf(samples: Samples): Page {
  const [page, ...views] = eightBits(samples).flatMap(groundsOf);
  return { ...page!, ...(views.length > 0 && { views }) };
}

interface Eight extends Omit<Raster, "channels"> {
  readonly channels: 1 | 2 | 3 | 4;
}

function eightBits({ width, height, channels, data }: Samples): readonly Eight[] {
  if (data instanceof Uint8Array) return [{ width, height, channels, data }];
  const colours = channels - (channels % 2 === 0 ? 1 : 0);
  const counts = new Uint32Array(1 << 16);
  for (let i = 0; i < data.length; i++) if (i % channels < colours) counts[data[i]!]! += 1;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const [whole, most] = [rangeOf(counts, 0), rangeOf(counts, total / 200)];
  const ranges = most[1] - most[0] < (whole[1] - whole[0]) * 0.8 ? [whole, most] : [whole];
  return ranges.map(([low, high]) => {
    const out = new Uint8Array(data.length);
    const scale = 255 / Math.max(1, high - low);
    for (let i = 0; i < data.length; i++) {
      out[i] = i % channels < colours ? Math.max(0, Math.min(255, (data[i]! - low) * scale)) : data[i]! >> 8;
    }
    return { width, height, channels, data: out };
  });
}

/** The lowest and highest value with more than `aside` samples at or beyond it. */
function rangeOf(counts: Uint32Array, aside: number): [number, number] {
  let [low, high] = [0, counts.length - 1];
  for (let sum = counts[0]!; sum <= aside && low < high; sum += counts[low]!) low++;
  for (let sum = counts[high]!; sum <= aside && high > low; sum += counts[high]!) high--;
  return [low, high];
}

function groundsOf({ width, height, channels, data }: Eight): Raster[] {
  if (channels === 1 || channels === 3) return [{ width, height, channels, data }];
  const colours = channels === 2 ? 1 : 3;
  let clear = false;
  for (let i = channels - 1; i < data.length; i += channels) clear ||= data[i] !== 255;
  const over = (ground: number | undefined): Raster => {
    const out = new Uint8Array(width * height * colours);
    for (let at = 0, to = 0; at < data.length; at += channels) {
      const alpha = ground === undefined ? 255 : data[at + channels - 1]!;
      for (let i = 0; i < colours; i++) out[to++] = (data[at + i]! * alpha + (ground ?? 0) * (255 - alpha)) / 255;
    }
    return { width, height, channels: colours, data: out };
  };
  return clear ? [over(255), over(0), over(undefined)] : [over(undefined)];
}
