import { cellsOf, leafType } from "./batch.ts";
import { MaskingError } from "./errors.ts";
import { textColumns } from "./estimate.ts";
import type { Job, PlannedFile } from "./plan.ts";
import { readable } from "./source.ts";
import type { RunContext } from "./types.ts";

/**
 * Shows the free text of these files to the service that reads all of it first, where the job has one. A run that died
 * and is begun again on the same files goes on where it was.
 */
export async function prepareTexts(job: Job, files: readonly PlannedFile[], run: RunContext): Promise<void> {
  const text = files.filter(({ table }) => textColumns(table).length > 0);
  if (!job.prepare || text.length === 0) return;
  const inputs = text.map(({ id, file }) => [id, file.object.etag, file.object.size]);
  await job.prepare(textsOf(job, text, run.signal), job.hashPath(JSON.stringify([job.policy.digest, inputs])), run);
}

async function* textsOf(
  job: Job,
  files: readonly PlannedFile[],
  signal: AbortSignal,
): AsyncGenerator<readonly string[], void, undefined> {
  for (const { file, table } of files) {
    const leaves = textColumns(table);
    const format = await job.formats.read(file.format);
    try {
      for await (const batch of (await format.read(readable(job.source.store, file.object), leaves)).batches) {
        if (signal.aborted) throw new MaskingError("STOPPED");
        const found = leaves.filter((leaf) => leafType(batch.schema, leaf));
        yield found.flatMap((leaf) => cellsOf(batch, leaf).cells.filter((cell) => typeof cell === "string"));
      }
    } catch (error) {
      throw error instanceof MaskingError ? error.at({ file: file.path }) : error;
    }
  }
}
