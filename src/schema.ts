import * as z from "zod";
import { dicomSchema } from "./dicom-schema.ts";
import type { ColumnRule, JobFile, OperatorOptions } from "./jobfile.ts";
import { aws, glue, glueTarget, imageEngine, textEngine } from "./schema/aws.ts";
import { checks } from "./schema/checks.ts";
import { csv, targetCsv } from "./schema/csv.ts";
import { lineageSchema } from "./schema/lineage.ts";

/** The kinds of PHI a job may name. */
const phiType = z.enum(["NAME", "AGE", "DATE", "ADDRESS", "PHONE_OR_FAX", "EMAIL", "ID", "URL", "PROFESSION", "OTHER"]);

/** Kinds with a form of their own, which a surrogate keeps. */
const surrogateType = z.enum([
  ...phiType.options,
  ...(["SSN", "ZIP", "STREET", "CITY", "STATE", "COUNTRY", "FACILITY", "IP", "PHONE", "FAX"] as const),
]);

const strict = z.strictObject;
const known = z
  .array(z.string())
  .describe("columns of the same row whose values are looked for in this one, whatever the detector says");

/** Operators: for whole cells as a column's `mask`, and for findings in text under `operators`. */
const operatorRules = [
  strict({ mask: z.literal("label"), type: phiType.optional() }).describe("[NAME] in place of the value"),
  strict({ mask: z.literal("redact") }).describe("nothing in place of the value"),
  strict({
    mask: z.literal("mask"),
    character: z.string().min(1).max(1).optional(),
    keep_last: z.int().min(0).max(4).optional(),
  }).describe("one character for each character"),
  strict({ mask: z.literal("hash"), length: z.int().min(8).max(64).optional() }).describe(
    "keyed hash (HMAC-SHA-256), hex characters",
  ),
  strict({ mask: z.literal("uid") }).describe("another DICOM UID, the same in every table and image"),
  strict({ mask: z.literal("surrogate"), type: surrogateType.optional() }).describe(
    "a made-up value of the same kind and form",
  ),
  strict({ mask: z.literal("shift"), days: z.tuple([z.int(), z.int()]).optional() }).describe(
    "dates moved by whole days, the same for all dates of a subject; not under safe_harbor",
  ),
  strict({ mask: z.literal("date") }).describe("dates as the profile says: year, shift or keep"),
  strict({ mask: z.literal("year") }).describe("the year of a date"),
  strict({ mask: z.literal("age") }).describe("age in years, 90 and over as one class"),
  strict({ mask: z.literal("zip") }).describe("first three digits, 000 where too few people live"),
  strict({
    mask: z.literal("generalize"),
    width: z.union([z.number().positive(), z.enum(["month", "quarter", "year", "decade"])]).optional(),
    bins: z.array(z.number()).min(1).optional(),
  }).describe("numbers to the lower end of their bin"),
  strict({ mask: z.literal("encrypt") }).describe("AES-256-GCM under the job's key: reversible by who has it"),
  strict({ mask: z.literal("decrypt") }).describe("what `encrypt` made, back again"),
  strict({ mask: z.literal("null") }).describe("no value"),
  strict({ mask: z.literal("drop") }).describe("the column leaves the dataset"),
  strict({ mask: z.literal("keep") }).describe("the column stays as it is"),
] as const;

const operatorRule = z.discriminatedUnion("mask", operatorRules);
const operatorNames = [
  "label",
  "redact",
  "mask",
  "hash",
  "uid",
  "surrogate",
  "shift",
  "date",
  "year",
  "age",
  "zip",
  "generalize",
  "encrypt",
  "decrypt",
  "null",
  "drop",
  "keep",
] as const;
const bareOperator = z.enum(operatorNames);

const textRule = strict({
  mask: z.literal("text"),
  known: known.optional(),
}).describe("free text: findings are masked, the rest stays");

const colour = z.int().min(0).max(255);
const imageRule = strict({
  mask: z.literal("image"),
  to: z.string().min(1).optional().describe("folder or prefix of the masked images; needed where cells are links"),
  from: z.string().min(1).optional().describe("what relative links start from; the source's folder where left out"),
  known: known.optional(),
  text: z
    .enum(["phi", "all", "unknown"])
    .optional()
    .describe("covered: what is found (phi), every word, or all but words known to be harmless"),
  faces: z
    .boolean()
    .optional()
    .describe("faces are covered too; needs two packages that phimask names where they lack"),
  fill: z
    .union([z.enum(["black", "white", "grey"]), z.tuple([colour, colour, colour])])
    .optional()
    .describe("colour of what is covered; black where left out"),
  searchable: z.boolean().optional().describe("a masked PDF gets an invisible layer of the words that stay"),
  dicom: dicomSchema(z.union([bareOperator, operatorRule])).optional(),
}).describe("images that cells link to, or are: text that identifies somebody is covered");

const rule = z.discriminatedUnion("mask", [textRule, imageRule, ...operatorRules]);
const format = z.enum(["csv", "parquet", "arrow"]);
const source = strict({
  path: z
    .string()
    .min(1)
    .optional()
    .describe("file, folder, glob or prefix, relative to the job file, or s3://bucket/prefix/; - for stdin"),
  glue: glue
    .extend({
      expression: z.string().min(1).max(2048).optional().describe("partitions to read, such as year = 2025"),
    })
    .optional()
    .describe("in place of path: a table of the Glue Data Catalog, with its place, format and partitions"),
  format: z
    .enum([...format.options, "images", "dicom"])
    .optional()
    .describe(
      "told by the file names where left out; images: each file is an image, its one column is named image; dicom: as images, of DICOM files alone, with an index as Parquet",
    ),
  partition_by: z.array(z.string()).optional().describe("columns in the folder names, such as region=north/"),
  csv: csv.optional(),
});
const target = strict({
  path: z
    .string()
    .min(1)
    .describe("folder, or s3://bucket/prefix/; for one file as the source also a file; - for stdout"),
  format: format.optional().describe("as the source where left out"),
  publish: z
    .enum(["in_place", "versioned"])
    .optional()
    .describe("file by file, or every run as a folder of its own with every file; in_place where left out"),
  keep_versions: z.int().min(1).max(1000).optional().describe("versions that stay; 3 where left out"),
  gone: z.enum(["remove", "keep"]).optional().describe("outputs whose input is gone; remove where left out"),
  names: z
    .enum(["keep", "hash"])
    .optional()
    .describe("file names as in the source, or by keyed hash where names of files may carry PHI"),
  csv: targetCsv.optional(),
  glue: glueTarget.optional().describe("the table of the Glue Data Catalog to create or update; files must be on S3"),
});

const keySource = z.union([
  strict({ env: z.string().min(1) }),
  strict({ file: z.string().min(1) }),
  strict({ secrets_manager: z.string().min(1), field: z.string().min(1).optional() }).describe(
    "name or ARN of a secret; field: the pair that holds the key, where the secret is key/value pairs",
  ),
]);

const policy = strict({
  profile: z.enum(["safe_harbor", "limited_data_set", "expert_determination", "strict"]).optional(),
  key: keySource.optional().describe("where the key is; {env: PHIMASK_KEY} where left out"),
  subject: z.string().optional().describe("column that names the person"),
  day_first: z.boolean().optional().describe("dates such as 03/04/2024 stand day first, in columns and in text"),
  as_of: z.iso.date().optional().describe("day that ages are counted to; the day of the run where left out"),
  unlisted: z.enum(["fail", "drop", "keep"]).optional(),
  on_error: z.enum(["fail", "withhold"]).optional(),
  zip3: z.enum(["union", "2000", "2020"]).optional().describe("census vintage of the restricted ZIP3 list"),
});

const language = z.enum(["en", "es"]);

const detect = strict({
  text: z
    .union([textEngine, z.array(textEngine).min(1)])
    .optional()
    .describe("what finds PHI in text; of several, what any of them finds is masked"),
  image: z
    .union([imageEngine, z.array(imageEngine).min(1)])
    .optional()
    .describe("what reads the text of images; of several, what any of them reads counts; embedded where left out"),
  min_score: z.number().min(0).max(1).optional(),
  language: z
    .union([language, z.array(language).min(1)])
    .optional()
    .describe("what the embedded detector reads: en, es or [en, es]; en where left out"),
});

const limits = strict({
  usd: z.number().min(0).optional().describe("dollars; a call that would pass them is not made"),
  requests_per_second: z.number().positive().optional().describe("the account's quota; 40 where left out"),
  characters_per_second: z.number().positive().optional().describe("the account's quota; 40000 where left out"),
  image_requests_per_second: z
    .number()
    .positive()
    .optional()
    .describe("the account's quota at Rekognition and Textract; 5 where left out"),
  image_megapixels: z.number().positive().optional().describe("millions of pixels of a page; 200 where left out"),
  image_pages: z.int().positive().optional().describe("pages or frames of an image; 2000 where left out"),
});

const typedTerm = z.union([z.string().min(1), strict({ term: z.string().min(1), type: phiType })]);

/** One rule of a column, its shorthand already spelled out. */
export const ruleSchema: z.ZodType<ColumnRule> = rule;
/** One operator for findings, its shorthand already spelled out. */
export const operatorSchema: z.ZodType<OperatorOptions> = operatorRule;

/** The whole job file, in the form that people write it. `columns` and `operators` are checked rule by rule. */
export const jobSchema: z.ZodType<JobFile> = strict({
  version: z.literal(1),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/)
    .optional(),
  source: source.optional(),
  target: target.optional(),
  policy: policy.optional(),
  detect: detect.optional(),
  columns: z.record(z.string(), z.union([z.enum(["text", "image", ...operatorNames]), rule])),
  operators: z
    .partialRecord(z.union([phiType, z.literal("default")]), z.union([bareOperator, operatorRule]))
    .optional()
    .describe("what becomes of findings in text, by type; label where left out"),
  allow: strict({
    terms: z.array(z.string().min(1)).optional(),
    patterns: z.array(z.string().min(1)).optional(),
  }).optional(),
  deny: strict({ terms: z.array(typedTerm).optional(), patterns: z.array(z.string().min(1)).optional() }).optional(),
  limits: limits.optional(),
  aws: aws.optional(),
  checks: checks.optional(),
  state: strict({ path: z.string().min(1) })
    .optional()
    .describe("private folder for plain input paths"),
  lineage: lineageSchema.optional(),
});

/** The JSON Schema of job files, for editors: what `phimask schema` prints. */
export function jobJsonSchema(): object {
  return { title: "phimask job", ...z.toJSONSchema(jobSchema, { target: "draft-2020-12", io: "input" }) };
}
