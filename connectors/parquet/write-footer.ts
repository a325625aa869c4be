import { ENCODING } from "./encodings.ts";
import { i32, i64, list, struct, structFrom, text } from "./fields.ts";
import type { ParquetLeaf } from "./schema.ts";
import { T, type ThriftStruct } from "./thrift.ts";
import type { WrittenChunk } from "./written-chunk.ts";

const encoder = new TextEncoder();

/** RowGroup of chunks in order of the leaves. Of statistics it has the number of nulls alone: no value leaves by it. */
export function rowGroupOf(
  leaves: readonly ParquetLeaf[],
  chunks: readonly WrittenChunk[],
  rows: number,
  codec: number,
): ThriftStruct {
  const columns = chunks.map((chunk, i) => structFrom(i64(2, 0), struct(3, metaOf(leaves[i]!, chunk, codec))));
  return structFrom(
    list(1, T.struct, columns),
    i64(
      2,
      chunks.reduce((sum, { uncompressed }) => sum + uncompressed, 0),
    ),
    i64(3, rows),
    i64(
      6,
      chunks.reduce((sum, { start, end }) => sum + end - start, 0),
    ),
  );
}

/** ColumnMetaData. */
function metaOf(leaf: ParquetLeaf, chunk: WrittenChunk, codec: number): ThriftStruct {
  const used = new Set(chunk.encodings.map(({ encoding }) => encoding)).add(ENCODING.RLE);
  return structFrom(
    i32(1, leaf.physical),
    list(2, T.i32, [...used]),
    list(
      3,
      T.binary,
      leaf.path.map((part) => encoder.encode(part)),
    ),
    i32(4, codec),
    i64(5, chunk.values),
    i64(6, chunk.uncompressed),
    i64(7, chunk.end - chunk.start),
    i64(9, chunk.data),
    chunk.dictionary === undefined ? undefined : i64(11, chunk.dictionary),
    struct(12, structFrom(i64(3, chunk.nulls))),
    list(
      13,
      T.struct,
      chunk.encodings.map(({ kind, encoding, pages }) =>
        structFrom(i32(1, kind === "data" ? 0 : 2), i32(2, encoding), i32(3, pages)),
      ),
    ),
  );
}

/** FileMetaData of version 1: what is written here needs no later one, and some readers know no other. */
export function fileMetaData(
  elements: readonly ThriftStruct[],
  rows: number,
  rowGroups: readonly ThriftStruct[],
  keyValues: ReadonlyMap<string, string>,
): ThriftStruct {
  const pairs = [...keyValues].map(([key, value]) => structFrom(text(1, key), text(2, value)));
  return structFrom(
    i32(1, 1),
    list(2, T.struct, elements),
    i64(3, rows),
    list(4, T.struct, rowGroups),
    pairs.length > 0 ? list(5, T.struct, pairs) : undefined,
    text(6, "phimask"),
  );
}
