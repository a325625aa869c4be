import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { runJob } from "../../src/pipeline.ts";
import { type Job, planJob } from "../../src/plan.ts";
import type { ObjectStore } from "../../src/types.ts";
import { madeCsv, memoryJob, notingDetector, outputsOf, putInputs } from "../fakes/memory-job.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";

const NAMES = ["a", "b", "c", "d"];
const files = (names = NAMES) => Object.fromEntries(names.map((name) => [`${name}.csv`, madeCsv(name)]));
const reasons = async (job: Job, full = false) =>
  (await planJob(job, { full })).todo.map(({ file, reason }) => `${file.path} ${reason}`);

/** The store, which fails for good from the n-th call of an operation on. */
function dyingStore(store: MemoryStore, operation: "write" | "move" | "remove", n: number): ObjectStore {
  let left = n;
  const dies = () => {
    if (left-- <= 0) throw new MaskingError("STORE_FAILED");
  };
  return {
    ...store,
    [operation]: async (...args: never[]) => {
      dies();
      return (store[operation] as (...args: never[]) => Promise<unknown>)(...args);
    },
  };
}

/** The job as it is after its run died without a word: its lock stays. */
const withStore = (job: Job, store: ObjectStore): Job => ({
  ...job,
  source: { ...job.source, store },
  target: { ...job.target, store },
});

/** Bytes that are in use once what is not has been collected. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

describe("a refresh", () => {
  it("masks what is new or changed, and says of each file why", async () => {
    const store = memoryStore();
    const detector = notingDetector();
    const job = await memoryJob({ store, detector });
    await putInputs(store, files());
    expect(await reasons(job)).toEqual(NAMES.map((name) => `${name}.csv new`));
    await runJob(job);
    expect(await reasons(job)).toEqual([]);
    detector.seen.length = 0;
    await putInputs(store, { "b.csv": madeCsv("other"), "e.csv": madeCsv("e") });
    store.objects.delete("out/c.csv");
    store.objects.delete("in/d.csv");
    expect(await reasons(job)).toEqual(["b.csv changed", "c.csv output", "e.csv new"]);
    expect((await planJob(job)).gone).toEqual(["d.csv"]);
    const { report } = await runJob(job);
    expect([report.files, report.unchanged, report.removed]).toEqual([3, 1, 1]);
    expect(detector.seen.some((text) => text.startsWith("a "))).toBe(false);
    expect(Object.keys(outputsOf(store))).toEqual(["a.csv", "b.csv", "c.csv", "e.csv"]);
  });

  it("masks all anew where job, key or detector changed or --full asks for it, and says so first", async () => {
    const store = memoryStore();
    await putInputs(store, files(["a", "b"]));
    const detector = notingDetector();
    const job = await memoryJob({ store, detector });
    await runJob(job);
    const other = async (options: Parameters<typeof memoryJob>[0], full = false) =>
      reasons(await memoryJob({ store, detector, ...options }), full);
    expect(await other({})).toEqual([]);
    expect(await other({}, true)).toEqual(["a.csv full", "b.csv full"]);
    expect(await other({ columns: "{id: keep, name: redact, note: text}" })).toEqual(["a.csv job", "b.csv job"]);
    expect(await other({ key: "another-key-for-tests-0123456789abcdef" })).toEqual(["a.csv key", "b.csv key"]);
    expect(await other({ detector: notingDetector("2") })).toEqual(["a.csv detector", "b.csv detector"]);
    const before = outputsOf(store);
    const order: string[] = [];
    await runJob(await memoryJob({ store, detector: notingDetector("2") }), {
      onPlan: ({ anew, todo }) => order.push(`${anew} ${todo.length}`),
      onProgress: () => order.push("masked"),
    });
    expect(order[0]).toBe("detector 2");
    expect(outputsOf(store)).toEqual(before);
  });

  it("keeps outputs whose input is gone where the job says so, and stops where other rules would need it", async () => {
    const store = memoryStore();
    await putInputs(store, files());
    const keeping = { store, target: { gone: "keep" } as const };
    await runJob(await memoryJob(keeping));
    const before = outputsOf(store);
    store.objects.delete("in/a.csv");
    await putInputs(store, { "e.csv": madeCsv("e") });
    const { report } = await runJob(await memoryJob(keeping));
    expect([report.files, report.unchanged, report.removed]).toEqual([1, 4, 0]);
    expect(outputsOf(store)).toMatchObject(before);
    expect((await runJob(await memoryJob(keeping))).status).toBe("unchanged");
    const changed = await memoryJob({ ...keeping, columns: "{id: keep, name: redact, note: text}" });
    await expect(runJob(changed)).rejects.toMatchObject({ code: "INPUT_GONE", place: { file: "a.csv" } });
    const { report: removing } = await runJob(await memoryJob({ store }));
    expect(removing.removed).toBe(1);
  });

  it("of many inputs without a change asks for two listings, no file and no detector", async () => {
    const store = memoryStore();
    const detector = notingDetector();
    await putInputs(store, files(Array.from({ length: 200 }, (_, index) => `f${index}`)));
    await runJob(await memoryJob({ store, detector }));
    store.calls.clear();
    detector.seen.length = 0;
    expect((await runJob(await memoryJob({ store, detector }))).status).toBe("unchanged");
    expect(Object.fromEntries(store.calls)).toEqual({ list: 2, read: 1 });
    expect(detector.seen).toEqual([]);
  });

  it("twenty times in a row by one process leaves nothing of each night in its memory", async () => {
    const store = memoryStore();
    await putInputs(store, files(Array.from({ length: 500 }, (_, index) => `f${index}`)));
    const night = async () => runJob(await memoryJob({ store }));
    await night();
    for (let warm = 0; warm < 3; warm++) await night();
    const before = heldBytes();
    for (let nights = 0; nights < 20; nights++) expect((await night()).status).toBe("unchanged");
    // One listing of these files is some 200 KB.
    expect(heldBytes() - before).toBeLessThan(2_000_000);
  });
});

describe("a run that died", () => {
  /** Runs the job on a store that dies, and then to its end; the texts that the second run had examined. */
  async function resumed(operation: "write" | "move" | "remove", n: number) {
    const store = memoryStore();
    await putInputs(store, files());
    const first = notingDetector();
    const dead = withStore(await memoryJob({ store, detector: first }), dyingStore(store, operation, n));
    await expect(runJob(dead, { workers: 1 })).rejects.toMatchObject({ code: "STORE_FAILED" });
    const finished = [...store.objects.keys()].filter((uri) => uri.includes("/finished/")).length;
    const second = notingDetector();
    const { report } = await runJob(await memoryJob({ store, detector: second }));
    const left = [...store.objects.keys()].filter((uri) => uri.startsWith("out/_"));
    return { store, finished, first, second, report, left };
  }

  const undisturbed = async () => {
    const store = memoryStore();
    await putInputs(store, files());
    const { report } = await runJob(await memoryJob({ store, detector: notingDetector() }));
    return { outputs: outputsOf(store), report };
  };
  const OWN = ["manifest.json", "report.html", "report.json"].map((name) => `out/_phimask/${name}`);

  it.each(Array.from({ length: 12 }, (_, n) => n + 1))("at its write %i is continued to the same bytes", async (n) => {
    const { store, finished, first, second, report, left } = await resumed("write", n);
    const expected = await undisturbed();
    expect(outputsOf(store)).toEqual(expected.outputs);
    expect(left.sort()).toEqual(["out/_SUCCESS", ...OWN].sort());
    const paidTwice = second.seen.filter((text) => first.seen.includes(text));
    expect(paidTwice.length).toBeLessThanOrEqual(3 * (NAMES.length - finished));
    expect(second.seen).toHaveLength(3 * (NAMES.length - finished));
    expect({ rows: report.rows, columns: report.columns }).toEqual({
      rows: expected.report.rows,
      columns: expected.report.columns,
    });
  });

  it.each([0, 1, 3])("at its move %i is continued, and what it had moved is not masked again", async (n) => {
    const { store, second, left } = await resumed("move", n);
    expect(outputsOf(store)).toEqual((await undisturbed()).outputs);
    expect(second.seen).toEqual([]);
    expect(left).toHaveLength(4);
  });

  it("is not trusted where the input, the rules or what it staged is another", async () => {
    const store = memoryStore();
    await putInputs(store, files());
    const dead = withStore(await memoryJob({ store, detector: notingDetector() }), dyingStore(store, "move", 0));
    await expect(runJob(dead)).rejects.toThrow();
    await putInputs(store, { "a.csv": madeCsv("other") });
    const staged = [...store.objects.keys()].find((uri) => uri.endsWith("files/b.csv"))!;
    await store.write(staged, (async function* () {})());
    const detector = notingDetector();
    await runJob(await memoryJob({ store, detector }));
    expect(new Set(detector.seen.map((text) => text.split(" ")[0]))).toEqual(new Set(["other", "b"]));
    expect(outputsOf(store)["b.csv"]).toEqual((await undisturbed()).outputs["b.csv"]);
  });

  it("before the files are moved leaves the dataset as it was", async () => {
    const store = memoryStore();
    await putInputs(store, files());
    const job = await memoryJob({ store, detector: notingDetector() });
    await runJob(job);
    const before = outputsOf(store);
    await putInputs(store, { "a.csv": madeCsv("other"), "e.csv": madeCsv("e") });
    store.objects.delete("in/b.csv");
    for (const n of [2, 3, 4]) {
      await expect(runJob(withStore(job, dyingStore(store, "write", n)))).rejects.toThrow();
      expect(outputsOf(store)).toEqual(before);
      expect(store.objects.has("out/_SUCCESS")).toBe(true);
    }
  });
});

describe("two runs at once", () => {
  it("one publishes, the other ends with TARGET_BUSY, and the next finds nothing to do", async () => {
    const store = memoryStore();
    await putInputs(store, files());
    const job = await memoryJob({ store, detector: notingDetector() });
    const runs = await Promise.allSettled([1, 2, 3].map(() => runJob(job, { lease: 500 })));
    const ended = runs.map((run) => (run.status === "fulfilled" ? run.value.status : run.reason.code)).sort();
    expect(ended.filter((each) => each === "ok").length).toBeGreaterThanOrEqual(1);
    expect(ended.filter((each) => each !== "ok" && each !== "TARGET_BUSY" && each !== "unchanged")).toEqual([]);
    expect((await runJob(job)).status).toBe("unchanged");
  });
});
