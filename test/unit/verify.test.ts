import { describe, expect, it } from "vitest";
import { runJob } from "../../src/pipeline.ts";
import type { Job } from "../../src/plan.ts";
import { once } from "../../src/stream.ts";
import { verifyJob } from "../../src/verify.ts";
import { madeCsv, memoryJob, notingDetector, putInputs } from "../fakes/memory-job.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";

const CHECKS = { rowsEqual: true, untouchedEqual: true, residualSample: 50, residualLimit: 0.05 };

async function finished(target = {}): Promise<{ store: MemoryStore; job: Job; root: string }> {
  const store = memoryStore();
  await putInputs(store, { "a.csv": madeCsv("a"), "b.csv": madeCsv("b") });
  const job = { ...(await memoryJob({ store, detector: notingDetector(), target })), checks: CHECKS };
  const { location } = await runJob(job, { runId: "n1" });
  return { store, job, root: location };
}

describe.each([
  ["in place", {}],
  ["as a version", { versions: { keep: 2 } }],
])("verify, of a dataset published %s", (_, target) => {
  it("finds nothing where all is as it was written", async () => {
    const { job, store } = await finished(target);
    const before = [...store.objects.keys()];
    const checks = { rows: 6, compared: 6, examined: 0, residual: 0 };
    const sound = { files: 2, proven: 2, unproven: 0, checked: 2, checks, left: 0, faults: [] };
    expect(await verifyJob(job)).toMatchObject(sound);
    expect([...store.objects.keys()]).toEqual(before);
  });

  it("tells files that are missing, damaged or foreign, and what was left", async () => {
    const { store, job, root } = await finished(target);
    const text = store.objects.get(`${root}a.csv`)!.bytes.toString();
    await store.write(`${root}a.csv`, once(Buffer.from(text.replace("[", "("))));
    store.objects.delete(`${root}b.csv`);
    await store.write(`${root}part/theirs.csv`, once(Buffer.from("x")));
    await store.write("out/_phimask/staging/dead/files/c.csv", once(Buffer.from("x")));
    const { faults, left } = await verifyJob(job);
    const prefix = root.slice("out/".length);
    expect(faults.map(({ kind, place }) => `${kind} ${place.file}`)).toEqual([
      `foreign ${prefix}part/theirs.csv`,
      "damaged a.csv",
      "missing b.csv",
    ]);
    expect(left).toBe(1);
  });
});

describe("verify", () => {
  it("does the checks again where the input is as it was, though the digest is right", async () => {
    const { store, job } = await finished();
    const manifest = JSON.parse(store.objects.get("out/_phimask/manifest.json")!.bytes.toString());
    const changed = store.objects.get("out/a.csv")!.bytes.toString().replace(/^1,/m, "7,");
    const { sha256 } = await store.write("out/a.csv", once(Buffer.from(changed)));
    manifest.files[0].output.sha256 = sha256;
    await store.write("out/_phimask/manifest.json", once(Buffer.from(JSON.stringify(manifest))));
    await putInputs(store, { "b.csv": madeCsv("other") });
    const { faults, proven, checked } = await verifyJob(job);
    expect([proven, checked]).toEqual([2, 1]);
    expect(faults).toMatchObject([{ kind: "check", place: { file: "a.csv", column: "id", row: 2 } }]);
  });

  it("is refused where no run has ended", async () => {
    await expect(verifyJob(await memoryJob())).rejects.toMatchObject({ code: "CHECK_FAILED" });
  });
});
