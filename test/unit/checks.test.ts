import { describe, expect, it } from "vitest";
import { addChecks, type Checks, doubtText, judgeChecks, NOTHING_CHECKED, sampledRows } from "../../src/checks.ts";
import { checksOf } from "../../src/job/checks.ts";
import type { JobFile } from "../../src/jobfile.ts";
import { runJob } from "../../src/pipeline.ts";
import type { Job } from "../../src/plan.ts";
import { policyOf } from "../../src/policy.ts";
import { once } from "../../src/stream.ts";
import type { Finding, ObjectStore, TextCheck } from "../../src/types.ts";
import { holdsKnown, recheckText } from "../../transforms/recheck.ts";
import { madeCsv, memoryJob, notingDetector, outputsOf, putInputs } from "../fakes/memory-job.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";

const ALL: Checks = { rowsEqual: true, untouchedEqual: true, residualSample: 500, residualLimit: 0.05 };

/** The job with checks, on a store that changes what is staged. */
async function checkedJob(store: MemoryStore, change: (text: string) => string, checks = ALL): Promise<Job> {
  const job = await memoryJob({ store, detector: notingDetector() });
  const writer: ObjectStore = {
    ...store,
    async write(uri, pieces, conditions) {
      if (!uri.includes("/files/")) return store.write(uri, pieces, conditions);
      const bytes: Uint8Array[] = [];
      for await (const piece of pieces) bytes.push(piece as Uint8Array);
      return store.write(uri, once(Buffer.from(change(Buffer.concat(bytes).toString()))), conditions);
    },
  };
  return { ...job, checks, target: { ...job.target, store: writer } };
}

describe("checks of what was stored", () => {
  it("pass what is as it should be, and count what they looked at", async () => {
    const store = memoryStore();
    await putInputs(store, { "a.csv": madeCsv("a"), "b.csv": madeCsv("b") });
    const { report } = await runJob(await checkedJob(store, (text) => text));
    expect(report.checks).toEqual({ rows: 6, compared: 6, examined: 0, residual: 0 });
  });

  it.each([
    ["a row is lost", (text: string) => text.replace(/^2,.*\n/m, ""), {}],
    ["a row is doubled", (text: string) => text.replace(/^2,.*\n/m, "$&$&"), {}],
    ["an untouched cell is another", (text: string) => text.replace(/^1,/m, "7,"), { column: "id", row: 2 }],
  ])("stop where %s, publish nothing and keep nothing staged", async (_, change, place) => {
    const store = memoryStore();
    await putInputs(store, { "a.csv": madeCsv("a") });
    const failing = runJob(await checkedJob(store, change));
    await expect(failing).rejects.toMatchObject({ code: "CHECK_FAILED", place: { file: "a.csv", ...place } });
    expect(outputsOf(store)).toEqual({});
    const off: Checks = { rowsEqual: false, untouchedEqual: false, residualSample: 0, residualLimit: 0 };
    expect((await runJob(await checkedJob(store, change, off))).status).toBe("ok");
  });

  it("are spread over the files", () => {
    const rows = (sample: number, files: number) =>
      Array.from({ length: files }, (_, i) => sampledRows({ ...ALL, residualSample: sample }, files)(i));
    expect(rows(500, 1)).toEqual([500]);
    expect(rows(500, 4)).toEqual([125, 125, 125, 125]);
    expect(rows(3, 6)).toEqual([1, 0, 1, 0, 1, 0]);
    expect(rows(0, 3)).toEqual([0, 0, 0]);
  });

  it("are judged by the share of texts with a finding", () => {
    const counts = { ...NOTHING_CHECKED, examined: 100 };
    judgeChecks(ALL, { ...counts, residual: 5 });
    expect(() => judgeChecks(ALL, { ...counts, residual: 6 })).toThrow("6 of 100");
    const { residualLimit: _, ...unbound } = ALL;
    judgeChecks(unbound, { ...counts, residual: 100 });
    expect(doubtText(unbound, { ...counts, residual: 6 })).toContain("6 of 100");
    expect(doubtText(unbound, counts)).toBe("");
    expect(doubtText(ALL, { ...counts, residual: 5 })).toBe("");
    judgeChecks(ALL, NOTHING_CHECKED);
    expect(addChecks(counts, { ...counts, residual: 2 })).toMatchObject({ examined: 200, residual: 2 });
  });
});

describe("what stops a job", () => {
  const job = (text: unknown, checks = {}) =>
    checksOf({ version: 1, columns: { note: "text" }, detect: { text }, checks } as JobFile).residualLimit;
  it.each([
    ["the detector that it masks by", "embedded", {}, 0.05],
    ["one of several", ["comprehend_medical", "embedded"], {}, 0.05],
    ["not another one", "comprehend_medical", {}, undefined],
    ["another one where the job says so", "comprehend_medical", { residual_limit: 0 }, 0],
  ])("%s", (_, text, checks, limit) => expect(job(text, checks)).toBe(limit));
});

describe("a second look", () => {
  const finds = (word: string): TextCheck =>
    recheckText({
      leaf: "note",
      detector: {
        name: "finds",
        version: "1",
        detect: async (texts) =>
          texts.map((text) =>
            [...text.matchAll(new RegExp(word, "g"))].map(
              ({ index, 0: { length } }): Finding => ({ type: "NAME", start: index, end: index + length, score: 1 }),
            ),
          ),
      },
      policy: policyOf("safe_harbor", {}),
      allow: { terms: ["Roentgen"] },
      minScore: 0,
    });
  const run = { tally: undefined as never, signal: new AbortController().signal };
  it.each([
    ["counts what the text held before", "Roe", "Jane Roe called", "[NAME] Roe called", 1],
    ["not what a mask made", "Torlow", "Jane Roe called", "Meadmore Torlow called", 0],
    ["not what is allowed", "Roentgen", "Roentgen of the hand", "Roentgen of the hand", 0],
    ["not what looks like PHI beside a mask alone", "(?<=\\] )lives", "Jane Roe lives", "[NAME] lives", 0],
    ["what is found as a part", "Roe(?: called)?", "Roe, Jane Roe called", "Roe, Jane Roe called", 1],
    ["nothing where nothing is found", "Zed", "Jane Roe", "[NAME]", 0],
  ])("%s", async (_, word, original, masked, expected) => {
    expect(await finds(word).look([original], [masked], run)).toBe(expected);
  });
});

describe("known values in masked texts", () => {
  const name = (value: string) => [{ value, type: "NAME" as const }];
  it.each([
    ["Roe, MRN 48210337, stable", "[NAME], MRN 48210337, stable", [{ value: "48210337", type: "ID" as const }], true],
    ["JANE ROE called", "JANE ROE called", name("Jane Roe"), true],
    ["Feeney called", "[NAME] called; FEENEY again", name("Feeney"), true],
    ["Jane Roe called", "[NAME] called", name("Jane Roe"), false],
    ["Seen in may by him", "Seen in may by him", name("May"), false],
    ["Jo called", "Jo called", name("Jo"), false],
    ["called", "Torlow called", name("Torlow"), false],
    ["May was seen on 9 March 2025", "Ashwald was seen on 29 May 2024", name("May"), false],
    ["May was seen on March 9", "Ashwald was seen on May 29th", name("May"), false],
    ["May was seen on 9 March 2025", "May was seen on 29 May 2024", name("May"), true],
  ])("%j as %j", (original, masked, known, expected) => {
    expect(holdsKnown(original, masked, known)).toBe(expected);
  });
});
