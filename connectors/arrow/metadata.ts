/** The tables of Arrow's IPC metadata: format/Message.fbs, Schema.fbs and File.fbs of apache/arrow. */
import { MaskingError } from "../../src/errors.ts";
import { readTable, type Shape, type Slot, type Table, writeTable } from "./flatbuffer.ts";

/** Numbers of `MessageHeader`. */
export const HEADER: { readonly schema: 1; readonly dictionary: 2; readonly batch: 3 } = {
  schema: 1,
  dictionary: 2,
  batch: 3,
};

/** Numbers of `Type` that the code tells apart; see Schema.fbs for the others. */
export const TYPE = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  decimal: 7,
  time: 9,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeList: 16,
  map: 17,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  runEndEncoded: 22,
  binaryView: 23,
  utf8View: 24,
  listView: 25,
  largeListView: 26,
} as const;

export interface KeyValue extends Table {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** A column or a part of one. `type` holds what its `typeId` needs: a width, a unit, a zone. */
export interface FieldTable extends Table {
  readonly name: string | undefined;
  readonly nullable: boolean;
  readonly typeId: number;
  readonly type: Table | undefined;
  readonly dictionary: DictionaryTable | undefined;
  readonly children: readonly FieldTable[] | undefined;
  readonly metadata: readonly KeyValue[] | undefined;
}

export interface DictionaryTable extends Table {
  readonly id: number;
  readonly indexType: Table | undefined;
  readonly ordered: boolean;
}

export interface SchemaTable extends Table {
  /** 0 little, 1 big. */
  readonly endianness: number;
  readonly fields: readonly FieldTable[] | undefined;
  readonly metadata: readonly KeyValue[] | undefined;
}

/** What a batch says of itself besides where its buffers are. `nodes` are (length, nulls) of each in turn. */
export interface BatchHead {
  readonly length: number;
  readonly nodes: readonly number[] | undefined;
  /** `codec` 0 is LZ4 frames, 1 is Zstandard. */
  readonly compression: { readonly codec: number; readonly method: number } | undefined;
  readonly variadic: readonly number[] | undefined;
}

/** `buffers` are (offset, length) of each in turn. */
export interface BatchTable extends BatchHead, Table {
  readonly length: number;
  readonly nodes: readonly number[] | undefined;
  readonly buffers: readonly number[] | undefined;
  readonly compression: { readonly codec: number; readonly method: number } | undefined;
  readonly variadic: readonly number[] | undefined;
}

export interface DictionaryBatchTable extends Table {
  readonly id: number;
  readonly data: BatchTable | undefined;
  readonly delta: boolean;
}

export interface MessageTable extends Table {
  /** 3 is V4, 4 is V5; older ones lay their buffers out differently. */
  readonly version: number;
  readonly headerType: number;
  readonly header: Table | undefined;
  readonly bodyLength: number;
  readonly metadata: readonly KeyValue[] | undefined;
}

/** `dictionaries` and `batches` are (offset, length of the metadata with its prefix, length of the body) in turn. */
export interface FooterTable extends Table {
  readonly version: number;
  readonly schema: SchemaTable | undefined;
  readonly dictionaries: readonly number[] | undefined;
  readonly batches: readonly number[] | undefined;
  readonly metadata: readonly KeyValue[] | undefined;
}

const keyValue: Shape = [
  { name: "key", kind: "bytes" },
  { name: "value", kind: "bytes" },
];
const metadata: Slot = { name: "metadata", kind: "tables", shape: () => keyValue };
const int: Shape = [
  { name: "bitWidth", kind: "i32" },
  { name: "signed", kind: "bool" },
];
const unit = (otherwise: number): Slot => ({ name: "unit", kind: "i16", otherwise });

/** What each type's own table holds; a type that is not here holds nothing. */
const types: { readonly [typeId: number]: Shape } = {
  2: int,
  3: [{ name: "precision", kind: "i16" }],
  7: [
    { name: "precision", kind: "i32" },
    { name: "scale", kind: "i32" },
    { name: "bitWidth", kind: "i32", otherwise: 128 },
  ],
  8: [unit(1)],
  9: [unit(1), { name: "bitWidth", kind: "i32", otherwise: 32 }],
  10: [unit(0), { name: "zone", kind: "text" }],
  11: [unit(0)],
  14: [
    { name: "mode", kind: "i16" },
    { name: "typeIds", kind: "ints" },
  ],
  15: [{ name: "byteWidth", kind: "i32" }],
  16: [{ name: "listSize", kind: "i32" }],
  17: [{ name: "keysSorted", kind: "bool" }],
  18: [unit(1)],
};

const dictionary: Shape = [
  { name: "id", kind: "i64" },
  { name: "indexType", kind: "table", shape: () => int },
  { name: "ordered", kind: "bool" },
  { name: "kind", kind: "i16" },
];

const field: Shape = [
  { name: "name", kind: "text" },
  { name: "nullable", kind: "bool" },
  { name: "typeId", kind: "u8" },
  { name: "type", kind: "union", tag: "typeId", shape: (typeId) => types[typeId] ?? [] },
  { name: "dictionary", kind: "table", shape: () => dictionary },
  { name: "children", kind: "tables", shape: () => field },
  metadata,
];

const schema: Shape = [
  { name: "endianness", kind: "i16" },
  { name: "fields", kind: "tables", shape: () => field },
  metadata,
  { name: "features", kind: "structs", longs: 1 },
];

const batch: Shape = [
  { name: "length", kind: "i64" },
  { name: "nodes", kind: "structs", longs: 2 },
  { name: "buffers", kind: "structs", longs: 2 },
  {
    name: "compression",
    kind: "table",
    shape: () => [
      { name: "codec", kind: "u8" },
      { name: "method", kind: "u8" },
    ],
  },
  { name: "variadic", kind: "structs", longs: 1 },
];

const dictionaryBatch: Shape = [
  { name: "id", kind: "i64" },
  { name: "data", kind: "table", shape: () => batch },
  { name: "delta", kind: "bool" },
];

const headers: { readonly [headerType: number]: Shape } = {
  [HEADER.schema]: schema,
  [HEADER.dictionary]: dictionaryBatch,
  [HEADER.batch]: batch,
};

const message: Shape = [
  { name: "version", kind: "i16" },
  { name: "headerType", kind: "u8" },
  { name: "header", kind: "union", tag: "headerType", shape: (headerType) => headers[headerType] ?? [] },
  { name: "bodyLength", kind: "i64" },
  metadata,
];

const footer: Shape = [
  { name: "version", kind: "i16" },
  { name: "schema", kind: "table", shape: () => schema },
  { name: "dictionaries", kind: "structs", longs: 3, half: 1 },
  { name: "batches", kind: "structs", longs: 3, half: 1 },
  metadata,
];

/** A message's metadata. Throws INPUT_MALFORMED, and INPUT_UNSUPPORTED for versions before V4 and for tensors. */
export function readMessage(bytes: Uint8Array): MessageTable {
  const read = readTable(bytes, message) as MessageTable;
  refuseVersion(read.version);
  if (read.headerType < 1 || read.headerType > 5) throw new MaskingError("INPUT_MALFORMED");
  if (read.headerType > HEADER.batch) throw new MaskingError("INPUT_UNSUPPORTED", { expected: "no tensors" });
  if (!read.header || read.bodyLength < 0) throw new MaskingError("INPUT_MALFORMED");
  if (read.headerType === HEADER.dictionary && !read.header["data"]) throw new MaskingError("INPUT_MALFORMED");
  return read;
}

export function writeMessage(table: MessageTable): Uint8Array {
  return writeTable(table, message);
}

/** A file's footer. Throws as `readMessage` does. */
export function readFooter(bytes: Uint8Array): FooterTable {
  const read = readTable(bytes, footer) as FooterTable;
  refuseVersion(read.version);
  if (!read.schema) throw new MaskingError("INPUT_MALFORMED");
  return read;
}

export function writeFooter(table: FooterTable): Uint8Array {
  return writeTable(table, footer);
}

/** Versions before V4 are of 2017 and earlier; V5 is the newest. */
function refuseVersion(version: number): void {
  if (version < 3) throw new MaskingError("INPUT_UNSUPPORTED", { expected: "Arrow metadata version 4 or 5" });
  if (version > 4) throw new MaskingError("INPUT_UNSUPPORTED", { expected: "Arrow metadata version 4 or 5" });
}
