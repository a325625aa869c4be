import {
  type DataType,
  Dictionary,
  Field,
  FixedSizeList,
  Int8,
  Int32,
  LargeUtf8,
  List,
  makeData,
  type RecordBatch,
  Schema,
  Uint16,
  Utf8,
  Utf8View,
  vectorFromArray,
} from "apache-arrow";
import { afterAll, describe, expect, it } from "vitest";
import { batchOf, COUNTS, cellsOf } from "../../src/batch.ts";
import { writeCells } from "../../src/columns.ts";
import { MaskingError } from "../../src/errors.ts";
import type { JobFile } from "../../src/jobfile.ts";
import { collect } from "../../src/stream.ts";
import type { Detector } from "../../src/types.ts";
import { columnsOf } from "../../src/workers/columns.ts";
import { errorOf, failureOf } from "../../src/workers/messages.ts";
import { packBatch, unpackBatch } from "../../src/workers/wire.ts";
import { tableOf } from "../fakes/tables.ts";

/** As users have it: threads start from the built files. */
const { maskStream, newTally, openRules } = (await import(
  new URL("../../dist/src/index.js", import.meta.url).href
)) as typeof import("../../src/index.ts");

const KEY = "a-key-for-tests-only-0123456789abcdef";
const TEXTS = ["Jane Roe, SSN 536-22-1234", null, "", "Zoë Müller 日本 called 206-555-0134"];

function column(name: string, type: DataType, values: readonly (string | null)[] = TEXTS): RecordBatch {
  const data = writeCells(values, type, name);
  return batchOf(new Schema([new Field(name, data.type, true)]), [data], values.length);
}

/** What another thread gets: a copy, as posting makes one. */
function sent(batch: RecordBatch): RecordBatch {
  const { batch: packed, moved } = packBatch(batch);
  return unpackBatch(structuredClone(packed, { transfer: [...moved] }));
}

function rowsOf(batch: RecordBatch): readonly unknown[] {
  return batch.schema.fields.map(({ name, type, nullable }, i) => [
    name,
    String(type),
    nullable,
    JSON.stringify([...(batch.getChildAt(i) ?? [])], (_, value) => (typeof value === "bigint" ? `${value}n` : value)),
  ]);
}

describe("a batch on its way to a thread", () => {
  it.each([
    new Utf8(),
    new LargeUtf8(),
    new Utf8View(),
    new Dictionary(new Utf8(), new Int8()),
    new Dictionary(new LargeUtf8(), new Uint16(), 7, true),
  ])("keeps texts of %s, and leaves its own buffers as they were", (type) => {
    const batch = column("note", type);
    const before = rowsOf(batch);
    expect(cellsOf(sent(batch), "note").cells).toEqual(TEXTS);
    expect(rowsOf(sent(batch))).toEqual(before);
    expect(rowsOf(batch)).toEqual(before);
  });

  it("keeps every column of a wide table, nested ones and nulls included", () => {
    const [batch] = tableOf(true, 1, 40);
    expect(rowsOf(sent(batch!))).toEqual(rowsOf(batch!));
    const triple = new FixedSizeList(2, new Field("x", new List(new Field("item", new Int32(), true)), true));
    const data = vectorFromArray([[[1], [2, null]], null, [null, []]], triple).data[0]!;
    const nested = batchOf(new Schema([new Field("v", triple, true)]), [data], 3);
    expect(rowsOf(sent(nested))).toEqual(rowsOf(nested));
  });

  it("takes of a slice no more than its own texts", () => {
    const whole = column("note", new Utf8(), ["planted secret", "b", null, "déjà", "planted secret"]);
    const part = sent(batchOf(whole.schema, [whole.data.children[0]!.slice(1, 3)], 3));
    expect(cellsOf(part, "note").cells).toEqual(["b", null, "déjà"]);
    expect(Buffer.from(part.data.children[0]!.values as Uint8Array).toString()).toBe("bdéjà");
  });

  it("is cut down to the columns that are read, and to counts", () => {
    const [batch] = tableOf(true, 1, 8);
    expect(columnsOf(["note", "home.line", "missing"])(batch!).schema.fields.map(({ name }) => name)).toEqual([
      "note",
      "home",
    ]);
    const counts = makeData({ type: new Int32(), data: Int32Array.of(3, 1, 1, 1) });
    const { schema, data } = column("note", new Utf8());
    const counted = batchOf(
      new Schema([...schema.fields, new Field(COUNTS, new Int32(), false)]),
      [data.children[0]!, counts],
      4,
    );
    expect(columnsOf(["note"])(counted).schema.fields.map(({ name }) => name)).toEqual(["note", COUNTS]);
  });
});

describe("an error on its way back", () => {
  it("keeps code and place of ours, and nothing but names and frames of others", () => {
    const ours = errorOf(structuredClone(failureOf(new MaskingError("CELL_UNEXAMINED", { column: "note", row: 3 }))));
    expect(ours).toEqual(new MaskingError("CELL_UNEXAMINED", { column: "note", row: 3 }));
    const foreign = errorOf(structuredClone(failureOf(new RangeError("Jane Roe is no number"))));
    expect(`${foreign.message} ${foreign.stack}`).not.toContain("Jane");
    expect(foreign.stack).toMatch(/^Error: a worker's RangeError\n {4}at /);
  });
});

const JOB: JobFile = {
  version: 1,
  policy: { unlisted: "keep" },
  columns: { name: "hash", note: { mask: "text", known: ["name"] } },
};
const SCHEMA = new Schema([new Field("name", new Utf8(), true), new Field("note", new Utf8(), true)]);

function notes(
  count: number,
  noteOf: (i: number) => string | null,
  second: (i: number) => string | null = () => null,
): RecordBatch[] {
  return Array.from({ length: count }, (_, i) => {
    const cells = [`Quillfeather${i}`, second(i), "Ana"];
    const texts = [noteOf(i), `Came back on 03/0${(i % 8) + 1}/2024`, null];
    const columns = [cells, texts].map((values, at) => writeCells(values, new Utf8(), `${at}`));
    return batchOf(SCHEMA, columns, 3);
  });
}

const stream = (batches: readonly RecordBatch[]) => ({
  schema: SCHEMA,
  batches: (async function* () {
    yield* batches;
  })(),
});

describe("workers", async () => {
  const rules = await openRules(JOB, { key: KEY });
  const workers = rules.openWorkers(3);
  afterAll(() => workers.close());
  const steps = rules.stepsFor(SCHEMA);

  it("answer as one thread does, in order, and count the same", async () => {
    const batches = notes(
      30,
      (i) => `Quillfeather${i} seen by Dr. Alvarez, MRN 4471${1000 + i}, call (206) 555-01${10 + i}`,
    );
    const [alone, spread] = await Promise.all(
      [steps, workers.spread(steps)].map(async (each) => {
        const run = { tally: newTally(), signal: new AbortController().signal };
        const masked = await collect(maskStream(stream(batches), each, run, workers.width).batches);
        return { rows: masked.map(rowsOf), counts: run.tally.counts() };
      }),
    );
    expect(spread).toEqual(alone);
    expect(spread!.counts.columns["note"]).toMatchObject({ cells: 90, masked: 60 });
    expect(JSON.stringify(spread!.rows)).not.toMatch(/Quillfeather|Alvarez|4471/);
  });

  it("move text to other threads, and leave what costs less than the way there", () => {
    const spread = workers.spread(steps);
    expect(spread.map((step, i) => [step.name, step === steps[i]])).toEqual([
      ["hash name", true],
      ["text note", false],
    ]);
    expect(rules.openWorkers(1).spread(steps)).toEqual(steps);
  });

  it("leave a detector of the caller's own where it is", async () => {
    const own: Detector = { name: "embedded", version: "1", detect: async (texts) => texts.map(() => []) };
    const mine = await openRules(JOB, { key: KEY, detectors: [own] });
    const its = mine.stepsFor(SCHEMA);
    expect(mine.openWorkers(3).spread(its)).toEqual(its);
  });

  it("throw what the step throws, with the row within the stream", async () => {
    const shifting = await openRules(
      {
        version: 1,
        policy: { profile: "expert_determination", subject: "name" },
        columns: { name: "keep", note: "text" },
        operators: { DATE: "shift" },
      },
      { key: KEY },
    );
    const threads = shifting.openWorkers(2);
    const shifts = threads.spread(shifting.stepsFor(SCHEMA));
    const batches = notes(
      40,
      () => "Seen on 03/04/2024",
      (i) => (i === 30 ? null : "Ben"), // who has no subject has no shift
    );
    const masked = maskStream(stream(batches), shifts, undefined, threads.width);
    const failed = await collect(masked.batches).catch(({ code, place }: MaskingError) => ({ code, place }));
    expect(failed).toMatchObject({ code: "CELL_UNEXAMINED", place: { column: "note", row: 92 } });
    await threads.close();
  });

  it("answer nothing more once they are closed", async () => {
    const threads = rules.openWorkers(2);
    const batches = notes(40, () => "Seen by Dr. Alvarez on 03/04/2024");
    const masked = maskStream(stream(batches), threads.spread(steps), undefined, threads.width);
    const reading = masked.batches[Symbol.asyncIterator]();
    await reading.next();
    await threads.close();
    await expect(collect({ [Symbol.asyncIterator]: () => reading })).rejects.toThrow("a worker thread ended");
  });
});
