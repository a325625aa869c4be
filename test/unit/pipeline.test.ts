import { Int32, type RecordBatch, Table, Utf8, vectorFromArray } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { cellsOf, dropLeaf, withCells, withoutLeaf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import { maskStream } from "../../src/pipeline.ts";
import { collect } from "../../src/stream.ts";
import type { BatchStream, Masked, Transform } from "../../src/types.ts";

const batch = (i: number): RecordBatch =>
  new Table({
    id: vectorFromArray([i, i + 1], new Int32()),
    name: vectorFromArray([`n${i}`, null], new Utf8()),
    note: vectorFromArray([`about n${i}`, "nobody"], new Utf8()),
  }).batches[0] as RecordBatch;

const streamOf = (...batches: readonly RecordBatch[]): BatchStream => ({
  schema: batches[0]!.schema,
  batches: (async function* () {
    yield* batches;
  })(),
});

/** Writes `leaf` from what it sees of `seen`. */
const step = (leaf: string, seen: string, mask: (text: string) => string): Transform => ({
  name: `test ${leaf}`,
  reads: [leaf, seen],
  writes: [leaf],
  byValue: false,
  plan: (schema) => schema,
  apply: async (input) =>
    withCells(
      input,
      leaf,
      cellsOf(input, seen).cells.map((cell) => (cell === null ? null : (mask(String(cell)) as Masked))),
      new Utf8(),
    ),
});

const dropping = (leaf: string): Transform => ({
  name: `drop ${leaf}`,
  reads: [leaf],
  writes: [leaf],
  byValue: true,
  plan: (schema) => withoutLeaf(schema, leaf),
  apply: async (input) => dropLeaf(input, leaf),
});

describe("maskStream", () => {
  it("shows every step the batch as it was read, whatever the order of the steps", async () => {
    const steps = [
      step("name", "note", (text) => text.toUpperCase()),
      step("note", "name", (text) => `<${text}>`),
      dropping("id"),
    ];
    for (const order of [steps, [...steps].reverse()]) {
      const masked = maskStream(streamOf(batch(1)), order);
      expect(masked.schema.fields.map(({ name }) => name)).toEqual(["name", "note"]);
      const [out] = await collect(masked.batches);
      expect(out!.schema).toBe(masked.schema);
      expect(cellsOf(out!, "name").cells).toEqual(["ABOUT N1", "NOBODY"]);
      expect(cellsOf(out!, "note").cells).toEqual(["<n1>", null]);
    }
  });

  it("shares what no step writes", async () => {
    const input = batch(1);
    const [out] = await collect(maskStream(streamOf(input), [step("note", "note", () => "x")]).batches);
    expect(out!.getChild("id")!.data[0]!.values).toBe(input.getChild("id")!.data[0]!.values);
  });

  it("keeps rows in order and reads no further ahead than asked", async () => {
    let [read, ahead, seen] = [0, 0, 0];
    const input: BatchStream = {
      schema: batch(0).schema,
      batches: (async function* () {
        for (let i = 0; i < 40; i++) {
          ahead = Math.max(ahead, ++read - seen);
          yield batch(i);
        }
      })(),
    };
    const slow = {
      ...step("note", "note", (text) => text),
      async apply(input: RecordBatch) {
        await new Promise((done) => setTimeout(done, Math.random() * 3));
        return input;
      },
    };
    for await (const out of maskStream(input, [slow], undefined, 3).batches)
      expect(cellsOf(out, "id").cells[0]).toBe(seen++);
    expect(seen).toBe(40);
    expect(ahead).toBeLessThanOrEqual(4);
  });

  it("refuses two steps for one column before it reads", () => {
    const twice = [step("note", "note", (text) => text), dropping("note")];
    expect(() => maskStream(streamOf(batch(0)), twice)).toThrow(new MaskingError("RULE_DUPLICATE", { column: "note" }));
  });

  it("ends with the first error and gives no batch after it", async () => {
    let calls = 0;
    const failing = {
      ...step("note", "note", (text) => text),
      apply: async (b: RecordBatch) => {
        if (++calls === 3) throw new MaskingError("DETECTOR_FAILED", { column: "note" });
        return b;
      },
    };
    const given: RecordBatch[] = [];
    const reading = async () => {
      for await (const out of maskStream(streamOf(...Array.from({ length: 9 }, (_, i) => batch(i))), [failing]).batches)
        given.push(out);
    };
    await expect(reading()).rejects.toMatchObject({ code: "DETECTOR_FAILED", recovery: "retry" });
    expect(given).toHaveLength(2);
  });

  it("stops when its run is stopped", async () => {
    const stop = new AbortController();
    stop.abort(new MaskingError("STOPPED"));
    const { newTally } = await import("../../src/report.ts");
    const stopped = maskStream(streamOf(batch(0)), [], { tally: newTally(), signal: stop.signal });
    await expect(collect(stopped.batches)).rejects.toMatchObject({ code: "STOPPED" });
  });
});
