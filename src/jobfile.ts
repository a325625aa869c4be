import type { DicomRule } from "./dicom-rule.ts";
import type { AwsJobOptions, BatchEngine, GlueSourceOptions, GlueTargetOptions } from "./jobfile/aws.ts";
import type { Leaf, PhiType } from "./types.ts";

export type {
  AwsJobOptions,
  BatchEngine,
  GlueOptions,
  GlueSourceOptions,
  GlueTargetOptions,
} from "./jobfile/aws.ts";

/**
 * A job as it stands in its YAML or JSON file, shorthands included: what `phimask schema` describes. README explains
 * each key.
 */
export interface JobFile {
  readonly version: 1;
  /** Letters, digits, `_`, `.`, `-`. The job file's own name where left out. */
  readonly name?: string | undefined;
  readonly source?: SourceOptions | undefined;
  readonly target?: TargetOptions | undefined;
  readonly policy?: PolicyOptions | undefined;
  readonly detect?: DetectOptions | undefined;
  /** A rule, or the name of a mask that needs no options, by column. */
  readonly columns: Readonly<Record<Leaf, ColumnRule | ColumnRule["mask"]>>;
  /** What becomes of findings in text; `label` unless told. */
  readonly operators?:
    | { readonly [type in PhiType | "default"]?: OperatorOptions | OperatorOptions["mask"] | undefined }
    | undefined;
  readonly allow?:
    | { readonly terms?: readonly string[] | undefined; readonly patterns?: readonly string[] | undefined }
    | undefined;
  readonly deny?: DenyOptions | undefined;
  readonly limits?: LimitOptions | undefined;
  readonly aws?: AwsJobOptions | undefined;
  readonly checks?: CheckOptions | undefined;
  /** Private folder for plain input paths. */
  readonly state?: { readonly path: string } | undefined;
  readonly lineage?: LineageOptions | undefined;
}

/** By `path` or by `glue`, never both. */
export interface SourceOptions {
  /** File, folder, glob or prefix, relative to the job file, or below `s3://bucket/`; `-` is stdin. */
  readonly path?: string | undefined;
  readonly glue?: GlueSourceOptions | undefined;
  /** Told by the file names where left out. */
  readonly format?: "csv" | "parquet" | "arrow" | "images" | "dicom" | undefined;
  /** Columns in the folder names, such as `region=north/`; found by themselves where left out. */
  readonly partition_by?: readonly string[] | undefined;
  readonly csv?: CsvOptions | undefined;
}

export interface TargetOptions {
  /** Folder, also below `s3://bucket/`; for one file as the source also a file; `-` is stdout. */
  readonly path: string;
  /** As the source where left out. */
  readonly format?: "csv" | "parquet" | "arrow" | undefined;
  /** File by file, or every run as a folder of its own with every file: `in_place` where left out. */
  readonly publish?: "in_place" | "versioned" | undefined;
  /** Versions that stay, the one in force among them; 3 where left out. */
  readonly keep_versions?: number | undefined;
  /** What becomes of outputs whose input is gone: `remove` where left out. */
  readonly gone?: "remove" | "keep" | undefined;
  /** File names as in the source, or by keyed hash where the names of files may carry PHI. */
  readonly names?: "keep" | "hash" | undefined;
  readonly csv?: TargetCsvOptions | undefined;
  /** The table that the dataset is published as, created or updated; the files must be on S3. */
  readonly glue?: GlueTargetOptions | undefined;
}

/** How CSV files are written, where it is not as in the source. */
export interface TargetCsvOptions extends Omit<CsvOptions, "types"> {
  /** As the file's name in the source tells where left out: packed where it ends in `.gz`. */
  readonly compression?: "gzip" | "none" | undefined;
}

export interface CsvOptions {
  readonly delimiter?: string | undefined;
  readonly quote?: string | null | undefined;
  readonly header?: boolean | undefined;
  readonly encoding?: string | undefined;
  /** The unquoted text that stands for no value. */
  readonly null?: string | undefined;
  /** Types of columns where the target is not CSV; text where left out; `infer` reads them off the whole file. */
  readonly types?: "infer" | Readonly<Record<string, string>> | undefined;
}

/** What is looked at again before a run publishes; a check that fails publishes nothing. */
export interface CheckOptions {
  /** Rows of each output as of its input, counted in what was stored: `true` where left out. */
  readonly rows_equal?: boolean | undefined;
  /** Untouched columns as they were, compared in the rows of the sample: `true` where left out. */
  readonly untouched_equal?: boolean | undefined;
  /** No known value of a row left in its masked texts, every row searched: `true` where left out. */
  readonly known_absent?: boolean | undefined;
  /** Rows whose masked texts are examined again; 500 where left out, 0 for none. */
  readonly residual_sample?: number | undefined;
  /** Share of those texts in which something may be found, 0 to 1; where left out 0.05, or no bound without `embedded`. */
  readonly residual_limit?: number | undefined;
}

export interface PolicyOptions {
  readonly profile?: "safe_harbor" | "limited_data_set" | "expert_determination" | "strict" | undefined;
  /** Where the key is; `{env: PHIMASK_KEY}` where left out. */
  readonly key?: KeySource | undefined;
  /** Column that names the person. */
  readonly subject?: Leaf | undefined;
  /** ISO day that ages are counted to; the day of the run where left out. */
  readonly as_of?: string | undefined;
  /** `03/04/2024` is 3 April; where left out, 4 March. */
  readonly day_first?: boolean | undefined;
  readonly unlisted?: "fail" | "drop" | "keep" | undefined;
  readonly on_error?: "fail" | "withhold" | undefined;
  /** Census vintage of the ZIP3 list that becomes 000. */
  readonly zip3?: "union" | "2000" | "2020" | undefined;
}

/** Where the key is. `field`: the pair that holds it, where the secret is key/value pairs. */
export type KeySource =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly secrets_manager: string; readonly field?: string | undefined };

/** What finds PHI in text. */
export type TextEngine = "embedded" | "comprehend_medical";

/** What reads the text of images, and finds faces in them. */
export type ImageEngine = "embedded" | "rekognition" | "textract";

export interface DetectOptions {
  /** One, or several: then what any of them finds is masked. */
  readonly text?: TextEngine | BatchEngine | readonly (TextEngine | BatchEngine)[] | undefined;
  /** One, or several: then what any of them sees counts. `embedded` where left out. */
  readonly image?: ImageEngine | readonly ImageEngine[] | undefined;
  /** Findings below this score, 0 to 1, are left alone; 0 unless told. */
  readonly min_score?: number | undefined;
  readonly language?: "en" | "es" | readonly ("en" | "es")[] | undefined;
}

/** Bounds of what the services of a job are asked, over all of its calls. */
export interface LimitOptions {
  /** Dollars; a call that would pass them is not made. */
  readonly usd?: number | undefined;
  readonly requests_per_second?: number | undefined;
  readonly characters_per_second?: number | undefined;
  /** At Rekognition, and at Textract; 5 where left out. */
  readonly image_requests_per_second?: number | undefined;
  /** Millions of pixels of a page; 200 where left out. */
  readonly image_megapixels?: number | undefined;
  /** Pages or frames of an image; 2000 where left out. */
  readonly image_pages?: number | undefined;
}

/** Where events of OpenLineage go; where it says nothing, where the variables of OpenLineage's own clients say. */
export interface LineageOptions {
  readonly openlineage?:
    | {
        /** Of a collector; `/api/v1/lineage` is added. */
        readonly url?: string | null | undefined;
        /** Of the job; `default` where left out. */
        readonly namespace?: string | null | undefined;
        /** Events are added to this file, one a line; relative to the working folder. */
        readonly file?: string | undefined;
        /** Events go to stderr. */
        readonly console?: boolean | undefined;
      }
    | undefined;
}

export interface DenyOptions {
  readonly terms?: readonly (string | { readonly term: string; readonly type: PhiType })[] | undefined;
  /** Regular expressions of JavaScript. */
  readonly patterns?: readonly string[] | undefined;
}

/** What becomes of one column. */
export type ColumnRule = TextRule | ImageRule | OperatorOptions;

/** Free text: what is found in it is masked, the rest stays. */
export interface TextRule {
  readonly mask: "text";
  /** Columns of the same row whose values are looked for in this one, whatever the detector says. */
  readonly known?: readonly Leaf[] | undefined;
}

/** Images that the cells link to, or are: what identifies somebody in them is covered. */
export interface ImageRule {
  readonly mask: "image";
  /** Folder or prefix of the masked images; needed where cells are links. */
  readonly to?: string | undefined;
  /** Folder or prefix that relative links start from; the source's own where left out. */
  readonly from?: string | undefined;
  readonly known?: readonly Leaf[] | undefined;
  /** `phi`: what detectors and known values find; `all`: every word; `unknown`: all but harmless words. */
  readonly text?: "phi" | "all" | "unknown" | undefined;
  /** True: faces are covered too. */
  readonly faces?: boolean | undefined;
  readonly fill?: "black" | "white" | "grey" | readonly [number, number, number] | undefined;
  /** True: a masked PDF gets an invisible layer of the words that stay. */
  readonly searchable?: boolean | undefined;
  readonly dicom?: DicomRule | undefined;
}

/** What a surrogate is made as: a kind of PHI, or a narrower one with a form of its own. */
export type SurrogateType =
  | PhiType
  | "SSN"
  | "ZIP"
  | "STREET"
  | "CITY"
  | "STATE"
  | "COUNTRY"
  | "FACILITY"
  | "IP"
  | "PHONE"
  | "FAX";

/** How wide the bins of dates are. */
export type CalendarWidth = "month" | "quarter" | "year" | "decade";

/** An operator with its options, for a whole cell or for findings in text. */
export type OperatorOptions =
  | { readonly mask: "label"; readonly type?: PhiType | undefined }
  | { readonly mask: "surrogate"; readonly type?: SurrogateType | undefined }
  | { readonly mask: "mask"; readonly character?: string | undefined; readonly keep_last?: number | undefined }
  | { readonly mask: "hash"; readonly length?: number | undefined }
  | { readonly mask: "shift"; readonly days?: readonly [number, number] | undefined }
  | {
      readonly mask: "generalize";
      readonly width?: number | CalendarWidth | undefined;
      readonly bins?: readonly number[] | undefined;
    }
  | {
      readonly mask:
        | "redact"
        | "uid"
        | "date"
        | "year"
        | "age"
        | "zip"
        | "encrypt"
        | "decrypt"
        | "null"
        | "drop"
        | "keep";
    };
