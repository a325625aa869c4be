import { Worker } from "node:worker_threads";
import { type Answer, type Done, errorOf, type Message, type Opening, type Task } from "./messages.ts";
import type { Parcel } from "./wire.ts";

/** Threads that share a queue of tasks. */
export interface Threads {
  /** Throws what the step throws. */
  ask(leaf: Task["leaf"], parcel: Parcel): Promise<Done>;
  /** Ends the threads, whatever they are at; what they were asked is never answered. */
  close(): Promise<void>;
}

interface Asked {
  readonly leaf: Task["leaf"];
  readonly parcel: Parcel;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: Error) => void;
}

/** Tasks that a thread holds: one at work, and the next, so that it never waits for this thread. */
const HELD = 2;
/** V8 keeps up to three times this for new objects, in each thread; its default, 16, makes no batch faster (measured). */
const YOUNG_MB = 4;

/** Opens `count` threads, each with the rules of `opening`. The key goes by message alone: argv and environment are empty. */
export function openThreads(opening: Opening, count: number): Threads {
  const waiting: Asked[] = [];
  let broken: Error | undefined;
  const threads = Array.from({ length: count }, () => newThread(opening));

  const hand = (): void => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      const thread = threads.reduce((least, each) => (each.held.length < least.held.length ? each : least));
      if (thread.held.length >= HELD) return;
      waiting.shift();
      thread.held.push(next);
      thread.worker.ref();
      thread.worker.postMessage({ task: { leaf: next.leaf, batch: next.parcel.batch } } satisfies Message, [
        ...next.parcel.moved,
      ]);
    }
  };
  for (const { worker, held } of threads) {
    worker.on("message", (answer: Answer) => {
      const { resolve, reject } = held.shift()!;
      if (held.length === 0) worker.unref();
      hand();
      if ("failure" in answer) reject(errorOf(answer.failure));
      else resolve(answer);
    });
    const ended = (): void => {
      broken ??= new Error("a worker thread ended");
      for (const { reject } of [...held.splice(0), ...waiting.splice(0)]) reject(broken);
    };
    worker.on("error", ended);
    worker.on("exit", ended);
  }

  return {
    ask: (leaf, parcel) =>
      new Promise((resolve, reject) => {
        if (broken) return reject(broken);
        waiting.push({ leaf, parcel, resolve, reject });
        hand();
      }),
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function newThread(opening: Opening): { readonly worker: Worker; readonly held: Asked[] } {
  // The sources run as they are under a loader of TypeScript, which threads inherit.
  const entry = new URL(import.meta.url.endsWith(".ts") ? "./entry.ts" : "./entry.js", import.meta.url);
  const worker = new Worker(entry, {
    argv: [],
    env: {},
    resourceLimits: { maxYoungGenerationSizeMb: 3 * YOUNG_MB },
  });
  worker.unref();
  worker.postMessage({ open: opening } satisfies Message);
  return { worker, held: [] };
}
