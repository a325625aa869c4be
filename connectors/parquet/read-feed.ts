import { MaskingError } from "../../src/errors.ts";
import type { ChunkCursor } from "./page-reader.ts";
import { joinRows, type LeafRows } from "./rows.ts";
import { sizeOf, splitRows } from "./rows-split.ts";
import type { ParquetLeaf } from "./schema.ts";

/** The rows of a chunk in any portions: pages of different columns do not end at the same row. */
export interface Feed {
  /** Reads until a window is held; how many rows that is, 0 at the end. */
  fill(): Promise<number>;
  /** Rows that are held, no more than that. */
  take(rows: number): LeafRows;
  close(): Promise<void>;
}

/** `window`: what is held, at most that many rows and about that many bytes; always a row. */
export function openFeed(
  cursor: ChunkCursor,
  leaf: ParquetLeaf,
  window: { readonly rows: number; readonly bytes: number },
): Feed {
  const parts: LeafRows[] = [];
  let held = 0;
  let bytes = 0;
  return {
    async fill() {
      while (held === 0 || (held < window.rows && bytes < window.bytes)) {
        const part = await cursor.take(window.rows - held, window.bytes - bytes);
        if (!part) break;
        parts.push(part);
        held += part.rows;
        bytes += sizeOf(part.values);
      }
      return held;
    },
    take(rows) {
      const taken: LeafRows[] = [];
      for (let left = rows; left > 0; ) {
        const part = parts[0];
        if (!part) throw new MaskingError("INPUT_MALFORMED", { column: leaf.path.join(".") });
        if (part.rows > left) {
          const [front, rest] = splitRows(part, left, leaf);
          parts[0] = rest;
          taken.push(front);
          break;
        }
        parts.shift();
        taken.push(part);
        left -= part.rows;
      }
      const all = joinRows(taken);
      held -= rows;
      bytes -= sizeOf(all.values);
      return all;
    },
    close: () => cursor.close(),
  };
}
