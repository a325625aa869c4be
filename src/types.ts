/**
 * The nouns and the ports that every part shares. Types only: this file runs
 * nothing and imports nothing but Arrow's types. Everything is read-only.
 */
import type { RecordBatch, Schema } from "apache-arrow";

/**
 * A column by its path from the root, parts joined by dots: `note`,
 * `address.line`, `addresses.list.element.line` (Parquet's own spelling of a list).
 */
export type Leaf = string;

/** One schema, then its batches, pulled one at a time by whoever reads last. */
export interface BatchStream {
  readonly schema: Schema;
  readonly batches: AsyncIterable<RecordBatch>;
}

/** Counters of one column; whole numbers only. A cell of a nested column is one value in a list. */
export interface ColumnCounts {
  cells: number;
  /** Cells that changed. */
  masked: number;
  /** Cells that could not be examined and read `[WITHHELD]` (null where the column is not text). */
  withheld: number;
  readonly found: Partial<Record<PhiType, number>>;
  /**
   * By detector, where several look at a column of text: findings that would have been left, in whole or in part, had it
   * been the only one. What the row's own values and denied terms find is masked in any case.
   */
  missed?: Record<string, number>;
}

/** Where the steps of a run count what they did. Numbers only, so no cell can enter a report. */
export interface Tally {
  addRows(count: number): void;
  column(leaf: Leaf): ColumnCounts;
  addCall(service: string, units: number, usd: number): void;
}

/** What a run lends to each step: where to count, and when to stop. */
export interface RunContext {
  readonly tally: Tally;
  readonly signal: AbortSignal;
  /** True where nothing may be written: the rows are only to be shown. */
  readonly dry?: boolean;
  /** Folders of the partition that the rows go to, a slash behind each, as in `region=north/`; none where left out. */
  readonly folder?: string;
}

/** The kinds of PHI: Comprehend Medical's own names where it has one, `OTHER` for what it has not. */
export type PhiType =
  | "NAME"
  | "AGE"
  | "DATE"
  | "ADDRESS"
  | "PHONE_OR_FAX"
  | "EMAIL"
  | "ID"
  | "URL"
  | "PROFESSION"
  | "OTHER";

/**
 * A stretch of a text that is PHI. `start` and `end` count UTF-16 code units,
 * end exclusive, so `text.slice(start, end)` is the finding.
 */
export interface Finding {
  readonly type: PhiType;
  readonly start: number;
  readonly end: number;
  /** How sure the detector is, 0 to 1. */
  readonly score: number;
  /**
   * The narrower kind where the detector knows it: SSN, MRN, ACCOUNT, CARD, VIN, ZIP, STREET, CITY, STATE,
   * COUNTRY, FACILITY, PHONE, FAX, IP, YEAR, KNOWN, DENIED. Upper case, never a piece of the text.
   */
  readonly detail?: string;
}

/** Finds PHI in text. One answer a text, in order; on any failure it throws and answers nothing. */
export interface Detector {
  readonly name: string;
  /** Changes whenever an answer may change: it is part of what decides whether a file must be masked anew. */
  readonly version: string;
  detect(texts: readonly string[], run: RunContext): Promise<readonly (readonly Finding[])[]>;
}

/** The person whom a row is about, as far as an operator may know: shifts and surrogates agree within a subject. */
export interface Subject {
  /** Canonical text of the subject column; null where the job names none or the cell is empty. */
  readonly id: string | null;
}

/**
 * Turns a finding's text into its replacement. Built once from checked options, so a bad option fails before the
 * first row. Pure: the same text, type, subject and key give the same answer.
 */
export type Operator = (text: string, finding: Finding, row: Subject) => string;

declare const masked: unique symbol;
/** Text that an operator has let pass. Only `transforms/operators/apply.ts` makes one. */
export type Masked = string & { readonly [masked]: true };
/** A value that an operator has let pass, of any type a column can hold. Made where `Masked` is made. */
export type MaskedValue = Masked | ((number | bigint | boolean | Uint8Array) & { readonly [masked]: true });

/**
 * A value as a column stores it. Text is `string`; 8 to 32-bit integers, floats and Date32 (days since 1970-01-01) are
 * `number`; 64-bit integers, Date64 (milliseconds), Timestamp and Time64 (in the column's own unit) and Decimal
 * (unscaled) are `bigint`; Bool is `boolean`; Binary is `Uint8Array`.
 */
export type Cell = string | number | bigint | boolean | Uint8Array;

/** A step of the pipeline: batch in, batch out, same rows in the same order. */
export interface Transform {
  readonly name: string;
  /** Columns that `apply` needs to see, those it writes included. */
  readonly reads: readonly Leaf[];
  /** Columns that `apply` replaces or drops; no two transforms of a job write the same one. */
  readonly writes: readonly Leaf[];
  /** True where what a cell becomes depends on nothing but its own value, so that equal values may be masked once. */
  readonly byValue: boolean;
  /** The schema after this step. Throws when the step cannot work on `schema`, before any row is read. */
  plan(schema: Schema): Schema;
  readonly survey?: Survey; // a look over all files of a dataset, new or not, before `apply`
  /** `batch` with the written columns replaced. It always sees the batch as it was read, never another step's result. */
  apply(batch: RecordBatch, run: RunContext): Promise<RecordBatch>;
}

/** Where rows that a survey sees go, as in `RunContext`, and which of the processes that share a run masks them. */
export interface RowsFrom {
  readonly folder: string;
  readonly shard?: number;
}

/** `reads`: what it needs of such a file; `again`: asked after all files; `settle`: the dataset is published. */
export interface Survey {
  reads(schema: Schema): readonly Leaf[];
  see(stream: BatchStream, from?: RowsFrom): Promise<void>;
  again(): boolean;
  settle(): Promise<void>;
}

/** Looks at the masked texts of a column with the eyes of another detector. */
export interface TextCheck {
  readonly leaf: Leaf;
  /** In how many texts something is found that they held before: what a mask made is not counted. Side by side. */
  look(originals: readonly string[], masked: readonly string[], run: RunContext): Promise<number>;
}

/** Bytes as they are, or a range that the store may copy by itself. `start` and `end` count bytes, end exclusive. */
export type Piece =
  | Uint8Array
  | { readonly copy: { readonly uri: string; readonly etag: string; readonly start: number; readonly end: number } };

export interface StoredObject {
  readonly uri: string;
  /** Bytes. */
  readonly size: number;
  /** Changes when the content does. */
  readonly etag: string;
  /** Hex; there where the bytes passed through this process as they were written. */
  readonly sha256?: string;
}

/** Half-open range of bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes by URI, on disk or in a bucket. Every failure is a `MaskingError` with a store's code. */
export interface ObjectStore {
  readonly name: string;
  /** Every object under the prefix, in order of its URI by code unit. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** The object as it stands, or undefined where there is none. */
  head(uri: string): Promise<StoredObject | undefined>;
  /** The bytes, in chunks of the store's choosing. `ifMatch`: an etag; another content is STORE_CONFLICT. */
  read(uri: string, options?: { readonly range?: ByteRange; readonly ifMatch?: string }): AsyncIterable<Uint8Array>;
  /** All or nothing: the object is seen under `uri` only once `pieces` has ended. `ifNoneMatch: "*"`: only if new. */
  write(
    uri: string,
    pieces: AsyncIterable<Piece>,
    options?: { readonly ifMatch?: string; readonly ifNoneMatch?: "*" },
  ): Promise<StoredObject>;
  /**
   * The object under another name as well, without its bytes passing through here where the store can do that; what was
   * there is replaced, whole at any time. On a disk it is one file with two names: written anew, never changed in place.
   */
  copy(from: string, to: string): Promise<StoredObject>;
  /** The object under another name of this store, whole at any time; what was there is replaced. */
  move(from: string, to: string): Promise<StoredObject>;
  /** No error where there is none. */
  remove(uri: string): Promise<void>;
}

/** A file to read from: the object as it was listed, and its bytes by range. A read of changed content throws. */
export interface ReadableObject extends StoredObject {
  read(range?: ByteRange): AsyncIterable<Uint8Array>;
}

/** The leaves that a rewrite must hand over. */
export interface Touched {
  /** Leaves that the mask reads, those it writes included. */
  readonly reads: readonly Leaf[];
  /** Leaves that the mask replaces or drops. */
  readonly writes: readonly Leaf[];
  /** The leaves of `writes` whose answer depends on nothing but the value: distinct values may be handed over alone. */
  readonly byValue: readonly Leaf[];
}

/** One file layout of a table. */
export interface TableFormat {
  readonly name: "csv" | "parquet" | "arrow" | "images" | "dicom";
  /** The schema without reading rows (CSV: the header; its types are declared or text). */
  schema(file: ReadableObject): Promise<Schema>;
  /** Bytes and cells of text leaves by the file's own account, no cell read. Absent where formats keep none. */
  textSize?(file: ReadableObject, leaves: readonly Leaf[]): Promise<{ readonly bytes: number; readonly cells: number }>;
  /** All of the table, or the given leaves of it. */
  read(file: ReadableObject, leaves?: readonly Leaf[]): Promise<BatchStream>;
  write(stream: BatchStream): AsyncIterable<Uint8Array>;
  /**
   * The file again with the touched leaves masked and the rest byte for byte.
   *
   * `mask` is called one or more times with streams of the touched leaves. Row-aligned streams hold `reads`; a leaf
   * of `byValue` may come alone, once for each distinct value, with a count column (`COUNTS` of `src/batch.ts`).
   * A leaf inside lists comes as one `List` column named by its path, the row's non-null values in order.
   * The mask's answer has the same rows; a leaf that its schema lacks is dropped from the file, one whose type
   * changed has its schema, levels and metadata rebuilt. `onRows` hears how many rows have passed, all of them once.
   */
  rewrite(
    file: ReadableObject,
    touched: Touched,
    mask: (stream: BatchStream) => BatchStream,
    onRows?: (count: number) => void,
  ): AsyncIterable<Piece>;
}
