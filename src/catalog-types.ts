/** The port of catalogs. Types only, as in `src/types.ts`. */
import type { Schema } from "apache-arrow";
import type { Leaf, RunContext, TableFormat } from "./types.ts";

/** The files of one folder such as `region=north/`, as a catalog sees them. */
export interface DatasetPartition {
  /** Masked values in the order of `partitionBy`; null for Hive's mark of no value. */
  readonly values: readonly (string | null)[];
  /** Ends with a slash. */
  readonly location: string;
}

/** A finished dataset, as a catalog sees it. */
export interface Dataset {
  /** The folder of the files in force; ends with a slash. */
  readonly location: string;
  readonly format: TableFormat["name"];
  /** After masking, without the columns in folder names; what later files added comes last. Holds no metadata. */
  readonly schema: Schema;
  /** The masked columns that are still there, those in folder names among them, with the name of their mask. */
  readonly masked: Readonly<Record<Leaf, string>>;
  readonly partitionBy: readonly string[];
  /** Every partition there is, in order of location; none where `partitionBy` is empty. */
  readonly partitions: readonly DatasetPartition[];
  readonly rows: number;
  /** The run that made it what it is. */
  readonly runId: string;
  readonly jobDigest: string;
}

/** Tells readers of a lake that a dataset is there. */
export interface Catalog {
  /** Names the table too, so that another table of the same catalog is seen to lack the dataset. */
  readonly name: string;
  /** Throws where the catalog could not take such a dataset, before anything is masked; writes nothing. */
  check(dataset: Dataset): Promise<void>;
  /**
   * Called after the files are in place, and again until it ends without an error: the same dataset twice is no error.
   * A table is updated or created, never dropped; its partitions end as those of the dataset.
   */
  publish(dataset: Dataset, run: RunContext): Promise<void>;
}
