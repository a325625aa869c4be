import { ENCODING } from "./encodings.ts";
import {
  has,
  i32,
  i64,
  list,
  numberOf,
  sizeOf,
  struct,
  structFrom,
  structOf,
  structsOf,
  withField,
  withoutFields,
} from "./fields.ts";
import type { Chunk, Footer, RowGroup } from "./footer.ts";
import { newKeyValues } from "./metadata.ts";
import type { RewritePlan } from "./rewrite-plan.ts";
import { newSchema } from "./rewrite-schema.ts";
import type { ParquetSchema } from "./schema.ts";
import { T, type ThriftStruct } from "./thrift.ts";
import type { WrittenChunk } from "./written-chunk.ts";

/** Bytes in the new file. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** A chunk of the new file: written anew, or copied `shift` bytes further on than it was. */
export interface PlacedChunk {
  readonly column: number;
  readonly chunk: Chunk;
  readonly shift: number;
  readonly written?: WrittenChunk;
  readonly bloom?: Place;
  readonly columnIndex?: Place;
  readonly offsetIndex?: Place;
}

export interface PlacedGroup {
  readonly group: RowGroup;
  /** In schema order, those dropped left out. */
  readonly chunks: readonly PlacedChunk[];
}

/**
 * FileMetaData of the new file. `created_by` stays: readers know by it which bugs of the writer to allow for in the
 * pages that were copied, and none of these allowances does harm to pages written here. Of a masked chunk only what
 * is known to tell nothing of its values is kept.
 */
export function newFooter(
  footer: Footer,
  parquet: ParquetSchema,
  plan: RewritePlan,
  groups: readonly PlacedGroup[],
): ThriftStruct {
  const schema = newSchema(footer, plan);
  const rowGroups = groups.map((group) => rowGroupTree(group, plan));
  let tree = withField(footer.tree, 2, T.list, { element: T.struct, items: schema });
  tree = withField(tree, 4, T.list, { element: T.struct, items: rowGroups });
  const orders = structsOf(tree, 7).filter((_, column) => !plan.dropped.has(column));
  if (has(tree, 7)) tree = withField(tree, 7, T.list, { element: T.struct, items: orders });
  const keyValues = newKeyValues(footer, parquet, plan);
  return keyValues.length > 0
    ? withField(tree, 5, T.list, { element: T.struct, items: keyValues })
    : withoutFields(tree, 5);
}

function rowGroupTree({ group, chunks }: PlacedGroup, plan: RewritePlan): ThriftStruct {
  const columns = chunks.map((placed) => chunkTree(placed, plan));
  const sum = (id: number) => columns.reduce((total, column) => total + sizeOf(structOf(column, 3)!, id), 0);
  let tree = withField(group.tree, 1, T.list, { element: T.struct, items: columns });
  tree = withField(tree, 2, T.i64, sum(6));
  if (has(tree, 6)) tree = withField(tree, 6, T.i64, sum(7));
  const start = Math.min(...chunks.map(({ chunk, shift, written }) => written?.start ?? chunk.start + shift));
  if (has(tree, 5)) tree = chunks.length > 0 ? withField(tree, 5, T.i64, start) : withoutFields(tree, 5);
  const sorting = sortingColumns(group, plan);
  return sorting.length > 0
    ? withField(tree, 4, T.list, { element: T.struct, items: sorting })
    : withoutFields(tree, 4);
}

/** Rows stay sorted by the columns before the first masked one; what is sorted within equal originals is no more. */
function sortingColumns({ tree }: RowGroup, { alone, aligned, dropped }: RewritePlan): ThriftStruct[] {
  const kept: ThriftStruct[] = [];
  for (const sorting of structsOf(tree, 4)) {
    const column = sizeOf(sorting, 1);
    if (alone.has(column) || aligned.has(column) || dropped.has(column)) break;
    const before = [...dropped].filter((index) => index < column).length;
    kept.push(withField(sorting, 1, T.i32, column - before));
  }
  return kept;
}

function chunkTree(placed: PlacedChunk, { alone, aligned }: RewritePlan): ThriftStruct {
  const { column, written, offsetIndex, columnIndex } = placed;
  const masked = alone.get(column) ?? aligned.get(column);
  const base = written
    ? structFrom(i64(2, 0), struct(3, writtenMeta(placed.chunk, masked?.physical ?? placed.chunk.type, written)))
    : withField(withField(placed.chunk.tree, 2, T.i64, fileOffset(placed)), 3, T.struct, copiedMeta(placed));
  const indexed = structFrom(
    ...withoutFields(base, 4, 5, 6, 7).fields,
    offsetIndex && i64(4, offsetIndex.offset),
    offsetIndex && i32(5, offsetIndex.length),
    columnIndex && i64(6, columnIndex.offset),
    columnIndex && i32(7, columnIndex.length),
  );
  return { fields: [...indexed.fields].sort((one, two) => one.id - two.id) };
}

/** Old writers point at the chunk here, or at a second copy of its metadata behind it, which is not copied. */
function fileOffset({ chunk, shift }: PlacedChunk): number {
  const offset = numberOf(chunk.tree, 2) ?? 0;
  return offset >= chunk.start && offset < chunk.end ? offset + shift : 0;
}

function copiedMeta({ chunk, shift, bloom }: PlacedChunk): ThriftStruct {
  let meta = chunk.meta;
  for (const id of [9, 10, 11]) {
    const offset = numberOf(meta, id);
    // A dictionary offset of 0 says that there is none.
    if (offset !== undefined && offset > 0) meta = withField(meta, id, T.i64, offset + shift);
  }
  return bloom ? withField(meta, 14, T.i64, bloom.offset) : withoutFields(meta, 14, 15);
}

function writtenMeta(chunk: Chunk, physical: number, written: WrittenChunk): ThriftStruct {
  const { data, dictionary, start, end, uncompressed, values, nulls, encodings } = written;
  const statistics = structOf(chunk.meta, 12);
  const path = chunk.meta.fields.find(({ id }) => id === 3);
  return structFrom(
    i32(1, physical),
    list(2, T.i32, encodingsOf(written)),
    path,
    i32(4, chunk.codec),
    i64(5, values),
    i64(6, uncompressed),
    i64(7, end - start),
    i64(9, data),
    dictionary === undefined ? undefined : i64(11, dictionary),
    statistics && has(statistics, 3) ? struct(12, structFrom(i64(3, nulls))) : undefined,
    list(
      13,
      T.struct,
      encodings.map(({ kind, encoding, pages }) => encodingStats(kind, encoding, pages)),
    ),
  );
}

function encodingsOf({ encodings, pages }: WrittenChunk): number[] {
  const used = new Set(encodings.map(({ encoding }) => encoding));
  if (pages.length > 0) used.add(ENCODING.RLE); // the levels
  return [...used];
}

function encodingStats(kind: "data" | "dictionary", encoding: number, pages: number): ThriftStruct {
  return structFrom(i32(1, kind === "data" ? 0 : 2), i32(2, encoding), i32(3, pages));
}
