import type { Outcome } from "./links.ts";

/** Where the images of a column are, and where their masked copies go. */
export interface ImagePlace {
  /** The one URI of what a cell links to. Throws IMAGE_UNSUPPORTED for a link that this place cannot follow. */
  locate(reference: string): string;
  /** All bytes. Throws IMAGE_MISSING, IMAGE_TOO_LARGE, IMAGE_UNREADABLE, and what the store throws. */
  read(uri: string): Promise<Uint8Array>;
  /** All or nothing; what was there is replaced. */
  write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** What a row says to link to a masked image. */
  reference(path: string): string;
  /** Paths that the last run left. */
  listed(): AsyncIterable<string>;
  /** Notes the paths that are there now. */
  list(paths: AsyncIterable<string>): Promise<void>;
  has(path: string): Promise<boolean>;
  remove(path: string): Promise<void>;
}

/** Folders by the first two digits: an image has one place, whichever rows and partitions link to it. */
export function pathOf(id: Uint8Array, suffix: string): string {
  const name = nameOf(id);
  return `${name.slice(0, 2)}/${name}${suffix}`;
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
