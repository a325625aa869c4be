import {
  Field,
  Float64,
  Int32,
  Int64,
  LargeUtf8,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Table,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { refuseDrift } from "../../src/drift.ts";
import { runJob } from "../../src/pipeline.ts";
import { planJob } from "../../src/plan.ts";
import type { RecordedTable } from "../../src/recorded.ts";
import { once } from "../../src/stream.ts";
import { memoryJob, notingDetector, outputsOf } from "../fakes/memory-job.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";

const text = (...values: string[]) => vectorFromArray(values, new Utf8());
const COLUMNS = { age: vectorFromArray([1, 2], new Int32()), note: text("Roe", "-"), name: text("Ana", "Bo") };

async function put(store: MemoryStore, path: string, columns: Readonly<Record<string, Vector>>) {
  const table = new Table(columns as never);
  await store.write(`in/${path}`, once(RecordBatchFileWriter.writeAll(table.batches).toUint8Array(true)));
}

const job = (store: MemoryStore, policy = "") =>
  memoryJob({ store, policy, detector: notingDetector(), columns: "{age: keep, name: {mask: hash}, note: text}" });

async function masked(): Promise<MemoryStore> {
  const store = memoryStore();
  await put(store, "a.arrow", COLUMNS);
  await runJob(await job(store));
  return store;
}

describe("a source whose schema changes", () => {
  it.each([
    ["a number becomes text", { ...COLUMNS, age: text("1", "Jane Roe") }, "SCHEMA_DRIFT", "age"],
    ["a number gets wider", { ...COLUMNS, age: vectorFromArray([1n, 2n], new Int64()) }, "SCHEMA_DRIFT", "age"],
    [
      "a masked column becomes a number",
      { ...COLUMNS, name: vectorFromArray([1, 2], new Float64()) },
      "SCHEMA_DRIFT",
      "name",
    ],
    ["a column is new", { ...COLUMNS, extra: text("Jane", "Roe") }, "COLUMN_UNLISTED", "extra"],
    ["a masked column is gone", { age: COLUMNS.age, note: COLUMNS.note }, "COLUMN_MISSING", "name"],
  ])("%s: stops before a row is read, and all stays", async (_, columns, code, column) => {
    const store = await masked();
    const before = outputsOf(store);
    await put(store, "b.arrow", columns);
    const detector = notingDetector();
    const failing = await memoryJob({ store, detector, columns: "{age: keep, name: {mask: hash}, note: text}" });
    const place = { file: "b.arrow", column };
    await expect(planJob(failing)).rejects.toMatchObject({ code, place });
    await expect(runJob(failing)).rejects.toMatchObject({ code, recovery: "fix", place });
    expect(detector.seen).toEqual([]);
    expect(outputsOf(store)).toEqual(before);
    expect([...store.objects.keys()].filter((uri) => /staging|lock/.test(uri))).toEqual([]);
  });

  it("goes on where text is held in another way, and where --full takes the types as they are", async () => {
    const store = await masked();
    await put(store, "b.arrow", { ...COLUMNS, note: vectorFromArray(["Roe", "-"], new LargeUtf8()) });
    expect((await runJob(await job(store))).report.files).toBe(1);
    await put(store, "a.arrow", { ...COLUMNS, age: text("1", "2") });
    await put(store, "b.arrow", { ...COLUMNS, age: text("1", "2") });
    await expect(runJob(await job(store))).rejects.toMatchObject({ code: "SCHEMA_DRIFT" });
    expect((await runJob(await job(store), { full: true })).report.files).toBe(2);
    await put(store, "c.arrow", { ...COLUMNS, age: text("1", "2") });
    expect((await runJob(await job(store))).report.files).toBe(1);
  });

  it("keeps a new column where unlisted columns are kept, and then holds it to its type", async () => {
    const store = memoryStore();
    await put(store, "a.arrow", COLUMNS);
    await runJob(await job(store, "unlisted: keep"));
    await put(store, "b.arrow", { ...COLUMNS, extra: text("x", "y") });
    expect((await runJob(await job(store, "unlisted: keep"))).report.files).toBe(1);
    await put(store, "c.arrow", { ...COLUMNS, extra: vectorFromArray([1, 2], new Int32()) });
    await expect(runJob(await job(store, "unlisted: keep"))).rejects.toMatchObject({ place: { column: "extra" } });
  });
});

describe("refuseDrift", () => {
  const before = (types: string[]): RecordedTable => ({
    format: "arrow",
    arrow_schema: "",
    columns: [{ column: "x", types, mask: "keep", stays: true }],
  });
  const plan = (type: string) => ({
    transforms: [],
    checks: [],
    schema: new Schema([new Field("s", new Struct([]))]),
    columns: [{ column: "x", type, mask: "keep" }],
    partition: [],
  });
  it.each([
    [["Utf8"], "LargeUtf8", true],
    [["Dictionary<Int32, Utf8>"], "Utf8View", true],
    [["Utf8"], "Dictionary<Int16, Utf8>", true],
    [["Binary"], "LargeBinary", true],
    [["Int32", "Int64"], "Int64", true],
    [["(folder)"], "Int64", true],
    [["Utf8"], "Binary", false],
    [["Int64"], "Dictionary<Int32, Utf8>", false],
    [["Timestamp<MICROSECOND>"], "Timestamp<MILLISECOND>", false],
    [["Bool"], "Int8", false],
  ])("%j to %s: %j", (types, type, same) => {
    const refused = () => refuseDrift(before(types), plan(type), "f");
    if (same) refused();
    else expect(refused).toThrow("f");
  });
});
