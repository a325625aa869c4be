/** The port of what a folder of DICOM files is beside files. Types only, as in `src/types.ts`. */
import type { ReadableObject } from "./types.ts";

/** What a file is that is no instance: a DICOMDIR, or of another kind. Neither goes into the masked dataset. */
export type PassedOver = "directory" | "foreign";

/** An instance as its masked file is named. What the header lacks is empty. */
export interface Instance {
  /** By the new UIDs of study, series and instance; undefined where the header cannot be read so far. */
  readonly path: string | undefined;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  /** UID of the SOP class, which the standard defines. */
  readonly sopClass: string;
}

/** A value of the index: text, a whole number, or a day as days since 1970-01-01. */
export type IndexCell = string | number | boolean | null;
export type IndexRow = Readonly<Record<string, IndexCell>>;

export interface IndexColumn {
  readonly name: string;
  readonly kind: "text" | "whole" | "day" | "flag";
}

/** Reads the headers of instances, before and after they are masked. */
export interface Instances {
  /** What the index says of an instance by its masked header, in order. */
  readonly columns: readonly IndexColumn[];
  /** Looks at the beginning of a file of the source. Throws what the store throws. */
  look(file: ReadableObject): Promise<Instance | PassedOver>;
  /** The columns' values by the header of a masked file. Throws IMAGE_UNREADABLE. */
  describe(masked: ReadableObject): Promise<IndexRow>;
}
