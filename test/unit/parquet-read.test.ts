import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Field, Int64, type RecordBatch, Schema, Utf8, vectorFromArray } from "apache-arrow";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeIndices, encodeLevels } from "../../connectors/parquet/encodings.ts";
import { readParquet, readParquetSchema } from "../../connectors/parquet/read.ts";
import { writeParquet } from "../../connectors/parquet/write.ts";
import { batchOf, cellsOf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import { collect } from "../../src/stream.ts";
import type { Leaf, ReadableObject } from "../../src/types.ts";
import { diskObject } from "../fakes/disk-object.ts";
import { type Duck, openDuck } from "../fakes/duck.ts";
import { joined, memoryObject, type Reads } from "../fakes/object.ts";
import { dataPageOf, dictionaryPageOf, type Element, handmade, plainTexts, sized } from "../fakes/parquet-file.ts";

const refused = (code: string) => expect.objectContaining({ name: "MaskingError", code });
const batchesOf = async (file: ReadableObject, leaves?: readonly Leaf[]): Promise<RecordBatch[]> =>
  collect((await readParquet(file, leaves)).batches);
/** Every row of a column as JSON. */
const rowsOf = (batches: readonly RecordBatch[], column = 0): unknown[] =>
  batches.flatMap((batch) => JSON.parse(JSON.stringify([...batch.getChildAt(column)!])));
const written = async (columns: Record<string, RecordBatch["data"]>, rows: number): Promise<Uint8Array> => {
  const schema = new Schema(Object.entries(columns).map(([name, { type }]) => new Field(name, type, true)));
  async function* batches() {
    yield batchOf(schema, Object.values(columns) as never, rows);
  }
  return joined(writeParquet({ schema, batches: batches() }));
};
const texts = (values: readonly (string | null)[]) => vectorFromArray(values, new Utf8()).data[0]! as never;
const numbers = (count: number) =>
  vectorFromArray(
    Array.from({ length: count }, (_, i) => BigInt(i)),
    new Int64(),
  ).data[0]! as never;

let folder = "";
let duck: Duck;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "phimask-read-"));
  duck = await openDuck();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("files of DuckDB", () => {
  const TABLE = `SELECT (i % 100)::TINYINT AS i8, (i % 30000)::SMALLINT AS i16, i::INTEGER AS i32, i::BIGINT << 30 AS i64,
    (i % 200)::UTINYINT AS u8, i::USMALLINT AS u16, i::UINTEGER + 4000000000 AS u32, i::UBIGINT + 18446744073709000000 AS u64,
    i % 3 = 0 AS flag, i / 7.0::FLOAT AS f32, CASE WHEN i % 11 = 0 THEN 'nan'::DOUBLE ELSE i / 7 END AS f64,
    CASE WHEN i % 5 = 0 THEN NULL ELSE 'note of person ' || (i % 900) END AS note, 'ward ' || (i % 4) AS ward,
    encode('b' || i) AS bytes, (i / 100)::DECIMAL(9, 2) AS d9, (i / 100)::DECIMAL(18, 4) AS d18,
    (i::DECIMAL(38, 3) - 170141183460469231731687303715884) AS d38, DATE '1900-01-01' + i::INTEGER AS day,
    TIME '00:00:00.000001' + INTERVAL (i) MICROSECOND AS clock, TIMESTAMP '2020-02-02 02:02:02.123457' + INTERVAL (i) MICROSECOND AS seen,
    (TIMESTAMP '0001-01-01' + INTERVAL (i) DAY)::TIMESTAMPTZ AS zoned, ('2020-01-01 00:00:00.12345678' || (i % 10))::TIMESTAMP_NS AS ns,
    TIMESTAMP_MS '2020-01-01 00:00:00.123' AS ms, INTERVAL (i) MONTH AS span, ('00000000-0000-0000-0000-' || lpad(i::VARCHAR, 12, '0'))::UUID AS id,
    CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN [] WHEN 2 THEN ['a' || i, NULL] ELSE ['x'] END AS tags,
    CASE WHEN i % 6 = 0 THEN NULL ELSE {'line': 'l' || i, 'inner': CASE WHEN i % 4 = 0 THEN NULL ELSE {'n': [i, NULL]} END} END AS home,
    CASE WHEN i % 5 = 0 THEN NULL ELSE MAP {'k' || i: [i], 'l': NULL} END AS pairs,
    (CASE i % 2 WHEN 0 THEN 'yes' ELSE 'no' END)::ENUM ('yes', 'no') AS choice
    FROM range(ROWS) t(i)`;
  const options = ["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4_raw"].flatMap((codec) =>
    ["V1", "V2"].map((version) => [codec, version, 700, 400] as const),
  );
  it.each([
    ...options,
    ["snappy", "V1", 20_000, 122_880] as const,
    ["zstd", "V2", 20_000, 122_880] as const,
    ["snappy", "V1", 0, 2048] as const,
  ])("%s, %s, %i rows, groups of %i", async (codec, version, rows, group) => {
    const [source, target] = [join(folder, "duck.parquet"), join(folder, "again.parquet")];
    await duck.run(`COPY (${TABLE.replace("ROWS", String(rows))}) TO '${source}'
        (FORMAT parquet, CODEC '${codec}', PARQUET_VERSION ${version}, ROW_GROUP_SIZE ${group})`);
    const stream = await readParquet(diskObject(source));
    writeFileSync(target, await joined(writeParquet(stream)));
    expect(await duck.differing(source, target)).toEqual([]);
  });
});

describe("spellings of old writers", () => {
  const root = (children: number): Element => ({ name: "schema", children });
  const levels = (max: number, ...values: number[]) => sized(encodeLevels(Uint8Array.from(values), max));
  const text = { type: 6, converted: 0 } as const;

  it("a list of two levels, as Thrift and old Spark write it", async () => {
    const body = Buffer.concat([levels(1, 0, 1, 0, 0), levels(2, 2, 2, 0, 1), plainTexts("a", "b")]);
    const elements = [
      root(1),
      { name: "tags", repetition: 1, children: 1, converted: 3 },
      { name: "array", repetition: 2, ...text },
    ];
    const file = handmade(elements, 3, [
      { path: ["tags", "array"], type: 6, values: 4, pages: [await dataPageOf(4, body)] },
    ]);
    expect(rowsOf(await batchesOf(memoryObject(file)))).toEqual([["a", "b"], null, []]);
    writeFileSync(join(folder, "old.parquet"), file);
    expect(await duck.rows(`SELECT tags::VARCHAR FROM '${join(folder, "old.parquet")}'`)).toEqual([
      ["[a, b]"],
      [null],
      ["[]"],
    ]);
  });

  it("a repeated field without a list around it, and levels packed in the old way", async () => {
    // Repetition and definition of one bit each, the highest bit first: 0 1 1 0 0 and 1 1 1 0 1.
    const packed = Buffer.concat([Uint8Array.of(0b01100000, 0b11101000), plainTexts("a", "b", "c", "d")]);
    const page = await dataPageOf(5, packed, { levels: 4 });
    const elements = [root(1), { name: "tags", repetition: 2, ...text }];
    const file = handmade(elements, 3, [{ path: ["tags"], type: 6, values: 5, pages: [page] }]);
    expect(rowsOf(await batchesOf(memoryObject(file)))).toEqual([["a", "b", "c"], [], ["d"]]);
  });

  it("the deprecated LZ4, dictionaries that not every page uses, and pages that cut a row", async () => {
    const codec = 5;
    const indices = encodeIndices(Int32Array.of(1, 0), 2);
    const pages = [
      await dictionaryPageOf(2, plainTexts("zero", "one"), codec),
      await dataPageOf(2, Buffer.concat([levels(1, 0, 1), levels(3, 3, 3), indices]), { encoding: 2, codec }),
      await dataPageOf(2, Buffer.concat([levels(1, 1, 0), levels(3, 3, 0), plainTexts("plain")]), { codec }),
    ];
    const elements = [
      root(1),
      { name: "tags", repetition: 1, children: 1, converted: 3 },
      { name: "list", repetition: 2, children: 1 },
      { name: "element", repetition: 1, ...text },
    ];
    const file = handmade(elements, 2, [{ path: ["tags", "list", "element"], type: 6, codec, values: 4, pages }]);
    expect(rowsOf(await batchesOf(memoryObject(file)))).toEqual([["one", "zero", "plain"], null]);
  });
});

describe("batches", () => {
  it("have 8,192 rows at most, and fewer where rows are large", async () => {
    const small = await batchesOf(memoryObject(await written({ id: numbers(20_000) }, 20_000)));
    expect(small.map((batch) => batch.numRows)).toEqual([8192, 8192, 3616]);
    const cells = Array.from({ length: 12 }, (_, i) => `${i}`.repeat(10_000_000));
    const large = await batchesOf(memoryObject(await written({ note: texts(cells), id: numbers(12) }, 12)));
    expect(large.flatMap((batch) => cellsOf(batch, "note").cells)).toEqual(cells);
    expect(Math.max(...large.map((batch) => batch.numRows))).toBeLessThan(8);
  });

  it("of thousands of columns are shorter, and neighbouring chunks are read together", async () => {
    const column = numbers(1200);
    const columns = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`c${i}`, column]));
    const bytes = await written(columns, 1200);
    let calls = 0;
    const file = memoryObject(bytes);
    const counting: ReadableObject = {
      ...file,
      read: (range) => {
        calls++;
        return file.read(range);
      },
    };
    const batches = await batchesOf(counting);
    expect(batches.map((batch) => batch.numRows).reduce((sum, rows) => sum + rows, 0)).toBe(1200);
    expect(Math.max(...batches.map((batch) => batch.numRows))).toBeLessThan(1100);
    expect(calls).toBeLessThan(60);
  });

  it("of chosen leaves cost the bytes of those leaves alone", async () => {
    const notes = Array.from({ length: 3000 }, (_, i) => `${Math.sin(i)}`.repeat(40));
    const bytes = await written({ note: texts(notes), id: numbers(3000) }, 3000);
    const reads: Reads = { bytes: 0, open: 0 };
    const batches = await batchesOf(memoryObject(bytes, { reads }), ["id"]);
    expect(batches[0]!.schema.names).toEqual(["id"]);
    expect(reads.bytes).toBeLessThan(100_000);
    expect(bytes.length).toBeGreaterThan(170_000);
  });

  it("without any leaf count the rows", async () => {
    const batches = await batchesOf(memoryObject(await written({ id: numbers(9000) }, 9000)), []);
    expect(batches.map((batch) => [batch.numRows, batch.numCols])).toEqual([
      [8192, 0],
      [808, 0],
    ]);
  });

  it("follow the order of the file, whatever order is asked for", async () => {
    const file = memoryObject(await written({ a: numbers(2), b: texts(["x", null]), c: numbers(2) }, 2));
    expect((await readParquet(file, ["c", "b"])).schema.names).toEqual(["b", "c"]);
  });
});

describe("files that do not keep their word", () => {
  const elements = [
    { name: "schema", children: 1 },
    { name: "x", type: 6, converted: 0, repetition: 0 },
  ];
  const read = async (rows: number, values: number, ...pages: readonly Uint8Array[]) =>
    rowsOf(await batchesOf(memoryObject(handmade(elements, rows, [{ path: ["x"], type: 6, values, pages }]))));

  it("are read where they keep it", async () => {
    expect(await read(2, 2, await dataPageOf(2, plainTexts("a", "b")))).toEqual(["a", "b"]);
  });
  it.each<[string, number, number, Promise<Uint8Array>[]]>([
    ["fewer values than rows", 3, 3, [dataPageOf(2, plainTexts("a", "b"))]],
    ["more values than rows", 1, 2, [dataPageOf(2, plainTexts("a", "b"))]],
    ["a page that promises more values than it has", 3, 3, [dataPageOf(3, plainTexts("a", "b"))]],
    ["a page that promises two billion values", 2 ** 31 - 1, 2 ** 31 - 1, [dataPageOf(2 ** 31 - 1, plainTexts("a"))]],
    ["a page of another size than it says", 2, 2, [dataPageOf(2, plainTexts("a", "b"), { size: 9 })]],
    ["indices without a dictionary", 2, 2, [dataPageOf(2, encodeIndices(Int32Array.of(0, 0), 1), { encoding: 8 })]],
    [
      "an index outside of the dictionary",
      2,
      2,
      [dictionaryPageOf(1, plainTexts("a")), dataPageOf(2, encodeIndices(Int32Array.of(0, 1), 2), { encoding: 8 })],
    ],
    ["numbers where text is", 2, 2, [dataPageOf(2, new Uint8Array(20), { encoding: 5 })]],
    ["no page", 2, 2, []],
  ])("%s", async (_, rows, values, pages) => {
    await expect(read(rows, values, ...(await Promise.all(pages)))).rejects.toThrow(refused("INPUT_MALFORMED"));
  });
  it("an encoding that is not known", async () => {
    await expect(read(1, 1, await dataPageOf(1, plainTexts("a"), { encoding: 42 }))).rejects.toThrow(
      refused("INPUT_UNSUPPORTED"),
    );
  });
  it("columns of a group whose lists differ", async () => {
    const group = [
      { name: "schema", children: 1 },
      { name: "people", repetition: 2, children: 2 },
      { name: "name", type: 6, converted: 0, repetition: 0 },
      { name: "town", type: 6, converted: 0, repetition: 0 },
    ];
    const page = (repetition: number[]) =>
      dataPageOf(
        2,
        Buffer.concat([
          sized(encodeLevels(Uint8Array.from(repetition), 1)),
          sized(encodeLevels(Uint8Array.of(1, 1), 1)),
          plainTexts("a", "b"),
        ]),
      );
    const chunk = async (name: string, repetition: number[], count: number) => ({
      path: ["people", name],
      type: 6,
      values: count,
      pages: [
        await page(repetition),
        ...(repetition[1] === 0
          ? []
          : [
              await dataPageOf(
                1,
                Buffer.concat([sized(encodeLevels(Uint8Array.of(0), 1)), sized(encodeLevels(Uint8Array.of(0), 1))]),
              ),
            ]),
      ],
    });
    const file = handmade(group, 2, [await chunk("name", [0, 1], 3), await chunk("town", [0, 0], 2)]);
    await expect(batchesOf(memoryObject(file))).rejects.toThrow(refused("INPUT_MALFORMED"));
  });
});

describe("damage", () => {
  it("ends in a MaskingError or in a table, never in anything else", async () => {
    const notes = Array.from({ length: 60 }, (_, i) => (i % 7 === 0 ? null : `note ${i % 9}`));
    const good = [
      await written({ id: numbers(60), note: texts(notes) }, 60),
      await written({ note: texts(notes.map((note, i) => note && `${note} ${i}`)) }, 60),
    ];
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...good), damage, fc.boolean(), async (bytes, changes, cut) => {
        const bad = Uint8Array.from(bytes);
        for (const [at, byte] of changes) bad[at % bad.length] = byte;
        const file = memoryObject(cut ? bad.subarray(0, changes[0]![0] % bad.length) : bad);
        const outcome = await batchesOf(file).then(
          () => "read",
          (error: unknown) => error,
        );
        if (outcome !== "read") expect(outcome).toBeInstanceOf(MaskingError);
      }),
      { numRuns: 800 },
    );
  });

  it("of the schema that Arrow left is passed over", async () => {
    const bytes = Buffer.from(await written({ note: texts(["a"]) }, 1));
    const at = bytes.indexOf("ARROW:schema") + 14;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 200 }), fc.constantFrom(..."ABCZabcz019+/="), async (offset, letter) => {
        const bad = Buffer.from(bytes);
        bad.write(letter, at + offset, "latin1");
        const schema = await readParquetSchema(memoryObject(bad)).catch((error: unknown) => error);
        if (schema instanceof Schema) expect(schema.names).toEqual(["note"]);
        else expect(schema).toBeInstanceOf(MaskingError);
      }),
      { numRuns: 150 },
    );
  });
});
