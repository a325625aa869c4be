import * as z from "zod";
import type { CsvOptions, TargetCsvOptions } from "../jobfile.ts";

const dialect = z.strictObject({
  delimiter: z.string().min(1).optional(),
  quote: z.string().max(1).nullable().optional(),
  header: z.boolean().optional(),
  encoding: z.string().optional(),
  null: z.string().optional(),
});

/** The job's `source.csv`. */
export const csv: z.ZodType<CsvOptions> = dialect.extend({
  types: z
    .union([z.literal("infer"), z.record(z.string(), z.string())])
    .optional()
    .describe("column types where the target is not CSV, such as {age: int32}; infer: read them off the whole file"),
});

/** The job's `target.csv`. */
export const targetCsv: z.ZodType<TargetCsvOptions> = dialect.extend({
  compression: z
    .enum(["gzip", "none"])
    .optional()
    .describe("gzip: files are packed and named .csv.gz; as their names in the source tell where left out"),
});
