import { randomUUID } from "node:crypto";
import { MaskingError } from "./errors.ts";
import { finishedFiles } from "./journal.ts";
import { takeLock } from "./lock.ts";
import { PRIVATE_FOLDER, writeJson } from "./manifest.ts";
import { maskFiles } from "./masking.ts";
import type { RunOptions, RunOutcome } from "./pipeline.ts";
import { type Job, planReady } from "./plan.ts";
import { newTally, reportOf } from "./report.ts";
import { LOCK, refuseForeign } from "./standing.ts";
import { collect } from "./stream.ts";
import { surveyFiles } from "./survey.ts";
import { readWork, shareOut, WORK, type WorkList } from "./work.ts";

/** Which part of the work a process does: `index` counts from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Plans a run and writes down who masks what, balanced by bytes. What shards of an older list finished stays usable. */
export async function planShards(job: Job, count: number, options: RunOptions = {}): Promise<WorkList> {
  const { signal = new AbortController().signal } = options;
  const plan = await planReady(job, options, { tally: newTally(), signal });
  refuseForeign(job.target, plan.standing);
  const { store, root } = job.target;
  const hold = await takeLock({ store, uri: `${root}${LOCK}`, runId: randomUUID(), signal, ...leaseOf(options) });
  try {
    const work = shareOut(job, plan, count);
    await writeJson(store, `${root}${WORK}`, work);
    return work;
  } finally {
    await hold.release();
  }
}

/**
 * Masks the files of one shard into the staging folder; `runJob` with `finish` publishes them with the others. A file
 * becomes the same bytes whatever the number of shards. Throws SHARDS_UNPLANNED, STORE_CONFLICT where an input is not
 * the one that was planned, TARGET_BUSY where the shard is at work already.
 */
export async function runShard(job: Job, { index, count }: Shard, options: RunOptions = {}): Promise<RunOutcome> {
  // One batch has all texts, and clears what it finds staged: shards would clear each other's.
  if (job.prepare) throw new MaskingError("JOB_INVALID", { key: "detect.text.mode", expected: "no batch in a shard" });
  const { signal = new AbortController().signal, runId = randomUUID() } = options;
  const tally = newTally();
  const started = new Date();
  const { store, root } = job.target;
  const all = await readWork(job, count);
  const work = { ...all, files: all.files.filter(({ shard }) => shard === index) };
  const uri = `${root}${PRIVATE_FOLDER}shard-${index}-of-${count}.json`;
  const hold = await takeLock({ store, uri, runId, signal, ...leaseOf(options) });
  const run = { tally, signal: AbortSignal.any([signal, hold.lost]) };
  try {
    const plan = await planReady(job, { ...options, work }, run);
    if (plan.todo.length > 0) await surveyFiles(job, run, all);
    const before = await finishedFiles(job, plan.todo, plan.standing);
    await collect(maskFiles(job, plan.todo, before, run, { ...options, runId: `${runId}.${index}` }));
    run.signal.throwIfAborted();
    const status = plan.todo.length === before.size ? "unchanged" : "ok";
    return { status, report: reportOf(job, runId, started, tally.counts(), plan), location: root };
  } catch (error) {
    if (signal.aborted) throw new MaskingError("STOPPED");
    throw hold.lost.aborted ? hold.lost.reason : error;
  } finally {
    await hold.release();
  }
}

function leaseOf({ lease }: RunOptions): { readonly lease?: number } {
  return lease === undefined ? {} : { lease };
}
