/** TIFF files of our own, page after page: TIFF 6.0, with Deflate (compression 8) and no predictor. */
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { MaskingError } from "../../../src/errors.ts";
import type { Samples } from "../samples.ts";

export interface TiffPage extends Samples {
  /** True where samples are 0 and 255 alone and are to take one bit each. */
  readonly bilevel: boolean;
  /** Pixels an inch, where the original says so. */
  readonly density?: number;
}

/** Bytes of samples in a strip, about: what readers need to hold at once. */
const STRIP = 1 << 18;

/** Tag, type (3 SHORT, 4 LONG, 5 RATIONAL) and values; those of a RATIONAL are pairs. */
type Entry = readonly [tag: number, type: 3 | 4 | 5, values: readonly number[]];
const SIZES: Readonly<Record<3 | 4 | 5, number>> = { 3: 2, 4: 4, 5: 4 };

/**
 * The bytes of a file with these pages, one at a time: only one page is held. `count`: how many there are. Throws
 * IMAGE_TOO_LARGE past 4 GiB, where TIFF's offsets end.
 */
export async function* writeTiff(
  pages: AsyncIterable<TiffPage>,
  count: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 8;
  let written = 0;
  yield Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0);
  for await (const page of pages) {
    const strips = await stripsOf(page);
    const size = directorySize(entriesOf(page, strips, 0));
    const length = strips.reduce((sum, strip) => sum + strip.length, 0);
    const padding = (size + length) % 2;
    const next = ++written === count ? 0 : at + size + length + padding;
    if (at + size + length >= 2 ** 32) throw new MaskingError("IMAGE_TOO_LARGE");
    yield directory(entriesOf(page, strips, at + size), at, next);
    yield* strips;
    if (padding > 0) yield new Uint8Array(padding);
    at += size + length + padding;
  }
}

async function stripsOf(page: TiffPage): Promise<readonly Uint8Array[]> {
  const { height } = page;
  const rows = rowsInStrip(page);
  const strips: Uint8Array[] = [];
  for (let top = 0; top < height; top += rows) {
    strips.push(await promisify(deflate)(stripBytes(page, top, Math.min(height, top + rows))));
  }
  return strips;
}

function rowsInStrip({ width, height, channels, data }: TiffPage): number {
  return Math.max(1, Math.min(height, Math.floor(STRIP / (width * channels * data.BYTES_PER_ELEMENT))));
}

function stripBytes({ width, channels, data, bilevel }: TiffPage, top: number, end: number): Uint8Array {
  const part = data.subarray(top * width * channels, end * width * channels);
  if (!bilevel) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  const length = Math.ceil(width / 8);
  const out = new Uint8Array(length * (end - top));
  for (let i = 0; i < part.length; i++) {
    const x = i % width;
    if (part[i] !== 0) out[Math.floor(i / width) * length + (x >> 3)]! |= 0x80 >> (x & 7);
  }
  return out;
}

function entriesOf(page: TiffPage, strips: readonly Uint8Array[], from: number): readonly Entry[] {
  const { width, height, channels, data, bilevel, density } = page;
  const bits = bilevel ? 1 : data.BYTES_PER_ELEMENT * 8;
  let at = from;
  const offsets = strips.map(({ length }) => {
    at += length;
    return at - length;
  });
  const resolution: readonly Entry[] =
    density === undefined ? [] : [282, 283].map((tag) => [tag, 5, [Math.round(density * 1000), 1000]] as const);
  return [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, new Array<number>(channels).fill(bits)],
    [259, 3, [8]],
    [262, 3, [channels < 3 ? 1 : 2]], // the least value is black; or RGB
    [273, 4, offsets],
    [277, 3, [channels]],
    [278, 4, [rowsInStrip(page)]],
    [279, 4, strips.map(({ length }) => length)],
    ...resolution,
    [284, 3, [1]],
    ...(density === undefined ? [] : ([[296, 3, [2]]] as const)),
    ...(channels % 2 === 0 ? ([[338, 3, [2]]] as const) : []), // alpha that is not multiplied in
    [339, 3, new Array<number>(channels).fill(1)],
  ];
}

function bytesOfEntry([, type, values]: Entry): number {
  return SIZES[type] * values.length;
}

function directorySize(entries: readonly Entry[]): number {
  const outside = entries.map(bytesOfEntry).filter((size) => size > 4);
  return 2 + entries.length * 12 + 4 + outside.reduce((sum, size) => sum + size + (size % 2), 0);
}

function directory(entries: readonly Entry[], start: number, next: number): Uint8Array {
  const out = Buffer.alloc(directorySize(entries));
  out.writeUInt16LE(entries.length, 0);
  let free = 2 + entries.length * 12 + 4;
  for (const [i, entry] of entries.entries()) {
    const [tag, type, values] = entry;
    const size = bytesOfEntry(entry);
    const at = 2 + i * 12;
    out.writeUInt16LE(tag, at);
    out.writeUInt16LE(type, at + 2);
    out.writeUInt32LE(type === 5 ? values.length / 2 : values.length, at + 4);
    const to = size > 4 ? free : at + 8;
    if (size > 4) {
      out.writeUInt32LE(start + free, at + 8);
      free += size + (size % 2);
    }
    for (const [j, value] of values.entries()) {
      if (type === 3) out.writeUInt16LE(value, to + j * 2);
      else out.writeUInt32LE(value, to + j * 4);
    }
  }
  out.writeUInt32LE(next, 2 + entries.length * 12);
  return out;
}
