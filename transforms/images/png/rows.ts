/** Rows of PNG between their filtered bytes and their samples: clauses 7 to 9. */
import { unreadable } from "./chunks.ts";

/** How the bytes of a picture are laid out. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Samples a pixel: 1 to 4. */
  readonly channels: number;
  /** Bits a sample: 1, 2, 4, 8, 16. */
  readonly depth: number;
  readonly interlaced: boolean;
}

/** First column, first row, and steps of Adam7's seven passes. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes of the filtered rows of a picture, a filter's number before each. */
export function filteredSize(layout: Layout): number {
  return passesOf(layout).reduce((sum, pass) => sum + pass.height * (1 + rowBytes(pass.width, layout)), 0);
}

/** The samples in order; with 16 bits as numbers, else one a byte. Throws IMAGE_UNREADABLE for an unknown filter. */
export function unfiltered(bytes: Uint8Array, layout: Layout): Uint8Array | Uint16Array {
  const { width, height, channels, depth } = layout;
  const samples = depth === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  const step = Math.max(1, (channels * depth) >> 3);
  let at = 0;
  for (const pass of passesOf(layout)) {
    const length = rowBytes(pass.width, layout);
    let above: Uint8Array = new Uint8Array(length);
    for (let y = 0; y < pass.height; y++, at += 1 + length) {
      const row = bytes.slice(at + 1, at + 1 + length);
      unfilter(bytes[at]!, row, above, step);
      const start = (pass.top + y * pass.stepY) * width + pass.left;
      spread(row, samples, { start, step: pass.stepX, count: pass.width, channels, depth });
      above = row;
    }
  }
  return samples;
}

/** The bytes of the samples for a picture that is not interlaced, each row with the filter that suits it. */
export function filtered(samples: Uint8Array | Uint16Array, layout: Omit<Layout, "interlaced">): Uint8Array {
  const { width, height, channels, depth } = layout;
  const length = rowBytes(width, layout);
  const out = new Uint8Array(height * (1 + length));
  const step = Math.max(1, (channels * depth) >> 3);
  const [trial, best] = [new Uint8Array(length), new Uint8Array(length)];
  let above: Uint8Array = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    const row = packed(samples, y * width * channels, width * channels, depth, length);
    // Filters make packed pixels worse; which of the others suits is guessed as annex 12.7 says: the least sum.
    let [chosen, least] = [0, Number.POSITIVE_INFINITY];
    for (let filter = depth < 8 ? 5 : 0; filter < 5; filter++) {
      const sum = filterRow(filter, row, above, step, trial);
      if (sum < least) {
        [chosen, least] = [filter, sum];
        best.set(trial);
      }
    }
    out[y * (1 + length)] = chosen;
    out.set(depth < 8 ? row : best, y * (1 + length) + 1);
    above = row;
  }
  return out;
}

function rowBytes(width: number, { channels, depth }: Pick<Layout, "channels" | "depth">): number {
  return Math.ceil((width * channels * depth) / 8);
}

interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
}

function passesOf({ width, height, interlaced }: Layout): readonly Pass[] {
  if (!interlaced) return [{ left: 0, top: 0, stepX: 1, stepY: 1, width, height }];
  return ADAM7.map(([left, top, stepX, stepY]) => ({
    ...{ left, top, stepX, stepY },
    width: Math.ceil((width - left) / stepX),
    height: Math.ceil((height - top) / stepY),
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}

function unfilter(filter: number, row: Uint8Array, above: Uint8Array, step: number): void {
  if (filter > 4) throw unreadable();
  for (let i = 0; i < row.length && filter > 0; i++) {
    const left = i < step ? 0 : row[i - step]!;
    row[i]! += predicted(filter, left, above[i]!, i < step ? 0 : above[i - step]!);
  }
}

/** Gives the sum of the distances from zero. */
function filterRow(filter: number, row: Uint8Array, above: Uint8Array, step: number, out: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : row[i - step]!;
    const value = (row[i]! - predicted(filter, left, above[i]!, i < step ? 0 : above[i - step]!)) & 0xff;
    out[i] = value;
    sum += value < 128 ? value : 256 - value;
  }
  return sum;
}

function predicted(filter: number, left: number, up: number, upLeft: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const [a, b, c] = [Math.abs(up - upLeft), Math.abs(left - upLeft), Math.abs(left + up - 2 * upLeft)];
  return a <= b && a <= c ? left : b <= c ? up : upLeft;
}

interface Place {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly channels: number;
  readonly depth: number;
}

function spread(
  row: Uint8Array,
  samples: Uint8Array | Uint16Array,
  { start, step, count, channels, depth }: Place,
): void {
  const mask = (1 << depth) - 1;
  for (let x = 0, i = 0; x < count; x++) {
    const to = (start + x * step) * channels;
    for (let c = 0; c < channels; c++, i++) {
      if (depth === 8) samples[to + c] = row[i]!;
      else if (depth === 16) samples[to + c] = (row[2 * i]! << 8) | row[2 * i + 1]!;
      else samples[to + c] = (row[(i * depth) >> 3]! >> (8 - depth - ((i * depth) & 7))) & mask;
    }
  }
}

function packed(
  samples: Uint8Array | Uint16Array,
  from: number,
  count: number,
  depth: number,
  length: number,
): Uint8Array {
  if (depth === 8) return samples.slice(from, from + count) as Uint8Array;
  const row = new Uint8Array(length);
  for (let i = 0; i < count; i++) {
    const value = samples[from + i]!;
    if (depth === 16) {
      row[2 * i] = value >> 8;
      row[2 * i + 1] = value & 0xff;
    } else row[(i * depth) >> 3]! |= value << (8 - depth - ((i * depth) & 7));
  }
  return row;
}
