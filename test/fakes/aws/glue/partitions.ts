/** Partitions of a table, singly failing in batches. */
import { Refusal } from "../exchange.ts";
import { invalid } from "../json.ts";
import {
  type CatalogState,
  type FakePartition,
  type FakeTable,
  type Members,
  partitionKeys,
  seconds,
  tableOf,
} from "./catalog.ts";
import { partitionFilter } from "./expression.ts";

type Failure = readonly [code: string, message: string];

const keyOf = (values: readonly string[]): string => JSON.stringify(values);
const found = (state: CatalogState, input: Members) => tableOf(state, input["DatabaseName"], input["TableName"]);

export function getPartitions(state: CatalogState, input: Members): Members {
  const table = found(state, input);
  const asked = (input["MaxResults"] as number | undefined) ?? state.pageSize;
  if (asked < 1 || asked > 1000) throw invalid("maxResults", "Member must have value less than or equal to 1000");
  const expression = (input["Expression"] as string | undefined) ?? "";
  if (expression.length > 2048) throw invalid("expression", "Member must have length less than or equal to 2048");
  const passes = partitionFilter(expression, partitionKeys(table));
  const all = [...table.partitions.values()].filter(({ values }) => passes(values));
  const start = input["NextToken"] === undefined ? 0 : Number(input["NextToken"]);
  const end = start + Math.min(asked, state.pageSize);
  const Partitions = all.slice(start, end).map((partition) => described(input, partition));
  return { Partitions, ...(end < all.length && { NextToken: String(end) }) };
}

export function batchGetPartition(state: CatalogState, input: Members): Members {
  const table = found(state, input);
  const asked = listOf<{ Values: readonly string[] }>(input["PartitionsToGet"], "partitionsToGet", 1000);
  const there = asked.map(({ Values }) => table.partitions.get(keyOf(Values)));
  return {
    Partitions: there.filter((partition) => partition !== undefined).map((partition) => described(input, partition)),
    UnprocessedKeys: [],
  };
}

function described(input: Members, { values, input: partition, created }: FakePartition): Members {
  const place = { DatabaseName: input["DatabaseName"], TableName: input["TableName"] };
  return { ...partition, ...place, Values: values, CreationTime: created };
}

export function batchCreatePartition(state: CatalogState, input: Members): Members {
  const table = found(state, input);
  const entries = listOf<Members>(input["PartitionInputList"], "partitionInputList", 100);
  const Errors = entries.flatMap((partition) => {
    const values = checkedValues(table, partition["Values"]);
    const exists = table.partitions.has(keyOf(values));
    const failure = failureOf(state, "BatchCreatePartition", values) ?? (exists ? EXISTS : undefined);
    if (failure) return [{ PartitionValues: values, ErrorDetail: detail(failure) }];
    table.partitions.set(keyOf(values), { values, input: partition, created: seconds() });
    return [];
  });
  return Errors.length > 0 ? { Errors } : {};
}

export function batchUpdatePartition(state: CatalogState, input: Members): Members {
  const table = found(state, input);
  const entries = listOf<Members>(input["Entries"], "entries", 100);
  if (entries.length === 0) throw invalid("entries", "Member must have length greater than or equal to 1");
  const Errors = entries.flatMap((entry) => {
    const before = checkedValues(table, entry["PartitionValueList"]);
    const partition = entry["PartitionInput"] as Members;
    const values = checkedValues(table, partition["Values"]);
    const old = table.partitions.get(keyOf(before));
    const failure = failureOf(state, "BatchUpdatePartition", before) ?? (old ? undefined : ABSENT);
    if (!old || failure) return [{ PartitionValueList: before, ErrorDetail: detail(failure ?? ABSENT) }];
    table.partitions.delete(keyOf(before));
    table.partitions.set(keyOf(values), { values, input: partition, created: old.created });
    return [];
  });
  return Errors.length > 0 ? { Errors } : {};
}

export function batchDeletePartition(state: CatalogState, input: Members): Members {
  const table = found(state, input);
  const entries = listOf<{ Values: readonly string[] }>(input["PartitionsToDelete"], "partitionsToDelete", 25);
  const Errors = entries.flatMap(({ Values: values }) => {
    const failure = failureOf(state, "BatchDeletePartition", values);
    if (!failure && table.partitions.delete(keyOf(values))) return [];
    return [{ PartitionValues: values, ErrorDetail: detail(failure ?? ABSENT) }];
  });
  return Errors.length > 0 ? { Errors } : {};
}

const EXISTS: Failure = ["AlreadyExistsException", "Partition already exists."];
const ABSENT: Failure = ["EntityNotFoundException", "Partition not found."];
const detail = ([ErrorCode, ErrorMessage]: Failure) => ({ ErrorCode, ErrorMessage });

function failureOf(state: CatalogState, operation: string, values: readonly string[]): Failure | undefined {
  const code = state.failsEntry(operation, values);
  return code === undefined ? undefined : [code, "A test wanted it so."];
}

function listOf<T>(list: unknown, member: string, limit: number): readonly T[] {
  if (!Array.isArray(list)) throw invalid(member, "Member must not be null");
  if (list.length > limit) throw invalid(member, `Member must have length less than or equal to ${limit}`);
  return list as readonly T[];
}

function checkedValues(table: FakeTable, values: unknown): readonly string[] {
  if (Array.isArray(values) && values.length === partitionKeys(table).length) return values as readonly string[];
  throw new Refusal(
    400,
    "InvalidInputException",
    "The number of partition keys do not match the number of partition values",
  );
}
