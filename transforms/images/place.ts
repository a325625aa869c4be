import type { Outcome } from "./links.ts";

/** Where the images of a column are, and where their masked copies go. */
export interface ImagePlace {
  /** The one URI of what a cell links to. Throws IMAGE_UNSUPPORTED for a link that this place cannot follow. */
  locate(reference: string): string;
  /** All bytes. Throws IMAGE_MISSING, IMAGE_TOO_LARGE, IMAGE_UNREADABLE, and what the store throws. */
  read(uri: string): Promise<Uint8Array>;
  /** The same bytes under each path, each all or nothing; what was there is replaced. */
  write(paths: readonly string[], bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * The outcome of `work` on an image that several processes have rows of: one of them works on it, the others wait.
   * One that dies holds them up for a while, and another does its work.
   */
  shared(name: string, work: () => Promise<Outcome>, signal: AbortSignal): Promise<Outcome>;
  /** What a row says to link to a masked image. */
  reference(path: string): string;
  /** Paths that the last run left. */
  listed(): AsyncIterable<string>;
  /** Notes the paths that are there now. */
  list(paths: AsyncIterable<string>): Promise<void>;
  has(path: string): Promise<boolean>;
  remove(path: string): Promise<void>;
}

/**
 * In the folder of a partition, folders by the first two digits. An image that rows of several partitions link to has a
 * copy in each: were there one alone, a new row could move it away from rows that are not written again.
 */
export function pathOf(folder: string, id: Uint8Array, suffix: string): string {
  const name = nameOf(id);
  return `${folder}${name.slice(0, 2)}/${name}${suffix}`;
}

/** The folder and the image of a path; undefined where `pathOf` has not made it. */
export function partsOf(path: string): { readonly folder: string; readonly id: Uint8Array } | undefined {
  const [, folder, name] = /^(.*\/|)[0-9a-f]{2}\/([0-9a-f]{16})\.[a-z]+$/.exec(path) ?? [];
  return folder === undefined || name === undefined ? undefined : { folder, id: Buffer.from(name, "hex") };
}

/** Sixteen hex digits. */
export function nameOf(id: Uint8Array): string {
  return Buffer.from(id.subarray(0, 8)).toString("hex");
}

/** The outcome of an image that could not be examined. Others from 1 on: one more than the number of its format. */
export const WITHHELD_IMAGE: Outcome = 255;

/** Whether a masked copy was written. */
export function isWritten(outcome: Outcome): boolean {
  return outcome > 0 && outcome < WITHHELD_IMAGE;
}
