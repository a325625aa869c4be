import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/catalog-types.ts";
import { MaskingError } from "../../src/errors.ts";
import { runJob } from "../../src/pipeline.ts";
import { planJob } from "../../src/plan.ts";
import { rollbackJob } from "../../src/rollback.ts";
import type { ObjectStore } from "../../src/types.ts";
import { madeCsv, memoryJob, notingDetector, outputsOf, putInputs } from "../fakes/memory-job.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";

const versioned = (store: MemoryStore, keep = 2) =>
  memoryJob({ store, detector: notingDetector(), target: { versions: { keep } } });
const current = (store: MemoryStore) => JSON.parse(store.objects.get("out/_phimask/current")!.bytes.toString());
const folders = (store: MemoryStore) => {
  const found = [...store.objects.keys()].flatMap((uri) => /^out\/(v=[^/]+)\//.exec(uri)?.[1] ?? []);
  return [...new Set(found)].sort();
};

async function threeNights(keep: number) {
  const store = memoryStore();
  const job = await versioned(store, keep);
  await putInputs(store, { "a.csv": madeCsv("a"), "b.csv": madeCsv("b") });
  await runJob(job, { runId: "n1" });
  await putInputs(store, { "c.csv": madeCsv("c") });
  await runJob(job, { runId: "n2" });
  store.objects.delete("in/a.csv");
  await runJob(job, { runId: "n3" });
  return { store, job };
}

describe("versions", () => {
  it("each hold every file, the unchanged ones copied by the store, and the last ones stay", async () => {
    const { store } = await threeNights(2);
    expect(current(store)).toEqual({ version: "v=n3", versions: ["v=n3", "v=n2"] });
    expect(folders(store)).toEqual(["v=n2", "v=n3"]);
    expect(Object.keys(outputsOf(store, "out/v=n2/"))).toEqual(["a.csv", "b.csv", "c.csv"]);
    expect(Object.keys(outputsOf(store, "out/v=n3/"))).toEqual(["b.csv", "c.csv"]);
    for (const name of ["_SUCCESS", "_phimask/manifest.json", "_phimask/report.json"]) {
      expect(store.objects.has(`out/v=n3/${name}`)).toBe(true);
    }
    expect([...store.objects.keys()].filter((uri) => /staging|lock/.test(uri))).toEqual([]);
    expect((await runJob(await versioned(store))).status).toBe("unchanged");
  });

  it("hold what a run from nothing would", async () => {
    const { store } = await threeNights(1);
    const fresh = memoryStore();
    await putInputs(fresh, { "b.csv": madeCsv("b"), "c.csv": madeCsv("c") });
    await runJob(await memoryJob({ store: fresh, detector: notingDetector() }));
    expect(outputsOf(store, "out/v=n3/")).toEqual(outputsOf(fresh));
  });

  it("come into force as one: a reader of the version in force never sees two of them", async () => {
    const { store, job } = await threeNights(3);
    const before = outputsOf(store, "out/v=n3/");
    await putInputs(store, { "d.csv": madeCsv("d") });
    for (const operation of ["copy", "write"] as const) {
      for (let left = 0; left < 12; left++) {
        let calls = left;
        const dying: ObjectStore = {
          ...store,
          [operation]: async (...args: never[]) => {
            if (calls-- <= 0) throw new MaskingError("STORE_FAILED");
            return (store[operation] as (...args: never[]) => Promise<unknown>)(...args);
          },
        };
        const failing = { ...job, source: { ...job.source, store: dying }, target: { ...job.target, store: dying } };
        await runJob(failing).catch((error: MaskingError) => expect(error.code).toBe("STORE_FAILED"));
        const { version } = current(store);
        const files = outputsOf(store, `out/${version}/`);
        if (version === "v=n3") expect(files).toEqual(before);
        else expect(Object.keys(files)).toEqual(["b.csv", "c.csv", "d.csv"]);
      }
    }
    await runJob(job);
    expect(folders(store)).toEqual([...current(store).versions].sort());
    expect((await planJob(job)).standing.settled).toBe(true);
  });

  it("a run repeated under its name makes another folder", async () => {
    const { store, job } = await threeNights(3);
    await putInputs(store, { "d.csv": madeCsv("d") });
    await runJob(job, { runId: "n3" });
    expect(current(store).versions).toEqual(["v=n3.2", "v=n3", "v=n2"]);
  });

  it("do not mix with a dataset that was published in place, nor the other way", async () => {
    const store = memoryStore();
    await putInputs(store, { "a.csv": madeCsv("a") });
    await runJob(await memoryJob({ store }));
    await putInputs(store, { "b.csv": madeCsv("b") });
    await expect(runJob(await versioned(store))).rejects.toMatchObject({ code: "TARGET_FOREIGN" });
    const { store: other } = await threeNights(2);
    await expect(runJob(await memoryJob({ store: other }))).rejects.toMatchObject({ code: "TARGET_FOREIGN" });
  });
});

describe("rollback", () => {
  it("flips to the version before and back, tells the catalog, and removes nothing", async () => {
    const { store, job } = await threeNights(3);
    const told: Dataset[] = [];
    const catalog = { name: "noting", check: async () => {}, publish: async (each: Dataset) => void told.push(each) };
    const objects = store.objects.size;
    expect(await rollbackJob({ ...job, catalog })).toEqual({ version: "v=n2", location: "out/v=n2/" });
    expect(current(store)).toEqual({ version: "v=n2", versions: ["v=n2", "v=n3", "v=n1"] });
    expect(told).toMatchObject([{ location: "out/v=n2/", runId: "n2", rows: 9 }]);
    expect((await rollbackJob(job)).version).toBe("v=n3");
    expect((await rollbackJob(job, { to: "n1" })).version).toBe("v=n1");
    expect(store.objects.size).toBe(objects + 1); // what the catalog was told
  });

  it("is followed by a run that starts from the version in force", async () => {
    const { store, job } = await threeNights(3);
    await rollbackJob(job);
    await runJob(job, { runId: "n4" });
    expect(current(store).versions).toEqual(["v=n4", "v=n2", "v=n3"]);
    expect(outputsOf(store, "out/v=n4/")).toEqual(outputsOf(store, "out/v=n3/"));
  });

  it("refuses where there is no such version, or no versions at all", async () => {
    const { store, job } = await threeNights(1);
    await expect(rollbackJob(job)).rejects.toMatchObject({ code: "VERSION_MISSING" });
    await expect(rollbackJob(job, { to: "nowhere" })).rejects.toMatchObject({ code: "VERSION_MISSING" });
    await expect(rollbackJob(await memoryJob({ store }))).rejects.toMatchObject({ code: "JOB_INVALID" });
    expect(store.objects.has("out/_phimask/lock.json")).toBe(false);
  });
});
