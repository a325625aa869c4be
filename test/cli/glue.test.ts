import { Glue, type TableInput } from "@aws-sdk/client-glue";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { held } from "../fakes/aws/content.ts";
import { fakeGlue } from "../fakes/aws/glue.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";
import { folderWith, KEY, phimask } from "./phimask.ts";

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
  return phimask([command, `${folder}/job.yaml`], {
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
