import { randomUUID } from "node:crypto";
import type { RecordBatch } from "apache-arrow";
import { batchOf, countsOf, dropLeaf, graftLeaf, leafType } from "./batch.ts";
import { catalogIsCurrent, checkCatalog, publishCatalog, recordPlan } from "./dataset.ts";
import { MaskingError } from "./errors.ts";
import type { ManifestFile } from "./manifest.ts";
import { type Job, type Plan, type PlannedFile, planJob } from "./plan.ts";
import { holdTarget, type Publication, publish, type StagedFile, stagingFolder } from "./publish.ts";
import { newTally, type RunReport, reportOf } from "./report.ts";
import { readable, readThrough } from "./source.ts";
import { planSteps } from "./steps.ts";
import { mapInOrder } from "./stream.ts";
import type { BatchStream, Piece, ReadableObject, RunContext, TableFormat, Touched, Transform } from "./types.ts";

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Names the run in reports and staging; a new UUID where left out. */
  readonly runId?: string;
  /** Files masked at once. */
  readonly workers?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** How far a run is. */
export interface Progress {
  readonly files: number;
  readonly filesDone: number;
  readonly bytes: number;
  readonly bytesDone: number;
  readonly rows: number;
}

/** `unchanged`: nothing was to be done, and nothing was written. */
export interface RunOutcome {
  readonly status: "ok" | "unchanged";
  readonly report: RunReport;
}

/**
 * One run over a dataset: every file is planned before a row of any is read, masked into a staging folder, and moved
 * into place when all are done. Throws a `MaskingError`; then the target is as it was.
 */
export async function runJob(job: Job, options: RunOptions = {}): Promise<RunOutcome> {
  const { signal = new AbortController().signal, runId = randomUUID() } = options;
  const run = { tally: newTally(), signal };
  const started = new Date();

  let plan = await planJob(job);
  if (plan.todo.length > 0 && job.ready) {
    await job.ready(run);
    plan = await planJob(job);
  }
  const report = () =>
    reportOf(job, runId, started, run.tally, plan.todo.length, plan.unchanged.length, plan.gone.length);
  const published = plan.todo.length === 0 && plan.gone.length === 0;
  if (published && (await catalogIsCurrent(job, plan.last))) return { status: "unchanged", report: report() };

  await checkCatalog(job, plan);
  const release = await holdTarget(job, runId);
  try {
    const staged: StagedFile[] = [];
    for await (const file of maskFiles(job, plan.todo, runId, run, options)) staged.push(file);
    signal.throwIfAborted();
    const outcome: RunOutcome = { status: "ok", report: report() };
    const manifest = published
      ? plan.last!
      : await publish(job, runId, publicationOf(job, plan, staged), outcome.report);
    await publishCatalog(job, job.target.root, manifest, run);
    return outcome;
  } catch (error) {
    throw signal.aborted ? new MaskingError("STOPPED") : error;
  } finally {
    await release();
  }
}

function publicationOf(job: Job, plan: Plan, staged: readonly StagedFile[]): Publication {
  const table = recordPlan(job, plan);
  return { ...plan, staged, kept: plan.unchanged, ...(table && { table }) };
}

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

async function* maskFiles(
  job: Job,
  files: readonly PlannedFile[],
  runId: string,
  run: RunContext & { readonly tally: ReturnType<typeof newTally> },
  { workers = 2, onProgress }: RunOptions,
): AsyncGenerator<StagedFile, void, undefined> {
  const bytes = files.reduce((sum, { file }) => sum + file.object.size, 0);
  let [filesDone, bytesDone] = [0, 0];
  const tell = () => onProgress?.({ files: files.length, filesDone, bytes, bytesDone, rows: run.tally.counts().rows });
  const mask = async (planned: PlannedFile) => {
    const masked = await maskFile(job, planned, runId, run, (count) => {
      bytesDone += count;
      tell();
    });
    filesDone += 1;
    tell();
    return masked;
  };
  yield* mapInOrder(files, workers, mask);
}

/** One file, from its place in the source to the staging folder of the target. */
async function maskFile(
  job: Job,
  { file, table, id, output }: PlannedFile,
  runId: string,
  run: RunContext,
  onBytes: (count: number) => void,
): Promise<StagedFile> {
  let rows = 0;
  const onRows = (count: number) => {
    rows += count;
    run.tally.addRows(count);
    run.signal.throwIfAborted();
  };
  const input = readable(job.source.store, file.object, onBytes);
  const format = await job.formats.read(file.format);
  const written = job.target.format ?? file.format;

  try {
    const pieces: AsyncIterable<Piece> =
      written === file.format && !(written === "csv" && job.target.ownCsv)
        ? maskTable(format, input, table.transforms, run, onRows)
        : (await job.formats.write(written)).write(
            maskStream(counted(await format.read(input), onRows), table.transforms, run),
          );
    const { source, target } = job;
    const portable = source.store === target.store ? pieces : readThrough(pieces, source.store);
    const staged = await target.store.write(`${stagingFolder(job, runId)}${output}`, portable);
    const described: ManifestFile = {
      input: { id, etag: file.object.etag, size: file.object.size },
      output: { path: output, size: staged.size, rows, ...(staged.sha256 && { sha256: staged.sha256 }) },
    };
    return { described, staged: staged.uri };
  } catch (error) {
    throw error instanceof MaskingError ? error.at({ file: file.path }) : error;
  }
}

/**
 * A file in its own format with the steps applied and every other column byte for byte: what a store's `write` takes.
 * `onRows` hears how many rows have passed, all of them once.
 */
export function maskTable(
  format: TableFormat,
  file: ReadableObject,
  transforms: readonly Transform[],
  run: RunContext = { tally: newTally(), signal: new AbortController().signal },
  onRows?: (count: number) => void,
): AsyncIterable<Piece> {
  return format.rewrite(file, touchedBy(transforms), (stream) => maskPart(stream, transforms, run), onRows);
}

/** A rewrite hands over some leaves at a time: those steps apply whose columns are there. */
export function maskPart(stream: BatchStream, transforms: readonly Transform[], run: RunContext): BatchStream {
  return maskStream(
    stream,
    transforms.filter(({ writes }) => writes.some((leaf) => leafType(stream.schema, leaf))),
    run,
  );
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

function counted({ schema, batches }: BatchStream, onRows: (count: number) => void): BatchStream {
  async function* count() {
    for await (const batch of batches) {
      onRows(batch.numRows);
      yield batch;
    }
  }
  return { schema, batches: count() };
}
