import * as z from "zod";
import type { CheckOptions } from "../jobfile.ts";

/** The job's `checks`. */
export const checks: z.ZodType<CheckOptions> = z
  .strictObject({
    rows_equal: z.boolean().optional(),
    untouched_equal: z.boolean().optional(),
    known_absent: z.boolean().optional(),
    residual_sample: z.int().min(0).optional().describe("rows whose masked texts are examined again; 500 unless told"),
    residual_limit: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("share of them in which the embedded detector may find something; 0.05 where the job masks by it"),
  })
  .describe("what is looked at again before a run publishes; a check that fails publishes nothing");
