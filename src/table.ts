import type { RecordBatch } from "apache-arrow";
import { batchOf, countsOf, dropLeaf, graftLeaf, leafType } from "./batch.ts";
import { MaskingError } from "./errors.ts";
import { newTally } from "./report.ts";
import { planSteps } from "./steps.ts";
import { mapInOrder } from "./stream.ts";
import type { BatchStream, Piece, ReadableObject, RunContext, TableFormat, Touched, Transform } from "./types.ts";

/**
 * The stream, masked. Nothing is read until the result is: its reader sets the pace, and at most `width` batches are
 * under way. Every transform sees each batch as it was read; no two may write the same column. Throws what the
 * transforms' `plan` throws, before any batch is read.
 */
export function maskStream(
  input: BatchStream,
  transforms: readonly Transform[],
  run: RunContext = { tally: newTally(), signal: new AbortController().signal },
  width = 2,
): BatchStream {
  const schema = planSteps(input.schema, transforms);
  let rows = 0;
  const batches = mapInOrder(input.batches, width, async (batch) => {
    const before = rows;
    rows += batch.numRows;
    run.signal.throwIfAborted();
    const masked = await maskBatch(batch, transforms, run).catch((error: unknown) => {
      throw error instanceof MaskingError ? placed(error, countsOf(batch) ? undefined : before) : error;
    });
    return batchOf(schema, masked.data.children, masked.numRows, masked.metadata);
  });
  return { schema, batches };
}

async function maskBatch(batch: RecordBatch, transforms: readonly Transform[], run: RunContext): Promise<RecordBatch> {
  let masked = batch;
  for (const transform of transforms) {
    const written = await transform.apply(batch, run);
    if (written.numRows !== batch.numRows)
      throw new MaskingError("CHECK_FAILED", { expected: "as many rows as before" });
    for (const leaf of transform.writes) {
      masked = leafType(written.schema, leaf) ? graftLeaf(masked, written, leaf) : dropLeaf(masked, leaf);
    }
  }
  return masked;
}

/** A step counts rows within its batch; distinct values have no row at all. */
function placed(error: MaskingError, before: number | undefined): MaskingError {
  const { row, ...place } = error.place;
  if (row === undefined) return error;
  return new MaskingError(error.code, { ...place, ...(before !== undefined && { row: before + row }) });
}

/**
 * A file in its own format with the steps applied and every other column byte for byte: what a store's `write` takes.
 * `onRows` hears how many rows have passed, all of them once; `width` is as `maskStream` takes it.
 */
export function maskTable(
  format: TableFormat,
  file: ReadableObject,
  transforms: readonly Transform[],
  run: RunContext = { tally: newTally(), signal: new AbortController().signal },
  onRows?: (count: number) => void,
  width?: number,
): AsyncIterable<Piece> {
  return format.rewrite(file, touchedBy(transforms), (stream) => maskPart(stream, transforms, run, width), onRows);
}

/** A rewrite hands over some leaves at a time: those steps apply whose columns are there. */
export function maskPart(
  stream: BatchStream,
  transforms: readonly Transform[],
  run: RunContext,
  width?: number,
): BatchStream {
  const here = transforms.filter(({ writes }) => writes.some((leaf) => leafType(stream.schema, leaf)));
  return maskStream(stream, here, run, width);
}

/**
 * What a rewrite must hand over for these steps. A leaf that a step of whole rows reads comes with the rows, even where
 * its own mask needs no more than the value: so it is handed over once, and counted once.
 */
export function touchedBy(transforms: readonly Transform[]): Touched {
  const withRows = new Set(transforms.filter(({ byValue }) => !byValue).flatMap(({ reads }) => reads));
  const alone = transforms.filter(({ byValue, writes }) => byValue && !writes.some((leaf) => withRows.has(leaf)));
  return {
    reads: [...new Set(transforms.flatMap(({ reads }) => reads))],
    writes: transforms.flatMap(({ writes }) => writes),
    byValue: alone.flatMap(({ writes }) => writes),
  };
}
