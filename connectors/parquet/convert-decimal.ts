/**
 * Decimals: Arrow keeps two's complement of 128 or 256 bits, least significant byte first; Parquet keeps it most
 * significant byte first in any number of bytes, or as INT32 or INT64.
 */
import { MaskingError } from "../../src/errors.ts";
import { countOf, PHYSICAL, type Physical, type Values } from "./encodings.ts";

/** The unscaled values in `width` bytes each. One that needs more is INPUT_MALFORMED. */
export function decimalsFrom(values: Values, width: number): Uint8Array {
  const count = countOf(values);
  const out = new Uint8Array(count * width);
  switch (values.kind) {
    case "fixed":
      for (let i = 0; i < count; i++)
        widen(values.bytes, i * values.width, (i + 1) * values.width, out, i * width, width);
      return out;
    case "bytes":
      for (let i = 0; i < count; i++)
        widen(values.bytes, values.offsets[i]!, values.offsets[i + 1]!, out, i * width, width);
      return out;
    case "int32":
    case "int64": {
      const words = new BigInt64Array(out.buffer);
      const step = width / 8;
      for (let i = 0; i < count; i++) {
        const value = BigInt(values.array[i]!);
        words[i * step] = value;
        if (value < 0n) words.fill(-1n, i * step + 1, (i + 1) * step);
      }
      return out;
    }
    default:
      throw new MaskingError("INPUT_MALFORMED");
  }
}

/** bytes[from, to), most significant first, into `width` bytes at `at`, least significant first. */
function widen(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number, width: number): void {
  const sign = to > from && bytes[from]! >= 0x80 ? 0xff : 0;
  let end = at;
  for (let i = to - 1; i >= from; i--) {
    if (end < at + width) out[end++] = bytes[i]!;
    else if (bytes[i] !== sign) throw new MaskingError("INPUT_MALFORMED");
  }
  if (end === at + width && to - from > width && out[end - 1]! >>> 7 !== sign >>> 7)
    throw new MaskingError("INPUT_MALFORMED");
  if (sign !== 0) out.fill(sign, end, at + width);
}

/** Decimals of `width` bytes each as a leaf stores them. One that does not fit is COLUMN_TYPE. */
export function decimalsTo(bytes: Uint8Array, width: number, leaf: Physical): Values {
  const count = bytes.length / width;
  switch (leaf.physical) {
    case PHYSICAL.FIXED_LEN_BYTE_ARRAY: {
      const out = new Uint8Array(count * leaf.typeLength);
      for (let i = 0; i < count; i++)
        for (let j = 0; j < leaf.typeLength; j++)
          out[(i + 1) * leaf.typeLength - 1 - j] = j < width ? bytes[i * width + j]! : sign(bytes, (i + 1) * width);
      for (let i = 0; i < count; i++) checkSign(bytes, i * width, leaf.typeLength, width);
      return { kind: "fixed", bytes: out, width: leaf.typeLength };
    }
    case PHYSICAL.BYTE_ARRAY: {
      const offsets = Int32Array.from({ length: count + 1 }, (_, i) => i * width);
      const out = new Uint8Array(bytes.length);
      for (let i = 0; i < out.length; i++) out[i] = bytes[i - (i % width) + width - 1 - (i % width)]!;
      return { kind: "bytes", bytes: out, offsets };
    }
    case PHYSICAL.INT32:
    case PHYSICAL.INT64:
      return integers(bytes, width, leaf.physical === PHYSICAL.INT32 ? 4 : 8);
    default:
      throw new MaskingError("COLUMN_TYPE");
  }
}

function integers(bytes: Uint8Array, width: number, size: 4 | 8): Values {
  const count = bytes.length / width;
  const out = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) {
    checkSign(bytes, i * width, size, width);
    out.set(bytes.subarray(i * width, i * width + size), i * size);
  }
  if (size === 4) return { kind: "int32", array: new Int32Array(out.buffer) };
  return { kind: "int64", array: new BigInt64Array(out.buffer) };
}

function sign(bytes: Uint8Array, end: number): number {
  return bytes[end - 1]! >= 0x80 ? 0xff : 0;
}

/** The value at `at` means the same in its first `kept` bytes. */
function checkSign(bytes: Uint8Array, at: number, kept: number, width: number): void {
  if (kept >= width) return;
  const fill = bytes[at + kept - 1]! >= 0x80 ? 0xff : 0;
  for (let j = kept; j < width; j++) if (bytes[at + j] !== fill) throw new MaskingError("COLUMN_TYPE");
}
