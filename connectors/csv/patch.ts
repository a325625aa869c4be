import type { RecordBatch, Schema } from "apache-arrow";
import type { Leaf } from "../../src/types.ts";
import type { CsvColumn } from "./columns.ts";
import type { RowBatch } from "./cursor.ts";
import type { Dialect } from "./dialect.ts";
import { type Edit, rowWriterOf } from "./edit.ts";
import { Output } from "./output.ts";
import type { PackedColumn } from "./packed.ts";
import type { RowReader } from "./rows.ts";
import { type FileTexts, fileTexts } from "./texts.ts";

/** Rows that were read, and the masked batch that answers them. */
export interface Answered {
  readonly batch: RowBatch;
  /** The touched columns as they were handed to the mask. */
  readonly cells: readonly PackedColumn[];
  /** First row of `batch`, and first row of `masked`; `count` rows follow in both. */
  readonly from: number;
  readonly answer: number;
  readonly count: number;
  readonly masked: RecordBatch;
}

/** Writes a file again with masked cells in it; `take` and, last, `tail` hand its bytes over. */
export interface Patch {
  /** The byte order mark and the header, without the names of dropped columns. */
  head(): void;
  rows(answered: Answered): void;
  /** Chunks that are full. */
  take(): readonly Uint8Array[];
  /** What is left at the end of the file. */
  tail(): readonly Uint8Array[];
}

/**
 * The patch of a file. A column of `writes` that `schema` lacks is dropped, cells and name; where no column is left
 * the file is empty.
 */
export function patchOf(
  reader: RowReader,
  columns: readonly CsvColumn[],
  writes: readonly Leaf[],
  schema: Schema,
  dialect: Dialect,
): Patch {
  const output = new Output();
  const kept = new Set(schema.fields.map(({ name }) => name));
  const changing = new Set(writes);
  const edited = columns
    .map(({ leaf, column }, slot) => ({ leaf, column, slot, dropped: !kept.has(leaf) }))
    .filter(({ leaf }) => changing.has(leaf));
  const dropped = new Set(edited.filter((edit) => edit.dropped).map(({ column }) => column));
  const firstKept = reader.names.findIndex((_, column) => !dropped.has(column));
  const empty = reader.names.length > 0 && firstKept < 0;
  const writeRows = rowWriterOf(dialect, columns.length);
  const { charset } = dialect.encoding;
  let last = reader.header;
  let texts: { readonly of: RecordBatch; readonly columns: readonly FileTexts[] } | undefined;

  function textsOf({ batch, from, answer, masked }: Answered): readonly FileTexts[] {
    if (texts?.of !== masked) {
      const indexes = new Map(masked.schema.fields.map(({ name }, index) => [name, index]));
      const replaced = edited.filter((edit) => !edit.dropped);
      const row = batch.first + from - answer;
      texts = { of: masked, columns: replaced.map(({ leaf }) => fileTexts(masked, indexes.get(leaf)!, row, charset)) };
    }
    return texts.columns;
  }

  function editsOf(answered: Answered): Edit[] {
    const after = textsOf(answered).values();
    return edited.map(({ column, slot, dropped }) =>
      dropped
        ? { slot, drop: true, first: column < firstKept }
        : { slot, drop: false, before: answered.cells[slot]!, after: after.next().value! },
    );
  }

  return {
    head() {
      if (empty) return;
      output.write(Buffer.from(reader.mark), 0, reader.mark.length);
      output.last = undefined;
      if (!reader.header) return;
      const range = { batch: reader.header, from: 0, to: 1, answer: 0 };
      const edits = [...dropped].map((column) => ({ slot: column, drop: true, first: column < firstKept }) as const);
      rowWriterOf(dialect, reader.names.length)(output, range, edits);
    },
    rows(answered) {
      const { batch, from, answer, count } = answered;
      last = batch;
      if (!empty) writeRows(output, { batch, from, to: from + count, answer }, editsOf(answered));
    },
    take: () => output.take(),
    tail() {
      if (!empty && last) closeLastRow(output, last, reader.lineEnd);
      return output.end();
    },
  };
}

/** A last row without a line end is no row at all once its only cell is empty: it gets the line end of the first. */
function closeLastRow(output: Output, { bytes, rows }: RowBatch, lineEnd: Buffer): void {
  if (isLineEnd(bytes[rows.starts[rows.count]! - 1])) return;
  if (output.last === 13) output.write(Buffer.from("\r"), 0, 1);
  else if (output.last === undefined || output.last === 10) output.write(lineEnd, 0, lineEnd.length);
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 10 || byte === 13;
}
