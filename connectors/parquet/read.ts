import { Field, List, Map_, type RecordBatch, Schema, Struct } from "apache-arrow";
import { batchOf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream, Leaf, ReadableObject } from "../../src/types.ts";
import { sizeOf } from "./fields.ts";
import { type Footer, type RowGroup, readFooter } from "./footer.ts";
import { openChunk } from "./page-reader.ts";
import { assembled } from "./read-assemble.ts";
import { bundled } from "./read-bundles.ts";
import { type Feed, openFeed } from "./read-feed.ts";
import { type Column, leavesOf, type ParquetLeaf, type ParquetSchema, parquetSchema, resolveLeaf } from "./schema.ts";

/** Rows of a batch at most. */
const ROWS = 8192;
/** Cells of a batch, about: a table of thousands of columns comes in shorter batches. */
const CELLS = 1 << 21;
/** Bytes of text in a batch, about. */
const BYTES = 32 << 20;

/** The schema alone: only the footer is read. */
export async function readParquetSchema(file: ReadableObject): Promise<Schema> {
  return parquetSchema(await readFooter(file)).schema;
}

/**
 * Bytes and cells of leaves as the footer has them: before compression, and of a dictionary each value once, which is
 * how often a text is examined. Where the encoding leaves out common beginnings the texts are longer than this.
 */
export async function parquetTextSize(
  file: ReadableObject,
  leaves: readonly Leaf[],
): Promise<{ readonly bytes: number; readonly cells: number }> {
  const footer = await readFooter(file);
  const parquet = parquetSchema(footer);
  const indexes = leaves.flatMap((leaf) => resolveLeaf(parquet, leaf)).map(({ index }) => index);
  const chunks = footer.rowGroups.flatMap((group) => indexes.map((index) => group.chunks[index]!));
  return {
    bytes: chunks.reduce((sum, { meta }) => sum + sizeOf(meta, UNCOMPRESSED), 0),
    cells: chunks.reduce((sum, { values }) => sum + values, 0),
  };
}

/** `total_uncompressed_size` of a ColumnMetaData. */
const UNCOMPRESSED = 6;

/**
 * The table, or the given leaves of it, as batches of up to 8,192 rows, fewer where rows are large. Only the chunks of
 * those leaves are read, page by page: a page of each is the most that is held. A name that the file lacks is
 * COLUMN_MISSING.
 */
export async function readParquet(file: ReadableObject, leaves?: readonly Leaf[]): Promise<BatchStream> {
  const footer = await readFooter(file);
  const parquet = parquetSchema(footer);
  const columns = leaves ? chosen(parquet, leaves) : parquet.columns;
  const schema = new Schema(columns.map(({ field }) => field));
  return { schema, batches: batchesOf(file, footer, schema, columns) };
}

function chosen(parquet: ParquetSchema, leaves: readonly Leaf[]): readonly Column[] {
  const wanted = new Set<number>();
  for (const leaf of leaves) {
    const found = resolveLeaf(parquet, leaf);
    if (found.length === 0) throw new MaskingError("COLUMN_MISSING", { column: leaf });
    for (const { index } of found) wanted.add(index);
  }
  return parquet.columns.flatMap((column) => pruned(column, wanted) ?? []);
}

/** The column with the wanted leaves alone. A map keeps both its halves. */
function pruned(column: Column, wanted: ReadonlySet<number>): Column | undefined {
  const below = leavesOf(column);
  if (!below.some(({ index }) => wanted.has(index))) return undefined;
  if (below.every(({ index }) => wanted.has(index)) || column.field.type instanceof Map_) return column;
  if (column.kind === "list") {
    const child = pruned(column.child, wanted)!;
    return { ...column, field: retyped(column.field, new List(child.field)), child };
  }
  if (column.kind === "leaf") return column;
  const children = column.children.flatMap((child) => pruned(child, wanted) ?? []);
  return { ...column, field: retyped(column.field, new Struct(children.map(({ field }) => field))), children };
}

function retyped(field: Field, type: Field["type"]): Field {
  return new Field(field.name, type, field.nullable, field.metadata);
}

async function* batchesOf(
  file: ReadableObject,
  footer: Footer,
  schema: Schema,
  columns: readonly Column[],
): AsyncGenerator<RecordBatch, void, undefined> {
  const leaves = columns.flatMap(leavesOf);
  for (const group of footer.rowGroups) {
    if (leaves.length > 0) yield* groupBatches(file, group, schema, columns, leaves);
    else for (let at = 0; at < group.rows; at += ROWS) yield batchOf(schema, [], Math.min(ROWS, group.rows - at));
  }
}

async function* groupBatches(
  file: ReadableObject,
  group: RowGroup,
  schema: Schema,
  columns: readonly Column[],
  leaves: readonly ParquetLeaf[],
): AsyncGenerator<RecordBatch, void, undefined> {
  const chunks = leaves.map(({ index }) => group.chunks[index]!);
  const source = bundled(file, chunks);
  const texts = leaves.filter(({ physical }) => physical === 6).length;
  const window = { rows: Math.max(16, Math.min(ROWS, Math.floor(CELLS / leaves.length))), bytes: BYTES / (texts || 1) };
  const feeds = leaves.map((leaf, i) => openFeed(openChunk(source, chunks[i]!, leaf), leaf, window));
  const byLeaf = new Map(leaves.map(({ index }, i) => [index, feeds[i]!]));
  try {
    for (let left = group.rows; left > 0; ) {
      const rows = Math.min(left, ...(await Promise.all(feeds.map((feed) => feed.fill()))));
      if (rows === 0) throw new MaskingError("INPUT_MALFORMED", { expected: "as many rows as the row group says" });
      const taken = new Map([...byLeaf].map(([index, feed]) => [index, feed.take(rows)]));
      yield batchOf(
        schema,
        columns.map((column) => assembled(column, (index) => taken.get(index)!)),
        rows,
      );
      left -= rows;
    }
    await ended(feeds);
  } finally {
    await Promise.all(feeds.map((feed) => feed.close()));
  }
}

async function ended(feeds: readonly Feed[]): Promise<void> {
  for (const feed of feeds)
    if ((await feed.fill()) > 0)
      throw new MaskingError("INPUT_MALFORMED", { expected: "as many rows as the row group says" });
}
