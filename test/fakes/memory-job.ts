import { formats } from "../../src/job/formats.ts";
import { openRules } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import type { Job } from "../../src/plan.ts";
import { once } from "../../src/stream.ts";
import type { Target } from "../../src/target.ts";
import type { Detector } from "../../src/types.ts";
import { type MemoryStore, memoryStore } from "./memory-store.ts";

export const MEMORY_KEY = "a-key-for-tests-only-0123456789abcdef";

/** A detector that finds the word `Roe` and notes each text that it is given. */
export function notingDetector(version = "1"): Detector & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    name: "noting",
    version,
    seen,
    detect: async (texts) => {
      seen.push(...texts);
      return texts.map((text) =>
        [...text.matchAll(/\bRoe\b/g)].map(({ index }) => ({ type: "NAME", start: index, end: index + 3, score: 1 })),
      );
    },
  };
}

export interface MemoryJobOptions {
  /** Rules of columns as YAML, between braces. */
  readonly columns?: string;
  readonly policy?: string;
  readonly target?: Partial<Target>;
  readonly detector?: Detector;
  readonly key?: string;
  readonly store?: MemoryStore;
}

/** A job over CSV files below `in/` of a store in memory, to `out/`, that asks one detector. */
export async function memoryJob(options: MemoryJobOptions = {}): Promise<Job & { readonly store: MemoryStore }> {
  const store = options.store ?? memoryStore();
  const columns = options.columns ?? "{id: keep, name: {mask: hash, length: 12}, note: text}";
  const file = parseJob(`version: 1\nname: memory\npolicy: {${options.policy ?? ""}}\ncolumns: ${columns}\n`, []);
  const opened = await openRules(file, {
    key: options.key ?? MEMORY_KEY,
    detectors: options.detector ? [options.detector] : [],
  });
  const source = { store, root: "in/" };
  return {
    ...opened,
    store,
    source,
    target: { store, root: "out/", names: "keep", ...options.target },
    formats: { read: formats(undefined, { source }), write: formats(undefined) },
  };
}

/** Puts files below `in/`, as text. */
export async function putInputs(store: MemoryStore, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) await store.write(`in/${path}`, once(Buffer.from(text)));
}

/** A CSV file of this many made-up rows, all of them the file's own. */
export function madeCsv(name: string, rows = 3): string {
  const lines = Array.from({ length: rows }, (_, row) => `${row},${name} Roe,"${name} ${row}: Jane Roe is stable."`);
  return ["id,name,note", ...lines].map((line) => `${line}\n`).join("");
}

/** The data files of the target by path, and of phimask's own those that are named. */
export function outputsOf(store: MemoryStore, root = "out/"): Readonly<Record<string, string>> {
  const data = [...store.objects].filter(([uri]) => uri.startsWith(root) && !/(^|\/)_/.test(uri.slice(root.length)));
  return Object.fromEntries(data.map(([uri, { bytes }]) => [uri.slice(root.length), bytes.toString()]).sort());
}
