/** What the Glue Data Catalog keeps. Names of databases, tables and columns are stored in lower case. */
import { Refusal } from "../exchange.ts";
import { invalid } from "../json.ts";

/** Members as the API names them. */
export type Members = Readonly<Record<string, unknown>>;

export interface FakePartition {
  readonly values: readonly string[];
  readonly input: Members;
  readonly created: number;
}

export interface FakeTable {
  readonly name: string;
  input: Members;
  /** Counts up from 0, once for each update whether or not the old version is kept. */
  version: number;
  /** Older inputs by their version, those that `SkipArchive` left out. */
  readonly archive: Map<number, Members>;
  readonly created: number;
  updated: number;
  /** By their values, as JSON. */
  readonly partitions: Map<string, FakePartition>;
}

export interface FakeDatabase {
  readonly name: string;
  readonly tables: Map<string, FakeTable>;
}

export interface CatalogState {
  readonly databases: Map<string, FakeDatabase>;
  /** Entries of a page of partitions at most; Glue's own is 1000. */
  pageSize: number;
  /** What fails of a batch though the request is well: a test's word for each partition. */
  failsEntry: (operation: string, values: readonly string[]) => string | undefined;
}

export const seconds = (): number => Date.now() / 1000;

export function databaseOf(state: CatalogState, name: unknown): FakeDatabase {
  const database = state.databases.get(nameOf(name, "databaseName"));
  if (!database) throw new Refusal(400, "EntityNotFoundException", `Database ${String(name)} not found.`);
  return database;
}

export function tableOf(state: CatalogState, database: unknown, name: unknown): FakeTable {
  const found = databaseOf(state, database).tables.get(nameOf(name, "tableName"));
  if (!found) throw new Refusal(400, "EntityNotFoundException", `Entity Not Found`);
  return found;
}

export function nameOf(name: unknown, member: string): string {
  if (typeof name !== "string" || name.length < 1) throw invalid(member, "Member must not be null");
  if (name.length > 255) throw invalid(member, "Member must have length less than or equal to 255");
  return name.toLowerCase();
}

export interface Column {
  readonly Name: string;
  readonly Type?: string;
  readonly Comment?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
}

export function partitionKeys(table: FakeTable): readonly Column[] {
  return (table.input["PartitionKeys"] as readonly Column[] | undefined) ?? [];
}

/** A table's input as it is stored: checked against the model's limits, names in lower case. */
export function stored(input: Members): Members {
  const lowered = (columns: unknown) =>
    (columns as readonly Column[] | undefined)?.map((column) => {
      nameOf(column.Name, "columns.name");
      if ((column.Comment ?? "").length > 255)
        throw invalid("comment", "Member must have length less than or equal to 255");
      if ((column.Type ?? "").length > 131_072)
        throw invalid("type", "Member must have length less than or equal to 131072");
      return { ...column, Name: column.Name.toLowerCase() };
    });
  checkParameters(input["Parameters"]);
  const descriptor = input["StorageDescriptor"] as Members | undefined;
  const names = [...(lowered(descriptor?.["Columns"]) ?? []), ...(lowered(input["PartitionKeys"]) ?? [])].map(
    ({ Name }) => Name,
  );
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Refusal(400, "InvalidInputException", `Column ${twice} is duplicated.`);
  return {
    ...input,
    Name: nameOf(input["Name"], "tableInput.name"),
    ...(input["PartitionKeys"] !== undefined && { PartitionKeys: lowered(input["PartitionKeys"]) }),
    ...(descriptor && { StorageDescriptor: { ...descriptor, Columns: lowered(descriptor["Columns"]) ?? [] } }),
  };
}

function checkParameters(parameters: unknown): void {
  for (const [key, value] of Object.entries((parameters ?? {}) as Record<string, string>)) {
    nameOf(key, "parameters.key");
    if (value.length > 512_000) throw invalid("parameters", "Map value must have length less than or equal to 512000");
  }
}
