import { setTimeout as pause } from "node:timers/promises";
import { MaskingError } from "./errors.ts";
import { once } from "./stream.ts";
import type { ObjectStore } from "./types.ts";

/** How long a run that says nothing holds its target, in milliseconds. */
const LEASE = 30_000;

export interface LockOptions {
  readonly store: ObjectStore;
  readonly uri: string;
  readonly runId: string;
  /** Stops the waiting for another run's lease. */
  readonly signal: AbortSignal;
  /** How long a run that says nothing holds the lock, in milliseconds: 30,000 where left out. */
  readonly lease?: number;
}

/** A lock that is held, and renewed three times a lease. */
export interface Hold {
  /** True where nobody held the lock when it was asked for. */
  readonly atOnce: boolean;
  /** Aborts when another run has taken the lock, or it can no longer be said that none has. */
  readonly lost: AbortSignal;
  /** Throws TARGET_BUSY unless the lock is surely held: asked before each step that readers see. */
  confirm(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a lock by conditional writes. One that is renewed while it is watched is TARGET_BUSY; one that is not renewed
 * for a whole lease was left by a dead run and is taken over. No wall clock is read: who watches counts ten looks, a
 * tenth of the lease apart, so that neither a clock that jumps nor a machine that sleeps makes a living run look dead.
 */
export async function takeLock(options: LockOptions): Promise<Hold> {
  const { store, uri, signal } = options;
  for (let atOnce = true; ; atOnce = false) {
    signal.throwIfAborted();
    const etag = await putLock(options, 0, { ifNoneMatch: "*" });
    if (etag !== undefined) return renewing(options, etag, atOnce);
    const left = await watch(options);
    if (left === undefined) continue;
    const taken = await putLock(options, 0, { ifMatch: left });
    if (taken !== undefined) return renewing(options, taken, false);
    if (await store.head(uri)) throw new MaskingError("TARGET_BUSY");
  }
}

/** The etag of the lock once it is put; undefined where the condition does not hold. */
async function putLock(
  { store, uri, runId }: LockOptions,
  beat: number,
  condition: { ifNoneMatch: "*" } | { ifMatch: string },
): Promise<string | undefined> {
  const content = new TextEncoder().encode(JSON.stringify({ run_id: runId, pid: process.pid, beat }));
  try {
    return (await store.write(uri, once(content), condition)).etag;
  } catch (error) {
    if (error instanceof MaskingError && error.code === "STORE_CONFLICT") return undefined;
    throw error;
  }
}

/** The etag of a lock that was not renewed for a lease; undefined where it went. Throws TARGET_BUSY where it lives. */
async function watch({ store, uri, signal, lease = LEASE }: LockOptions): Promise<string | undefined> {
  const first = (await store.head(uri))?.etag;
  for (let looks = 0; looks < 10; looks++) {
    await pause(lease / 10, undefined, { signal }).catch(() => {
      throw new MaskingError("STOPPED");
    });
    const now = (await store.head(uri))?.etag;
    if (now === undefined) return undefined;
    if (now !== first) throw new MaskingError("TARGET_BUSY");
  }
  return first;
}

function renewing(options: LockOptions, first: string, atOnce: boolean): Hold {
  const { store, uri, lease = LEASE } = options;
  const lost = new AbortController();
  let etag = first;
  let renewed = performance.now();
  let beat = 0;
  let renewal: Promise<void> = Promise.resolve();
  const lose = () => lost.abort(new MaskingError("TARGET_BUSY"));

  const renew = async () => {
    if (lost.signal.aborted) return;
    const began = performance.now();
    try {
      const next = await putLock(options, ++beat, { ifMatch: etag });
      if (next === undefined) return lose();
      etag = next;
      renewed = began;
    } catch {
      if (performance.now() - renewed > lease) lose(); // a store that fails for so long may have let another run in
    }
  };
  const inTurn = () => {
    renewal = renewal.then(renew);
    return renewal;
  };
  const timer = setInterval(inTurn, lease / 3);
  timer.unref();

  return {
    atOnce,
    lost: lost.signal,
    async confirm() {
      if (performance.now() - renewed > lease / 2) await inTurn();
      if (performance.now() - renewed > lease) lose();
      lost.signal.throwIfAborted();
    },
    async release() {
      clearInterval(timer);
      await renewal;
      if (!lost.signal.aborted && (await store.head(uri))?.etag === etag) await store.remove(uri);
    },
  };
}
