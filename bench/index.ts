/**
 * `npm run bench` (`-- --quick` for a tenth of the rows): phimask beside DuckDB on the same files, in one run. Each
 * measurement has a process of its own; the two take turns, and medians are shown. PHIMASK_BENCH_DATA names a folder
 * that keeps the data between runs.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type BenchData, makeData, makeTexts, sizeOf } from "./data.ts";
import { cli, command, detector, duckdb, nodeTakes, phimask, type Taken } from "./run.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const ROWS = values.quick ? 50_000 : 500_000;
const TURNS = values.quick ? 3 : 5;
const kept = process.env["PHIMASK_BENCH_DATA"];
const folder = kept ?? (await mkdtemp(join(tmpdir(), "phimask-bench-")));
const out = join(folder, "out");

/** One line of the table. */
type Line = readonly [what: string, phimask: string, duckdb: string, ratio: string, goal: string, rss: string];

try {
  await rm(out, { recursive: true, force: true });
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, ${gigabytes(totalmem())}, Node ${process.version}`);
  const once = await makeData(folder, ROWS);
  const four = await makeData(folder, ROWS * 4);
  console.log(`${ROWS} rows (${megabytes(await sizeOf(once.snappy))} as Parquet), then four times as many`);
  console.log(`Medians of ${TURNS} turns; peak memory at 1x and 4x rows. DuckDB: COPY on 2 threads.`);
  if (values.quick) console.log("Quick: on files this small, fixed costs weigh more than on real ones.");
  console.log("");
  const measures: readonly (() => Promise<Line>)[] = [
    () =>
      parquet(
        "Parquet snappy, upper(note)",
        "snappy",
        "upper",
        "upper(note)",
        once,
        four,
        "0.6 x, <250 MB, <1.3 times",
      ),
    () => parquet("Parquet snappy, mask", "snappy", "mask", "repeat('*', length(note))", once, four, ""),
    () =>
      parquet(
        "Parquet snappy, redact",
        "snappy",
        "redact",
        "CASE WHEN note IS NULL THEN NULL ELSE '' END",
        once,
        four,
        "",
      ),
    () => parquet("Parquet snappy, hash (sha256)", "snappy", "hash", "sha256(note)", once, four, ""),
    () => parquet("Parquet zstd, upper(note)", "zstd", "upper", "upper(note)", once, four, ""),
    () => copied(once, four),
    () => csv(once, four),
    () => arrow(once, four),
    () => notes(once),
    () => startup(),
    () => detection(),
  ];
  const lines: Line[] = [];
  for (const measure of measures) {
    const line = await measure();
    process.stderr.write(`${line.join("  ")}\n`);
    lines.push(line);
  }
  print([["", "phimask", "DuckDB", "ratio", "goal", "peak memory 1x, 4x"], ...lines]);
} finally {
  if (kept === undefined) await rm(folder, { recursive: true, force: true });
}

async function parquet(
  what: string,
  codec: "snappy" | "zstd",
  mask: string,
  sql: string,
  once: BenchData,
  four: BenchData,
  goal: string,
): Promise<Line> {
  const copy = `COPY (SELECT * REPLACE (${sql} AS note) FROM '${once[codec]}') TO '${out}' (FORMAT parquet, COMPRESSION ${codec})`;
  const { ours, theirs } = await inTurns(
    () => phimask("parquet", once[codec], out, mask),
    () => duckdb(copy, out),
  );
  const large = await phimask("parquet", four[codec], out, mask);
  return compared(what, ours, theirs, large, goal);
}

async function copied(once: BenchData, four: BenchData): Promise<Line> {
  const runs = await repeated(() => phimask("parquet", four.snappy, out, "none"));
  const small = await phimask("parquet", once.snappy, out, "none");
  const speed = (await sizeOf(four.snappy)) / median(runs.map(({ seconds }) => seconds)) / 1e9;
  const rss = `${megabytes(small.rss)}, ${megabytes(median(runs.map((run) => run.rss)))}`;
  return ["Parquet, no masked column", `${speed.toFixed(2)} GB/s`, "", "", "1 GB/s", rss];
}

async function csv(once: BenchData, four: BenchData): Promise<Line> {
  const copy = `COPY (SELECT * REPLACE (upper(note) AS note) FROM read_csv('${once.csv}')) TO '${out}' (FORMAT csv, HEADER)`;
  const { ours, theirs } = await inTurns(
    () => phimask("csv", once.csv, out, "upper"),
    () => duckdb(copy, out),
  );
  const large = await phimask("csv", four.csv, out, "upper");
  const what = `CSV of ${megabytes(await sizeOf(once.csv))}, upper(note)`;
  return compared(what, ours, theirs, large, "0.9 x, <120 MB");
}

async function arrow(once: BenchData, four: BenchData): Promise<Line> {
  const job = join(folder, "stream.yaml");
  await writeFile(job, "version: 1\npolicy: {unlisted: keep}\ncolumns: {note: mask}\n");
  const usage = join(folder, "usage");
  const stream = (input: string) => command(["stream", job], { input, usage });
  const runs = await repeated(() => stream(four.arrow));
  const small = await stream(once.arrow);
  const speed = (await sizeOf(four.arrow)) / median(runs.map(({ seconds }) => seconds)) / 1e6;
  const rss = `${megabytes(small.rss)}, ${megabytes(median(runs.map((run) => run.rss)))}`;
  return ["Arrow stdin to stdout, mask", `${speed.toFixed(0)} MB/s`, "", "", "150 MB/s, flat", rss];
}

/** The main job: notes looked through, with the row's own values, on one thread and on as many as there are processors. */
async function notes({ notes: input, rows }: BenchData): Promise<Line> {
  const job = join(folder, "notes.yaml");
  const masks =
    "mrn: hash\n  first_name: surrogate\n  last_name: surrogate\n  note: {mask: text, known: [first_name, last_name, mrn]}";
  const places = `source: {path: ${input}}\ntarget: {path: ${out}/}`;
  await writeFile(job, `version: 1\n${places}\npolicy: {unlisted: keep}\ncolumns:\n  ${masks}\n`);
  const run = (workers: number) => async () => {
    const taken = await command(["run", job, "--quiet", "--workers", `${workers}`], { usage: join(folder, "usage") });
    await rm(out, { recursive: true });
    return taken;
  };
  const { ours: spread, theirs: alone } = await inTurns(run(cpus().length), run(1));
  const [many, one] = [spread, alone].map((taken) => median(taken.map(({ seconds }) => seconds))) as [number, number];
  const speeds = [one, many].map((seconds) => Math.round(rows / 25 / seconds)).join(", ");
  const rss = [alone, spread].map((taken) => megabytes(median(taken.map((each) => each.rss)))).join(", ");
  return [
    `CSV, text(note), 1 and ${cpus().length} threads`,
    `${speeds} rows/s`,
    "",
    `${(one / many).toFixed(2)} x`,
    "",
    rss,
  ];
}

async function startup(): Promise<Line> {
  const bare: number[] = [];
  const ours: number[] = [];
  for (let turn = 0; turn < TURNS * 3; turn++) {
    bare.push(await nodeTakes(["-e", "0"]));
    ours.push(await nodeTakes([cli(), "--version"]));
  }
  const more = (median(ours) - median(bare)) * 1000;
  return ["phimask --version over node -e 0", `${more.toFixed(0)} ms`, "", "", "<100 ms", ""];
}

async function detection(): Promise<Line> {
  const speed = await detector(await makeTexts(folder), values.quick ? 2_000 : 10_000);
  return ["Embedded detector, one core", `${(speed / 1e6).toFixed(2)} M characters/s`, "", "", "1 M", ""];
}

async function inTurns(ours: () => Promise<Taken>, theirs: () => Promise<Taken>) {
  const taken: { ours: Taken[]; theirs: Taken[] } = { ours: [], theirs: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    taken.ours.push(await ours());
    taken.theirs.push(await theirs());
  }
  return taken;
}

async function repeated(run: () => Promise<Taken>): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (let turn = 0; turn < TURNS; turn++) taken.push(await run());
  return taken;
}

function compared(what: string, ours: readonly Taken[], theirs: readonly Taken[], large: Taken, goal: string): Line {
  const [us, them] = [ours, theirs].map((taken) => median(taken.map(({ seconds }) => seconds))) as [number, number];
  const memory = (taken: readonly Taken[]) => megabytes(median(taken.map(({ rss }) => rss)));
  const rss = `${memory(ours)}, ${megabytes(large.rss)} (DuckDB ${memory(theirs)})`;
  return [what, `${us.toFixed(2)} s`, `${them.toFixed(2)} s`, `${(them / us).toFixed(2)} x`, goal, rss];
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function gigabytes(bytes: number): string {
  return `${Math.round(bytes / 1e9)} GB`;
}

function print(lines: readonly Line[]): void {
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  for (const [index, line] of lines.entries()) {
    console.log(`| ${line.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`);
    if (index === 0) console.log(`|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  }
}
