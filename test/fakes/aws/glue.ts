/** The Glue Data Catalog over HTTP. Every refusal is a 400, as Glue has it. */
import { type Arrived, json, type Operation, Refusal } from "./exchange.ts";
import type { CatalogState, FakeTable, Members } from "./glue/catalog.ts";
import {
  batchCreatePartition,
  batchDeletePartition,
  batchGetPartition,
  batchUpdatePartition,
  getPartitions,
} from "./glue/partitions.ts";
import { addDatabase, createTable, getDatabase, getTable, getTableVersions, updateTable } from "./glue/tables.ts";
import { targetOf } from "./json.ts";
import type { Service } from "./server.ts";

export interface FakeGlue extends Service {
  readonly state: CatalogState;
  addDatabase(name: string): void;
  table(database: string, name: string): FakeTable | undefined;
}

const OPERATIONS: Readonly<Record<string, (state: CatalogState, input: Members) => Members>> = {
  GetDatabase: getDatabase,
  GetTable: getTable,
  GetTableVersions: getTableVersions,
  CreateTable: createTable,
  UpdateTable: updateTable,
  GetPartitions: getPartitions,
  BatchGetPartition: batchGetPartition,
  BatchCreatePartition: batchCreatePartition,
  BatchUpdatePartition: batchUpdatePartition,
  BatchDeletePartition: batchDeletePartition,
};

export function fakeGlue(): FakeGlue {
  const state: CatalogState = { databases: new Map(), pageSize: 1000, failsEntry: () => undefined };
  return {
    name: "glue",
    state,
    addDatabase: (name) => addDatabase(state, name),
    table: (database, name) => state.databases.get(database)?.tables.get(name),
    operation: (request) => operationOf(state, request),
  };
}

function operationOf(state: CatalogState, request: Arrived): Operation {
  const name = targetOf(request, "AWSGlue");
  const input = JSON.parse(request.body.toString()) as Members;
  const table = input["TableName"] ?? (input["TableInput"] as Members | undefined)?.["Name"];
  const resource = [input["DatabaseName"], table ?? input["Name"]].filter(Boolean).join("/");
  return {
    service: "glue",
    name,
    resource,
    run() {
      const operation = OPERATIONS[name];
      if (!operation) throw new Refusal(400, "UnknownOperationException", "");
      return json(operation(state, input));
    },
  };
}
