import type { Checks } from "../checks.ts";
import type { JobFile } from "../jobfile.ts";
import type { Detector } from "../types.ts";
import { enginesOf, openEmbedded } from "./detectors.ts";

/** Share of texts in which a detector may find something that it has masked by before. */
const LIMIT = 0.05;

/**
 * What a job looks at again before it publishes: all of it, where it does not say. What the embedded detector finds
 * stops only a job that masks by it, or that says how much may be found: to choose another is to trust that one more.
 */
export function checksOf(file: JobFile): Checks {
  const { checks = {} } = file;
  const limit = checks.residual_limit ?? (enginesOf(file).includes("embedded") ? LIMIT : undefined);
  return {
    rowsEqual: checks.rows_equal ?? true,
    untouchedEqual: checks.untouched_equal ?? true,
    residualSample: checks.residual_sample ?? 500,
    ...(limit !== undefined && { residualLimit: limit }),
  };
}

/** The detector that examines masked texts: the embedded one, which costs nothing, however the job finds PHI. */
export async function secondDetector(file: JobFile, detectors: readonly Detector[]): Promise<Detector> {
  return detectors.find(({ name }) => name === "embedded") ?? openEmbedded(file.detect?.language);
}
