import {
  Binary,
  DenseUnion,
  Dictionary,
  Field,
  Int8,
  Int32,
  Int64,
  IntervalDayTime,
  LargeUtf8,
  List,
  makeData,
  Schema,
  SparseUnion,
  Utf8,
  Utf8View,
  Vector,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { arrowFormat } from "../../connectors/arrow/format.ts";
import { batchOf, COUNTS, cellsOf, leafType, withCells } from "../../src/batch.ts";
import { writeCells } from "../../src/columns.ts";
import { collect } from "../../src/stream.ts";
import type { BatchStream } from "../../src/types.ts";
import { batchFrom, foreign, rowsOf, tableOf } from "../fakes/arrow-file.ts";
import { bytesBelow } from "../fakes/buffers.ts";
import { type LeafRule, leafMask, lengths, newSeen, nulls, texts, touching } from "../fakes/leaf-mask.ts";
import { joined, memoryObject } from "../fakes/object.ts";

const format = arrowFormat();

/** A rewrite of these bytes by these rules. */
async function rewritten(bytes: Uint8Array, rules: Record<string, LeafRule>, byValue = true, seen = newSeen()) {
  const pieces = format.rewrite(memoryObject(bytes), touching(rules, byValue), leafMask(rules, seen));
  return joined(pieces, bytes);
}

const coded = (
  values: readonly (string | null)[],
  dictionary: readonly string[],
  id = 3,
  width: Int8 | Int32 = new Int32(),
) => {
  const type = new Dictionary(new Utf8(), width, id);
  const indices = writeCells(
    values.map((value) => (value === null ? null : dictionary.indexOf(value))),
    width,
    "d",
  );
  return makeData({
    type,
    length: values.length,
    nullCount: indices.nullCount,
    nullBitmap: indices.nullBitmap,
    data: indices.values,
    dictionary: new Vector([writeCells(dictionary, new Utf8(), "d")]),
  } as never);
};

const codedBatch = (name: string, data: ReturnType<typeof coded>) =>
  batchOf(new Schema([new Field(name, data.type, true)]), [data], data.length);

describe("columns that no mask touches", () => {
  const text = new Field("text", new Utf8(), true);
  const number = new Field("number", new Int32(), true);
  const parts = [writeCells(["a", "b", "c"], new Utf8(), "t"), writeCells([1, 2, 3], new Int32(), "n")];
  const sparse = new SparseUnion([0, 1], [text, number]);
  const dense = new DenseUnion([0, 1], [text, number]);
  const schema = new Schema([
    new Field("same", new Utf8(), true),
    new Field("same", new Int32(), true),
    new Field("either", sparse, true),
    new Field("or", dense, true),
    new Field("span", new IntervalDayTime(), true),
    new Field("note", new Utf8(), true),
  ]);
  const typeIds = Int8Array.of(0, 1, 0);
  const batch = batchOf(
    schema,
    [
      ...parts,
      makeData({ type: sparse, length: 3, typeIds, children: parts } as never),
      makeData({ type: dense, length: 3, typeIds, valueOffsets: Int32Array.of(0, 1, 2), children: parts } as never),
      makeData({ type: new IntervalDayTime(), length: 3, data: Int32Array.of(1, 2, 3, 4, 5, 6) } as never),
      writeCells(["x", "y", "z"], new Utf8(), "note"),
    ],
    3,
  );

  it("keep their bytes whatever their type and name", async () => {
    const bytes = await joined(arrowFormat({ container: "stream" }).write({ schema, batches: stream([batch]) }));
    const output = await rewritten(bytes, { note: lengths });
    const [before] = await collect((await format.read(memoryObject(bytes))).batches);
    const [after] = await collect((await format.read(memoryObject(output))).batches);
    for (let i = 0; i < 5; i++) {
      const [left, right] = [before!.data.children[i]!, after!.data.children[i]!];
      expect(String(right.type)).toBe(String(left.type));
      expect(Buffer.from(right.values ?? right.typeIds)).toEqual(Buffer.from(left.values ?? left.typeIds));
    }
    expect(cellsOf(after!, "note").cells).toEqual(["M1", "M1", "M1"]);
    expect([...new Vector([after!.data.children[3]!])]).toEqual(["a", 2, "c"]);
  });

  it("are refused where a rule names what cannot be masked", async () => {
    const bytes = await joined(format.write({ schema, batches: stream([batch]) }));
    await expect(rewritten(bytes, { same: lengths })).rejects.toMatchObject({ code: "COLUMN_DUPLICATE" });
    for (const column of ["either", "or", "span"]) {
      await expect(rewritten(bytes, { [column]: lengths })).rejects.toMatchObject({
        code: "COLUMN_TYPE",
        place: { column },
      });
      expect(tableOf(await rewritten(bytes, { [column]: "drop" })).schema.names).not.toContain(column);
    }
  });
});

describe("dictionary columns", () => {
  const values = ["Ann", "Bob", null, "Ann", "Cy"];
  const bytes = foreign([codedBatch("d", coded(values, ["Ann", "Bob", "Cy", "Unused Quillfeather"]))]);

  it("keep their type, with the masked values alone", async () => {
    for (const container of ["stream", "file"] as const) {
      const input = foreign([codedBatch("d", coded(values, ["Ann", "Bob", "Cy", "Unused Quillfeather"]))], container);
      for (const byValue of [true, false]) {
        const output = await rewritten(input, { d: lengths }, byValue);
        expect(rowsOf(output).map(({ d }) => d)).toEqual(["M3", "M3", null, "M3", "M2"]);
        expect(String(tableOf(output).schema.fields[0])).toBe("d: Dictionary<Int32, Utf8>");
        expect([...tableOf(output).getChildAt(0)!.data[0]!.dictionary!]).toEqual(["M3", "M2"]);
        expect(Buffer.from(output).includes("Quillfeather")).toBe(false);
      }
    }
  });

  it("by value, show each value once with its count, and no value that no row has", async () => {
    const seen = newSeen();
    await rewritten(bytes, { d: lengths }, true, seen);
    expect(seen.leaves).toEqual([["d", COUNTS]]);
    expect(seen.cells.get("d")).toEqual(["Ann", "Bob", "Cy"]);
    expect(seen.counts).toEqual([2, 1, 1]);
  });

  it("not by value, come row by row with what else is read", async () => {
    const seen = newSeen();
    await rewritten(bytes, { d: { ...(lengths as object), aligned: true } as LeafRule }, true, seen);
    expect(seen.leaves).toEqual([["d"]]);
    expect(seen.cells.get("d")).toEqual(values);
  });

  it("may be replaced from batch to batch in a stream", async () => {
    const batches = [["a", "b"], ["long", "b"], [null, null], ["b"]].map((rows, i) =>
      codedBatch("d", coded(rows, i === 1 ? ["long", "b"] : ["a", "b"])),
    );
    const output = await rewritten(foreign(batches), { d: lengths });
    expect(rowsOf(output).map(({ d }) => d)).toEqual(["M1", "M1", "M4", "M1", null, null, "M1"]);
  });

  it("may grow by deltas", async () => {
    const chunks = [writeCells(["a"], new Utf8(), "d"), writeCells(["bb"], new Utf8(), "d")];
    const type = new Dictionary(new Utf8(), new Int32(), 3);
    const part = (indices: number[], count: number) =>
      codedBatch(
        "d",
        makeData({
          type,
          length: indices.length,
          data: Int32Array.from(indices),
          dictionary: new Vector(chunks.slice(0, count)),
        } as never) as never,
      );
    const output = await rewritten(foreign([part([0, 0], 1), part([1, 0], 2)]), { d: lengths });
    expect(rowsOf(output).map(({ d }) => d)).toEqual(["M1", "M1", "M2", "M1"]);
  });

  it("without a value still have a dictionary", async () => {
    for (const container of ["stream", "file"] as const) {
      const output = await rewritten(foreign([codedBatch("d", coded([null, null], ["Ann"]))], container), {
        d: lengths,
      });
      expect(rowsOf(output).map(({ d }) => d)).toEqual([null, null]);
    }
  });

  it("that share a dictionary come apart when one is masked", async () => {
    const shared = coded(["Ann", "Bob"], ["Ann", "Bob"]);
    const other = makeData({
      type: shared.type,
      length: 2,
      data: Int32Array.of(0, 1), // apache-arrow joins views of one buffer wrongly
      dictionary: shared.dictionary,
    } as never);
    const schema = new Schema([new Field("kept", shared.type, true), new Field("masked", shared.type, true)]);
    const input = foreign([batchOf(schema, [shared, other as never], 2)]);
    const output = await rewritten(input, { masked: lengths });
    expect(rowsOf(output)).toEqual([
      { kept: "Ann", masked: "M3" },
      { kept: "Bob", masked: "M3" },
    ]);
    expect(Buffer.from(await rewritten(input, { masked: lengths, kept: lengths })).includes("Ann")).toBe(false);
    expect(Buffer.from(await rewritten(input, { masked: "drop", kept: "drop" })).includes("Ann")).toBe(false);
  });

  it("widen their indices only where a mask needs the row", async () => {
    const narrow = foreign([codedBatch("d", coded(values, ["Ann", "Bob", "Cy"], 3, new Int8()))]);
    const typeAfter = async (byValue: boolean) =>
      String(tableOf(await rewritten(narrow, { d: lengths }, byValue)).schema.fields[0]!.type);
    expect(await typeAfter(true)).toBe("Dictionary<Int8, Utf8>");
    expect(await typeAfter(false)).toBe("Dictionary<Int32, Utf8>");
  });

  it("may become plain columns", async () => {
    for (const byValue of [true, false]) {
      const output = await rewritten(bytes, { d: texts }, byValue);
      expect(String(tableOf(output).schema.fields[0])).toBe("d: Utf8");
      expect(rowsOf(output).map(({ d }) => d)).toEqual(["#Ann", "#Bob", null, "#Ann", "#Cy"]);
    }
  });

  it("are masked within lists", async () => {
    const child = coded(["Ann", "Bob", "Ann"], ["Ann", "Bob"]);
    const type = new List(new Field("item", child.type, true));
    const data = makeData({ type, length: 2, valueOffsets: Int32Array.of(0, 1, 3), child } as never);
    const output = await rewritten(foreign([batchOf(new Schema([new Field("l", type, true)]), [data], 2)]), {
      l: lengths,
    });
    expect(rowsOf(output).map(({ l }) => l)).toEqual([["M3"], ["M3", "M3"]]);
    expect(String(tableOf(output).schema.fields[0]!.type)).toBe("List<Dictionary<Int32, Utf8>>");
  });
});

describe("what else a rewrite keeps", () => {
  const about = new Map([
    ["about", "all"],
    [
      "pandas",
      JSON.stringify({
        index_columns: [],
        columns: [{ name: "n", pandas_type: "int64", numpy_type: "int64", metadata: null }],
      }),
    ],
  ]);
  const batch = batchFrom(
    [
      ["n", new Int64(), [1n, null, 3n]],
      ["t", new LargeUtf8(), ["a", "b", null]],
      ["v", new Utf8View(), ["a", null, "long enough to be apart"]],
    ],
    about,
  );

  it("metadata of the table and its fields", async () => {
    const { schema } = tableOf(await rewritten(foreign([batch]), { t: lengths, v: lengths }));
    expect(schema.metadata).toEqual(about);
    expect(schema.fields.map(({ metadata }) => metadata.get("of"))).toEqual(["n", "t", "v"]);
    expect(schema.fields.map(({ type }) => String(type))).toEqual(["Int64", "LargeUtf8", "Utf8View"]);
  });

  it("all of it that still holds where a type changes", async () => {
    const typed = batchFrom([["n", new Int64(), [1n]]], about);
    typed.schema.fields[0]!.metadata.set("ARROW:extension:name", "my.type");
    const { schema } = tableOf(await rewritten(foreign([typed]), { n: texts }));
    expect(schema.fields[0]!.metadata).toEqual(new Map([["of", "n"]]));
    expect(schema.metadata.get("about")).toBe("all");
    expect(JSON.parse(schema.metadata.get("pandas")!).columns).toEqual([
      { name: "n", pandas_type: "unicode", numpy_type: "object", metadata: null },
    ]);
  });

  it("the container and the compression", async () => {
    for (const container of ["stream", "file"] as const) {
      for (const compression of ["lz4", "zstd"] as const) {
        const long = batchFrom([
          ["a", new Utf8(), Array.from({ length: 500 }, () => "the same words again and again")],
          ["b", new Utf8(), new Array(500).fill("x")],
        ]);
        const bytes = await joined(
          arrowFormat({ container, compression }).write({ schema: long.schema, batches: stream([long]) }),
        );
        const output = await rewritten(bytes, { a: { cell: (cell) => `<${cell}>` } });
        expect(output.length).toBeLessThan(bytes.length + 400);
        expect(Buffer.from(output.subarray(0, 6)).toString() === "ARROW1").toBe(container === "file");
        const cells = await collect((await format.read(memoryObject(output))).batches);
        expect(cells.flatMap((one) => cellsOf(one, "a").cells)[499]).toBe("<the same words again and again>");
      }
    }
  });
});

describe("the mask's answers", () => {
  const many = batchFrom([
    ["n", new Int32(), Array.from({ length: 40_000 }, (_, i) => i)],
    ["t", new Utf8(), Array.from({ length: 40_000 }, (_, i) => (i % 3 ? `t${i}` : null))],
  ]);
  const tags = Array.from({ length: 40_000 }, (_, i) =>
    Array.from({ length: i % 4 }, (_, k) => (k === 2 ? null : `v${i}`)),
  );
  const nested = batchFrom([["l", new List(new Field("item", new Utf8(), true)), tags]]);
  const dictionary = codedBatch(
    "d",
    coded(
      Array.from({ length: 40_000 }, (_, i) => `c${i % 5}`),
      ["c0", "c1", "c2", "c3", "c4"],
    ),
  );

  it("come in windows of a large batch and are joined again", async () => {
    const seen = newSeen();
    const after = rowsOf(await rewritten(foreign([many]), { t: lengths }, true, seen));
    expect(seen.leaves.length).toBeGreaterThan(1);
    expect(after.length).toBe(40_000);
    expect(after.every(({ n, t }, i) => n === i && t === (i % 3 ? `M${`t${i}`.length}` : null))).toBe(true);
    const lists = rowsOf(await rewritten(foreign([nested]), { l: lengths }));
    expect(
      lists.every(({ l }, i) => JSON.stringify(l) === JSON.stringify(tags[i]!.map((tag) => tag && `M${tag.length}`))),
    ).toBe(true);
    const codes = rowsOf(
      await rewritten(foreign([dictionary]), { d: { ...(lengths as object), aligned: true } as LeafRule }),
    );
    expect(codes.every(({ d }) => d === "M2")).toBe(true);
  });

  it("must be as many batches of as many rows", async () => {
    const bytes = foreign([many]);
    const short = ({ schema, batches }: BatchStream): BatchStream => ({
      schema,
      batches: (async function* () {
        for await (const batch of batches) yield batch.slice(1);
      })(),
    });
    const none = ({ schema }: BatchStream): BatchStream => ({ schema, batches: stream([]) });
    const twice = ({ schema, batches }: BatchStream): BatchStream => ({
      schema,
      batches: (async function* () {
        for await (const batch of batches) yield batch;
        yield many;
      })(),
    });
    for (const mask of [short, none, twice]) {
      const touched = { reads: ["t"], writes: ["t"], byValue: [] };
      await expect(joined(format.rewrite(memoryObject(bytes), touched, mask))).rejects.toMatchObject({
        code: "CHECK_FAILED",
      });
    }
  });

  it("must be of the planned type", async () => {
    const mask = ({ schema, batches }: BatchStream): BatchStream => ({
      schema,
      batches: (async function* () {
        for await (const batch of batches) {
          yield withCells(batch, "t", cellsOf(batch, "t").cells as never, new LargeUtf8());
        }
      })(),
    });
    const touched = { reads: ["t"], writes: ["t"], byValue: [] };
    await expect(joined(format.rewrite(memoryObject(foreign([many])), touched, mask))).rejects.toMatchObject({
      code: "COLUMN_TYPE",
    });
  });

  it("may look far ahead", async () => {
    const batches = Array.from({ length: 9 }, (_, i) =>
      batchFrom([
        ["t", new Utf8(), [`${i}`]],
        ["d", new Utf8(), ["k"]],
      ]),
    );
    const eager = (inner: (stream: BatchStream) => BatchStream) => (input: BatchStream) => {
      const { schema, batches: answers } = inner(input);
      return {
        schema,
        batches: (async function* () {
          yield* await collect(answers);
        })(),
      };
    };
    const mask = eager(leafMask({ t: lengths, d: lengths }));
    const output = await joined(
      format.rewrite(memoryObject(foreign(batches)), touching({ t: lengths, d: lengths }), mask),
    );
    expect(rowsOf(output)).toEqual(batches.map(() => ({ t: "M1", d: "M1" })));
  });

  it("may be null where the column was required, if the plan says so", async () => {
    const required = batchOf(new Schema([new Field("t", new Utf8(), false)]), [writeCells(["a"], new Utf8(), "t")], 1);
    const output = await rewritten(foreign([required]), { t: nulls });
    expect(tableOf(output).schema.fields[0]!.nullable).toBe(true);
    expect(rowsOf(output)).toEqual([{ t: null }]);
    const unplanned = { ...(nulls as object), nullable: false } as LeafRule;
    await expect(rewritten(foreign([required]), { t: unplanned })).rejects.toMatchObject({ code: "COLUMN_TYPE" });
  });
});

describe("no side doors", () => {
  it("bytes outside of a kept column's buffers are not copied", async () => {
    const batch = batchFrom([
      ["a", new Utf8(), ["abc"]],
      ["b", new Utf8(), ["xyz"]],
      ["c", new Utf8(), ["uvw"]],
    ]);
    const bytes = Buffer.from(await joined(format.write({ schema: batch.schema, batches: stream([batch]) })));
    const at = bytes.indexOf("abc") + 3;
    bytes.write("LEAK", at); // padding behind the value
    expect(rowsOf(bytes)).toEqual([{ a: "abc", b: "xyz", c: "uvw" }]);
    const output = await rewritten(bytes, { c: lengths });
    expect(rowsOf(output)).toEqual([{ a: "abc", b: "xyz", c: "M3" }]);
    expect(Buffer.from(output).includes("LEAK")).toBe(false);
  });

  it("a kept column that shares bytes with a masked one is refused", async () => {
    const bytes = Buffer.from(
      foreign([
        batchFrom([
          ["a", new Binary(), [Buffer.from("abc")]],
          ["b", new Binary(), [Buffer.from("Ann")]],
        ]),
      ]),
    );
    // The buffers are (offset, length) pairs; the last one, b's values, takes over the place of a's.
    const region = Buffer.alloc(16);
    region.writeBigInt64LE(BigInt(bytes.indexOf("Ann") - bytes.indexOf("abc") + 8));
    region.writeBigInt64LE(8n, 8);
    const last = bytes.lastIndexOf(region);
    expect(last).toBeGreaterThan(0);
    bytes.writeBigInt64LE(8n, last);
    await expect(rewritten(bytes, { b: { cell: () => Buffer.from("X") } })).rejects.toMatchObject({
      code: "INPUT_MALFORMED",
    });
  });

  it("rows that were sliced away are not written", async () => {
    const cells = ["Quillfeather, kept apart by length", "second", "third"];
    for (const type of [new Utf8(), new Utf8View(), new Dictionary(new Utf8(), new Int32())]) {
      const whole = batchFrom([
        ["t", type, cells],
        ["l", new List(new Field("item", type, true)), cells.map((cell) => [cell])],
      ]);
      expect(bytesBelow(whole.slice(1).data.children[0]!).includes("Quill")).toBe(true);
      for (const container of ["stream", "file"] as const) {
        const output = await joined(
          arrowFormat({ container }).write({ schema: whole.schema, batches: stream([whole.slice(1)]) }),
        );
        expect(Buffer.from(output).includes("Quill")).toBe(false);
        const batches = await collect((await format.read(memoryObject(output))).batches);
        expect(batches.flatMap((batch) => cellsOf(batch, "t").cells)).toEqual(["second", "third"]);
        expect(batches.flatMap((batch) => cellsOf(batch, "l").cells)).toEqual(["second", "third"]);
        expect(String(leafType(await format.schema(memoryObject(output)), "t")!.type)).toBe(String(type));
      }
    }
  });
});

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
