/** The columnar form of the values of a leaf, and what can be done with it without knowing how it was stored. */
import { MaskingError } from "../../src/errors.ts";

/** Numbers of the Thrift enum `Type` of parquet-format. */
export const PHYSICAL: {
  readonly BOOLEAN: 0;
  readonly INT32: 1;
  readonly INT64: 2;
  readonly INT96: 3;
  readonly FLOAT: 4;
  readonly DOUBLE: 5;
  readonly BYTE_ARRAY: 6;
  readonly FIXED_LEN_BYTE_ARRAY: 7;
} = { BOOLEAN: 0, INT32: 1, INT64: 2, INT96: 3, FLOAT: 4, DOUBLE: 5, BYTE_ARRAY: 6, FIXED_LEN_BYTE_ARRAY: 7 };

/** How a leaf stores one value. `typeLength` is the width of a FIXED_LEN_BYTE_ARRAY in bytes and means nothing else. */
export interface Physical {
  readonly physical: number;
  readonly typeLength: number;
}

/** Present values only, in order; no nulls. The arrays may be views of a page, so nobody writes into them. */
export type Values =
  /** BYTE_ARRAY: value i is bytes[offsets[i], offsets[i + 1]); offsets[0] may be above 0. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly offsets: Int32Array }
  /** FIXED_LEN_BYTE_ARRAY, and INT96 with a width of 12; `width` is above 0. */
  | { readonly kind: "fixed"; readonly bytes: Uint8Array; readonly width: number }
  | { readonly kind: "int32"; readonly array: Int32Array }
  | { readonly kind: "int64"; readonly array: BigInt64Array }
  | { readonly kind: "float"; readonly array: Float32Array }
  | { readonly kind: "double"; readonly array: Float64Array }
  /** One byte a value, 0 or 1. */
  | { readonly kind: "boolean"; readonly array: Uint8Array };

/** How many values. */
export function countOf(values: Values): number {
  if (values.kind === "bytes") return values.offsets.length - 1;
  if (values.kind === "fixed") return values.bytes.length / values.width;
  return values.array.length;
}

/** The values from `from` up to `to`, as a view. */
export function sliceValues(values: Values, from: number, to: number): Values {
  switch (values.kind) {
    case "bytes":
      return { ...values, offsets: values.offsets.subarray(from, to + 1) };
    case "fixed":
      return { ...values, bytes: values.bytes.subarray(from * values.width, to * values.width) };
    default:
      return { ...values, array: values.array.subarray(from, to) } as Values;
  }
}

/** Values of one kind, one after the other, in arrays of their own; one part is given back as it is. */
export function joinValues(parts: readonly Values[]): Values {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  if (first.kind === "bytes") return joinBytes(parts as readonly (Values & { kind: "bytes" })[]);
  const arrays = parts.map((part) => (part.kind === "fixed" ? part.bytes : (part as Values & { kind: "int32" }).array));
  const whole = joined(arrays);
  return (first.kind === "fixed" ? { ...first, bytes: whole } : { ...first, array: whole }) as Values;
}

/** A zeroed array of the same kind of number; plain bytes where Node's own class, which is no constructor, is given. */
export function arrayLike<T extends { readonly BYTES_PER_ELEMENT: number }>(array: T, length: number): T {
  if (array instanceof Buffer) return new Uint8Array(length) as unknown as T;
  return new (array.constructor as new (length: number) => T)(length);
}

function joined<T extends Uint8Array | Int32Array>(arrays: readonly T[]): T {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const whole = arrayLike(arrays[0]!, length) as T;
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

function joinBytes(parts: readonly (Values & { kind: "bytes" })[]): Values {
  const spans = parts.map(({ bytes, offsets }) => bytes.subarray(offsets[0]!, offsets[offsets.length - 1]!));
  held(spans.reduce((sum, span) => sum + span.length, 0));
  const offsets = new Int32Array(parts.reduce((sum, part) => sum + part.offsets.length - 1, 1));
  let at = 0;
  let end = 0;
  for (const part of parts) {
    const shift = end - part.offsets[0]!;
    for (let i = 1; i < part.offsets.length; i++) offsets[++at] = part.offsets[i]! + shift;
    end = offsets[at]!;
  }
  return { kind: "bytes", bytes: joined(spans), offsets };
}

/** The dictionary's value for each index. An index outside of the dictionary is INPUT_MALFORMED. */
export function gather(dictionary: Values, indices: Int32Array): Values {
  const entries = countOf(dictionary);
  for (let i = 0; i < indices.length; i++) if (indices[i]! >>> 0 >= entries) throw new MaskingError("INPUT_MALFORMED");
  switch (dictionary.kind) {
    case "bytes":
      return gatherBytes(dictionary, indices);
    case "fixed":
      return gatherFixed(dictionary, indices);
    default:
      return gatherNumbers(dictionary, indices);
  }
}

function gatherNumbers(dictionary: Exclude<Values, { kind: "bytes" | "fixed" }>, indices: Int32Array): Values {
  const from = dictionary.array as Int32Array;
  const array = arrayLike(from, indices.length);
  for (let i = 0; i < indices.length; i++) array[i] = from[indices[i]!]!;
  return { ...dictionary, array } as Values;
}

function gatherFixed(dictionary: Values & { kind: "fixed" }, indices: Int32Array): Values {
  const { bytes, width } = dictionary;
  const out = Buffer.allocUnsafeSlow(indices.length * width);
  for (let i = 0, at = 0; i < indices.length; i++) {
    const from = indices[i]! * width;
    for (let j = 0; j < width; j++) out[at++] = bytes[from + j]!;
  }
  return { kind: "fixed", bytes: out, width };
}

function gatherBytes(dictionary: Values & { kind: "bytes" }, indices: Int32Array): Values {
  const { bytes, offsets: at } = dictionary;
  const offsets = new Int32Array(indices.length + 1);
  let end = 0;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    end = held(end + at[index + 1]! - at[index]!);
    offsets[i + 1] = end;
  }
  const out = Buffer.allocUnsafeSlow(end);
  for (let i = 0, to = 0; i < indices.length; i++) {
    const from = at[indices[i]!]!;
    const length = at[indices[i]! + 1]! - from;
    if (length < SHORT) for (let j = 0; j < length; j++) out[to + j] = bytes[from + j]!;
    else out.set(bytes.subarray(from, from + length), to);
    to += length;
  }
  return { kind: "bytes", bytes: out, offsets };
}

/** Below this many bytes a loop is quicker than a call. */
export const SHORT = 24;

/** A byte length that an Int32 offset can hold; a longer one is INPUT_UNSUPPORTED. */
export function held(length: number): number {
  if (length > 0x7fffffff) throw new MaskingError("INPUT_UNSUPPORTED");
  return length;
}
