import { readdirSync } from "node:fs";
import { Glue } from "@aws-sdk/client-glue";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { rekognitionFaces, rekognitionReader } from "../../connectors/rekognition.ts";
import { textractReader } from "../../connectors/textract.ts";
import { checkCatalog } from "../../src/dataset.ts";
import { type OpenOptions, openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { planJob } from "../../src/plan.ts";
import { KEY } from "../cli/phimask.ts";
import { fakeComprehend } from "../fakes/aws/comprehend.ts";
import { held } from "../fakes/aws/content.ts";
import { fakeGlue } from "../fakes/aws/glue.ts";
import { guarded, newGuard, policy } from "../fakes/aws/iam.ts";
import { fakeLakeFormation } from "../fakes/aws/lakeformation.ts";
import { fakeRekognition, fakeTextract } from "../fakes/aws/rekognition.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { fakeSecrets } from "../fakes/aws/secrets.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";
import { runOf } from "../fakes/rows.ts";

/** The policies of `deploy/iam`, in force: a call that none allows is refused, and an action that no call needs is told. */
const s3 = fakeS3();
const [glue, comprehend, secrets] = [fakeGlue(), fakeComprehend(s3), fakeSecrets()];
const lake = fakeLakeFormation(glue);
const [rekognition, textract] = [fakeRekognition(), fakeTextract()];
const guard = newGuard();
const keys = { raw: "SOURCE-KEY", research: "TARGET-KEY", private: "STAGING-KEY", secret: "SECRET-KEY" };
const NAMES = {
  "SOURCE-BUCKET": "raw",
  "SOURCE-PREFIX": "visits",
  "TARGET-BUCKET": "research",
  "TARGET-PREFIX": "masked",
  DATABASE: "research",
  TABLE: "visits",
};
const SOURCE = policy("source", NAMES);
const TARGET = policy("target", NAMES);
let server: AwsServer;

beforeAll(async () => {
  server = await awsServer(
    [s3, glue, lake, comprehend, secrets, rekognition, textract].map((service) => guarded(service, guard, keys)),
  );
  vi.stubEnv("AWS_ACCESS_KEY_ID", CALLER.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", CALLER.secretAccessKey);
  vi.stubEnv("AWS_ENDPOINT_URL", server.endpoint);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});
beforeEach(() => {
  s3.state.buckets.clear();
  for (const bucket of ["raw", "research", "private"]) s3.addBucket(bucket);
  for (const region of ["north", "south"]) put(`visits/region=${region}/a.csv`, "id,note\n1,Mr. Roe\n");
  put("visits-of-others/a.csv", "id\n1\n");
  s3.addObject("research", "others/a.csv", held(Buffer.from("id\n1\n")));
  glue.state.databases.clear();
  glue.addDatabase("research");
  secrets.secrets.set("phimask/key", { text: KEY });
  comprehend.answer = (text) =>
    [...text.matchAll(/Roe/g)].map(({ index }) => ({ start: index, end: index + 3, type: "NAME" }));
  guard.used.clear();
  guard.refused.length = 0;
  s3.state.denies = () => false;
});

const put = (key: string, text: string) => s3.addObject("raw", key, held(Buffer.from(text)));

const JOB = `version: 1
source: {path: s3://raw/visits/}
target: {path: s3://research/masked/}
columns: {id: keep, note: text, region: keep}
`;
const WITH_GLUE = JOB.replace("masked/}", "masked/, glue: {database: research, table: visits}}");

const opened = (yaml: string, options: OpenOptions = { key: KEY }) => openJob(parseJob(yaml), options);
const run = async (yaml: string) => runJob(await opened(yaml));

/** Rights of the policies in force that nothing has used. */
const idle = () =>
  guard.statements
    .flatMap(({ Sid, Action }) => Action.map((action) => `${Sid} ${action}`))
    .filter((right) => !guard.used.has(right));

describe("deploy/iam", () => {
  it("source and target are all that a job on S3 needs, and no more than it uses", async () => {
    guard.statements = [...SOURCE, ...TARGET];
    await run(JOB);
    expect((await run(JOB)).status).toBe("unchanged");
    put("visits/region=west/b.csv", `id,note\n${`1,${"Stable. ".repeat(1000)}\n`.repeat(2500)}`);
    s3.state.denies = (operation) => operation === "UploadPart";
    await expect(run(JOB.replace("note: text", "note: keep").replace("id: keep", "id: redact"))).rejects.toThrow();
    expect(guard.refused.filter((need) => !need.startsWith("s3:ListBucket"))).toEqual([]);
    expect(idle()).toEqual([]);
    expect([s3.openUploads(), s3.strayParts()]).toEqual([0, 0]);
  });

  it("let nobody read beyond the prefixes", async () => {
    guard.statements = [...SOURCE, ...TARGET];
    for (const [from, to] of [
      ["raw/visits/", "raw/visits-of-others/"],
      ["raw/visits/", "research/others/"],
      ["research/masked/", "research/others/"],
    ]) {
      await expect(run(JOB.replace(from!, to!))).rejects.toMatchObject({ code: "STORE_DENIED" });
    }
    guard.statements = SOURCE;
    await expect(run(JOB)).rejects.toMatchObject({ code: "STORE_DENIED" });
    expect([...s3.state.buckets.get("research")!.objects.keys()]).toEqual(["others/a.csv"]);
  });

  it("target-look is enough to plan, and cannot write", async () => {
    guard.statements = [...SOURCE, ...TARGET];
    await run(JOB);
    guard.statements = [...SOURCE, ...policy("target-look", NAMES)];
    guard.used.clear();
    put("visits/region=west/a.csv", "id,note\n1,Mr. Roe\n");
    expect((await planJob(await opened(JOB))).todo).toHaveLength(1);
    expect(idle()).toEqual([]);
    await expect(run(JOB)).rejects.toMatchObject({ code: "STORE_DENIED" });
  });

  it("comprehend is what the detector needs", async () => {
    const job = `${JOB}detect: {text: comprehend_medical}\n`;
    guard.statements = [...SOURCE, ...TARGET];
    await expect(run(job)).rejects.toMatchObject({ code: "SERVICE_DENIED" });
    guard.statements = [...SOURCE, ...TARGET, ...policy("comprehend", NAMES)];
    await run(job);
    expect(idle().filter((right) => right.startsWith("comprehend"))).toEqual([]);
  });

  it("comprehend-batch is what a batch needs, beside a folder to stage in", async () => {
    const role = "arn:aws:iam::111122223333:role/reads-staged";
    const batch = `{engine: comprehend_medical, mode: batch, role: "${role}", staging: "s3://private/s/", poll_seconds: 0.001}`;
    const job = `${JOB}detect: {text: ${batch}}\naws: {kms_key: STAGING-KEY}\n`;
    const staging = { "TARGET-BUCKET": "private", "TARGET-PREFIX": "s", "TARGET-KEY": "STAGING-KEY" };
    guard.statements = [...SOURCE, ...TARGET, ...policy("target", staging), ...policy("comprehend", NAMES)];
    await expect(run(job)).rejects.toMatchObject({ code: "SERVICE_DENIED" });
    const names = { "BATCH-ROLE": "reads-staged" };
    guard.statements = [...SOURCE, ...TARGET, ...policy("target", staging), ...policy("comprehend-batch", names)];
    await run(job);
    expect(idle().filter((right) => right.startsWith("comprehend"))).toEqual([]);
    expect([...s3.state.buckets.get("private")!.objects.keys()]).toEqual([]);
  });

  it("images is what readers and the finder of faces need", async () => {
    const options = { endpoint: server.endpoint, region: "us-east-1", credentials: CALLER };
    const image = { width: 100, height: 100, channels: 3, data: new Uint8Array(30_000) } as const;
    const looks = [rekognitionReader(options).read, rekognitionFaces(options).find, textractReader(options).read];
    for (const statements of [[], policy("images")]) {
      guard.statements = statements;
      for (const look of looks) {
        const seen = await look(image, runOf()).catch(({ code }) => code);
        expect(seen).toEqual(statements.length === 0 ? "SERVICE_DENIED" : []);
      }
    }
    expect(idle()).toEqual([]);
  });

  it("secret is what the key needs", async () => {
    const job = `${JOB}policy: {key: {secrets_manager: phimask/key}}\n`;
    guard.statements = [...SOURCE, ...policy("secret", { "SECRET-NAME": "phimask/other" })];
    await expect(opened(job, {})).rejects.toMatchObject({ code: "STORE_DENIED" });
    guard.statements = [...SOURCE, ...policy("secret", { "SECRET-NAME": "phimask/key" })];
    await opened(job, {});
    expect(idle().filter((right) => right.startsWith("secret"))).toEqual([]);
  });

  it("glue-target is what publishing needs, for one table", async () => {
    guard.statements = [...SOURCE, ...TARGET, ...policy("glue-target", NAMES)];
    await run(WITH_GLUE);
    await run(WITH_GLUE.replace("note: text", "note: redact").replace("region: keep", "region: {mask: hash}"));
    const moved = glue.table("research", "visits")!;
    for (const [key, partition] of moved.partitions) {
      moved.partitions.set(key, { ...partition, input: { ...partition.input, StorageDescriptor: {} } });
    }
    await run(WITH_GLUE.replace("note: text", "note: keep").replace("region: keep", "region: {mask: hash}"));
    expect(idle().filter((right) => right.startsWith("glue-target"))).toEqual([]);
    expect(guard.refused.filter((need) => need.startsWith("glue"))).toEqual([]);
    const job = await opened(WITH_GLUE.replace("table: visits", "table: others"));
    await expect(planJob(job).then((plan) => checkCatalog(job, plan))).rejects.toMatchObject({
      code: "SERVICE_DENIED",
    });
  });

  it("glue-tags is what tags of Lake Formation need beside it", async () => {
    lake.tags.set("sensitivity", ["deidentified"]);
    const job = WITH_GLUE.replace("table: visits}", "table: visits, lf_tags: {sensitivity: deidentified}}");
    guard.statements = [...SOURCE, ...TARGET, ...policy("glue-target", NAMES)];
    await expect(run(job)).rejects.toMatchObject({ code: "SERVICE_DENIED" });
    guard.statements = [...guard.statements, ...policy("glue-tags", NAMES)];
    await run(job);
    expect(lake.assigned.get("research/visits")).toEqual({ sensitivity: "deidentified" });
    expect(idle().filter((right) => right.startsWith("glue-tags"))).toEqual([]);
    expect((await run(job)).status).toBe("unchanged");
  });

  it("glue-source is what reading a table needs", async () => {
    const client = new Glue({ endpoint: server.endpoint, region: "us-east-1", credentials: CALLER });
    const SerdeInfo = { SerializationLibrary: "org.apache.hadoop.hive.serde2.OpenCSVSerde" };
    const StorageDescriptor = { Location: "s3://raw/visits", SerdeInfo };
    const TableInput = {
      Name: "visits",
      StorageDescriptor,
      PartitionKeys: [{ Name: "region", Type: "string" }],
      Parameters: { "skip.header.line.count": "1" },
    };
    const north = { Values: ["north"], StorageDescriptor: { Location: "s3://raw/visits/region=north/", SerdeInfo } };
    const at = { DatabaseName: "research" };
    guard.statements = policy("glue-target", NAMES);
    await client.createTable({ ...at, TableInput });
    await client.batchCreatePartition({ ...at, TableName: "visits", PartitionInputList: [north] });
    guard.statements = [...SOURCE, ...TARGET, ...policy("glue-source", NAMES)];
    guard.used.clear();
    await run(JOB.replace("path: s3://raw/visits/", "glue: {database: research, table: visits}"));
    expect(idle().filter((right) => right.startsWith("glue-source"))).toEqual([]);
  });

  it("has no policy that no test knows", () => {
    const batch = ["comprehend-batch", "comprehend-batch-role", "comprehend-batch-trust"];
    const known = [
      "comprehend",
      ...batch,
      "glue-source",
      "glue-tags",
      "glue-target",
      "images",
      "secret",
      "source",
      "target",
      "target-look",
    ];
    expect(readdirSync("deploy/iam").filter((name) => name.endsWith(".json"))).toHaveLength(known.length);
    for (const name of known) expect(policy(name).length).toBeGreaterThan(0);
  });
});
