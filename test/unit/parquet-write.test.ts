import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Data,
  type DataType,
  Dictionary,
  Field,
  FixedSizeList,
  Int8,
  Int32,
  LargeList,
  List,
  makeData,
  type RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CODEC } from "../../connectors/parquet/codecs.ts";
import { structOf } from "../../connectors/parquet/fields.ts";
import { readFooter } from "../../connectors/parquet/footer.ts";
import { readParquet } from "../../connectors/parquet/read.ts";
import { writeParquet } from "../../connectors/parquet/write.ts";
import { batchOf } from "../../src/batch.ts";
import { collect } from "../../src/stream.ts";
import { type Duck, openDuck } from "../fakes/duck.ts";
import { joined, memoryObject } from "../fakes/object.ts";

type Columns = Readonly<Record<string, Data | Vector>>;
const dataIn = (column: Data | Vector): Data => (column instanceof Vector ? column.data[0]! : column);
const batch = (columns: Columns, nullable = true): RecordBatch => {
  const data = Object.values(columns).map(dataIn);
  const schema = new Schema(Object.keys(columns).map((name, i) => new Field(name, data[i]!.type, nullable)));
  return batchOf(schema, data, data[0]?.length ?? 0);
};
const written = async (
  batches: readonly RecordBatch[],
  codec?: number,
  metadata?: Map<string, string>,
): Promise<Uint8Array> => {
  async function* stream() {
    yield* batches;
  }
  const schema = new Schema(batches[0]!.schema.fields, metadata);
  return joined(writeParquet({ schema, batches: stream() }, codec));
};
const texts = (values: readonly (string | null)[], type: DataType = new Utf8()) => vectorFromArray(values, type);
const repeat = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

let folder = "";
let duck: Duck;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "phimask-write-"));
  duck = await openDuck();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const asFile = (bytes: Uint8Array): string => {
  const path = join(folder, "t.parquet");
  writeFileSync(path, bytes);
  return path;
};

describe("a new file", () => {
  const stamps = makeData({
    type: new TimestampMicrosecond(),
    data: BigInt64Array.of(1_600_000_000_123_457n, 1n, -1n),
  });
  const table = () =>
    batch({ note: texts(["a", null, "Ünïcödé"]), seen: stamps, n: vectorFromArray([1, null, 3], new Int32()) });

  it.each(Object.entries(CODEC).filter(([name]) => name !== "LZ4"))(
    "in %s is read by DuckDB, microseconds kept",
    async (_, codec) => {
      const path = asFile(await written([table()], codec));
      expect(await duck.rows(`SELECT note, seen::VARCHAR, n FROM '${path}'`)).toEqual([
        ["a", "2020-09-13 12:26:40.123457", 1],
        [null, "1970-01-01 00:00:00.000001", null],
        ["Ünïcödé", "1969-12-31 23:59:59.999999", 3],
      ]);
    },
  );

  it("is read by hyparquet", async () => {
    const bytes = await written([table()]);
    const file = {
      byteLength: bytes.length,
      slice: async (from: number, to?: number) => Uint8Array.from(bytes.subarray(from, to)).buffer,
    };
    const rows = await parquetReadObjects({ file, compressors });
    expect(rows.map(({ note, n }) => [note, n])).toEqual([
      ["a", 1],
      [null, null],
      ["Ünïcödé", 3],
    ]);
  });

  it("tells how many nulls there are, and no value", async () => {
    const bytes = await written([table()]);
    const { rowGroups } = await readFooter(memoryObject(bytes));
    for (const { meta } of rowGroups[0]!.chunks) expect(structOf(meta, 12)!.fields.map(({ id }) => id)).toEqual([3]);
    const found = await duck.rows(
      `SELECT stats_null_count, stats_min, stats_max, stats_min_value, stats_max_value FROM parquet_metadata('${asFile(bytes)}')`,
    );
    expect(found).toEqual([
      [1n, null, null, null, null],
      [0n, null, null, null, null],
      [1n, null, null, null, null],
    ]);
  });

  it("keeps the schema's metadata", async () => {
    const { keyValues } = await readFooter(
      memoryObject(await written([table()], undefined, new Map([["who", "made up"]]))),
    );
    expect(keyValues.get("who")).toBe("made up");
    expect(keyValues.has("ARROW:schema")).toBe(true);
  });

  it("uses a dictionary where values repeat, and only there", async () => {
    const columns = {
      kind: texts(repeat(5000, (i) => `kind ${i % 7}`)),
      note: texts(repeat(5000, (i) => `note ${i}`)),
    };
    const found = await duck.rows(
      `SELECT path_in_schema, encodings, dictionary_page_offset IS NOT NULL FROM parquet_metadata('${asFile(await written([batch(columns)]))}')`,
    );
    expect(found).toEqual([
      ["kind", expect.stringContaining("DICTIONARY"), true],
      ["note", expect.stringContaining("PLAIN"), false],
    ]);
  });

  it("gives up a dictionary that grows too large, and loses nothing", async () => {
    const values = [...repeat(4000, (i) => `few ${i % 3}`), ...repeat(90_000, (i) => `many ${i}`)];
    const bytes = await written([batch({ x: texts(values.slice(0, 4000)) }), batch({ x: texts(values.slice(4000)) })]);
    const found =
      await duck.rows(`SELECT count(DISTINCT x), count(*) FILTER (x <> CASE WHEN file_row_number < 4000 THEN 'few ' || (file_row_number % 3) ELSE 'many ' || (file_row_number - 4000) END)
      FROM read_parquet('${asFile(bytes)}', file_row_number = true)`);
    expect(found).toEqual([[90_003n, 0n]]);
  });

  it("comes out row group by row group, while the rest is still to be made", async () => {
    const part = batch({ note: texts(repeat(2000, (i) => `${i} `.repeat(1500))) });
    let made = 0;
    async function* batches() {
      for (; made < 40; made++) yield part;
    }
    const seen: number[] = [];
    let bytes = 0;
    for await (const piece of writeParquet({ schema: part.schema, batches: batches() })) {
      bytes += piece.length;
      seen.push(made);
    }
    expect(bytes).toBeGreaterThan(1_000_000);
    expect(new Set(seen).size).toBeGreaterThan(4);
  });

  it("holds 10 MB cells", async () => {
    const cell = "x".repeat(10_000_000);
    const path = asFile(await written([batch({ note: texts([cell, null, `${cell}y`]) })]));
    expect(await duck.rows(`SELECT length(note) FROM '${path}'`)).toEqual([[10_000_000n], [null], [10_000_001n]]);
  });

  it("without rows, and without columns", async () => {
    expect(await duck.rows(`SELECT count(*) FROM '${asFile(await written([table().slice(0, 0)]))}'`)).toEqual([[0n]]);
    const none = await written([batchOf(new Schema([]), [], 5)]);
    const batches = await collect((await readParquet(memoryObject(none))).batches);
    expect(batches.reduce((sum, { numRows }) => sum + numRows, 0)).toBe(5);
  });
});

describe("arrays of every layout", () => {
  const item = new Field("item", new Utf8(), true);
  const rowsOf = async (bytes: Uint8Array): Promise<unknown[]> =>
    (await collect((await readParquet(memoryObject(bytes))).batches)).flatMap((part) =>
      JSON.parse(JSON.stringify([...part.getChildAt(0)!])),
    );

  it("slices of lists and structs", async () => {
    const lists = vectorFromArray([["a"], null, ["b", null], [], ["c", "d"]], new List(item));
    const structs = vectorFromArray(
      [{ x: "a" }, null, { x: null }, { x: "b" }],
      new Struct([new Field("x", new Utf8(), true)]),
    );
    expect(await rowsOf(await written([batch({ l: lists.slice(1, 4) })]))).toEqual([null, ["b", null], []]);
    expect(await rowsOf(await written([batch({ s: structs.slice(1, 3) })]))).toEqual([null, { x: null }]);
  });

  it("lists that leave out parts of their values, or show them under a null", async () => {
    const child = texts(["hidden", "a", "hidden", "b", "c"]).data[0]!;
    const valid = Uint8Array.of(0b101);
    const list = makeData({
      type: new List(item),
      length: 3,
      nullCount: 1,
      nullBitmap: valid,
      valueOffsets: Int32Array.of(1, 2, 3, 5),
      child,
    } as never);
    const bytes = await written([batch({ l: list })], CODEC.UNCOMPRESSED);
    expect(await rowsOf(bytes)).toEqual([["a"], null, ["b", "c"]]);
    expect(Buffer.from(bytes).includes("hidden")).toBe(false);
  });

  it("lists of 64-bit offsets and of fixed size", async () => {
    const child = texts(["a", "b", "c", "d"]).data[0]!;
    const large = makeData({
      type: new LargeList(item),
      length: 2,
      nullCount: 0,
      valueOffsets: BigInt64Array.of(0n, 1n, 4n),
      child,
    } as never);
    expect(await rowsOf(await written([batch({ l: large })]))).toEqual([["a"], ["b", "c", "d"]]);
    const pairs = makeData({
      type: new FixedSizeList(2, item),
      length: 2,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b10),
      child,
    } as never);
    expect(await rowsOf(await written([batch({ l: pairs })]))).toEqual([null, ["c", "d"]]);
  });

  it("dictionaries that change from batch to batch", async () => {
    const type = new Dictionary(new Utf8(), new Int8(), 1);
    const parts = [
      ["a", "b", "a"],
      [null, "c"],
    ].map((values) => batch({ d: texts(values, type) }));
    expect(await rowsOf(await written(parts))).toEqual(["a", "b", "a", null, "c"]);
  });

  it("a null where the field allows none is refused, a null struct around it is not", async () => {
    await expect(written([batch({ x: texts(["a", null]) }, false)])).rejects.toMatchObject({
      code: "COLUMN_TYPE",
      place: { column: "x" },
    });
    const type = new Struct([new Field("x", new Utf8(), false)]);
    expect(await rowsOf(await written([batch({ s: vectorFromArray([{ x: "a" }, null], type) })]))).toEqual([
      { x: "a" },
      null,
    ]);
    await expect(written([batch({ s: vectorFromArray([{ x: null }], type) })])).rejects.toMatchObject({
      code: "COLUMN_TYPE",
    });
  });

  it("offsets that lead outside are refused", async () => {
    const child = texts(["a"]).data[0]!;
    for (const offsets of [Int32Array.of(0, 2), Int32Array.of(1, 0), Int32Array.of(-1, 1)]) {
      const list = makeData({ type: new List(item), length: 1, nullCount: 0, valueOffsets: offsets, child } as never);
      await expect(written([batch({ l: list })])).rejects.toMatchObject({ code: "INPUT_MALFORMED" });
    }
  });

  it("batches of other columns than the schema's are refused", async () => {
    const two = batch({ a: texts(["x"]), b: texts(["y"]) });
    await expect(written([batch({ a: texts(["x"]) }), two])).rejects.toMatchObject({ code: "SCHEMA_DIFFERS" });
  });
});
