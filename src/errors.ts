/** What the caller can do about an error; a scheduler needs nothing more: `fix` is exit code 2, `retry` is 75. */
export type Recovery = "fix" | "retry";

/** Every error of this package. README has the same table. */
export type ErrorCode =
  | "JOB_UNREADABLE"
  | "JOB_INVALID"
  | "RULE_DUPLICATE"
  | "RULE_UNFIT"
  | "KEY_MISSING"
  | "KEY_WEAK"
  | "PACKAGE_MISSING"
  | "SOURCE_MISSING"
  | "INPUT_GONE"
  | "TARGET_OVERLAPS"
  | "TARGET_FOREIGN"
  | "TARGET_COLLIDES"
  | "TARGET_BUSY"
  | "VERSION_MISSING"
  | "SHARDS_UNPLANNED"
  | "SHARDS_UNFINISHED"
  | "FORMAT_UNKNOWN"
  | "COLUMN_MISSING"
  | "COLUMN_UNLISTED"
  | "COLUMN_DUPLICATE"
  | "COLUMN_TYPE"
  | "SCHEMA_DIFFERS"
  | "SCHEMA_DRIFT"
  | "INPUT_MALFORMED"
  | "INPUT_TRUNCATED"
  | "INPUT_ENCRYPTED"
  | "INPUT_UNSUPPORTED"
  | "CSV_ENCODING"
  | "CSV_RAGGED"
  | "CSV_QUOTE"
  | "CSV_TYPE"
  | "CELL_UNEXAMINED"
  | "IMAGE_MISSING"
  | "IMAGE_UNREADABLE"
  | "IMAGE_UNSUPPORTED"
  | "IMAGE_TOO_LARGE"
  | "DETECTOR_FAILED"
  | "SERVICE_DENIED"
  | "BUDGET_SPENT"
  | "CATALOG_MISSING"
  | "CATALOG_UNFIT"
  | "CATALOG_FAILED"
  | "STORE_DENIED"
  | "STORE_REFUSED"
  | "STORE_FULL"
  | "STORE_FAILED"
  | "STORE_CONFLICT"
  | "CHECK_FAILED"
  | "STOPPED";

const SAYS: Readonly<Record<ErrorCode, readonly [Recovery, string]>> = {
  JOB_UNREADABLE: ["fix", "The job file cannot be read as YAML or JSON; check its path and its syntax"],
  JOB_INVALID: ["fix", "The job is not valid; correct this key (`phimask schema` prints what is allowed)"],
  RULE_DUPLICATE: ["fix", "Two rules name the same column; leave one"],
  RULE_UNFIT: ["fix", "This rule cannot be used here; choose another mask"],
  KEY_MISSING: [
    "fix",
    "A key is needed and none was found; set it where policy.key says (`phimask key` prints a new one)",
  ],
  KEY_WEAK: ["fix", "The key is shorter than 32 bytes; use a longer one (`phimask key` prints a new one)"],
  PACKAGE_MISSING: ["fix", "This job needs an optional package; install it"],
  SOURCE_MISSING: ["fix", "There is nothing at the source; check its path"],
  INPUT_GONE: [
    "fix",
    "The rules changed, and the input of a file that target.gone keeps is gone; bring it back or set target.gone to remove",
  ],
  TARGET_OVERLAPS: ["fix", "Source and target overlap; choose a target outside the source"],
  TARGET_FOREIGN: ["fix", "The target holds files that no run of phimask wrote; choose an empty target or remove them"],
  TARGET_COLLIDES: ["fix", "Two files would get one name in the target; set target.names to hash"],
  TARGET_BUSY: ["retry", "Another run is at work on this target; run again when it has ended"],
  VERSION_MISSING: [
    "fix",
    "There is no such version to go back to; _phimask/current of the target lists those that stay",
  ],
  SHARDS_UNPLANNED: [
    "fix",
    "There is no work list of this job for so many shards; run `phimask plan --shards n` first",
  ],
  SHARDS_UNFINISHED: ["retry", "Not every shard has done its part; run those that have not, then --finish again"],
  FORMAT_UNKNOWN: ["fix", "The format of this file is not known; set source.format to csv, parquet or arrow"],
  COLUMN_MISSING: ["fix", "The job names a column that the data lacks; correct the name or remove the rule"],
  COLUMN_UNLISTED: [
    "fix",
    "The data has a column that the job does not name; add a rule (keep, drop or a mask) or set policy.unlisted",
  ],
  COLUMN_DUPLICATE: ["fix", "The data has this column name more than once; rename it at the source or drop the rule"],
  COLUMN_TYPE: ["fix", "The mask cannot work on this column's type; choose another mask"],
  SCHEMA_DIFFERS: ["fix", "The files of the source do not share one schema; mask them by separate jobs or align them"],
  SCHEMA_DRIFT: [
    "fix",
    "A column has another type than in the files that are there; correct the source, or take it as it is by `run --full`",
  ],
  INPUT_MALFORMED: ["fix", "The file cannot be read in its format; it is damaged or of another format"],
  INPUT_TRUNCATED: ["fix", "The file ends too early; it is damaged or still being written"],
  INPUT_ENCRYPTED: ["fix", "The file is encrypted; decrypt it first"],
  INPUT_UNSUPPORTED: ["fix", "The file uses a feature that phimask does not read; write it again without it"],
  CSV_ENCODING: ["fix", "The text is not in the declared encoding; set source.csv.encoding"],
  CSV_RAGGED: ["fix", "The row has another number of cells than the header; repair it or check source.csv.delimiter"],
  CSV_QUOTE: ["fix", "A quote stands where none may or is never closed; repair the row or check source.csv.quote"],
  CSV_TYPE: ["fix", "A cell is no value of its column's declared type; repair it or change source.csv.types"],
  CELL_UNEXAMINED: [
    "fix",
    "A cell could not be examined, so nothing was written; repair it or set policy.on_error to withhold",
  ],
  IMAGE_MISSING: [
    "fix",
    "A row links to an image that is not there; repair the link or set policy.on_error to withhold",
  ],
  IMAGE_UNREADABLE: [
    "fix",
    "An image cannot be read, so nothing was written; repair it or set policy.on_error to withhold",
  ],
  IMAGE_UNSUPPORTED: [
    "fix",
    "An image is of a kind that phimask cannot examine; convert it or set policy.on_error to withhold",
  ],
  IMAGE_TOO_LARGE: [
    "fix",
    "An image is larger than the job allows; raise limits.image_megapixels or set policy.on_error to withhold",
  ],
  DETECTOR_FAILED: ["retry", "The detector gave no answer; run again"],
  SERVICE_DENIED: ["fix", "The service refused the call; check credentials, permissions, region and endpoint"],
  BUDGET_SPENT: ["fix", "The next call would cost more than the job may spend; raise the limit"],
  CATALOG_MISSING: ["fix", "The catalog has no such database or table; create it or correct its name"],
  CATALOG_UNFIT: [
    "fix",
    "The catalog cannot hold this dataset as it is; change what is named, or leave out target.glue",
  ],
  CATALOG_FAILED: ["retry", "The catalog failed; run again"],
  STORE_DENIED: ["fix", "The store denied access; check permissions and credentials"],
  STORE_REFUSED: ["fix", "The store refused the request; check bucket, region, endpoint and encryption key"],
  STORE_FULL: ["retry", "No space is left where the output is written; free some and run again"],
  STORE_FAILED: ["retry", "The store failed; run again"],
  STORE_CONFLICT: ["retry", "The object changed while it was read or written; run again"],
  CHECK_FAILED: [
    "fix",
    "A check on the masked data failed, so nothing was published; see the report and correct the job",
  ],
  STOPPED: ["retry", "The run was stopped; run again to continue"],
};

/** A place in the data or the job, never its content. `row` and `line` count from 1; a header is not a row. */
export interface Place {
  /** A table file by its path within the source. */
  readonly file?: string;
  readonly column?: string;
  readonly row?: number;
  readonly line?: number;
  /** A byte offset. */
  readonly byte?: number;
  /** A key of the job, such as `columns.note.mask`. */
  readonly key?: string;
  /** What should stand there, in words of our own: never a piece of the input. */
  readonly expected?: string;
}

/**
 * The one error this package throws. Its message is made of a fixed sentence and a place, and it carries no cause:
 * parsers and services put cells into their own messages.
 */
export class MaskingError extends Error {
  override readonly name = "MaskingError";
  readonly code: ErrorCode;
  readonly place: Place;
  readonly recovery: Recovery;

  constructor(code: ErrorCode, place: Place = {}) {
    super(sentence(SAYS[code][1], place));
    this.code = code;
    this.place = place;
    this.recovery = SAYS[code][0];
  }

  /** The same error at a place known more closely; what is already known stays. */
  at(place: Place): MaskingError {
    return new MaskingError(this.code, { ...place, ...this.place });
  }
}

/** Codes with their recovery and sentence, for documentation. */
export const ERROR_TABLE: typeof SAYS = SAYS;

function sentence(says: string, place: Place): string {
  const where = Object.entries(place).filter(([, value]) => value !== undefined);
  if (where.length === 0) return `${says}.`;
  return `${says} (${where.map(([name, value]) => `${name} ${value}`).join(", ")}).`;
}
