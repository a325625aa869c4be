import { randomUUID } from "node:crypto";
import { addChecks, type CheckCounts, judgeChecks, NOTHING_CHECKED } from "./checks.ts";
import { catalogIsCurrent, checkCatalog, publishCatalog } from "./dataset.ts";
import { MaskingError } from "./errors.ts";
import { stageIndex } from "./instances.ts";
import { type FinishedFile, finishedFiles } from "./journal.ts";
import { type Hold, takeLock } from "./lock.ts";
import { type MaskOptions, maskFiles } from "./masking.ts";
import { isDone, type Job, type Plan, type PlanOptions, planJob, planReady } from "./plan.ts";
import { prepareTexts } from "./prepare.ts";
import { clearLeft, publish } from "./publish.ts";
import { newTally, type RunReport, reportOf } from "./report.ts";
import { isCurrent, LOCK, refuseForeign } from "./standing.ts";
import { collect } from "./stream.ts";
import { settleSurveys, surveyFiles } from "./survey.ts";
import type { Target } from "./target.ts";
import type { WorkList } from "./work.ts";

export type { Progress } from "./masking.ts";
export { maskPart, maskStream, maskTable, touchedBy } from "./table.ts";

export interface RunOptions extends PlanOptions, Partial<MaskOptions> {
  readonly signal?: AbortSignal;
  /** Names the run in reports and staging; a new UUID where left out. */
  readonly runId?: string;
  /** How long a run that says nothing holds the target, in milliseconds: 30,000 where left out. */
  readonly lease?: number;
  /** Hears what is going to be done, before any of it is. */
  readonly onPlan?: (plan: Plan) => void;
}

/** `unchanged`: nothing was to be done, and nothing was written. */
export interface RunOutcome {
  readonly status: "ok" | "unchanged";
  readonly report: RunReport;
  /** Folder of the files in force; ends with a slash. */
  readonly location: string;
}

/**
 * One run over a dataset: every file is planned before a row of any is read, masked into a staging folder, and moved
 * into place when all are done; then the catalog is told. Throws a `MaskingError`; then the dataset is as it was, and
 * what was finished waits for the next run.
 */
export async function runJob(job: Job, options: RunOptions = {}): Promise<RunOutcome> {
  const { signal = new AbortController().signal, runId = randomUUID() } = options;
  const tally = newTally();
  const started = new Date();
  const report = (plan: Plan) => reportOf(job, runId, started, tally.counts(), plan);

  const first = await planReady(job, options, { tally, signal });
  options.onPlan?.(first);
  if (isDone(first) && (await catalogIsCurrent(job, first.standing.manifest))) {
    return { status: "unchanged", report: report(first), location: `${job.target.root}${first.standing.prefix}` };
  }
  refuseForeign(job.target, first.standing);
  await checkCatalog(job, first);

  const hold = await holdTarget(job.target, runId, { ...options, signal });
  const run = { tally, signal: AbortSignal.any([signal, hold.lost]) };
  try {
    const current = hold.atOnce && (await isCurrent(job.target, first.standing));
    const plan = current ? first : await planJob(job, options);
    const before = await finishedFiles(job, plan.todo, plan.standing);
    if (!options.work) await clearLeft(job, plan.standing, before);
    if (!isDone(plan)) await surveyFiles(job, run);
    if (options.work) refuseUnfinished(plan, before, options.work);
    await prepareTexts(
      job,
      plan.todo.filter(({ id }) => !before.has(id)),
      run,
    );
    const finished = await collect(maskFiles(job, plan.todo, before, run, { ...options, runId }));
    run.signal.throwIfAborted();
    const checks = judged(job, finished);
    const done = { ...report(plan), ...(checks && { checks }) };
    const index = await stageIndex(job, plan, finished, { signal: run.signal, runId });
    const whole = index ? [...finished, index] : finished;
    const { location, manifest } = await publish({ job, hold, runId, plan, finished: whole, report: done });
    if (manifest && !isDone(plan)) await settleSurveys(job);
    if (manifest) await publishCatalog(job, location, manifest, run);
    return { status: "ok", report: done, location };
  } catch (error) {
    if (signal.aborted) throw new MaskingError("STOPPED");
    throw hold.lost.aborted ? hold.lost.reason : error;
  } finally {
    await hold.release();
  }
}

/** What was looked at again, of all files. Throws CHECK_FAILED where too much was found: then nothing is published. */
function judged({ checks }: Job, finished: readonly FinishedFile[]): CheckCounts | undefined {
  const sum = finished.reduce((all, each) => addChecks(all, each.checks), NOTHING_CHECKED);
  if (checks) judgeChecks(checks, sum);
  return checks && sum;
}

/** Throws SHARDS_UNFINISHED with the numbers of the shards that have a file left to mask. */
function refuseUnfinished({ todo }: Plan, finished: ReadonlyMap<string, FinishedFile>, work: WorkList): void {
  const unfinished = new Set(todo.map(({ id }) => id).filter((id) => !finished.has(id)));
  const shards = new Set(work.files.filter(({ id }) => unfinished.has(id)).map(({ shard }) => shard));
  if (shards.size === 0) return;
  const missing = [...shards].sort((a, b) => a - b).join(", ");
  throw new MaskingError("SHARDS_UNFINISHED", { expected: `shards ${missing} of ${work.shards}` });
}

async function holdTarget(
  { store, root }: Target,
  runId: string,
  { signal, lease }: { readonly signal: AbortSignal; readonly lease?: number },
): Promise<Hold> {
  return takeLock({ store, uri: `${root}${LOCK}`, runId, signal, ...(lease !== undefined && { lease }) });
}
