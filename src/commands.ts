import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { conclude, type SummaryOptions } from "./ending.ts";
import { MaskingError } from "./errors.ts";
import type { JobFile } from "./jobfile.ts";
import type { RunOptions } from "./pipeline.ts";
import type { Job } from "./plan.ts";
import { foundByType, withheldCells } from "./report.ts";
import type { Shard } from "./shards.ts";

export interface JobOptions extends SummaryOptions {
  readonly set: readonly string[];
}

/** Which part of a run, and how. */
export interface RunFlags {
  readonly full?: boolean;
  /** In seconds. */
  readonly lease?: number;
  readonly shard?: Shard;
  readonly finish?: boolean;
}

/** `phimask run`. */
export async function run(
  path: string,
  options: JobOptions & RunFlags & { runId?: string; workers: number; quiet?: boolean },
): Promise<void> {
  await conclude(options, async (signal) => {
    const { openJob, openWitnesses } = await import("./job.ts");
    const { runPart } = await import("./upkeep.ts");
    const { witnessed } = await import("./witness.ts");
    const { progressOf } = await import("./progress.ts");
    const { anewText } = await import("./plantext.ts");
    const { doubtText } = await import("./checks.ts");
    const [file, where] = await readJob(path, options);
    const job = await openJob(file, { ...where, ...(options.shard && { shards: options.shard.count }) });
    const witnesses = options.shard ? [] : await openWitnesses(file, job, process.env);
    const progress = await progressOf(options.quiet ?? false);
    try {
      const going: RunOptions = {
        signal,
        workers: options.workers,
        full: options.full ?? false,
        ...(options.lease !== undefined && { lease: options.lease * 1000 }),
        onPlan: (plan) => options.quiet || process.stderr.write(anewText(plan)),
        onProgress: progress.show,
        ...(options.runId && { runId: options.runId }),
      };
      const { status, report, location } = await witnessed(job, witnesses, signal, () => runPart(job, options, going));
      if (job.checks && report.checks && !options.quiet) process.stderr.write(doubtText(job.checks, report.checks));
      return {
        // Dagster takes every code but 0 for a failure; the status is in what it was told.
        exit: status === "unchanged" && !process.env["DAGSTER_PIPES_CONTEXT"] ? 99 : 0,
        summary: {
          status,
          run_id: report.run_id,
          rows: report.rows,
          files: report.files,
          unchanged: report.unchanged,
          ...(report.left_out && { left_out: report.left_out }),
          withheld: withheldCells(report.columns),
          masked: foundByType(report.columns),
          calls: report.calls,
          ...(report.checks && { checks: report.checks }),
          ...(status === "ok" && !options.shard && { report: `${location}_phimask/report.json` }),
        },
      };
    } finally {
      progress.end();
    }
  });
}

/** `phimask plan`. */
export async function plan(
  path: string,
  options: JobOptions & { sample?: number; full?: boolean; shards?: number },
): Promise<void> {
  if (options.shards !== undefined) return (await import("./upkeep.ts")).planWork(path, options, options.shards);
  await conclude(options, async () => {
    const { planJob } = await import("./plan.ts");
    const { planText } = await import("./plantext.ts");
    const { checkCatalog } = await import("./dataset.ts");
    const { estimateJob } = await import("./estimate.ts");
    const job = await openWithAnyKey(path, options);
    const planned = await planJob(job, { full: options.full ?? false });
    await checkCatalog(job, planned);
    const estimate = await estimateJob(job, planned, options.sample);
    process.stdout.write(planText(job, planned, estimate));
    return {
      exit: 0,
      summary: {
        status: "ok",
        files: planned.todo.length,
        unchanged: planned.unchanged.length,
        removed: planned.gone.length,
        estimate,
      },
    };
  });
}

/** `phimask preview`. */
export async function preview(path: string, options: JobOptions & { limit: number }): Promise<void> {
  await conclude(options, async () => {
    const { previewJob } = await import("./preview.ts");
    const job = await openWithAnyKey(path, options);
    const { rows, columns } = await previewJob(job, options.limit, (row) => process.stdout.write(`${row}\n`));
    return { exit: 0, summary: { status: "ok", rows, withheld: withheldCells(columns), masked: foundByType(columns) } };
  });
}

/** `phimask validate`. */
export async function validate(path: string, options: JobOptions): Promise<void> {
  await conclude(options, async () => {
    const { openRules } = await import("./job.ts");
    const [file, where] = await readJob(path, options);
    const { name, policy } = await openRules(file, { ...where, ...(await anyKey(file, where.folder)) });
    return {
      exit: 0,
      summary: { status: "ok", job: name, profile: policy.profile, columns: Object.keys(file.columns).length },
    };
  });
}

/** `phimask stream`: stdout is data, so the summary goes to stderr. */
export async function stream(path: string, options: JobOptions & { workers: number }): Promise<void> {
  await conclude({ ...options, dataOnStdout: true }, async (signal) => {
    const { openRules, openArrowStream } = await import("./job.ts");
    const { maskArrow } = await import("./filter.ts");
    const rules = await openRules(...(await readJob(path, options)));
    signal.addEventListener("abort", () => process.stdin.destroy(new MaskingError("STOPPED"))); // it may wait for bytes
    const workers = rules.openWorkers(options.workers);
    const input = await openArrowStream(process.stdin);
    const counts = await maskArrow(rules, workers, input, process.stdout, signal).finally(workers.close);
    return {
      exit: 0,
      summary: {
        status: "ok",
        rows: counts.rows,
        withheld: withheldCells(counts.columns),
        masked: foundByType(counts.columns),
      },
    };
  });
}

export interface EvaluateOptions extends JobOptions {
  readonly corpus: readonly string[];
  readonly job?: string;
  readonly detector: "embedded" | "comprehend_medical";
  readonly neutral?: readonly string[];
  readonly misses?: string;
}

/** `phimask evaluate`. */
export async function evaluate(options: EvaluateOptions): Promise<void> {
  await conclude(options, async (signal) => {
    const { openDetection } = await import("./job.ts");
    const { evaluateCorpus } = await import("./evaluation.ts");
    const { scoreTable, typeTable } = await import("./evaluate/table.ts");
    const file = options.job === undefined ? undefined : (await readJob(options.job, options))[0];
    const detection = await openDetection(file ?? { version: 1, detect: { text: options.detector } });
    const evaluated = [];
    for (const path of options.corpus) evaluated.push(await evaluateCorpus(path, detection, { ...options, signal }));
    process.stdout.write(scoreTable(evaluated.map(({ corpus, score }) => [corpus, score])));
    for (const { corpus, score } of evaluated) process.stdout.write(`\n${corpus}\n${typeTable(score)}`);
    if (options.misses !== undefined) {
      const misses = evaluated.flatMap((each) => each.misses.map((miss) => ({ corpus: each.corpus, ...miss })));
      await writeFile(options.misses, misses.map((miss) => `${JSON.stringify(miss)}\n`).join("")).catch(() => {
        throw new MaskingError("STORE_DENIED");
      });
    }
    const { detectors } = detection;
    const corpora = evaluated.map(({ misses: _, score, ...rest }) => ({ ...rest, documents: score.documents }));
    return { exit: 0, summary: { status: "ok", detectors, corpora } };
  });
}

/** `phimask singer`: stdout is data, so the summary goes to stderr. */
export async function singer(options: SummaryOptions & { config: string }): Promise<void> {
  await conclude({ ...options, dataOnStdout: true }, async (signal) => {
    const { openBatchPorts, openRules } = await import("./job.ts");
    const { parseConfig } = await import("./singer/config.ts");
    const { maskSinger } = await import("./singer.ts");
    const folder = dirname(resolve(options.config));
    const config = parseConfig(await textOfFile(options.config));
    const ports = { ...openBatchPorts(), openRules: (job: JobFile) => openRules(job, { folder, name: "singer" }) };
    signal.addEventListener("abort", () => process.stdin.destroy(new MaskingError("STOPPED"))); // it may wait for a message
    const { rows, columns } = await maskSinger(config, ports, process.stdin, process.stdout, signal);
    const summary = { status: "ok", rows, withheld: withheldCells(columns), masked: foundByType(columns) };
    return { exit: 0, summary };
  });
}

/** `phimask schema`. */
export async function schema(): Promise<void> {
  const { jobJsonSchema } = await import("./schema.ts");
  process.stdout.write(`${JSON.stringify(jobJsonSchema(), null, 2)}\n`);
}

/** `phimask key`. */
export function key(): void {
  process.stdout.write(`${randomBytes(32).toString("base64url")}\n`);
}

/** A job file with the values of `--set`, and what its name and its folder tell. */
export async function readJob(path: string, { set }: JobOptions): Promise<[JobFile, { folder: string; name: string }]> {
  const { parseJob } = await import("./parse.ts");
  const text = await textOfFile(path);
  if (path === "-") return [parseJob(text, set), { folder: process.cwd(), name: "phimask" }];
  const name = basename(path)
    .replace(/\.(ya?ml|json)$/i, "")
    .replace(/[^A-Za-z0-9_.-]/g, "_");
  return [parseJob(text, set), { folder: dirname(resolve(path)), name }];
}

async function textOfFile(path: string): Promise<string> {
  return (path === "-" ? textOf(process.stdin) : readFile(path, "utf8")).catch(() => {
    throw new MaskingError("JOB_UNREADABLE", { expected: "a file that can be read" });
  });
}

async function openWithAnyKey(path: string, options: JobOptions): Promise<Job> {
  const { openJob } = await import("./job.ts");
  const [file, where] = await readJob(path, options);
  return openJob(file, { ...where, ...(await anyKey(file, where.folder)) });
}

/** To look at a job needs no key; what is made with a passing one is shown and forgotten. */
async function anyKey(file: JobFile, folder: string): Promise<{ key?: string }> {
  const { keyIsThere } = await import("./job/secret.ts");
  if (await keyIsThere(file, folder)) return {};
  process.stderr.write("phimask: no key was found, so a passing one is used; run needs the real one.\n");
  return { key: randomBytes(32).toString("base64url") };
}
