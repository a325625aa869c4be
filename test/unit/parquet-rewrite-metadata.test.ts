import {
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int8,
  Int32,
  Int64,
  MessageReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { list, structFrom, structsOf, textOf, withField } from "../../connectors/parquet/fields.ts";
import { T } from "../../connectors/parquet/thrift.ts";
import type { Leaf } from "../../src/types.ts";
import { type LeafRule, lengths, nulls, texts } from "../fakes/leaf-mask.ts";
import { madeFile, metadataOf, rewritten, withFooter } from "../fakes/parquet-made.ts";

function keyValuesOf(bytes: Uint8Array): Record<string, string> {
  const pairs = metadataOf(bytes).key_value_metadata ?? [];
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value ?? ""]));
}

async function rebuilt(
  keyValues: Record<string, string>,
  rules: Record<Leaf, LeafRule>,
): Promise<Record<string, string>> {
  const pairs = Object.entries(keyValues).map(([key, value]) => ({ key, value }));
  return keyValuesOf((await rewritten(madeFile(pairs), rules)).bytes);
}

describe("key-value metadata", () => {
  const versions = { "org.apache.spark.version": "3.5.1", "writer.model.name": "avro" };

  it("stays where nothing is touched", async () => {
    const pairs = { ...versions, "user note": "anything" };
    expect(await rebuilt(pairs, {})).toEqual(pairs);
  });

  it("keeps schemas and versions, and no key of a user's own", async () => {
    const others = { "user note": "anything", PANDAS_ATTRS: "{}", hoodie_min_record_key: "Ann", "": "" };
    expect(await rebuilt({ ...versions, ...others }, { note: lengths })).toEqual(versions);
    expect(await rebuilt(others, { note: lengths })).toEqual({});
  });

  it.each(["parquet.avro.schema", "iceberg.schema", "thrift.descriptor"])(
    "keeps %s only while columns are what they were",
    async (key) => {
      expect(await rebuilt({ [key]: "{}" }, { note: lengths })).toEqual({ [key]: "{}" });
      for (const rules of [{ note: "drop" }, { id: texts }, { weight: texts }] as const) {
        expect(await rebuilt({ [key]: "{}" }, rules)).toEqual({});
      }
    },
  );

  it("drops a schema that cannot be read", async () => {
    const broken = { pandas: "{", "org.apache.spark.sql.parquet.row.metadata": "[]", "ARROW:schema": "AAAA", geo: "1" };
    expect(await rebuilt(broken, { note: lengths })).toEqual({});
  });
});

describe("pandas' metadata", () => {
  const column = (name: string | null, pandas_type: string, numpy_type: string, field_name = name) => ({
    name,
    field_name,
    pandas_type,
    numpy_type,
    metadata: null,
  });
  const columns = [
    column("id", "int64", "int64"),
    column("note", "unicode", "object"),
    column("age", "int32", "int32"),
    column("weight", "float64", "float64"),
    column(null, "unicode", "object", "name"),
  ];
  const pandas = {
    index_columns: ["name", { kind: "range", name: null, start: 0, stop: 3, step: 1 }],
    column_indexes: [],
    columns,
    creator: { library: "pyarrow", version: "26.0.1" },
    pandas_version: "3.0.0",
  };
  const told = async (rules: Record<Leaf, LeafRule>, more: object = {}) =>
    JSON.parse((await rebuilt({ pandas: JSON.stringify({ ...pandas, ...more }) }, rules))["pandas"]!);

  it("stays as it is where types stay", async () => {
    expect(await told({ note: lengths, weight: lengths })).toEqual(pandas);
  });

  it("tells a new type", async () => {
    const { columns: found, ...rest } = await told({ id: texts, weight: texts });
    expect(found).toEqual([
      column("id", "unicode", "object"),
      columns[1],
      columns[2],
      column("weight", "unicode", "object"),
      columns[4],
    ]);
    expect(rest).toEqual({ ...pandas, columns: undefined });
  });

  it("loses a dropped column, and a dropped index", async () => {
    const found = await told({ note: "drop", name: "drop" });
    expect(found.columns).toEqual([columns[0], columns[2], columns[3]]);
    expect(found.index_columns).toEqual([pandas.index_columns[1]]);
  });

  it("loses what a user attached", async () => {
    expect(await told({ note: lengths }, { attributes: { who: "Ann" }, other: 1 })).toEqual(pandas);
  });
});

describe("Spark's schema", () => {
  const key = "org.apache.spark.sql.parquet.row.metadata";
  const field = (name: string, type: unknown, metadata: object = {}, nullable = true) => ({
    name,
    type,
    nullable,
    metadata,
  });
  const spark = (...fields: unknown[]) => ({ type: "struct", fields });
  const whole = spark(
    field("id", "long", {}, false),
    field("note", "string", {
      comment: "what Ann said",
      __CHAR_VARCHAR_TYPE_STRING: "varchar(9)",
      "delta.columnMapping.id": 4,
    }),
    field("age", "integer", { comment: "years" }),
    field("name", "string", {}, false),
    field("weight", "double"),
  );
  const told = async (rules: Record<Leaf, LeafRule>, schema: unknown = whole) => {
    const value = (await rebuilt({ [key]: JSON.stringify(schema) }, rules))[key];
    return value === undefined ? undefined : JSON.parse(value);
  };

  it("keeps comments of columns that are not masked, and ids of those that are", async () => {
    const [id, , ...rest] = whole.fields;
    expect(await told({ note: lengths })).toEqual(
      spark(id, field("note", "string", { "delta.columnMapping.id": 4 }), ...rest),
    );
  });

  it("tells new types and nulls, and loses what is dropped", async () => {
    const found = await told({ id: nulls, note: "drop", weight: texts });
    const [, , age, name] = whole.fields;
    expect(found).toEqual(spark(field("id", "long"), age, name, field("weight", "string")));
  });

  it("goes where it is of other columns than the file", async () => {
    const [id, ...rest] = whole.fields;
    expect(await told({ note: lengths }, spark(...rest, id))).toBeUndefined();
    expect(await told({ note: lengths }, spark(id))).toBeUndefined();
  });
});

describe("GeoParquet's metadata", () => {
  const box = (x: number) => ({ encoding: "WKB", geometry_types: [], bbox: [x, x, x, x] });
  const geo = { version: "1.1.0", primary_column: "weight", columns: { weight: box(1), age: box(2) } };
  const told = async (rules: Record<Leaf, LeafRule>) => (await rebuilt({ geo: JSON.stringify(geo) }, rules))["geo"];

  it("keeps the boxes of columns that are not masked", async () => {
    expect(await told({ note: lengths })).toBe(JSON.stringify(geo));
    expect(JSON.parse((await told({ age: lengths }))!)).toEqual({ ...geo, columns: { weight: box(1) } });
  });

  it("goes with its primary column", async () => {
    expect(await told({ weight: nulls })).toBeUndefined();
  });
});

describe("Arrow's schema", () => {
  const key = "ARROW:schema";
  const encoded = (schema: Schema): string => {
    const writer = new RecordBatchStreamWriter();
    writer.reset(undefined, schema);
    writer.finish();
    return Buffer.from(writer.toUint8Array(true)).toString("base64");
  };
  const dictionary = new Dictionary(new Utf8(), new Int8(), 0);
  const fields = [
    new Field("id", new Int64(), false),
    new Field(
      "note",
      new Utf8(),
      true,
      new Map([
        ["comment", "what Ann said"],
        ["PARQUET:field_id", "3"],
      ]),
    ),
    new Field("age", new Int32(), true, new Map([["comment", "years"]])),
    new Field("name", dictionary, false),
    new Field("weight", new Float64(), true),
  ];
  const told = async (schema: Schema, rules: Record<Leaf, LeafRule>): Promise<Schema | undefined> => {
    const value = (await rebuilt({ [key]: encoded(schema) }, rules))[key];
    return value === undefined ? undefined : new MessageReader(Buffer.from(value, "base64")).readSchema()!;
  };
  const shown = (schema: Schema | undefined) =>
    schema?.fields.map((field) => [field.name, String(field.type), field.nullable, Object.fromEntries(field.metadata)]);

  it("stays byte for byte where it tells nothing of a masked column but its type", async () => {
    const value = encoded(new Schema(fields));
    expect((await rebuilt({ [key]: value }, { weight: lengths, name: lengths }))[key]).toBe(value);
  });

  it("loses what a masked field says beside its type", async () => {
    const found = shown(await told(new Schema(fields), { note: lengths }));
    expect(found).toEqual([
      ["id", "Int64", false, {}],
      ["note", "Utf8", true, { "PARQUET:field_id": "3" }],
      ["age", "Int32", true, { comment: "years" }],
      ["name", String(dictionary), false, {}],
      ["weight", "Float64", true, {}],
    ]);
  });

  it("tells new types and nulls, and loses what is dropped", async () => {
    const found = shown(await told(new Schema(fields), { id: nulls, name: "drop", weight: texts, note: "drop" }));
    expect(found).toEqual([
      ["id", "Int64", true, {}],
      ["age", "Int32", true, { comment: "years" }],
      ["weight", "Utf8", true, {}],
    ]);
  });

  it("keeps the key-values that the file may keep", async () => {
    const metadata = new Map([
      ["note", "Ann"],
      ["org.apache.spark.version", "3.5.1"],
    ]);
    const found = await told(new Schema(fields, metadata), { weight: lengths });
    expect(Object.fromEntries(found!.metadata)).toEqual({ "org.apache.spark.version": "3.5.1" });
  });

  it("goes where it is of other columns than the file", async () => {
    expect(await told(new Schema(fields.slice(1)), { note: lengths })).toBeUndefined();
    expect(
      await told(new Schema([new Field("id", new Struct([new Field("x", new DateDay())])), ...fields.slice(1)]), {
        note: lengths,
      }),
    ).toBeUndefined();
  });
});

describe("the footer", () => {
  it("keeps fields that are not known yet, of all but masked chunks", async () => {
    const future = (value: string) => ({ id: 99, type: T.binary, value: Buffer.from(value) });
    const source = withFooter(madeFile(), (tree) => {
      const groups = structsOf(tree, 4).map((group) => {
        const columns = structsOf(group, 1).map((chunk, i) => ({ fields: [...chunk.fields, future(`chunk ${i}`)] }));
        return {
          fields: [...withField(group, 1, T.list, { element: T.struct, items: columns }).fields, future("group")],
        };
      });
      return { fields: [...withField(tree, 4, T.list, { element: T.struct, items: groups }).fields, future("file")] };
    });
    const { bytes } = await rewritten(source, { note: lengths });
    const found: (string | undefined)[] = [];
    withFooter(bytes, (tree) => {
      found.push(textOf(tree, 99), ...structsOf(tree, 4).map((group) => textOf(group, 99)));
      found.push(...structsOf(structsOf(tree, 4)[0]!, 1).map((chunk) => textOf(chunk, 99)));
      return tree;
    });
    expect(found).toEqual(["file", "group", "group", "group", "chunk 0", undefined, "chunk 2", "chunk 3", "chunk 4"]);
  });

  it("says that rows are sorted by the columns before the first masked one, by their new numbers", async () => {
    const sortedBy = (...columns: number[]) =>
      withFooter(madeFile(), (tree) => {
        const items = columns.map((column) =>
          structFrom(
            { id: 1, type: T.i32, value: column },
            { id: 2, type: T.true, value: false },
            { id: 3, type: T.true, value: false },
          ),
        );
        const groups = structsOf(tree, 4).map((group) => withField(group, 4, T.list, { element: T.struct, items }));
        return withField(tree, 4, T.list, { element: T.struct, items: groups });
      });
    const told = async (source: Uint8Array, rules: Record<Leaf, LeafRule>) =>
      metadataOf((await rewritten(source, rules)).bytes).row_groups[0]!.sorting_columns?.map(
        ({ column_idx }) => column_idx,
      );
    expect(await told(sortedBy(2, 0, 1, 4), { note: lengths })).toEqual([2, 0]);
    expect(await told(sortedBy(1, 2), { note: lengths })).toBeUndefined();
    expect(await told(sortedBy(2, 4), { id: "drop", note: "drop" })).toEqual([0, 2]);
  });

  it("keeps the name of the writer, by which readers know what to allow for", async () => {
    const source = withFooter(madeFile(), (tree) =>
      withField(tree, 6, T.binary, Buffer.from("parquet-mr version 1.8.1 (build 0)")),
    );
    expect(metadataOf((await rewritten(source, { note: lengths })).bytes).created_by).toBe(
      "parquet-mr version 1.8.1 (build 0)",
    );
  });

  it("adds up", async () => {
    const { bytes } = await rewritten(madeFile(), { note: lengths, id: texts, age: "drop" });
    for (const { columns, total_byte_size, total_compressed_size, file_offset } of metadataOf(bytes).row_groups) {
      const sum = (of: (meta: NonNullable<(typeof columns)[0]["meta_data"]>) => bigint) =>
        columns.reduce((total, { meta_data }) => total + of(meta_data!), 0n);
      expect(total_byte_size).toBe(sum((meta) => meta.total_uncompressed_size));
      if (total_compressed_size !== undefined)
        expect(total_compressed_size).toBe(sum((meta) => meta.total_compressed_size));
      if (file_offset !== undefined) {
        const starts = columns.map(({ meta_data: meta }) => meta!.dictionary_page_offset ?? meta!.data_page_offset);
        expect(file_offset).toBe(starts.toSorted((one, two) => Number(one - two))[0]);
      }
    }
  });

  it("reads chunks of parquet-mr before 1.2.9, which leave out a page header, to their end", async () => {
    const short = (column: number) =>
      withFooter(madeFile(), (tree) => {
        const groups = structsOf(tree, 4).map((group) => {
          const columns = structsOf(group, 1).map((chunk, i) => {
            if (i !== column) return chunk;
            const meta = structsOf(
              structFrom(list(1, T.struct, [chunk.fields.find(({ id }) => id === 3)!.value])),
              1,
            )[0]!;
            const size = Number(meta.fields.find(({ id }) => id === 7)!.value) - 14;
            return withField(chunk, 3, T.struct, withField(meta, 7, T.i64, size));
          });
          return withField(group, 1, T.list, { element: T.struct, items: columns });
        });
        const named = withField(tree, 6, T.binary, Buffer.from("parquet-mr version 1.2.8"));
        return withField(named, 4, T.list, { element: T.struct, items: groups });
      });
    const want = await rewritten(madeFile(), { note: lengths, age: lengths });
    for (const column of [2, 3]) {
      const { bytes } = await rewritten(short(column), { note: lengths, age: lengths });
      const end = Math.min(
        ...[bytes, want.bytes].map((file) =>
          Number(metadataOf(file).row_groups[0]!.columns[4]!.meta_data!.data_page_offset),
        ),
      );
      expect(Buffer.compare(bytes.subarray(0, end), want.bytes.subarray(0, end))).toBe(0);
    }
  });
});
