import { cellsOf, leafType } from "../batch.ts";
import type { Job, PlannedFile } from "../plan.ts";
import { readable } from "../source.ts";
import type { Cell, Leaf } from "../types.ts";

/** The first rows of a file. */
export interface Sample {
  /** Values that are not null, by leaf. */
  readonly cells: ReadonlyMap<Leaf, readonly Cell[]>;
  readonly rows: number;
  /** How many times as many rows the file has. */
  readonly times: number;
}

/** Reads so many rows of these leaves, and counts the rest. */
export async function sampleFile(
  job: Job,
  { file }: PlannedFile,
  leaves: readonly Leaf[],
  limit: number,
): Promise<Sample> {
  const format = await job.formats.read(file.format);
  const object = readable(job.source.store, file.object);
  const cells = new Map<Leaf, Cell[]>(leaves.map((leaf) => [leaf, []]));
  let rows = 0;
  for await (const batch of (await format.read(object, leaves)).batches) {
    const taken = Math.min(batch.numRows, limit - rows);
    const part = batch.slice(0, taken);
    for (const leaf of leaves.filter((name) => leafType(part.schema, name))) {
      for (const cell of cellsOf(part, leaf).cells) if (cell !== null) cells.get(leaf)!.push(cell);
    }
    rows += taken;
    if (rows >= limit) break;
  }
  let ofRows = rows;
  if (rows >= limit) {
    ofRows = 0;
    for await (const batch of (await format.read(object, [])).batches) ofRows += batch.numRows;
  }
  return { cells, rows, times: rows === 0 ? 0 : ofRows / rows };
}
