import { checkFile, sampledRows } from "./checks.ts";
import { MaskingError } from "./errors.ts";
import { gzipped } from "./gzip.ts";
import { type FinishedFile, noteFinished, stagedUri } from "./journal.ts";
import type { ManifestFile } from "./manifest.ts";
import { isPacked, partitionPath, writtenPath } from "./outputs.ts";
import type { Job, PlannedFile } from "./plan.ts";
import { newTally, type ReadableTally } from "./report.ts";
import { readable, readThrough } from "./source.ts";
import { mapInOrder } from "./stream.ts";
import { maskStream, maskTable } from "./table.ts";
import type { BatchStream, Piece, ReadableObject, RunContext, StoredObject } from "./types.ts";
import type { Workers } from "./workers/workers.ts";

/** How far a run is. */
export interface Progress {
  readonly files: number;
  readonly filesDone: number;
  readonly bytes: number;
  readonly bytesDone: number;
  readonly rows: number;
}

export interface MaskOptions {
  readonly runId: string;
  /** Files masked at once, and threads that look for PHI in text. Where left out: two files, and this thread alone. */
  readonly workers?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Every file, from its place in the source to the staging folder of the target, in order. `before`: files that runs
 * which died have finished, by the ids of their inputs; they are not masked again, and are counted with the others.
 */
export async function* maskFiles(
  job: Job,
  files: readonly PlannedFile[],
  before: ReadonlyMap<string, FinishedFile>,
  run: RunContext & { readonly tally: ReadableTally },
  { runId, workers: count, onProgress }: MaskOptions,
): AsyncGenerator<FinishedFile, void, undefined> {
  const bytes = files.reduce((sum, { file }) => sum + file.object.size, 0);
  let [filesDone, bytesDone, rows] = [0, 0, 0];
  const tell = () => onProgress?.({ files: files.length, filesDone, bytes, bytesDone, rows });
  const workers = job.openWorkers(count ?? 1);
  const rowsToSample = job.checks ? sampledRows(job.checks, files.length) : () => 0;
  const mask = async ([index, planned]: readonly [number, PlannedFile]) => {
    run.signal.throwIfAborted();
    const finished = before.get(planned.id);
    const masked =
      finished ??
      (await maskFile({ ...job, workers }, planned, { runId, sample: rowsToSample(index) }, run.signal, (more) => {
        bytesDone += more.bytes ?? 0;
        rows += more.rows ?? 0;
        tell();
      }));
    if (finished) [bytesDone, rows] = [bytesDone + planned.file.object.size, rows + finished.counts.rows];
    run.tally.add(masked.counts);
    filesDone += 1;
    tell();
    return masked;
  };
  try {
    yield* mapInOrder(files.entries(), count ?? 2, mask);
  } finally {
    await workers.close();
  }
}

/** A job at work. */
type Running = Job & { readonly workers: Workers };

type OnMore = (more: { readonly bytes?: number; readonly rows?: number }) => void;

async function maskFile(
  job: Running,
  planned: PlannedFile,
  { runId, sample }: { readonly runId: string; readonly sample: number },
  signal: AbortSignal,
  onMore: OnMore,
): Promise<FinishedFile> {
  const run = { tally: newTally(), signal, folder: partitionPath(planned.file, planned.table.partition) };
  try {
    const staged = await stageFile(job, planned, runId, run, onMore);
    const counts = run.tally.counts();
    const checks = await checkFile(job, planned, staged, counts.rows, sample, { tally: newTally(), signal });
    const { file, id } = planned;
    const path = writtenPath(planned, staged.size);
    const described: ManifestFile = {
      input: { id, etag: file.object.etag, size: file.object.size },
      output: { path, size: staged.size, rows: counts.rows, ...(staged.sha256 && { sha256: staged.sha256 }) },
    };
    return await noteFinished(job, runId, { described, counts, checks }, staged);
  } catch (error) {
    throw error instanceof MaskingError ? error.at({ file: planned.file.path }) : error;
  }
}

async function stageFile(
  job: Running,
  { file, table, output }: PlannedFile,
  runId: string,
  run: RunContext,
  onMore: OnMore,
): Promise<StoredObject> {
  const { source, target, workers } = job;
  const onRows = (rows: number) => {
    run.tally.addRows(rows);
    onMore({ rows });
    run.signal.throwIfAborted();
  };
  const input: ReadableObject = readable(source.store, file.object, (bytes) => onMore({ bytes }));
  const format = await job.formats.read(file.format);
  const written = target.format ?? file.format;
  const steps = workers.spread(table.transforms);
  const pieces: AsyncIterable<Piece> =
    written === file.format && !(written === "csv" && target.ownCsv)
      ? maskTable(format, input, steps, run, onRows, workers.width)
      : (await job.formats.write(written)).write(
          maskStream(counted(await format.read(input), onRows), steps, run, workers.width),
        );
  const uri = stagedUri(job, runId, output);
  if (isPacked(written, output)) return target.store.write(uri, gzipped(readThrough(pieces, source.store)));
  return target.store.write(uri, source.store === target.store ? pieces : readThrough(pieces, source.store));
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
