/** Databases and tables. */
import { Refusal } from "../exchange.ts";
import {
  type CatalogState,
  databaseOf,
  type FakeTable,
  type Members,
  nameOf,
  seconds,
  stored,
  tableOf,
} from "./catalog.ts";

const CATALOG_ID = "111122223333";

export function getDatabase(state: CatalogState, input: Members): Members {
  const { name } = databaseOf(state, input["Name"]);
  return { Database: { Name: name, CreateTime: 1_700_000_000, CatalogId: CATALOG_ID } };
}

export function getTable(state: CatalogState, input: Members): Members {
  const { name } = databaseOf(state, input["DatabaseName"]);
  return { Table: described(name, tableOf(state, name, input["Name"])) };
}

export function getTableVersions(state: CatalogState, input: Members): Members {
  const { name } = databaseOf(state, input["DatabaseName"]);
  const table = tableOf(state, name, input["TableName"]);
  const archived = [...table.archive].map(([version, old]) => described(name, { ...table, version, input: old }));
  const TableVersions = [described(name, table), ...archived.reverse()].map((Table) => ({
    Table,
    VersionId: Table["VersionId"],
  }));
  return { TableVersions };
}

function described(database: string, { input, version, created, updated }: FakeTable): Members {
  return {
    ...input,
    DatabaseName: database,
    CatalogId: CATALOG_ID,
    CreateTime: created,
    UpdateTime: updated,
    CreatedBy: "arn:aws:iam::111122223333:user/example",
    IsRegisteredWithLakeFormation: false,
    VersionId: String(version),
  };
}

export function createTable(state: CatalogState, input: Members): Members {
  const database = databaseOf(state, input["DatabaseName"]);
  const table = stored(input["TableInput"] as Members);
  const name = table["Name"] as string;
  if (database.tables.has(name)) throw new Refusal(400, "AlreadyExistsException", "Table already exists.");
  const times = { created: seconds(), updated: seconds() };
  database.tables.set(name, { name, input: table, version: 0, archive: new Map(), partitions: new Map(), ...times });
  return {};
}

/** A full replacement: a member that the input leaves out is gone. */
export function updateTable(state: CatalogState, input: Members): Members {
  const next = stored(input["TableInput"] as Members);
  const table = tableOf(state, input["DatabaseName"], next["Name"]);
  const expected = input["VersionId"];
  if (expected !== undefined && expected !== String(table.version)) {
    throw new Refusal(400, "ConcurrentModificationException", "Update table failed due to concurrent modifications.");
  }
  if (input["SkipArchive"] !== true) table.archive.set(table.version, table.input);
  table.input = next;
  table.version += 1;
  table.updated = seconds();
  return {};
}

export function addDatabase(state: CatalogState, given: string): void {
  const name = nameOf(given, "name");
  state.databases.set(name, { name, tables: new Map() });
}
