/** Columns of Parquet values as Arrow arrays. The other way about is `convert-write.ts`. */
import { type Data, DataType, Field, List, makeData, Precision, TimeUnit } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { decimalsFrom } from "./convert-decimal.ts";
import { int96ToTimestamps } from "./convert-int96.ts";
import { bare, textData } from "./convert-text.ts";
import { countOf, type Values } from "./encodings.ts";
import { arrayLike } from "./encodings-values.ts";
import type { LeafRows } from "./rows.ts";
import type { ParquetLeaf } from "./schema.ts";
import { isBinary, isText } from "./schema-hints.ts";

export { fromArrow, type Taken, validOf } from "./convert-write.ts";

/**
 * The rows of a leaf as one Arrow array, of `leaf.type`, null where any level above is. Of a leaf inside lists: a List
 * of the row's values that are not null, in order.
 */
export function toArrow(leaf: ParquetLeaf, rows: LeafRows): Data {
  const { maxDefinition, maxRepetition } = leaf;
  const { definition, repetition, values } = rows;
  if (maxRepetition === 0 || !repetition) {
    return dataOf(leaf.type, values, rows.rows, definition && presentAt(definition, maxDefinition));
  }
  const offsets = new Int32Array(rows.rows + 1);
  let row = -1;
  for (let i = 0, count = 0; i < repetition.length; i++) {
    if (repetition[i] === 0) row++;
    if (!definition || definition[i] === maxDefinition) count++;
    offsets[row + 1] = count;
  }
  const type = new List(new Field("element", leaf.type, false));
  const child = dataOf(leaf.type, values, countOf(values));
  return makeData({ type, length: rows.rows, nullCount: 0, valueOffsets: offsets, child });
}

/** 1 where the level is `level` or above. */
export function presentAt(definition: Uint8Array, level: number): Uint8Array {
  const valid = new Uint8Array(definition.length);
  for (let i = 0; i < valid.length; i++) valid[i] = definition[i]! >= level ? 1 : 0;
  return valid;
}

/** What all arrays have in common. */
export interface Slots {
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array;
}

/** The slots of an array with one byte a slot, 0 where it is null; absent: none is. */
export function slotsOf(length: number, valid?: Uint8Array): Slots {
  if (!valid) return { length, nullCount: 0 };
  const nullBitmap = new Uint8Array(((length + 63) & ~63) >> 3);
  let nullCount = length;
  for (let i = 0; i < length; i++) {
    if (valid[i] === 0) continue;
    nullBitmap[i >> 3]! |= 1 << (i & 7);
    nullCount--;
  }
  return nullCount === 0 ? { length, nullCount } : { length, nullCount, nullBitmap };
}

/** `length` slots of `type`: the values in order where `valid` is 1. As many values as that, or INPUT_MALFORMED. */
export function dataOf(type: DataType, values: Values, length: number, valid?: Uint8Array): Data {
  const slots = slotsOf(length, valid);
  if (DataType.isNull(type)) {
    if (countOf(values) > 0) throw new MaskingError("INPUT_MALFORMED", { expected: "nulls alone" });
    return makeData({ type, length });
  }
  if (countOf(values) !== length - slots.nullCount)
    throw new MaskingError("INPUT_MALFORMED", { expected: "a value for each row" });
  const gaps = slots.nullCount > 0 ? valid : undefined;
  if (isText(type) || isBinary(type)) return textData(type, values, slots, gaps);
  if (DataType.isBool(type)) return makeData({ ...slots, type, data: bits(values, length, gaps) });
  const { array, stride } = numbersOf(type, values);
  const data = gaps ? spread(array, stride, length, gaps) : array;
  return makeData({ ...slots, type, data } as never);
}

type Numbers =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** The values in Arrow's own array, `stride` numbers a value. */
function numbersOf(type: DataType, values: Values): { readonly array: Numbers; readonly stride: number } {
  if (DataType.isDecimal(type)) {
    const bytes = decimalsFrom(values, type.bitWidth / 8);
    return { array: new Uint32Array(bytes.buffer), stride: type.bitWidth / 32 };
  }
  switch (values.kind) {
    case "int32":
      return { array: narrowed(type, values.array), stride: 1 };
    case "int64":
      return { array: DataType.isInt(type) && !type.isSigned ? unsigned64(values.array) : values.array, stride: 1 };
    case "float":
    case "double":
      return { array: values.array, stride: 1 };
    case "fixed":
      return fixedNumbers(type, values);
    default:
      throw new MaskingError("INPUT_MALFORMED");
  }
}

function fixedNumbers(type: DataType, values: Values & { kind: "fixed" }): { array: Numbers; stride: number } {
  if (DataType.isTimestamp(type)) {
    return { array: int96ToTimestamps(values.bytes, type.unit === TimeUnit.MICROSECOND ? 1000n : 1n), stride: 1 };
  }
  if (DataType.isFloat(type) && type.precision === Precision.HALF) {
    return { array: new Uint16Array(new Uint8Array(values.bytes).buffer), stride: 1 };
  }
  return { array: bare(values.bytes), stride: values.width };
}

function unsigned64({ buffer, byteOffset, length }: BigInt64Array): BigUint64Array {
  return new BigUint64Array(buffer, byteOffset, length);
}

/** INT32 as the narrower or unsigned integers that are stored in it; one out of range is INPUT_MALFORMED. */
function narrowed(type: DataType, array: Int32Array): Numbers {
  if (!DataType.isInt(type) || (type.bitWidth === 32 && type.isSigned)) return array;
  if (type.bitWidth === 32) return new Uint32Array(array.buffer, array.byteOffset, array.length);
  const narrow = new type.ArrayType(array.length) as Int8Array;
  for (let i = 0; i < array.length; i++) {
    narrow[i] = array[i]!;
    if (narrow[i] !== array[i])
      throw new MaskingError("INPUT_MALFORMED", { expected: `${type.bitWidth}-bit integers` });
  }
  return narrow;
}

function spread(array: Numbers, stride: number, length: number, valid: Uint8Array): Numbers {
  const from = array as Int32Array;
  const out = arrayLike(from, length * stride);
  let next = 0;
  if (stride === 1) {
    for (let i = 0; i < length; i++) if (valid[i] === 1) out[i] = from[next++]!;
    return out;
  }
  for (let i = 0; i < length; i++) {
    if (valid[i] === 0) continue;
    for (let j = 0; j < stride; j++) out[i * stride + j] = from[next++]!;
  }
  return out;
}

function bits(values: Values, length: number, valid: Uint8Array | undefined): Uint8Array {
  if (values.kind !== "boolean") throw new MaskingError("INPUT_MALFORMED");
  const { array } = values;
  const out = new Uint8Array(((length + 63) & ~63) >> 3);
  for (let i = 0, next = 0; i < length; i++) {
    if (!valid || valid[i] === 1) out[i >> 3]! |= array[next++]! << (i & 7);
  }
  return out;
}
