/** Flat Arrow arrays as the columnar values that Parquet stores. */
import { type Data, DataType, DateUnit, Precision, TimeUnit, type Vector } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { decimalsTo } from "./convert-decimal.ts";
import { timestampsToInt96 } from "./convert-int96.ts";
import { gather, joinValues, PHYSICAL, type Physical, type Values } from "./encodings.ts";
import { arrayLike, held } from "./encodings-values.ts";
import { isBinary, isText } from "./schema-hints.ts";

/** The values of an array without its nulls. */
export interface Taken {
  readonly values: Values;
  /** One byte a slot, 0 where it is null; absent where none is. */
  readonly valid?: Uint8Array;
}

/**
 * What a flat array, or a dictionary of one, is stored as in a leaf. What lies under a null is never taken. A type
 * that the leaf cannot store, or a value that it cannot hold, is COLUMN_TYPE.
 */
export function fromArrow(data: Data, physical: number, typeLength: number): Taken {
  const leaf: Physical = { physical, typeLength };
  const valid = validOf(data);
  const values = DataType.isDictionary(data.type) ? entriesOf(data, leaf, valid) : storedValues(data, leaf, valid);
  return valid ? { values, valid } : { values };
}

/** One byte a slot, 0 where it is null; undefined where none is. */
export function validOf(data: Data): Uint8Array | undefined {
  if (DataType.isNull(data.type)) return new Uint8Array(data.length);
  if (data.nullCount === 0 || !data.nullBitmap || data.nullBitmap.length === 0) return undefined;
  const valid = new Uint8Array(data.length);
  for (let i = 0; i < valid.length; i++) {
    const at = data.offset + i;
    valid[i] = (data.nullBitmap[at >> 3]! >> (at & 7)) & 1;
  }
  return valid;
}

function unfit(): MaskingError {
  return new MaskingError("COLUMN_TYPE");
}

function entriesOf(data: Data, leaf: Physical, valid: Uint8Array | undefined): Values {
  const chunks = (data.dictionary as Vector).data.map((chunk) => fromArrow(chunk, leaf.physical, leaf.typeLength));
  if (chunks.some((chunk) => chunk.valid))
    throw new MaskingError("INPUT_MALFORMED", { expected: "a dictionary without nulls" });
  const indices = Int32Array.from(present(data.values, 1, data.length, valid) as Int32Array, Number);
  if (chunks.length === 0) {
    if (indices.length > 0) throw new MaskingError("INPUT_MALFORMED", { expected: "a dictionary" });
    return nothing(leaf);
  }
  return gather(joinValues(chunks.map((chunk) => chunk.values)), indices);
}

/** No values of a leaf. */
export function nothing({ physical, typeLength }: Physical): Values {
  switch (physical) {
    case PHYSICAL.BOOLEAN:
      return { kind: "boolean", array: new Uint8Array(0) };
    case PHYSICAL.INT32:
      return { kind: "int32", array: new Int32Array(0) };
    case PHYSICAL.INT64:
      return { kind: "int64", array: new BigInt64Array(0) };
    case PHYSICAL.FLOAT:
      return { kind: "float", array: new Float32Array(0) };
    case PHYSICAL.DOUBLE:
      return { kind: "double", array: new Float64Array(0) };
    case PHYSICAL.BYTE_ARRAY:
      return { kind: "bytes", bytes: new Uint8Array(0), offsets: new Int32Array(1) };
    default:
      return { kind: "fixed", bytes: new Uint8Array(0), width: physical === PHYSICAL.INT96 ? 12 : typeLength };
  }
}

function storedValues(data: Data, leaf: Physical, valid: Uint8Array | undefined): Values {
  const { type, length } = data;
  if (DataType.isNull(type)) return nothing(leaf);
  if (isText(type) || isBinary(type)) {
    if (leaf.physical !== PHYSICAL.BYTE_ARRAY) throw unfit();
    return DataType.isUtf8View(type) || DataType.isBinaryView(type) ? viewed(data, valid) : ranged(data, valid);
  }
  if (DataType.isBool(type)) {
    if (leaf.physical !== PHYSICAL.BOOLEAN) throw unfit();
    return { kind: "boolean", array: present(unpacked(data), 1, length, valid) as Uint8Array };
  }
  if (DataType.isDecimal(type)) {
    const width = type.bitWidth / 8;
    const words = present(data.values, width / 4, length, valid);
    return decimalsTo(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), width, leaf);
  }
  if (DataType.isFixedSizeBinary(type)) return fixed(data, type.byteWidth, leaf, valid);
  return numbers(type, present(data.values, 1, length, valid), leaf);
}

/** The slots where `valid` is 1, of `stride` numbers each; a view where all are. */
function present(values: Int32Array | Uint8Array, stride: number, length: number, valid: Uint8Array | undefined) {
  if (values.length < length * stride) throw new MaskingError("INPUT_MALFORMED", { expected: "a value for each row" });
  if (!valid) return values.subarray(0, length * stride);
  let count = 0;
  for (let i = 0; i < length; i++) count += valid[i]!;
  const out = arrayLike(values, count * stride);
  for (let i = 0, next = 0; i < length; i++) {
    if (valid[i] === 0) continue;
    for (let j = 0; j < stride; j++) out[next++] = values[i * stride + j]!;
  }
  return out;
}

function unpacked(data: Data): Uint8Array {
  const bits = data.values as Uint8Array;
  const array = new Uint8Array(data.length);
  for (let i = 0; i < array.length; i++) array[i] = (bits[(data.offset + i) >> 3]! >> ((data.offset + i) & 7)) & 1;
  return array;
}

function fixed(data: Data, width: number, leaf: Physical, valid: Uint8Array | undefined): Values {
  const bytes = present(data.values, width, data.length, valid) as Uint8Array;
  if (leaf.physical === PHYSICAL.FIXED_LEN_BYTE_ARRAY && leaf.typeLength === width)
    return { kind: "fixed", bytes, width };
  throw unfit();
}

function numbers(type: DataType, array: Int32Array | Uint8Array, leaf: Physical): Values {
  if (DataType.isFloat(type)) return floats(type.precision, array, leaf);
  switch (leaf.physical) {
    case PHYSICAL.INT32:
      return { kind: "int32", array: int32s(type, array) };
    case PHYSICAL.INT64:
      return { kind: "int64", array: int64s(type, array as unknown as BigInt64Array) };
    case PHYSICAL.INT96:
      if (!DataType.isTimestamp(type)) throw unfit();
      return {
        kind: "fixed",
        bytes: timestampsToInt96(array as unknown as BigInt64Array, 1_000_000_000n / PER_SECOND[type.unit]),
        width: 12,
      };
    default:
      throw unfit();
  }
}

const PER_SECOND: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1000n,
  [TimeUnit.MICROSECOND]: 1_000_000n,
  [TimeUnit.NANOSECOND]: 1_000_000_000n,
};

function floats(precision: Precision, array: Int32Array | Uint8Array, leaf: Physical): Values {
  const values = array as unknown;
  if (precision === Precision.SINGLE && leaf.physical === PHYSICAL.FLOAT)
    return { kind: "float", array: values as Float32Array };
  if (precision === Precision.DOUBLE && leaf.physical === PHYSICAL.DOUBLE)
    return { kind: "double", array: values as Float64Array };
  if (precision !== Precision.HALF || leaf.physical !== PHYSICAL.FIXED_LEN_BYTE_ARRAY || leaf.typeLength !== 2)
    throw unfit();
  return { kind: "fixed", bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength), width: 2 };
}

/** Integers of up to 32 bits, days and times of day; unsigned ones keep their bits, seconds become milliseconds. */
function int32s(type: DataType, array: Int32Array | Uint8Array): Int32Array {
  if (DataType.isTime(type) && type.unit === TimeUnit.SECOND) return array.map((second) => second * 1000) as Int32Array;
  const small = DataType.isInt(type) ? type.bitWidth <= 32 : DataType.isTime(type) ? type.bitWidth === 32 : false;
  if (!small && !(DataType.isDate(type) && type.unit === DateUnit.DAY)) throw unfit();
  if (array instanceof Int32Array) return array;
  return array.BYTES_PER_ELEMENT === 4
    ? new Int32Array(array.buffer, array.byteOffset, array.length)
    : Int32Array.from(array);
}

function int64s(type: DataType, array: BigInt64Array): BigInt64Array {
  if (array.BYTES_PER_ELEMENT !== 8) throw unfit();
  const signed = new BigInt64Array(array.buffer, array.byteOffset, array.length);
  if (!DataType.isTimestamp(type) || type.unit !== TimeUnit.SECOND) return signed;
  return signed.map((second) => {
    const milli = second * 1000n;
    if (BigInt.asIntN(64, milli) !== milli) throw unfit();
    return milli;
  });
}

/** Text and bytes by offsets, 32 or 64 bits wide. The bytes are shared where no null has any. */
function ranged(data: Data, valid: Uint8Array | undefined): Values {
  const { length, valueOffsets } = data;
  const bytes = data.values as Uint8Array;
  const narrow = valueOffsets instanceof Int32Array ? valueOffsets : undefined;
  const at = (i: number): number => (narrow ? narrow[i]! : Number(valueOffsets[i]));
  if (length === 0) return nothing({ physical: PHYSICAL.BYTE_ARRAY, typeLength: 0 });
  const first = at(0);
  const offsets = new Int32Array(length + 1);
  let [next, before, hidden] = [0, first, 0];
  offsets[0] = held(first);
  for (let i = 1; i <= length; i++) {
    const end = at(i);
    if (!(end >= before && end <= bytes.length))
      throw new MaskingError("INPUT_MALFORMED", { expected: "offsets in order" });
    if (!valid || valid[i - 1] === 1) offsets[++next] = held(end);
    else hidden += end - before;
    before = end;
  }
  if (hidden === 0) return { kind: "bytes", bytes, offsets: offsets.subarray(0, next + 1) };
  return packed(length, valid, (i) => bytes.subarray(at(i), at(i + 1)));
}

function viewed(data: Data, valid: Uint8Array | undefined): Values {
  const views = data.values as Uint8Array;
  const words = new DataView(views.buffer, views.byteOffset, views.byteLength);
  return packed(data.length, valid, (i) => {
    const length = words.getInt32(i * 16, true);
    if (length >= 0 && length <= 12) return views.subarray(i * 16 + 4, i * 16 + 4 + length);
    const buffer = data.variadicBuffers[words.getInt32(i * 16 + 8, true)];
    const start = words.getInt32(i * 16 + 12, true);
    if (!buffer || length < 0 || start < 0 || start + length > buffer.length)
      throw new MaskingError("INPUT_MALFORMED", { expected: "a view" });
    return buffer.subarray(start, start + length);
  });
}

/** The values of the slots that are not null, laid end to end. */
function packed(length: number, valid: Uint8Array | undefined, valueAt: (i: number) => Uint8Array): Values {
  const values: Uint8Array[] = [];
  for (let i = 0; i < length; i++) if (!valid || valid[i] === 1) values.push(valueAt(i));
  const offsets = new Int32Array(values.length + 1);
  for (let i = 0; i < values.length; i++) offsets[i + 1] = held(offsets[i]! + values[i]!.length);
  return { kind: "bytes", bytes: Buffer.concat(values), offsets };
}
