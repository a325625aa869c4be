import type { Checks } from "../checks.ts";
import type { JobFile } from "../jobfile.ts";
import type { Detector } from "../types.ts";
import { openEmbedded } from "./detectors.ts";

/** What a job looks at again before it publishes: all of it, where it does not say. */
export function checksOf({ checks = {} }: JobFile): Checks {
  return {
    rowsEqual: checks.rows_equal ?? true,
    untouchedEqual: checks.untouched_equal ?? true,
    residualSample: checks.residual_sample ?? 500,
    residualLimit: checks.residual_limit ?? 0.05,
  };
}

/** The detector that examines masked texts: the embedded one, which costs nothing, however the job finds PHI. */
export async function secondDetector(file: JobFile, detectors: readonly Detector[]): Promise<Detector> {
  return detectors.find(({ name }) => name === "embedded") ?? openEmbedded(file.detect?.language);
}
