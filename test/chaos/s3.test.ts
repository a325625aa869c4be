import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { type Ended, filesBelow, folderWith, KEY, phimask } from "../cli/phimask.ts";
import { fakeComprehend } from "../fakes/aws/comprehend.ts";
import { held } from "../fakes/aws/content.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { type AwsServer, awsServer, CALLER, type Service } from "../fakes/aws/server.ts";
import { PRELOAD } from "./disk.ts";
import { dataOf, FILES, JOB, KILLS, madeInputs, randomFrom, refusePlanted, SEED, STAYS, saidBy } from "./made.ts";

const s3 = fakeS3();
const comprehend = fakeComprehend();
/** Called at each request to the store. */
let onRequest = () => {};
/** Notes that the service was asked about, by their marks, once for each time. */
let asked: string[] = [];
let server: AwsServer;

const store: Service = {
  ...s3,
  operation(request) {
    onRequest();
    return s3.operation(request);
  },
};

beforeAll(async () => {
  server = await awsServer([store, comprehend]);
  comprehend.answer = (text) => {
    asked.push(...(text.match(/mark-[\d-]+/g) ?? []));
    return [...text.matchAll(/Quackenbush|Zebulonia/g)].map(({ index, 0: { length } }) => ({
      start: index,
      end: index + length,
      type: "NAME",
    }));
  };
});
afterAll(() => server.close());

async function run(folder: string, killAt = Number.POSITIVE_INFINITY): Promise<Ended> {
  let requests = 0;
  const ended = await phimask(["run", `${folder}/job.yaml`, "--lease", "0.5", "--quiet"], {
    env: {
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
      TMPDIR: `${folder}/tmp`,
      NODE_OPTIONS: PRELOAD, // for its clock alone, which may not jump more often than a client asks again
      PHIMASK_CHAOS_JUMPS: "0.001",
    },
    onSpawn(child) {
      onRequest = () => {
        requests += 1;
        if (requests === killAt) child.kill("SIGKILL");
      };
    },
  });
  refusePlanted([...saidBy(ended), ...(await filesBelow(`${folder}/tmp`)), ...(await filesBelow(`${folder}/state`))]);
  return ended;
}

function stored(): ReadonlyMap<string, Buffer> {
  const { objects } = s3.state.buckets.get("research")!;
  const entries = [...objects].map(([key, { content }]) => [key, content.read(0, content.size)] as const);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function undisturbed(inputs: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
  const folder = await folderWith(
    Object.fromEntries(Object.entries(inputs).map(([path, text]) => [`in/${path}`, text])),
  );
  await runJob(await openJob(parseJob(JOB("in", "out")), { folder, key: KEY }));
  return dataOf(await filesBelow(`${folder}/out`));
}

describe("runs killed at any request to S3, one request in twenty failing", () => {
  it(`come to what an undisturbed run on a disk makes, and pay once for what is finished (seed ${SEED})`, async () => {
    const random = randomFrom(SEED + 1);
    s3.addBucket("raw");
    s3.addBucket("research");
    const files = Math.floor(FILES / 2);
    const inputs = madeInputs(files);
    for (const [path, text] of Object.entries(inputs)) s3.addObject("raw", path, held(Buffer.from(text)));
    const job = `${JOB("s3://raw/", "s3://research/")}detect: {text: comprehend_medical}\nstate: {path: state/}\n`;
    const folder = await folderWith({ "job.yaml": job, "tmp/.keep": "" });
    const expected = await undisturbed(inputs);
    server.faults.add(
      { kind: "internal", rate: 0.03 },
      { kind: "lost", rate: 0.02, operations: ["PutObject", "CopyObject", "DeleteObject"] },
      { kind: "reset-body", rate: 0.01, operations: ["GetObject"] },
      { kind: "latency", rate: 0.02, ms: 300 },
    );

    let killed = 0;
    asked = [];
    for (let kill = 0; kill < KILLS / 3; kill++) {
      const ended = await run(folder, 8 + Math.ceil(random() * files * 3));
      expect([0, 75, 99, 137], ended.stderr).toContain(ended.exit);
      if (ended.exit === 137) killed += 1;
      const stands = stored();
      refusePlanted(stands);
      for (const [path, text] of dataOf(stands)) expect(text, path).toBe(expected.get(path));
    }
    let ended = await run(folder);
    for (let again = 0; ended.exit === 75 && again < 9; again++) ended = await run(folder);
    expect([0, 99], ended.stderr).toContain(ended.exit);
    const left = stored();
    expect(Object.fromEntries(dataOf(left))).toEqual(Object.fromEntries(expected));
    expect([...left.keys()].filter((path) => /(^|\/)[_.]/.test(path))).toEqual([...STAYS]);
    expect(killed).toBeGreaterThan(0);

    const marks = 3 * files;
    expect(new Set(asked).size).toBe(marks);
    const underWay = 2 * 3; // files masked at once when a run is killed, and their rows
    expect(asked.length).toBeLessThanOrEqual(marks + (killed + 9) * underWay);
  }, 3_600_000);
});
