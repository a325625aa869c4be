/** A PNG picture between its file and its samples. */
import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { MaskingError } from "../../../src/errors.ts";
import { checkSize, type ImageLimits } from "../limits.ts";
import type { Samples } from "../samples.ts";
import { type Chunk, chunkBytes, chunksOf, SIGNATURE, unreadable } from "./chunks.ts";
import { filtered, filteredSize, type Layout, unfiltered } from "./rows.ts";

export interface Picture extends Layout {
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colour: number;
  /** Samples, or indexes into the palette. */
  readonly data: Uint8Array | Uint16Array;
  /** Three bytes an entry; empty where the picture has none. */
  readonly palette: Uint8Array;
  /** Alpha by palette entry, or the one grey or colour that is clear: two bytes a channel. Empty where nothing is. */
  readonly clear: Uint8Array;
  /** Chunks of numbers alone that say how large and how bright pixels are. */
  readonly measures: readonly Chunk[];
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** Lengths of chunks that are kept as they are: gamma, rendering intent, pixels a metre. */
const MEASURES: Readonly<Record<string, number>> = { gAMA: 4, sRGB: 1, pHYs: 9 };
/** deflate makes of one byte 1,032 at most. */
const MOST_RATIO = 1040;

/** Throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE, and IMAGE_UNSUPPORTED for pictures that move. */
export async function readPicture(bytes: Uint8Array, limits: ImageLimits): Promise<Picture> {
  const chunks = chunksOf(bytes);
  const [head] = chunks;
  if (head?.type !== "IHDR" || head.data.length !== 13) throw unreadable();
  const view = new DataView(head.data.buffer, head.data.byteOffset, 13);
  const [width, height, depth, colour] = [view.getUint32(0), view.getUint32(4), view.getUint8(8), view.getUint8(9)];
  if (!DEPTHS[colour]?.includes(depth) || view.getUint16(10) !== 0 || view.getUint8(12) > 1) throw unreadable();
  if (chunks.some(({ type }) => type === "acTL")) throw new MaskingError("IMAGE_UNSUPPORTED");
  checkSize(width, height, 1, limits);
  const layout: Layout = { width, height, channels: CHANNELS[colour]!, depth, interlaced: view.getUint8(12) === 1 };
  const only = (wanted: string) => chunks.find(({ type }) => type === wanted)?.data ?? new Uint8Array();
  const data = unfiltered(await inflated(chunks, filteredSize(layout)), layout);
  const palette = colour === 3 ? only("PLTE") : new Uint8Array();
  if (colour === 3 && (palette.length === 0 || palette.length % 3 !== 0 || palette.length > 3 << depth))
    throw unreadable();
  if (colour === 3 && data.some((index) => index * 3 >= palette.length)) throw unreadable();
  const measures = chunks.filter(({ type, data: { length } }) => MEASURES[type] === length);
  return { ...layout, colour, data, palette: palette.slice(), clear: only("tRNS").slice(), measures };
}

async function inflated(chunks: readonly Chunk[], size: number): Promise<Uint8Array> {
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  if (size > packed.length * MOST_RATIO) throw unreadable();
  const bytes = await promisify(inflate)(packed, { maxOutputLength: size + 1 }).catch(() => {
    throw unreadable();
  });
  if (bytes.length !== size) throw unreadable();
  return bytes;
}

/** The picture as a file that holds what shows it and nothing else; palette entries that no pixel uses are black. */
export async function writePicture(picture: Picture): Promise<Uint8Array> {
  const { width, height, depth, colour, data, palette, clear, measures } = picture;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour, 0, 0, 0], 8);
  const packed = await promisify(deflate)(filtered(data, picture));
  const chunks: Chunk[] = [
    { type: "IHDR", data: head },
    ...measures,
    ...(palette.length > 0 ? [{ type: "PLTE", data: usedOnly(palette, data, 3) }] : []),
    ...(clear.length > 0 ? [{ type: "tRNS", data: clearBytes(picture) }] : []),
    { type: "IDAT", data: packed },
    { type: "IEND", data: new Uint8Array() },
  ];
  return Buffer.concat([SIGNATURE, ...chunks.map(chunkBytes)]);
}

function clearBytes({ colour, clear, data }: Picture): Uint8Array {
  return colour === 3 ? usedOnly(clear, data, 1) : clear;
}

function usedOnly(entries: Uint8Array, indexes: Uint8Array | Uint16Array, step: number): Uint8Array {
  const used = new Set<number>(indexes);
  return entries.map((value, i) => (used.has(Math.floor(i / step)) ? value : 0));
}

/** The picture in samples of 8 or 16 bits, palette and clear colours resolved. */
export function samplesOf(picture: Picture): Samples {
  const { width, height, colour, depth, data, palette, clear } = picture;
  if (colour === 3) {
    const out = new Uint8Array(width * height * 4);
    for (const [i, index] of data.entries()) {
      out.set(palette.subarray(index * 3, index * 3 + 3), i * 4);
      out[i * 4 + 3] = clear[index] ?? 255;
    }
    return { width, height, channels: 4, data: out };
  }
  const channels = CHANNELS[colour] as 1 | 2 | 3 | 4;
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  return { width, height, channels, data: scale === 1 ? data : data.map((value) => value * scale) };
}
