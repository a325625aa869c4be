import { setTimeout as pause } from "node:timers/promises";
import { failureOf } from "./failure.ts";

/** How often a call is tried and how long it waits in between, at random up to twice as long each time. */
export interface Retries {
  readonly attempts: number;
  /** Milliseconds before the second attempt, at most. A throttled call waits ten times as long. */
  readonly baseMs: number;
  /** Milliseconds before any attempt, at most. */
  readonly capMs: number;
}

/** Waits for 23 seconds in all at most, 55 where it is throttled, and for half of that as a rule. */
export const RETRIES: Retries = { attempts: 9, baseMs: 100, capMs: 10_000 };

/**
 * Calls again while failures pass, attempts are left and `signal` is not aborted. Throws the last error as it came.
 * `call` must bear being called again, its last failure having been carried out or not.
 */
export async function retrying<T>(call: () => Promise<T>, retries: Retries, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const { passing, throttled, waitMs } = failureOf(error);
      if (!passing || attempt >= retries.attempts || signal?.aborted) throw error;
      const longest = Math.min(retries.baseMs * (throttled ? 10 : 1) * 2 ** (attempt - 1), retries.capMs);
      const wait = Math.max(Math.random() * longest, Math.min(waitMs, retries.capMs));
      await pause(wait, undefined, { ...(signal && { signal }) }).catch(() => Promise.reject(error));
    }
  }
}
