import type { RecordBatch } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream, ReadableObject, Touched } from "../../src/types.ts";
import { textColumn } from "./cells.ts";
import { type CsvColumn, columnsOf } from "./columns.ts";
import type { CsvSizes, RowBatch } from "./cursor.ts";
import type { Dialect } from "./dialect.ts";
import type { PackedColumn } from "./packed.ts";
import { patchOf } from "./patch.ts";
import { openRows, type RowReader } from "./rows.ts";
import { textBatch, textSchema } from "./texts.ts";

/** The part of a rewrite that its caller decides. */
export interface Masking {
  readonly touched: Touched;
  readonly mask: (stream: BatchStream) => BatchStream;
  readonly onRows: (count: number) => void;
}

/** The file again with the touched columns masked; see `TableFormat.rewrite`. Columns are handed over as Utf8. */
export async function* rewriteCsv(
  file: ReadableObject,
  masking: Masking,
  dialect: Dialect,
  sizes: CsvSizes,
): AsyncGenerator<Uint8Array, void, undefined> {
  const leaves = [...masking.touched.reads, ...masking.touched.writes];
  const reader = await openRows(file, dialect, sizes, new Set(leaves));
  try {
    const columns = columnsOf(reader.names, leaves);
    const bytes = columns.length === 0 ? copied(reader, masking) : masked(reader, columns, masking, dialect);
    yield* reader.outward(bytes);
  } finally {
    await reader.close();
  }
}

async function* copied(reader: RowReader, { onRows }: Masking): AsyncGenerator<Uint8Array, void, undefined> {
  const bytesOf = ({ bytes, rows }: RowBatch) => bytes.subarray(rows.starts[0]!, rows.starts[rows.count]!);
  yield reader.mark;
  if (reader.header) yield bytesOf(reader.header);
  for await (const batch of reader.batches([])) {
    onRows(batch.rows.count);
    yield bytesOf(batch);
  }
}

/** Rows that are with the mask, or partly back. */
interface Pending {
  readonly batch: RowBatch;
  readonly cells: readonly PackedColumn[];
  written: number;
}

async function* masked(
  reader: RowReader,
  columns: readonly CsvColumn[],
  { touched, mask, onRows }: Masking,
  dialect: Dialect,
): AsyncGenerator<Uint8Array, void, undefined> {
  const schema = textSchema(columns.map(({ leaf }) => leaf));
  const pending: Pending[] = [];
  let ended = false;
  async function* batches(): AsyncGenerator<RecordBatch, void, undefined> {
    for await (const batch of reader.batches(columns.map(({ column }) => column))) {
      const cells = columns.map((_, slot) => textColumn(batch, slot, columns.length, dialect));
      pending.push({ batch, cells, written: 0 });
      onRows(batch.rows.count);
      yield textBatch(schema, cells, batch.rows.count);
    }
    ended = true;
  }
  const answer = mask({ schema, batches: batches() });
  const patch = patchOf(reader, columns, touched.writes, answer.schema, dialect);
  patch.head();
  let spent: Buffer | undefined; // rows come in order: a window is done with when rows of the next one are written
  for await (const batch of answer.batches) {
    for (let taken = 0; taken < batch.numRows; ) {
      const next = pending[0];
      if (!next) throw unequalRows();
      const count = Math.min(batch.numRows - taken, next.batch.rows.count - next.written);
      patch.rows({ batch: next.batch, cells: next.cells, from: next.written, answer: taken, count, masked: batch });
      taken += count;
      next.written += count;
      if (next.written === next.batch.rows.count) pending.shift();
      if (spent && next.batch.bytes !== spent) reader.release(spent);
      spent = next.batch.bytes;
    }
    yield* patch.take();
  }
  if (pending.length > 0 || !ended) throw unequalRows();
  yield* patch.tail();
}

function unequalRows(): MaskingError {
  return new MaskingError("CHECK_FAILED", { expected: "as many rows from the mask as it was given" });
}
