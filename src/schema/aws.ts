import * as z from "zod";
import type { AwsJobOptions } from "../jobfile.ts";

const account = z.string().regex(/^\d{12}$/);
/** The job's `aws`: how AWS is reached. */
export const aws: z.ZodType<AwsJobOptions> = z.strictObject({
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
});
