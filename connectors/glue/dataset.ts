import type { Dataset } from "../../src/types.ts";

export type { DatasetPartition } from "../../src/types.ts";

/** A published dataset with what a catalog says of it beyond its columns. */
export interface PublishedDataset extends Dataset {
  /** How the files are written, where they are CSV. */
  readonly csv?: CsvShape;
}

export interface CsvShape {
  readonly delimiter: string;
  /** Empty where cells are never quoted. */
  readonly quote: string;
  readonly header: boolean;
  /** Name of the encoding, such as `utf-8`. */
  readonly encoding: string;
  /** Cells that a reader which goes line by line cannot read: some hold line breaks. */
  readonly lineBreaks: boolean;
}
