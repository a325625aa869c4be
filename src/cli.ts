#!/usr/bin/env node
import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Shard } from "./shards.ts";
import { VERSION } from "./version.ts";

const EPILOGUE = `
Exit codes: 0 done, 1 a defect of phimask, 2 job, policy or data must change, 75 try again,
99 nothing to do, 128+n ended by signal n. The last line of stdout is one JSON summary
(on stderr for stream and schema, whose stdout is data).

A first run:
  export PHIMASK_KEY=$(phimask key)
  phimask init visits/ > job.yaml
  phimask validate job.yaml
  phimask plan job.yaml
  phimask preview job.yaml --limit 3
  phimask run job.yaml`;

const EVALUATE = `
Offsets count UTF-16 units (JavaScript's), the end is exclusive. A text without spans counts as free of PHI.
full: every letter and digit of a value is masked; any: at least one; precision: masked letters that are labelled.
Neither right nor wrong: ages to 89, bare years, relative dates, times of day, states, countries, honorifics.
Nothing is sent anywhere unless you name a service. The table has counts alone, never text.

  phimask evaluate --corpus labelled.jsonl
  phimask evaluate --corpus labelled.jsonl --job job.yaml --misses misses.jsonl`;

const INIT = `
Prints the job file on stdout. Each line says why; nothing is sent anywhere, and no cell is shown. It is a proposal:
read every line, above all those that say keep, then try it with plan and preview.

  phimask init visits/ > job.yaml
  phimask init "s3://clinic-raw/encounters/" --target s3://research/encounters/ > job.yaml`;

const program = new Command("phimask")
  .description("Takes protected health information (PHI) out of analytics tables.")
  .version(VERSION, "-v, --version")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .addHelpText("after", EPILOGUE);

const SET = new Option("--set <key=value>", "change a key of the job, such as policy.as_of=2026-01-01; may be repeated")
  .argParser((value: string, all: readonly string[]) => [...all, value])
  .default([], "none");
const WORKERS = new Option("--workers <n>", "files masked at once, and threads that look for PHI in text")
  .argParser(wholeNumber)
  .default(Math.min(availableParallelism(), 8), "as many as processors, at most 8");
const QUIET = new Option("-q, --quiet", "no progress on stderr");
const SUMMARY = new Option("--summary-file <path>", "write the JSON summary to this file too");

program
  .command("init")
  .description("draft a job file for a source: a rule for each column by its name, its type and a sample of its cells")
  .argument("<source>", "file, folder, glob or s3:// prefix")
  .option("--target <path>", "where the masked dataset goes (default: a folder beside the source)")
  .option("--sample <n>", "rows to look at; 0 for names and types alone", count, 500)
  .addOption(
    new Option("--format <name>", "where file names do not tell it").choices([
      "csv",
      "parquet",
      "arrow",
      "images",
      "dicom",
    ]),
  )
  .option("--delimiter <character>", "of CSV files, where it is no comma")
  .addOption(SUMMARY)
  .addHelpText("after", INIT)
  .action(async (source, options) => (await import("./init.ts")).init(source, options));

program
  .command("run")
  .description("mask the source and publish it at the target")
  .argument("<job>", "job file, YAML or JSON; - is stdin")
  .addOption(SET)
  .option("--run-id <id>", "name of this run in reports; a new one where left out", runId)
  .addOption(WORKERS)
  .option("--full", "mask every file again, also those that have not changed")
  .option(
    "--shard <i/n>",
    "do part i of n, counted from 0, of what plan --shards n wrote down; publishes nothing",
    shard,
  )
  .option("--finish", "publish what all shards have done")
  .option("--lease <seconds>", "how long a run that says nothing holds the target before another may take it", seconds)
  .addOption(QUIET)
  .addOption(SUMMARY)
  .addHelpText(
    "after",
    "\nNeeds the key that policy.key names (PHIMASK_KEY unless told). The same key gives the same answers.",
  )
  .action(async (job, options) => (await import("./commands.ts")).run(job, options));

program
  .command("plan")
  .description("show what run would do: columns, rules, files; reads no cell, writes nothing")
  .argument("<job>", "job file, YAML or JSON; - is stdin")
  .addOption(SET)
  .option("--sample <n>", "read n rows of each file for a close estimate of time", wholeNumber)
  .option("--full", "show what run --full would do")
  .option("--shards <n>", "write a work list for n processes to the target, balanced by bytes", wholeNumber)
  .addOption(SUMMARY)
  .action(async (job, options) => (await import("./commands.ts")).plan(job, options));

program
  .command("preview")
  .description("show the first rows as run would write them, and the kinds of PHI found; writes nothing")
  .argument("<job>", "job file, YAML or JSON; - is stdin")
  .addOption(SET)
  .option("--limit <n>", "rows to show", wholeNumber, 10)
  .addOption(SUMMARY)
  .action(async (job, options) => (await import("./commands.ts")).preview(job, options));

program
  .command("verify")
  .description("hold a finished dataset to its manifest, and do the job's checks again; writes nothing")
  .argument("<job>", "job file, YAML or JSON")
  .addOption(SET)
  .addOption(SUMMARY)
  .action(async (job, options) => (await import("./upkeep.ts")).verify(job, options));

program
  .command("rollback")
  .description("bring the version before into force again, where the job publishes versions; nothing is removed")
  .argument("<job>", "job file, YAML or JSON")
  .addOption(SET)
  .option("--to <run-id>", "the run whose version comes into force", runId)
  .option("--lease <seconds>", "as of run", seconds)
  .addOption(SUMMARY)
  .action(async (job, options) => (await import("./upkeep.ts")).rollback(job, options));

program
  .command("validate")
  .description("check the job file alone: keys, rules, profile; reads no data")
  .argument("<job>", "job file, YAML or JSON; - is stdin")
  .addOption(SET)
  .addOption(SUMMARY)
  .action(async (job, options) => (await import("./commands.ts")).validate(job, options));

program
  .command("stream")
  .description("mask an Arrow IPC stream from stdin to stdout by the job's rules (no source or target, or -)")
  .argument("<job>", "job file, YAML or JSON")
  .addOption(SET)
  .addOption(WORKERS)
  .addOption(SUMMARY)
  .action(async (job, options) => (await import("./commands.ts")).stream(job, options));

program
  .command("singer")
  .description("a Singer mapper: masks the messages of a tap from stdin to stdout, on their way to a target")
  .requiredOption("--config <file>", "streams and their rules, JSON; Meltano writes it from meltano.yml")
  .addOption(SUMMARY)
  .addHelpText(
    "after",
    `
The configuration has a job's policy, detect, operators, allow, deny, and for each stream its columns:
  {"streams": {"visits": {"columns": {"patient_id": {"mask": "hash"}, "note": "text", "zip": "zip"}}}}
A stream that it does not name ends the run unless unlisted_streams is keep or drop.`,
  )
  .action(async (options) => (await import("./commands.ts")).singer(options));

program
  .command("evaluate")
  .description("judge a detector on your own labelled texts: recall, precision, texts fully clean, by type")
  .requiredOption("--corpus <file>", "JSON Lines, {text, spans: [{start, end, type}]}; may be repeated", appended)
  .option("--job <job>", "use the detectors, profile and terms of this job; else safe_harbor")
  .addOption(
    new Option("--detector <name>", "the detector where no job is given")
      .choices(["embedded", "comprehend_medical"])
      .default("embedded"),
  )
  .option(
    "--neutral <types>",
    "labels neither right nor wrong to mask, by comma (default: ORGANIZATION, TITLE, ...)",
    listed,
  )
  .option("--misses <file>", "write the place of every miss and wrong mask, without its text, as JSON Lines")
  .addOption(SET)
  .addOption(SUMMARY)
  .addHelpText("after", EVALUATE)
  .action(async (options) => (await import("./commands.ts")).evaluate(options));

program
  .command("schema")
  .description("print the JSON Schema of job files")
  .action(async () => (await import("./commands.ts")).schema());

program
  .command("key")
  .description("print a new key: 32 random bytes, base64url; keep it secret and keep it")
  .action(async () => (await import("./commands.ts")).key());

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It takes a whole number from 1.");
  return value;
}

function count(text: string): number {
  return text === "0" ? 0 : wholeNumber(text);
}

function appended(text: string, all: readonly string[] = []): readonly string[] {
  return [...all, text];
}

function listed(text: string): readonly string[] {
  return text.split(",").map((each) => each.trim());
}

function shard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (!(Number(index) < Number(count))) throw new InvalidArgumentError("It takes i/n, i from 0 and less than n.");
  return { index: Number(index), count: Number(count) };
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0.1 && value <= 3600)) throw new InvalidArgumentError("It takes seconds from 0.1 to 3600.");
  return value;
}

function runId(text: string): string {
  if (!/^[\w][\w.:+@=-]{0,199}$/.test(text)) {
    throw new InvalidArgumentError("It takes up to 200 letters, digits and . : + @ = - _, a letter or digit first.");
  }
  return text;
}
await program.parseAsync();
