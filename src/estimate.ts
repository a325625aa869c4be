import { cellsOf, leafType } from "./batch.ts";
import type { Job, Plan, PlannedFile } from "./plan.ts";
import { readable } from "./source.ts";

/** What a run is likely to take, before any of it is done. */
export interface Estimate {
  /** Bytes of the files to mask. */
  readonly bytes: number;
  /** Upper bound in seconds from sizes alone; the close figure where rows were sampled. */
  readonly seconds: number;
  /** Calls to paid services: the embedded engines make none. */
  readonly calls: number;
  readonly usd: number;
  /** Rows read for the estimate; 0 where it comes from sizes alone. */
  readonly sampled: number;
  /** Characters of free text, from the sample. */
  readonly characters?: number;
}

/** Characters a second that the embedded detector reads on one core, and bytes a second that a rewrite passes. */
const CHARACTERS_A_SECOND = 1_000_000;
const BYTES_A_SECOND = 100_000_000;
/** Text columns are compressed: bounds take it that a byte of the file holds this many characters of text. */
const CHARACTERS_A_BYTE = 5;

/** Bounds from sizes; with `sample`, the characters of the free-text columns of so many rows of each file. */
export async function estimateJob(job: Job, { todo }: Plan, sample?: number): Promise<Estimate> {
  const bytes = todo.reduce((sum, { file }) => sum + file.object.size, 0);
  const free = { calls: 0, usd: 0 };
  if (sample === undefined) {
    const text = todo.filter(({ table }) => textColumns(table).length > 0);
    const textBytes = text.reduce((sum, { file }) => sum + file.object.size, 0);
    const seconds = bytes / BYTES_A_SECOND + (textBytes * CHARACTERS_A_BYTE) / CHARACTERS_A_SECOND;
    return { bytes, seconds: Math.ceil(seconds), sampled: 0, ...free };
  }
  let [sampled, characters] = [0, 0];
  for (const planned of todo) {
    const seen = await sampleFile(job, planned, sample);
    sampled += seen.rows;
    characters += seen.rows === 0 ? 0 : (seen.characters / seen.rows) * seen.ofRows;
  }
  const seconds = bytes / BYTES_A_SECOND + characters / CHARACTERS_A_SECOND;
  return { bytes, seconds: Math.ceil(seconds), sampled, characters: Math.round(characters), ...free };
}

function textColumns({ columns }: PlannedFile["table"]): string[] {
  return columns.filter(({ mask }) => mask === "text").map(({ column }) => column);
}

/** Characters of the sampled rows, and how many rows the file has. */
async function sampleFile(
  job: Job,
  { file, table }: PlannedFile,
  limit: number,
): Promise<{ rows: number; characters: number; ofRows: number }> {
  const leaves = textColumns(table);
  if (leaves.length === 0) return { rows: 0, characters: 0, ofRows: 0 };
  const format = await job.formats.read(file.format);
  const object = readable(job.source.store, file.object);
  let [rows, characters] = [0, 0];
  for await (const batch of (await format.read(object, leaves)).batches) {
    const taken = Math.min(batch.numRows, limit - rows);
    const part = batch.slice(0, taken);
    for (const leaf of leaves.filter((name) => leafType(part.schema, name))) {
      for (const cell of cellsOf(part, leaf).cells) characters += typeof cell === "string" ? cell.length : 0;
    }
    rows += taken;
    if (rows >= limit) break;
  }
  let ofRows = rows;
  if (rows >= limit) {
    ofRows = 0;
    for await (const batch of (await format.read(object, [])).batches) ofRows += batch.numRows;
  }
  return { rows, characters, ofRows };
}
