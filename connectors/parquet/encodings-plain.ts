/** PLAIN (0) both ways, and BYTE_STREAM_SPLIT (9), of Encodings.md of parquet-format. */
import { MaskingError } from "../../src/errors.ts";
import { PHYSICAL, type Physical, SHORT, type Values } from "./encodings-values.ts";

function malformed(): MaskingError {
  return new MaskingError("INPUT_MALFORMED");
}

/** `count` values of PLAIN. Bytes left over are allowed: some writers pad. Numbers may be a view of `bytes`. */
export function decodePlain(bytes: Uint8Array, leaf: Physical, count: number): Values {
  if (leaf.physical === PHYSICAL.BYTE_ARRAY) return byteArrays(bytes, count);
  if (leaf.physical === PHYSICAL.BOOLEAN) return { kind: "boolean", array: booleans(bytes, count) };
  const width = widthOf(leaf);
  if (count * width > bytes.length) throw malformed();
  return typed(bytes.subarray(0, count * width), leaf, width);
}

/** `count` values of BYTE_STREAM_SPLIT: the first bytes of all values, then the second bytes, and so on. */
export function decodeSplit(bytes: Uint8Array, leaf: Physical, count: number): Values {
  if (leaf.physical === PHYSICAL.INT96) throw malformed();
  const width = widthOf(leaf);
  if (count * width > bytes.length) throw malformed();
  const out = Buffer.allocUnsafeSlow(count * width);
  for (let byte = 0, from = 0; byte < width; byte++)
    for (let to = byte; to < out.length; to += width) out[to] = bytes[from++]!;
  return typed(out, leaf, width);
}

function widthOf(leaf: Physical): number {
  switch (leaf.physical) {
    case PHYSICAL.INT32:
    case PHYSICAL.FLOAT:
      return 4;
    case PHYSICAL.INT64:
    case PHYSICAL.DOUBLE:
      return 8;
    case PHYSICAL.INT96:
      return 12;
    case PHYSICAL.FIXED_LEN_BYTE_ARRAY:
      if (leaf.typeLength > 0) return leaf.typeLength;
  }
  throw malformed();
}

function typed(bytes: Uint8Array, leaf: Physical, width: number): Values {
  if (leaf.physical === PHYSICAL.INT96 || leaf.physical === PHYSICAL.FIXED_LEN_BYTE_ARRAY)
    return { kind: "fixed", bytes, width };
  // A typed array must start on a multiple of its element.
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const count = bytes.length / width;
  switch (leaf.physical) {
    case PHYSICAL.INT32:
      return { kind: "int32", array: new Int32Array(buffer, byteOffset, count) };
    case PHYSICAL.INT64:
      return { kind: "int64", array: new BigInt64Array(buffer, byteOffset, count) };
    case PHYSICAL.FLOAT:
      return { kind: "float", array: new Float32Array(buffer, byteOffset, count) };
    default:
      return { kind: "double", array: new Float64Array(buffer, byteOffset, count) };
  }
}

function booleans(bytes: Uint8Array, count: number): Uint8Array {
  if (count > bytes.length * 8) throw malformed();
  const array = new Uint8Array(count);
  for (let i = 0; i < count; i++) array[i] = (bytes[i >>> 3]! >>> (i & 7)) & 1;
  return array;
}

function byteArrays(bytes: Uint8Array, count: number): Values {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return closedUp(copy, count);
}

/**
 * `count` byte arrays of PLAIN, each its length in four bytes, then its bytes: the values are moved together over the
 * lengths, in the place where they stand. Nobody else may read `out` any more.
 */
export function closedUp(out: Uint8Array, count: number): Values {
  if (count * 4 > out.length) throw malformed();
  const offsets = new Int32Array(count + 1);
  let at = 0;
  let end = 0;
  for (let i = 0; i < count; i++) {
    if (at + 4 > out.length) throw malformed();
    const length = (out[at]! | (out[at + 1]! << 8) | (out[at + 2]! << 16) | (out[at + 3]! << 24)) >>> 0;
    at += 4;
    if (length > out.length - at) throw malformed();
    // Moved within one array: no view is made for a value.
    if (length < SHORT) for (let j = 0; j < length; j++) out[end + j] = out[at + j]!;
    else out.copyWithin(end, at, at + length);
    at += length;
    end += length;
    offsets[i + 1] = end;
  }
  return { kind: "bytes", bytes: out.subarray(0, end), offsets };
}

/** The values as PLAIN, in bytes of their own where the values are not just those bytes. */
export function encodePlain(values: Values): Uint8Array {
  if (values.kind === "bytes") return plainBytes(values);
  if (values.kind === "fixed") return values.bytes;
  if (values.kind === "boolean") return plainBits(values.array);
  const { buffer, byteOffset, byteLength } = values.array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function plainBytes(values: Values & { kind: "bytes" }): Uint8Array {
  const out = Buffer.allocUnsafeSlow(plainSize(values));
  putPlain(values, out, 0);
  return out;
}

/** Bytes that byte arrays take as PLAIN. */
export function plainSize({ offsets }: Values & { kind: "bytes" }): number {
  const count = offsets.length - 1;
  return offsets[count]! - offsets[0]! + count * 4;
}

/** Puts byte arrays as PLAIN into `out`, from `at` on. */
export function putPlain(values: Values & { kind: "bytes" }, out: Uint8Array, at: number): void {
  const { bytes, offsets } = values;
  const count = offsets.length - 1;
  const first = offsets[0]!;
  const start = at + count * 4;
  // All at once behind the room for their lengths, then each moved forward: no view is made for a value.
  out.set(bytes.subarray(first, offsets[count]), start);
  for (let i = 0, to = at; i < count; i++) {
    const length = offsets[i + 1]! - offsets[i]!;
    const from = start + offsets[i]! - first;
    out[to] = length;
    out[to + 1] = length >>> 8;
    out[to + 2] = length >>> 16;
    out[to + 3] = length >>> 24;
    to += 4;
    if (length < SHORT) for (let j = 0; j < length; j++) out[to + j] = out[from + j]!;
    else out.copyWithin(to, from, from + length);
    to += length;
  }
}

function plainBits(array: Uint8Array): Uint8Array {
  const out = new Uint8Array((array.length + 7) >>> 3);
  for (let i = 0; i < array.length; i++) out[i >>> 3]! |= array[i]! << (i & 7);
  return out;
}
