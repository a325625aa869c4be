import { MaskingError } from "./errors.ts";
import { MANIFEST, type Manifest, readJson } from "./manifest.ts";
import type { RunOutcome } from "./pipeline.ts";
import type { Job } from "./plan.ts";
import { foundByType, withheldCells } from "./report.ts";
import type { RunFacts, Witness } from "./witness-types.ts";

/** Runs a job before witnesses: each is told of one start and of one end, an error or a signal included. */
export async function witnessed(
  job: Job,
  witnesses: readonly Witness[],
  signal: AbortSignal,
  run: () => Promise<RunOutcome>,
): Promise<RunOutcome> {
  await Promise.all(witnesses.map((witness) => witness.started()));
  try {
    const outcome = await run();
    if (witnesses.length > 0) {
      const facts = await factsOf(job, outcome);
      await Promise.all(witnesses.map((witness) => witness.ended(facts)));
    }
    return outcome;
  } catch (error) {
    const { code, message } = told(error);
    await Promise.all(witnesses.map((witness) => witness.failed({ code, message, stopped: signal.aborted })));
    throw error;
  }
}

/** What of an error others may hear: a file's name can carry a patient's, so it stays here. */
function told(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof MaskingError)) return { code: "DEFECT", message: "A defect of phimask ended the run." };
  const { file: _, ...place } = error.place;
  return new MaskingError(error.code, place);
}

/** The dataset's own facts are those of its manifest, which also tells of the files of earlier runs. */
async function factsOf({ target }: Job, { status, report, location }: RunOutcome): Promise<RunFacts> {
  const manifest = (await readJson(target.store, `${location}${MANIFEST}`)) as Manifest | undefined;
  const files = manifest?.files ?? [];
  return {
    status,
    runId: report.run_id,
    target: location,
    profile: report.profile,
    rows: report.rows,
    files: report.files,
    withheld: withheldCells(report.columns),
    masked: foundByType(report.columns),
    dataset: {
      rows: files.reduce((sum, { output }) => sum + output.rows, 0),
      files: files.length,
      bytes: files.reduce((sum, { output }) => sum + output.size, 0),
    },
    columns: (manifest?.table?.columns ?? []).map(({ column, types, mask, stays }) => ({
      ...{ column, mask, stays },
      type: types.join(" | "),
    })),
  };
}
