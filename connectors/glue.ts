import { setTimeout as pause } from "node:timers/promises";
import type { TableInput } from "@aws-sdk/client-glue";
import type { Catalog, DatasetPartition } from "../src/catalog-types.ts";
import { MaskingError } from "../src/errors.ts";
import { type GlueAccess, type GlueTable, glueAccess } from "./glue/client.ts";
import { type CsvShape, unfitFiles } from "./glue/layout.ts";
import { alignPartitions, type Folder, NO_VALUE } from "./glue/partitions.ts";
import { type Described, readTable, sameTable, tableInput } from "./glue/table.ts";
import { type LakeTags, tagAccess } from "./glue/tags.ts";

export interface GlueCatalogOptions extends GlueTable {
  /** URI of the folder that all of the job's datasets stand in: a table that points there may be taken over. */
  readonly root: string;
  /** How the files are written, where they are CSV. */
  readonly csv?: GlueCsv;
  /** Tags of Lake Formation that the table gets once it says all else. */
  readonly lfTags?: LakeTags;
}

export interface GlueCsv extends CsvShape {
  /** Whether the files below a location have no line break within a cell: readers of CSV go line by line. */
  goesByLine(location: string): Promise<boolean>;
}

/** Where a job names the table. */
const KEY = "target.glue";

/**
 * The table of the Glue Data Catalog that a job publishes its dataset as. Nothing is asked that need not be, and nothing
 * written where all is so already. The AWS client is loaded by the first request.
 *
 * `check` and `publish` throw CATALOG_MISSING without the database, CATALOG_UNFIT where what stands under the name is
 * not the job's to update or the dataset has what no reader of the catalog reads, SERVICE_DENIED, CATALOG_FAILED, and
 * JOB_INVALID without a region.
 */
export function glueCatalog(options: GlueCatalogOptions): Catalog {
  const access = glueAccess(options, KEY);
  const { csv, lfTags = {} } = options;
  const tags = tagAccess(options, access, lfTags);
  const root = options.root.endsWith("/") ? options.root : `${options.root}/`;
  const shared = { root, ...(csv && { csv }) };
  return {
    name: nameOf(access, lfTags),
    async check(dataset) {
      await checkDatabase(access);
      tableInput(access.table, { ...shared, dataset }, await readTable(access));
      await tags.check();
    },
    async publish(dataset) {
      await checkDatabase(access);
      if (dataset.format === "csv" && csv && !(await csv.goesByLine(dataset.location))) {
        throw unfitFiles("cells without line breaks (readers of CSV go line by line: set target.format to parquet)");
      }
      const { StorageDescriptor: storage = {} } = await alignTable(access, { ...shared, dataset });
      if (dataset.partitionBy.length > 0) await alignPartitions(access, dataset.partitions.map(folderOf), storage);
      await tags.assign();
    },
  };
}

/** Names what a run must tell: other tags are news to the same table. */
function nameOf({ standing, table }: GlueAccess, tags: LakeTags): string {
  const told = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  const name = ["glue", standing.CatalogId ?? "", standing.DatabaseName, table];
  return [...name, ...(told.length > 0 ? [JSON.stringify(told)] : [])].join(":");
}

function folderOf({ values, location }: DatasetPartition): Folder {
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
async function alignTable(access: GlueAccess, described: Described): Promise<TableInput> {
  const { attempts, baseMs, capMs } = access.retries;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const before = await readTable(access);
    const wanted = tableInput(access.table, described, before);
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
