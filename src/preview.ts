import { DataType, type RecordBatch } from "apache-arrow";
import { maskStream } from "./pipeline.ts";
import { type Job, planJob } from "./plan.ts";
import { newTally, type RunReport } from "./report.ts";
import { readable } from "./source.ts";

/**
 * The first rows of a job as a run would write them, one JSON text each; nothing is written. Rows come from new and
 * changed files first, in order.
 */
export async function previewJob(
  job: Job,
  limit: number,
  show: (row: string) => void,
): Promise<Pick<RunReport, "rows" | "columns">> {
  const run = { tally: newTally(), signal: new AbortController().signal, dry: true };
  let rows = 0;
  for (const { file, table } of (await planJob({ ...job, policy: { ...job.policy, digest: "" } })).todo) {
    const format = await job.formats.read(file.format);
    const input = await format.read(readable(job.source.store, file.object));
    const first = { schema: input.schema, batches: upTo(input.batches, limit - rows) };
    for await (const batch of maskStream(first, table.transforms, run, 1).batches) {
      for (let row = 0; row < batch.numRows; row++) show(rowText(batch, row));
      rows += batch.numRows;
    }
    if (rows >= limit) break;
  }
  return { rows, columns: run.tally.counts().columns };
}

async function* upTo(batches: AsyncIterable<RecordBatch>, limit: number): AsyncGenerator<RecordBatch, void, undefined> {
  let left = limit;
  for await (const batch of batches) {
    yield batch.numRows > left ? batch.slice(0, left) : batch;
    left -= batch.numRows;
    if (left <= 0) return;
  }
}

/** A row as one line of JSON: dates in ISO 8601, whole numbers exact, bytes as base64. */
function rowText(batch: RecordBatch, row: number): string {
  const cells = batch.schema.fields.map(({ name, type }, index) => {
    const value: unknown = batch.getChildAt(index)?.get(row) ?? null;
    return `${JSON.stringify(name)}:${JSON.stringify(shown(value, type), plain)}`;
  });
  return `{${cells.join(",")}}`;
}

function shown(value: unknown, type: DataType): unknown {
  if (value === null) return null;
  if (DataType.isDate(type)) return new Date(value as number).toISOString().slice(0, 10);
  if (DataType.isTimestamp(type)) return new Date(value as number).toISOString();
  return value;
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value;
}
