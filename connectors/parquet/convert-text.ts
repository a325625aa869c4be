/** Text and bytes as Arrow lays them out: offsets of 32 or 64 bits, or views. Their UTF-8 is not looked at here. */
import { type Data, DataType, makeData } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { Slots } from "./convert.ts";
import type { Values } from "./encodings.ts";

/** The values where `valid` is 1 (absent: everywhere). The bytes are shared, not copied, but for short views. */
export function textData(type: DataType, values: Values, slots: Slots, valid: Uint8Array | undefined): Data {
  if (values.kind !== "bytes") throw new MaskingError("INPUT_MALFORMED");
  const { bytes } = values;
  const offsets = valid ? spreadOffsets(values.offsets, slots.length, valid) : values.offsets;
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) {
    return makeData({ ...slots, type, ...views(bytes, offsets) } as never);
  }
  const large = DataType.isLargeUtf8(type) || DataType.isLargeBinary(type);
  return makeData({
    ...slots,
    type,
    valueOffsets: large ? BigInt64Array.from(offsets, BigInt) : offsets,
    data: bytes,
  } as never);
}

/** A null slot is empty: its offset is that of the value after it. */
function spreadOffsets(offsets: Int32Array, length: number, valid: Uint8Array): Int32Array {
  const out = new Int32Array(length + 1);
  let next = 0;
  out[0] = offsets[0]!;
  for (let i = 0; i < length; i++) {
    if (valid[i] === 1) next++;
    out[i + 1] = offsets[next]!;
  }
  return out;
}

/** Arrow's view layout: a length, then up to 12 bytes, or four and the number of a buffer and a place in it. */
function views(
  bytes: Uint8Array,
  offsets: Int32Array,
): { readonly data: Uint8Array; readonly variadicBuffers: Uint8Array[] } {
  const count = offsets.length - 1;
  const data = new Uint8Array(count * 16);
  const words = new Int32Array(data.buffer);
  for (let i = 0; i < count; i++) {
    const from = offsets[i]!;
    const length = offsets[i + 1]! - from;
    words[i * 4] = length;
    data.set(bytes.subarray(from, from + Math.min(length, length > 12 ? 4 : 12)), i * 16 + 4);
    if (length > 12) words[i * 4 + 3] = from;
  }
  return { data, variadicBuffers: [bytes] };
}
