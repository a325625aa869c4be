import {
  Binary,
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
  Int16,
  Int32,
  Int64,
  IntervalDayTime,
  LargeBinary,
  LargeUtf8,
  List,
  Map_,
  Null,
  Schema,
  SparseUnion,
  Struct,
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
import { numberOf, structOf, textOf } from "../../connectors/parquet/fields.ts";
import { readFooter, type SchemaElement } from "../../connectors/parquet/footer.ts";
import { parquetSchema, resolveLeaf, schemaElement } from "../../connectors/parquet/schema.ts";
import type { ThriftStruct } from "../../connectors/parquet/thrift.ts";
import { writeParquet } from "../../connectors/parquet/write.ts";
import { joined, memoryObject } from "../fakes/object.ts";

const REQUIRED = 0;
const OPTIONAL = 1;
const REPEATED = 2;
const none: ThriftStruct = { fields: [] };

type Spec = Omit<Partial<SchemaElement>, "tree"> & { readonly name: string; readonly has?: readonly Spec[] };

/** The elements of a schema in pre-order, under a root. */
function elements(...specs: readonly Spec[]): SchemaElement[] {
  const flat = ({ has = [], ...spec }: Spec): SchemaElement[] => [
    { repetition: OPTIONAL, children: has.length, tree: none, ...spec },
    ...has.flatMap(flat),
  ];
  return flat({ name: "root", repetition: REQUIRED, has: specs });
}

/** LogicalType as a union: the field's id says which. */
function logical(id: number, ...fields: readonly [number, unknown][]): ThriftStruct {
  const value: ThriftStruct = {
    fields: fields.map(([field, inner]) => ({ id: field, type: 5, value: inner as number })),
  };
  return { fields: [{ id, type: 12, value }] };
}
const unit = (id: number): ThriftStruct => ({ fields: [{ id, type: 12, value: none }] });

const schemaOf = (schema: readonly SchemaElement[], hints: ReadonlyMap<string, string> = new Map()) =>
  parquetSchema({ schema, keyValues: hints });
const typeOf = (spec: Omit<Spec, "name">): string =>
  String(schemaOf(elements({ name: "x", ...spec })).schema.fields[0]!.type);

describe("the Arrow type of a leaf", () => {
  it.each<[string, Omit<Spec, "name">, DataType]>([
    ["BOOLEAN", { type: 0 }, new Bool()],
    ["INT32", { type: 1 }, new Int32()],
    ["INT32 under INT_8", { type: 1, converted: 15 }, new Int8()],
    ["INT32 under INT_16", { type: 1, converted: 16 }, new Int16()],
    ["INT32 under UINT_8", { type: 1, converted: 11 }, new Uint8()],
    ["INT32 under UINT_16", { type: 1, converted: 12 }, new Uint16()],
    ["INT32 under UINT_32", { type: 1, converted: 13 }, new Uint32()],
    ["INTEGER(8, false)", { type: 1, logical: logical(10, [1, 8], [2, false]) }, new Uint8()],
    ["INTEGER(64, false)", { type: 2, logical: logical(10, [1, 64], [2, false]) }, new Uint64()],
    ["INT64 under UINT_64", { type: 2, converted: 14 }, new Uint64()],
    ["INT64 under INT_64", { type: 2, converted: 18 }, new Int64()],
    ["DATE", { type: 1, converted: 6 }, new DateDay()],
    ["DATE, logical", { type: 1, logical: logical(6) }, new DateDay()],
    ["TIME_MILLIS", { type: 1, converted: 7 }, new TimeMillisecond()],
    ["TIME_MICROS", { type: 2, converted: 8 }, new TimeMicrosecond()],
    ["TIME(ns)", { type: 2, logical: logical(7, [1, true], [2, unit(3)]) }, new TimeNanosecond()],
    ["TIMESTAMP_MILLIS means UTC", { type: 2, converted: 9 }, new TimestampMillisecond("UTC")],
    ["TIMESTAMP_MICROS means UTC", { type: 2, converted: 10 }, new TimestampMicrosecond("UTC")],
    ["TIMESTAMP(us, local)", { type: 2, logical: logical(8, [1, false], [2, unit(2)]) }, new TimestampMicrosecond()],
    ["TIMESTAMP(ns, UTC)", { type: 2, logical: logical(8, [1, true], [2, unit(3)]) }, new TimestampNanosecond("UTC")],
    [
      "logical before converted",
      { type: 2, converted: 10, logical: logical(8, [1, false], [2, unit(2)]) },
      new TimestampMicrosecond(),
    ],
    ["INT96", { type: 3 }, new TimestampNanosecond()],
    ["FLOAT", { type: 4 }, new Float32()],
    ["DOUBLE", { type: 5 }, new Float64()],
    ["BYTE_ARRAY", { type: 6 }, new Binary()],
    ["UTF8", { type: 6, converted: 0 }, new Utf8()],
    ["STRING", { type: 6, logical: logical(1) }, new Utf8()],
    ["ENUM", { type: 6, logical: logical(4) }, new Utf8()],
    ["JSON", { type: 6, converted: 19 }, new Utf8()],
    ["BSON", { type: 6, converted: 20 }, new Binary()],
    ["GEOMETRY", { type: 6, logical: logical(17) }, new Binary()],
    ["a logical type of the future", { type: 6, logical: logical(99) }, new Binary()],
    ["FIXED(5)", { type: 7, typeLength: 5 }, new FixedSizeBinary(5)],
    ["UUID", { type: 7, typeLength: 16, logical: logical(14) }, new FixedSizeBinary(16)],
    ["FLOAT16", { type: 7, typeLength: 2, logical: logical(15) }, new Float16()],
    ["INTERVAL", { type: 7, typeLength: 12, converted: 21 }, new FixedSizeBinary(12)],
    ["DECIMAL in INT32", { type: 1, converted: 5, precision: 9, scale: 2 }, new Decimal(2, 9, 128)],
    ["DECIMAL in INT64", { type: 2, logical: logical(5, [1, 6], [2, 18]) }, new Decimal(6, 18, 128)],
    [
      "DECIMAL in FIXED(16)",
      { type: 7, typeLength: 16, converted: 5, precision: 38, scale: 10 },
      new Decimal(10, 38, 128),
    ],
    ["DECIMAL in BYTE_ARRAY", { type: 6, converted: 5, precision: 20, scale: 0 }, new Decimal(0, 20, 128)],
    [
      "DECIMAL of 76 digits",
      { type: 7, typeLength: 32, converted: 5, precision: 76, scale: 0 },
      new Decimal(0, 76, 256),
    ],
    [
      "DECIMAL of more digits than its bytes hold is bytes",
      { type: 7, typeLength: 2, converted: 5, precision: 9, scale: 0 },
      new FixedSizeBinary(2),
    ],
    ["STRING on an INT32 is passed over", { type: 1, converted: 0 }, new Int32()],
    ["UNKNOWN", { type: 1, logical: logical(11) }, new Null()],
  ])("%s", (_, spec, type) => {
    expect(typeOf(spec)).toBe(String(type));
  });

  it("INT96 of Spark is of microseconds, which reach the year 9999", () => {
    const spark = new Map([["org.apache.spark.version", "3.5.0"]]);
    expect(String(schemaOf(elements({ name: "x", type: 3 }), spark).schema.fields[0]!.type)).toContain("MICROSECOND");
  });

  it.each<[string, Spec]>([
    ["FIXED without a length", { name: "x", type: 7 }],
    ["a physical type that does not exist", { name: "x", type: 9 }],
    ["a group without columns", { name: "x" }],
  ])("%s is refused", (_, spec) => {
    expect(() => schemaOf(elements(spec))).toThrow(expect.objectContaining({ code: expect.stringMatching(/^INPUT_/) }));
  });
});

describe("nesting", () => {
  const text = { type: 6, converted: 0 };
  const string = (name: string, repetition = OPTIONAL): Spec => ({ name, repetition, ...text });
  const list = (name: string, ...has: readonly Spec[]): Spec => ({ name, converted: 3, has });
  const cases: readonly [string, Spec, string, string, number, number][] = [
    [
      "three levels",
      list("a", { name: "list", repetition: REPEATED, has: [string("element")] }),
      "List<Utf8>",
      "a.list.element",
      3,
      1,
    ],
    [
      "three levels, names of Hive",
      list("a", { name: "bag", repetition: REPEATED, has: [string("array_element")] }),
      "List<Utf8>",
      "a.bag.array_element",
      3,
      1,
    ],
    ["two levels", list("a", string("array", REPEATED)), "List<Utf8>", "a.array", 2, 1],
    [
      "two levels of a group of several",
      list("a", { name: "element", repetition: REPEATED, has: [string("x"), string("y")] }),
      "List<Struct<{x:Utf8, y:Utf8}>>",
      "a.element.x",
      3,
      1,
    ],
    [
      "two levels of a group named array",
      list("a", { name: "array", repetition: REPEATED, has: [string("x")] }),
      "List<Struct<{x:Utf8}>>",
      "a.array.x",
      3,
      1,
    ],
    [
      "two levels of a group named after the list",
      list("a", { name: "a_tuple", repetition: REPEATED, has: [string("x")] }),
      "List<Struct<{x:Utf8}>>",
      "a.a_tuple.x",
      3,
      1,
    ],
    [
      "lists in lists, two levels",
      list("a", { name: "array", repetition: REPEATED, converted: 3, has: [string("array", REPEATED)] }),
      "List<List<Utf8>>",
      "a.array.array",
      3,
      2,
    ],
    ["a repeated field", string("a", REPEATED), "List<Utf8>", "a", 1, 1],
    [
      "a repeated group",
      { name: "a", repetition: REPEATED, has: [string("x", REQUIRED)] },
      "List<Struct<{x:Utf8}>>",
      "a.x",
      1,
      1,
    ],
    [
      "a map",
      {
        name: "a",
        converted: 1,
        has: [{ name: "key_value", repetition: REPEATED, has: [string("key", REQUIRED), string("value")] }],
      },
      "Map<{key:Utf8, value:Utf8}>",
      "a.key_value.key",
      2,
      1,
    ],
    [
      "a map of old",
      {
        name: "a",
        converted: 2,
        has: [{ name: "map", repetition: REPEATED, has: [string("key", REQUIRED), string("value")] }],
      },
      "Map<{key:Utf8, value:Utf8}>",
      "a.map.key",
      2,
      1,
    ],
    [
      "a map without values",
      { name: "a", converted: 1, has: [{ name: "key_value", repetition: REPEATED, has: [string("key", REQUIRED)] }] },
      "Struct<{key_value:List<Struct<{key:Utf8}>>}>",
      "a.key_value.key",
      2,
      1,
    ],
    [
      "a struct",
      { name: "a", has: [string("x"), { name: "b", repetition: REQUIRED, has: [string("y")] }] },
      "Struct<{x:Utf8, b:Struct<{y:Utf8}>}>",
      "a.x",
      2,
      0,
    ],
  ];
  it.each(cases)("%s", (_, spec, type, path, definition, repetition) => {
    const { schema, leaves } = schemaOf(elements(spec));
    expect(String(schema.fields[0]!.type)).toBe(type);
    expect(leaves[0]!.path.join(".")).toBe(path);
    expect([leaves[0]!.maxDefinition, leaves[0]!.maxRepetition]).toEqual([definition, repetition]);
  });
});

describe("a path", () => {
  const text = { type: 6, converted: 0 };
  const parquet = schemaOf(
    elements(
      { name: "note", ...text },
      { name: "a.b", ...text },
      {
        name: "a",
        has: [
          { name: "b", ...text },
          { name: "c", ...text },
        ],
      },
      {
        name: "tags",
        converted: 3,
        has: [{ name: "list", repetition: REPEATED, has: [{ name: "element", ...text }] }],
      },
      { name: "old", converted: 3, has: [{ name: "array", repetition: REPEATED, ...text }] },
      {
        name: "people",
        converted: 3,
        has: [
          {
            name: "list",
            repetition: REPEATED,
            has: [
              {
                name: "element",
                has: [
                  { name: "line", ...text },
                  { name: "zip", ...text },
                ],
              },
            ],
          },
        ],
      },
      {
        name: "m",
        converted: 1,
        has: [
          {
            name: "key_value",
            repetition: REPEATED,
            has: [
              { name: "key", repetition: REQUIRED, ...text },
              { name: "value", ...text },
            ],
          },
        ],
      },
    ),
  );
  it.each([
    ["note", ["note"]],
    ["a.b", ["a.b"]],
    ["a.c", ["a.c"]],
    ["a", ["a.b", "a.c"]],
    ["tags", ["tags.list.element"]],
    ["tags.element", ["tags.list.element"]],
    ["tags.list.element", ["tags.list.element"]],
    ["old", ["old.array"]],
    ["old.array", ["old.array"]],
    ["people.line", ["people.list.element.line"]],
    ["people.list.element.zip", ["people.list.element.zip"]],
    ["people", ["people.list.element.line", "people.list.element.zip"]],
    ["m.value", ["m.key_value.value"]],
    ["m.key_value.key", ["m.key_value.key"]],
    ["m", ["m.key_value.key", "m.key_value.value"]],
    ["nose", []],
    ["note.x", []],
    ["people.nose", []],
  ])("%s", (leaf, paths) => {
    expect(resolveLeaf(parquet, leaf).map(({ path }) => path.join("."))).toEqual(paths);
  });

  it("a top-level name that holds dots comes before the nested one", () => {
    expect(resolveLeaf(parquet, "a.b")[0]!.index).toBe(1);
  });

  it("a name twice is refused where it is asked for", () => {
    const twice = schemaOf(elements({ name: "x", ...text }, { name: "x", ...text }, { name: "y", ...text }));
    expect(() => resolveLeaf(twice, "x")).toThrow(expect.objectContaining({ code: "COLUMN_DUPLICATE" }));
    expect(resolveLeaf(twice, "y")).toHaveLength(1);
  });
});

describe("a schema that was written", () => {
  const asFile = async (type: DataType, nullable = true, metadata = new Map<string, string>()) => {
    const schema = new Schema([new Field("x", type, nullable, metadata)]);
    async function* batches() {}
    const file = memoryObject(await joined(writeParquet({ schema, batches: batches() })));
    return readFooter(file);
  };
  const kept: readonly DataType[] = [
    new Bool(),
    new Int8(),
    new Int16(),
    new Int32(),
    new Int64(),
    new Uint8(),
    new Uint16(),
    new Uint32(),
    new Uint64(),
    new Float16(),
    new Float32(),
    new Float64(),
    new Utf8(),
    new LargeUtf8(),
    new Utf8View(),
    new Binary(),
    new LargeBinary(),
    new FixedSizeBinary(7),
    new Decimal(2, 5, 128),
    new Decimal(0, 38, 128),
    new Decimal(3, 70, 256),
    new DateDay(),
    new DateMillisecond(),
    new TimeMillisecond(),
    new TimeMicrosecond(),
    new TimeNanosecond(),
    new TimestampMillisecond(),
    new TimestampMicrosecond(),
    new TimestampNanosecond(),
    new TimestampMillisecond("UTC"),
    new TimestampMicrosecond("America/New_York"),
    new DurationMicrosecond(),
    new Null(),
    new Dictionary(new Utf8(), new Int32(), 1),
    new List(new Field("element", new Utf8(), true)),
    new Struct([new Field("a", new List(new Field("element", new Int8(), false)), true)]),
  ];
  it.each(kept.map((type) => [String(type), type] as const))("%s is read as it was", async (name, type) => {
    const { schema } = parquetSchema(await asFile(type));
    expect(String(schema.fields[0]!.type)).toBe(name);
    expect(schema.fields[0]!.nullable).toBe(true);
  });
  it.each<[string, DataType, string]>([
    ["seconds of a day", new TimeSecond(), "Time32<MILLISECOND>"],
    ["seconds", new TimestampSecond(), "Timestamp<MILLISECOND>"],
    ["a list of fixed size", new FixedSizeList(2, new Field("element", new Int8(), true)), "List<Int8>"],
    ["a dictionary of small indices", new Dictionary(new Utf8(), new Int8(), 1), "Dictionary<Int32, Utf8>"],
    ["a dictionary of numbers", new Dictionary(new Int32(), new Int8(), 1), "Int32"],
  ])("%s becomes what Parquet has", async (_, type, name) => {
    expect(String(parquetSchema(await asFile(type)).schema.fields[0]!.type)).toBe(name);
  });
  it.each<[string, DataType]>([
    ["a union", new SparseUnion([0], [new Field("a", new Int8(), true)])],
    ["an interval", new IntervalDayTime()],
    ["a struct without columns", new Struct([])],
  ])("%s is refused before a byte is written", async (_, type) => {
    await expect(asFile(type)).rejects.toMatchObject({ code: "COLUMN_TYPE", place: { column: "x" } });
  });
  it("a map keeps its keys required", async () => {
    const entry = new Struct([new Field("key", new Utf8(), false), new Field("value", new Int8(), true)]);
    const footer = await asFile(new Map_(new Field("entries", entry as never, false)));
    expect(footer.schema.map(({ name, repetition }) => [name, repetition])).toEqual([
      ["schema", 0],
      ["x", 1],
      ["key_value", 2],
      ["key", 0],
      ["value", 1],
    ]);
  });
  it.each([
    ["arrow.uuid", "ARROW:extension:name", new FixedSizeBinary(16)],
    ["arrow.json", "ARROW:extension:name", new Utf8()],
    ["ENUM", "PARQUET:annotation", new Utf8()],
    ["BSON", "PARQUET:annotation", new Binary()],
    ["INTERVAL", "PARQUET:annotation", new FixedSizeBinary(12)],
  ])("%s keeps its annotation", async (value, key, type) => {
    const [field] = parquetSchema(await asFile(type, true, new Map([[key, value]]))).schema.fields;
    expect(field!.metadata.get(key)).toBe(value);
  });
});

describe("Arrow's own schema in the footer", () => {
  it("is passed over where it cannot be read or does not go with the file", () => {
    const leaves = elements({ name: "x", type: 6, converted: 0 });
    for (const hint of ["", "not base64!", "AAAA", Buffer.alloc(64, 255).toString("base64")])
      expect(String(schemaOf(leaves, new Map([["ARROW:schema", hint]])).schema.fields[0]!.type)).toBe("Utf8");
  });
});

describe("the element of a changed leaf", () => {
  it("keeps name and field id, and the rest where the type stays", async () => {
    const [, element] = elements({ name: "x", type: 6, converted: 0, fieldId: 7 });
    const { leaves } = schemaOf([elements({ name: "x" })[0]!, element!]);
    const changed = schemaElement(leaves[0]!, element!, new Int64(), true);
    expect([textOf(changed, 4), numberOf(changed, 9), numberOf(changed, 1), numberOf(changed, 3)]).toEqual([
      "x",
      7,
      2,
      OPTIONAL,
    ]);
    const date = schemaElement(leaves[0]!, element!, new DateDay(), false);
    expect([numberOf(date, 1), numberOf(date, 3), numberOf(date, 6)]).toEqual([1, REQUIRED, 6]);
    expect(structOf(date, 10)!.fields[0]!.id).toBe(6);
    const same = schemaElement(leaves[0]!, element!, new Utf8(), false);
    expect(same.fields).toEqual([{ id: 3, type: 5, value: REQUIRED }]);
  });
  it("a repeated leaf cannot become null", () => {
    const [, element] = elements({ name: "x", type: 6, converted: 0, repetition: REPEATED });
    const { leaves } = schemaOf([elements({ name: "x" })[0]!, element!]);
    expect(() => schemaElement(leaves[0]!, element!, new Utf8(), true)).toThrow(
      expect.objectContaining({ code: "COLUMN_TYPE" }),
    );
  });
});
