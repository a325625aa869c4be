import { Field, type RecordBatch, Schema, Utf8 } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parquetFormat } from "../../connectors/parquet/format.ts";
import { readParquet } from "../../connectors/parquet/read.ts";
import { batchOf, cellsOf } from "../../src/batch.ts";
import { writeCells } from "../../src/columns.ts";
import { MaskingError } from "../../src/errors.ts";
import { newTally } from "../../src/report.ts";
import { bytesOf, collect } from "../../src/stream.ts";
import { maskPart, touchedBy } from "../../src/table.ts";
import type { Apart, BatchStream, Cell, Leaf, Tally } from "../../src/types.ts";
import { maskColumn } from "../../transforms/column.ts";
import { cellOperator } from "../../transforms/operators/operators.ts";
import { type LeafRule, leafMask, lengths, texts, touching } from "../fakes/leaf-mask.ts";
import { masking } from "../fakes/masking.ts";
import { joined, memoryObject } from "../fakes/object.ts";
import { madeFile } from "../fakes/parquet-made.ts";

/** As users have it: threads start from the built files. */
const built = async <T>(path: string): Promise<T> => import(new URL(`../../dist/${path}`, import.meta.url).href);

const KEY = "a-key-for-tests-only-0123456789abcdef";
const ROWS = 12_000;
/** Few values and then ever new ones, which ends a dictionary; nulls in between. */
const note = (row: number): string | null => {
  if (row % 9 === 4) return null;
  return row < 4000 ? `one of ${row % 7} notes` : `Nóte ${row} ${"wörds ".repeat(30 + (row % 90))}`;
};

async function* batches(): AsyncGenerator<RecordBatch> {
  for (let from = 0; from < ROWS; from += 1000) {
    const rows = Array.from({ length: 1000 }, (_, i) => from + i);
    const columns = [rows.map(note), rows.map((row) => `${row * 7919} ${"x".repeat(row % 300)}`)];
    yield batchOf(
      schema,
      columns.map((cells) => writeCells(cells, new Utf8(), "")),
      1000,
    );
  }
}
const schema = new Schema([new Field("note", new Utf8(), true), new Field("code", new Utf8(), true)]);

let large: Uint8Array;
beforeAll(async () => {
  large = await bytesOf(parquetFormat().write({ schema, batches: batches() }));
});

type Mask = (stream: BatchStream) => BatchStream;

/** Another thread as far as a format can tell: all that goes over is cloned, and its memory moved. */
function elsewhere(leaves: readonly Leaf[], mask: Mask, takes: (part: number) => boolean = () => true) {
  const asked: string[][] = [];
  const apart: Apart = {
    leaves: new Set(leaves),
    width: 3,
    ask(wanted, part) {
      asked.push([...wanted]);
      if (!takes(asked.length)) return undefined;
      const sent = part();
      const work = structuredClone(sent.work, { transfer: [...sent.moved] });
      return parquetFormat().part!(work, mask).then((made) =>
        structuredClone(made.work, { transfer: [...made.moved] }),
      );
    },
  };
  return { apart, asked };
}

async function rewritten(source: Uint8Array, rules: Readonly<Record<Leaf, LeafRule>>, apart?: Apart) {
  let rows = 0;
  const count = (more: number) => {
    rows += more;
  };
  const pieces = parquetFormat().rewrite(memoryObject(source), touching(rules), leafMask(rules), count, apart);
  return { bytes: await joined(pieces, source), rows };
}

describe("parts of a file that are made elsewhere", () => {
  const upper: LeafRule = { cell: (cell) => String(cell).toUpperCase() };
  it.each<[string, () => Uint8Array, Readonly<Record<Leaf, LeafRule>>, (part: number) => boolean]>([
    ["all of them", () => large, { note: lengths, code: upper }, () => true],
    ["every third", () => large, { note: upper, code: lengths }, (part) => part % 3 === 0],
    [
      "of a leaf that becomes text",
      () => madeFile(),
      { id: texts, age: texts, note: lengths, weight: texts },
      () => true,
    ],
    ["of a leaf that becomes null here and there", () => large, { note: sometimes("Nóte 50", true) }, () => true],
  ])("leave its bytes as they are: %s", async (_, source, rules, takes) => {
    const { apart, asked } = elsewhere(Object.keys(rules), leafMask(rules), takes);
    const here = await rewritten(source(), rules);
    const there = await rewritten(source(), rules, apart);
    expect(Buffer.compare(there.bytes, here.bytes)).toBe(0);
    expect(there.rows).toBe(here.rows);
    expect(asked.length).toBeGreaterThan(2);
  });

  it("hold no leaf whose mask is not there", async () => {
    const { apart, asked } = elsewhere(["code"], leafMask({ code: lengths }));
    await rewritten(large, { note: lengths, code: lengths }, apart);
    expect(new Set(asked.flat())).toEqual(new Set(["code"]));
  });

  it("are masked as the whole is", async () => {
    const { apart } = elsewhere(["note"], leafMask({ note: lengths }));
    const { bytes } = await rewritten(large, { note: lengths }, apart);
    const read = await collect((await readParquet(memoryObject(bytes), ["note"])).batches);
    const expected = Array.from({ length: ROWS }, (_, row) => note(row)).map((text) => text && `M${text.length}`);
    expect(read.flatMap((batch) => cellsOf(batch, "note").cells)).toEqual(expected);
  });
});

/** Null, or an error as an operator throws it, for texts that begin so. */
function sometimes(start: string, empty: boolean): LeafRule {
  const cell = (value: Cell) => {
    if (!String(value).startsWith(start)) return value;
    if (empty) return null;
    throw new MaskingError("CELL_UNEXAMINED", { column: "note" });
  };
  return { cell, nullable: true };
}

describe("a cell that cannot be masked", () => {
  const zips = (bad: number) =>
    Array.from({ length: 1000 }, (_, row) => (row % 6 === 1 ? null : row === bad ? "nowhere" : `${10_000 + row}`));
  const step = maskColumn({ leaf: "zip", operator: cellOperator({ mask: "zip" }, masking()), onError: "fail" });
  const run = { tally: newTally(), signal: new AbortController().signal };
  const mask: Mask = (stream) => maskPart(stream, [step], run);

  it.each([0, 399, 402, 900])("is told by its row of the file: %i", async (bad) => {
    const source = new Uint8Array(
      parquetWriteBuffer({
        columnData: [{ name: "zip", data: zips(bad), type: "STRING", encoding: "PLAIN" }],
        rowGroupSize: [400, 350, 250],
        pageSize: 500,
      }),
    );
    for (const apart of [undefined, elsewhere(["zip"], mask).apart]) {
      const touched = touchedBy([step]);
      const pieces = parquetFormat().rewrite(memoryObject(source), touched, mask, undefined, apart);
      const place = { column: "zip", row: bad + 1 };
      await expect(joined(pieces, source)).rejects.toEqual(new MaskingError("CELL_UNEXAMINED", place));
    }
  });
});

describe("threads", async () => {
  const { openRules, maskTable } = await built<typeof import("../../src/index.ts")>("src/index.js");
  const { openWorkers } = await built<typeof import("../../src/workers/workers.ts")>("src/workers/workers.js");
  const { parquetFormat: format } =
    await built<typeof import("../../connectors/parquet/format.ts")>("connectors/parquet/format.js");
  const job = { version: 1, columns: { note: "hash", code: { mask: "text" } } } as const;
  const { rules, policy, stepsFor } = await openRules(job, { key: KEY });
  const workers = openWorkers({ job, key: KEY, policy }, rules, 3, 0);
  afterAll(() => workers.close());

  it("make the parts of columns whose rules they have, and count them", async () => {
    const steps = stepsFor(schema).filter(({ name }) => name.startsWith("hash"));
    const run = async (apart: (tally: Tally) => Apart | undefined) => {
      const tally = newTally();
      const { signal } = new AbortController();
      const pieces = maskTable(format(), memoryObject(large), steps, { tally, signal }, undefined, 2, apart(tally));
      return { bytes: await joined(pieces, large), counts: tally.counts() };
    };
    const here = await run(() => undefined);
    let there = 0;
    for (let turn = 0; turn < 200 && there === 0; turn++) {
      const spread = await run((tally) => {
        const apart = workers.apart("parquet", { tally, signal: new AbortController().signal })!;
        expect([...apart.leaves]).toEqual(["note"]);
        const ask: Apart["ask"] = (leaves, part) => {
          const answer = apart.ask(leaves, part);
          if (answer) there += 1;
          return answer;
        };
        return { ...apart, ask };
      });
      expect(Buffer.compare(spread.bytes, here.bytes)).toBe(0);
      expect(spread.counts).toEqual(here.counts);
    }
    expect(there).toBeGreaterThan(0);
  });

  it.each([1, 2])("are none where %i processors are busy without them", (count) => {
    const none = openWorkers({ job, key: KEY, policy }, rules, count);
    expect(none.apart("parquet", { tally: newTally(), signal: new AbortController().signal })).toBeUndefined();
  });
});
