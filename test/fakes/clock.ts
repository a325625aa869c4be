import { setMaxListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../connectors/limit.ts";

/** A clock that stands still until `run` moves it, from one awaited moment to the next. */
export interface FakeClock extends Clock {
  /** Moves the clock until the promise has settled; gives what it gives. */
  run<T>(promise: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function fakeClock(): FakeClock {
  let time = 0;
  const waiting = new Set<Sleeper>();
  return {
    now: () => time,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const stop = () => {
          waiting.delete(sleeper);
          reject(signal.reason);
        };
        const wake = () => {
          signal.removeEventListener("abort", stop);
          resolve();
        };
        const sleeper = { at: time + ms, wake };
        waiting.add(sleeper);
        setMaxListeners(0, signal);
        signal.addEventListener("abort", stop);
      }),
    async run(promise) {
      let settled = false;
      const done = () => {
        settled = true;
      };
      promise.then(done, done);
      for (let idle = 0; !settled; ) {
        await turn();
        let first: Sleeper | undefined;
        for (const sleeper of waiting) if (!first || sleeper.at < first.at) first = sleeper;
        if (settled) break;
        if (!first) {
          idle += 1;
          if (idle > 1000) throw new Error("nothing is waited for, and nothing happens");
          continue;
        }
        idle = 0;
        waiting.delete(first);
        time = Math.max(time, first.at);
        first.wake();
      }
      return promise;
    },
  };
}

/** Numbers from 0 up to 1 that look random, the same ones for a seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
