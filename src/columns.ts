/** New Arrow arrays from masked values. Every buffer is made here: nothing of the old column is in them. */
import { type Data, DataType, Dictionary, Int32, makeData, Precision, Vector } from "apache-arrow";
import { isBig, isNumeric } from "./cells.ts";
import { MaskingError } from "./errors.ts";
import { numberToHalf } from "./half.ts";
import { ASCII_ROOM, asBuffer, asciiBytes, latinBytes } from "./latin.ts";
import type { Cell, Leaf } from "./types.ts";

/** Values for one array; null is a null slot. */
export type Cells = readonly (Cell | null)[];

const MAX_INT32 = 0x7fffffff;

/**
 * A flat array of the given type. A dictionary holds exactly the distinct values given, in order of first use; its
 * indices widen to 32 bits where the type's own cannot count them. Throws COLUMN_TYPE where a value does not fit.
 */
export function writeCells(cells: Cells, type: DataType, leaf: Leaf): Data {
  const { nullBitmap, nullCount } = validity(cells);
  const common = { length: cells.length, nullCount, nullBitmap };
  if (DataType.isNull(type)) return makeData({ type, length: cells.length });
  if (type instanceof Dictionary) return dictionaryArray(cells, type, common, leaf);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isBinary(type) || DataType.isLargeBinary(type)) {
    const { bytes, offsets } = packed(cells, DataType.isUtf8(type) || DataType.isLargeUtf8(type), leaf);
    const large = DataType.isLargeUtf8(type) || DataType.isLargeBinary(type);
    return makeData({
      ...common,
      type,
      valueOffsets: large ? wide(offsets) : narrow(offsets, leaf),
      data: bytes,
    } as never);
  }
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) {
    const { bytes, offsets } = packed(cells, DataType.isUtf8View(type), leaf);
    return makeData({ ...common, type, ...viewsOf(bytes, offsets, leaf) } as never);
  }
  return makeData({ ...common, type, data: fixed(cells, type, leaf) } as never);
}

/** The same array with every slot valid: where a null parent hides a slot, a field that may not be null stays so. */
export function withoutNulls(data: Data): Data {
  const { type, length, valueOffsets, values, typeIds, children, dictionary, variadicBuffers } = data;
  return makeData({
    type,
    length,
    nullCount: 0,
    valueOffsets,
    data: values,
    views: values,
    typeIds,
    children,
    dictionary,
    variadicBuffers,
  } as never);
}

interface Common {
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap: Uint8Array | undefined;
}

function validity(cells: Cells): { nullBitmap: Uint8Array | undefined; nullCount: number } {
  let nullCount = 0;
  for (const cell of cells) if (cell === null) nullCount++;
  if (nullCount === 0) return { nullBitmap: undefined, nullCount };
  const nullBitmap = new Uint8Array(((cells.length + 63) & ~63) >> 3);
  for (let i = 0; i < cells.length; i++) if (cells[i] !== null) nullBitmap[i >> 3]! |= 1 << (i & 7);
  return { nullBitmap, nullCount };
}

function dictionaryArray(cells: Cells, type: Dictionary, common: Common, leaf: Leaf): Data {
  const seen = new Map<Cell, number>();
  const entries: Cell[] = [];
  const indices = new Int32Array(cells.length);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell === null) continue;
    const key = cell instanceof Uint8Array ? asBuffer(cell).toString("latin1") : cell;
    let index = seen.get(key);
    if (index === undefined) {
      index = entries.push(cell) - 1;
      seen.set(key, index);
    }
    indices[i] = index;
  }
  const own = type.indices.ArrayType as unknown as Int32ArrayConstructor;
  const highest = 2 ** (type.indices.bitWidth - (type.indices.isSigned ? 1 : 0)) - 1;
  const fits = entries.length - 1 <= highest && type.indices.bitWidth < 64;
  return makeData({
    ...common,
    type: fits ? type : new Dictionary(type.dictionary, new Int32(), type.id, type.isOrdered),
    data: fits ? own.from(indices) : indices,
    dictionary: new Vector([writeCells(entries, type.dictionary, leaf)]),
  } as never);
}

/** Values laid end to end, and where each starts; one offset more than values. */
function packed(cells: Cells, text: boolean, leaf: Leaf): { bytes: Uint8Array; offsets: Float64Array } {
  const offsets = new Float64Array(cells.length + 1);
  const whole = text
    ? (asciiOf(cells, offsets, leaf) ?? latinBytes(cells as readonly (string | null)[], offsets))
    : undefined;
  if (whole) return { bytes: whole, offsets };
  let end = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell !== null && (text ? typeof cell !== "string" : !(cell instanceof Uint8Array))) throw unfit(leaf);
    end += cell === null ? 0 : typeof cell === "string" ? Buffer.byteLength(cell) : (cell as Uint8Array).length;
    offsets[i + 1] = end;
  }
  const bytes = asBuffer(Buffer.allocUnsafeSlow(end));
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (typeof cell === "string") bytes.utf8Write(cell, offsets[i]!, end - offsets[i]!);
    else if (cell !== null) bytes.set(cell as Uint8Array, offsets[i]!);
  }
  return { bytes, offsets };
}

/** All texts where every one is ASCII, short ones by one native write; undefined where one is not. */
function asciiOf(cells: Cells, offsets: Float64Array, leaf: Leaf): Uint8Array | undefined {
  let end = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell !== null && typeof cell !== "string") throw unfit(leaf);
    end += cell === null ? 0 : cell.length;
    offsets[i + 1] = end;
  }
  if (end > 1 << 28 || !cells.slice(0, SAMPLE).every(isAsciiCell)) return undefined;
  if (end > cells.length * LONG_TEXT && end <= ASCII_ROOM) return asciiBytes(cells as readonly (string | null)[]);
  const text = cells.join("");
  if (Buffer.byteLength(text) !== end) return undefined;
  const bytes = Buffer.allocUnsafeSlow(end); // of its own: the pool's memory holds other texts
  bytes.write(text, 0, "latin1");
  return bytes;
}

/** Characters above which a text is written by itself: to join long ones takes up to four times as long (measured). */
const LONG_TEXT = 64;

/** Cells that are looked at before all are joined: where texts have accents, one of these mostly has. */
const SAMPLE = 8;

function isAsciiCell(cell: Cell | null): boolean {
  return typeof cell !== "string" || Buffer.byteLength(cell) === cell.length;
}

function narrow(offsets: Float64Array, leaf: Leaf): Int32Array {
  if (offsets.at(-1)! > MAX_INT32)
    throw new MaskingError("INPUT_UNSUPPORTED", { column: leaf, expected: "large_utf8" });
  return new Int32Array(offsets);
}

function wide(offsets: Float64Array): BigInt64Array {
  return BigInt64Array.from(offsets as unknown as number[], BigInt);
}

function viewsOf(
  bytes: Uint8Array,
  offsets: Float64Array,
  leaf: Leaf,
): { views: Uint8Array; variadicBuffers: Uint8Array[] } {
  narrow(offsets, leaf);
  const views = new Uint8Array((offsets.length - 1) * 16);
  const words = new DataView(views.buffer);
  for (let i = 0; i + 1 < offsets.length; i++) {
    const start = offsets[i]!;
    const length = offsets[i + 1]! - start;
    words.setInt32(i * 16, length, true);
    views.set(bytes.subarray(start, start + Math.min(length, length > 12 ? 4 : 12)), i * 16 + 4);
    if (length > 12) words.setInt32(i * 16 + 12, start, true);
  }
  return { views, variadicBuffers: bytes.length > 0 ? [bytes] : [] };
}

function fixed(cells: Cells, type: DataType, leaf: Leaf): ArrayBufferView {
  if (DataType.isBool(type)) return packedBits(cells, leaf);
  if (DataType.isDecimal(type)) return decimals(cells, type.bitWidth / 32, leaf);
  if (DataType.isFixedSizeBinary(type)) return rows(cells, type.byteWidth, leaf);
  if (!isNumeric(type)) throw unfit(leaf);
  const values = new (type.ArrayType as unknown as Float64ArrayConstructor)(cells.length);
  const half = DataType.isFloat(type) && type.precision === Precision.HALF;
  const kind = isBig(type) ? "bigint" : "number";
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as number | null;
    if (cell === null) continue;
    if (typeof cell !== kind) throw unfit(leaf);
    values[i] = half ? numberToHalf(cell) : cell;
    if (!DataType.isFloat(type) && values[i] !== cell) throw unfit(leaf);
  }
  return values;
}

function packedBits(cells: Cells, leaf: Leaf): Uint8Array {
  const bits = new Uint8Array(((cells.length + 63) & ~63) >> 3);
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] !== null && typeof cells[i] !== "boolean") throw unfit(leaf);
    if (cells[i] === true) bits[i >> 3]! |= 1 << (i & 7);
  }
  return bits;
}

function decimals(cells: Cells, width: number, leaf: Leaf): Uint32Array {
  const words = new Uint32Array(cells.length * width);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell === null) continue;
    if (typeof cell !== "bigint" || BigInt.asIntN(width * 32, cell) !== cell) throw unfit(leaf);
    for (let word = 0; word < width; word++)
      words[i * width + word] = Number(BigInt.asUintN(32, cell >> BigInt(word * 32)));
  }
  return words;
}

function rows(cells: Cells, width: number, leaf: Leaf): Uint8Array {
  const bytes = new Uint8Array(cells.length * width);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell === null) continue;
    if (!(cell instanceof Uint8Array) || cell.length !== width) throw unfit(leaf);
    bytes.set(cell, i * width);
  }
  return bytes;
}

function unfit(column: Leaf): MaskingError {
  return new MaskingError("COLUMN_TYPE", { column });
}
