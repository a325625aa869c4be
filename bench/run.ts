import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What one measurement took, in a process of its own. */
export interface Taken {
  readonly seconds: number;
  /** Peak memory of the process, in bytes. */
  readonly rss: number;
}

const HERE = fileURLToPath(new URL("./", import.meta.url));
const CLI = fileURLToPath(new URL("../dist/src/cli.js", import.meta.url));
const KEY = "a key for the benchmark, nothing else";

/** phimask's rewrite of one file by the library, the start of the process not counted. */
export async function phimask(format: string, input: string, output: string, mask: string): Promise<Taken> {
  const taken = await child(["phimask.mjs", format, input, output, mask]);
  await rm(output);
  return taken;
}

/** One statement of DuckDB on two threads, the start of the process not counted. */
export async function duckdb(sql: string, output: string): Promise<Taken> {
  const taken = await child(["duckdb.mjs", "2", sql]);
  await rm(output);
  return taken;
}

/** Characters a second of the embedded detector. */
export async function detector(texts: string, milliseconds: number): Promise<number> {
  const { charactersPerSecond } = await child(["detector.mjs", texts, String(milliseconds)]);
  return charactersPerSecond;
}

/** The command with its start and its end, as a shell sees it; `input` comes through a pipe, and output leaves by one. */
export async function command(
  words: readonly string[],
  files: { readonly input?: string; readonly usage: string },
): Promise<Taken> {
  const pipes = 'cat "$0" | "$@" | cat > /dev/null';
  const ours = [process.execPath, "--import", join(HERE, "usage.mjs"), CLI, ...words];
  const started = performance.now();
  const running = spawn("bash", ["-o", "pipefail", "-c", pipes, files.input ?? "/dev/null", ...ours], {
    env: { ...process.env, PHIMASK_KEY: KEY, BENCH_USAGE: files.usage },
    stdio: "ignore",
  });
  const [code] = await once(running, "close");
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`phimask ${words.join(" ")} ended with ${code}`);
  return { seconds, rss: Number(await readFile(files.usage, "utf8")) };
}

/** Seconds from the start of Node to its end. */
export async function nodeTakes(words: readonly string[]): Promise<number> {
  const started = performance.now();
  await once(spawn(process.execPath, words, { stdio: "ignore" }), "close");
  return (performance.now() - started) / 1000;
}

/** The path of the built command. */
export function cli(): string {
  return CLI;
}

async function child(words: readonly string[]): Promise<Taken & { readonly charactersPerSecond: number }> {
  const [script, ...rest] = words;
  const running = spawn(process.execPath, [join(HERE, script!), ...rest], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  running.stdout.on("data", (chunk) => {
    text += chunk;
  });
  const [code] = await once(running, "close");
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return JSON.parse(text);
}
