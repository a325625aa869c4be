/** The one text of a value, whatever type holds it: what HMACs are made of and what operators on text read. */
import { DataType, DateUnit, Precision, TimeUnit } from "apache-arrow";
import type { Cell } from "../../src/types.ts";
import { dayOf } from "./calendar.ts";
import { TEXT } from "./value.ts";

/** True for the types whose cells are texts. */
export function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

/** The type that text made from a column of this type has. */
export function textType(type: DataType): DataType {
  return isText(type) ? type : TEXT;
}

/**
 * Makes canonical texts of a type's cells: text as it is, whole numbers and decimals in shortest form without an
 * exponent, dates and times in ISO 8601 with the shortest fraction (`Z` where the type has a time zone), `true`, `false`.
 * The integer 5, the decimal 5.00, the float 5 and the text `5` agree. Undefined for types without one: binary, intervals, durations.
 */
export function canonicalOf(type: DataType): ((cell: Cell) => string) | undefined {
  if (isText(type)) return (cell) => cell as string;
  if (DataType.isInt(type) || DataType.isBool(type)) return String;
  if (DataType.isFloat(type)) {
    const digits = type.precision === Precision.DOUBLE ? 17 : type.precision === Precision.SINGLE ? 9 : 5;
    return (cell) => floatText(cell as number, digits);
  }
  if (DataType.isDecimal(type)) return (cell) => decimalText(cell as bigint, type.scale);
  if (DataType.isDate(type)) {
    return type.unit === DateUnit.DAY
      ? (cell) => instantText(BigInt(cell as number) * 86_400n, 1n).slice(0, -9)
      : (cell) => instantText(cell as bigint, 1000n).replace(/T00:00:00$/, "");
  }
  if (DataType.isTimestamp(type)) {
    const zone = type.timezone ? "Z" : "";
    return (cell) => instantText(cell as bigint, perSecond(type.unit)) + zone;
  }
  if (DataType.isTime(type)) return (cell) => clockText(BigInt(cell as number | bigint), perSecond(type.unit));
  return undefined;
}

/** How many of a time unit make a second. */
export function perSecond(unit: TimeUnit): bigint {
  if (unit === TimeUnit.SECOND) return 1n;
  if (unit === TimeUnit.MILLISECOND) return 1000n;
  return unit === TimeUnit.MICROSECOND ? 1_000_000n : 1_000_000_000n;
}

/** The quotient rounded down, for instants before 1970. */
export function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

function floatText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (digits === 17) return withoutExponent(String(value === 0 ? 0 : value));
  const narrow = digits === 9 ? Math.fround : half;
  for (let places = 1; places < digits; places++) {
    const short = Number(value.toPrecision(places));
    if (narrow(short) === value) return withoutExponent(String(short === 0 ? 0 : short));
  }
  return withoutExponent(String(Number(value.toPrecision(digits))));
}

/** The half-precision number nearest to a value. */
function half(value: number): number {
  if (value === 0) return 0;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 10);
  return Math.round(value / step) * step;
}

function withoutExponent(text: string): string {
  const found = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!found) return text;
  const [, sign, whole, fraction = "", power] = found;
  const point = 1 + Number(power);
  const digits = `${whole}${fraction}`;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}`;
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}${fraction && "."}${fraction}`;
}

function instantText(ticks: bigint, second: bigint): string {
  const day = 86_400n * second;
  const days = floorDiv(ticks, day);
  return `${dayText(Number(days))}T${clockText(ticks - days * day, second)}`;
}

/** `YYYY-MM-DD` of a day counted from 1970-01-01; years outside 0 to 9999 with a sign and six digits. */
export function dayText(days: number): string {
  const { year, month, day } = dayOf(days);
  const years =
    year >= 0 && year <= 9999
      ? String(year).padStart(4, "0")
      : `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}`;
  return `${years}-${two(month)}-${two(day)}`;
}

function clockText(ticks: bigint, second: bigint): string {
  const seconds = Number(ticks / second);
  const fraction = String(ticks % second)
    .padStart(String(second).length - 1, "0")
    .replace(/0+$/, "");
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return second > 1n && fraction ? `${text}.${fraction}` : text;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
