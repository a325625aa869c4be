import type { FormatName } from "./source.ts";
import type { ObjectStore } from "./types.ts";

/** Where the masked dataset goes. `root` ends with a slash. */
export interface Target {
  readonly store: ObjectStore;
  readonly root: string;
  /** The one file's name, where the target is a file and not a folder. */
  readonly fileName?: string;
  /** As the source where undefined. */
  readonly format?: FormatName;
  readonly names: "keep" | "hash";
  /** CSV is written in a dialect of the target's own, so that no CSV file is copied around its masked cells. */
  readonly ownCsv?: boolean;
  /** Whether CSV files are packed; as their names in the source tell where undefined. */
  readonly compression?: "gzip" | "none";
  /** What becomes of outputs whose input is gone: `remove` where left out. */
  readonly gone?: "remove" | "keep";
  /** Each run makes a folder of its own that holds every file, and so many of them stay; in place where undefined. */
  readonly versions?: { readonly keep: number };
}
