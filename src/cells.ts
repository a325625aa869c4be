/** Values out of one Arrow array and values into a new one; see `Cell` for how each type is shown. */
import { isAscii, isUtf8 } from "node:buffer";
import { type Data, DataType, DateUnit, Precision, type Vector } from "apache-arrow";
import { MaskingError } from "./errors.ts";
import { halfToNumber } from "./half.ts";
import { asBuffer, latinTexts } from "./latin.ts";
import type { Cell, Leaf } from "./types.ts";

/** Above this many bytes a text buffer is read cell by cell: one string cannot hold more than about 2^29 characters. */
const WHOLE_BUFFER = 1 << 28;

/**
 * The values of a flat array, nulls as null, a dictionary's entries looked up. Throws COLUMN_TYPE for a type that no
 * mask takes (intervals, unions, nested types) and INPUT_MALFORMED for bytes that are not what the type says. `unseen`:
 * nobody looks at the values, so that `*` may stand for any text that is not empty.
 */
export function readCells(data: Data, leaf: Leaf, unseen = false): (Cell | null)[] {
  const read = unseen && DataType.isUtf8(data.type) ? outlines(data, leaf) : reader(data, leaf);
  const cells = new Array<Cell | null>(data.length);
  const valid = data.nullCount > 0 ? data.nullBitmap : undefined;
  const { offset } = data;
  for (let i = 0; i < cells.length; i++) {
    const at = offset + i;
    cells[i] = valid && ((valid[at >> 3]! >> (at & 7)) & 1) === 0 ? null : read(i);
  }
  return cells;
}

/**
 * Bytes from which on a text is made by itself, and not cut from the whole buffer's: V8 reads a cut string a byte at a
 * time wherever it begins between two words, five times slower in `toUpperCase` (measured).
 */
const LONG_TEXT = 64;

type Read = (index: number) => Cell | null;

function reader(data: Data, leaf: Leaf): Read {
  const { type, values } = data;
  if (DataType.isNull(type)) return () => null;
  if (DataType.isDictionary(type)) return dictionaryReader(data, leaf);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return textReader(data, leaf);
  if (DataType.isUtf8View(type)) {
    const bytes = viewReader(data, leaf);
    return (i) => utf8(bytes(i), leaf);
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) {
    const range = ranges(data, leaf);
    return (i) => values.subarray(range(i), range(i + 1));
  }
  if (DataType.isBinaryView(type)) return viewReader(data, leaf);
  if (DataType.isFixedSizeBinary(type)) {
    return (i) => values.subarray(i * type.byteWidth, (i + 1) * type.byteWidth);
  }
  if (DataType.isBool(type)) {
    return (i) => ((values[(data.offset + i) >> 3] >> ((data.offset + i) & 7)) & 1) === 1;
  }
  if (DataType.isDecimal(type)) return decimalReader(values, type.bitWidth / 32);
  if (DataType.isFloat(type) && type.precision === Precision.HALF) return (i) => halfToNumber(values[i]);
  if (isNumeric(type)) return (i) => values[i];
  throw new MaskingError("COLUMN_TYPE", { column: leaf });
}

/** Types whose values stand one by one in a typed array, as `number` or `bigint`. */
export function isNumeric(type: DataType): boolean {
  return (
    DataType.isInt(type) ||
    DataType.isFloat(type) ||
    DataType.isDate(type) ||
    DataType.isTime(type) ||
    DataType.isTimestamp(type) ||
    DataType.isDuration(type)
  );
}

/** True where the type's values are `bigint`. */
export function isBig(type: DataType): boolean {
  if (DataType.isInt(type) || DataType.isTime(type)) return type.bitWidth === 64;
  if (DataType.isDate(type)) return type.unit === DateUnit.MILLISECOND;
  return DataType.isTimestamp(type) || DataType.isDuration(type) || DataType.isDecimal(type);
}

/** The values of a dictionary, decoded once for all the batches that share it. */
export function dictionaryCells(dictionary: Vector, leaf: Leaf): readonly (Cell | null)[] {
  const known = decoded.get(dictionary);
  if (known) return known;
  const cells = dictionary.data.flatMap((chunk) => readCells(chunk, leaf));
  decoded.set(dictionary, cells);
  return cells;
}

const decoded = new WeakMap<Vector, readonly (Cell | null)[]>();

function dictionaryReader(data: Data, leaf: Leaf): Read {
  const entries = dictionaryCells(data.dictionary as Vector, leaf);
  return (i) => {
    const entry = entries[Number(data.values[i])];
    if (entry === undefined) throw malformed(leaf, "a dictionary index");
    return entry;
  };
}

function textReader(data: Data, leaf: Leaf): Read {
  const range = ranges(data, leaf);
  const first = range(0);
  const values = asBuffer(data.values.subarray(first, range(data.length)));
  if (values.length <= WHOLE_BUFFER && isAscii(values)) {
    if (values.length > data.length * LONG_TEXT) {
      return (i) => values.latin1Slice(range(i) - first, range(i + 1) - first);
    }
    const text = values.latin1Slice(0, values.length);
    return (i) => text.substring(range(i) - first, range(i + 1) - first);
  }
  if (!isUtf8(values)) return (i) => utf8(values.subarray(range(i) - first, range(i + 1) - first), leaf);
  if (values.length > data.length * LONG_TEXT && values.length <= WHOLE_BUFFER) {
    for (let i = 1; i < data.length; i++) {
      if ((values[range(i) - first]! & 0xc0) === 0x80) throw malformed(leaf, "UTF-8 text");
    }
    const texts = latinTexts(values, (i) => range(i) - first, data.length);
    return (i) => texts[i]!;
  }
  return (i) => {
    const start = range(i) - first;
    const end = range(i + 1) - first;
    if ((values[start]! & 0xc0) === 0x80 || (values[end]! & 0xc0) === 0x80) throw malformed(leaf, "UTF-8 text");
    return values.utf8Slice(start, end);
  };
}

function outlines(data: Data, leaf: Leaf): Read {
  const range = ranges(data, leaf);
  return (i) => (range(i) === range(i + 1) ? "" : "*");
}

/** Offsets as numbers, each checked against the buffer it points into and the one before it. */
function ranges(data: Data, leaf: Leaf): (index: number) => number {
  const { valueOffsets, length } = data;
  if (length === 0) return () => 0;
  const size = (data.values as Uint8Array).length;
  let before = 0;
  for (let i = 0; i <= length; i++) {
    const at = Number(valueOffsets[i]);
    if (!(at >= before && at <= size)) throw malformed(leaf, "offsets within the buffer");
    before = at;
  }
  return valueOffsets instanceof Int32Array ? (i) => valueOffsets[i]! : (i) => Number(valueOffsets[i]);
}

/** Arrow's view layout: 16 bytes a value, short values inline, long ones as (prefix, buffer, offset). */
function viewReader(data: Data, leaf: Leaf): (index: number) => Uint8Array {
  const views = data.values as Uint8Array;
  const words = new DataView(views.buffer, views.byteOffset, views.byteLength);
  return (i) => {
    const length = words.getInt32(i * 16, true);
    if (length >= 0 && length <= 12) return views.subarray(i * 16 + 4, i * 16 + 4 + length);
    const buffer = data.variadicBuffers[words.getInt32(i * 16 + 8, true)];
    const start = words.getInt32(i * 16 + 12, true);
    if (!buffer || length < 0 || start < 0 || start + length > buffer.length) throw malformed(leaf, "a view");
    return buffer.subarray(start, start + length);
  };
}

function utf8(bytes: Uint8Array, leaf: Leaf): string {
  if (!isUtf8(bytes)) throw malformed(leaf, "UTF-8 text");
  return asBuffer(bytes).utf8Slice(0, bytes.length);
}

/** Two's complement, least significant word first. */
function decimalReader(words: Uint32Array, width: number): Read {
  return (i) => {
    let value = 0n;
    for (let word = width - 1; word >= 0; word--) value = (value << 32n) | BigInt(words[i * width + word]!);
    return BigInt.asIntN(width * 32, value);
  };
}

function malformed(column: Leaf, expected: string): MaskingError {
  return new MaskingError("INPUT_MALFORMED", { column, expected });
}
