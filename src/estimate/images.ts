import type { Job, PlannedFile } from "../plan.ts";
import { readable } from "../source.ts";
import type { Cell, Leaf } from "../types.ts";
import type { Sample } from "./sample.ts";
import type { ServicePrice } from "./services.ts";

/** A service that a job pays for by the image. Nothing is asked of it. */
export interface ImageMeter {
  /** As reports count its calls. */
  readonly service: string;
  /** Dollars for a call, before any discount for volume. */
  readonly unitUsd: number;
  readonly requestsPerSecond: number;
  /** Dollars that the job may spend; no bound where undefined. */
  readonly limitUsd?: number;
  /** Calls for each image of a column that has one page: for its words, and for faces. */
  readonly looks: Readonly<Record<Leaf, number>>;
}

/** How many images the columns of a dataset link to, or hold. */
export interface ImageCounts {
  readonly byColumn: ReadonlyMap<Leaf, number>;
  /** Files whose images only their rows would tell. */
  readonly uncounted: number;
}

/** Columns of images. */
export function imageColumns({ columns }: PlannedFile["table"]): Leaf[] {
  return columns.filter(({ mask }) => mask === "image").map(({ column }) => column);
}

/** Counted from sizes alone: each file that is an image, and each value that a format tells of. */
export async function countImages(job: Job, files: readonly PlannedFile[]): Promise<ImageCounts> {
  const byColumn = new Map<Leaf, number>();
  let uncounted = 0;
  if (!job.imageMeters) return { byColumn, uncounted };
  for (const planned of files) {
    for (const leaf of imageColumns(planned.table)) {
      const count = await imagesIn(job, planned, leaf);
      if (count === undefined) uncounted += 1;
      byColumn.set(leaf, (byColumn.get(leaf) ?? 0) + (count ?? 0));
    }
  }
  return { byColumn, uncounted };
}

async function imagesIn(job: Job, { file }: PlannedFile, leaf: Leaf): Promise<number | undefined> {
  if (isImage(file)) return 1;
  const format = await job.formats.read(file.format);
  return (await format.textSize?.(readable(job.source.store, file.object), [leaf]))?.cells;
}

/** True where the file is an image, and no table. */
export function isImage({ format }: PlannedFile["file"]): boolean {
  return format === "images" || format === "dicom";
}

/** Counted from rows: each link once over all samples, each image within a cell. */
export function sampledImages(samples: readonly Sample[], columns: readonly Leaf[]): ReadonlyMap<Leaf, number> {
  const byColumn = new Map<Leaf, number>();
  for (const leaf of columns) {
    const known = new Set<Cell>();
    let count = 0;
    for (const { cells, times } of samples) {
      const fresh = (cells.get(leaf) ?? []).filter((cell) => cell !== "" && !known.has(cell));
      count += (typeof fresh[0] === "string" ? new Set(fresh).size : fresh.length) * times;
      for (const cell of fresh) if (typeof cell === "string") known.add(cell);
    }
    byColumn.set(leaf, Math.ceil(count));
  }
  return byColumn;
}

/** What the services would cost for images of one page each. */
export function imagePrices(
  { imageMeters = [] }: Job,
  { byColumn, uncounted }: ImageCounts,
): Readonly<Record<string, ServicePrice>> {
  return Object.fromEntries(
    imageMeters.map(({ service, unitUsd, requestsPerSecond, limitUsd, looks }) => {
      const asked = Object.entries(looks);
      const images = asked.reduce((sum, [leaf]) => sum + (byColumn.get(leaf) ?? 0), 0);
      const calls = asked.reduce((sum, [leaf, times]) => sum + (byColumn.get(leaf) ?? 0) * times, 0);
      const price: ServicePrice = {
        ...{ calls, units: calls, characters: 0, images, uncounted },
        usd: Math.ceil(calls * unitUsd * 100 - 1e-6) / 100,
        minutes: Math.ceil(calls / requestsPerSecond / 6) / 10,
        ...(limitUsd !== undefined && { limitUsd }),
      };
      return [service, price];
    }),
  );
}
