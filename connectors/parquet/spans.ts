import { MaskingError } from "../../src/errors.ts";
import type { RangeReader } from "./bytes.ts";
import {
  decodeIndices,
  decodeValues,
  ENCODING,
  gather,
  joinValues,
  PHYSICAL,
  sliceValues,
  type Values,
} from "./encodings.ts";
import type { Chunk } from "./footer.ts";
import { openedPages } from "./page-stream.ts";
import type { Levels, OpenPage, Page } from "./pages.ts";
import type { ParquetLeaf } from "./schema.ts";

/** Whole rows of a page, their values not yet looked up in the dictionary. */
export interface Span {
  /** Values with nulls and empty lists. */
  readonly levels: number;
  readonly definition?: Uint8Array;
  readonly repetition?: Uint8Array;
  readonly stored: Stored | Encoded;
}

/** Texts of a flat leaf, each with its length before it: decoded a window at a time, so that no page is held twice. */
export interface Encoded {
  readonly encoded: Uint8Array;
  /** True where they may be moved about there. */
  readonly own: boolean;
}

/** A chunk's dictionary, and the bytes of its longest entry. */
export interface Dictionary {
  readonly entries: Values;
  readonly longest: number;
}

/** Present values as a page holds them. */
export type Stored = { readonly values: Values } | { readonly indices: Int32Array; readonly dictionary: Dictionary };

/** The pages of a chunk as spans of whole rows: a row that goes on in the next page waits for it. */
export async function* spansOf(
  source: RangeReader,
  chunk: Chunk,
  leaf: ParquetLeaf,
): AsyncGenerator<Span, void, undefined> {
  let dictionary: Dictionary | undefined;
  let waiting: Lists | undefined;
  for await (const { page, data, entries } of openedPages(source, chunk, leaf)) {
    if (!data) {
      if (dictionary) throw new MaskingError("INPUT_MALFORMED", { byte: page.at, expected: "one dictionary" });
      dictionary = dictionaryOf(page, entries, leaf);
      continue;
    }
    const { values, own, ...levels } = data; // once decoded, the encoded values are not to stay in memory
    const counts = { ...levels, levels: data.count };
    if (!data.repetition && leaf.physical === PHYSICAL.BYTE_ARRAY && data.encoding === ENCODING.PLAIN) {
      yield { ...counts, stored: { encoded: values, own } };
      continue;
    }
    const span = { ...counts, stored: storedOf(page, data, dictionary, leaf) };
    if (!span.repetition) yield span;
    else {
      const { whole, rest } = split(span, waiting, leaf, page);
      yield* whole;
      waiting = rest;
    }
  }
  if (waiting) yield waiting;
}

/** The entries of a dictionary page. */
export function dictionaryOf(page: Page, encoded: Uint8Array, leaf: ParquetLeaf): Dictionary {
  try {
    const entries = decodeValues(ENCODING.PLAIN, leaf, encoded, page.count);
    return { entries, longest: longestOf(entries) };
  } catch (error) {
    throw placed(error, page, leaf);
  }
}

function longestOf(values: Values): number {
  if (values.kind !== "bytes") return widthOf(values);
  let longest = 0;
  for (let i = 1; i < values.offsets.length; i++) {
    longest = Math.max(longest, values.offsets[i]! - values.offsets[i - 1]!);
  }
  return longest;
}

/** Bytes of every value of a kind of one width. */
export function widthOf(values: Exclude<Values, { kind: "bytes" }>): number {
  return values.kind === "fixed" ? values.width : values.array.BYTES_PER_ELEMENT;
}

/** True where the page's values are indices into the dictionary. */
export function isIndexed(encoding: number): boolean {
  return encoding === ENCODING.PLAIN_DICTIONARY || encoding === ENCODING.RLE_DICTIONARY;
}

/** The present values of a data page, indices left as they are. */
export function storedOf(page: Page, data: OpenPage, dictionary: Dictionary | undefined, leaf: ParquetLeaf): Stored {
  try {
    if (!isIndexed(data.encoding)) return { values: decodeValues(data.encoding, leaf, data.values, data.present) };
    if (!dictionary) throw new MaskingError("INPUT_MALFORMED", { expected: "a dictionary before its indices" });
    const indices = data.present === 0 ? new Int32Array(0) : decodeIndices(data.values, data.present);
    return { indices, dictionary };
  } catch (error) {
    throw placed(error, page, leaf);
  }
}

function placed(error: unknown, page: Page, leaf: ParquetLeaf): unknown {
  return error instanceof MaskingError ? error.at({ byte: page.at, column: leaf.path.join(".") }) : error;
}

/** The present values from one up to another, as a view. */
export function partOfStored(stored: Stored, from: number, to: number): Stored {
  return "values" in stored
    ? { values: sliceValues(stored.values, from, to) }
    : { ...stored, indices: stored.indices.subarray(from, to) };
}

/** The values themselves, looked up where they are indices. */
export function valuesOf(stored: Stored): Values {
  return "values" in stored ? stored.values : gather(stored.dictionary.entries, stored.indices);
}

/** A page of lists: always decoded at once. */
interface Lists extends Span {
  readonly stored: Stored;
}

/** Cuts a page where its last row begins, and gives what it begins with to the row that waits. */
function split(span: Lists, waiting: Lists | undefined, leaf: Levels, page: Page): { whole: Lists[]; rest?: Lists } {
  const repetition = span.repetition!;
  if (span.levels === 0) return { whole: [], ...(waiting && { rest: waiting }) };
  const first = repetition.indexOf(0);
  if (first !== 0 && !waiting) {
    throw new MaskingError("INPUT_MALFORMED", { byte: page.at, expected: "a row before its values" });
  }
  if (first < 0) return { whole: [], rest: joined(waiting!, span) };
  const last = repetition.lastIndexOf(0);
  const whole: Lists[] = [];
  if (waiting) whole.push(first > 0 ? joined(waiting, partOf(span, 0, first, leaf)) : waiting);
  if (last > first) whole.push(partOf(span, first, last, leaf));
  return { whole, rest: partOf(span, last, span.levels, leaf) };
}

function partOf(span: Lists, from: number, to: number, leaf: Levels): Lists {
  const start = presentIn(span, 0, from, leaf);
  const end = start + presentIn(span, from, to, leaf);
  return {
    levels: to - from,
    ...(span.definition && { definition: span.definition.subarray(from, to) }),
    ...(span.repetition && { repetition: span.repetition.subarray(from, to) }),
    stored: partOfStored(span.stored, start, end),
  };
}

/** How many of the values from one level to another are not null. */
export function presentIn(span: Span, from: number, to: number, leaf: Levels): number {
  if (!span.definition) return to - from;
  let present = 0;
  for (let i = from; i < to; i++) if (span.definition[i] === leaf.maxDefinition) present++;
  return present;
}

function joined(one: Lists, two: Lists): Lists {
  return {
    levels: one.levels + two.levels,
    ...(one.definition && { definition: Buffer.concat([one.definition, two.definition!]) }),
    ...(one.repetition && { repetition: Buffer.concat([one.repetition, two.repetition!]) }),
    stored: { values: joinValues([valuesOf(one.stored), valuesOf(two.stored)]) },
  };
}
