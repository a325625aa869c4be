import * as z from "zod";
import type { LineageOptions } from "../jobfile.ts";

const openlineage = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).nullish(),
  namespace: z.string().min(1).nullish(),
  file: z.string().min(1).optional(),
  console: z.boolean().optional(),
});

/** The job's `lineage`. */
export const lineageSchema: z.ZodType<LineageOptions> = z
  .strictObject({ openlineage: openlineage.optional() })
  .describe("events of OpenLineage: which dataset came from which, and which columns are masked");
