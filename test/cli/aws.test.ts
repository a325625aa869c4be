import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fakeComprehend } from "../fakes/aws/comprehend.ts";
import { held } from "../fakes/aws/content.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { fakeSecrets } from "../fakes/aws/secrets.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";
import { filesBelow, folderWith, KEY, phimask } from "./phimask.ts";
import { tableAs } from "./tables.ts";

const s3 = fakeS3();
const comprehend = fakeComprehend();
const secrets = fakeSecrets();
let server: AwsServer;

beforeAll(async () => {
  server = await awsServer([s3, comprehend, secrets]);
});
afterAll(() => server.close());
beforeEach(() => {
  s3.state.buckets.clear();
  s3.addBucket("raw");
  s3.addBucket("research");
  secrets.secrets.clear();
  comprehend.answer = namesOf;
  comprehend.sums.texts = 0;
  server.faults.clear();
  server.record.clear();
});

/** A service that knows one name, wherever it stands. */
function namesOf(text: string) {
  return [...text.matchAll(/Quackenbush/g)].map(({ index }) => ({ start: index, end: index + 11, type: "NAME" }));
}

const CSV = `id,name,note
1,Jane Roe,"Seen with Quackenbush by Dr. Alvarez on 03/04/2024."
2,John Doe,Stable. No complaints.
`;
const JOB = `version: 1
source: {path: s3://raw/encounters/}
target: {path: s3://research/encounters/}
policy: {key: {secrets_manager: phimask/key}}
columns: {id: keep, name: {mask: hash, length: 16}, note: {mask: text, known: [name]}}
`;

/** The command with credentials for the fake, and with no key in its environment. */
async function onAws(job: string, args: readonly string[] = ["run"], files = {}) {
  const folder = await folderWith({ "job.yaml": job, ...files });
  const [command, ...rest] = args;
  return {
    folder,
    ...(await phimask([command!, `${folder}/job.yaml`, ...rest], {
      env: {
        PHIMASK_KEY: undefined,
        AWS_ENDPOINT_URL: server.endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
      },
    })),
  };
}

const put = (key: string, text: string | Uint8Array) => s3.addObject("raw", key, held(Buffer.from(text)));
const keys = (bucket: string) => [...s3.state.buckets.get(bucket)!.objects.keys()].sort();
const text = (key: string) => s3.bytes("research", key)?.toString();

describe("a job on S3", () => {
  beforeEach(() => {
    put("encounters/a.csv", CSV);
    put("encounters/sub/b.csv", CSV);
    put("encounters-other/c.csv", "not,of,the,source\n");
    secrets.secrets.set("phimask/key", { text: KEY });
  });

  it("masks a prefix into another bucket, and leaves nothing behind", async () => {
    const ended = await onAws(JOB, ["run", "--quiet"]);
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    expect(ended.summary).toMatchObject({ status: "ok", rows: 4, files: 2 });
    const phimasks = ["_phimask/manifest.json", "_phimask/report.html", "_phimask/report.json"];
    expect(keys("research")).toEqual(["_SUCCESS", ...phimasks, "a.csv", "sub/b.csv"].map((key) => `encounters/${key}`));
    expect(text("encounters/a.csv")).toMatch(
      /^id,name,note\n1,[0-9a-f]{16},"Seen with \[NAME\] by Dr\. \[NAME\] on \[DATE\]\."\n2,[0-9a-f]{16},Stable\. No complaints\.\n$/,
    );
    expect(s3.openUploads()).toBe(0);
    expect(JSON.stringify(ended.summary) + ended.stderr + text("encounters/_phimask/manifest.json")).not.toContain(KEY);
  });

  it("gives the same bytes as the same files on a disk", async () => {
    await onAws(JOB);
    const local = JOB.replace("s3://raw/encounters/", "in").replace("s3://research/encounters/", "out");
    const folder = await folderWith({ "job.yaml": local.replace(/policy.*\n/, ""), "in/a.csv": CSV });
    await phimask(["run", `${folder}/job.yaml`]);
    expect((await filesBelow(`${folder}/out`)).get("a.csv")!.toString()).toBe(text("encounters/a.csv"));
  });

  it("does nothing the second time, and only what changed the third", async () => {
    await onAws(JOB);
    expect((await onAws(JOB)).exit).toBe(99);
    put("encounters/a.csv", CSV.replace("Jane Roe", "Jane Poe"));
    s3.state.buckets.get("raw")!.objects.delete("encounters/sub/b.csv");
    expect((await onAws(JOB)).summary).toMatchObject({ status: "ok", files: 1, unchanged: 0 });
    expect(keys("research")).not.toContain("encounters/sub/b.csv");
  });

  it.each([
    ["one object", "s3://raw/encounters/a.csv", ["a.csv"]],
    ["a glob", "s3://raw/encounters/**/b*.csv", ["sub/b.csv"]],
    ["a prefix without a slash at its end", "s3://raw/encounters", ["a.csv", "sub/b.csv"]],
  ])("reads %s", async (_, path, expected) => {
    const ended = await onAws(JOB.replace("s3://raw/encounters/", path));
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    expect(keys("research").filter((key) => key.endsWith(".csv"))).toEqual(expected.map((key) => `encounters/${key}`));
  });

  it("goes from the disk to S3 and back, untouched columns read through", async () => {
    const table = await tableAs("parquet", { id: ["1", "2"], note: ["Mr. Quackenbush", "ok"] });
    const up = JOB.replace("s3://raw/encounters/", "in").replace(/columns.*/, "columns: {id: keep, note: text}");
    const sent = await onAws(up, ["run"], { "in/t.parquet": table });
    expect([sent.stderr, sent.exit]).toEqual(["", 0]);
    const down = up
      .replace("path: in", "path: s3://research/encounters/t.parquet")
      .replace("s3://research/encounters/}", "out}");
    const got = await onAws(down);
    expect([got.stderr, got.exit]).toEqual(["", 0]);
    expect((await filesBelow(`${got.folder}/out`)).get("t.parquet")!.length).toBeGreaterThan(100);
  });

  it.each([
    ["nothing is there", JOB.replace("raw/encounters", "raw/none"), "SOURCE_MISSING", 2],
    ["the bucket is not there", JOB.replace("s3://raw/", "s3://none/"), "STORE_REFUSED", 2],
    ["source and target overlap", JOB.replace("s3://research/", "s3://raw/"), "TARGET_OVERLAPS", 2],
    ["the target holds others' files", JOB.replace("research/encounters/", "research/full/"), "TARGET_FOREIGN", 2],
    ["the secret is not there", JOB.replace("phimask/key", "none"), "KEY_MISSING", 2],
    ["the scheme is another's", JOB.replace("s3://raw", "gs://raw"), "JOB_INVALID", 2],
  ])("stops where %s", async (_, job, code, exit) => {
    s3.addObject("research", "full/theirs.csv", held(Buffer.from("x\n1\n")));
    const ended = await onAws(job);
    expect([ended.summary["code"], ended.exit]).toEqual([code, exit]);
    expect(keys("research")).toEqual(["full/theirs.csv"]);
  });

  it("leaves the target as it was where the credentials run out", async () => {
    server.faults.add({ kind: "expired-token", operations: ["GetObject"] });
    const ended = await onAws(JOB);
    expect([ended.summary["code"], ended.exit]).toEqual(["STORE_DENIED", 2]);
    expect(keys("research")).toEqual([]);
  });
});

describe("a job with Comprehend Medical", () => {
  // The fake overlooks what the embedded detector sees: the second look would tell of it.
  const withService = (text: string, checks = "{residual_sample: 0}") =>
    JOB.replace("columns:", `detect: {text: ${text}}\nchecks: ${checks}\ncolumns:`);
  beforeEach(() => {
    put("encounters/a.csv", CSV);
    put("encounters/b.csv", CSV);
    secrets.secrets.set("phimask/key", { text: KEY });
  });

  it("masks what the service finds, asked once a text, and counts what it cost", async () => {
    const ended = await onAws(withService("comprehend_medical"), ["run", "--quiet"]);
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    expect(text("encounters/a.csv")).toContain('"Seen with [NAME] by Dr. Alvarez on 03/04/2024."');
    expect(ended.summary["calls"]).toMatchObject({ comprehend_medical: { calls: 2, units: 2 } });
    expect(JSON.parse(text("encounters/_phimask/manifest.json")!)).toMatchObject({
      detectors: [{ name: "comprehend_medical", version: "1/2.4.0" }],
    });
  });

  it("tells what the second look finds that the service overlooked, by counts alone", async () => {
    const ended = await onAws(withService("comprehend_medical", "{}"));
    expect(ended.exit).toBe(0);
    expect(ended.stderr).toContain("still finds something in 2 of 4 masked texts");
    expect(ended.stderr).not.toContain("Alvarez");
    expect(ended.summary["checks"]).toMatchObject({ examined: 4, residual: 2 });
  });

  it("publishes nothing where the second look finds more than the job allows", async () => {
    const ended = await onAws(withService("comprehend_medical", "{residual_limit: 0.05}"));
    expect([ended.summary["code"], ended.exit]).toEqual(["CHECK_FAILED", 2]);
    expect(ended.stderr).toContain("add embedded to detect.text");
    expect(keys("research").filter((key) => !key.startsWith("encounters/_phimask/"))).toEqual([]);
  });

  it("masks what any of two engines finds", async () => {
    await onAws(withService("[embedded, comprehend_medical]"));
    expect(text("encounters/a.csv")).toContain('"Seen with [NAME] by Dr. [NAME] on [DATE]."');
    const report = JSON.parse(text("encounters/_phimask/report.json")!);
    expect(report.columns.note.missed).toEqual({ embedded: 0, comprehend_medical: 4 });
  });

  it("asks nothing where nothing is new, and masks anew where the model is another", async () => {
    const job = withService("comprehend_medical");
    await onAws(job);
    comprehend.sums.texts = 0;
    expect((await onAws(job)).exit).toBe(99);
    expect(comprehend.sums.texts).toBe(0);
    comprehend.answer = (text) => ({ ...entities(text), ModelVersion: "2.5.0" });
    put("encounters/c.csv", CSV);
    expect((await onAws(job)).summary).toMatchObject({ files: 3, unchanged: 0 });
  });

  it("plans and validates without a call", async () => {
    expect((await onAws(withService("comprehend_medical"), ["plan"])).exit).toBe(0);
    expect((await onAws(withService("comprehend_medical"), ["validate"])).exit).toBe(0);
    expect(server.record.of("DetectPHI")).toEqual([]);
  });

  it("stops before the call that would pass the limit", async () => {
    const ended = await onAws(withService("comprehend_medical").replace("columns:", "limits: {usd: 0.0014}\ncolumns:"));
    expect([ended.summary["code"], ended.exit]).toEqual(["BUDGET_SPENT", 2]);
    expect(comprehend.sums.texts).toBe(1);
    expect(keys("research")).toEqual([]);
  });
});

describe("a local job", () => {
  it("loads no AWS client", async () => {
    const job = JOB.replace("s3://raw/encounters/", "in").replace("s3://research/encounters/", "out");
    const folder = await folderWith({ "in/a.csv": CSV, "job.yaml": job.replace(/policy.*\n/, "") });
    const env = { NODE_OPTIONS: `--import ${new URL("../fakes/no-aws.mjs", import.meta.url).href}` };
    const run = await phimask(["run", `${folder}/job.yaml`], { env });
    expect([run.stderr, run.exit]).toEqual(["", 0]);
    const onS3 = await phimask(["run", `${folder}/job.yaml`, "--set", "source.path=s3://b/k/"], { env });
    expect(onS3.exit, "the trap itself works").toBe(1);
  });
});

function entities(text: string) {
  const Entities = namesOf(text).map(({ start, end, type }, Id) => ({
    Id,
    BeginOffset: start,
    EndOffset: end,
    Type: type,
    Score: 0.9,
    Text: text.slice(start, end),
    Category: "PROTECTED_HEALTH_INFORMATION",
    Traits: [],
  }));
  return { Entities };
}
