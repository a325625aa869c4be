import { Glue, type TableInput } from "@aws-sdk/client-glue";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { held } from "../fakes/aws/content.ts";
import { fakeGlue } from "../fakes/aws/glue.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";
import { folderWith, KEY, phimask } from "./phimask.ts";
import { tableAs } from "./tables.ts";

const s3 = fakeS3();
const glue = fakeGlue();
let server: AwsServer;

beforeAll(async () => {
  server = await awsServer([s3, glue]);
});
afterAll(() => server.close());
beforeEach(() => {
  s3.state.buckets.clear();
  s3.addBucket("raw");
  s3.addBucket("research");
  glue.state.databases.clear();
  glue.addDatabase("clinic");
  glue.addDatabase("research");
  server.record.clear();
});

const client = () => new Glue({ endpoint: server.endpoint, region: "us-east-1", credentials: CALLER });
const put = (key: string, text: string) => s3.addObject("raw", key, held(Buffer.from(text)));
const keys = (bucket: string) =>
  [...s3.state.buckets.get(bucket)!.objects.keys()].filter((key) => !key.includes("/_")).sort();

/** The command with credentials for the fake. */
async function onAws(job: string, command = "run") {
  const folder = await folderWith({ "job.yaml": job });
  return phimask([command, `${folder}/job.yaml`, ...(command === "run" ? ["--quiet"] : [])], {
    env: {
      PHIMASK_KEY: KEY,
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
    },
  });
}

const JOB = `version: 1
source: {glue: {database: Clinic, table: Visits, expression: "region <> 'west'"}}
target: {path: s3://research/visits/}
columns: {id: keep, note: text, region: {mask: hash, length: 8}}
`;

const TARGET = `version: 1
source: {path: s3://raw/visits/}
target: {path: s3://research/visits/, glue: {database: research, table: visits}}
columns: {id: keep, note: text, region: {mask: label, type: ADDRESS}}
`;

const SERDE = {
  SerializationLibrary: "org.apache.hadoop.hive.serde2.OpenCSVSerde",
  Parameters: { separatorChar: "|" },
};

async function visits(more: Partial<TableInput> = {}): Promise<void> {
  const StorageDescriptor = { Location: "s3://raw/visits", SerdeInfo: SERDE };
  const TableInput = { Name: "visits", StorageDescriptor, Parameters: { "skip.header.line.count": "1" }, ...more };
  await client().createTable({ DatabaseName: "clinic", TableInput });
}

async function partitions(locations: Readonly<Record<string, string>>): Promise<void> {
  const PartitionInputList = Object.entries(locations).map(([value, Location]) => ({
    Values: [value],
    StorageDescriptor: { Location, SerdeInfo: SERDE },
  }));
  await client().batchCreatePartition({ DatabaseName: "clinic", TableName: "visits", PartitionInputList });
}

describe("a table of the catalog as source", () => {
  it("is read as the catalog describes it: dialect, and the partitions that were asked for", async () => {
    await visits({ PartitionKeys: [{ Name: "region", Type: "string" }] });
    await partitions({ north: "s3://raw/visits/region=north/", south: "s3://raw/moved/s", west: "s3://raw/w/" });
    put("visits/region=north/a", "id|note\n1|Seen on 03/04/2024\n");
    put("moved/s/a", "id|note\n2|Stable\n");
    put("w/a", "id|note\n3|Not asked for\n");
    put("visits/region=lost/a", "id|note\n4|In no partition\n");
    const ended = await onAws(JOB);
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    expect(ended.summary).toMatchObject({ rows: 2, files: 2 });
    expect(keys("research")).toHaveLength(2);
    expect(keys("research")[0]).toMatch(/^visits\/region=[0-9a-f]{8}\/a-[0-9a-f]{8}\.csv$/);
    const texts = keys("research").map((key) => s3.bytes("research", key)!.toString());
    expect(texts.sort()).toEqual(["id|note\n1|Seen on [DATE]\n", "id|note\n2|Stable\n"]);
    expect((await onAws(JOB)).exit).toBe(99);
  });

  it("without partitions is all that is below its place", async () => {
    await visits();
    put("visits/a", "id|note\n1|Seen on 03/04/2024\n");
    const ended = await onAws(JOB.replace(/, expression.*"/, "").replace(/, region.*\}\}/, "}"));
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    expect(ended.summary).toMatchObject({ rows: 1, files: 1 });
  });

  it.each([
    ["no such table", JOB.replace("Visits", "Nobody"), "CATALOG_MISSING"],
    ["no partition", JOB.replace("<>", "="), "SOURCE_MISSING"],
    ["a target within a partition", JOB.replace("s3://research/visits/", "s3://raw/moved/out/"), "TARGET_OVERLAPS"],
    ["a path too", JOB.replace("source: {", "source: {path: a, "), "JOB_INVALID"],
    ["a format of its own", JOB.replace("source: {", "source: {format: csv, "), "JOB_INVALID"],
  ])("says so where there is %s", async (_, job, code) => {
    await visits({ PartitionKeys: [{ Name: "region", Type: "string" }] });
    await partitions({ north: "s3://raw/moved/" });
    const ended = await onAws(job, "plan");
    expect([ended.exit, ended.summary]).toMatchObject([2, { code }]);
  });
});

describe("a table of the catalog as target", () => {
  const table = () => glue.table("research", "visits")!;
  beforeEach(() => {
    put("visits/region=north/a.csv", "id,note\n1,Seen on 03/04/2024\n");
    put("visits/region=south/a.csv", "id,note\n2,Stable\n");
  });

  it("is made after the files are in place, and followed through later runs", async () => {
    const ended = await onAws(TARGET);
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    expect(table().input).toMatchObject({
      StorageDescriptor: {
        Location: "s3://research/visits/",
        Columns: [
          { Name: "id", Type: "string" },
          { Name: "note", Type: "string", Comment: "[masked: text]" },
        ],
      },
      PartitionKeys: [{ Name: "region", Type: "string", Comment: "[masked: label]" }],
      Parameters: { "phimask.run_id": ended.summary["run_id"], "phimask.rows": "2" },
    });
    expect([...table().partitions.values()].map(({ values }) => values)).toEqual([["[ADDRESS]"]]);
    server.record.clear();
    expect((await onAws(TARGET)).exit).toBe(99);
    expect(server.record.calls.filter(({ service }) => service === "glue")).toEqual([]);
    const kept = TARGET.replace(/region: .*\}\}/, "region: keep}");
    expect((await onAws(kept)).exit).toBe(0);
    expect([...table().partitions.keys()].sort()).toEqual(['["north"]', '["south"]']);
    s3.state.buckets.get("raw")!.objects.delete("visits/region=south/a.csv");
    expect((await onAws(kept)).exit).toBe(0);
    expect([...table().partitions.keys()]).toEqual(['["north"]']);
  });

  it("that could not be told is told by the next run, and nothing is masked again", async () => {
    server.faults.add({ kind: "expired-token", operations: ["CreateTable"] });
    expect(await onAws(TARGET)).toMatchObject({ exit: 2, summary: { code: "SERVICE_DENIED" } });
    server.faults.clear();
    expect(await onAws(TARGET)).toMatchObject({ exit: 0, summary: { status: "ok", files: 0, unchanged: 2 } });
    expect(table().input["Parameters"]).toMatchObject({ "phimask.rows": "2" });
    expect((await onAws(TARGET)).exit).toBe(99);
  });

  it("in a dialect of its own is described so, and the files are", async () => {
    const job = TARGET.replace("glue:", 'csv: {delimiter: ";"}, glue:');
    expect((await onAws(job)).exit).toBe(0);
    expect(keys("research").map((key) => s3.bytes("research", key)!.toString())[0]).toMatch(/^id;note\n/);
    expect(table().input).toMatchObject({
      StorageDescriptor: { SerdeInfo: { Parameters: { separatorChar: ";" } } },
    });
  });

  it("refuses cells with line breaks, in words, once the files are there", async () => {
    put("visits/region=south/a.csv", 'id,note\n2,"Stable.\nNo fever."\n');
    const ended = await onAws(TARGET);
    expect([ended.exit, ended.summary]).toMatchObject([2, { code: "CATALOG_UNFIT" }]);
    expect(ended.stderr).toContain("line breaks");
    expect(keys("research")).toHaveLength(2);
    expect(table()).toBeUndefined();
  });

  it.each([
    ["no such database", TARGET.replace("database: research", "database: nowhere"), "CATALOG_MISSING"],
    ["a target on the disk", TARGET.replace("s3://research/visits/", "out"), "JOB_INVALID"],
    ["files of two formats", TARGET.replace("region: {mask: label, type: ADDRESS}", "region: keep"), "CATALOG_UNFIT"],
    ["Arrow files", TARGET.replace("target: {", "target: {format: arrow, "), "CATALOG_UNFIT"],
  ])("says so before a row is masked where there is %s", async (what, job, code) => {
    if (what === "files of two formats") {
      const bytes = await tableAs("parquet", { id: ["1"], note: ["x"] });
      s3.addObject("raw", "visits/region=west/b.parquet", held(Buffer.from(bytes)));
    }
    for (const command of ["plan", "run"]) {
      expect(await onAws(job, command)).toMatchObject({ exit: 2, summary: { code } });
    }
    expect(keys("research")).toEqual([]);
  });
});
