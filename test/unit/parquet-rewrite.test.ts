import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RecordBatch, Utf8 } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRange } from "../../connectors/parquet/bytes.ts";
import { sizeOf, structsOf } from "../../connectors/parquet/fields.ts";
import { readFooter } from "../../connectors/parquet/footer.ts";
import { readPage } from "../../connectors/parquet/pages.ts";
import { readParquet } from "../../connectors/parquet/read.ts";
import { readThrift } from "../../connectors/parquet/thrift.ts";
import { batchOf, cellsOf } from "../../src/batch.ts";
import { collect } from "../../src/stream.ts";
import type { BatchStream, Cell, Leaf } from "../../src/types.ts";
import { type Duck, openDuck } from "../fakes/duck.ts";
import { type LeafRule, leafMask, lengths, newSeen, nulls, texts } from "../fakes/leaf-mask.ts";
import { memoryObject } from "../fakes/object.ts";
import { madeFile, metadataOf, name, note, PLANTED, ROWS, rewritten } from "../fakes/parquet-made.ts";

const masked = (text: string | null) => (text === null ? null : `M${text.length}`);
const rows = Array.from({ length: ROWS }, (_, row) => row);

async function cellsIn(bytes: Uint8Array, leaf: Leaf): Promise<(Cell | null)[]> {
  const batches = await collect((await readParquet(memoryObject(bytes))).batches);
  return batches.flatMap((batch) => cellsOf(batch, leaf).cells);
}

let duck: Duck;
let folder = "";
beforeAll(async () => {
  duck = await openDuck();
  folder = mkdtempSync(join(tmpdir(), "phimask-rewrite-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
/** A new name each time: DuckDB keeps the footers of files that it has read. */
function saved(label: string, bytes: Uint8Array): string {
  const path = join(folder, `${label}-${files++}.parquet`);
  writeFileSync(path, bytes);
  return path;
}

describe("a file of which nothing is touched", () => {
  it("is one range to copy", async () => {
    const source = madeFile();
    const { pieces, rows } = await rewritten(source, {});
    expect(pieces).toEqual([{ copy: { uri: "memory://table", etag: "e1", start: 0, end: source.length } }]);
    expect(rows).toBe(ROWS);
  });
});

describe("what is not masked", () => {
  it.each([true, false])("stays as it was for another reader (by value: %s)", async (byValue) => {
    const source = madeFile();
    const { bytes, rows } = await rewritten(source, { note: lengths }, { byValue });
    const paths = [saved("source", source), saved(`output-${byValue}`, bytes)] as const;
    expect(await duck.differing(...paths, ["note"])).toEqual([]);
    expect(rows).toBe(ROWS);
  });

  it("is copied by range, neighbours together, and never read", async () => {
    const source = madeFile();
    const { pieces, ranges } = await rewritten(source, { note: lengths });
    const { rowGroups } = await readFooter(memoryObject(source));
    const copies = pieces.flatMap((piece) => (piece instanceof Uint8Array ? [] : [piece.copy]));
    const [one, two, three] = rowGroups.map(({ chunks }) => chunks);
    expect(copies.slice(0, 4).map(({ start, end }) => [start, end])).toEqual([
      [one![0]!.start, one![0]!.end],
      [one![2]!.start, two![0]!.end],
      [two![2]!.start, three![0]!.end],
      [three![2]!.start, three![4]!.end],
    ]);
    for (const { chunks } of rowGroups) {
      for (const column of [0, 2, 3, 4]) {
        const { start, end } = chunks[column]!;
        const read = ranges.filter((range) => range.start < end && range.end > start && range.end < source.length);
        expect(read).toEqual([]);
      }
    }
  });

  it("keeps its statistics, bloom filters and page indexes, which point at where its pages now are", async () => {
    const source = madeFile();
    const { bytes } = await rewritten(source, { note: lengths });
    const [before, after] = [metadataOf(source), metadataOf(bytes)];
    for (const [g, group] of after.row_groups.entries()) {
      for (const column of [0, 2, 3, 4]) {
        const [old, now] = [before.row_groups[g]!.columns[column]!, group.columns[column]!];
        expect(now.meta_data!.statistics).toEqual(old.meta_data!.statistics);
        const bloom = (file: Uint8Array, chunk: typeof now) => {
          const at = Number(chunk.meta_data!.bloom_filter_offset);
          return file.subarray(at, at + chunk.meta_data!.bloom_filter_length!);
        };
        expect(Buffer.compare(bloom(bytes, now), bloom(source, old))).toBe(0);
        const index = (file: Uint8Array, chunk: typeof now) => {
          const at = Number(chunk.column_index_offset);
          return file.subarray(at, at + chunk.column_index_length!);
        };
        expect(Buffer.compare(index(bytes, now), index(source, old))).toBe(0);
      }
    }
  });
});

/** Where a file's offset indexes say that pages begin, against where they do. */
async function pagesAndIndex(bytes: Uint8Array): Promise<[unknown[], unknown[]]> {
  const file = memoryObject(bytes);
  const indexed: unknown[] = [];
  const found: unknown[] = [];
  for (const { chunks } of (await readFooter(file)).rowGroups) {
    for (const chunk of chunks) {
      const at = sizeOf(chunk.tree, 4);
      const index = readThrift(bytes.subarray(at, at + sizeOf(chunk.tree, 5)))!;
      expect(index.end).toBe(sizeOf(chunk.tree, 5));
      indexed.push(structsOf(index.struct, 1).map((page) => [sizeOf(page, 1), sizeOf(page, 2), sizeOf(page, 3)]));
      const source = openRange(file, chunk);
      const pages: number[][] = [];
      let row = 0;
      for (let page = await readPage(source); page; page = await readPage(source)) {
        if (page.kind === "dictionary") continue;
        pages.push([page.at, source.at - page.at, row]);
        row += page.count; // flat columns: a value is a row
      }
      found.push(pages);
    }
  }
  return [indexed, found];
}

describe("the offset index", () => {
  it.each([true, false])("says where every page is, copied or written (by value: %s)", async (byValue) => {
    const rules = { note: lengths, name: lengths, age: "drop" } as const;
    const { bytes } = await rewritten(madeFile([], 300), rules, { byValue });
    const [indexed, found] = await pagesAndIndex(bytes);
    expect(indexed).toEqual(found);
    expect(found.flat().length).toBeGreaterThan(20);
  });
});

describe("a masked column", () => {
  it.each([true, false])("holds what the mask gave, in every row (by value: %s)", async (byValue) => {
    const { bytes } = await rewritten(madeFile(), { note: lengths, name: lengths }, { byValue });
    expect(await cellsIn(bytes, "note")).toEqual(rows.map((row) => masked(note(row))));
    expect(await cellsIn(bytes, "name")).toEqual(rows.map((row) => masked(name(row))));
    const read = await duck.rows(`SELECT note FROM '${saved("masked", bytes)}'`);
    expect(read.map(([cell]) => cell)).toEqual(rows.map((row) => masked(note(row))));
  });

  it.each([true, false])("has a null count and no other statistics (by value: %s)", async (byValue) => {
    const { bytes } = await rewritten(madeFile(), { note: lengths }, { byValue });
    for (const { columns, num_rows } of metadataOf(bytes).row_groups) {
      const { meta_data: meta, ...chunk } = columns[1]!;
      expect(Object.keys(meta!.statistics!).filter((key) => meta!.statistics![key as "min"] !== undefined)).toEqual([
        "null_count",
      ]);
      expect(meta!.statistics!.null_count).toBeGreaterThan(num_rows / 8n);
      expect(meta!.bloom_filter_offset).toBeUndefined();
      expect(meta!.size_statistics).toBeUndefined();
      expect(chunk.column_index_offset).toBeUndefined();
      expect(chunk.offset_index_offset).toBeDefined();
    }
  });

  it("is given once a distinct value, with how often it occurs, where its chunk has a dictionary", async () => {
    const { seen } = await rewritten(madeFile(), { name: lengths });
    expect(seen.leaves).toEqual(Array.from({ length: 3 }, () => ["name", "phimask:count"]));
    const [first] = [seen.cells.get("name")!.slice(0, 20)];
    expect(new Set(first).size).toBe(20);
    expect(first).toEqual(rows.slice(0, 20).map(name));
    expect(seen.cells.get("name")).toHaveLength(60);
    expect(seen.counts.reduce((sum, count) => sum + count, 0)).toBe(ROWS);
  });

  it("is given alone, without nulls, where it is masked by value", async () => {
    const { seen } = await rewritten(madeFile(), { note: lengths });
    expect(seen.leaves.every((leaves) => leaves[0] === "note" && !leaves.includes("id"))).toBe(true);
    expect(seen.cells.get("note")).not.toContain(null);
  });

  it("is given with all that is read, row by row, where it needs the row", async () => {
    const rule: LeafRule = { cell: (cell) => `M${String(cell).length}`, rows: ["name", "age"] };
    const seen = newSeen();
    const pairs: unknown[] = [];
    const inner = leafMask({ note: rule }, seen);
    const mask = ({ schema, batches }: BatchStream): BatchStream => {
      async function* watched() {
        for await (const batch of batches) {
          if (!batch.schema.fields.some(({ name }) => name === "note")) {
            yield batch;
            continue;
          }
          const [notes, names, ages] = ["note", "name", "age"].map((leaf) => cellsOf(batch, leaf).cells);
          pairs.push(...notes!.map((cell, i) => [cell, names![i], ages![i]]));
          yield batch;
        }
      }
      return inner({ schema, batches: watched() });
    };
    const { bytes } = await rewritten(madeFile(), { note: rule, name: lengths, weight: lengths }, { mask });
    const age = (row: number) => (row % 5 === 2 ? null : row % 101);
    expect(pairs).toEqual(rows.map((row) => [note(row), name(row), age(row)]));
    expect(await cellsIn(bytes, "note")).toEqual(rows.map((row) => masked(note(row))));
  });

  it("has a dictionary of distinct masked values in order of first use", async () => {
    const few: LeafRule = { cell: (cell) => (String(cell).endsWith("7") ? "seven" : "other") };
    for (const byValue of [true, false]) {
      const { bytes } = await rewritten(madeFile(), { name: few }, { byValue });
      const found = Buffer.from(bytes).toString("latin1");
      expect(found.split("other").length - 1).toBe(3);
      expect(found.split("seven").length - 1).toBe(3);
      expect(await cellsIn(bytes, "name")).toEqual(rows.map((row) => (name(row).endsWith("7") ? "seven" : "other")));
    }
  });

  it.each([true, false])("may become null, row by row (by value: %s)", async (byValue) => {
    const some: LeafRule = { cell: (cell) => (String(cell).length % 2 === 0 ? null : "odd"), nullable: true };
    const { bytes } = await rewritten(madeFile(), { note: some, name: some }, { byValue });
    const want = (text: string | null) => (text === null || text.length % 2 === 0 ? null : "odd");
    expect(await cellsIn(bytes, "note")).toEqual(rows.map((row) => want(note(row))));
    expect(await cellsIn(bytes, "name")).toEqual(rows.map((row) => want(name(row))));
    expect(await duck.differing(saved("s", madeFile()), saved("n", bytes), ["note", "name"])).toEqual([]);
  });

  it("may change its type, dictionary or not, and take nulls where it had none", async () => {
    for (const byValue of [true, false]) {
      const { bytes } = await rewritten(madeFile(), { id: texts, age: texts, weight: nulls }, { byValue });
      const path = saved(`typed-${byValue}`, bytes);
      const read = await duck.rows(`SELECT id, age, weight FROM '${path}'`);
      expect(read).toEqual(rows.map((row) => [`#${row}`, row % 5 === 2 ? null : `#${row % 101}`, null]));
      const schema = await duck.rows(
        `SELECT name, type, logical_type FROM parquet_schema('${path}') WHERE name = 'id'`,
      );
      expect(schema).toEqual([["id", "BYTE_ARRAY", expect.stringMatching(/^String/)]]);
    }
  });

  it("may be dropped, and then nothing of it is read", async () => {
    const { bytes, ranges } = await rewritten(madeFile(), { note: "drop", id: "drop" });
    expect(metadataOf(bytes).schema.map(({ name }) => name)).toEqual(["root", "age", "name", "weight"]);
    expect(await cellsIn(bytes, "name")).toEqual(rows.map(name));
    expect(Buffer.from(bytes).includes("said so")).toBe(false);
    const { rowGroups } = await readFooter(memoryObject(madeFile()));
    for (const { start } of rowGroups.flatMap(({ chunks }) => chunks)) {
      expect(ranges.some((range) => range.start === start)).toBe(false);
    }
  });

  it("may be the only one, and be dropped", async () => {
    const all = Object.fromEntries(["id", "note", "age", "name", "weight"].map((leaf) => [leaf, "drop" as const]));
    const { bytes, rows } = await rewritten(madeFile(), all);
    const { schema, num_rows } = metadataOf(bytes);
    expect(schema).toHaveLength(1);
    expect(num_rows).toBe(BigInt(ROWS));
    expect(rows).toBe(ROWS);
  });
});

describe("the mask's answer", () => {
  const cut =
    (sizes: (batch: RecordBatch) => readonly number[]) =>
    ({ schema, batches }: BatchStream): BatchStream => {
      async function* pieces() {
        for await (const batch of batches) {
          let at = 0;
          for (const size of sizes(batch)) {
            const columns = batch.data.children.map((child) => child.slice(at, size));
            yield batchOf(schema, columns, size);
            at += size;
          }
        }
      }
      return { schema, batches: pieces() };
    };

  it("may come in other batches than it was asked in", async () => {
    const source = madeFile();
    for (const byValue of [true, false]) {
      const mask = cut(({ numRows }) => [0, Math.floor(numRows / 3), 1, numRows - 1 - Math.floor(numRows / 3)]);
      const { bytes } = await rewritten(source, { note: lengths, age: lengths }, { byValue, mask });
      expect(await duck.differing(saved("cut-source", source), saved("cut", bytes))).toEqual([]);
    }
  });

  it.each([
    ["fewer", -1],
    ["more", 1],
  ])("is refused with %s rows", async (_, more) => {
    const mask = ({ schema, batches }: BatchStream): BatchStream => {
      async function* wrong() {
        for await (const batch of batches) {
          const { numRows } = batch;
          yield batchOf(schema, batch.data.children, numRows);
          if (more > 0) yield batchOf(schema, batch.data.children, numRows);
          else break;
        }
      }
      return { schema, batches: more > 0 ? wrong() : none() };
    };
    async function* none(): AsyncGenerator<RecordBatch> {}
    for (const byValue of [true, false]) {
      await expect(rewritten(madeFile(), { note: lengths }, { byValue, mask })).rejects.toMatchObject({
        code: "CHECK_FAILED",
      });
    }
  });

  it("is refused with a null in a column that takes none", async () => {
    const sly: LeafRule = { cell: (cell) => (cell === name(3) ? null : cell) };
    for (const byValue of [true, false]) {
      await expect(rewritten(madeFile(), { name: sly }, { byValue })).rejects.toMatchObject({
        code: "CHECK_FAILED",
        place: { column: "name" },
      });
    }
  });

  it("is asked for only as far as the reader of the output pulls", async () => {
    const asked: number[] = [];
    const mask = ({ schema, batches }: BatchStream): BatchStream => {
      async function* watched() {
        for await (const batch of batches) {
          asked.push(batch.numRows);
          yield batch;
        }
      }
      return { schema, batches: watched() };
    };
    const { parquetFormat } = await import("../../connectors/parquet/format.ts");
    const touched = { reads: ["note"], writes: ["note"], byValue: [] };
    const pieces = parquetFormat().rewrite(memoryObject(madeFile()), touched, mask)[Symbol.asyncIterator]();
    await pieces.next();
    expect(asked).toEqual([]);
    await pieces.next();
    expect(asked.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(500);
    await pieces.return?.();
  });
});

describe("windows", () => {
  it.each([true, false])("are as large as asked for, and the file is the same (by value: %s)", async (byValue) => {
    const masked = async (windowBytes: number) => {
      let windows = 0;
      const mask = ({ schema, batches }: BatchStream): BatchStream => {
        async function* counted() {
          for await (const batch of batches) {
            windows += 1;
            yield batch;
          }
        }
        return { schema, batches: counted() };
      };
      const { bytes } = await rewritten(madeFile(), { note: lengths }, { byValue, mask, windowBytes });
      return { bytes, windows };
    };
    const [small, large] = await Promise.all([masked(1 << 10), masked(1 << 22)]);
    expect(small.windows).toBeGreaterThan(2 * large.windows);
    expect(Buffer.compare(small.bytes, large.bytes)).toBe(0);
  });
});

describe("what a job names", () => {
  const type = new Utf8();
  it.each([
    ["a column that is not there", { nose: lengths }, "COLUMN_MISSING", { column: "nose" }],
    [
      "a column that is only read and not there",
      { note: { cell: (c: Cell) => c, type, rows: ["nose"] } },
      "COLUMN_MISSING",
      { column: "nose" },
    ],
  ])("%s is refused", async (_, rules, code, place) => {
    await expect(rewritten(madeFile(), rules)).rejects.toMatchObject({ code, place });
  });

  it("leaves nothing behind in the output", async () => {
    for (const byValue of [true, false]) {
      const { bytes } = await rewritten(madeFile(), { note: lengths, name: lengths }, { byValue });
      expect(Buffer.from(bytes).includes(PLANTED)).toBe(false);
    }
  });
});
