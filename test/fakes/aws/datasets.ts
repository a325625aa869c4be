/** Datasets as a catalog is told of them. */
import { Bool, Field, Int32, List, Schema, Struct, Utf8 } from "apache-arrow";
import { type GlueCatalogOptions, glueCatalog } from "../../../connectors/glue.ts";
import type { Dataset } from "../../../src/catalog-types.ts";
import { newTally } from "../../../src/report.ts";

const line = new Field("Line", new Utf8(), true);

export const SCHEMA: Schema = new Schema([
  new Field("Patient_ID", new Utf8(), true),
  new Field("age", new Int32(), true),
  new Field("note", new Utf8(), true),
  new Field("addresses", new List(new Field("element", new Struct([line]), true)), true),
  new Field("active", new Bool(), true),
]);

/** A dataset of Parquet files in folders by region, two of its columns and a leaf of a third masked. */
export function dataset(more: Partial<Dataset> = {}): Dataset {
  return {
    location: "s3://research/visits/",
    format: "parquet",
    schema: SCHEMA,
    partitionBy: ["region"],
    rows: 1200,
    runId: "run-1",
    jobDigest: "a".repeat(64),
    partitions: ["north", "south"].map(partition),
    masked: { Patient_ID: "hash", note: "text", "addresses.list.element.Line": "redact" },
    ...more,
  };
}

/** The folder of a region. */
export function partition(region: string | null): Dataset["partitions"][number] {
  return { values: [region], location: `s3://research/visits/region=${region ?? "__HIVE_DEFAULT_PARTITION__"}/` };
}

/** A catalog's two verbs for a table `visits` of `research`, in a run of its own. */
export function publisherOf(options: Partial<GlueCatalogOptions>): {
  check(dataset: Dataset): Promise<void>;
  publish(dataset: Dataset): Promise<void>;
} {
  const named = { database: "Research", table: "Visits", root: "s3://research/visits" };
  const catalog = glueCatalog({ ...named, ...options });
  const run = { tally: newTally(), signal: new AbortController().signal };
  return { check: catalog.check, publish: (dataset) => catalog.publish(dataset, run) };
}
