import {
  Binary,
  BinaryView,
  Bool,
  type Data,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationNanosecond,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  LargeBinary,
  LargeUtf8,
  Null,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimeSecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { dataOf, fromArrow, toArrow } from "../../connectors/parquet/convert.ts";
import { countOf, PHYSICAL, sliceValues, type Values } from "../../connectors/parquet/encodings.ts";
import type { ParquetLeaf } from "../../connectors/parquet/schema.ts";
import { physicalOf } from "../../connectors/parquet/schema.ts";
import { readCells } from "../../src/cells.ts";
import { writeCells } from "../../src/columns.ts";
import type { Cell } from "../../src/types.ts";

const big = (...values: (number | bigint)[]): bigint[] => values.map(BigInt);
const bytes = (...values: string[]): Uint8Array[] => values.map((value) => new Uint8Array(Buffer.from(value)));
const CASES: readonly (readonly [DataType, readonly Cell[]])[] = [
  [new Bool(), [true, false, true, true]],
  [new Int8(), [-128, 127, 0, 5]],
  [new Int16(), [-32768, 32767, 0, 5]],
  [new Int32(), [-(2 ** 31), 2 ** 31 - 1, 0, 5]],
  [new Int64(), big(-(2n ** 63n), 2n ** 63n - 1n, 0, 5)],
  [new Uint8(), [0, 255, 3, 5]],
  [new Uint16(), [0, 65535, 3, 5]],
  [new Uint32(), [0, 2 ** 32 - 1, 2 ** 31, 5]],
  [new Uint64(), big(0, 2n ** 64n - 1n, 2n ** 63n, 5)],
  [new Float16(), [0.5, -2, Number.POSITIVE_INFINITY, 65504]],
  [new Float32(), [0.5, -0, Number.NEGATIVE_INFINITY, 1.5]],
  [new Float64(), [0.1, -0, Number.NaN, Number.MIN_VALUE]],
  [new Utf8(), ["", "Ünïcödé 🙂", "x".repeat(300), "a"]],
  [new LargeUtf8(), ["", "Ünïcödé 🙂", "x".repeat(300), "a"]],
  [new Utf8View(), ["", "twelve bytes", "thirteen byte", "a"]],
  [new Binary(), bytes("", "\u0000ÿ", "x".repeat(300), "a")],
  [new LargeBinary(), bytes("", "\u0000ÿ", "x".repeat(300), "a")],
  [new BinaryView(), bytes("", "twelve bytes", "thirteen byte", "a")],
  [new FixedSizeBinary(3), bytes("abc", "def", "ghi", "jkl")],
  [new DateDay(), [-719162, 0, 2932896, 5]],
  [new DateMillisecond(), big(-62135596800000n, 0, 253402300799999n, 5)],
  [new TimeMillisecond(), [0, 86_399_999, 1, 5]],
  [new TimeMicrosecond(), big(0, 86_399_999_999n, 1, 5)],
  [new TimeNanosecond(), big(0, 86_399_999_999_999n, 1, 5)],
  [new TimestampMillisecond(), big(-62135596800000n, 253402300799999n, 1, 5)],
  [new TimestampMicrosecond("UTC"), big(-62135596800000001n, 253402300799999999n, 1, 5)],
  [new TimestampNanosecond(), big(-(2n ** 63n), 2n ** 63n - 1n, 1, 5)],
  [new DurationNanosecond(), big(-1, 0, 1, 5)],
  [new Decimal(2, 5, 128), big(-99999, 99999, 0, -1)],
  [new Decimal(0, 38, 128), big(-(10n ** 38n) + 1n, 10n ** 38n - 1n, 0, -1)],
  [new Decimal(0, 76, 256), big(-(10n ** 76n) + 1n, 10n ** 76n - 1n, 0, -1)],
];
const named = CASES.map(([type, cells]) => [String(type), type, cells] as const);
const stored = (data: Data, type: DataType) => fromArrow(data, physicalOf(type).physical, physicalOf(type).typeLength);
const back = (type: DataType, values: Values, length: number, valid?: Uint8Array) =>
  readCells(dataOf(type, values, length, valid), "x");

describe.each(named)("%s", (_, type, cells) => {
  it("is stored and read back, with nulls and without", () => {
    for (const holes of [[], [0], [1, 2], [0, 1, 2, 3]]) {
      const some = cells.map((cell, i) => (holes.includes(i) ? null : cell));
      const { values, valid } = stored(writeCells(some, type, "x"), type);
      expect(countOf(values)).toBe(4 - holes.length);
      expect(back(type, values, 4, valid)).toEqual(some);
    }
  });

  it("is stored from any slice of an array", () => {
    for (const some of [cells, cells.map((cell, i) => (i === 2 ? null : cell))]) {
      const whole = writeCells(some, type, "x");
      for (let from = 0; from < 4; from++) {
        for (let length = 0; from + length <= 4; length++) {
          const { values, valid } = stored(whole.slice(from, length), type);
          expect(back(type, values, length, valid)).toEqual(some.slice(from, from + length));
        }
      }
    }
  });

  it("is read from any slice of stored values", () => {
    const { values } = stored(writeCells(cells, type, "x"), type);
    for (let from = 0; from < 4; from++)
      expect(back(type, sliceValues(values, from, 4), 4 - from)).toEqual(cells.slice(from));
  });

  it("needs as many values as slots", () => {
    const { values } = stored(writeCells(cells, type, "x"), type);
    for (const [length, valid] of [[5], [3], [4, Uint8Array.of(1, 0, 1, 1)]] as const)
      expect(() => dataOf(type, values, length, valid)).toThrow(expect.objectContaining({ code: "INPUT_MALFORMED" }));
  });
});

describe("what lies under a null", () => {
  it("is never stored", () => {
    const shown = writeCells(["a", "Zanzibar", "b"], new Utf8(), "x");
    const hidden = shown.clone(shown.type, 0, 3, 1, [shown.valueOffsets, shown.values, Uint8Array.of(0b101)] as never);
    const { values, valid } = stored(hidden, new Utf8());
    expect(Array.from(valid!)).toEqual([1, 0, 1]);
    expect(values.kind === "bytes" && Buffer.from(values.bytes).toString()).toBe("ab");
  });
});

describe("dictionaries", () => {
  const type = new Dictionary(new Utf8(), new Int8(), 1);
  it("are stored as their values", () => {
    const { values, valid } = stored(writeCells(["b", "a", null, "b"], type, "x"), type);
    expect(back(new Utf8(), values, 4, valid)).toEqual(["b", "a", null, "b"]);
  });
  it("an index outside is INPUT_MALFORMED", () => {
    const data = writeCells(["b", "a"], type, "x");
    (data.values as Int8Array)[1] = 9;
    expect(() => stored(data, type)).toThrow(expect.objectContaining({ code: "INPUT_MALFORMED" }));
  });
});

describe("seconds, which Parquet has not", () => {
  it.each<[DataType, readonly Cell[], DataType, readonly Cell[]]>([
    [new TimeSecond(), [0, 86_399], new TimeMillisecond(), [0, 86_399_000]],
    [new TimestampSecond(), big(-1, 253402300799n), new TimestampMillisecond(), big(-1000, 253402300799000n)],
  ])("%s become milliseconds", (from, cells, to, answer) => {
    expect(back(to, stored(writeCells(cells, from, "x"), from).values, 2)).toEqual(answer);
  });
  it("beyond 64 bits are refused", () => {
    const type = new TimestampSecond();
    expect(() => stored(writeCells([2n ** 62n], type, "x"), type)).toThrow(
      expect.objectContaining({ code: "COLUMN_TYPE" }),
    );
  });
});

describe("INT96", () => {
  const int96 = (day: number, nanoseconds: bigint): Uint8Array => {
    const stamp = Buffer.alloc(12);
    stamp.writeBigInt64LE(nanoseconds);
    stamp.writeInt32LE(day, 8);
    return stamp;
  };
  const fixed = (stamp: Uint8Array): Values => ({ kind: "fixed", bytes: stamp, width: 12 });
  it.each<[string, number, bigint, DataType, bigint]>([
    ["1970-01-01", 2440588, 0n, new TimestampNanosecond(), 0n],
    ["the nanosecond before it", 2440587, 86_399_999_999_999n, new TimestampNanosecond(), -1n],
    ["2019-03-04 05:06:07.123456789", 2458547, 18_367_123_456_789n, new TimestampNanosecond(), 1551675967123456789n],
    [
      "9999-12-31 23:59:59.999999 of Spark",
      5373484,
      86_399_999_999_000n,
      new TimestampMicrosecond(),
      253402300799999999n,
    ],
    ["0001-01-01 of Spark", 1721426, 0n, new TimestampMicrosecond(), -62135596800000000n],
  ])("%s", (_, day, nanoseconds, type, stamp) => {
    expect(back(type, fixed(int96(day, nanoseconds)), 1)).toEqual([stamp]);
    const { values } = fromArrow(writeCells([stamp], type, "x"), PHYSICAL.INT96, 0);
    expect(values).toMatchObject({ kind: "fixed", width: 12 });
    expect(values.kind === "fixed" && Buffer.compare(values.bytes, int96(day, nanoseconds))).toBe(0);
  });
  it.each<[string, number, bigint, DataType]>([
    ["a year that nanoseconds do not reach", 5373484, 0n, new TimestampNanosecond()],
    ["nanoseconds where microseconds are expected", 2440588, 1n, new TimestampMicrosecond()],
  ])("%s is refused, never another time", (_, day, nanoseconds, type) => {
    expect(() => back(type, fixed(int96(day, nanoseconds)), 1)).toThrow(
      expect.objectContaining({ code: "INPUT_UNSUPPORTED" }),
    );
  });
});

describe("decimals", () => {
  const type = new Decimal(0, 38, 128);
  const cells = big(0, 1, -1, 127, 128, -128, -129, 2n ** 63n - 1n, -(2n ** 63n), 10n ** 38n - 1n, -(10n ** 38n) + 1n);
  it.each<[string, number, number, number]>([
    ["FIXED(16)", PHYSICAL.FIXED_LEN_BYTE_ARRAY, 16, 11],
    ["FIXED(20)", PHYSICAL.FIXED_LEN_BYTE_ARRAY, 20, 11],
    ["BYTE_ARRAY", PHYSICAL.BYTE_ARRAY, 0, 11],
    ["INT64", PHYSICAL.INT64, 0, 9],
    ["INT32", PHYSICAL.INT32, 0, 7],
    ["FIXED(1)", PHYSICAL.FIXED_LEN_BYTE_ARRAY, 1, 5],
  ])("in %s, both ways", (_, physical, typeLength, fitting) => {
    const fits = [0, 1, 2, 3, 5, 4, 6, 7, 8, 9, 10].slice(0, fitting).map((i) => cells[i]!);
    const { values } = fromArrow(writeCells(fits, type, "x"), physical, typeLength);
    expect(back(type, values, fits.length)).toEqual(fits);
    for (const cell of cells.filter((value) => !fits.includes(value)))
      expect(() => fromArrow(writeCells([cell], type, "x"), physical, typeLength)).toThrow(
        expect.objectContaining({ code: "COLUMN_TYPE" }),
      );
  });
  it("of any length of bytes, the sign spread or cut", () => {
    const texts = ["", "00", "ff", "80", "0080", "ffff80", `${"00".repeat(9)}7f`, `${"ff".repeat(20)}01`].map((hex) =>
      Buffer.from(hex, "hex"),
    );
    const offsets = Int32Array.from({ length: texts.length + 1 }, (_, i) => Buffer.concat(texts.slice(0, i)).length);
    const values: Values = { kind: "bytes", bytes: Buffer.concat(texts), offsets };
    expect(back(type, values, texts.length)).toEqual(big(0, 0, -1, -128, 128, -128, 127, -255));
  });
  it.each(["01".padEnd(34, "0"), `0080${"00".repeat(15)}`, `ff7f${"00".repeat(15)}`])(
    "%s does not fit 128 bits",
    (hex) => {
      const stamp = Buffer.from(hex, "hex");
      expect(() => back(type, { kind: "fixed", bytes: stamp, width: stamp.length }, 1)).toThrow(
        expect.objectContaining({ code: "INPUT_MALFORMED" }),
      );
    },
  );
});

describe("values that are not what the schema says", () => {
  it.each<[DataType, number]>([
    [new Int8(), 128],
    [new Uint8(), -1],
    [new Int16(), 40000],
    [new Uint16(), 65536],
  ])("%s of %i is INPUT_MALFORMED", (type, value) => {
    const values: Values = { kind: "int32", array: Int32Array.of(value) };
    expect(() => dataOf(type, values, 1)).toThrow(expect.objectContaining({ code: "INPUT_MALFORMED" }));
  });
  it("a column of nulls holds no value", () => {
    const values: Values = { kind: "int32", array: Int32Array.of(7) };
    expect(() => dataOf(new Null(), values, 1)).toThrow(expect.objectContaining({ code: "INPUT_MALFORMED" }));
    expect(back(new Null(), { kind: "int32", array: new Int32Array(0) }, 3)).toEqual([null, null, null]);
  });
  it.each<[DataType, readonly Cell[], number]>([
    [new Utf8(), ["a"], PHYSICAL.INT32],
    [new Int32(), [1], PHYSICAL.BYTE_ARRAY],
    [new Int64(), [1n], PHYSICAL.INT32],
    [new Int32(), [1], PHYSICAL.INT64],
    [new Float64(), [1], PHYSICAL.FLOAT],
    [new Bool(), [true], PHYSICAL.INT32],
    [new Int64(), [1n], PHYSICAL.INT96],
    [new FixedSizeBinary(3), bytes("abc"), PHYSICAL.BYTE_ARRAY],
  ])("%s is not stored as another physical type", (type, cells, physical) => {
    expect(() => fromArrow(writeCells(cells, type, "x"), physical, 0)).toThrow(
      expect.objectContaining({ code: "COLUMN_TYPE" }),
    );
  });
});

describe("rows of a leaf", () => {
  const leaf = (maxDefinition: number, maxRepetition: number): ParquetLeaf => ({
    index: 0,
    element: 1,
    path: ["x"],
    physical: PHYSICAL.INT32,
    typeLength: 0,
    maxDefinition,
    maxRepetition,
    nullable: maxDefinition > 0,
    type: new Int32(),
  });
  const values: Values = { kind: "int32", array: Int32Array.of(1, 2, 3) };
  it("are null where any level above is", () => {
    const data = toArrow(leaf(2, 0), { rows: 5, values, definition: Uint8Array.of(2, 1, 0, 2, 2) });
    expect(readCells(data, "x")).toEqual([1, null, null, 2, 3]);
  });
  it("are lists of what is not null where lists are around", () => {
    const rows = {
      rows: 4,
      values,
      definition: Uint8Array.of(3, 2, 3, 0, 1, 3),
      repetition: Uint8Array.of(0, 1, 1, 0, 0, 0),
    };
    const data = toArrow(leaf(3, 1), rows);
    expect(Array.from(data.valueOffsets)).toEqual([0, 2, 2, 2, 3]);
    expect(readCells(data.children[0]!, "x")).toEqual([1, 2, 3]);
  });
});
