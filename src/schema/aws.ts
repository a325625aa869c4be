/** The keys of a job that are about AWS. */
import * as z from "zod";
import type { AwsJobOptions, BatchEngine, GlueTargetOptions, ImageEngine, TextEngine } from "../jobfile.ts";

const strict = z.strictObject;

/** A table of the Glue Data Catalog. */
export const glue: z.ZodObject<
  { database: z.ZodString; table: z.ZodString; catalog_id: z.ZodOptional<z.ZodString> },
  z.core.$strict
> = strict({
  database: z.string().min(1),
  table: z.string().min(1),
  catalog_id: z.string().min(1).optional().describe("account whose catalog it is; the caller's own where left out"),
});

/** A table that the dataset is published as. */
export const glueTarget: z.ZodType<GlueTargetOptions> = glue.extend({
  lf_tags: z
    .record(z.string().min(1).max(128), z.string().min(1).max(256))
    .optional()
    .describe("tags of Lake Formation that the table gets, one value a key, such as {sensitivity: deidentified}"),
});

const batchEngine = strict({
  engine: z.literal("comprehend_medical"),
  mode: z.literal("batch"),
  role: z.string().min(1).describe("ARN of the role by which the service reads and writes what is staged"),
  staging: z.string().min(1).describe("s3:// folder of its own for texts while the service reads them"),
  poll_seconds: z.number().positive().optional().describe("between two looks at a job; 30 where left out"),
});
/** What finds PHI in text. */
export const textEngine: z.ZodType<TextEngine | BatchEngine> = z.union([
  z.enum(["embedded", "comprehend_medical"]),
  batchEngine,
]);

/** What reads images. */
export const imageEngine: z.ZodType<ImageEngine> = z.enum(["embedded", "rekognition", "textract"]);

const account = z.string().regex(/^\d{12}$/);
/** How AWS is reached. */
export const aws: z.ZodType<AwsJobOptions> = strict({
  region: z.string().min(1).nullable().optional(),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .optional()
    .describe("for private endpoints and stores like S3"),
  kms_key: z.string().min(1).nullable().optional().describe("key in KMS that every object written is encrypted with"),
  expected_bucket_owner: z
    .union([account, z.record(z.string(), account)])
    .nullable()
    .optional()
    .describe("account that must own the bucket: one for all buckets, or by bucket"),
  requester_pays: z.boolean().nullable().optional(),
  path_style: z.boolean().nullable().optional().describe("https://endpoint/bucket/key; with an endpoint unless told"),
  conditional_writes: z
    .boolean()
    .optional()
    .describe("false: for stores like S3 that lack them; then see to it yourself that no two runs of the job meet"),
});
