import { describe, expect, it } from "vitest";
import { shareOf } from "../../src/job/share.ts";
import { runJob } from "../../src/pipeline.ts";
import { planShards, runShard } from "../../src/shards.ts";
import { readWork } from "../../src/work.ts";
import { madeCsv, memoryJob, notingDetector, outputsOf, putInputs } from "../fakes/memory-job.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";

const INPUTS = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`f${i}.csv`, madeCsv(`f${i}`, 1 + i * i)]));

async function source(): Promise<MemoryStore> {
  const store = memoryStore();
  await putInputs(store, INPUTS);
  return store;
}
const job = (store: MemoryStore, detector = notingDetector()) => memoryJob({ store, detector });
const finish = async (store: MemoryStore, detector = notingDetector()) => {
  const opened = await job(store, detector);
  return runJob(opened, { work: await readWork(opened) });
};
const own = (store: MemoryStore) => [...store.objects.keys()].filter((uri) => /^out\/_/.test(uri)).sort();

async function inShards(count: number, order = Array.from({ length: count }, (_, i) => i)) {
  const store = await source();
  await planShards(await job(store), count);
  for (const index of order) await runShard(await job(store), { index, count });
  const detector = notingDetector();
  const outcome = await finish(store, detector);
  return { store, outcome, asked: detector.seen };
}

describe("shards", () => {
  it("come to the same bytes whatever their number and order, and the end asks no detector", async () => {
    const whole = await source();
    const { report } = await runJob(await job(whole));
    for (const [count, order] of [[1], [2], [4, [3, 0, 2, 1]], [12]] as const) {
      const { store, outcome, asked } = await inShards(count, order ? [...order] : undefined);
      expect(outputsOf(store)).toEqual(outputsOf(whole));
      expect(own(store)).toEqual(own(whole));
      expect(asked).toEqual([]);
      expect(outcome.report).toMatchObject({ rows: report.rows, files: 9, columns: report.columns });
      expect((await runJob(await job(store))).status).toBe("unchanged");
    }
  });

  it("hold whole files, balanced by bytes, and their list names no input", async () => {
    const store = await source();
    const { files } = await planShards(await job(store), 3);
    const bytes = [0, 1, 2].map((shard) =>
      files.filter((each) => each.shard === shard).reduce((sum, { size }) => sum + size, 0),
    );
    expect(files).toHaveLength(9);
    expect(Math.max(...bytes) / Math.min(...bytes)).toBeLessThan(1.4);
    expect(store.objects.get("out/_phimask/work.json")!.bytes.toString()).not.toMatch(/\.csv|in\//);
  });

  it("that have not ended keep the dataset back, by their numbers; they go on where they died", async () => {
    const store = await source();
    await planShards(await job(store), 3);
    await runShard(await job(store), { index: 1, count: 3 });
    await expect(finish(store)).rejects.toMatchObject({
      code: "SHARDS_UNFINISHED",
      recovery: "retry",
      place: { expected: "shards 0, 2 of 3" },
    });
    expect(outputsOf(store)).toEqual({});
    const detector = notingDetector();
    expect((await runShard(await job(store, detector), { index: 1, count: 3 })).status).toBe("unchanged");
    expect(detector.seen).toEqual([]);
    await runShard(await job(store), { index: 0, count: 3 });
    await runShard(await job(store), { index: 2, count: 3 });
    expect((await finish(store)).status).toBe("ok");
  });

  it("are refused without a list, for another number, and under other rules", async () => {
    const store = await source();
    const refused = expect.objectContaining({ code: "SHARDS_UNPLANNED" });
    await expect(runShard(await job(store), { index: 0, count: 2 })).rejects.toEqual(refused);
    await planShards(await job(store), 2);
    await expect(runShard(await job(store), { index: 0, count: 3 })).rejects.toEqual(refused);
    const other = await memoryJob({ store, columns: "{id: keep, name: redact, note: keep}" });
    await expect(runShard(other, { index: 0, count: 2 })).rejects.toEqual(refused);
  });

  it("stop where an input is not the one that was planned; what is new waits for the next run", async () => {
    const store = await source();
    await planShards(await job(store), 2);
    for (const index of [0, 1]) await runShard(await job(store), { index, count: 2 });
    await putInputs(store, { "new.csv": madeCsv("new") });
    await finish(store);
    expect(Object.keys(outputsOf(store))).toEqual(Object.keys(INPUTS));
    expect((await runJob(await job(store))).report.files).toBe(1);
    await putInputs(store, { "f3.csv": madeCsv("other"), "f4.csv": madeCsv("more") });
    await planShards(await job(store), 1);
    await putInputs(store, { "f3.csv": madeCsv("another") });
    await expect(runShard(await job(store), { index: 0, count: 1 })).rejects.toMatchObject({
      code: "STORE_CONFLICT",
      place: { file: "f3.csv" },
    });
  });

  it("two of one number at once: one is told that the target is busy", async () => {
    const store = await source();
    await planShards(await job(store), 2);
    const shard = { index: 0, count: 2 };
    const runs = [runShard(await job(store), shard, { lease: 300 }), runShard(await job(store), shard, { lease: 300 })];
    const ended = (await Promise.allSettled(runs)).map((each) =>
      each.status === "fulfilled" ? each.value.status : each.reason.code,
    );
    expect(ended).toContain("ok");
    expect(ended.filter((each) => !["ok", "unchanged", "TARGET_BUSY"].includes(each))).toEqual([]);
  });

  it("share the job's limits", () => {
    const file = { version: 1, columns: {}, limits: { usd: 8, image_megapixels: 5 } } as const;
    expect(shareOf(file, 4)).toMatchObject({
      limits: { usd: 2, requests_per_second: 10, characters_per_second: 10_000, image_megapixels: 5 },
      checks: { residual_sample: 125 },
    });
    expect(shareOf(file, 1)).toBe(file);
  });
});
