/** Buffers of several arrays as one. */
import type { Data } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";

/** A buffer, whole or in pieces. */
export type Bytes = Uint8Array | readonly Uint8Array[];

/** Some bits of a bitmap; without `bits`, as many ones. */
export interface Bits {
  readonly bits: Uint8Array | undefined;
  readonly offset: number;
  readonly length: number;
}

/** The bits one after another, the last byte filled up with zeros. */
export function joinedBits(pieces: readonly Bits[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const joined = new Uint8Array((length + 7) >> 3);
  let at = 0;
  for (const piece of pieces) {
    putBits(joined, at, piece);
    at += piece.length;
  }
  if (length & 7) joined[length >> 3]! &= (1 << (length & 7)) - 1;
  return joined;
}

function putBits(target: Uint8Array, at: number, { bits, offset, length }: Bits): void {
  if (((at | offset) & 7) === 0) {
    const bytes = (length + 7) >> 3;
    if (bits) target.set(bits.subarray(offset >> 3, (offset >> 3) + bytes), at >> 3);
    else target.fill(0xff, at >> 3, (at >> 3) + bytes);
    if (length & 7) target[(at + length) >> 3]! &= (1 << (length & 7)) - 1;
    return;
  }
  for (let i = 0; i < length; i++) {
    const from = offset + i;
    if (!bits || (bits[from >> 3]! >> (from & 7)) & 1) target[(at + i) >> 3]! |= 1 << ((at + i) & 7);
  }
}

/** The bytes one after another; a single piece is not copied. */
export function joinedBytes(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** A view's buffer number and offset are 32 bits wide; this leaves each buffer well within. */
const VIEW_BUFFER = 1 << 30;

/**
 * Views with buffers that hold their long values and nothing else: the buffers of a slice hold the values of every row
 * that was sliced away.
 */
export function joinedViews(pieces: readonly Data[]): { views: Uint8Array; variadic: Uint8Array[] } {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const views = new Uint8Array(length * 16);
  const words = new DataView(views.buffer);
  const variadic: Uint8Array[][] = [];
  let filled = VIEW_BUFFER;
  let at = 0;
  for (const piece of pieces) {
    for (let slot = 0; slot < piece.length; slot++, at += 16) {
      if (!piece.getValid(slot)) continue;
      views.set((piece.values as Uint8Array).subarray(slot * 16, slot * 16 + 16), at);
      const size = words.getInt32(at, true);
      if (size >= 0 && size <= 12) continue;
      const bytes = longValue(piece, words, at, size);
      if (filled + size > VIEW_BUFFER) {
        variadic.push([]);
        filled = 0;
      }
      variadic.at(-1)!.push(bytes);
      words.setInt32(at + 8, variadic.length - 1, true);
      words.setInt32(at + 12, filled, true);
      filled += size;
    }
  }
  return { views, variadic: variadic.map((parts) => joinedBytes(parts)) };
}

function longValue(piece: Data, words: DataView, at: number, size: number): Uint8Array {
  const buffer = piece.variadicBuffers[words.getInt32(at + 8, true)];
  const start = words.getInt32(at + 12, true);
  if (!buffer || size < 0 || start < 0 || start + size > buffer.length) throw new MaskingError("INPUT_MALFORMED");
  return buffer.subarray(start, start + size);
}
