import { setTimeout as pause } from "node:timers/promises";
import type { TableInput } from "@aws-sdk/client-glue";
import { MaskingError } from "../src/errors.ts";
import { type GlueAccess, type GlueTable, glueAccess } from "./glue/client.ts";
import type { PublishedDataset } from "./glue/dataset.ts";
import { alignPartitions, type Folder, NO_VALUE } from "./glue/partitions.ts";
import { readTable, sameTable, tableInput } from "./glue/table.ts";

export type { GlueTable } from "./glue/client.ts";
export type { CsvShape, DatasetPartition, PublishedDataset } from "./glue/dataset.ts";

/** Where a job names the table. */
const KEY = "target.glue";

/** One table of the Glue Data Catalog, as a place to publish to. */
export interface GlueCatalog {
  readonly name: "glue";
  /**
   * Asks whether the catalog can take the dataset, and writes nothing: the database is there, what stands under the
   * table's name may be updated, and every column has a type. Throws CATALOG_MISSING, CATALOG_UNFIT, SERVICE_DENIED,
   * CATALOG_FAILED, JOB_INVALID (no region).
   */
  check(dataset: PublishedDataset): Promise<void>;
  /**
   * Brings the table and its partitions to the dataset: created where there is none, else updated in place, never
   * dropped. Asks and writes nothing where all is so already; may be called again after any failure. Throws as `check`.
   */
  publish(dataset: PublishedDataset): Promise<void>;
}

/** The table that a job publishes its dataset as. The AWS client is loaded by the first request. */
export function glueCatalog(options: GlueTable): GlueCatalog {
  const access = glueAccess(options, KEY);
  return {
    name: "glue",
    async check(dataset) {
      await checkDatabase(access);
      tableInput(access.table, dataset, await readTable(access));
    },
    async publish(dataset) {
      await checkDatabase(access);
      const { StorageDescriptor: storage = {} } = await alignTable(access, dataset);
      if (dataset.partitionBy.length > 0) await alignPartitions(access, dataset.partitions.map(folderOf), storage);
    },
  };
}

function folderOf({ values, location }: PublishedDataset["partitions"][number]): Folder {
  return { values: values.map((value) => value ?? NO_VALUE), location };
}

async function checkDatabase(access: GlueAccess): Promise<void> {
  const { DatabaseName: Name, ...catalog } = access.standing;
  const answer = await access.ask((glue) => glue.getDatabase({ Name, ...catalog }), ["EntityNotFoundException"]);
  if (answer === "EntityNotFoundException") {
    throw new MaskingError("CATALOG_MISSING", { key: `${KEY}.database`, expected: "a database that is there" });
  }
}

/**
 * Reads, merges, writes under the version that was read, and begins again where somebody wrote in between: also where
 * it was this very call, whose answer was lost. Old versions are not kept, since accounts may hold a limited number.
 */
async function alignTable(access: GlueAccess, dataset: PublishedDataset): Promise<TableInput> {
  const { attempts, baseMs, capMs } = access.retries;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const before = await readTable(access);
    const wanted = tableInput(access.table, dataset, before);
    if (before && sameTable(wanted, before)) return wanted;
    const clash = await access.ask(
      (glue) =>
        before
          ? glue.updateTable({
              ...access.standing,
              TableInput: wanted,
              SkipArchive: true,
              ...(before.VersionId !== undefined && { VersionId: before.VersionId }),
            })
          : glue.createTable({ ...access.standing, TableInput: wanted }),
      ["ConcurrentModificationException", "AlreadyExistsException", "EntityNotFoundException"],
    );
    if (typeof clash !== "string") return wanted;
    await pause(Math.random() * Math.min(baseMs * 2 ** (attempt - 1), capMs));
  }
  throw new MaskingError("CATALOG_FAILED", { key: KEY });
}
