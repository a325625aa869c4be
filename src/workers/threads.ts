import { Worker } from "node:worker_threads";
import { type Answer, type Done, errorOf, type Message, type Opening, type Task } from "./messages.ts";

/** Threads that share a queue of tasks. */
export interface Threads {
  /** Starts threads until there are so many. */
  start(count: number): void;
  /** Throws what the step throws. `moved`: the memory that goes with the task. */
  ask(task: Task, moved: readonly ArrayBuffer[]): Promise<Done>;
  /** True where a thread has opened the rules that parts ask for, and has room for a task. */
  isFree(): boolean;
  /** Ends the threads, whatever they are at; what they were asked is never answered. */
  close(): Promise<void>;
}

interface Asked {
  readonly task: Task;
  readonly moved: readonly ArrayBuffer[];
  readonly resolve: (done: Done) => void;
  readonly reject: (error: Error) => void;
}

/** Tasks that a thread holds: one at work, and the next, so that it never waits for this thread. */
const HELD = 2;
/** V8 keeps up to three times this for new objects, in each thread; its default, 16, makes no batch faster (measured). */
const YOUNG_MB = 4;

/** Threads that each open the rules of `opening`; none is started yet. The key goes by message alone: argv and environment are empty. */
export function openThreads(opening: Opening): Threads {
  const waiting: Asked[] = [];
  let broken: Error | undefined;
  const threads: Thread[] = [];

  const hand = (): void => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      const thread = threads.reduce((least, each) => (each.held.length < least.held.length ? each : least));
      if (thread.held.length >= HELD) return;
      waiting.shift();
      thread.held.push(next);
      thread.worker.ref();
      thread.worker.postMessage({ task: next.task } satisfies Message, [...next.moved]);
    }
  };
  const ended = (): void => {
    broken ??= new Error("a worker thread ended");
    for (const { reject } of [...threads.flatMap(({ held }) => held.splice(0)), ...waiting.splice(0)]) reject(broken);
  };
  const listen = (thread: Thread): void => {
    const { worker, held } = thread;
    worker.on("message", (answer: Answer) => {
      if ("ready" in answer) {
        thread.ready = true;
        return;
      }
      const { resolve, reject } = held.shift()!;
      if (held.length === 0) worker.unref();
      hand();
      if ("failure" in answer) reject(errorOf(answer.failure));
      else resolve(answer);
    });
    worker.on("error", ended);
    worker.on("exit", ended);
  };

  return {
    start(count) {
      while (threads.length < count) {
        const thread = newThread(opening);
        listen(thread);
        threads.push(thread);
      }
    },
    ask: (task, moved) =>
      new Promise((resolve, reject) => {
        if (broken) return reject(broken);
        waiting.push({ task, moved, resolve, reject });
        hand();
      }),
    isFree: () => !broken && waiting.length === 0 && threads.some(({ ready, held }) => ready && held.length < HELD),
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

interface Thread {
  readonly worker: Worker;
  readonly held: Asked[];
  ready: boolean;
}

function newThread(opening: Opening): Thread {
  // The sources run as they are under a loader of TypeScript, which threads inherit.
  const entry = new URL(import.meta.url.endsWith(".ts") ? "./entry.ts" : "./entry.js", import.meta.url);
  const worker = new Worker(entry, {
    argv: [],
    env: {},
    resourceLimits: { maxYoungGenerationSizeMb: 3 * YOUNG_MB },
  });
  worker.unref();
  worker.postMessage({ open: opening } satisfies Message);
  return { worker, held: [], ready: false };
}
