/** The commands that look after a finished dataset. */
import { type JobOptions, readJob } from "./commands.ts";
import { conclude } from "./ending.ts";

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
