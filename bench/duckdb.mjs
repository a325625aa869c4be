// Runs one statement of DuckDB in a process of its own and prints what it took: `node bench/duckdb.mjs <threads> <sql>`.
import { DuckDBInstance } from "@duckdb/node-api";
import { peakMemory } from "./usage.mjs";

const [threads, sql] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(":memory:", { threads })).connect();
const started = performance.now();
await connection.run(sql);
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, rss: peakMemory() }));
