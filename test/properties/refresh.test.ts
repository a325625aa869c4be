import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { s3Store } from "../../connectors/s3.ts";
import { MaskingError } from "../../src/errors.ts";
import { runJob } from "../../src/pipeline.ts";
import type { Job } from "../../src/plan.ts";
import { once } from "../../src/stream.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { awsServer, CALLER } from "../fakes/aws/server.ts";
import { madeCsv, memoryJob, notingDetector, outputsOf, putInputs } from "../fakes/memory-job.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";
import { standing } from "../fakes/standing.ts";

const RULES = ["{id: keep, name: {mask: hash, length: 12}, note: text}", "{id: keep, name: redact, note: text}"];
const DRIFTED = "id,name,note,extra\n1,Ana,Roe,x\n";

const file = fc.constantFrom("a.csv", "b.csv", "sub/c.csv", "sub/d.csv", "e.csv");
const night = fc.record({
  changes: fc.array(
    fc.oneof(
      fc.record({ put: file, name: fc.constantFrom("Ana", "Bo", "Cy"), rows: fc.integer({ min: 0, max: 4 }) }),
      fc.record({ remove: file }),
      fc.record({ drift: file }),
    ),
    { maxLength: 4 },
  ),
  rules: fc.constantFrom(...RULES),
  /** The write at which the first try of the night fails; none where it is large. */
  fails: fc.integer({ min: 1, max: 30 }),
});

describe("any sequence of nights", () => {
  it.each([
    ["in place", {}],
    ["as versions", { versions: { keep: 2 } }],
  ])(
    "published %s, ends as a run from nothing does",
    async (_, target) => {
      const sequences = fc.asyncProperty(fc.array(night, { minLength: 1, maxLength: 6 }), async (nights) => {
        const store = memoryStore();
        for (const { changes, rules, fails } of nights) {
          for (const change of changes) {
            if ("put" in change)
              await store.write(`in/${change.put}`, once(Buffer.from(madeCsv(change.name, change.rows))));
            else if ("remove" in change) store.objects.delete(`in/${change.remove}`);
            else await store.write(`in/${change.drift}`, once(Buffer.from(DRIFTED)));
          }
          const options = { columns: rules, detector: notingDetector(), target };
          const job = await memoryJob({ ...options, store });
          let left = fails;
          const shaky = {
            ...store,
            async write(...args: Parameters<typeof store.write>) {
              if (left-- <= 0) throw new MaskingError("STORE_FAILED");
              return store.write(...args);
            },
          };
          const drifted = [...store.objects].some(
            ([uri, { bytes }]) => uri.startsWith("in/") && bytes.toString() === DRIFTED,
          );
          const before = [...store.objects.keys()].sort();
          if (drifted) {
            await expect(runJob(job)).rejects.toMatchObject({ code: "COLUMN_UNLISTED" });
            expect([...store.objects.keys()].sort()).toEqual(before);
            for (const [uri, { bytes }] of store.objects)
              if (uri.startsWith("in/") && bytes.toString() === DRIFTED) store.objects.delete(uri);
          }
          const source = { ...job.source, store: shaky };
          await runJob({ ...job, source, target: { ...job.target, store: shaky } }).catch((error: MaskingError) =>
            expect(error.code).toBe("STORE_FAILED"),
          );
          const { location } = await runJob(job);
          const fresh = memoryStore();
          for (const [uri, kept] of store.objects) if (uri.startsWith("in/")) fresh.objects.set(uri, kept);
          await runJob(await memoryJob({ ...options, store: fresh, target: {} }));
          expect(outputsOf(store, location)).toEqual(outputsOf(fresh));
          expect((await runJob(job)).status).toBe("unchanged");
        }
      });
      await fc.assert(sequences, { numRuns: 15 });
    },
    120_000,
  );
});

describe("any sequence of nights that keeps what is gone", () => {
  it("ends as a run from nothing over all that ever stood there does, and stops where other rules would need what is gone", async () => {
    const sequences = fc.asyncProperty(fc.array(night, { minLength: 2, maxLength: 6 }), async (nights) => {
      const store = memoryStore();
      /** What was masked and is gone from the source, by its path. */
      const gone = new Map<string, string>();
      let last: string | undefined;
      for (const { changes, rules } of nights) {
        const stood = inputsOf(store);
        for (const change of changes) {
          if ("put" in change) await putInputs(store, { [change.put]: madeCsv(change.name, change.rows) });
          else if ("remove" in change) store.objects.delete(`in/${change.remove}`);
        }
        const stands = inputsOf(store);
        for (const path of stands.keys()) gone.delete(path);
        for (const [path, text] of stood) if (!stands.has(path)) gone.set(path, text);
        const options = { columns: rules, detector: notingDetector(), target: { gone: "keep" } as const };
        const job = await memoryJob({ ...options, store });
        if (last !== undefined && rules !== last && gone.size > 0) {
          const before = outputsOf(store);
          await expect(runJob(job)).rejects.toMatchObject({ code: "INPUT_GONE" });
          expect(outputsOf(store)).toEqual(before);
          await putInputs(store, Object.fromEntries(gone));
          gone.clear();
        }
        await runJob(job);
        last = rules;
        const fresh = memoryStore();
        await putInputs(fresh, Object.fromEntries([...inputsOf(store), ...gone]));
        await runJob(await memoryJob({ ...options, store: fresh }));
        expect(outputsOf(store)).toEqual(outputsOf(fresh));
        expect((await runJob(job)).status).toBe("unchanged");
      }
    });
    await fc.assert(sequences, { numRuns: 8 });
  }, 120_000);
});

/** What stands in the source, by its path. */
function inputsOf(store: MemoryStore): ReadonlyMap<string, string> {
  const inputs = [...store.objects].filter(([uri]) => uri.startsWith("in/"));
  return new Map(inputs.map(([uri, { bytes }]) => [uri.slice("in/".length), bytes.toString()]));
}

describe("a refresh over 10,000 inputs in S3 without a change", () => {
  it("lists both sides, reads the manifest, and asks for nothing else, night after night", async () => {
    const s3 = fakeS3();
    const server = await awsServer([s3]);
    try {
      s3.addBucket("b");
      const detector = notingDetector();
      const local = await memoryJob({ detector, columns: "{id: text, part: keep}" });
      const store = s3Store({ endpoint: server.endpoint, credentials: CALLER });
      const source = { store, root: "s3://b/in/" };
      const job: Job = { ...local, source, target: { ...local.target, store, root: "s3://b/out/" } };
      await standing(s3, job, 10_000);
      for (let night = 0; night < 3; night++) {
        server.record.clear();
        const { status, report } = await runJob(job);
        expect([status, report.unchanged]).toEqual(["unchanged", 10_000]);
        expect(server.record.of("ListObjectsV2")).toHaveLength(21);
        const read = new Set(server.record.of("GetObject").map(({ resource }) => resource));
        expect([...read]).toEqual(["b/out/_phimask/manifest.json"]);
        expect(server.record.calls.length).toBeLessThan(30);
      }
      expect(detector.seen).toEqual([]);
    } finally {
      await server.close();
    }
  }, 120_000);
});
