import { MaskingError } from "../../src/errors.ts";
import type { ReadableObject } from "../../src/types.ts";
import { openRange } from "./bytes.ts";
import { closedUp, countOf, decodeValues, ENCODING } from "./encodings.ts";
import type { Chunk } from "./footer.ts";
import type { Levels } from "./pages.ts";
import { joinRows, type LeafRows } from "./rows.ts";
import type { ParquetLeaf } from "./schema.ts";
import { type Encoded, partOfStored, presentIn, type Span, type Stored, spansOf, valuesOf, widthOf } from "./spans.ts";

/** The rows of one column chunk, front to back. */
export interface ChunkCursor {
  /**
   * The next rows: at most `maxRows` of them and about `maxBytes` of values, at least one row, none of two pages;
   * undefined at the end.
   */
  take(maxRows: number, maxBytes: number): Promise<LeafRows | undefined>;
  /** As `take`, values of a dictionary not yet looked up. */
  takeStored(maxRows: number, maxBytes: number): Promise<StoredRows | undefined>;
  /** Exactly so many rows, one or more; fewer in the chunk is INPUT_MALFORMED. */
  takeRows(rows: number): Promise<LeafRows>;
  close(): Promise<void>;
}

/** Whole rows of one page. */
export interface StoredRows extends Omit<LeafRows, "values"> {
  readonly stored: Stored;
}

/** How far a span has been read. */
interface Position {
  readonly level: number;
  readonly value: number;
  /** Of texts that are not decoded yet: where the next one's length stands. */
  readonly byte: number;
}

const START: Position = { level: 0, value: 0, byte: 0 };

/** Reads a chunk of any page version, codec and encoding, its pages decompressed ahead of the reader. */
export function openChunk(file: ReadableObject, chunk: Chunk, leaf: ParquetLeaf): ChunkCursor {
  const source = openRange(file, chunk);
  const spans = spansOf(source, chunk, leaf);
  let span: Span | undefined;
  let at = START;

  const takeStored = async (maxRows: number, maxBytes: number): Promise<StoredRows | undefined> => {
    while (!span || at.level >= span.levels) {
      const next = await spans.next();
      if (next.done) return undefined;
      span = next.value;
      at = START;
    }
    const from = at;
    const { stored } = span;
    const end =
      "encoded" in stored
        ? cutEncoded(span, stored, from, leaf, maxRows, maxBytes)
        : cut(span, stored, from, leaf, maxRows, maxBytes);
    at = end;
    return {
      rows: end.rows,
      stored: "encoded" in stored ? decoded(stored, from, end, leaf) : partOfStored(stored, from.value, end.value),
      ...(span.definition && { definition: span.definition.subarray(from.level, end.level) }),
      ...(span.repetition && { repetition: span.repetition.subarray(from.level, end.level) }),
    };
  };
  const take = async (maxRows: number, maxBytes: number): Promise<LeafRows | undefined> => {
    const part = await takeStored(maxRows, maxBytes);
    return part && lookedUp(part);
  };

  return {
    take,
    takeStored,
    async takeRows(rows) {
      const parts: LeafRows[] = [];
      for (let left = rows; left > 0; left -= parts.at(-1)!.rows) {
        const part = await take(left, Number.POSITIVE_INFINITY);
        if (!part) {
          throw new MaskingError("INPUT_MALFORMED", { column: leaf.path.join("."), expected: "a value for each row" });
        }
        parts.push(part);
      }
      return joinRows(parts);
    },
    async close() {
      await spans.return(undefined);
      await source.close();
    },
  };
}

/** The rows with the values themselves. */
export function lookedUp({ stored, ...levels }: StoredRows): LeafRows {
  return { ...levels, values: valuesOf(stored) };
}

interface Cut extends Position {
  readonly rows: number;
}

/** Where the next rows end, within the limits; rows of a flat leaf without a limit in bytes are not walked over. */
function cut(span: Span, stored: Stored, from: Position, leaf: Levels, maxRows: number, maxBytes: number): Cut {
  const { repetition } = span;
  const left = span.levels - from.level;
  if (!repetition && atMost(stored, from.value) <= maxBytes) {
    const rows = Math.min(left, maxRows);
    const level = from.level + rows;
    return { rows, level, value: from.value + presentIn(span, from.level, level, leaf), byte: 0 };
  }
  const sizeOf = measure(stored);
  let { level, value } = from;
  let rows = 0;
  for (let bytes = 0; level < span.levels && rows < maxRows; rows++) {
    const end = nextRow(repetition, level, span.levels);
    const valueEnd = value + presentIn(span, level, end, leaf);
    for (let i = value; i < valueEnd; i++) bytes += sizeOf(i);
    if (rows > 0 && bytes > maxBytes) break;
    level = end;
    value = valueEnd;
  }
  return { rows, level, value, byte: 0 };
}

/** As `cut`, by the lengths before the texts. */
function cutEncoded(
  { levels, definition }: Span,
  { encoded }: Encoded,
  from: Position,
  leaf: Levels,
  maxRows: number,
  maxBytes: number,
): Cut {
  let { level, value, byte } = from;
  const end = Math.min(levels, level + maxRows);
  for (; level < end; level++) {
    if (definition && definition[level] !== leaf.maxDefinition) continue;
    if (byte + 4 > encoded.length) throw new MaskingError("INPUT_MALFORMED", { expected: "a text's length" });
    const length = encoded[byte]! | (encoded[byte + 1]! << 8) | (encoded[byte + 2]! << 16) | (encoded[byte + 3]! << 24);
    const next = byte + 4 + (length >>> 0);
    if (next > encoded.length) throw new MaskingError("INPUT_MALFORMED", { expected: "a text within its page" });
    if (level > from.level && next - from.byte > maxBytes) break;
    byte = next;
    value++;
  }
  return { rows: level - from.level, level, value, byte };
}

/** What has been read of a page is not read again, so that its texts may take its place. */
function decoded({ encoded, own }: Encoded, from: Position, end: Position, leaf: ParquetLeaf): Stored {
  const bytes = encoded.subarray(from.byte, end.byte);
  const count = end.value - from.value;
  return { values: own ? closedUp(bytes, count) : decodeValues(ENCODING.PLAIN, leaf, bytes, count) };
}

function nextRow(repetition: Uint8Array | undefined, at: number, end: number): number {
  let next = at + 1;
  if (repetition) while (next < end && repetition[next]! > 0) next++;
  return next;
}

/** Bytes of each value. */
function measure(stored: Stored): (value: number) => number {
  const values = "values" in stored ? stored.values : stored.dictionary.entries;
  if (values.kind !== "bytes") return () => widthOf(values);
  const { offsets } = values;
  if ("values" in stored) return (i) => offsets[i + 1]! - offsets[i]!;
  // An index beyond the dictionary measures nothing here and is refused where it is looked up.
  return (i) => offsets[stored.indices[i]! + 1]! - offsets[stored.indices[i]!]! || 0;
}

/** Bytes that the values from one on do not exceed. */
function atMost(stored: Stored, from: number): number {
  if (!("values" in stored)) return (stored.indices.length - from) * stored.dictionary.longest;
  const { values } = stored;
  if (values.kind === "bytes") return values.offsets.at(-1)! - values.offsets[from]!;
  return (countOf(values) - from) * widthOf(values);
}
