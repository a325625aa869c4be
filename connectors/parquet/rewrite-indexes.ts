import { MaskingError } from "../../src/errors.ts";
import type { ByteRange, ReadableObject } from "../../src/types.ts";
import { readRange } from "./bytes.ts";
import { has, i32, i64, list, numberOf, sizeOf, structFrom, structsOf, withField } from "./fields.ts";
import type { Chunk } from "./footer.ts";
import { bundled } from "./read-bundles.ts";
import type { Place, PlacedChunk, PlacedGroup } from "./rewrite-footer.ts";
import { readThrift, T, type ThriftStruct } from "./thrift.ts";
import { writeThrift } from "./thrift-write.ts";
import type { WrittenChunk } from "./written-chunk.ts";

/**
 * What lies beside the pages: bloom filters and column indexes are copied where their column is, since both tell of its
 * values; offset indexes follow the pages to where they are now. `at` is the length of the new file so far. Gives the
 * groups with the places of all these.
 */
export async function* newIndexes(
  file: ReadableObject,
  groups: readonly PlacedGroup[],
  at: number,
): AsyncGenerator<Uint8Array | ByteRange, readonly PlacedGroup[], undefined> {
  const chunks = groups.flatMap((group) => group.chunks);
  const copied = chunks.filter(({ written }) => !written);
  const places = new Map<PlacedChunk, PlacedChunk>(chunks.map((chunk) => [chunk, chunk]));
  let end = at;
  const place = (chunk: PlacedChunk, name: "bloom" | "columnIndex" | "offsetIndex", length: number): void => {
    const at: Place = { offset: end, length };
    places.set(chunk, { ...places.get(chunk)!, [name]: at });
    end += length;
  };

  for (const chunk of copied) {
    const range = await bloomOf(file, chunk.chunk);
    if (!range) continue;
    place(chunk, "bloom", range.end - range.start);
    yield range;
  }
  for (const chunk of copied) {
    const range = rangeOf(chunk.chunk.tree, 6, 7);
    if (!range) continue;
    place(chunk, "columnIndex", range.end - range.start);
    yield range;
  }
  const source = bundled(
    file,
    copied.flatMap(({ chunk }) => rangeOf(chunk.tree, 4, 5) ?? []),
  );
  for (const chunk of chunks) {
    const index = await offsetIndex(source, chunk);
    if (!index) continue;
    const bytes = writeThrift(index);
    place(chunk, "offsetIndex", bytes.length);
    yield bytes;
  }
  return groups.map((group) => ({ ...group, chunks: group.chunks.map((chunk) => places.get(chunk)!) }));
}

/** All ranges of a chunk beside its pages. A bloom filter whose length is not known counts as one byte. */
export function besides({ tree, meta }: Chunk): readonly ByteRange[] {
  const bloom = numberOf(meta, 14) ?? 0;
  const filter = bloom > 0 ? [{ start: bloom, end: bloom + (numberOf(meta, 15) ?? 1) }] : [];
  return [
    ...filter,
    ...(rangeOf(tree, 4, 5) ? [rangeOf(tree, 4, 5)!] : []),
    ...(rangeOf(tree, 6, 7) ? [rangeOf(tree, 6, 7)!] : []),
  ];
}

/** A range given by two fields of a ColumnChunk; undefined where there is none. */
function rangeOf(tree: ThriftStruct, offset: number, length: number): ByteRange | undefined {
  const start = numberOf(tree, offset) ?? 0;
  return start > 0 && has(tree, length) ? { start, end: start + sizeOf(tree, length) } : undefined;
}

/** Longest header of a bloom filter: four small fields. */
const BLOOM_HEADER = 64;

async function bloomOf(file: ReadableObject, { meta }: Chunk): Promise<ByteRange | undefined> {
  const start = numberOf(meta, 14) ?? 0;
  if (start <= 0) return undefined;
  const length = numberOf(meta, 15);
  if (length !== undefined) return { start, end: start + length };
  // Writers before format 2.10 do not give the length: the filter's own header does.
  const header = readThrift(await readRange(file, { start, end: Math.min(start + BLOOM_HEADER, file.size) }));
  if (!header) throw new MaskingError("INPUT_MALFORMED", { byte: start, expected: "a bloom filter" });
  return { start, end: start + header.end + sizeOf(header.struct, 1) };
}

async function offsetIndex(source: ReadableObject, placed: PlacedChunk): Promise<ThriftStruct | undefined> {
  const range = rangeOf(placed.chunk.tree, 4, 5);
  if (!range) return undefined;
  if (placed.written) return writtenIndex(placed.written);
  const parsed = readThrift(await readRange(source, range));
  if (!parsed) throw new MaskingError("INPUT_MALFORMED", { byte: range.start, expected: "an offset index" });
  const locations = structsOf(parsed.struct, 1).map((page) =>
    withField(page, 1, T.i64, sizeOf(page, 1) + placed.shift),
  );
  return withField(parsed.struct, 1, T.list, { element: T.struct, items: locations });
}

function writtenIndex({ pages }: WrittenChunk): ThriftStruct {
  const locations = pages.map(({ offset, size, row }) => structFrom(i64(1, offset), i32(2, size), i64(3, row)));
  return structFrom(list(1, T.struct, locations));
}
