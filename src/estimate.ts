import { countImages, imageColumns, imagePrices, isImage, sampledImages } from "./estimate/images.ts";
import { type Sample, sampleFile } from "./estimate/sample.ts";
import { boundOf, likelyOf, type ServicePrice, type TextSize } from "./estimate/services.ts";
import { isPacked } from "./outputs.ts";
import type { Job, Plan, PlannedFile } from "./plan.ts";
import { readable } from "./source.ts";
import type { Cell, Leaf } from "./types.ts";

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

/** Bounds from sizes; with `sample`, the texts and links of so many rows of each file. */
export async function estimateJob(job: Job, plan: Plan, sample?: number): Promise<Estimate> {
  const bytes = plan.todo.reduce((sum, { file }) => sum + file.object.size, 0);
  return sample === undefined ? boundJob(job, plan, bytes) : likelyJob(job, plan, bytes, sample);
}

async function boundJob(job: Job, { todo }: Plan, bytes: number): Promise<Estimate> {
  const sizes: TextSize[] = [];
  for (const planned of todo) if (textColumns(planned.table).length > 0) sizes.push(await sizeOf(job, planned));
  const characters = sizes.reduce((sum, size) => sum + size.bytes, 0);
  const prices = { ...boundOf(job.meters ?? [], sizes), ...imagePrices(job, await countImages(job, todo)) };
  return { ...estimateOf(bytes, characters, prices), sampled: 0 };
}

async function likelyJob(job: Job, { todo }: Plan, bytes: number, rows: number): Promise<Estimate> {
  const tables = todo.filter(({ file }) => !isImage(file));
  const [text, links] = [columnsOf(tables, textColumns), job.imageMeters ? columnsOf(tables, imageColumns) : []];
  const samples: Sample[] = [];
  for (const planned of tables) {
    const leaves = planned.table.columns.map(({ column }) => column);
    const wanted = [...text, ...links].filter((leaf) => leaves.includes(leaf));
    if (wanted.length > 0) samples.push(await sampleFile(job, planned, wanted, rows));
  }
  const texts = samples.map(({ cells, times }) => ({ texts: text.flatMap((leaf) => textsIn(cells.get(leaf))), times }));
  const characters = Math.round(texts.reduce((sum, { texts, times }) => sum + lengthOf(texts) * times, 0));
  const { byColumn } = await countImages(
    job,
    todo.filter(({ file }) => isImage(file)),
  );
  const images = { byColumn: new Map([...byColumn, ...sampledImages(samples, links)]), uncounted: 0 };
  const prices = { ...likelyOf(job.meters ?? [], texts), ...imagePrices(job, images) };
  const sampled = samples.reduce((sum, each) => sum + each.rows, 0);
  return { ...estimateOf(bytes, characters, prices), sampled, characters };
}

function columnsOf(files: readonly PlannedFile[], of: (table: PlannedFile["table"]) => Leaf[]): readonly Leaf[] {
  return [...new Set(files.flatMap(({ table }) => of(table)))];
}

function textsIn(cells: readonly Cell[] = []): string[] {
  return cells.filter((cell) => typeof cell === "string");
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
  const packed = file.format !== "csv" || isPacked(file.format, file.path);
  return told ?? { bytes: file.object.size * (packed ? TEXT_A_BYTE : 1) };
}
