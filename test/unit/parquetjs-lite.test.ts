import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { fileStore } from "../../connectors/files.ts";
import { parquetFormat } from "../../connectors/parquet/format.ts";
import { maskTable } from "../../src/pipeline.ts";
import { readable } from "../../src/source.ts";
import { maskColumn } from "../../transforms/column.ts";
import { cellOperator } from "../../transforms/operators/operators.ts";
import { folderWith } from "../cli/phimask.ts";
import { openDuck } from "../fakes/duck.ts";
import { masking } from "../fakes/masking.ts";

type Row = Readonly<Record<string, unknown>>;

/** What this test uses of a package that has no types. */
interface Lite {
  readonly ParquetReader: {
    openFile(path: string): Promise<{ getCursor(): { next(): Promise<Row | null> }; close(): Promise<void> }>;
  };
  readonly ParquetWriter: {
    openFile(schema: unknown, path: string): Promise<{ appendRow(row: Row): Promise<void>; close(): Promise<void> }>;
  };
  readonly ParquetSchema: new (fields: unknown) => unknown;
}
const lite = createRequire(import.meta.url)("parquetjs-lite") as Lite;

async function rowsOf(path: string): Promise<readonly Row[]> {
  const reader = await lite.ParquetReader.openFile(path);
  const cursor = reader.getCursor();
  const rows: Row[] = [];
  for (let row = await cursor.next(); row; row = await cursor.next()) rows.push({ ...row });
  await reader.close();
  return rows;
}

/** The file with names labelled and notes hashed. */
async function masked(path: string): Promise<string> {
  const store = fileStore();
  const steps = [
    maskColumn({ leaf: "name", operator: cellOperator({ mask: "label", type: "NAME" }, masking()), onError: "fail" }),
    maskColumn({ leaf: "note", operator: cellOperator({ mask: "hash" }, masking()), onError: "fail" }),
  ];
  const source = readable(store, (await store.head(path))!);
  return (await store.write(`${path}.masked`, maskTable(parquetFormat(), source, steps))).uri;
}

/** Masked as `masked` has it, everything else as parquetjs-lite itself read it before. */
function expected(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({
    ...row,
    ...("name" in row && { name: "[NAME]" }),
    ...("note" in row && { note: expect.stringMatching(/^[0-9a-f]{32}$/) }),
  }));
}

describe("parquetjs-lite reads what we rewrote", () => {
  it("of a file that DuckDB wrote, dictionaries included", async () => {
    const path = `${await folderWith()}/visits.parquet`;
    const duck = await openDuck();
    await duck.run(`COPY (SELECT i AS id, ['Ana Feeney', 'Ben Ode'][1 + (i % 2)::INT] AS name, i / 4 AS charge, i % 3 = 0 AS seen,
      CASE WHEN i % 7 > 0 THEN 'Note ' || i || ' of Dr. Feeney' END AS note FROM range(5000) t(i)) TO '${path}'`);
    const before = await rowsOf(path);
    const after = await rowsOf(await masked(path));
    expect(before).toHaveLength(5000);
    expect(after).toEqual(expected(before));
    expect(new Set(after.map(({ note }) => note)).size).toBe(new Set(before.map(({ note }) => note)).size);
  });

  it("of a file that it wrote itself, gzip and optional columns included", async () => {
    const path = `${await folderWith()}/own.parquet`;
    const schema = new lite.ParquetSchema({
      id: { type: "INT64" },
      name: { type: "UTF8", compression: "SNAPPY" },
      note: { type: "UTF8", optional: true, compression: "GZIP" },
      charge: { type: "DOUBLE" },
      seen: { type: "BOOLEAN" },
    });
    const writer = await lite.ParquetWriter.openFile(schema, path);
    for (let id = 0; id < 300; id++) {
      const note = id % 5 === 0 ? {} : { note: `Seen by Dr. Feeney, visit ${id}.` };
      await writer.appendRow({ id, name: `Ana ${id}`, ...note, charge: id / 8, seen: id % 2 === 0 });
    }
    await writer.close();
    const before = await rowsOf(path);
    expect(before).toHaveLength(300);
    expect(await rowsOf(await masked(path))).toEqual(expected(before));
  });
});
