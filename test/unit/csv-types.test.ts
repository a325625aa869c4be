import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationSecond,
  Field,
  Float32,
  Float64,
  Int8,
  Int32,
  Int64,
  LargeUtf8,
  List,
  Null,
  type RecordBatch,
  Schema,
  Struct,
  TimeMicrosecond,
  TimeSecond,
  Timestamp,
  TimeUnit,
  Uint64,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, test } from "vitest";
import { csvFormat, inferTypes } from "../../connectors/csv/format.ts";
import { batchOf, cellsOf, withCells } from "../../src/batch.ts";
import { collect } from "../../src/stream.ts";
import type { Cell, MaskedValue } from "../../src/types.ts";
import { joined, memoryObject } from "../fakes/object.ts";

const file = (content: string) => memoryObject(Buffer.from(content), { chunk: 11 });

async function typed(type: string, cells: readonly string[]): Promise<(Cell | null)[]> {
  const { batches } = await csvFormat({ types: { v: type } }).read(
    file(`id,v\n${cells.map((cell) => `1,${cell}\n`).join("")}`),
  );
  return (await collect(batches)).flatMap((batch) => cellsOf(batch, "v").cells);
}

describe("declared types", () => {
  test.each<[string, string, Cell | null]>([
    ["utf8", "007", "007"],
    ["text", '""', ""],
    ["string", "", null],
    ["int8", "-128", -128],
    ["uint8", "255", 255],
    ["int16", "32767", 32767],
    ["uint16", "65535", 65535],
    ["int32", "-2147483648", -2147483648],
    ["int32", " +42 ", 42],
    ["int32", "007", 7],
    ["int32", '"12"', 12],
    ["int32", '""', null],
    ["int32", "", null],
    ["uint32", "4294967295", 4294967295],
    ["int64", "9223372036854775807", 9223372036854775807n],
    ["int64", "-9223372036854775808", -9223372036854775808n],
    ["uint64", "18446744073709551615", 18446744073709551615n],
    ["float64", "0.1", 0.1],
    ["float64", "-1.5e-300", -1.5e-300],
    ["float64", ".5", 0.5],
    ["float64", "-inf", Number.NEGATIVE_INFINITY],
    ["float64", "NaN", Number.NaN],
    ["float32", "0.1", Math.fround(0.1)],
    ["bool", "true", true],
    ["bool", "FALSE", false],
    ["boolean", "0", false],
    ["date", "2024-02-29", 19782],
    ["date", "0001-01-01", -719162],
    ["timestamp", "2024-03-04T05:06:07.123456", 1709528767123456n],
    ["timestamp", "2024-03-04 05:06", 1709528760000000n],
    ["timestamp", "1969-12-31T23:59:59.999999", -1n],
    ["timestamp(s)", "2024-03-04T05:06:07", 1709528767n],
    ["timestamp(ms)", "2024-03-04T05:06:07.12", 1709528767120n],
    ["timestamp(ns)", "2024-03-04T05:06:07.123456789", 1709528767123456789n],
    ["timestamp(us, UTC)", "2024-03-04T05:06:07.5Z", 1709528767500000n],
    ["timestamp(us, UTC)", "2024-03-04T05:06:07+02:00", 1709521567000000n],
    ["timestamp(us, UTC)", "2024-03-04T05:06:07", 1709528767000000n],
    ["timestamp(us, Europe/Paris)", "2024-03-04 05:06:07-0530", 1709548567000000n],
    ["decimal(10, 2)", "-12345678.90", -1234567890n],
    ["decimal(10,2)", "1", 100n],
    ["decimal(10, 2)", "1.500", 150n],
    ["decimal(5)", "12345", 12345n],
    ["decimal(76, 1)", `${"9".repeat(75)}.5`, BigInt(`${"9".repeat(75)}5`)],
  ])("%s: %s", async (type, cell, value) => {
    expect(await typed(type, [cell, ""])).toEqual([value, null]);
  });

  test.each<[string, string]>([
    ["int8", "128"],
    ["uint8", "-1"],
    ["int32", "2147483648"],
    ["int32", "1.0"],
    ["int32", "1e3"],
    ["int32", "0x10"],
    ["int32", "NA"],
    ["int64", "9223372036854775808"],
    ["uint64", "18446744073709551616"],
    ["float64", "1,5"],
    ["float64", "1e999"],
    ["float32", "1e39"],
    ["float64", "Infinity-"],
    ["bool", "2"],
    ["date", "2023-02-29"],
    ["date", "04/03/2024"],
    ["date", "2024-03-04T00:00:00"],
    ["timestamp", "2024-03-04"],
    ["timestamp", "2024-03-04T25:00:00"],
    ["timestamp", "2024-03-04T05:06:07Z"],
    ["timestamp", "2024-03-04T05:06:07.1234567"],
    ["timestamp(s)", "2024-03-04T05:06:07.5"],
    ["timestamp(ns)", "2300-01-01T00:00:00"],
    ["timestamp(us, Europe/Paris)", "2024-03-04T05:06:07"],
    ["decimal(4, 2)", "100"],
    ["decimal(4, 2)", "1.005"],
    ["decimal(4, 2)", "1e2"],
  ])("%s: %s is refused", async (type, cell) => {
    const quoted = `"${cell}"`;
    await expect(typed(type, ["", quoted])).rejects.toMatchObject({ code: "CSV_TYPE", place: { row: 2, column: "v" } });
  });

  test.each(["int", "int128", "timestamp(min)", "decimal(77, 2)", "decimal(2, 3)", "decimal", "list", "__proto__", ""])(
    "no type: %s",
    async (type) => {
      await expect(typed(type, ["1"])).rejects.toMatchObject({
        code: "JOB_INVALID",
        place: { key: "source.csv.types.v" },
      });
    },
  );

  test("columns of one name cannot be read apart", async () => {
    await expect(csvFormat().read(file("a,b,a\n1,2,3\n"))).rejects.toMatchObject({
      code: "COLUMN_DUPLICATE",
      place: { column: "3" },
    });
    const { schema, batches } = await csvFormat().read(file("a,b,a\n1,2,3\n"), ["b"]);
    expect([
      schema.fields.map(({ name }) => name),
      (await collect(batches)).flatMap((batch) => cellsOf(batch, "b").cells),
    ]).toEqual([["b"], ["2"]]);
  });
});

async function printed(type: DataType, cells: readonly (Cell | null)[], dialect = {}): Promise<string[]> {
  const schema = new Schema([new Field("k", new Utf8(), true), new Field("v", type, true)]);
  const keys = vectorFromArray(
    cells.map((_, row) => `${row}`),
    new Utf8(),
  ).data[0]!;
  const text = batchOf(new Schema([schema.fields[0]!, new Field("v", new Utf8(), true)]), [keys, keys], cells.length);
  const batch = withCells(text, "v", cells as (MaskedValue | null)[], type);
  const output = Buffer.from(await joined(csvFormat(dialect).write(streamOf(schema, batch)))).toString();
  return output
    .slice(0, -1)
    .split("\n")
    .slice(1)
    .map((line) => line.slice(line.indexOf(",") + 1));
}

function streamOf(schema: Schema, ...batches: readonly RecordBatch[]) {
  return {
    schema,
    batches: (async function* () {
      yield* batches;
    })(),
  };
}

describe("what is written", () => {
  test.each<[string, DataType, readonly (Cell | null)[], readonly string[]]>([
    ["text", new Utf8(), ["a", null, ""], ["a", "", '""']],
    ["large text", new LargeUtf8(), ["é"], ["é"]],
    ["a dictionary", new Dictionary(new Utf8(), new Int32()), ["x", "y", "x"], ["x", "y", "x"]],
    ["small integers", new Int8(), [-128, 127], ["-128", "127"]],
    ["64 bits", new Int64(), [9223372036854775807n, -1n], ["9223372036854775807", "-1"]],
    ["64 bits without a sign", new Uint64(), [18446744073709551615n], ["18446744073709551615"]],
    ["doubles in the fewest digits", new Float64(), [0.1, 1e21, -0, 5e-324], ["0.1", "1e+21", "-0", "5e-324"]],
    ["doubles that are no numbers", new Float64(), [Number.NaN, Number.NEGATIVE_INFINITY], ["NaN", "-Infinity"]],
    [
      "singles in the fewest digits",
      new Float32(),
      [Math.fround(0.1), 16777216, Math.fround(3.4e38), Math.fround(1 / 3)],
      ["0.1", "16777216", "3.4e+38", "0.33333334"],
    ],
    ["booleans", new Bool(), [true, false], ["true", "false"]],
    ["days", new DateDay(), [19782, -719162, 2932897], ["2024-02-29", "0001-01-01", "+010000-01-01"]],
    ["days in milliseconds", new DateMillisecond(), [0n, 1n], ["1970-01-01", "1970-01-01T00:00:00.001"]],
    ["seconds", new Timestamp(TimeUnit.SECOND), [1709528767n], ["2024-03-04T05:06:07"]],
    [
      "microseconds",
      new Timestamp(TimeUnit.MICROSECOND),
      [1709528767123456n, -1n],
      ["2024-03-04T05:06:07.123456", "1969-12-31T23:59:59.999999"],
    ],
    [
      "nanoseconds in UTC",
      new Timestamp(TimeUnit.NANOSECOND, "Europe/Paris"),
      [1709528767123456789n],
      ["2024-03-04T05:06:07.123456789Z"],
    ],
    ["times", new TimeSecond(), [86399], ["23:59:59"]],
    ["times in microseconds", new TimeMicrosecond(), [1n], ["00:00:00.000001"]],
    ["decimals", new Decimal(2, 10, 128), [-5n, 12345n], ["-0.05", "123.45"]],
    ["decimals without a point", new Decimal(0, 10, 128), [7n], ["7"]],
  ])("%s", async (_, type, cells, expected) => {
    expect(await printed(type, cells)).toEqual(expected);
  });

  test("nothing but nulls", async () => {
    const schema = new Schema([new Field("a", new Null(), true), new Field("b", new Null(), true)]);
    const nulls = vectorFromArray([null, null], new Null()).data[0]!;
    expect(
      Buffer.from(
        await joined(csvFormat({ null: "NA" }).write(streamOf(schema, batchOf(schema, [nulls, nulls], 2)))),
      ).toString(),
    ).toBe("a,b\nNA,NA\nNA,NA\n");
  });

  test("text that a reader would take for something else is quoted", async () => {
    expect(await printed(new Utf8(), ["a,b", 'q"', "NA", " s "], { null: "NA" })).toEqual([
      '"a,b"',
      '"q"""',
      '"NA"',
      " s ",
    ]);
    expect(await printed(new Float64(), [1.5], { delimiter: ",", quote: "'" })).toEqual(["1.5"]);
    expect(await printed(new DateDay(), [0, null], { null: "1970-01-01" })).toEqual(['"1970-01-01"', "1970-01-01"]);
  });

  test.each<[string, DataType]>([
    ["lists", new List(new Field("item", new Utf8()))],
    ["structs", new Struct([new Field("a", new Utf8())])],
    ["bytes", new Binary()],
    ["durations", new DurationSecond()],
  ])("%s have no form and are refused", async (_, type) => {
    await expect(joined(csvFormat().write(streamOf(new Schema([new Field("v", type)]))))).rejects.toMatchObject({
      code: "COLUMN_TYPE",
      place: { column: "v" },
    });
  });

  test("two columns of one name are refused", async () => {
    const field = new Field("v", new Utf8());
    await expect(joined(csvFormat().write(streamOf(new Schema([field, field]))))).rejects.toMatchObject({
      code: "COLUMN_DUPLICATE",
    });
  });

  test("no rows, no columns, no header", async () => {
    const one = new Schema([new Field("v", new Utf8())]);
    const text = async (schema: Schema, dialect = {}) =>
      Buffer.from(await joined(csvFormat(dialect).write(streamOf(schema)))).toString();
    expect([await text(one), await text(new Schema([])), await text(one, { header: false })]).toEqual(["v\n", "", ""]);
  });
});

describe("inferred types", () => {
  const inferred = async (cells: readonly string[], dialect = {}) =>
    (await inferTypes([file(`v,x\n${cells.map((cell) => `${cell},1\n`).join("")}`)], dialect, undefined, { rows: 2 }))[
      "v"
    ] ?? "utf8";

  test.each<[string, readonly string[], string]>([
    ["integers", ["1", "-20", "0"], "int64"],
    ["with missing ones", ["", "1"], "int64"],
    ["in quotes", ['"1"', '"2"'], "int64"],
    ["19 digits", ["9223372036854775807"], "int64"],
    ["JavaScript's numbers", ["1", "0.5", "-2.25"], "float64"],
    ["Python's numbers", ["1.0", "0.25"], "float64"],
    ["money", ["10.50", "0.05", "-3.00"], "decimal(4, 2)"],
    ["days", ["2024-02-29", "1950-01-01"], "date"],
    ["moments", ["2024-03-04T05:06:07", "2024-03-05T00:00:00"], "timestamp(us)"],
    ["moments with microseconds", ["2024-03-04 05:06:07.000001"], "timestamp(us)"],
    ["moments with nanoseconds", ["2024-03-04T05:06:07.000000001"], "timestamp(ns)"],
    ["moments in UTC", ["2024-03-04T05:06:07Z"], "timestamp(us, UTC)"],
    ["booleans", ["true", "false"], "bool"],
    ["booleans of Python", ["True", "False"], "bool"],
    // must stay text
    ["ZIP codes", ["10001", "02139"], "utf8"],
    ["integers beyond 64 bits", ["9223372036854775808"], "utf8"],
    ["a plus sign", ["+1"], "utf8"],
    ["minus nothing", ["-0"], "utf8"],
    ["minus nothing with a point", ["-0.0", "1.0"], "utf8"],
    ["numbers of mixed forms", ["1", "2.0"], "utf8"],
    ["codes that look like numbers", ["250.00", "250.0"], "utf8"],
    ["spaces", [" 1"], "utf8"],
    ["dates that are none", ["2023-02-29"], "utf8"],
    ["American dates", ["03/04/2024"], "utf8"],
    ["moments of mixed forms", ["2024-03-04T05:06:07", "2024-03-04 05:06:07"], "utf8"],
    ["moments elsewhere", ["2024-03-04T05:06:07+02:00"], "utf8"],
    ["days and moments", ["2024-03-04", "2024-03-04T05:06:07"], "utf8"],
    ["booleans of mixed forms", ["true", "False"], "utf8"],
    ["ones and words", ["1", "true"], "utf8"],
    ["quoted nothing", ["1", '""'], "utf8"],
    ["nothing at all", ["", ""], "utf8"],
    ["a late text", ["1", "2", "3", "4", "x"], "utf8"],
    ["hexadecimal", ["0x1"], "utf8"],
    ["exponents that Python writes", ["1e-07"], "utf8"],
    ["no number", ["NaN", "1.5"], "utf8"],
  ])("%s", async (_, cells, type) => {
    expect(await inferred(cells)).toBe(type);
    const { schema, batches } = await csvFormat({ types: { v: type } }).read(file(`v\n${cells.join("\n")}\n`));
    const rows = (await collect(batches)).reduce((sum, batch) => sum + batch.numRows, 0);
    expect([schema.fields[0]!.name, rows]).toEqual(["v", cells.length]);
  });

  test("hold over all files", async () => {
    const types = await inferTypes([file("a,b\n1,1\n"), file("b,a\n2,x\n"), file("")]);
    expect(types).toEqual({ b: "int64" });
  });

  test("a later row that does not fit a sample ends the read", async () => {
    const content = "v\n1\n2\nx\n";
    const types = await inferTypes([file(content)], {}, 2);
    expect(types).toEqual({ v: "int64" });
    const { batches } = await csvFormat({ types }).read(file(content));
    await expect(collect(batches)).rejects.toMatchObject({ code: "CSV_TYPE", place: { row: 3, column: "v" } });
  });

  test("by the dialect of a job", async () => {
    const format = csvFormat({ types: "infer", null: "NA" });
    const source = file("zip,age,zip\n02139,NA,1\n10001,7,2\n");
    expect((await format.schema(source)).fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      "zip: Utf8",
      "age: Int64",
      "zip: Utf8",
    ]);
    const { batches } = await format.read(source, ["age"]);
    expect((await collect(batches)).flatMap((batch) => cellsOf(batch, "age").cells)).toEqual([null, 7n]);
  });
});
