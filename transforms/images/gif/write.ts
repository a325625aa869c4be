import { type Frames, frameOf } from "../frames.ts";
import { lzwBlocks } from "./lzw.ts";

/**
 * A GIF of these frames, each with a palette of its own and drawn in full, so that every pixel has its exact colour.
 * Undefined where a frame has more than 256 colours, clear ones counted as one. RGB or RGB with alpha.
 */
export function writeGif(frames: Frames): Uint8Array | undefined {
  const { width, height, count, delay, loop } = frames;
  const parts: Uint8Array[] = [
    Buffer.from("GIF89a", "latin1"),
    Uint8Array.of(...short(width), ...short(height), 0, 0, 0),
  ];
  if (count > 1) parts.push(Buffer.from("\x21\xff\x0bNETSCAPE2.0\x03\x01", "latin1"), Uint8Array.of(...short(loop), 0));
  for (let number = 0; number < count; number++) {
    const drawn = indexed(frameOf(frames, number));
    if (!drawn) return undefined;
    const { indexes, palette, bits, clear } = drawn;
    const time = Math.round((delay[number] ?? 0) / 10);
    // Disposal 2: the next frame starts from nothing, since each is drawn in full.
    parts.push(
      Uint8Array.of(0x21, 0xf9, 4, (2 << 2) | (clear === undefined ? 0 : 1), ...short(time), clear ?? 0, 0),
      Uint8Array.of(0x2c, 0, 0, 0, 0, ...short(width), ...short(height), 0x80 | (bits - 1)),
      palette,
      lzwBlocks(indexes, bits),
    );
  }
  return Buffer.concat([...parts, Uint8Array.of(0x3b)]);
}

interface Indexed {
  readonly indexes: Uint8Array;
  /** Three bytes an entry, 2^bits entries. */
  readonly palette: Uint8Array;
  readonly bits: number;
  /** The entry of clear pixels. */
  readonly clear?: number;
}

const CLEAR = -1;

function indexed({ width, height, channels, data }: ReturnType<typeof frameOf>): Indexed | undefined {
  const indexes = new Uint8Array(width * height);
  const entries = new Map<number, number>();
  for (let i = 0, at = 0; i < indexes.length; i++, at += channels) {
    const shown = channels === 3 || data[at + 3]! >= 128;
    const colour = shown ? (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]! : CLEAR;
    let index = entries.get(colour);
    if (index === undefined) {
      index = entries.size;
      if (index > 255) return undefined;
      entries.set(colour, index);
    }
    indexes[i] = index;
  }
  const bits = Math.max(1, Math.ceil(Math.log2(entries.size)));
  const palette = new Uint8Array(3 << bits);
  for (const [colour, index] of entries) {
    if (colour !== CLEAR) palette.set([colour >> 16, (colour >> 8) & 0xff, colour & 0xff], index * 3);
  }
  const clear = entries.get(CLEAR);
  return { indexes, palette, bits, ...(clear !== undefined && { clear }) };
}

function short(value: number): [number, number] {
  return [value & 0xff, (value >> 8) & 0xff];
}
