import { type Data, DataType, makeData, Precision } from "apache-arrow";
import { isValid, type PackedColumn } from "./packed.ts";
import { parseDate, parseTimestamp } from "./time.ts";

/** A value as Arrow's buffers hold it; a decimal unscaled. */
export type Value = number | bigint | boolean;

/** The value of a cell's text, which has no spaces around it; undefined where it is none of the type. */
export type Parser = (text: string) => Value | undefined;

/** How the cells of a type are read. Undefined for text, which is taken as it is, and for types without a parser. */
export function parserOf(type: DataType): Parser | undefined {
  if (DataType.isBool(type)) return parseBool;
  if (DataType.isInt(type)) return integerParser(type.bitWidth, type.isSigned);
  if (DataType.isFloat(type)) return type.precision === Precision.SINGLE ? parseSingle : parseFloat64;
  if (DataType.isDecimal(type)) return decimalParser(type.precision, type.scale);
  if (DataType.isDate(type)) return parseDate;
  if (DataType.isTimestamp(type)) {
    const { unit, timezone } = type;
    const zoned = !timezone ? false : /^(utc|etc\/utc|z|\+00:?00)$/i.test(timezone) ? "utc" : true;
    return (text) => parseTimestamp(text, unit, zoned);
  }
  return undefined;
}

/**
 * A column of text as a column of `type`. A cell without text is null, in quotes or not: no number or date has such a
 * form. Spaces around a value are no part of it. `refuse` hears the row, from 0, of a text that is no such value.
 */
export function parseColumn(type: DataType, column: PackedColumn, parse: Parser, refuse: (row: number) => never): Data {
  const { bytes, offsets, length } = column;
  const values: (Value | null)[] = new Array(length);
  for (let row = 0; row < length; row++) {
    const text = isValid(column.valid, row) ? bytes.toString("latin1", offsets[row]!, offsets[row + 1]!).trim() : "";
    const value = text === "" ? null : parse(text);
    values[row] = value === undefined ? refuse(row) : value;
  }
  return typedData(type, values);
}

function typedData(type: DataType, values: readonly (Value | null)[]): Data {
  const length = values.length;
  const nullBitmap = new Uint8Array((length + 7) >> 3);
  let nullCount = 0;
  values.forEach((value, row) => {
    if (value === null) nullCount += 1;
    else nullBitmap[row >> 3]! |= 1 << (row & 7);
  });
  const common = { length, nullCount, nullBitmap: nullCount > 0 ? nullBitmap : undefined };
  return makeData({ type, ...common, data: buffer(type, values) } as never);
}

function buffer(type: DataType, values: readonly (Value | null)[]): Uint8Array | ArrayLike<number> | ArrayLike<bigint> {
  if (DataType.isBool(type)) {
    const bits = new Uint8Array((values.length + 7) >> 3);
    values.forEach((value, row) => {
      if (value === true) bits[row >> 3]! |= 1 << (row & 7);
    });
    return bits;
  }
  if (DataType.isDecimal(type)) return words(values as readonly (bigint | null)[], type.bitWidth / 32);
  const buffer = new type.ArrayType(values.length);
  values.forEach((value, row) => {
    if (value !== null) buffer[row] = value;
  });
  return buffer;
}

/** Two's complement, least significant word first. */
function words(values: readonly (bigint | null)[], width: number): Uint32Array {
  const buffer = new Uint32Array(values.length * width);
  values.forEach((value, row) => {
    for (let word = 0, rest = value ?? 0n; word < width; word++, rest >>= 32n) {
      buffer[row * width + word] = Number(BigInt.asUintN(32, rest));
    }
  });
  return buffer;
}

const TRUE = /^(true|t|yes|y|1)$/i;
const FALSE = /^(false|f|no|n|0)$/i;

function parseBool(text: string): boolean | undefined {
  return TRUE.test(text) ? true : FALSE.test(text) ? false : undefined;
}

function integerParser(bits: number, signed: boolean): Parser {
  const highest = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const lowest = signed ? -highest - 1n : 0n;
  return (text) => {
    if (!/^[+-]?\d{1,40}$/.test(text)) return undefined;
    if (bits < 64) {
      const value = Number(text);
      return value >= Number(lowest) && value <= Number(highest) ? value : undefined;
    }
    const value = text.length <= 15 ? BigInt(Number(text)) : BigInt(text[0] === "+" ? text.slice(1) : text);
    return value >= lowest && value <= highest ? value : undefined;
  };
}

const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parseFloat64(text: string): number | undefined {
  if (FLOAT.test(text)) return finite(Number(text));
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?inf(inity)?$/i.test(text)) return undefined;
  return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function parseSingle(text: string): number | undefined {
  const value = parseFloat64(text);
  if (value === undefined || !Number.isFinite(value)) return value;
  return finite(Math.fround(value));
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Digits beyond the scale have to be zeros: a value is never rounded. */
function decimalParser(precision: number, scale: number): Parser {
  const limit = 10n ** BigInt(precision);
  return (text) => {
    const match = /^([+-]?)(\d{0,99})(?:\.(\d*))?$/.exec(text);
    if (!match || !(match[2] || match[3])) return undefined;
    const [, sign, whole = "", fraction = ""] = match;
    if (/[^0]/.test(fraction.slice(scale))) return undefined;
    const unscaled = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0"));
    return unscaled >= limit ? undefined : sign === "-" ? -unscaled : unscaled;
  };
}
