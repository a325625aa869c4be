import type { Column, Table, TableInput } from "@aws-sdk/client-glue";
import type { Dataset } from "../../src/catalog-types.ts";
import { MaskingError } from "../../src/errors.ts";
import type { GlueAccess } from "./client.ts";
import { columnsOf, partitionKeysOf } from "./columns.ts";
import { type CsvShape, LAYOUT_PARAMETERS, layoutOf } from "./layout.ts";

/** A dataset, and what its catalog is told beside it. */
export interface Described {
  readonly dataset: Dataset;
  /** The folder that all of the job's datasets stand in; ends with a slash. */
  readonly root: string;
  readonly csv?: CsvShape;
}

/** Table parameters by which a reader knows the run behind the data. */
const RUN = "phimask.run_id";
const DIGEST = "phimask.job_digest";
const ROWS = "phimask.rows";

/** Members of a table that an update takes; all others of GetTable are refused there. */
const INPUT: readonly (keyof TableInput & keyof Table)[] = [
  "Name",
  "Description",
  "Owner",
  "LastAccessTime",
  "LastAnalyzedTime",
  "Retention",
  "StorageDescriptor",
  "PartitionKeys",
  "ViewOriginalText",
  "ViewExpandedText",
  "TableType",
  "Parameters",
  "TargetTable",
];

/** The table as it stands; undefined where there is none of the name. */
export async function readTable(access: GlueAccess): Promise<Table | undefined> {
  const answer = await access.ask(
    (glue) => glue.getTable({ ...access.standing, Name: access.table }),
    ["EntityNotFoundException"],
  );
  return answer === "EntityNotFoundException" ? undefined : answer.Table;
}

/**
 * The table as it must stand for the dataset. An update replaces a table whole, so everything that others have put
 * into `before` is carried over: description, owner, comments, parameters. Throws CATALOG_UNFIT where `before` is no
 * table of plain files, belongs to other data, or is partitioned otherwise.
 */
export function tableInput(name: string, { dataset, root, csv }: Described, before?: Table): TableInput {
  if (before) refuseOthers(dataset, root, before);
  const layout = layoutOf(dataset.format, csv);
  const storage = before?.StorageDescriptor;
  const { SchemaReference: _, ...kept } = storage ?? {};
  const carried = before ? Object.fromEntries(INPUT.map((member) => [member, before[member]])) : {};
  return {
    ...carried,
    Name: name,
    TableType: "EXTERNAL_TABLE",
    StorageDescriptor: {
      ...kept,
      ...layout.storage,
      Columns: columnsOf(dataset, layout.textOnly, storage?.Columns ?? []),
      Location: dataset.location,
    },
    PartitionKeys: partitionKeysOf(dataset, before?.PartitionKeys ?? []),
    Parameters: {
      ...without(before?.Parameters ?? {}, LAYOUT_PARAMETERS),
      EXTERNAL: "TRUE",
      typeOfData: "file",
      ...layout.parameters,
      [RUN]: dataset.runId,
      [DIGEST]: dataset.jobDigest,
      [ROWS]: String(dataset.rows),
    },
  };
}

/** Whether the catalog says already what it must say. */
export function sameTable(wanted: TableInput, { ...before }: Table): boolean {
  const members = Object.keys(wanted) as (keyof TableInput & keyof Table)[];
  return members.every((member) => canonical(wanted[member]) === canonical(before[member]));
}

/** JSON with keys in order; members that are undefined or empty lists count as left out, as Glue answers them. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) => {
      if (typeof inner !== "object" || inner === null || Array.isArray(inner) || inner instanceof Date) return inner;
      const entries = Object.entries(inner).filter(
        ([, one]) => one !== undefined && !(Array.isArray(one) && !one.length),
      );
      return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? "null"
  );
}

/** Undefined for a table of plain files; else what it is. */
export function otherKind({ TableType, ViewOriginalText, TargetTable, Parameters = {} }: Table): string | undefined {
  if (TableType === "VIRTUAL_VIEW" || ViewOriginalText) return "a view";
  if (TargetTable) return "a link to another table";
  const kind = Parameters["table_type"] ?? Parameters["spark.sql.sources.provider"] ?? "";
  return /^(iceberg|delta|hudi)$/i.test(kind) ? `a table of ${kind.toLowerCase()}` : undefined;
}

/** A job that names the raw table by mistake must not point it at the masked files. */
function refuseOthers(dataset: Dataset, root: string, before: Table): void {
  const { Parameters = {}, StorageDescriptor, PartitionKeys } = before;
  const refuse = (expected: string): never => {
    throw new MaskingError("CATALOG_UNFIT", { key: "target.glue.table", expected });
  };
  const other = otherKind(before);
  if (other !== undefined) refuse(`a table of plain files, where ${other} stands`);
  const location = folder(StorageDescriptor?.Location ?? "");
  const apart = location !== "/" && ![root, dataset.location].some((ours) => location.startsWith(ours));
  if (apart && Parameters[RUN] === undefined) refuse("a table of its own, where one with other files stands");
  const keys = (columns: readonly Column[] = []) => columns.map(({ Name }) => Name).join("\n");
  const wanted = keys(dataset.partitionBy.map((name) => ({ Name: name.toLowerCase() })));
  if (keys(PartitionKeys) !== wanted) refuse("another name, where a table with other partition columns stands");
}

function folder(location: string): string {
  return location.endsWith("/") ? location : `${location}/`;
}

function without(parameters: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.includes(name)));
}
