/** The delta encodings of Encodings.md of parquet-format: DELTA_BINARY_PACKED (5), DELTA_LENGTH_BYTE_ARRAY (6) and DELTA_BYTE_ARRAY (7). */
import { MaskingError } from "../../src/errors.ts";
import { held, PHYSICAL, type Physical, SHORT, type Values } from "./encodings-values.ts";

/** 64 bits as two signed halves, so that no BigInt is made for a value. */
interface Wide {
  readonly low: number;
  readonly high: number;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Adds `least` and the packed number of `width` bits (the lowest first, from the byte `at`) to each value from `from` up to `to`. */
type Miniblock = (at: number, width: number, least: Wide, from: number, to: number) => void;

/** No writer makes larger blocks, and a few bytes can claim one of any size. */
const MAX_BLOCK = 1 << 20;

function malformed(): MaskingError {
  return new MaskingError("INPUT_MALFORMED");
}

/** `count` numbers of DELTA_BINARY_PACKED. Sums wrap as two's complement, as the format demands. */
export function unpackDelta(bytes: Uint8Array, physical: number, count: number): Values {
  const cursor = { bytes, at: 0 };
  if (physical === PHYSICAL.INT32) return { kind: "int32", array: int32s(cursor, count) };
  if (physical === PHYSICAL.INT64) return { kind: "int64", array: int64s(cursor, count) };
  throw malformed();
}

function int32s(cursor: Cursor, count: number): Int32Array {
  if (count === 0) return new Int32Array(0);
  const blocks = opened(cursor, count);
  const { bytes } = cursor;
  const array = new Int32Array(count);
  let value = blocks.first.low;
  array[0] = value;
  walk(cursor, blocks, count, (at, width, { low: least }, from, to) => {
    const read = Math.min(width, 32); // a delta of INT32 can need 33 bits; the 33rd vanishes in the sum
    for (let i = from, bit = 0; i < to; i++, bit += width) {
      value = (value + least + (read === 0 ? 0 : bits(bytes, at, bit, read))) | 0;
      array[i] = value;
    }
  });
  return array;
}

function int64s(cursor: Cursor, count: number): BigInt64Array {
  if (count === 0) return new BigInt64Array(0);
  const blocks = opened(cursor, count);
  const { bytes } = cursor;
  const array = new BigInt64Array(count);
  const halves = new Int32Array(array.buffer);
  let { low, high } = blocks.first;
  halves[0] = low;
  halves[1] = high;
  walk(cursor, blocks, count, (at, width, least, from, to) => {
    const leastLow = least.low >>> 0;
    for (let i = from, bit = 0; i < to; i++, bit += width) {
      const read = width === 0 ? 0 : bits(bytes, at, bit, Math.min(width, 32)) >>> 0;
      const sum = (low >>> 0) + leastLow + read;
      high =
        (high + least.high + (width > 32 ? bits(bytes, at, bit + 32, width - 32) : 0) + Math.floor(sum / 2 ** 32)) | 0;
      low = sum | 0;
      halves[2 * i] = low;
      halves[2 * i + 1] = high;
    }
  });
  return array;
}

interface Blocks {
  readonly size: number;
  readonly minis: number;
  readonly first: Wide;
}

function opened(cursor: Cursor, count: number): Blocks {
  const size = unsigned(cursor);
  const minis = unsigned(cursor);
  const total = unsigned(cursor);
  const first = zigzag(cursor);
  const shaped = size > 0 && size <= MAX_BLOCK && minis > 0 && size % minis === 0 && (size / minis) % 8 === 0;
  if (!shaped || total !== count) throw malformed();
  // A block takes a byte for its least delta and one for each width, whatever it holds.
  if (Math.ceil((count - 1) / size) * (1 + minis) > cursor.bytes.length - cursor.at) throw malformed();
  return { size, minis, first };
}

function walk(cursor: Cursor, blocks: Blocks, count: number, add: Miniblock): void {
  const { bytes } = cursor;
  const per = blocks.size / blocks.minis;
  for (let i = 1; i < count; ) {
    const least = zigzag(cursor);
    const widths = cursor.at;
    cursor.at += blocks.minis;
    if (cursor.at > bytes.length) throw malformed();
    for (let mini = 0; mini < blocks.minis && i < count; mini++) {
      const width = bytes[widths + mini]!;
      const to = Math.min(i + per, count);
      // The padding of the last one may be missing.
      if (width > 64 || cursor.at + Math.ceil(((to - i) * width) / 8) > bytes.length) throw malformed();
      add(cursor.at, width, least, i, to);
      cursor.at = Math.min(cursor.at + (per * width) / 8, bytes.length);
      i = to;
    }
  }
}

/** `count` bits (1 to 32) from the bit `bit` after the byte `at`, as a signed word. */
function bits(bytes: Uint8Array, at: number, bit: number, count: number): number {
  const from = at + (bit >>> 3);
  const shift = bit & 7;
  let word = (bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24)) >>> shift;
  if (shift + count > 32) word |= bytes[from + 4]! << (32 - shift);
  return count === 32 ? word | 0 : word & ((1 << count) - 1);
}

function varint(cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw malformed();
}

function unsigned(cursor: Cursor): number {
  const value = varint(cursor);
  if (value > 0x7fffffffn) throw malformed();
  return Number(value);
}

function zigzag(cursor: Cursor): Wide {
  const value = varint(cursor);
  const signed = (value >> 1n) ^ -(value & 1n);
  return { low: Number(BigInt.asIntN(32, signed)), high: Number(BigInt.asIntN(32, signed >> 32n)) };
}

/** `count` byte arrays of DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. The bytes are a view. */
export function deltaLengths(bytes: Uint8Array, count: number): Values & { kind: "bytes" } {
  return lengthsThenBytes({ bytes, at: 0 }, count);
}

function lengthsThenBytes(cursor: Cursor, count: number): Values & { kind: "bytes" } {
  const lengths = int32s(cursor, count);
  const rest = cursor.bytes.subarray(cursor.at);
  const offsets = new Int32Array(count + 1);
  for (let i = 0, end = 0; i < count; i++) {
    const length = lengths[i]!;
    end += length;
    if (length < 0 || end > rest.length) throw malformed();
    offsets[i + 1] = end;
  }
  return { kind: "bytes", bytes: rest, offsets };
}

/**
 * `count` byte arrays of DELTA_BYTE_ARRAY: how many bytes each shares with the one before it, then the rest of each.
 * Of FIXED_LEN_BYTE_ARRAY too, where every length must be the leaf's. What is shared may add up to far more than the
 * page holds, so the sum is known, and bounded, before anything is allocated.
 */
export function deltaStrings(bytes: Uint8Array, leaf: Physical, count: number): Values {
  const cursor = { bytes, at: 0 };
  const shared = int32s(cursor, count);
  const rest = lengthsThenBytes(cursor, count);
  const offsets = new Int32Array(count + 1);
  for (let i = 0, before = 0; i < count; i++) {
    const prefix = shared[i]!;
    if (prefix < 0 || prefix > before) throw malformed();
    before = prefix + rest.offsets[i + 1]! - rest.offsets[i]!;
    offsets[i + 1] = held(offsets[i]! + before);
  }
  const out = rebuilt(shared, rest, offsets);
  if (leaf.physical === PHYSICAL.BYTE_ARRAY) return { kind: "bytes", bytes: out, offsets };
  for (let i = 1; i <= count; i++) if (offsets[i] !== i * leaf.typeLength) throw malformed();
  return { kind: "fixed", bytes: out, width: leaf.typeLength };
}

function rebuilt(shared: Int32Array, rest: Values & { kind: "bytes" }, offsets: Int32Array): Uint8Array {
  const out = Buffer.allocUnsafeSlow(offsets[shared.length]!);
  const copy = (to: number, from: number, source: Uint8Array, length: number): void => {
    if (length < SHORT) for (let j = 0; j < length; j++) out[to + j] = source[from + j]!;
    else out.set(source.subarray(from, from + length), to);
  };
  for (let i = 0; i < shared.length; i++) {
    const from = rest.offsets[i]!;
    copy(offsets[i]!, i === 0 ? 0 : offsets[i - 1]!, out, shared[i]!);
    copy(offsets[i]! + shared[i]!, from, rest.bytes, rest.offsets[i + 1]! - from);
  }
  return out;
}
