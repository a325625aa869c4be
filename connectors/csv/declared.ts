import {
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Timestamp,
  TimeUnit,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";

const PLAIN: Readonly<Record<string, () => DataType>> = {
  utf8: () => new Utf8(),
  text: () => new Utf8(),
  string: () => new Utf8(),
  bool: () => new Bool(),
  boolean: () => new Bool(),
  int8: () => new Int8(),
  int16: () => new Int16(),
  int32: () => new Int32(),
  int64: () => new Int64(),
  uint8: () => new Uint8(),
  uint16: () => new Uint16(),
  uint32: () => new Uint32(),
  uint64: () => new Uint64(),
  float32: () => new Float32(),
  float64: () => new Float64(),
  date: () => new DateDay(),
  timestamp: () => new Timestamp(TimeUnit.MICROSECOND),
};

const UNITS: Readonly<Record<string, TimeUnit>> = {
  s: TimeUnit.SECOND,
  ms: TimeUnit.MILLISECOND,
  us: TimeUnit.MICROSECOND,
  ns: TimeUnit.NANOSECOND,
};

/**
 * A type as a job declares it: `utf8` (`text`, `string`), `bool`, `int8` to `int64`, `uint8` to `uint64`, `float32`,
 * `float64`, `date`, `timestamp` (microseconds, no zone), `timestamp(ns)`, `timestamp(us, UTC)`, `decimal(12, 2)`.
 * With a zone the cells need an offset or `Z`, which UTC may leave out. Throws JOB_INVALID.
 */
export function declaredType(text: string, column: string): DataType {
  const [, name = "", inside] = /^\s*([a-z]+[0-9]*)\s*(?:\(([^()]*)\))?\s*$/i.exec(text) ?? [];
  const known = name.toLowerCase();
  const options = inside?.split(",").map((option) => option.trim()) ?? [];
  if (inside === undefined && Object.hasOwn(PLAIN, known)) return PLAIN[known]!();
  const type =
    known === "timestamp" ? timestampOf(options) : known === "decimal" ? decimalOf(options.map(Number)) : undefined;
  if (type) return type;
  throw new MaskingError("JOB_INVALID", { key: `source.csv.types.${column}`, expected: Object.keys(PLAIN).join(", ") });
}

function timestampOf([unit = "", zone, more]: readonly string[]): DataType | undefined {
  if (more !== undefined || zone === "" || !Object.hasOwn(UNITS, unit)) return undefined;
  return new Timestamp(UNITS[unit]!, zone ?? null);
}

function decimalOf([precision = Number.NaN, scale = 0, more]: readonly number[]): DataType | undefined {
  const whole = Number.isInteger(precision) && Number.isInteger(scale) && more === undefined;
  if (!whole || precision < 1 || precision > 76 || scale < 0 || scale > precision) return undefined;
  return new Decimal(scale, precision, precision > 38 ? 256 : 128);
}
