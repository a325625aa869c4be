/**
 * Levels, dictionary indices and booleans in the run-length and bit-packed hybrid, and levels in the bit packing that
 * came before it (Encodings.md of parquet-format, RLE = 3 and BIT_PACKED = 4).
 */
import { MaskingError } from "../../src/errors.ts";
import { checkRuns, decodeRuns, encodeRuns } from "./encodings-runs.ts";

/**
 * `count` levels of 0 to `max` out of runs that have no length in front. Too few levels, or one above `max`, is
 * INPUT_MALFORMED; nothing is allocated before the runs are seen to add up to `count`.
 */
export function decodeLevels(bytes: Uint8Array, max: number, count: number): Uint8Array {
  if (max > 255) throw new MaskingError("INPUT_UNSUPPORTED");
  const width = bitWidth(max);
  checkRuns(bytes, width, count);
  const levels = new Uint8Array(count);
  decodeRuns(bytes, width, levels);
  return within(levels, max);
}

/** As `decodeLevels`, of the deprecated BIT_PACKED: no runs, the highest bit first. */
export function decodeBitPackedLevels(bytes: Uint8Array, max: number, count: number): Uint8Array {
  if (max > 255) throw new MaskingError("INPUT_UNSUPPORTED");
  const width = bitWidth(max);
  if (count * width > bytes.length * 8) throw new MaskingError("INPUT_MALFORMED");
  const levels = new Uint8Array(count);
  let at = 0;
  let word = 0;
  for (let i = 0, bits = 0; i < count; i++) {
    if (bits < width) {
      word = ((word << 8) | bytes[at++]!) & 0xffff;
      bits += 8;
    }
    bits -= width;
    levels[i] = (word >>> bits) & ((1 << width) - 1);
  }
  return within(levels, max);
}

/** The byte length of `count` levels under the deprecated BIT_PACKED. */
export function bitPackedLength(max: number, count: number): number {
  return Math.ceil((count * bitWidth(max)) / 8);
}

function within(levels: Uint8Array, max: number): Uint8Array {
  if ((max & (max + 1)) === 0) return levels; // every number of this width is allowed
  for (let i = 0; i < levels.length; i++) if (levels[i]! > max) throw new MaskingError("INPUT_MALFORMED");
  return levels;
}

/** `count` dictionary indices: a byte with the bit width, then runs. They are not held to any dictionary here. */
export function decodeIndices(bytes: Uint8Array, count: number): Int32Array {
  if (count === 0) return new Int32Array(0);
  const width = bytes[0];
  if (width === undefined || width > 32) throw new MaskingError("INPUT_MALFORMED");
  const runs = bytes.subarray(1);
  // A dictionary of one entry needs no bits, and some writers then leave out the runs too.
  if (width > 0 || runs.length > 0) checkRuns(runs, width, count);
  const indices = new Int32Array(count);
  if (width > 0) decodeRuns(runs, width, indices);
  return indices;
}

/** `count` booleans, one byte each: four bytes of length, then runs of one bit. */
export function decodeRleBooleans(bytes: Uint8Array, count: number): Uint8Array {
  if (count === 0) return new Uint8Array(0);
  if (bytes.length < 4) throw new MaskingError("INPUT_MALFORMED");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length > bytes.length - 4) throw new MaskingError("INPUT_MALFORMED");
  return decodeLevels(bytes.subarray(4, 4 + length), 1, count);
}

/** The levels as runs, with no length in front. A level fits the width of `max`. */
export function encodeLevels(levels: Uint8Array, max: number): Uint8Array {
  return encodeRuns(levels, bitWidth(max), 0);
}

/** Indices into a dictionary of `entries`: a byte with the bit width, then runs. */
export function encodeIndices(indices: Int32Array, entries: number): Uint8Array {
  const width = bitWidth(Math.max(entries - 1, 0));
  const bytes = encodeRuns(indices, width, 1);
  bytes[0] = width;
  return bytes;
}

/** Bits that the numbers 0 to `max` need. */
function bitWidth(max: number): number {
  return 32 - Math.clz32(max);
}
