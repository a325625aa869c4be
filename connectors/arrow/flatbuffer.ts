/**
 * FlatBuffers by shape: tables as plain objects and back. Every read is bounds-checked, so a damaged buffer is
 * INPUT_MALFORMED and never a wrong answer. https://flatbuffers.dev/internals/
 */
import { isUtf8 } from "node:buffer";
import { MaskingError } from "../../src/errors.ts";

/** A table's slots in the order of its schema. A union takes two slots; its tag is the one before it. */
export type Shape = readonly Slot[];

/**
 * What a slot holds. `bytes` is a string that need not be UTF-8. `structs` is a vector of that many 8-byte numbers each;
 * of the `half`th only the lower four bytes count, the rest is padding.
 */
export type Slot =
  | { readonly name: string; readonly kind: "bool" | "u8" | "i16" | "i32" | "i64"; readonly otherwise?: number }
  | { readonly name: string; readonly kind: "text" | "bytes" | "ints" }
  | { readonly name: string; readonly kind: "structs"; readonly longs: number; readonly half?: number }
  | { readonly name: string; readonly kind: "table" | "tables"; readonly shape: () => Shape }
  | { readonly name: string; readonly kind: "union"; readonly tag: string; readonly shape: (tag: number) => Shape };

/** A table: absent numbers as their default, absent pointers left out. `structs` are a flat list of numbers. */
export type Table = { [name: string]: Value };
type Value = boolean | number | string | Uint8Array | readonly number[] | Table | readonly Table[] | undefined;

const SIZES = { bool: 1, u8: 1, i16: 2, i32: 4, i64: 8 } as const;

/** Far more than a real schema has; less than a hostile one needs to exhaust memory. */
const MAX_TABLES = 4_000_000;
const MAX_DEPTH = 200;

/** The root table of a buffer. */
export function readTable(bytes: Uint8Array, shape: Shape): Table {
  const reader: Reader = {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    bytes,
    tables: 0,
  };
  try {
    return tableAt(reader, reader.view.getUint32(0, true), shape, 0);
  } catch (error) {
    throw error instanceof RangeError ? new MaskingError("INPUT_MALFORMED") : error;
  }
}

interface Reader {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  tables: number;
}

function tableAt(reader: Reader, at: number, shape: Shape, depth: number): Table {
  const { view } = reader;
  if (++reader.tables > MAX_TABLES || depth > MAX_DEPTH) throw new MaskingError("INPUT_MALFORMED");
  const vtable = at - view.getInt32(at, true);
  const slots = (view.getUint16(vtable, true) - 4) >> 1;
  const table: Table = {};
  for (const [index, slot] of shape.entries()) {
    const offset = index < slots ? view.getUint16(vtable + 4 + index * 2, true) : 0;
    if (isScalar(slot)) {
      const value = offset === 0 ? (slot.otherwise ?? 0) : scalarAt(view, at + offset, slot.kind);
      table[slot.name] = slot.kind === "bool" ? value !== 0 : value;
    } else if (offset !== 0) {
      const target = at + offset + view.getUint32(at + offset, true);
      table[slot.name] = valueAt(reader, target, slot, table, depth);
    }
  }
  return table;
}

type Scalar = Extract<Slot, { readonly otherwise?: number }>;
type Pointer = Exclude<Slot, Scalar>;

function isScalar(slot: Slot): slot is Scalar {
  return slot.kind in SIZES;
}

function scalarAt(view: DataView, at: number, kind: keyof typeof SIZES): number {
  if (kind === "i64") return long(view.getBigInt64(at, true));
  if (kind === "i32") return view.getInt32(at, true);
  return kind === "i16" ? view.getInt16(at, true) : view.getUint8(at);
}

function long(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new MaskingError("INPUT_MALFORMED");
  return number;
}

function valueAt(reader: Reader, at: number, slot: Pointer, table: Table, depth: number): Value {
  if (slot.kind === "table") return tableAt(reader, at, slot.shape(), depth + 1);
  if (slot.kind === "union") return tableAt(reader, at, slot.shape(table[slot.tag] as number), depth + 1);
  const { view, bytes } = reader;
  const count = view.getUint32(at, true);
  const start = at + 4;
  const width = slot.kind === "structs" ? slot.longs * 8 : slot.kind === "tables" || slot.kind === "ints" ? 4 : 1;
  if (start + count * width > bytes.length) throw new MaskingError("INPUT_MALFORMED");
  switch (slot.kind) {
    case "tables":
      return Array.from({ length: count }, (_, i) => {
        const pointer = start + i * 4;
        return tableAt(reader, pointer + view.getUint32(pointer, true), slot.shape(), depth + 1);
      });
    case "ints":
      return Array.from({ length: count }, (_, i) => view.getInt32(start + i * 4, true));
    case "structs":
      return Array.from({ length: count * slot.longs }, (_, i) => {
        const half = slot.half !== undefined && i % slot.longs === slot.half;
        return half ? view.getInt32(start + i * 8, true) : long(view.getBigInt64(start + i * 8, true));
      });
    case "bytes":
      return new Uint8Array(bytes.subarray(start, start + count));
    case "text":
      return textOf(bytes.subarray(start, start + count));
  }
}

function textOf(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new MaskingError("INPUT_MALFORMED");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

/** A buffer with this root table; its length is a multiple of 8. Numbers are written even where they are the default. */
export function writeTable(table: Table, shape: Shape): Uint8Array {
  const writer: Writer = { bytes: Buffer.alloc(1024), end: 4 };
  const root = putTable(writer, table, shape);
  writer.bytes.writeUInt32LE(root, 0);
  reserve(writer, 0, 8);
  return writer.bytes.subarray(0, writer.end);
}

interface Writer {
  bytes: Buffer;
  end: number;
}

/** Room for `size` bytes at a multiple of `align`, zeroed. */
function reserve(writer: Writer, size: number, align: number): number {
  const at = Math.ceil(writer.end / align) * align;
  writer.end = at + size;
  if (writer.end > writer.bytes.length) {
    const larger = Buffer.alloc(writer.end * 2);
    larger.set(writer.bytes);
    writer.bytes = larger;
  }
  return at;
}

function putTable(writer: Writer, table: Table, shape: Shape): number {
  const present = shape.map((slot) => table[slot.name] !== undefined);
  const offsets = new Array<number>(shape.length).fill(0);
  let size = 4;
  for (const width of [8, 4, 2, 1]) {
    for (const [index, slot] of shape.entries()) {
      if (!present[index] || (isScalar(slot) ? SIZES[slot.kind] : 4) !== width) continue;
      if (size % width !== 0) size += width - (size % width);
      offsets[index] = size;
      size += width;
    }
  }
  const vtable = reserve(writer, 4 + shape.length * 2, 2);
  const at = reserve(writer, size, 8);
  writer.bytes.writeUInt16LE(4 + shape.length * 2, vtable);
  writer.bytes.writeUInt16LE(size, vtable + 2);
  for (const [index, offset] of offsets.entries()) writer.bytes.writeUInt16LE(offset, vtable + 4 + index * 2);
  writer.bytes.writeInt32LE(at - vtable, at);
  for (const [index, slot] of shape.entries()) {
    if (!present[index]) continue;
    const field = at + offsets[index]!;
    if (isScalar(slot)) putScalar(writer.bytes, field, slot.kind, Number(table[slot.name]));
    else point(writer, field, putValue(writer, table[slot.name], slot, table));
  }
  return at;
}

function point(writer: Writer, from: number, to: number): void {
  writer.bytes.writeUInt32LE(to - from, from);
}

function putScalar(bytes: Buffer, at: number, kind: keyof typeof SIZES, value: number): void {
  if (kind === "i64") bytes.writeBigInt64LE(BigInt(value), at);
  else if (kind === "i32") bytes.writeInt32LE(value, at);
  else if (kind === "i16") bytes.writeInt16LE(value, at);
  else bytes.writeUInt8(value, at);
}

function putValue(writer: Writer, value: Value, slot: Pointer, table: Table): number {
  switch (slot.kind) {
    case "table":
      return putTable(writer, value as Table, slot.shape());
    case "union":
      return putTable(writer, value as Table, slot.shape(table[slot.tag] as number));
    case "tables":
      return putTables(writer, value as readonly Table[], slot.shape());
    case "text":
      return putBytes(writer, Buffer.from(value as string, "utf8"));
    case "bytes":
      return putBytes(writer, value as Uint8Array);
    case "ints":
      return putNumbers(writer, value as readonly number[], 1, "ints");
    case "structs":
      return putNumbers(writer, value as readonly number[], slot.longs, "structs");
  }
}

function putBytes(writer: Writer, bytes: Uint8Array): number {
  const at = reserve(writer, 4 + bytes.length + 1, 4);
  writer.bytes.writeUInt32LE(bytes.length, at);
  writer.bytes.set(bytes, at + 4);
  return at;
}

function putTables(writer: Writer, tables: readonly Table[], shape: Shape): number {
  const at = reserve(writer, 4 + tables.length * 4, 4);
  writer.bytes.writeUInt32LE(tables.length, at);
  for (const [index, table] of tables.entries()) point(writer, at + 4 + index * 4, putTable(writer, table, shape));
  return at;
}

/** The count stands right before the first number, which is aligned to its own width. */
function putNumbers(writer: Writer, numbers: readonly number[], each: number, kind: "ints" | "structs"): number {
  const width = kind === "ints" ? 4 : 8;
  const first = reserve(writer, 4, 8) + (width === 8 ? 8 : 4);
  reserve(writer, first + numbers.length * width - writer.end, 1);
  writer.bytes.writeUInt32LE(numbers.length / each, first - 4);
  for (const [index, number] of numbers.entries()) {
    putScalar(writer.bytes, first + index * width, width === 8 ? "i64" : "i32", number);
  }
  return first - 4;
}
