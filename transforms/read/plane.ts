/** Planes of numbers: what engines take for images, and the few things that are done to them. */
import type { Box, Raster } from "../../src/image-types.ts";

/** One colour of an image, 0 to 255, row by row from the top. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Red, green and blue; three times the same plane where nothing is coloured. Alpha is laid on white. */
export function planesOf({ width, height, channels, data }: Raster): readonly [Plane, Plane, Plane] {
  const size = width * height;
  if (channels === 1) {
    const grey = { width, height, data };
    return [grey, grey, grey];
  }
  const planes = [0, 1, 2].map((colour) => {
    const plane = new Uint8Array(size);
    for (let i = 0, at = colour; i < size; i += 1, at += channels) {
      const value = data[at]!;
      if (channels === 3) plane[i] = value;
      else {
        const alpha = data[at - colour + 3]!;
        plane[i] = 255 - Math.round(((255 - value) * alpha) / 255);
      }
    }
    return { width, height, data: plane };
  });
  const [red, green, blue] = planes as unknown as readonly [Plane, Plane, Plane];
  const colourless = Buffer.compare(red.data, green.data) === 0 && Buffer.compare(red.data, blue.data) === 0;
  return colourless ? [red, red, red] : [red, green, blue];
}

/** Brightness as Rec. 601 weighs colours; the plane itself where the image is grey. */
export function greyOf([red, green, blue]: readonly [Plane, Plane, Plane]): Plane {
  if (red === green) return red;
  const data = new Uint8Array(red.data.length);
  for (let i = 0; i < data.length; i += 1) {
    data[i] = (red.data[i]! * 77 + green.data[i]! * 150 + blue.data[i]! * 29 + 128) >> 8;
  }
  return { width: red.width, height: red.height, data };
}

/** A part of the plane with a border of `size` pixels of one brightness, so that no letter touches its edge. */
export function framed(plane: Plane, { x, y, width, height }: Box, size: number, ground: number): Plane {
  const wide = width + 2 * size;
  const out = new Uint8Array(wide * (height + 2 * size)).fill(ground);
  for (let row = 0; row < height; row += 1) {
    const from = (y + row) * plane.width + x;
    out.set(plane.data.subarray(from, from + width), (row + size) * wide + size);
  }
  return { width: wide, height: height + 2 * size, data: out };
}

/** The median brightness of the outermost pixels. */
export function edgeOf({ width, height, data }: Plane): number {
  const counts = new Uint32Array(256);
  for (let x = 0; x < width; x += 1) {
    counts[data[x]!]! += 1;
    counts[data[(height - 1) * width + x]!]! += 1;
  }
  for (let y = 0; y < height; y += 1) {
    counts[data[y * width]!]! += 1;
    counts[data[y * width + width - 1]!]! += 1;
  }
  return rankOf(counts, 0.5);
}

/** The value below or at which a share of what was counted lies. */
export function rankOf(counts: Uint32Array, share: number): number {
  let total = 0;
  for (const count of counts) total += count;
  let below = 0;
  for (const [value, count] of counts.entries()) {
    below += count;
    if (below >= total * share) return value;
  }
  return counts.length - 1;
}

export function histogramOf(data: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = 0; i < data.length; i += 1) counts[data[i]!]! += 1;
  return counts;
}

/** The rectangle of the plane as a plane of another size: means of areas where it shrinks, straight lines where it grows. */
export function resized(plane: Plane, from: Box, width: number, height: number): Plane {
  const columns = taps(from.x, from.width, width, plane.width);
  const rows = taps(from.y, from.height, height, plane.height);
  const across = new Float32Array(width * from.height);
  for (let y = 0; y < from.height; y += 1) {
    const row = (from.y + y) * plane.width;
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let k = columns.starts[x]!; k < columns.starts[x + 1]!; k += 1) {
        sum += plane.data[row + columns.at[k]!]! * columns.weights[k]!;
      }
      across[y * width + x] = sum;
    }
  }
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0.5;
      for (let k = rows.starts[y]!; k < rows.starts[y + 1]!; k += 1) {
        sum += across[(rows.at[k]! - from.y) * width + x]! * rows.weights[k]!;
      }
      data[y * width + x] = sum;
    }
  }
  return { width, height, data };
}

interface Taps {
  /** Where the taps of each target pixel begin; one more at the end. */
  readonly starts: Int32Array;
  readonly at: Int32Array;
  readonly weights: Float32Array;
}

/** Which source pixels make a target pixel, by a triangle as wide as a target pixel, or a source pixel where that is wider. */
function taps(start: number, length: number, target: number, limit: number): Taps {
  const scale = length / target;
  const reach = Math.max(scale, 1);
  const starts = new Int32Array(target + 1);
  const at: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < target; i += 1) {
    const centre = start + (i + 0.5) * scale - 0.5;
    const first = at.length;
    let sum = 0;
    for (let k = Math.ceil(centre - reach); k <= centre + reach; k += 1) {
      const weight = 1 - Math.abs(k - centre) / reach;
      if (weight <= 0) continue;
      at.push(Math.min(Math.max(k, start, 0), start + length - 1, limit - 1));
      weights.push(weight);
      sum += weight;
    }
    for (let k = first; k < weights.length; k += 1) weights[k]! /= sum;
    starts[i + 1] = at.length;
  }
  return { starts, at: Int32Array.from(at), weights: Float32Array.from(weights) };
}

/** The columns from `start` to `end`, exclusive. */
export function columns({ width, height, data }: Plane, start: number, end: number): Plane {
  const out = new Uint8Array((end - start) * height);
  for (let y = 0; y < height; y += 1) out.set(data.subarray(y * width + start, y * width + end), y * (end - start));
  return { width: end - start, height, data: out };
}
