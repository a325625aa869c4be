import {
  Binary,
  BinaryView,
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationMicrosecond,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int8,
  Int32,
  Int64,
  IntervalYearMonth,
  LargeBinary,
  LargeList,
  LargeUtf8,
  List,
  Map_,
  makeData,
  Null,
  type RecordBatch,
  Schema,
  Struct,
  TimeMicrosecond,
  TimeSecond,
  TimestampNanosecond,
  Uint16,
  Uint64,
  Utf8,
  Utf8View,
  Vector,
} from "apache-arrow";
import { describe, expect, it, test } from "vitest";
import {
  batchOf,
  COUNTS,
  cellsOf,
  countsOf,
  dropLeaf,
  graftLeaf,
  leafType,
  withCells,
  withLeafType,
  withoutLeaf,
} from "../../src/batch.ts";
import { writeCells } from "../../src/columns.ts";
import type { Cell, MaskedValue } from "../../src/types.ts";
import { bytesBelow } from "../fakes/buffers.ts";

const masked = (cells: readonly (Cell | null)[]) => cells as readonly (MaskedValue | null)[];

function column(name: string, type: DataType, cells: readonly (Cell | null)[], nullable = true): RecordBatch {
  return batchOf(new Schema([new Field(name, type, nullable)]), [writeCells(cells, type, name)], cells.length);
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

const FLAT: readonly (readonly [DataType, readonly (Cell | null)[]])[] = [
  [new Utf8(), ["a", "", "Größe", null, "naïve “quoted” 日本 👩‍⚕️", "plain"]],
  [new Utf8(), ["only", null, "ascii"]],
  [new LargeUtf8(), ["a", null, "é"]],
  [new Utf8View(), ["short", null, "longer than twelve bytes", "", "twelve bytes"]],
  [new Dictionary(new Utf8(), new Int32()), ["x", "y", null, "x"]],
  [new Dictionary(new LargeUtf8(), new Int8()), ["x", null, "é"]],
  [new Dictionary(new Int64(), new Uint16()), [1n, 2n, null, 1n]],
  [new Binary(), [bytes("\u0000\u00ff"), null, bytes("")]],
  [new LargeBinary(), [bytes("ab"), null]],
  [new BinaryView(), [bytes("ab"), null, bytes("longer than twelve bytes")]],
  [new FixedSizeBinary(3), [bytes("abc"), null, bytes("xyz")]],
  [new Int8(), [-128, 127, null]],
  [new Uint16(), [65535, 0, null]],
  [new Int32(), [-1, null, 2147483647]],
  [new Int64(), [-(2n ** 63n), null, 2n ** 53n + 1n]],
  [new Uint64(), [2n ** 64n - 1n, null]],
  [new Float16(), [1.5, -0.25, null, 65504, 2 ** -24, Number.POSITIVE_INFINITY]],
  [new Float32(), [0.5, null]],
  [new Float64(), [0.1, null, Number.NaN, -0]],
  [new Bool(), [true, false, null, true, true, false, true, true, true, false]],
  [new DateDay(), [-1, null, 20000]],
  [new DateMillisecond(), [86_400_000n, null]],
  [new TimestampNanosecond("UTC"), [1_600_000_000_123_456_789n, null]],
  [new TimeSecond(), [86399, null]],
  [new TimeMicrosecond(), [86_399_999_999n, null]],
  [new DurationMicrosecond(), [-5n, null]],
  [new Decimal(2, 9, 32), [-1234n, null]],
  [new Decimal(2, 18, 64), [-1234n, null]],
  [new Decimal(2, 38, 128), [10n ** 37n, -(10n ** 37n), null]],
  [new Decimal(2, 76, 256), [10n ** 75n, -(10n ** 75n), null]],
  [new Null(), [null, null]],
];

describe("cells of flat columns", () => {
  it.each(FLAT.map(([type, cells]) => [String(type), type, cells] as const))("%s", (_, type, cells) => {
    const batch = column("c", type, cells);
    expect(cellsOf(batch, "c")).toEqual({ cells });
    expect(cellsOf(batch.slice(1, cells.length), "c").cells).toEqual(cells.slice(1));
    expect(cellsOf(batch.slice(1, 2), "c").cells).toEqual(cells.slice(1, 2));
    const again = withCells(batch.slice(1, cells.length), "c", masked(cells.slice(1)), type);
    expect(cellsOf(again, "c").cells).toEqual(cells.slice(1));
  });

  it("reads what apache-arrow reads", () => {
    for (const [type, cells] of FLAT) {
      if (String(type).startsWith("Float16")) continue; // apache-arrow rounds subnormal halves
      const vector = new Vector([writeCells(cells, type, "c")]);
      expect(Array.from(vector, (value) => value === null)).toEqual(cells.map((cell) => cell === null));
      if (typeof cells[0] === "string") expect([...vector]).toEqual(cells);
    }
  });

  it("counts null slots of slices whose count is not known", () => {
    const batch = column("c", new Utf8(), ["a", null, "b", null]).slice(2, 4);
    expect(cellsOf(batch, "c").cells).toEqual(["b", null]);
  });

  test.each([
    ["an interval", new IntervalYearMonth()],
    ["a struct", new Struct([new Field("a", new Utf8(), true)])],
  ])("%s has no cells", (_, type) => {
    const data = makeData({ type, length: 0, children: [makeData({ type: new Utf8() })] } as never);
    expect(() => cellsOf(batchOf(new Schema([new Field("c", type, true)]), [data], 0), "c")).toThrow(/type/);
  });
});

describe("values that do not fit the type", () => {
  test.each<readonly [string, DataType, Cell]>([
    ["a number as text", new Utf8(), 5],
    ["text as a number", new Int32(), "five"],
    ["a number beyond the width", new Int8(), 128],
    ["a fraction as an integer", new Int32(), 1.5],
    ["a number where bigints are", new Int64(), 5],
    ["a bigint beyond the width", new Decimal(0, 9, 32), 2n ** 40n],
    ["bytes of another length", new FixedSizeBinary(3), bytes("ab")],
    ["text as a truth value", new Bool(), "yes"],
    ["text as bytes", new Binary(), "ab"],
  ])("%s", (_, type, cell) => {
    expect(() => writeCells([cell], type, "c")).toThrow(expect.objectContaining({ code: "COLUMN_TYPE" }));
  });
});

const line = new Field("line", new Utf8(), true);
const person = new Struct([line, new Field("number", new Int32(), false)]);

/** Rows: {a}, null, {null}, {b}, with an address under the null row that is not to be seen. */
function structs(nullable = true): RecordBatch {
  const type = new Struct([new Field("line", new Utf8(), nullable), new Field("number", new Int32(), false)]);
  const children = [
    writeCells(["a", "hidden", nullable ? null : "", "b"], new Utf8(), "line"),
    writeCells([1, 2, 3, 4], new Int32(), "number"),
  ];
  const data = makeData({ type, length: 4, nullCount: 1, nullBitmap: Uint8Array.of(0b1101), children });
  return batchOf(new Schema([new Field("home", type, true)]), [data], 4);
}

/** Rows: [a, null], null over one value, [], [b]; one value before the first row and one after the last. */
function lists(make: (child: Field) => DataType, offsets: number[] = [1, 3, 4, 4, 5]): RecordBatch {
  const child = writeCells(["before", "a", null, "hidden", "b", "after"], new Utf8(), "c");
  const type = make(new Field("item", new Utf8(), true));
  const large = String(type).startsWith("LargeList");
  const valueOffsets = large ? BigInt64Array.from(offsets, BigInt) : Int32Array.from(offsets);
  const data = makeData({
    type,
    length: 4,
    nullCount: 1,
    nullBitmap: Uint8Array.of(0b1101),
    valueOffsets,
    child,
  } as never);
  return batchOf(new Schema([new Field("tags", type, true)]), [data], 4);
}

describe("cells of nested columns", () => {
  it("a null struct hides its children", () => {
    expect(cellsOf(structs(), "home.line")).toEqual({ cells: ["a", null, null, "b"] });
    expect(cellsOf(structs().slice(1, 4), "home.line").cells).toEqual([null, null, "b"]);
    expect(cellsOf(structs(), "home.number").cells).toEqual([1, null, 3, 4]);
  });

  test.each([
    ["list", (child: Field) => new List(child)],
    ["large list", (child: Field) => new LargeList(child)],
  ])("a %s gives the whole child array and the row of each slot", (_, make) => {
    expect(cellsOf(lists(make), "tags")).toEqual({
      cells: [null, "a", null, null, "b", null],
      rows: Int32Array.of(-1, 0, 0, -1, 3, -1),
    });
    expect(cellsOf(lists(make).slice(3, 4), "tags.item")).toEqual({
      cells: [null, null, null, null, "b", null],
      rows: Int32Array.of(-1, -1, -1, -1, 0, -1),
    });
  });

  it("a fixed-size list", () => {
    const type = new FixedSizeList(2, new Field("item", new Utf8(), true));
    const child = writeCells(["a", "b", "hidden", "x", "c", null], new Utf8(), "c");
    const data = makeData({ type, length: 3, nullCount: 1, nullBitmap: Uint8Array.of(0b101), child } as never);
    const batch = batchOf(new Schema([new Field("pair", type, true)]), [data], 3);
    expect(cellsOf(batch, "pair")).toEqual({
      cells: ["a", "b", null, null, "c", null],
      rows: Int32Array.of(0, 0, -1, -1, 2, 2),
    });
    expect(cellsOf(batch.slice(2, 3), "pair").cells).toEqual(["c", null]);
  });

  it("a map's keys and values, and lists of lists", () => {
    const entries = new Field(
      "entries",
      new Struct([new Field("key", new Utf8()), new Field("value", new Utf8(), true)]),
    );
    const pairs = makeData({
      type: entries.type,
      length: 3,
      nullCount: 0,
      children: [writeCells(["k1", "k2", "k3"], new Utf8(), "k"), writeCells(["v1", null, "v3"], new Utf8(), "v")],
    });
    const type = new Map_(entries as never);
    const data = makeData({ type, length: 2, valueOffsets: Int32Array.of(0, 2, 3), child: pairs } as never);
    const batch = batchOf(new Schema([new Field("m", type, true)]), [data], 2);
    for (const path of ["m.value", "m.entries.value", "m.key_value.value"]) {
      expect(cellsOf(batch, path)).toEqual({ cells: ["v1", null, "v3"], rows: Int32Array.of(0, 0, 1) });
    }
    expect(cellsOf(batch, "m.key").cells).toEqual(["k1", "k2", "k3"]);

    const inner = lists((child) => new List(child)).data.children[0]!;
    const outer = new List(new Field("item", inner.type, true));
    const nested = makeData({ type: outer, length: 2, valueOffsets: Int32Array.of(0, 1, 4), child: inner } as never);
    const deep = batchOf(new Schema([new Field("d", outer, true)]), [nested], 2);
    expect(cellsOf(deep, "d").rows).toEqual(Int32Array.of(-1, 0, 0, -1, 1, -1));
    expect(leafType(deep.schema, "d")).toMatchObject({ lists: 2 });
  });

  it("is written back into the same nesting", () => {
    const batch = lists((child) => new List(child)).slice(0, 4);
    const { cells } = cellsOf(batch, "tags");
    const after = withCells(batch, "tags", masked(cells.map((cell) => cell && `<${cell}>`)), new LargeUtf8());
    expect(after.toArray().map((row) => row?.toJSON()["tags"]?.toArray())).toEqual([
      ["<a>", null],
      undefined,
      [],
      ["<b>"],
    ]);
    expect(String(after.schema.fields[0]!.type)).toBe("List<LargeUtf8>");
    expect(bytesBelow(after.data.children[0]!).includes("hidden")).toBe(false);
  });
});

describe("a masked leaf", () => {
  it("shares the other columns' buffers and keeps none of its own", () => {
    const other = column("other", new Utf8(), ["kept", "too"]);
    for (const type of [new Utf8(), new LargeUtf8(), new Utf8View(), new Dictionary(new Utf8(), new Int32())]) {
      const old = column("note", type, ["Zanzibar Quillfeather", "Zanzibar Quillfeather"]);
      const schema = new Schema([...old.schema.fields, ...other.schema.fields]);
      const batch = batchOf(schema, [...old.data.children, ...other.data.children], 2);
      expect(bytesBelow(batch.data.children[0]!).includes("Zanzibar Quillf")).toBe(true);
      const after = withCells(batch, "note", masked(["[NAME]", null]), type);
      expect(bytesBelow(after.data).includes("Zanzibar")).toBe(false);
      expect(after.data.children[1]).toBe(batch.data.children[1]);
      expect(after.schema.fields[1]).toBe(batch.schema.fields[1]);
    }
  });

  it("a dictionary holds the masked values alone, each once", () => {
    const type = new Dictionary(new Utf8(), new Int32());
    const batch = column("d", type, ["Ann", "Bob", "Ann", null]);
    const after = withCells(batch, "d", masked(["x", "x", null, "y"]), type);
    expect([...after.data.children[0]!.dictionary!]).toEqual(["x", "y"]);
    expect(cellsOf(after, "d").cells).toEqual(["x", "x", null, "y"]);
  });

  it("a dictionary's indices widen where its values need it", () => {
    const type = new Dictionary(new Utf8(), new Int8());
    const batch = column("d", type, new Array(300).fill("same"));
    const values = Array.from({ length: 300 }, (_, i) => `v${i}`);
    const after = withCells(batch, "d", masked(values), type);
    expect(cellsOf(after, "d").cells).toEqual(values);
    expect(String(after.schema.fields[0]!.type)).toBe("Dictionary<Int32, Utf8>");
    const few = withCells(batch, "d", masked(values.map((_, i) => `v${i % 128}`)), type);
    expect(String(few.schema.fields[0]!.type)).toBe("Dictionary<Int8, Utf8>");
  });

  it("reads a dictionary that grew by deltas", () => {
    const type = new Dictionary(new Utf8(), new Int32());
    const dictionary = new Vector([writeCells(["a", "b"], new Utf8(), "d"), writeCells(["c"], new Utf8(), "d")]);
    const data = makeData({ type, length: 3, data: Int32Array.of(2, 0, 1), dictionary } as never);
    expect(cellsOf(batchOf(new Schema([new Field("d", type, true)]), [data], 3), "d").cells).toEqual(["c", "a", "b"]);
  });

  it("stays required under a null parent, and becomes nullable where a cell with a place is null", () => {
    const batch = structs(false);
    const kept = withCells(batch, "home.line", masked(["x", null, "", "y"]), new Utf8());
    expect(leafType(kept.schema, "home.line")).toMatchObject({ nullable: false });
    expect(kept.data.children[0]!.children[0]!.nullCount).toBe(0);
    expect(cellsOf(kept, "home.line").cells).toEqual(["x", null, "", "y"]);
    const emptied = withCells(batch, "home.line", masked(["x", null, null, "y"]), new Utf8());
    expect(leafType(emptied.schema, "home.line")).toMatchObject({ nullable: true });
  });

  it("must have as many cells", () => {
    expect(() => withCells(column("c", new Utf8(), ["a", "b"]), "c", masked(["a"]), new Utf8())).toThrow(
      /as many cells/,
    );
  });
});

describe("paths", () => {
  const item = new Field("item", person, true);
  const schema = new Schema([
    new Field("a.b", new Int32(), false),
    new Field("a", new Struct([new Field("b", new Utf8(), true)]), true),
    new Field("x.y", new Struct([new Field("z", new Utf8(), true)]), true),
    new Field("__proto__", new Utf8(), true),
    new Field("tags", new List(new Field("element", new Utf8(), true)), true),
    new Field("addresses", new List(item), true),
    new Field("twice", new Utf8(), true),
    new Field("twice", new Int32(), true),
    new Field("items", new List(new Field("item", new Struct([new Field("item", new Utf8(), true)]), true)), true),
    new Field("coded", new Dictionary(new Utf8(), new Int32()), true),
  ]);

  test.each([
    ["a.b", "Int32", 0],
    ["x.y.z", "Utf8", 0],
    ["__proto__", "Utf8", 0],
    ["tags", "Utf8", 1],
    ["tags.list.element", "Utf8", 1],
    ["tags.element", "Utf8", 1],
    ["tags.item", "Utf8", 1],
    ["addresses.line", "Utf8", 1],
    ["addresses.item.line", "Utf8", 1],
    ["addresses.list.element.line", "Utf8", 1],
    ["addresses.list.item.line", "Utf8", 1],
    ["addresses.number", "Int32", 1],
    ["addresses", "Struct<{line:Utf8, number:Int32}>", 1],
    ["items.item", "Utf8", 1],
    ["items.item.item", "Utf8", 1],
    ["coded", "Dictionary<Int32, Utf8>", 0],
  ])("%s is %s", (path, type, lists) => {
    const found = leafType(schema, path);
    expect([String(found?.type), found?.lists]).toEqual([type, lists]);
  });

  test.each(["b", "a.c", "toString", "constructor", "tags.list", "tags.element.x", "addresses.line.x", "", "coded.x"])(
    "%s is nothing",
    (path) => {
      expect(leafType(schema, path)).toBeUndefined();
      expect(() => withLeafType(schema, path, new Utf8(), true)).toThrow(
        expect.objectContaining({ code: "COLUMN_MISSING" }),
      );
    },
  );

  it("refuses a name that is there twice, and no other", () => {
    expect(() => leafType(schema, "twice")).toThrow(expect.objectContaining({ code: "COLUMN_DUPLICATE" }));
    expect(leafType(schema, "tags")).toBeDefined();
  });

  it("changes one type and keeps names, metadata and the rest", () => {
    const noted = new Schema(
      schema.fields.map((field) => new Field(field.name, field.type, field.nullable, new Map([["k", field.name]]))),
      new Map([["about", "all"]]),
    );
    const after = withLeafType(noted, "addresses.line", new LargeUtf8(), false);
    expect(leafType(after, "addresses.line")).toMatchObject({ nullable: false });
    expect(String(leafType(after, "addresses.line")!.type)).toBe("LargeUtf8");
    expect(after.metadata).toEqual(noted.metadata);
    expect(after.fields.map(({ name, metadata }) => [name, metadata.get("k")])).toEqual(
      schema.fields.map(({ name }) => [name, name]),
    );
    expect(after.fields[0]).toBe(noted.fields[0]);
  });
});

describe("dropping", () => {
  it("takes the last child's struct and the element's list with it", () => {
    const batch = structs();
    const less = dropLeaf(batch, "home.line");
    expect(String(less.schema.fields[0]!.type)).toBe("Struct<{number:Int32}>");
    expect(bytesBelow(less.data).includes("hidden")).toBe(false);
    expect(dropLeaf(less, "home.number").schema.fields).toEqual([]);
    expect(dropLeaf(less, "home.number").numRows).toBe(4);
    for (const path of ["tags", "tags.item"]) {
      expect(
        dropLeaf(
          lists((child) => new List(child)),
          path,
        ).schema.fields,
      ).toEqual([]);
    }
  });

  it("refuses half a map and takes a whole one", () => {
    const pair = [new Field("key", new Utf8(), false), new Field("value", new Utf8(), true)];
    const schema = new Schema([new Field("m", new Map_(new Field("entries", new Struct(pair), false) as never), true)]);
    expect(() => withoutLeaf(schema, "m.value")).toThrow(expect.objectContaining({ code: "RULE_UNFIT" }));
    expect(withoutLeaf(schema, "m").fields).toEqual([]);
  });

  it("takes a whole struct", () => {
    expect(dropLeaf(structs(), "home").schema.fields).toEqual([]);
  });
});

describe("damaged columns are refused, without their text in the error", () => {
  const type = new Utf8();
  const schema = new Schema([new Field("c", type, true)]);
  const data = bytes("Zanzibar Quillfeather");
  test.each([
    ["offsets beyond the buffer", makeData({ type, length: 1, valueOffsets: Int32Array.of(0, 99), data })],
    ["offsets that go back", makeData({ type, length: 2, valueOffsets: Int32Array.of(0, 9, 4), data })],
    ["negative offsets", makeData({ type, length: 1, valueOffsets: Int32Array.of(-4, 4), data })],
    [
      "text that is not UTF-8",
      makeData({ type, length: 1, valueOffsets: Int32Array.of(0, 3), data: Uint8Array.of(90, 255, 90) }),
    ],
    ["a letter cut in two", makeData({ type, length: 2, valueOffsets: Int32Array.of(0, 1, 2), data: bytes("é") })],
  ])("%s", (_, array) => {
    const batch = batchOf(schema, [array], array.length);
    expect(() => cellsOf(batch, "c")).toThrow(expect.objectContaining({ code: "INPUT_MALFORMED" }));
    expect(() => cellsOf(batch, "c")).not.toThrow(/Zanzibar/);
  });

  it("a dictionary index beyond the dictionary", () => {
    const coded = new Dictionary(new Utf8(), new Int32());
    const dictionary = new Vector([writeCells(["a"], new Utf8(), "c")]);
    const array = makeData({ type: coded, length: 1, data: Int32Array.of(7), dictionary } as never);
    const batch = batchOf(new Schema([new Field("c", coded, true)]), [array], 1);
    expect(() => cellsOf(batch, "c")).toThrow(expect.objectContaining({ code: "INPUT_MALFORMED" }));
  });

  it("list offsets beyond the child", () => {
    const batch = lists((child) => new List(child), [1, 3, 4, 4, 50]);
    expect(() => cellsOf(batch, "tags")).toThrow(expect.objectContaining({ code: "INPUT_MALFORMED" }));
  });
});

describe("batches", () => {
  it("keeps columns of one name apart, and thousands of them", () => {
    const names = ["a", "a", "__proto__", ...Array.from({ length: 5000 }, (_, i) => `c${i}`)];
    const schema = new Schema(names.map((name, i) => new Field(name, i === 0 ? new Int32() : new Utf8(), true)));
    const text = writeCells(["t"], new Utf8(), "t");
    const batch = batchOf(schema, [writeCells([1], new Int32(), "a"), ...names.slice(1).map(() => text)], 1);
    expect(batch.schema.fields.map(({ name }) => name)).toEqual(names);
    expect(batch.numCols).toBe(5003);
    const after = withCells(batch, "__proto__", masked(["x"]), new Utf8());
    expect(cellsOf(after, "__proto__").cells).toEqual(["x"]);
    expect(cellsOf(after, "c4999").cells).toEqual(["t"]);
    expect(String(after.schema.fields[0]!.type)).toBe("Int32");
  });

  it("grafts a leaf from one onto another", () => {
    const batch = structs();
    const other = withCells(batch, "home.line", masked(["x", null, null, "y"]), new LargeUtf8());
    const after = graftLeaf(batch, other, "home.line");
    expect(cellsOf(after, "home.line").cells).toEqual(["x", null, null, "y"]);
    expect(after.data.children[0]!.children[1]).toBe(batch.data.children[0]!.children[1]);
  });

  it("tells counts of by-value batches from rows", () => {
    const counts = column(COUNTS, new Int32(), [3, 1], false);
    expect(countsOf(counts)).toEqual(Int32Array.of(3, 1));
    expect(countsOf(column("other", new Int32(), [3, 1]))).toBeUndefined();
  });
});
