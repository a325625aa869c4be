/** The commands that share a run out, and those that look after a finished dataset. */
import { type JobOptions, type RunFlags, readJob } from "./commands.ts";
import { conclude } from "./ending.ts";
import { MaskingError } from "./errors.ts";
import type { RunOptions, RunOutcome } from "./pipeline.ts";
import type { Job } from "./plan.ts";

/** `phimask run`, or the part of it that the flags ask for. */
export async function runPart(job: Job, flags: RunFlags, options: RunOptions): Promise<RunOutcome> {
  const { runJob } = await import("./pipeline.ts");
  if (flags.shard && flags.finish) throw new MaskingError("JOB_INVALID", { key: "--shard", expected: "no --finish" });
  if (flags.shard) return (await import("./shards.ts")).runShard(job, flags.shard, options);
  if (!flags.finish) return runJob(job, options);
  const { readWork } = await import("./work.ts");
  return runJob(job, { ...options, work: await readWork(job) });
}

/** `phimask plan --shards`. */
export async function planWork(path: string, options: JobOptions & { full?: boolean }, shards: number): Promise<void> {
  await conclude(options, async (signal) => {
    const { openJob } = await import("./job.ts");
    const { planShards } = await import("./shards.ts");
    const job = await openJob(...(await readJob(path, options)));
    const { files } = await planShards(job, shards, { signal, full: options.full ?? false });
    const parts = Array.from({ length: shards }, (_, index) => files.filter(({ shard }) => shard === index));
    const bytes = parts.map((part) => part.reduce((sum, { size }) => sum + size, 0));
    for (const [index, part] of parts.entries()) {
      process.stdout.write(`--shard ${index}/${shards}: ${part.length} files, ${bytes[index]} bytes\n`);
    }
    return { exit: 0, summary: { status: "ok", files: files.length, shards, bytes } };
  });
}

/** `phimask rollback`. */
export async function rollback(path: string, options: JobOptions & { to?: string; lease?: number }): Promise<void> {
  await conclude(options, async (signal) => {
    const { openJob } = await import("./job.ts");
    const { rollbackJob } = await import("./rollback.ts");
    const job = await openJob(...(await readJob(path, options)));
    const { version, location } = await rollbackJob(job, {
      signal,
      ...(options.to !== undefined && { to: options.to }),
      ...(options.lease !== undefined && { lease: options.lease * 1000 }),
    });
    return { exit: 0, summary: { status: "ok", version, location } };
  });
}

/** Faults that are told one by one; more are counted. */
const TOLD = 50;

/** `phimask verify`. */
export async function verify(path: string, options: JobOptions): Promise<void> {
  await conclude(options, async (signal) => {
    const { openJob } = await import("./job.ts");
    const { verifyJob } = await import("./verify.ts");
    const job = await openJob(...(await readJob(path, options)));
    const { faults, ...found } = await verifyJob(job, signal);
    for (const { kind, place } of faults.slice(0, TOLD)) {
      const where = Object.entries(place).map(([name, value]) => `${name} ${value}`);
      process.stdout.write(`${kind}: ${where.join(", ")}\n`);
    }
    return {
      exit: faults.length === 0 ? 0 : 2,
      summary: { status: faults.length === 0 ? "ok" : "failed", ...found, faults: countsOf(faults) },
    };
  });
}

function countsOf(faults: readonly { readonly kind: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of faults) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
