import { addColumn } from "../report.ts";
import type { ColumnRules } from "../rules.ts";
import type { FormatName } from "../source.ts";
import type { Apart, Leaf, Part, RunContext, Transform } from "../types.ts";
import { columnsOf } from "./columns.ts";
import type { Done, Opening } from "./messages.ts";
import type { Threads } from "./threads.ts";
import { type PackedBatch, packBatch, unpackBatch } from "./wire.ts";

/**
 * Threads that apply the steps of a job's rules. They start with the second batch, as one alone takes less time than
 * that, or once a file's parts have taken this thread some time.
 */
export interface Workers {
  /** How many batches must be under way for all threads to be at work: what `maskStream` takes as its width. */
  readonly width: number;
  /**
   * The same steps, those that other threads can build from the job at work there. What a cell becomes, what is counted
   * and what throws are the same.
   */
  spread(steps: readonly Transform[]): readonly Transform[];
  /** For parts of files that the job's own formats set apart; undefined where no thread can make them. */
  apart(format: FormatName, run: RunContext): Apart | undefined;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** What it takes a thread to start, to compile what it runs and to be worth its memory, about (measured). */
const PATIENCE_MS = 1500;
/** Processors that parts of files keep busy without a thread: this one's, and that of Node's pool, which compresses (measured). */
const BUSY = 2;

/**
 * `count` threads; with 1 there is none, and every step stays where it is. Parts of files are made here as well, so that
 * they get `count` less `BUSY` threads, once they have taken `patience` milliseconds.
 */
export function openWorkers(
  opening: Omit<Opening, "partLeaves">,
  { byColumn }: ColumnRules,
  count: number,
  patience: number = PATIENCE_MS,
): Workers {
  const rules = count < 2 ? [] : [...byColumn];
  const movable = new Map(
    rules.flatMap(([leaf, { transform, movable }]) => (movable === "batches" ? [[transform, leaf]] : [])),
  );
  const leaves = new Set(rules.flatMap(([leaf, { movable }]) => (movable === "parts" ? [leaf] : [])));
  let batches = 0;
  let began: number | undefined;
  let opened: Threads | undefined;
  let opens: Promise<Threads> | undefined;
  const start = async (threads: number): Promise<Threads> => {
    opens ??= import("./threads.ts").then(({ openThreads }) => openThreads({ ...opening, partLeaves: [...leaves] }));
    opened = await opens;
    opened.start(threads);
    return opened;
  };
  return {
    width: movable.size === 0 ? 2 : 2 * count,
    spread: (steps) =>
      steps.map((step) => {
        const leaf = movable.get(step);
        return leaf === undefined ? step : moved(step, leaf, () => (batches++ > 0 ? start(count) : undefined));
      }),
    apart(format, { tally }) {
      if (leaves.size === 0 || count <= BUSY) return undefined;
      const answered = async (done: Promise<Done>): Promise<Part["work"]> => {
        const { made, counts } = await done;
        for (const [leaf, more] of Object.entries(counts)) addColumn(tally.column(leaf), more);
        return made;
      };
      return {
        leaves,
        width: 2 * count + 1,
        ask(wanted, part) {
          began ??= performance.now();
          if (!opened && performance.now() - began >= patience) start(count - BUSY).catch(() => {}); // done here, then
          if (!opened?.isFree()) return undefined;
          const { work, moved } = part();
          return answered(opened.ask({ format, leaves: wanted, part: work }, moved));
        },
      };
    },
    async close() {
      await (await opens)?.close();
    },
  };
}

function moved(step: Transform, leaf: Leaf, threads: () => Promise<Threads> | undefined): Transform {
  const readBy = columnsOf(step.reads);
  return {
    ...step,
    async apply(batch, run) {
      const read = readBy(batch);
      // A dictionary that many batches share is decoded once here, and for each of them there.
      const shared = read.data.children.some(({ dictionary, length }) => dictionary && dictionary.length > length);
      const there = shared ? undefined : threads();
      if (!there) return step.apply(batch, run);
      const parcel = packBatch(read); // at once: its buffers may be used again
      const { made, counts } = await (await there).ask({ leaf, batch: parcel.batch }, parcel.moved);
      if (counts[leaf]) addColumn(run.tally.column(leaf), counts[leaf]);
      return unpackBatch(made as PackedBatch);
    },
  };
}
