/**
 * `npm run bench:aws` (`-- --quick` for a hundredth of the cells, without the object of 10 GB): what jobs ask of AWS
 * services, counted by the fake ones, which bill and throttle as AWS says it does. No timing but on a clock of its own.
 */
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { limited } from "../connectors/limit.ts";
import { COMPREHEND_MEDICAL } from "../connectors/prices.ts";
import { fakeComprehend } from "../test/fakes/aws/comprehend.ts";
import { generated, held } from "../test/fakes/aws/content.ts";
import { fakeS3 } from "../test/fakes/aws/s3.ts";
import { awsServer, CALLER } from "../test/fakes/aws/server.ts";
import { fakeClock, randomOf } from "../test/fakes/clock.ts";
import { throttledService } from "../test/fakes/throttled.ts";
import { command } from "./run.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, only: { type: "string" } } });
const CELLS = values.quick ? 10_000 : 1_000_000;
const folder = await mkdtemp(join(tmpdir(), "phimask-bench-aws-"));
const [s3, comprehend] = [fakeS3(), fakeComprehend()];
const server = await awsServer([s3, comprehend]);
Object.assign(process.env, {
  AWS_ENDPOINT_URL: server.endpoint,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
});

try {
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    csv300: () => cost(300, "csv"),
    parquet300: () => cost(300, "parquet"),
    parquet20: () => cost(20, "parquet"),
    upload,
    quota,
    ...(!values.quick && { memory }),
  };
  for (const [name, part] of Object.entries(parts)) if (!values.only || values.only === name) await part();
} finally {
  await server.close();
  await rm(folder, { recursive: true });
}

/** A run of the built command; what it took of memory. */
async function job(yaml: string): Promise<number> {
  const file = join(folder, "job.yaml");
  await writeFile(file, `version: 1\n${yaml}`);
  return (await command(["run", file, "--quiet"], { usage: join(folder, "usage") })).rss;
}

/** Calls and dollars of a column of equal and unequal texts beside one call a cell. */
async function cost(length: number, format: "csv" | "parquet"): Promise<void> {
  const input = await notes(length, format);
  Object.assign(comprehend.sums, { texts: 0, units: 0 });
  const limits = "limits: {requests_per_second: 1000000, characters_per_second: 1000000000}";
  const places = `source: {path: ${input}}\ntarget: {path: ${join(folder, "out")}/}`;
  const rss = await job(`${places}\ncolumns: {note: text}\ndetect: {text: comprehend_medical}\n${limits}\n`);
  const { texts: calls, units } = comprehend.sums;
  const single = CELLS * Math.ceil(length / 100);
  console.log(
    `${CELLS} cells of ${length} characters, 40 % equal, ${format}: ${calls} calls, ${ratio(CELLS, calls)} fewer; ` +
      `${(units * COMPREHEND_MEDICAL.usd).toFixed(2)} USD, ${ratio(single, units)} fewer; ${mb(rss)} of memory`,
  );
  await rm(join(folder, "out"), { recursive: true });
}

/** A file of one column: three of five texts are new, the others stood before. */
async function notes(length: number, format: "csv" | "parquet"): Promise<string> {
  const csv = join(folder, `notes-${length}.csv`);
  const random = randomOf(1);
  const words = "seen in clinic today with cough and fever no known allergies continues lisinopril daily ".repeat(4);
  let fresh = 0;
  function* rows() {
    yield "note\n";
    for (let row = 0; row < CELLS; row++) {
      // Rows 3 and 4 of each five repeat one that was new before.
      const number = row % 5 < 3 ? fresh++ : Math.floor(random() * fresh);
      yield `${`${number.toString(36)} ${words}`.slice(0, length)}\n`;
    }
  }
  await pipeline(rows, createWriteStream(csv));
  return format === "csv" ? csv : parquet(`SELECT * FROM read_csv('${csv}', header = true, all_varchar = true)`);
}

async function parquet(sql: string): Promise<string> {
  const file = join(folder, "made.parquet");
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  await connection.run(`COPY (${sql}) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 100000)`);
  connection.closeSync();
  return file;
}

/** What of a Parquet file of 12 columns goes up from here where one is masked. */
async function upload(): Promise<void> {
  const columns = Array.from({ length: 11 }, (_, at) => `md5(concat(i, 'c${at}')) AS c${at}`);
  columns.splice(5, 0, "md5(concat(i, 'note')) AS note");
  const rows = values.quick ? 200_000 : 2_000_000;
  const bytes = await readFile(await parquet(`SELECT ${columns.join(", ")} FROM range(${rows}) t(i)`));
  for (const bucket of ["raw", "research"]) s3.addBucket(bucket);
  s3.addObject("raw", "t/a.parquet", held(bytes));
  server.record.clear();
  const kept = Array.from({ length: 11 }, (_, at) => `c${at}: keep`).join(", ");
  await job(`source: {path: s3://raw/t/}\ntarget: {path: s3://research/t/}\ncolumns: {${kept}, note: redact}\n`);
  const sent = ["PutObject", "UploadPart"].reduce((sum, name) => sum + server.record.meter(name).bytesIn, 0);
  const copied = server.record.of("UploadPartCopy").length;
  console.log(
    `Parquet of 12 columns, ${mb(bytes.length)}, one redacted: ${mb(sent)} sent from here, the rest in ${copied} copied ranges`,
  );
}

/** How much of the quota is used, and whether a call is lost, while 30 % of the calls are refused at random. */
async function quota(): Promise<void> {
  for (const [length, count] of [
    [20, 20_000],
    [19_400, 2_000],
  ] as const) {
    const clock = fakeClock();
    const { ask, seen } = throttledService(clock, 0.3);
    const call = limited(ask, {
      requestsPerSecond: 40,
      charactersPerSecond: 40_000,
      clock,
      random: randomOf(1),
    });
    const signal = new AbortController().signal;
    const texts = Array.from({ length: count }, (_, at) => `${at}`.padEnd(length, "x"));
    const answers = await clock.run(Promise.all(texts.map((text) => call(text, signal))));
    const used = Math.max(count / 40, (count * length) / 40_000) / (seen.answeredAt.at(-1)! / 1000);
    const lost = answers.filter((answer, at) => answer !== texts[at]).length;
    console.log(
      `Texts of ${length} characters, 30 % refused: ${(used * 100).toFixed(1)} % of the quota, ${lost} of ${count} lost`,
    );
  }
}

/** Peak memory over one object of 10 GB that is made as it is read. */
async function memory(): Promise<void> {
  const size = 10_000_000_000;
  const line = Buffer.from("1234567,a note of fifty characters that nobody reads\n");
  const block = Buffer.alloc(line.length * 20_000, line);
  const head = Buffer.from("id,note\n");
  const fill = (bytes: Buffer, offset: number) => {
    for (let at = 0; at < bytes.length; ) {
      const from = (offset + at - head.length) % block.length;
      at += offset + at < head.length ? head.copy(bytes, at, offset + at) : block.copy(bytes, at, from);
    }
  };
  s3.addBucket("raw");
  s3.addBucket("research");
  s3.state.drops = (key) => key.endsWith(".csv");
  const whole = size - ((size - head.length) % line.length);
  s3.addObject("raw", "big/a.csv", generated(whole, fill));
  const rss = await job(
    "source: {path: s3://raw/big/}\ntarget: {path: s3://research/big/}\ncolumns: {id: redact, note: keep}\n",
  );
  console.log(`An object of 10 GB, one of two columns redacted: ${mb(rss)} of memory at most`);
}

function ratio(a: number, b: number): string {
  return `${(a / b).toFixed(2)} times`;
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
