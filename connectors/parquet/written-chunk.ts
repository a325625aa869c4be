import type { NewPage } from "./page-writer.ts";

/** A chunk as it was written: what its metadata is made of. */
export interface WrittenChunk {
  /** Byte offsets in the new file; `data` is the first data page's. */
  readonly start: number;
  readonly end: number;
  readonly data: number;
  readonly dictionary?: number;
  /** Headers and bodies before compression. */
  readonly uncompressed: number;
  readonly rows: number;
  readonly values: number;
  readonly nulls: number;
  /** How many pages there are of each kind and encoding. */
  readonly encodings: readonly { readonly kind: NewPage["kind"]; readonly encoding: number; readonly pages: number }[];
  /** Data pages: where each begins, its bytes, and the first of its rows in the row group. */
  readonly pages: readonly { readonly offset: number; readonly size: number; readonly row: number }[];
}

/** Sums up the pages of a chunk as they go into the file. */
export interface ChunkTally {
  add(page: NewPage): void;
  written(): WrittenChunk;
}

/** `start`: byte offset in the new file of the first page. */
export function tallyChunk(start: number): ChunkTally {
  const kinds = new Map<string, { readonly kind: NewPage["kind"]; readonly encoding: number; pages: number }>();
  const pages: { offset: number; size: number; row: number }[] = [];
  const sums = { end: start, uncompressed: 0, rows: 0, values: 0, nulls: 0 };
  let dictionary: number | undefined;
  return {
    add({ kind, encoding, bytes, uncompressed, values, nulls, rows }) {
      const counted = kinds.get(`${kind} ${encoding}`) ?? { kind, encoding, pages: 0 };
      counted.pages += 1;
      kinds.set(`${kind} ${encoding}`, counted);
      if (kind === "dictionary") dictionary = sums.end;
      else pages.push({ offset: sums.end, size: bytes.length, row: sums.rows });
      sums.rows += rows;
      sums.end += bytes.length;
      sums.uncompressed += uncompressed;
      sums.values += values;
      sums.nulls += nulls;
    },
    written() {
      const data = pages[0]?.offset ?? sums.end;
      return {
        ...sums,
        start,
        data,
        ...(dictionary !== undefined && { dictionary }),
        encodings: [...kinds.values()],
        pages,
      };
    },
  };
}
