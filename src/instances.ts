/** The table about the instances of a dataset: one row for each, by its masked header. */
import { Bool, DateDay, Field, Int32, makeData, RecordBatch, Schema, Struct, Utf8 } from "apache-arrow";
import { cellsOf } from "./batch.ts";
import { NOTHING_CHECKED } from "./checks.ts";
import { writeCells } from "./columns.ts";
import type { IndexColumn, IndexRow, Instances } from "./instance-types.ts";
import { type FinishedFile, stagedUri } from "./journal.ts";
import type { ManifestFile } from "./manifest.ts";
import type { Job, Plan, PlannedFile } from "./plan.ts";
import { type RecordedTable, recordTables } from "./recorded.ts";
import { newTally } from "./report.ts";
import { readable, readThrough } from "./source.ts";
import { mapInOrder } from "./stream.ts";
import type { RunContext } from "./types.ts";

/** The index's place in the manifest: no input has this id, and no instance this path. */
export const INDEX: Readonly<Record<"id" | "folder" | "path", string>> = {
  id: "index",
  folder: "index/",
  path: "index/instances.parquet",
};

/** Headers that are read at once, and rows of a batch. */
const AT_ONCE = 8;
const ROWS = 1000;

/** What the index says beside what the header does. `source_id`: a keyed hash of the input's path. */
const OWN: readonly IndexColumn[] = [
  { name: "file", kind: "text" },
  { name: "withheld", kind: "flag" },
  { name: "source_id", kind: "text" },
];
const TYPES = { text: new Utf8(), whole: new Int32(), day: new DateDay(), flag: new Bool() } as const;

/** The schema of the index, as a manifest keeps it and a catalog takes it; masks are those of the header. */
export function indexTable({ columns }: Instances): RecordedTable {
  const all = [...OWN, ...columns];
  const planned = all.map(({ name, kind }) => ({
    ...{ column: name, type: String(TYPES[kind]), becomes: String(TYPES[kind]) },
    mask: columns.some((column) => column.name === name) ? "dicom" : "keep",
  }));
  const table = { transforms: [], checks: [], schema: schemaOf(all), columns: planned, partition: [] };
  return recordTables(undefined, [{ table, format: "parquet" }])!;
}

/** The files of a manifest that hold instances. */
export function withoutIndex(files: readonly ManifestFile[]): readonly ManifestFile[] {
  return files.filter(({ input }) => input.id !== INDEX.id);
}

/**
 * Writes the index beside the finished files: the rows of the last one for instances that stand, and one by the header of
 * each masked file for the others; in order of their UIDs. Undefined where the job has none or nothing changes.
 */
export async function stageIndex(
  job: Job,
  plan: Plan,
  finished: readonly FinishedFile[],
  { signal, runId }: Pick<RunContext, "signal"> & { readonly runId: string },
): Promise<FinishedFile | undefined> {
  const { instances, target } = job;
  if (!instances || (plan.todo.length === 0 && plan.gone.length === 0)) return undefined;
  const schema = schemaOf([...OWN, ...instances.columns]);
  let rows = 0;
  async function* counted() {
    for await (const batch of batchesOf(schema, merged(standingRows(job, plan), newRows(job, plan, finished)))) {
      signal.throwIfAborted();
      rows += batch.numRows;
      yield batch;
    }
  }
  const format = await job.formats.write("parquet");
  const pieces = readThrough(format.write({ schema, batches: counted() }), target.store);
  const staged = await target.store.write(stagedUri(job, runId, INDEX.path), pieces);
  const { size, sha256 } = staged;
  return {
    described: {
      input: { id: INDEX.id, etag: "", size: 0 },
      output: { path: INDEX.path, size, rows, ...(sha256 !== undefined && { sha256 }) },
    },
    ...{ staged: staged.uri, counts: newTally().counts(), checks: NOTHING_CHECKED, note: staged.uri },
  };
}

function schemaOf(columns: readonly IndexColumn[]): Schema {
  return new Schema(columns.map(({ name, kind }) => new Field(name, TYPES[kind], true)));
}

/** The rows of the index that stands, of instances that stay as they are. */
async function* standingRows(job: Job, plan: Plan): AsyncGenerator<IndexRow, void, undefined> {
  const { store } = job.target;
  const object = plan.standing.objects.get(`${plan.standing.prefix}${INDEX.path}`);
  const staying = new Set(plan.unchanged.map(({ input }) => input.id));
  if (!object || staying.size === 0) return;
  const format = await job.formats.read("parquet");
  for await (const batch of (await format.read(readable(store, object))).batches) {
    const columns = batch.schema.fields.map(({ name }) => [name, cellsOf(batch, name).cells] as const);
    for (let i = 0; i < batch.numRows; i++) {
      const row = Object.fromEntries(columns.map(([name, cells]) => [name, cells[i]])) as IndexRow;
      if (staying.has(String(row["source_id"]))) yield row;
    }
  }
}

/** The rows of what this run has masked, by the headers of the masked files. */
async function* newRows(
  job: Job,
  { todo, standing }: Plan,
  finished: readonly FinishedFile[],
): AsyncGenerator<IndexRow, void, undefined> {
  const byId = new Map(finished.map((file) => [file.described.input.id, file]));
  const { store, root } = job.target;
  const rowOf = async (planned: PlannedFile): Promise<IndexRow> => {
    const { described, staged } = byId.get(planned.id)!;
    const { path, size } = described.output;
    const { study, series, instance, sopClass } = planned.instance!;
    const told = { study_instance_uid: study, series_instance_uid: series, sop_instance_uid: instance };
    const own = { ...told, sop_class_uid: sopClass, source_id: planned.id };
    if (size === 0) return { ...own, file: null, withheld: true };
    const object = await store.head(staged ?? `${root}${standing.prefix}${path}`);
    return { ...own, ...(await job.instances!.describe(readable(store, object!))), file: path, withheld: false };
  };
  const ordered = todo.map((planned) => [orderOf(inIndex(planned)), planned] as const);
  ordered.sort(([a], [b]) => (a < b ? -1 : 1));
  yield* mapInOrder(
    ordered.map(([, planned]) => planned),
    AT_ONCE,
    rowOf,
  );
}

function inIndex({ instance, id }: PlannedFile): IndexRow {
  const { study, series, instance: sop } = instance!;
  return { study_instance_uid: study, series_instance_uid: series, sop_instance_uid: sop, source_id: id };
}

function orderOf(row: IndexRow): string {
  return ["study_instance_uid", "series_instance_uid", "sop_instance_uid", "source_id"]
    .map((name) => row[name] ?? "")
    .join("\0");
}

/** Two streams of rows in order, as one. */
async function* merged(
  one: AsyncGenerator<IndexRow, void, undefined>,
  other: AsyncGenerator<IndexRow, void, undefined>,
): AsyncGenerator<IndexRow, void, undefined> {
  let [a, b] = [await one.next(), await other.next()];
  while (!a.done || !b.done) {
    if (b.done || (!a.done && orderOf(a.value) < orderOf(b.value))) {
      yield a.value as IndexRow;
      a = await one.next();
    } else {
      yield b.value;
      b = await other.next();
    }
  }
}

async function* batchesOf(schema: Schema, rows: AsyncIterable<IndexRow>): AsyncGenerator<RecordBatch, void, undefined> {
  let held: IndexRow[] = [];
  for await (const row of rows) {
    held.push(row);
    if (held.length < ROWS) continue;
    yield batchOf(schema, held);
    held = [];
  }
  if (held.length > 0) yield batchOf(schema, held);
}

function batchOf(schema: Schema, rows: readonly IndexRow[]): RecordBatch {
  const children = schema.fields.map(({ name, type }) =>
    writeCells(
      rows.map((row) => (row[name] === "" ? null : (row[name] ?? null))),
      type,
      name,
    ),
  );
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows.length, children }));
}
