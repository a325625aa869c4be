import { readFile } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { folderWith } from "./phimask.ts";

export type Format = "csv" | "parquet" | "arrow";

/** A table of text columns as bytes of each format, by writers that are not ours. */
export async function tableAs(
  format: Format,
  columns: Readonly<Record<string, readonly (string | null)[]>>,
): Promise<Uint8Array> {
  if (format === "csv") return new TextEncoder().encode(csvOf(columns));
  if (format === "arrow") return tableToIPC(tableFromArrays(columns as Record<string, string[]>), "file");
  const folder = await folderWith({ "t.csv": csvOf(columns) });
  await duck(`COPY (SELECT * FROM read_csv('${folder}/t.csv', all_varchar = true, header = true, max_line_size = 30000000))
    TO '${folder}/t.parquet' (FORMAT parquet)`);
  return readFile(`${folder}/t.parquet`);
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
