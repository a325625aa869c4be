import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { lineageOf } from "../../src/lineage/transport.ts";
import { openLineage } from "../../src/lineage.ts";
import type { RunFacts } from "../../src/witness-types.ts";
import { folderWith, phimask } from "../cli/phimask.ts";

const PLANTED = "Zanzibar-Quillfeather";
const TABLE = `id,name,note,age\n1,${PLANTED},Seen by ${PLANTED}.,40\n2,${PLANTED},,41\n`;
const JOB = `version: 1
name: visits
source: {path: in.csv}
target: {path: out/}
columns: {id: {mask: hash}, name: drop, note: redact, age: keep}
`;

// biome-ignore lint/suspicious/noExplicitAny: events are foreign JSON
type Event = any;

/** Runs the job and gives the events that it left in a file. */
async function events(job: string, args: readonly string[] = [], files: Readonly<Record<string, string>> = {}) {
  const folder = await folderWith({ "in.csv": TABLE, "job.yaml": job, ...files });
  const path = `${folder}/events.jsonl`;
  const env = { OPENLINEAGE__TRANSPORT__TYPE: "file", OPENLINEAGE__TRANSPORT__LOG_FILE_PATH: path };
  const ended = await phimask(["run", `${folder}/job.yaml`, "--quiet", ...args], {
    env: { ...env, OPENLINEAGE_NAMESPACE: "clinic", OPENLINEAGE_PARENT_ID: PARENT },
  });
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(path, "utf8").catch(() => "");
  const sent: readonly Event[] =
    text.trim() === ""
      ? []
      : text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
  return { ended, sent, text, folder };
}
const PARENT = "airflow/dag.task/0199a1c2-0000-7000-8000-000000000001";

describe("events of a run", () => {
  it("START and COMPLETE under one run, with column lineage that says what was masked", async () => {
    const { ended, sent, text, folder } = await events(JOB);
    expect(ended.exit).toBe(0);
    expect(sent.map(({ eventType }) => eventType)).toEqual(["START", "COMPLETE"]);
    const [start, complete] = sent;
    expect(complete.run.runId).toBe(start.run.runId);
    expect(start.run.facets.parent).toMatchObject({
      run: { runId: PARENT.split("/")[2] },
      job: { namespace: "airflow", name: "dag.task" },
    });
    expect(complete.job).toMatchObject({ namespace: "clinic", name: "visits" });
    const [output] = complete.outputs;
    expect(output).toMatchObject({ namespace: "file", name: `${folder}/out` });
    const fields = output.facets.columnLineage.fields;
    const masking = Object.entries(fields).map(([name, field]) => [name, (field as Event).inputFields[0]]);
    expect(masking.map(([name, { transformations }]) => [name, transformations[0].masking])).toEqual([
      ["id", true],
      ["note", true],
      ["age", false],
    ]);
    expect(fields.age.inputFields[0]).toMatchObject({ namespace: "file", field: "age" });
    expect(output.facets.tags.tags).toContainEqual({
      key: "phimask",
      value: "hash",
      source: "INTEGRATION",
      field: "id",
    });
    expect(output.outputFacets.outputStatistics).toMatchObject({ rowCount: 2, fileCount: 1 });
    expect(complete.inputs[0].facets.schema.fields.map(({ name }: Event) => name)).toEqual([
      "id",
      "name",
      "note",
      "age",
    ]);
    expect(
      complete.inputs[0].inputFacets.dataQualityAssertions.assertions.map(({ success }: Event) => success),
    ).toEqual([true, true]);
    expect(text).not.toContain(PLANTED);
    expect(text).not.toContain("in.csv");
  });

  it.each([
    ["an error", JOB.replace("name: drop", "name: year"), "FAIL", 2],
    ["a rule that does not fit", JOB.replace("age: keep", "years: keep"), "FAIL", 2],
  ])("%s ends it with one FAIL and no cell", async (_, job, type, exit) => {
    const { ended, sent, text } = await events(job);
    expect(ended.exit).toBe(exit);
    expect(sent.map(({ eventType }) => eventType)).toEqual(["START", type]);
    expect(sent[1].run.facets.errorMessage.message).toMatch(/^[A-Z_]+: /);
    expect(text).not.toContain(PLANTED);
  });

  it("an error in a file does not tell the file's name, which can be a patient's", async () => {
    const job = JOB.replace("in.csv", "in/");
    const { ended, sent, text } = await events(job, [], { [`in/${PLANTED}.csv`]: "id,name,note,age\n1,2\n" });
    expect(ended.summary).toMatchObject({ code: "CSV_RAGGED", place: { file: `${PLANTED}.csv` } });
    expect(sent.at(-1).run.facets.errorMessage.message).toMatch(/^CSV_RAGGED: .*line 2/);
    expect(text).not.toContain(PLANTED);
  });

  it("a signal ends it with one ABORT", async () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => `${row},${PLANTED},Seen by Dr. ${PLANTED} today.,4\n`);
    const folder = await folderWith({
      "in.csv": `id,name,note,age\n${rows.join("")}`,
      "job.yaml": JOB.replace("redact", "text"),
    });
    const path = `${folder}/events.jsonl`;
    const { existsSync, readFileSync } = await import("node:fs");
    const ended = await phimask(["run", `${folder}/job.yaml`, "--quiet"], {
      env: { OPENLINEAGE__TRANSPORT__TYPE: "file", OPENLINEAGE__TRANSPORT__LOG_FILE_PATH: path },
      onSpawn: (child) => {
        const look = setInterval(
          () => existsSync(path) && clearInterval(look) === undefined && child.kill("SIGTERM"),
          20,
        );
        child.on("exit", () => clearInterval(look));
      },
    });
    expect(ended.exit).toBe(143);
    const types = readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as Event).eventType);
    expect(types).toEqual(["START", "ABORT"]);
  });

  it("an unchanged dataset is a COMPLETE of its own run", async () => {
    const { folder, sent } = await events(JOB);
    const again = `${folder}/again.jsonl`;
    const ended = await phimask([
      "run",
      `${folder}/job.yaml`,
      "--set",
      `lineage={openlineage: {file: ${again}}}`,
      "--quiet",
    ]);
    const { readFile } = await import("node:fs/promises");
    const lines = (await readFile(again, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Event);
    expect(ended.exit).toBe(99);
    expect(lines.map(({ eventType }) => eventType)).toEqual(["START", "COMPLETE"]);
    expect(lines[0].run.runId).not.toBe(sent[0].run.runId);
  });
});

describe("transports", () => {
  it("posts to the collector with its token, and a collector that refuses ends no run", async () => {
    const asked: { url: string | undefined; token: string | undefined; body: Event }[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        asked.push({
          url: request.url,
          token: request.headers.authorization,
          body: JSON.parse(Buffer.concat(parts).toString()),
        });
        response.writeHead(asked.length === 1 ? 201 : 500).end("no");
      });
    });
    await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const folder = await folderWith({ "in.csv": TABLE, "job.yaml": JOB });
    const ended = await phimask(["run", `${folder}/job.yaml`, "--quiet"], {
      env: { OPENLINEAGE_URL: url, OPENLINEAGE_API_KEY: "a-token" },
    });
    server.close();
    expect(ended.exit).toBe(0);
    expect(asked.map(({ url, token, body }) => [url, token, body.eventType])).toEqual([
      ["/api/v1/lineage", "Bearer a-token", "START"],
      ["/api/v1/lineage", "Bearer a-token", "COMPLETE"],
    ]);
    expect(ended.stderr).toContain("could not be delivered");
    expect(ended.stderr).not.toContain("a-token");
  });

  it.each([
    ["nothing", undefined, {}, false],
    ["the job's url", { url: "http://collector" }, {}, true],
    ["a null in the job and nothing else", { url: null }, {}, false],
    ["a null in the job, the environment's url", { url: null }, { OPENLINEAGE_URL: "http://c" }, true],
    ["disabled", { url: "http://collector" }, { OPENLINEAGE_DISABLED: "True" }, false],
    [
      "a transport that is not known",
      undefined,
      { OPENLINEAGE__TRANSPORT__TYPE: "kafka", OPENLINEAGE_URL: "http://c" },
      false,
    ],
  ])("%s", (_, options, env, sends) => {
    expect(lineageOf(options, env) !== undefined).toBe(sends);
  });
});

describe("datasets", () => {
  it("are named as OpenLineage names S3", async () => {
    const sent: Event[] = [];
    const job = { namespace: "n", name: "j", source: "s3://raw/encounters/", target: "s3://research/" };
    const facts: RunFacts = {
      ...{ status: "ok", runId: "r", target: "s3://research/", profile: "strict", rows: 1, files: 1, withheld: 1 },
      ...{ masked: {}, dataset: { rows: 1, files: 1, bytes: 9 }, columns: [] },
    };
    const witness = openLineage(job, async (event) => {
      sent.push(event);
    });
    await witness.started();
    await witness.ended(facts);
    expect(sent[1].inputs[0]).toMatchObject({ namespace: "s3://raw", name: "encounters" });
    expect(sent[1].outputs[0]).toMatchObject({ namespace: "s3://research", name: "/" });
    expect(sent[1].inputs[0].inputFacets.dataQualityAssertions.assertions[1].success).toBe(false);
  });
});
