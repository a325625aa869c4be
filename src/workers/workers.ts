import type { ColumnRules } from "../rules.ts";
import type { ColumnCounts, Leaf, PhiType, Transform } from "../types.ts";
import { columnsOf } from "./columns.ts";
import type { Opening } from "./messages.ts";
import type { Threads } from "./threads.ts";
import { packBatch, unpackBatch } from "./wire.ts";

/** Threads that apply the steps of a job's rules; they start with the second batch, as one alone takes less time than that. */
export interface Workers {
  /** How many batches must be under way for all threads to be at work: what `maskStream` takes as its width. */
  readonly width: number;
  /**
   * The same steps, those that other threads can build from the job at work there. What a cell becomes, what is counted
   * and what throws are the same.
   */
  spread(steps: readonly Transform[]): readonly Transform[];
  /** Ends the threads. */
  close(): Promise<void>;
}

/** `count` threads; with 1 there is none, and every step stays where it is. */
export function openWorkers(opening: Opening, { byColumn }: ColumnRules, count: number): Workers {
  const movable = new Map(
    [...byColumn].flatMap(([leaf, { transform, movable }]) => (movable ? [[transform, leaf]] : [])),
  );
  let batches = 0;
  let threads: Promise<Threads> | undefined;
  const opened = (): Promise<Threads> | undefined => {
    if (batches++ > 0) threads ??= import("./threads.ts").then(({ openThreads }) => openThreads(opening, count));
    return threads;
  };
  return {
    width: count < 2 || movable.size === 0 ? 2 : 2 * count,
    spread: (steps) =>
      steps.map((step) => {
        const leaf = movable.get(step);
        return leaf === undefined || count < 2 ? step : moved(step, leaf, opened);
      }),
    async close() {
      await (await threads)?.close();
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
      const answer = await (await there).ask(leaf, parcel);
      addCounts(run.tally.column(leaf), answer.counts);
      return unpackBatch(answer.batch);
    },
  };
}

function addCounts(sum: ColumnCounts, { cells, masked, withheld, found }: Readonly<ColumnCounts>): void {
  sum.cells += cells;
  sum.masked += masked;
  sum.withheld += withheld;
  for (const [type, count] of Object.entries(found) as [PhiType, number][]) {
    sum.found[type] = (sum.found[type] ?? 0) + count;
  }
}
