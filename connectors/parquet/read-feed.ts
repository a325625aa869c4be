import { MaskingError } from "../../src/errors.ts";
import { countOf, sliceValues, type Values } from "./encodings.ts";
import type { ChunkCursor } from "./page-reader.ts";
import { joinRows, type LeafRows } from "./rows.ts";
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
          const [front, rest] = split(part, left, leaf);
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

function split(part: LeafRows, rows: number, leaf: ParquetLeaf): readonly [LeafRows, LeafRows] {
  const { definition, repetition, values } = part;
  const level = repetition ? startOf(repetition, rows) : rows;
  let value = definition ? 0 : level;
  for (let i = 0; definition && i < level; i++) if (definition[i] === leaf.maxDefinition) value++;
  const piece = (rowCount: number, from: number, to: number, of: Values): LeafRows => ({
    rows: rowCount,
    values: of,
    ...(definition && { definition: definition.subarray(from, to) }),
    ...(repetition && { repetition: repetition.subarray(from, to) }),
  });
  const end = definition?.length ?? part.rows;
  return [
    piece(rows, 0, level, sliceValues(values, 0, value)),
    piece(part.rows - rows, level, end, sliceValues(values, value, countOf(values))),
  ];
}

/** Where the row begins that `rows` rows come before. */
function startOf(repetition: Uint8Array, rows: number): number {
  let at = 0;
  for (let seen = 0; at < repetition.length; at++) {
    if (repetition[at] !== 0) continue;
    if (seen === rows) break;
    seen++;
  }
  return at;
}

function sizeOf(values: Values): number {
  if (values.kind === "bytes") return values.offsets.at(-1)! - values.offsets[0]!;
  return values.kind === "fixed" ? values.bytes.length : values.array.byteLength;
}
