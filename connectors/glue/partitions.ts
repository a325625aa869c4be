/** The partitions of a table brought to what they must be, a hundred at a time. */
import { setTimeout as pause } from "node:timers/promises";
import type { ErrorDetail, Glue, Partition, PartitionInput, StorageDescriptor } from "@aws-sdk/client-glue";
import { MaskingError } from "../../src/errors.ts";
import { type GlueAccess, PASSING_ENTRY } from "./client.ts";
import { canonical } from "./table.ts";

/** Glue's limits of one request. */
const WRITTEN = 100;
const DELETED = 25;

/** Hive's value for no value. */
export const NO_VALUE = "__HIVE_DEFAULT_PARTITION__";

/** A folder of the dataset as Glue names it: a value for each partition column, none of them null. */
export interface Folder {
  readonly values: readonly string[];
  readonly location: string;
}

/** Every partition of a table that `expression` lets pass, page by page. */
export async function* listPartitions(access: GlueAccess, expression?: string): AsyncGenerator<Partition> {
  let token: string | undefined;
  do {
    const more = token === undefined ? {} : { NextToken: token };
    const filter = expression === undefined ? {} : { Expression: expression };
    const page = await access.ask((glue) =>
      glue.getPartitions({ ...access.standing, TableName: access.table, ...filter, ...more }),
    );
    yield* page.Partitions ?? [];
    if (page.NextToken && page.NextToken === token) throw new MaskingError("CATALOG_FAILED", { key: "target.glue" });
    token = page.NextToken || undefined; // other authors' catalogs end with an empty one
  } while (token !== undefined);
}

/**
 * Creates and updates the partitions of these folders, each described as the table is, and takes out those that have no
 * folder any more. Parameters that others have put on a partition stay. Whatever another writer does at the same time,
 * the partitions end as they are given here. Throws CATALOG_FAILED where entries of a batch still fail at last.
 */
export async function alignPartitions(
  access: GlueAccess,
  folders: readonly Folder[],
  storage: StorageDescriptor,
): Promise<void> {
  const wanted = new Map(folders.map(({ values, location }) => [keyOf(values), inputOf(values, location, storage)]));
  const [created, updated] = [new Map(wanted), new Map<string, PartitionInput>()];
  const gone: (readonly string[])[] = [];
  for await (const partition of listPartitions(access)) {
    const key = keyOf(partition.Values);
    const input = wanted.get(key);
    if (!input) gone.push(partition.Values ?? []);
    created.delete(key);
    if (input && !isCurrent(input, partition)) {
      updated.set(key, { ...input, ...(partition.Parameters && { Parameters: partition.Parameters }) });
    }
  }
  await inBatches(access, [...created.values()], WRITTEN, createAll);
  await inBatches(access, [...updated.values()], WRITTEN, updateAll);
  await inBatches(
    access,
    gone.map((Values) => ({ Values: [...Values] })),
    DELETED,
    deleteAll,
  );
}

function inputOf(values: readonly string[], location: string, storage: StorageDescriptor): PartitionInput {
  return { Values: [...values], StorageDescriptor: { ...storage, Location: location } };
}

function isCurrent(wanted: PartitionInput, { StorageDescriptor: storage }: Partition): boolean {
  return canonical(wanted.StorageDescriptor) === canonical(storage);
}

/** The answer about one entry: by its values, the service's name of what went wrong. */
interface EntryError {
  readonly values: readonly string[];
  readonly code: string;
}

type Batch = (
  glue: Glue,
  table: { readonly DatabaseName: string; readonly TableName: string },
  entries: readonly PartitionInput[],
) => Promise<readonly EntryError[]>;

const createAll: Batch = async (glue, table, entries) => {
  const { Errors = [] } = await glue.batchCreatePartition({ ...table, PartitionInputList: [...entries] });
  return Errors.map(({ PartitionValues, ErrorDetail }) => entryError(PartitionValues, ErrorDetail));
};

const updateAll: Batch = async (glue, table, entries) => {
  const Entries = entries.map((PartitionInput) => ({ PartitionValueList: PartitionInput.Values!, PartitionInput }));
  const { Errors = [] } = await glue.batchUpdatePartition({ ...table, Entries });
  return Errors.map(({ PartitionValueList, ErrorDetail }) => entryError(PartitionValueList, ErrorDetail));
};

const deleteAll: Batch = async (glue, table, entries) => {
  const PartitionsToDelete = entries.map(({ Values = [] }) => ({ Values }));
  const { Errors = [] } = await glue.batchDeletePartition({ ...table, PartitionsToDelete });
  return Errors.map(({ PartitionValues, ErrorDetail }) => entryError(PartitionValues, ErrorDetail));
};

function entryError(values: readonly string[] | undefined, detail: ErrorDetail | undefined): EntryError {
  return { values: values ?? [], code: detail?.ErrorCode ?? "" };
}

/** What an entry needs instead, where it fails because another writer, or a lost answer, was there before. */
const OVERTAKEN: ReadonlyMap<Batch, readonly [code: string, instead: Batch | undefined]> = new Map([
  [createAll, ["AlreadyExistsException", updateAll]],
  [updateAll, ["EntityNotFoundException", createAll]],
  [deleteAll, ["EntityNotFoundException", undefined]],
]);

/** All entries in batches; those that fail go again, by themselves, until none fails or the attempts are spent. */
async function inBatches(
  access: GlueAccess,
  entries: readonly PartitionInput[],
  size: number,
  batch: Batch,
  attempt = 1,
): Promise<void> {
  const again: PartitionInput[] = [];
  const overtaken: PartitionInput[] = [];
  const [code, instead] = OVERTAKEN.get(batch)!;
  for (let at = 0; at < entries.length; at += size) {
    const part = entries.slice(at, at + size);
    const table = { ...access.standing, TableName: access.table };
    const errors = await access.ask((glue) => batch(glue, table, part), ["ConcurrentModificationException"]);
    const failed = new Map(
      typeof errors === "string"
        ? part.map((entry) => [keyOf(entry.Values), errors])
        : errors.map((error) => [keyOf(error.values), error.code]),
    );
    for (const entry of part) {
      const error = failed.get(keyOf(entry.Values));
      if (error === undefined) continue;
      if (error === code) overtaken.push(entry);
      else if (PASSING_ENTRY.test(error) && attempt < access.retries.attempts) again.push(entry);
      else throw new MaskingError("CATALOG_FAILED", { key: "target.glue", expected: "partitions that may be written" });
    }
  }
  if (overtaken.length + again.length === 0) return;
  if (attempt >= access.retries.attempts) throw new MaskingError("CATALOG_FAILED", { key: "target.glue" });
  if (again.length > 0) await pause(Math.min(access.retries.baseMs * 2 ** attempt, access.retries.capMs));
  if (instead) await inBatches(access, overtaken, WRITTEN, instead, attempt + 1);
  await inBatches(access, again, size, batch, attempt + 1);
}

function keyOf(values: readonly string[] | undefined): string {
  return JSON.stringify(values ?? []);
}
