import { readFile } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { Field, makeData, RecordBatchFileWriter, Schema, Utf8, vectorFromArray } from "apache-arrow";
import { batchOf } from "../../src/batch.ts";
import { folderWith } from "./phimask.ts";

export type Format = "csv" | "parquet" | "arrow";

/** A table of text columns as bytes of each format, by writers that are not ours. */
export async function tableAs(
  format: Format,
  columns: Readonly<Record<string, readonly (string | null)[]>>,
): Promise<Uint8Array> {
  if (format === "csv") return new TextEncoder().encode(csvOf(columns));
  if (format === "arrow") return arrowOf(columns);
  const folder = await folderWith({ "t.csv": csvOf(columns) });
  await duck(`COPY (SELECT * FROM read_csv('${folder}/t.csv', all_varchar = true, header = true, max_line_size = 30000000))
    TO '${folder}/t.parquet' (FORMAT parquet)`);
  return readFile(`${folder}/t.parquet`);
}

/** Arrow's own table constructor cannot hold thousands of columns, so the batch is put together by hand. */
function arrowOf(columns: Readonly<Record<string, readonly (string | null)[]>>): Uint8Array {
  const names = Object.keys(columns);
  const schema = new Schema(names.map((name) => new Field(name, new Utf8(), true)));
  const data = names.map(
    (name) => vectorFromArray(columns[name]!, new Utf8()).data[0] ?? makeData({ type: new Utf8() }),
  );
  const batch = batchOf(schema, data, Math.max(0, ...names.map((name) => columns[name]!.length)));
  return RecordBatchFileWriter.writeAll([batch]).toUint8Array(true);
}

/** The rows of an answer, values as text. */
export async function duck(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

function csvOf(columns: Readonly<Record<string, readonly (string | null)[]>>): string {
  const names = Object.keys(columns);
  const rows = Array.from({ length: Math.max(0, ...names.map((name) => columns[name]!.length)) }, (_, row) =>
    names.map((name) => quoted(columns[name]![row] ?? null)),
  );
  return [names.map(quoted), ...rows].map((cells) => `${cells.join(",")}\n`).join("");
}

function quoted(cell: string | null): string {
  if (cell === null) return "";
  return /[",\r\n]|^$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
