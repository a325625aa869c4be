/** Threads that each keep an engine loaded and answer one question at a time, within a time limit. */
import { Worker } from "node:worker_threads";
import { MaskingError } from "../../src/errors.ts";

export interface Threads<Q, A> {
  /**
   * Asks the first thread that is free. Throws IMAGE_UNREADABLE where the engine fails at the question, or has no
   * answer after `limitMs` of work (its thread is ended, and another takes its place); PACKAGE_MISSING where the engine
   * cannot be loaded; STOPPED.
   */
  ask(question: Q, limitMs: number, signal: AbortSignal): Promise<A>;
  /** Ends all threads. Idle ones keep no process alive, so that this is for those who count threads. */
  close(): Promise<void>;
}

/** What a thread says: that it is loaded, or cannot be; an answer, or that there is none. No engine's words. */
export type Said<A> = "ready" | "broken" | "failed" | { readonly answer: A };

interface Thread {
  readonly worker: Worker;
  readonly ready: Promise<void>;
}

interface Turn {
  take(): Promise<void>;
  give(): void;
}

/**
 * Opens threads as they are needed, at most `count`. `entry`: address of a module that calls `serve`, without its suffix,
 * which is this module's own. `opening` is cloned to each thread.
 */
export function openThreads<Q, A>(entry: string, opening: unknown, count: number): Threads<Q, A> {
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  const turns = newTurns(count);
  const start = (): Thread => {
    const thread = newThread(entry, opening);
    all.add(thread);
    thread.worker.on("exit", () => all.delete(thread));
    return thread;
  };
  return {
    async ask(question, limitMs, signal) {
      if (signal.aborted) throw new MaskingError("STOPPED");
      await turns.take();
      const thread = idle.pop() ?? start();
      try {
        if (signal.aborted) throw new MaskingError("STOPPED");
        thread.worker.ref();
        await thread.ready;
        const said = await hear<A>(thread.worker, () => thread.worker.postMessage(question), limitMs, signal);
        thread.worker.unref();
        idle.push(thread);
        if (said === "failed") throw new MaskingError("IMAGE_UNREADABLE");
        return said.answer;
      } catch (error) {
        if (!idle.includes(thread)) await thread.worker.terminate();
        throw error;
      } finally {
        turns.give();
      }
    },
    async close() {
      idle.length = 0;
      await Promise.all([...all].map(({ worker }) => worker.terminate()));
    },
  };
}

function newThread(entry: string, opening: unknown): Thread {
  const url = new URL(entry + (import.meta.url.endsWith(".ts") ? ".ts" : ".js"), import.meta.url);
  // What engines print is no matter of the user's, and may hold what they read; nobody reads it, since a stream that is
  // read keeps the process alive as long as the thread.
  const options = { workerData: opening, stdout: true, stderr: true };
  const worker = url.pathname.endsWith(".ts") ? fromSource(url, options) : new Worker(url, options);
  const ready = new Promise<void>((resolve, reject) => {
    const broken = () => reject(new MaskingError("PACKAGE_MISSING", { expected: "the engines' packages (npm ci)" }));
    worker.once("message", (said: Said<never>) => (said === "ready" ? resolve() : broken()));
    worker.once("error", broken);
    worker.once("exit", broken);
  });
  ready.catch(() => {}); // thrown at the question
  return { worker, ready };
}

/** In this repository tests run the sources, which Node 20 cannot load into a thread without the loader's help. */
function fromSource(url: URL, options: object): Worker {
  const code = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(url.href)}); })`;
  return new Worker(code, { ...options, eval: true });
}

/** What the thread says next. Throws where it ends, or says nothing within the limit or before the run is stopped. */
function hear<A>(
  worker: Worker,
  ask: () => void,
  limitMs: number,
  signal: AbortSignal,
): Promise<"failed" | { readonly answer: A }> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      for (const name of ["error", "exit"]) worker.off(name, onEnd);
      worker.off("message", onMessage);
      act();
    };
    const onEnd = settle(() => reject(new MaskingError("IMAGE_UNREADABLE")));
    const onAbort = settle(() => reject(new MaskingError("STOPPED")));
    const onMessage = (said: Said<A>) => settle(() => resolve(said as "failed" | { readonly answer: A }))();
    const timer = setTimeout(onEnd, limitMs);
    signal.addEventListener("abort", onAbort, { once: true });
    worker.on("message", onMessage).on("error", onEnd).on("exit", onEnd);
    ask();
  });
}

function newTurns(count: number): Turn {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    async take() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    give() {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
