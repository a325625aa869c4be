import type { Dataset, Leaf } from "../../src/types.ts";

/** A published dataset with what a catalog says of it beyond its columns. */
export interface PublishedDataset extends Dataset {
  /** The run that wrote what is in force. */
  readonly runId: string;
  readonly jobDigest: string;
  /** Each folder of values, where `partitionBy` names columns: one value for each of them, null for none. */
  readonly partitions: readonly DatasetPartition[];
  /** The mask of each masked leaf that is still there, by the leaf's path. */
  readonly masked: Readonly<Record<Leaf, string>>;
  /** How the files are written, where they are CSV. */
  readonly csv?: CsvShape;
}

export interface DatasetPartition {
  readonly values: readonly (string | null)[];
  /** URI of the folder. */
  readonly location: string;
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
