import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cell, Leaf } from "../../src/types.ts";
import { type Duck, openDuck } from "../fakes/duck.ts";
import { type LeafRule, lengths, nulls, texts } from "../fakes/leaf-mask.ts";
import { metadataOf, rewritten } from "../fakes/parquet-made.ts";

const ROWS = 700;
/** Columns of every type that DuckDB writes, as SQL of the row number `i`. Every thirteenth cell is null. */
const COLUMNS: Readonly<Record<string, string>> = {
  i8: "(i % 100)::TINYINT",
  i16: "(i * 40)::SMALLINT",
  i32: "(i * 1000003)::INTEGER",
  i64: "i * 1000000000039",
  u8: "(i % 256)::UTINYINT",
  u32: "(4294967295 - i)::UINTEGER",
  u64: "(18446744073709551615 - i)::UBIGINT",
  real4: "(i / 7)::FLOAT",
  real8: "(i / 7)::DOUBLE",
  flag: "i % 3 = 0",
  day: "DATE '1899-12-31' + (i * 97)::INTEGER",
  clock: "TIME '00:00:00.000001' + to_microseconds(i * 100000007)",
  micros: "TIMESTAMP '1969-12-31 23:59:59.999999' + to_microseconds(i * 1000000000039)",
  millis: "(TIMESTAMP '1969-12-31 23:59:59.999' + to_milliseconds(i * 1000000039))::TIMESTAMP_MS",
  nanos: "make_timestamp_ns(i * 1000000000039)::TIMESTAMP_NS",
  zoned: "(TIMESTAMP '2020-02-29 12:00:00' + to_microseconds(i * 1000000000039))::TIMESTAMPTZ",
  dec9: "(i / 7)::DECIMAL(9, 2)",
  dec18: "(-i / 7)::DECIMAL(18, 4)",
  dec38: "('-1234567890123456789' || i || '.0000000001')::DECIMAL(38, 10)",
  id: "md5(i::VARCHAR)::UUID",
  raw: "encode('bytes ' || i)",
  mood: "(CASE i % 3 WHEN 0 THEN 'sad' WHEN 1 THEN 'ok' ELSE 'glad' END)::ENUM('sad', 'ok', 'glad')",
  name: "'name ' || (i % 30)",
  note: "repeat('note ' || i || ' é ', i % 40)",
  span: "to_days((i % 60)::INTEGER)",
  tags: "[x FOR x IN ['a' || i, NULL, 'b' || (i % 4)] IF i % 3 > 0 OR x IS NOT NULL][: (i % 4)]",
  grid: "[['x' || i], [], [NULL, 'y']]",
  home: "{'line': i || ' Main St', 'geo': {'lat': i / 7, 'city': 'C' || (i % 30)}}",
  people: "[{'first': 'f' || j, 'last': CASE WHEN j = 1 THEN NULL ELSE 'l' || i END} FOR j IN range(i % 3)]",
  links: "MAP {'k' || (i % 3): 'v' || i, 'z': NULL}",
};
const NAMES = Object.keys(COLUMNS);
const NESTED = ["tags", "grid", "home", "people", "links"];
const FLAT = NAMES.filter((name) => !NESTED.includes(name));

let duck: Duck;
let folder = "";
let source = "";
let bytes: Uint8Array;
beforeAll(async () => {
  duck = await openDuck();
  folder = mkdtempSync(join(tmpdir(), "phimask-types-"));
  source = join(folder, "source.parquet");
  const columns = Object.entries(COLUMNS).map(([name, sql]) => `CASE WHEN i % 13 <> 5 THEN ${sql} END AS ${name}`);
  const select = `SELECT ${columns.join(", ")} FROM range(${ROWS}) t(i)`;
  await duck.run(`COPY (${select}) TO '${source}' (FORMAT parquet, ROW_GROUP_SIZE 300, CODEC zstd)`);
  bytes = readFileSync(source);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
async function output(rules: Record<Leaf, LeafRule>, byValue: boolean): Promise<string> {
  const path = join(folder, `output-${files++}.parquet`);
  writeFileSync(path, (await rewritten(bytes, rules, { byValue })).bytes);
  return path;
}

const same: LeafRule = { cell: (cell: Cell) => cell };
const modes = [true, false].flatMap((byValue) => FLAT.map((name) => [name, byValue] as const));

describe("a flat column of any type", () => {
  it.each(modes)("%s is the same where the mask gives what it got (by value: %s)", async (name, byValue) => {
    expect(await duck.differing(source, await output({ [name]: same }, byValue))).toEqual([]);
  });

  it("stays as it was where another is masked", async () => {
    for (const byValue of [true, false]) {
      expect(await duck.differing(source, await output({ note: lengths }, byValue), ["note"])).toEqual([]);
    }
  });

  it.each([true, false])("can become text, and the file's schema says so (by value: %s)", async (byValue) => {
    const names = FLAT.filter((name) => !["span", "raw", "id"].includes(name));
    const path = await output(Object.fromEntries(names.map((name) => [name, texts])), byValue);
    const types = await duck.rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${path}')`);
    for (const [name, type] of types) if (names.includes(String(name))) expect([name, type]).toEqual([name, "VARCHAR"]);
    const plain = ["i8", "i16", "i32", "i64", "u8", "u32", "u64", "flag", "mood", "name", "note"];
    for (const name of plain) {
      const wrong = `count(*) FILTER (a.${name} IS DISTINCT FROM '#' || b.${name}::VARCHAR)`;
      const joined = `read_parquet('${path}', file_row_number = true) a JOIN read_parquet('${source}', file_row_number = true) b USING (file_row_number)`;
      expect([name, await duck.rows(`SELECT ${wrong} FROM ${joined}`)]).toEqual([name, [[0n]]]);
    }
  });

  it.each([true, false])("can become null throughout (by value: %s)", async (byValue) => {
    const names = FLAT;
    const path = await output(Object.fromEntries(names.map((name) => [name, nulls])), byValue);
    const counts = await duck.rows(`SELECT ${names.map((name) => `count(${name})`).join(", ")} FROM '${path}'`);
    expect(counts).toEqual([names.map(() => 0n)]);
    expect(await duck.differing(source, path, names)).toEqual([]);
  });
});

/** Leaf paths as jobs spell them, and the SQL that gives their masked column from the source. */
const NESTS: readonly (readonly [Leaf, string, string])[] = [
  ["tags", "tags", "[CASE WHEN x IS NOT NULL THEN 'M' || length(x) END FOR x IN tags]"],
  ["tags.list.element", "tags", "[CASE WHEN x IS NOT NULL THEN 'M' || length(x) END FOR x IN tags]"],
  ["grid", "grid", "[[CASE WHEN y IS NOT NULL THEN 'M' || length(y) END FOR y IN x] FOR x IN grid]"],
  ["home.line", "home", "{'line': 'M' || length(home.line), 'geo': home.geo}"],
  ["home.geo.city", "home", "{'line': home.line, 'geo': {'lat': home.geo.lat, 'city': 'M' || length(home.geo.city)}}"],
  [
    "people.list.element.last",
    "people",
    "[{'first': x.first, 'last': CASE WHEN x.last IS NOT NULL THEN 'M' || length(x.last) END} FOR x IN people]",
  ],
  ["people.first", "people", "[{'first': 'M' || length(x.first), 'last': x.last} FOR x IN people]"],
  [
    "links.key_value.value",
    "links",
    "map_from_entries([{'k': x.key, 'v': CASE WHEN x.value IS NOT NULL THEN 'M' || length(x.value) END} FOR x IN map_entries(links)])",
  ],
  [
    "links.value",
    "links",
    "map_from_entries([{'k': x.key, 'v': CASE WHEN x.value IS NOT NULL THEN 'M' || length(x.value) END} FOR x IN map_entries(links)])",
  ],
];

describe("a leaf inside lists, structs and maps", () => {
  it.each(NESTS)("%s is masked and its nesting stays", async (leaf, column, sql) => {
    for (const byValue of [true, false]) {
      const path = await output({ [leaf]: lengths }, byValue);
      expect(await duck.differing(source, path, [column])).toEqual([]);
      const joined = `read_parquet('${path}', file_row_number = true) a JOIN read_parquet('${source}', file_row_number = true) b USING (file_row_number)`;
      const want = sql.replaceAll(column, `b.${column}`);
      const wrong = `count(*) FILTER (a.${column}::VARCHAR IS DISTINCT FROM CASE WHEN b.${column} IS NOT NULL THEN (${want})::VARCHAR END)`;
      expect(await duck.rows(`SELECT ${wrong} FROM ${joined}`)).toEqual([[0n]]);
    }
  });

  it("may become null, and lists keep their lengths", async () => {
    for (const byValue of [true, false]) {
      const path = await output({ tags: nulls, "people.first": nulls, "home.geo.city": nulls }, byValue);
      const counts = `sum(len(tags)), sum(len(people)), count(home), count(home.geo)`;
      expect(await duck.rows(`SELECT ${counts} FROM '${path}'`)).toEqual(
        await duck.rows(`SELECT ${counts} FROM '${source}'`),
      );
      const left = `sum(len([x FOR x IN tags IF x IS NOT NULL])), sum(len([x FOR x IN people IF x.first IS NOT NULL])), count(home.geo.city)`;
      expect(await duck.rows(`SELECT ${left} FROM '${path}'`)).toEqual([[0n, 0n, 0n]]);
    }
  });

  it("may change its type", async () => {
    const path = await output({ "home.geo.lat": texts }, true);
    const [row] = await duck.rows(`SELECT typeof(home) FROM '${path}' WHERE home IS NOT NULL LIMIT 1`);
    expect(row).toEqual(["STRUCT(line VARCHAR, geo STRUCT(lat VARCHAR, city VARCHAR))"]);
  });

  it("may be dropped; a struct that is left empty goes too, and so does a list", async () => {
    const columnsOf = async (rules: Record<Leaf, LeafRule>) => {
      const path = await output(rules, true);
      const rows = await duck.rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${path}')`);
      return Object.fromEntries(rows as [string, string][]);
    };
    const after = await columnsOf({ "home.geo.lat": "drop", "people.first": "drop", tags: "drop", links: "drop" });
    expect(after).toMatchObject({
      home: "STRUCT(line VARCHAR, geo STRUCT(city VARCHAR))",
      people: 'STRUCT("last" VARCHAR)[]',
    });
    expect(Object.keys(after)).toEqual(NAMES.filter((name) => name !== "tags" && name !== "links"));
    const gone = await columnsOf({
      "home.geo.lat": "drop",
      "home.geo.city": "drop",
      "people.first": "drop",
      "people.last": "drop",
    });
    expect(gone["home"]).toBe("STRUCT(line VARCHAR)");
    expect(gone["people"]).toBeUndefined();
    expect((await columnsOf({ home: "drop", people: "drop" }))["home"]).toBeUndefined();
  });

  it("is refused where half a map would be left, or a struct would be masked as if it were a value", async () => {
    await expect(rewritten(bytes, { "links.key_value.value": "drop" })).rejects.toMatchObject({ code: "RULE_UNFIT" });
    await expect(rewritten(bytes, { home: lengths })).rejects.toMatchObject({ code: "COLUMN_TYPE" });
    await expect(rewritten(bytes, { tags: lengths, "tags.list.element": lengths })).rejects.toMatchObject({
      code: "RULE_DUPLICATE",
    });
  });
});

describe("what the footer says of a changed column", () => {
  it("is its new type and nothing of the old", async () => {
    const { bytes: output } = await rewritten(bytes, { dec38: texts, day: texts, i8: nulls });
    const element = (name: string) => metadataOf(output).schema.find((one) => one.name === name);
    expect(element("dec38")).toEqual({
      type: "BYTE_ARRAY",
      repetition_type: "OPTIONAL",
      name: "dec38",
      converted_type: "UTF8",
      logical_type: { type: "STRING" },
    });
    expect(element("day")).toMatchObject({ type: "BYTE_ARRAY", logical_type: { type: "STRING" } });
    expect(element("i8")).toEqual(metadataOf(bytes).schema.find((one) => one.name === "i8"));
  });
});
