/** Text and bytes as Arrow lays them out: offsets of 32 or 64 bits, or views. Their UTF-8 is not looked at here. */
import { type Data, DataType, makeData } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { Slots } from "./convert.ts";
import type { Values } from "./encodings.ts";

/** The values where `valid` is 1 (absent: everywhere). Their bytes are a view, of nothing but theirs, not a copy. */
export function textData(type: DataType, values: Values, slots: Slots, valid: Uint8Array | undefined): Data {
  if (values.kind !== "bytes") throw new MaskingError("INPUT_MALFORMED");
  const first = values.offsets[0]!;
  const bytes = bare(values.bytes.subarray(first, values.offsets[values.offsets.length - 1]));
  const offsets = placed(values.offsets, first, slots.length, valid);
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) {
    return makeData({ ...slots, type, ...views(bytes, offsets) } as never);
  }
  const large = DataType.isLargeUtf8(type) || DataType.isLargeBinary(type);
  const valueOffsets = large ? BigInt64Array.from(offsets, BigInt) : offsets;
  return makeData({ ...slots, type, valueOffsets, data: bytes } as never);
}

/** The same bytes without Node's own class, which Arrow would call as a constructor. */
export function bare(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Offsets from 0 on, one more than slots. A null slot is empty: it ends where it begins. */
function placed(offsets: Int32Array, first: number, length: number, valid: Uint8Array | undefined): Int32Array {
  if (!valid && first === 0) return offsets;
  const out = new Int32Array(length + 1);
  for (let i = 0, next = 0; i < length; i++) {
    if (!valid || valid[i] === 1) next++;
    out[i + 1] = offsets[next]! - first;
  }
  return out;
}

/** Arrow's view layout: a length, then up to 12 bytes, or four and the number of a buffer and a place in it. */
function views(
  bytes: Uint8Array,
  offsets: Int32Array,
): { readonly views: Uint8Array; readonly variadicBuffers: Uint8Array[] } {
  const count = offsets.length - 1;
  const laid = new Uint8Array(count * 16);
  const words = new Int32Array(laid.buffer);
  for (let i = 0; i < count; i++) {
    const from = offsets[i]!;
    const length = offsets[i + 1]! - from;
    words[i * 4] = length;
    laid.set(bytes.subarray(from, from + Math.min(length, length > 12 ? 4 : 12)), i * 16 + 4);
    if (length > 12) words[i * 4 + 3] = from;
  }
  return { views: laid, variadicBuffers: bytes.length > 0 ? [bytes] : [] };
}
