import { isQuoted } from "./cells.ts";
import type { RowBatch } from "./cursor.ts";
import type { Dialect } from "./dialect.ts";
import type { Output } from "./output.ts";
import { isValid, type PackedColumn } from "./packed.ts";
import { cellWriterOf } from "./quote.ts";
import type { FileTexts } from "./texts.ts";

/** What becomes of one column of a batch of rows. `slot` counts the columns that the rows were searched for. */
export type Edit =
  /** `first`: no kept column stands before it, so that the delimiter after it goes with it. */
  | { readonly slot: number; readonly drop: true; readonly first: boolean }
  /** `before`: the cells as they were handed to the mask, from the first row of the batch on. */
  | { readonly slot: number; readonly drop: false; readonly before: PackedColumn; readonly after: FileTexts };

/** Rows of a batch to write; `answer` is the index in `after` of the row `from`. */
export interface RowRange {
  readonly batch: RowBatch;
  readonly from: number;
  readonly to: number;
  readonly answer: number;
}

/** Writes rows with some of their cells replaced. */
export type RowWriter = (output: Output, range: RowRange, edits: readonly Edit[]) => void;

const CR = 13;
const LF = 10;
/** Goes before the LF of a row that became empty after a row that ends in CR, so that the two stay two line ends. */
const LONE_CR = Buffer.from("\r");

/**
 * The row writer of a dialect; `slots` as the rows were searched. A cell whose text did not change is copied as it
 * stands; a changed one stays in quotes where it was and gets them where its text asks for them. Edits come in the
 * order of their slots. Throws CSV_QUOTE where a text asks for quotes and the dialect has none.
 */
export function rowWriterOf(dialect: Dialect, slots: number): RowWriter {
  const write = cellWriterOf(dialect);
  const gap = dialect.delimiter.length;
  return (output, { batch, from, to, answer }, edits) => {
    const { bytes, rows } = batch;
    const quotes = edits.map(() => -1);
    const changes = edits.map((edit) => (edit.drop ? undefined : changesOf(edit, from, to - from, answer)));
    let copied = rows.starts[from]!;
    for (let row = from; row < to; row++) {
      let edited = false;
      for (let index = 0; index < edits.length; index++) {
        const changed = changes[index];
        if (changed && changed[row - from] === 0) continue;
        const edit = edits[index]!;
        const at = (row * slots + edit.slot) * 2;
        const raw = rows.cells[at]!;
        const start = raw < 0 ? ~raw : raw;
        const end = rows.cells[at + 1]!;
        if (edit.drop) {
          output.write(bytes, copied, edit.first ? start : start - gap);
          copied = edit.first ? end + gap : end;
        } else {
          const masked = answer + row - from;
          output.write(bytes, copied, start);
          const quoted = dialect.quote !== null && isQuoted(bytes, start, end, dialect.quote);
          quotes[index] = write(output, edit.after, masked, quoted, quotes[index]!, batch.first + row);
          copied = end;
        }
        edited = true;
      }
      if (edited && output.last === CR && bytes[copied] === LF) output.write(LONE_CR, 0, 1);
    }
    output.write(bytes, copied, rows.starts[to]!);
  };
}

/** Short texts are compared byte by byte: a native comparison costs as much as this many bytes. */
const NATIVE_FROM = 32;

/** Bytes of a long text that are compared one by one before the rest. */
const LOOKED_AT = 8;

type Replacement = Extract<Edit, { readonly drop: false }>;

/** One byte a row: 1 where the cell changed. Column by column, since columns lie far apart in memory. */
function changesOf({ before, after }: Replacement, from: number, count: number, answer: number): Uint8Array {
  const changes = new Uint8Array(count);
  for (let row = 0; row < count; row++) if (!isSame(before, from + row, after, answer + row)) changes[row] = 1;
  return changes;
}

function isSame(before: PackedColumn, row: number, after: PackedColumn, answer: number): boolean {
  const valid = isValid(before.valid, row);
  if (valid !== isValid(after.valid, answer)) return false;
  if (!valid) return true;
  const start = before.offsets[row]!;
  const length = before.offsets[row + 1]! - start;
  const other = after.offsets[answer]!;
  if (after.offsets[answer + 1]! - other !== length) return false;
  if (length >= NATIVE_FROM) {
    // Most masked texts differ early on, which is seen in less time than a native comparison takes to begin.
    for (let index = 0; index < LOOKED_AT; index++) {
      if (before.bytes[start + index] !== after.bytes[other + index]) return false;
    }
    return before.bytes.compare(after.bytes, other, other + length, start, start + length) === 0;
  }
  for (let index = 0; index < length; index++) {
    if (before.bytes[start + index] !== after.bytes[other + index]) return false;
  }
  return true;
}
