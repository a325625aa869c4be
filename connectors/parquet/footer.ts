import { MaskingError } from "../../src/errors.ts";
import type { ByteRange, ReadableObject } from "../../src/types.ts";
import { readRange } from "./bytes.ts";
import { has, numberOf, sizeOf, structOf, structsOf, textOf } from "./fields.ts";
import { readThrift, type ThriftStruct } from "./thrift.ts";

// Numbers in this file are those of apache/parquet-format's parquet.thrift.

/** A node of the schema tree as it stands in the footer, in pre-order; the root is first. */
export interface SchemaElement {
  readonly name: string;
  /** 0 for a leaf. */
  readonly children: number;
  /** BOOLEAN 0, INT32 1, INT64 2, INT96 3, FLOAT 4, DOUBLE 5, BYTE_ARRAY 6, FIXED_LEN_BYTE_ARRAY 7; absent for a group. */
  readonly type?: number;
  readonly typeLength?: number;
  /** REQUIRED 0, OPTIONAL 1, REPEATED 2. */
  readonly repetition: number;
  readonly converted?: number;
  readonly scale?: number;
  readonly precision?: number;
  readonly fieldId?: number;
  /** The LogicalType union: one field, whose id tells which type it is. */
  readonly logical?: ThriftStruct;
  readonly tree: ThriftStruct;
}

/** A column chunk: the pages of one leaf in one row group, at `start` to `end` of the file. */
export interface Chunk extends ByteRange {
  readonly type: number;
  readonly codec: number;
  /** Values with nulls, as the footer claims. */
  readonly values: number;
  /** The ColumnChunk and its ColumnMetaData. */
  readonly tree: ThriftStruct;
  readonly meta: ThriftStruct;
}

export interface RowGroup {
  readonly rows: number;
  /** One a leaf, in schema order. */
  readonly chunks: readonly Chunk[];
  readonly tree: ThriftStruct;
}

export interface Footer {
  /** FileMetaData. */
  readonly tree: ThriftStruct;
  /** Byte offset of the footer; all data lies before it. */
  readonly start: number;
  readonly schema: readonly SchemaElement[];
  readonly rows: number;
  readonly rowGroups: readonly RowGroup[];
  readonly keyValues: ReadonlyMap<string, string>;
  /** Empty where the writer gave none. */
  readonly createdBy: string;
}

export const MAGIC: Uint8Array = Buffer.from("PAR1");
/** Bytes read from the end at first: most footers lie within. */
const TAIL = 1 << 16;

/**
 * The footer, checked as far as offsets and counts go: every chunk lies within the file. Encryption of any kind is
 * INPUT_ENCRYPTED; a file that begins as Parquet and has no footer is INPUT_TRUNCATED.
 */
export async function readFooter(file: ReadableObject): Promise<Footer> {
  const tail = await readRange(file, { start: Math.max(0, file.size - TAIL), end: file.size });
  const { length, magic } = trailerOf(tail);
  if (magic !== "PAR1") throw await withoutFooter(file, magic);
  const start = file.size - 8 - length;
  if (start < MAGIC.length) throw new MaskingError("INPUT_TRUNCATED", { byte: file.size });
  const bytes =
    length + 8 <= tail.length
      ? tail.subarray(tail.length - 8 - length, tail.length - 8)
      : await readRange(file, { start, end: file.size - 8 });
  const parsed = readThrift(bytes);
  if (!parsed) throw new MaskingError("INPUT_MALFORMED", { byte: start, expected: "a Parquet footer" });
  return footerOf(parsed.struct, start);
}

function trailerOf(tail: Uint8Array): { readonly length: number; readonly magic: string } {
  if (tail.length < 12) return { length: 0, magic: "" };
  const end = Buffer.from(tail.buffer, tail.byteOffset + tail.length - 8, 8);
  return { length: end.readUInt32LE(0), magic: end.toString("latin1", 4) };
}

async function withoutFooter(file: ReadableObject, magic: string): Promise<MaskingError> {
  if (magic === "PARE") return new MaskingError("INPUT_ENCRYPTED");
  const head = await readRange(file, { start: 0, end: Math.min(4, file.size) });
  const begins = Buffer.from(MAGIC).subarray(0, head.length).equals(head);
  return begins
    ? new MaskingError("INPUT_TRUNCATED", { byte: file.size })
    : new MaskingError("INPUT_MALFORMED", { expected: "a Parquet file" });
}

function footerOf(tree: ThriftStruct, start: number): Footer {
  if (has(tree, 8)) throw new MaskingError("INPUT_ENCRYPTED");
  const schema = structsOf(tree, 2).map(elementOf);
  const leaves = checkTree(schema);
  const createdBy = textOf(tree, 6) ?? "";
  const claimed = structsOf(tree, 4).map((group) => rowGroupOf(group, start, leaves));
  const rowGroups = SHORT_CHUNKS.test(createdBy) ? lengthened(claimed, start) : claimed;
  const keyValues = structsOf(tree, 5).map((pair) => [textOf(pair, 1) ?? "", textOf(pair, 2) ?? ""] as const);
  return {
    tree,
    start,
    schema,
    rows: sizeOf(tree, 3),
    rowGroups,
    keyValues: new Map(keyValues),
    createdBy,
  };
}

/** parquet-mr before 1.2.9 left the dictionary page's header out of a chunk's size (PARQUET-816). */
const SHORT_CHUNKS = /^parquet-mr version (?:0\.|1\.[01]\.|1\.2\.[0-8](?!\d))/;
/** No page header of those versions is longer; parquet-cpp allows for as much. */
const LONGEST_SHORTFALL = 100;

/** Chunks that go on to where the next one begins, where that is near. */
function lengthened(groups: readonly RowGroup[], footer: number): readonly RowGroup[] {
  const starts = [...groups.flatMap(({ chunks }) => chunks.map(({ start }) => start)), footer].sort((a, b) => a - b);
  return groups.map((group) => ({
    ...group,
    chunks: group.chunks.map((chunk) => {
      const next = starts.find((start) => start >= chunk.end) ?? chunk.end;
      return next - chunk.end <= LONGEST_SHORTFALL ? { ...chunk, end: next } : chunk;
    }),
  }));
}

function elementOf(tree: ThriftStruct): SchemaElement {
  const children = numberOf(tree, 5) ?? 0;
  if (children < 0) throw new MaskingError("INPUT_MALFORMED", { expected: "a Parquet schema" });
  return {
    name: textOf(tree, 4) ?? "",
    children,
    ...defined("type", numberOf(tree, 1)),
    ...defined("typeLength", numberOf(tree, 2)),
    repetition: numberOf(tree, 3) ?? 0,
    ...defined("converted", numberOf(tree, 6)),
    ...defined("scale", numberOf(tree, 7)),
    ...defined("precision", numberOf(tree, 8)),
    ...defined("fieldId", numberOf(tree, 9)),
    ...defined("logical", structOf(tree, 10)),
    tree,
  };
}

function defined<Name extends string, Value>(name: Name, value: Value | undefined): { [name in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [name in Name]: Value });
}

/** Counts the leaves; a tree whose child counts do not add up is refused. */
function checkTree(schema: readonly SchemaElement[]): number {
  const open = [1]; // children still to come, a number a level
  let leaves = 0;
  for (const { children, type } of schema) {
    while (open.at(-1) === 0) open.pop();
    if (open.length === 0 || open.length > 128)
      throw new MaskingError("INPUT_MALFORMED", { expected: "a Parquet schema" });
    open[open.length - 1]! -= 1;
    if (children > 0) open.push(children);
    else if (type !== undefined) leaves += 1;
  }
  if (open.some((left) => left > 0)) throw new MaskingError("INPUT_MALFORMED", { expected: "a Parquet schema" });
  return leaves;
}

function rowGroupOf(tree: ThriftStruct, footer: number, leaves: number): RowGroup {
  const chunks = structsOf(tree, 1).map((chunk) => chunkOf(chunk, footer));
  if (chunks.length !== leaves) throw new MaskingError("INPUT_MALFORMED", { expected: "one chunk for each column" });
  return { rows: sizeOf(tree, 3), chunks, tree };
}

function chunkOf(tree: ThriftStruct, footer: number): Chunk {
  if (has(tree, 8) || has(tree, 9)) throw new MaskingError("INPUT_ENCRYPTED");
  const meta = structOf(tree, 3);
  if (has(tree, 1) || !meta) {
    throw new MaskingError("INPUT_UNSUPPORTED", {
      expected: "a file that holds its own columns (not a _metadata file)",
    });
  }
  const data = sizeOf(meta, 9);
  const dictionary = numberOf(meta, 11) ?? 0;
  // Some writers set 0 where there is no dictionary, parquet-cpp where there is one and no data page.
  const start = dictionary > 0 && (dictionary < data || data === 0) ? dictionary : data;
  const end = start + sizeOf(meta, 7);
  if (end > footer || (start < MAGIC.length && end > start)) {
    throw new MaskingError("INPUT_TRUNCATED", { byte: start, expected: "columns before the footer" });
  }
  return {
    type: sizeOf(meta, 1),
    codec: sizeOf(meta, 4),
    values: sizeOf(meta, 5),
    start,
    end,
    tree,
    meta,
  };
}
