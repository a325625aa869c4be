import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type BatchOptions, batchDetector } from "../../connectors/comprehend/batch.ts";
import { comprehendDetector } from "../../connectors/comprehend.ts";
import { newPurse } from "../../connectors/purse.ts";
import { s3Store } from "../../connectors/s3.ts";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { newTally } from "../../src/report.ts";
import { keyOf } from "../../transforms/operators/key.ts";
import { KEY } from "../cli/phimask.ts";
import { fakeComprehend } from "../fakes/aws/comprehend.ts";
import { held } from "../fakes/aws/content.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";
import { runOf } from "../fakes/rows.ts";

const s3 = fakeS3();
const comprehend = fakeComprehend(s3);
const jobs = comprehend.jobs!;
let server: AwsServer;

beforeAll(async () => {
  server = await awsServer([s3, comprehend]);
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
  jobs.all.length = 0;
  Object.assign(jobs, { polls: 2, ending: "COMPLETED", unread: () => false, says: () => undefined });
  Object.assign(comprehend.sums, { texts: 0, units: 0 });
  server.faults.clear();
  server.record.clear();
  comprehend.answer = (text) =>
    [...text.matchAll(/Zoë|Roe/g)].map(({ index, 0: found }) => ({
      start: index,
      end: index + found.length,
      type: "NAME",
    }));
});

const ID = "0123456789abcdef0123456789abcdef";
const options = () => ({ endpoint: server.endpoint, region: "us-east-1", credentials: CALLER });
const key = keyOf(KEY);
const staged = () => [...s3.state.buckets.get("private")!.objects.keys()].sort();

function open(more: Partial<BatchOptions> = {}) {
  const limits = { requestsPerSecond: 10_000, charactersPerSecond: 1e9 };
  return batchDetector({
    ...options(),
    otherwise: comprehendDetector({ ...options(), limits }),
    store: s3Store({ ...options(), kmsKey: "alias/private" }),
    staging: "s3://private/staging/",
    role: "arn:aws:iam::111122223333:role/read",
    kmsKey: "alias/private",
    hmac: (text) => key.hmac("findings", text),
    pollMs: 1,
    retries: { attempts: 3, baseMs: 1, capMs: 2 },
    ...more,
  });
}

async function* batches(...all: readonly (readonly string[])[]) {
  yield* all;
}

const TEXTS = ["Zoë 😀 Roe was seen.", "Stable.", "😀 Roe", "", " ", "Stable."];

describe("a batch", () => {
  it("answers every text without a call for it, once a text, and leaves nothing staged", async () => {
    const batch = open();
    const run = { tally: newTally(), signal: new AbortController().signal };
    await batch.prepare(batches(TEXTS.slice(0, 2), TEXTS.slice(2)), ID, run);
    const found = await batch.detect(TEXTS, run);
    const words = found.map((findings, at) => findings.map(({ start, end }) => TEXTS[at]!.slice(start, end)));
    expect(words).toEqual([["Zoë", "Roe"], [], ["Roe"], [], [], []]);
    expect(comprehend.sums.texts).toBe(0);
    expect(run.tally.counts().calls).toEqual({ comprehend_medical_batch: { calls: 1, units: 1, usd: 0.0014 } });
    expect(staged()).toEqual([]);
  });

  it("stages encrypted files of 40 KB at most, and starts one job by the role", async () => {
    const texts = Array.from({ length: 900 }, (_, at) => `${at} ${"Zoë said ".repeat(at % 40)}`);
    const long = "Mrs. Roe came. ".repeat(8_000);
    jobs.unread = (name) => {
      const { content } = s3.state.buckets.get("private")!.objects.get(`staging/${ID}/input/${name}`)!;
      expect(content.size).toBeLessThanOrEqual(40_000);
      return false;
    };
    const batch = open();
    await batch.prepare(batches(texts.slice(0, 500), [long, ...texts.slice(500)]), ID, runOf());
    expect(jobs.all).toHaveLength(1);
    expect(jobs.all[0]!.input).toMatchObject({
      InputDataConfig: { S3Bucket: "private", S3Key: `staging/${ID}/input/` },
      DataAccessRoleArn: "arn:aws:iam::111122223333:role/read",
      KMSKey: "alias/private",
      LanguageCode: "en",
    });
    const [first, ...others] = server.record.of("PutObject");
    for (const { headers } of [first!, ...others]) {
      expect(headers["x-amz-server-side-encryption-aws-kms-key-id"]).toBe("alias/private");
    }
    const found = await batch.detect([long, texts[39]!], runOf());
    expect(found.map((findings) => findings.length)).toEqual([8_000, 39]);
    expect(comprehend.sums.texts).toBe(0);
    expect(staged()).toEqual([]);
  });

  it.each<[string, () => void]>([
    ["a file was left out", () => (jobs.unread = () => true)],
    ["an answer is no JSON", () => (jobs.says = () => "{")],
    ["an answer has no entities", () => (jobs.says = () => "{}")],
    ["an answer goes on elsewhere", () => (jobs.says = () => '{"Entities": [], "PaginationToken": "x"}')],
    [
      "an answer does not fit",
      () =>
        (jobs.says = () =>
          '{"Entities": [{"BeginOffset": 0, "EndOffset": 3, "Text": "Ann", "Type": "NAME", "Score": 1}]}'),
    ],
  ])("asks by call where %s", async (_, spoil) => {
    spoil();
    jobs.ending = "PARTIAL_SUCCESS";
    const batch = open();
    await batch.prepare(batches(TEXTS), ID, runOf());
    expect((await batch.detect(["😀 Roe"], runOf()))[0]).toMatchObject([{ start: 3, end: 6, type: "NAME" }]);
    expect(comprehend.sums.texts).toBe(1);
  });

  it("that fails leaves nothing staged, and the next run begins another job", async () => {
    jobs.ending = "FAILED";
    await expect(open().prepare(batches(TEXTS), ID, runOf())).rejects.toMatchObject({ code: "DETECTOR_FAILED" });
    expect(staged()).toEqual([]);
    jobs.ending = "COMPLETED";
    await open().prepare(batches(TEXTS), ID, runOf());
    expect(jobs.all).toHaveLength(2);
  });

  it("goes on with the job of a run that was stopped", async () => {
    jobs.polls = 1_000_000;
    const stop = new AbortController();
    const first = open().prepare(batches(TEXTS), ID, { tally: newTally(), signal: stop.signal });
    await vi.waitUntil(() => server.record.of("DescribePHIDetectionJob").length > 1);
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: "STOPPED" });
    expect(staged()).toContain(`staging/${ID}/job.json`);
    jobs.all[0]!.left = 2;
    server.record.clear();
    const batch = open();
    await batch.prepare(batches(TEXTS), ID, runOf());
    expect(jobs.all).toHaveLength(1);
    expect(server.record.of("PutObject")).toHaveLength(0);
    expect((await batch.detect(["😀 Roe"], runOf()))[0]).toHaveLength(1);
    expect(staged()).toEqual([]);
  });

  it("clears away what a run of other texts has left", async () => {
    s3.addObject("private", "staging/another/input/0000001.txt", held(Buffer.from("Roe")));
    await open().prepare(batches(TEXTS), ID, runOf());
    expect(staged()).toEqual([]);
  });

  it("starts nothing that costs more than may be spent, and nothing for no text", async () => {
    const text = ["x ".repeat(1_000)];
    await expect(open({ purse: newPurse(0.02) }).prepare(batches(text), ID, runOf())).rejects.toMatchObject({
      code: "BUDGET_SPENT",
    });
    await open().prepare(batches(["", " "]), ID, runOf());
    expect(jobs.all).toEqual([]);
    expect(staged()).toEqual([]);
    const purse = newPurse(0.03);
    await open({ purse }).prepare(batches(text), ID, runOf());
    purse.take(0.002);
    expect(() => purse.take(0.000001)).toThrow();
  });

  it("comes through lost answers and throttling", async () => {
    for (const kind of ["lost", "throttled", "internal"] as const) {
      server.faults.add({ kind, times: 1, operations: ["StartPHIDetectionJob"] });
      server.faults.add({ kind, times: 1, operations: ["DescribePHIDetectionJob"] });
    }
    await open({ retries: { attempts: 9, baseMs: 1, capMs: 2 } }).prepare(batches(TEXTS), ID, runOf());
    expect(jobs.all).toHaveLength(1);
  });
});

describe("a job in batch mode", () => {
  const JOB = `version: 1
source: {path: s3://raw/visits/}
target: {path: s3://research/visits/}
columns: {id: keep, note: text}
detect: {text: {engine: comprehend_medical, mode: batch, role: "arn:aws:iam::111122223333:role/read", staging: "s3://private/staging/", poll_seconds: 0.001}}
aws: {kms_key: alias/private}
`;
  const run = async (yaml: string) => runJob(await openJob(parseJob(yaml), { key: KEY }));
  const put = (key: string, text: string) => s3.addObject("raw", key, held(Buffer.from(text)));

  it("masks as calls would, and asks only whether the service answers", async () => {
    put("visits/a.csv", "id,note\n1,Mrs. Roe came\n2,Stable\n");
    put("visits/b.csv", "id,note\n3,Mrs. Roe came\n4,\n");
    const { report } = await run(JOB);
    expect(s3.bytes("research", "visits/a.csv")!.toString()).toBe("id,note\n1,Mrs. [NAME] came\n2,Stable\n");
    expect(report.calls).toMatchObject({ comprehend_medical: { calls: 1 }, comprehend_medical_batch: { units: 1 } });
    expect(staged()).toEqual([]);
    expect((await run(JOB)).status).toBe("unchanged");
    expect((await run(JOB.replace("role/read", "role/other"))).status).toBe("unchanged");
    put("visits/c.csv", "id,note\n5,Mr. Roe\n");
    expect((await run(JOB)).report.files).toBe(1);
    expect(jobs.all).toHaveLength(2);
  });

  it.each([
    ["no key", JOB.replace(/\naws:.*\n/, "\n"), "aws.kms_key"],
    ["a folder of the disk", JOB.replace("s3://private/staging/", "staging"), "detect.text.staging"],
  ])("refuses %s", async (_, yaml, place) => {
    put("visits/a.csv", "id,note\n1,x\n");
    await expect(run(yaml)).rejects.toMatchObject({ code: "JOB_INVALID", place: { key: place } });
  });
});
