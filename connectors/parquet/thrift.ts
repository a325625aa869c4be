import { MaskingError } from "../../src/errors.ts";

/**
 * Thrift's compact protocol as a tree that loses nothing: fields that Parquet has yet to invent are kept and written
 * back. Numbers are zigzag varints; those beyond 2^53 are bigints. Source: apache/thrift, thrift-compact-protocol.md.
 */
export type ThriftValue = boolean | number | bigint | Uint8Array | ThriftList | ThriftMap | ThriftStruct;

export interface ThriftField {
  readonly id: number;
  /** One of `T`; both booleans are `T.true` here. */
  readonly type: number;
  readonly value: ThriftValue;
}

/** Fields in the order they are written. */
export interface ThriftStruct {
  readonly fields: readonly ThriftField[];
}

export interface ThriftList {
  readonly element: number;
  readonly items: readonly ThriftValue[];
}

export interface ThriftMap {
  readonly key: number;
  readonly value: number;
  readonly entries: readonly (readonly [ThriftValue, ThriftValue])[];
}

/** Wire types of the compact protocol. */
export const T = {
  true: 1,
  false: 2,
  i8: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  uuid: 13,
} as const;

/** Deepest nesting that is read; Parquet's own structures go to 6. */
const DEPTH = 32;
const SHORT = Symbol("ran out of bytes");

interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

/** A struct and the offset behind it; undefined when `bytes` ends before the struct does. Other damage throws. */
export function readThrift(
  bytes: Uint8Array,
  at = 0,
): { readonly struct: ThriftStruct; readonly end: number } | undefined {
  const cursor = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at };
  try {
    const struct = readStruct(cursor, 0);
    return { struct, end: cursor.at };
  } catch (error) {
    if (error === SHORT) return undefined;
    throw error;
  }
}

function readStruct(from: Cursor, depth: number): ThriftStruct {
  if (depth > DEPTH) throw new MaskingError("INPUT_MALFORMED", { expected: "metadata of bounded depth" });
  const fields: ThriftField[] = [];
  for (let id = 0; ; ) {
    const head = readByte(from);
    if (head === 0) return { fields };
    const type = head & 15;
    id = head >> 4 ? id + (head >> 4) : Number(readZigzag(from));
    if (fields.some((field) => field.id === id)) {
      throw new MaskingError("INPUT_MALFORMED", { expected: "each metadata field once" });
    }
    const value = type <= T.false ? type === T.true : readValue(from, type, depth);
    fields.push({ id, type: type === T.false ? T.true : type, value });
  }
}

function readValue(from: Cursor, type: number, depth: number): ThriftValue {
  switch (type) {
    case T.true:
    case T.false:
      return readByte(from) === 1;
    case T.i8:
      return (readByte(from) << 24) >> 24;
    case T.i16:
    case T.i32:
    case T.i64:
      return readZigzag(from);
    case T.double: {
      const start = take(from, 8);
      return from.view.getFloat64(start, true);
    }
    case T.binary: {
      const length = readLength(from);
      const start = take(from, length);
      return from.bytes.subarray(start, start + length);
    }
    case T.uuid: {
      const start = take(from, 16);
      return from.bytes.subarray(start, start + 16);
    }
    case T.list:
    case T.set:
      return readList(from, depth + 1);
    case T.map:
      return readMap(from, depth + 1);
    case T.struct:
      return readStruct(from, depth + 1);
    default:
      throw new MaskingError("INPUT_MALFORMED", { expected: "Thrift metadata" });
  }
}

function readList(from: Cursor, depth: number): ThriftList {
  const head = readByte(from);
  const length = head >> 4 === 15 ? readLength(from) : head >> 4;
  const element = head & 15;
  const items: ThriftValue[] = [];
  for (let i = 0; i < length; i++) items.push(readValue(from, element, depth));
  return { element, items };
}

function readMap(from: Cursor, depth: number): ThriftMap {
  const length = readLength(from);
  if (length === 0) return { key: 0, value: 0, entries: [] };
  const types = readByte(from);
  const key = types >> 4;
  const value = types & 15;
  const entries: [ThriftValue, ThriftValue][] = [];
  for (let i = 0; i < length; i++) entries.push([readValue(from, key, depth), readValue(from, value, depth)]);
  return { key, value, entries };
}

function readByte(from: Cursor): number {
  const byte = from.bytes[from.at++];
  if (byte === undefined) throw SHORT;
  return byte;
}

function take(from: Cursor, length: number): number {
  const start = from.at;
  if (start + length > from.bytes.length) throw SHORT;
  from.at = start + length;
  return start;
}

function readLength(from: Cursor): number {
  let length = 0;
  for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
    const byte = readByte(from);
    length += (byte & 127) * scale;
    if (byte < 128) return length;
  }
  throw new MaskingError("INPUT_MALFORMED", { expected: "a length of at most 32 bits" });
}

function readZigzag(from: Cursor): number | bigint {
  let low = 0;
  for (let scale = 1; scale <= 2 ** 42; scale *= 128) {
    const byte = readByte(from);
    low += (byte & 127) * scale;
    if (byte < 128) return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
  }
  let big = BigInt(low);
  for (let shift = 49n; shift < 70n; shift += 7n) {
    const byte = readByte(from);
    big |= BigInt(byte & 127) << shift;
    if (byte < 128) {
      const value = BigInt.asIntN(64, (big >> 1n) ^ -(big & 1n));
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
  }
  throw new MaskingError("INPUT_MALFORMED", { expected: "a number of at most 64 bits" });
}
