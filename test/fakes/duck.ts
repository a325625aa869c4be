import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** An independent reader of tables. */
export interface Duck {
  /** Columns that are not the same in every row of both files, or that only one has; empty where all are equal. */
  differing(one: string, two: string, except?: readonly string[]): Promise<readonly string[]>;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly unknown[][]>;
}

/** A DuckDB in this process, one thread. */
export async function openDuck(): Promise<Duck> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  return {
    differing: (one, two, except = []) => differing(connection, one, two, except),
    run: async (sql) => void (await connection.run(sql)),
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRows(),
  };
}

async function differing(
  connection: DuckDBConnection,
  one: string,
  two: string,
  except: readonly string[],
): Promise<readonly string[]> {
  const columns = await columnsOf(connection, one);
  const others = await columnsOf(connection, two);
  const found = columns.filter(({ name, type }, i) => others[i]?.name !== name || others[i]?.type !== type);
  if (found.length > 0 || others.length !== columns.length) return [...found.map(({ name }) => name), "columns"];
  const asked = columns.filter(({ name }) => !except.includes(name));
  const counts = asked.map(({ name }) => `count(*) FILTER (a.${quoted(name)} IS DISTINCT FROM b.${quoted(name)})`);
  const from = (path: string) => `read_parquet('${path}', file_row_number = true)`;
  const sql = `SELECT ${["count(*) FILTER (a.file_row_number IS NULL OR b.file_row_number IS NULL)", ...counts]}
    FROM ${from(one)} a FULL JOIN ${from(two)} b USING (file_row_number)`;
  const [row] = (await connection.runAndReadAll(sql)).getRows();
  return ["rows", ...asked.map(({ name }) => name)].filter((_, i) => row![i] !== 0n);
}

async function columnsOf(connection: DuckDBConnection, path: string): Promise<{ name: string; type: string }[]> {
  const read = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
  return read.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
