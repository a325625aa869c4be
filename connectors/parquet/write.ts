import type { RecordBatch } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream } from "../../src/types.ts";
import { CODEC } from "./codecs.ts";
import { distinct } from "./dictionary-builder.ts";
import { countOf, ENCODING, PHYSICAL, sliceValues } from "./encodings.ts";
import { MAGIC } from "./footer.ts";
import { openSink, PAGE_BYTES, type PageSink } from "./page-sink.ts";
import type { NewPage } from "./page-writer.ts";
import type { LeafRows } from "./rows.ts";
import { sizeOf, splitRows } from "./rows-split.ts";
import { leavesOf, type ParquetLeaf } from "./schema.ts";
import { ARROW_SCHEMA } from "./schema-hints.ts";
import type { ThriftStruct } from "./thrift.ts";
import { writeThrift } from "./thrift-write.ts";
import { fileMetaData, rowGroupOf } from "./write-footer.ts";
import { arrowHint, type NewSchema, newSchemaOf } from "./write-schema.ts";
import { shredded } from "./write-shred.ts";
import { tallyChunk, type WrittenChunk } from "./written-chunk.ts";

/** Bytes before encoding, and rows, at which a row group is closed; it is held in memory, compressed, until then. */
const GROUP_BYTES = 64 << 20;
const GROUP_ROWS = 1 << 20;
/** Pages of a column that may be under way at once. */
const UNDER_WAY = 2;

/**
 * A new file of the batches, as every reader knows it: footer version 1, data pages version 1, plain or dictionary
 * encoding. `codec`: snappy unless told otherwise. It has no minimum and maximum of any column. Memory is bounded by a
 * row group, whatever the length of the stream. A column that Parquet cannot hold is COLUMN_TYPE before a byte is given.
 */
export async function* writeParquet(
  stream: BatchStream,
  codec: number = CODEC.SNAPPY,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { schema } = stream;
  const made = newSchemaOf(schema);
  const keyValues = new Map(schema.metadata).set(ARROW_SCHEMA, arrowHint(schema));
  const rowGroups: ThriftStruct[] = [];
  let rows = 0;
  let at = MAGIC.length;
  yield MAGIC;
  const close = async function* (group: Group): AsyncGenerator<Uint8Array, void, undefined> {
    const chunks: WrittenChunk[] = [];
    for (const column of group.columns) {
      const tally = tallyChunk(at);
      for await (const page of column.pages()) {
        tally.add(page);
        at += page.bytes.length;
        yield page.bytes;
      }
      chunks.push(tally.written());
    }
    rows += group.rows;
    rowGroups.push(rowGroupOf(made.leaves, chunks, group.rows, codec));
  };
  let group = openGroup(made, codec);
  for await (const batch of stream.batches) {
    await group.add(batch);
    if (group.bytes < GROUP_BYTES && group.rows < GROUP_ROWS) continue;
    yield* close(group);
    group = openGroup(made, codec);
  }
  if (group.rows > 0) yield* close(group);
  const footer = writeThrift(fileMetaData(made.elements, rows, rowGroups, keyValues));
  const end = Buffer.alloc(8, "\0\0\0\0PAR1", "latin1");
  end.writeUInt32LE(footer.length);
  yield footer;
  yield end;
}

/** A row group while it is being filled. */
interface Group {
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly ColumnWriter[];
  add(batch: RecordBatch): Promise<void>;
}

function openGroup({ columns, leaves }: NewSchema, codec: number): Group {
  const writers = leaves.map((leaf) => openColumn(leaf, codec));
  let rows = 0;
  let bytes = 0;
  return {
    get rows() {
      return rows;
    },
    get bytes() {
      return bytes;
    },
    columns: writers,
    async add(batch) {
      const { children } = batch.data;
      if (children.length !== columns.length) throw new MaskingError("SCHEMA_DIFFERS");
      for (const [i, column] of columns.entries()) {
        const parts = shredded(column, children[i]!);
        for (const [j, leaf] of leavesOf(column).entries()) {
          bytes += sizeOf(parts[j]!.values) + parts[j]!.rows / 8;
          await writers[leaf.index]!.add(parts[j]!);
        }
      }
      rows += batch.numRows;
    },
  };
}

/** The pages of one chunk. */
interface ColumnWriter {
  add(part: LeafRows): Promise<void>;
  /** All pages in order; nothing can be added any more. */
  pages(): AsyncGenerator<NewPage, void, undefined>;
}

function openColumn(leaf: ParquetLeaf, codec: number): ColumnWriter {
  const shape = { codec, levels: leaf, indexing: ENCODING.PLAIN_DICTIONARY };
  const done: NewPage[] = [];
  let sink: PageSink | undefined;
  const drain = async (keep: number): Promise<void> => {
    if (sink) for await (const page of sink.drain(keep)) done.push(page);
  };
  return {
    async add(part) {
      sink ??= openSink(shape, repeats(part, leaf));
      for (const piece of pieces(part, leaf)) sink.add(piece);
      await drain(UNDER_WAY);
    },
    async *pages() {
      sink ??= openSink(shape);
      sink.end();
      await drain(0);
      while (done.length > 0) yield done.shift()!;
    },
  };
}

/** True where a dictionary looks worth while: among the first values many are the same. */
function repeats({ values }: LeafRows, { physical }: ParquetLeaf): boolean {
  const looked = Math.min(countOf(values), 512);
  if (physical === PHYSICAL.BOOLEAN || looked === 0) return false;
  return distinct(sliceValues(values, 0, looked)).firsts.length <= looked / 2;
}

/** The rows in parts of about a page at most. */
function* pieces(part: LeafRows, leaf: ParquetLeaf): Generator<LeafRows> {
  const rows = Math.max(1, Math.floor((part.rows * PAGE_BYTES) / Math.max(sizeOf(part.values), 1)));
  let rest = part;
  while (rest.rows > rows) {
    const [front, behind] = splitRows(rest, rows, leaf);
    yield front;
    rest = behind;
  }
  if (rest.rows > 0) yield rest;
}
