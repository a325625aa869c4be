import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { boundOf, likelyOf, type TextMeter } from "../../src/estimate/services.ts";
import { type Estimate, estimateJob } from "../../src/estimate.ts";
import { openMeters } from "../../src/job/meters.ts";
import { openJob } from "../../src/job.ts";
import type { JobFile } from "../../src/jobfile.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { planJob } from "../../src/plan.ts";
import { planText } from "../../src/plantext.ts";
import { folderWith, KEY } from "../cli/phimask.ts";
import { tableAs } from "../cli/tables.ts";
import { fakeComprehend } from "../fakes/aws/comprehend.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";

const JOB: JobFile = { version: 1, columns: { note: "text" }, detect: { text: "comprehend_medical" } };
const meter = async (more: Partial<JobFile> = {}): Promise<TextMeter> => (await openMeters({ ...JOB, ...more }))[0]!;

/** A text of a length, unlike all others of another number. */
const text = (length: number, number: number) => `${number} `.padEnd(length, "x");

describe("what texts take", () => {
  it.each<[string, readonly string[], object, object]>([
    ["nothing", [], { calls: 0, units: 0, characters: 0 }, { calls: 0, units: 0, characters: 0 }],
    ["blank cells", ["", " "], { calls: 0 }, { calls: 0, units: 0 }],
    ["one short cell", ["Mr. Roe"], { calls: 1, units: 1, characters: 7 }, { calls: 1, units: 1, characters: 7 }],
    ["two of them", ["Mr. Roe", "Mr. Poe"], { calls: 1, units: 1, characters: 15 }, { calls: 2, units: 2 }],
    ["characters of two units", ["😀".repeat(101)], { calls: 1, units: 2, characters: 101 }, { calls: 1, units: 2 }],
  ])("%s", async (_, texts, packed, singly) => {
    const weighed = await meter();
    expect(weighed.packed(texts)).toMatchObject(packed);
    expect(weighed.singly(texts)).toMatchObject(singly);
  });

  it("has a meter only where a service is asked", async () => {
    expect(await openMeters({ ...JOB, detect: { text: "embedded" } })).toEqual([]);
    expect(await openMeters({ ...JOB, columns: { note: "keep" } })).toEqual([]);
    expect(await openMeters({ ...JOB, detect: { text: ["embedded", "comprehend_medical"] } })).toHaveLength(1);
  });

  it("is bounded by sizes: no text of that size takes more", async () => {
    const weighed = await meter();
    for (const [length, count] of [
      [1, 5000],
      [99, 1000],
      [9_800, 40],
      [19_500, 10],
      [50_000, 3],
    ] as const) {
      const texts = Array.from({ length: count }, (_, number) => text(length, number));
      const bytes = texts.reduce((sum, { length }) => sum + length + 1, 0);
      const [real, bound] = [weighed.packed(texts), weighed.bound({ bytes, cells: count * 4 })];
      for (const what of ["calls", "units", "characters"] as const) expect(real[what]).toBeLessThanOrEqual(bound[what]);
    }
    expect(weighed.bound({ bytes: 100, cells: 3 })).toMatchObject({ calls: 2 });
  });

  it("is priced by the tighter quota, and in whole cents", async () => {
    const size = { bytes: 2_325_000, cells: 1000 };
    const { comprehend_medical: price } = boundOf([await meter({ limits: { usd: 5 } })], [size]);
    expect(price).toEqual({ calls: 283, units: 24_279, characters: 2_399_520, usd: 34, minutes: 1, limitUsd: 5 });
    const slow = await meter({ limits: { requests_per_second: 0.1 } });
    expect(boundOf([slow], [size])["comprehend_medical"]!.minutes).toBe(47.2);
  });

  it("is scaled from a sample, each text once over all files, beside one call a cell", async () => {
    const texts = Array.from({ length: 100 }, (_, number) => text(300, number % 60));
    const file = { texts, times: 10_000 };
    const { comprehend_medical: price } = likelyOf([await meter()], [file]);
    expect(price!.singly).toMatchObject({ calls: 1_000_000, units: 3_000_000, usd: 4200, minutes: 416.7 });
    expect(price!.calls).toBeGreaterThan(9_000);
    expect(price!.calls).toBeLessThan(10_000);
    expect(price!.usd).toBeCloseTo(2528, -2);
    const twice = likelyOf([await meter()], [file, file])["comprehend_medical"]!;
    expect([twice.calls, twice.singly!.calls]).toEqual([price!.calls, 2_000_000]);
  });
});

describe("plan beside the run", () => {
  const comprehend = fakeComprehend();
  let server: AwsServer;
  beforeAll(async () => {
    server = await awsServer([comprehend]);
    vi.stubEnv("AWS_ACCESS_KEY_ID", CALLER.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", CALLER.secretAccessKey);
    vi.stubEnv("AWS_ENDPOINT_URL", server.endpoint);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });
  beforeEach(() => Object.assign(comprehend.sums, { texts: 0, units: 0, characters: 0 }));

  const note = Array.from({ length: 6000 }, (_, row) => text(80 + (row % 7) * 60, (row * 7919) % 4000));
  const YAML = `version: 1
source: {path: in}
target: {path: out}
columns: {id: keep, note: text}
detect: {text: comprehend_medical}
limits: {usd: 60, requests_per_second: 100000, characters_per_second: 100000000}
checks: {residual_sample: 0}
`;
  const opened = async (format: "csv" | "parquet", yaml = YAML) => {
    const id = note.map((_, row) => `e${row}`);
    const folder = await folderWith({ [`in/a.${format}`]: await tableAs(format, { id, note }) });
    return openJob(parseJob(yaml), { folder, key: KEY });
  };
  const paid = ({ services }: Estimate) => services["comprehend_medical"]!;

  it.each(["csv", "parquet"] as const)(
    "comes close from a sample of a %s file, and bounds it from sizes",
    async (format) => {
      const job = await opened(format);
      const plan = await planJob(job);
      const [bound, close] = [paid(await estimateJob(job, plan)), paid(await estimateJob(job, plan, 6000))];
      expect(comprehend.sums.texts).toBe(0);
      await runJob(job);
      const { texts: calls, units, characters } = comprehend.sums;
      for (const [what, real] of Object.entries({ calls: calls - 1, units: units - 1, characters })) {
        expect(bound[what as "calls"]).toBeGreaterThanOrEqual(real);
        expect(Math.abs(close[what as "calls"] / real - 1), what).toBeLessThan(0.1);
      }
      expect(close.singly!.calls).toBe(6000);
      expect(close.usd).toBeLessThan(close.singly!.usd);
    },
  );

  it("says it in words, and what the limit does", async () => {
    const job = await opened("csv", YAML.replace("usd: 60", "usd: 1"));
    const plan = await planJob(job);
    const words = planText(job, plan, await estimateJob(job, plan, 1000));
    expect(words).toMatch(
      /^comprehend_medical: about [\d,]+ calls, [\d,]+ units, [\d.]+ USD, [\d.]+ minutes at the quota\.$/m,
    );
    expect(words).toMatch(/^ {2}One call a cell would be 6,000 calls, /m);
    expect(words).toContain("limits.usd is 1: the run may stop before its end.");
    await expect(runJob(job)).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    expect(comprehend.sums.units * 0.0014).toBeLessThanOrEqual(1);
    expect(planText(job, plan, await estimateJob(job, plan))).toMatch(/^comprehend_medical: at most /m);
  });
});
