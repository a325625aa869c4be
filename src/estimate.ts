import { cellsOf, leafType } from "./batch.ts";
import { boundOf, likelyOf, type SampledTexts, type ServicePrice, type TextSize } from "./estimate/services.ts";
import type { Job, Plan, PlannedFile } from "./plan.ts";
import { readable } from "./source.ts";

/** What a run is likely to take, before any of it is done. */
export interface Estimate {
  /** Bytes of the files to mask. */
  readonly bytes: number;
  /** Upper bound in seconds of work here from sizes alone; the close figure where rows were sampled. */
  readonly seconds: number;
  /** Calls to paid services: the embedded engines make none. */
  readonly calls: number;
  readonly usd: number;
  /** By service; the most that sizes allow, and a close figure where rows were sampled. */
  readonly services: Readonly<Record<string, ServicePrice>>;
  /** Rows read for the estimate; 0 where it comes from sizes alone. */
  readonly sampled: number;
  /** Characters of free text, from the sample. */
  readonly characters?: number;
}

/** Characters a second that the embedded detector reads on one core, and bytes a second that a rewrite passes. */
const CHARACTERS_A_SECOND = 1_000_000;
const BYTES_A_SECOND = 100_000_000;
/** Where a format does not tell the size of a column, a byte of a compressed file is taken for so many of text. */
const TEXT_A_BYTE = 5;

/** Bounds from sizes; with `sample`, the texts of so many rows of each file. */
export async function estimateJob(job: Job, { todo }: Plan, sample?: number): Promise<Estimate> {
  const bytes = todo.reduce((sum, { file }) => sum + file.object.size, 0);
  const text = todo.filter(({ table }) => textColumns(table).length > 0);
  if (sample === undefined) {
    const sizes: TextSize[] = [];
    for (const planned of text) sizes.push(await sizeOf(job, planned));
    const characters = sizes.reduce((sum, size) => sum + size.bytes, 0);
    return { ...estimateOf(bytes, characters, boundOf(job.meters ?? [], sizes)), sampled: 0 };
  }
  const samples: (SampledTexts & { readonly rows: number })[] = [];
  for (const planned of text) samples.push(await sampleFile(job, planned, sample));
  const sampled = samples.reduce((sum, { rows }) => sum + rows, 0);
  const characters = Math.round(samples.reduce((sum, { texts, times }) => sum + lengthOf(texts) * times, 0));
  return { ...estimateOf(bytes, characters, likelyOf(job.meters ?? [], samples)), sampled, characters };
}

function estimateOf(bytes: number, characters: number, services: Estimate["services"]): Omit<Estimate, "sampled"> {
  const prices = Object.values(services);
  return {
    bytes,
    seconds: Math.ceil(bytes / BYTES_A_SECOND + characters / CHARACTERS_A_SECOND),
    calls: prices.reduce((sum, { calls }) => sum + calls, 0),
    usd: Math.round(prices.reduce((sum, { usd }) => sum + usd, 0) * 100) / 100,
    services,
  };
}

/** Columns of free text. */
export function textColumns({ columns }: PlannedFile["table"]): string[] {
  return columns.filter(({ mask }) => mask === "text").map(({ column }) => column);
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

/** The size of a file's free text, without reading any of it. */
async function sizeOf(job: Job, { file, table }: PlannedFile): Promise<TextSize> {
  const format = await job.formats.read(file.format);
  const told = await format.textSize?.(readable(job.source.store, file.object), textColumns(table));
  return told ?? { bytes: file.object.size * (file.format === "csv" ? 1 : TEXT_A_BYTE) };
}

/** The texts of the first rows, and how many times as many the file has. */
async function sampleFile(
  job: Job,
  { file, table }: PlannedFile,
  limit: number,
): Promise<SampledTexts & { readonly rows: number }> {
  const leaves = textColumns(table);
  const format = await job.formats.read(file.format);
  const object = readable(job.source.store, file.object);
  const texts: string[] = [];
  let rows = 0;
  for await (const batch of (await format.read(object, leaves)).batches) {
    const taken = Math.min(batch.numRows, limit - rows);
    const part = batch.slice(0, taken);
    for (const leaf of leaves.filter((name) => leafType(part.schema, name))) {
      for (const cell of cellsOf(part, leaf).cells) if (typeof cell === "string") texts.push(cell);
    }
    rows += taken;
    if (rows >= limit) break;
  }
  let ofRows = rows;
  if (rows >= limit) {
    ofRows = 0;
    for await (const batch of (await format.read(object, [])).batches) ofRows += batch.numRows;
  }
  return { texts, rows, times: rows === 0 ? 0 : ofRows / rows };
}
