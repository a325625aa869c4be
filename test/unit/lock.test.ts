import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { type Hold, takeLock } from "../../src/lock.ts";
import { once } from "../../src/stream.ts";
import type { ObjectStore } from "../../src/types.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";

const LEASE = 240;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const take = (store: ObjectStore, runId: string, signal = new AbortController().signal): Promise<Hold> =>
  takeLock({ store, uri: "lock", runId, signal, lease: LEASE });
const busy = expect.objectContaining({ code: "TARGET_BUSY" });
const holder = (store: MemoryStore) => JSON.parse(store.objects.get("lock")!.bytes.toString()).run_id as string;

/** Leaves a lock as a run does that was killed. */
async function deadLock(store: ObjectStore): Promise<void> {
  await store.write("lock", once(Buffer.from('{"run_id":"dead"}')));
}

describe("a lock", () => {
  it("is held by one of many that ask at once, the others are told that it is busy", async () => {
    const store = memoryStore();
    const asked = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => take(store, `run-${i}`)));
    const held = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(held).toHaveLength(1);
    for (const each of asked) if (each.status === "rejected") expect(each.reason).toEqual(busy);
    await held[0]!.confirm();
    await held[0]!.release();
    expect(store.objects.size).toBe(0);
  });

  it("is renewed while it is held, however long", async () => {
    const store = memoryStore();
    const hold = await take(store, "long");
    await pause(LEASE * 3);
    await expect(take(store, "other")).rejects.toEqual(busy);
    expect([hold.lost.aborted, holder(store)]).toEqual([false, "long"]);
    await hold.release();
  });

  it("that a dead run left is taken over by one of many after its lease", async () => {
    const store = memoryStore();
    await deadLock(store);
    const began = performance.now();
    const asked = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => take(store, `run-${i}`)));
    const held = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(held).toHaveLength(1);
    expect(held[0]!.atOnce).toBe(false);
    expect(performance.now() - began).toBeGreaterThanOrEqual(LEASE);
    await held[0]!.release();
  });

  it("is waited for where it goes while it is watched", async () => {
    const store = memoryStore();
    await deadLock(store);
    const asked = take(store, "next");
    await pause(LEASE / 3);
    store.objects.delete("lock");
    const hold = await asked;
    expect(holder(store)).toBe("next");
    await hold.release();
  });

  it("that another run took is lost: nothing is confirmed, and the other's is not removed", async () => {
    const store = memoryStore();
    const hold = await take(store, "paused");
    await store.write("lock", once(Buffer.from('{"run_id":"other"}')));
    await pause(LEASE);
    expect(hold.lost.aborted).toBe(true);
    await expect(hold.confirm()).rejects.toEqual(busy);
    await hold.release();
    expect(holder(store)).toBe("other");
  });

  it("outlives a store that fails for less than a lease, and is lost where it fails for longer", async () => {
    const store = memoryStore();
    let fails = false;
    const shaky: ObjectStore = {
      ...store,
      write: async (...args) => {
        if (fails) throw new MaskingError("STORE_FAILED");
        return store.write(...args);
      },
    };
    const hold = await take(shaky, "shaky");
    fails = true;
    await pause(LEASE / 2);
    fails = false;
    await hold.confirm();
    fails = true;
    await pause(LEASE * 2);
    await expect(hold.confirm()).rejects.toEqual(busy);
    await hold.release();
  });

  it("is not moved by a wall clock that jumps", async () => {
    const store = memoryStore();
    const real = Date.now;
    const hold = await take(store, "steady");
    try {
      Date.now = () => real() + 10 * 365 * 86_400_000;
      await expect(take(store, "other")).rejects.toEqual(busy);
      Date.now = () => 0;
      await expect(take(store, "other")).rejects.toEqual(busy);
    } finally {
      Date.now = real;
      await hold.release();
    }
  });

  it("is given up by who is told to stop", async () => {
    const store = memoryStore();
    await deadLock(store);
    const stop = new AbortController();
    const asked = take(store, "stopped", stop.signal);
    stop.abort(new MaskingError("STOPPED"));
    await expect(asked).rejects.toMatchObject({ code: "STOPPED" });
    expect(holder(store)).toBe("dead");
  });
});
