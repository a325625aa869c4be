import { DataType, DateUnit, Precision } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { Cell } from "../../src/types.ts";
import { printDate, printTime, printTimestamp } from "./time.ts";

/** A value as the text of a CSV cell, before quoting. */
export type Printer = (cell: Cell) => string;

/**
 * How a type is written: numbers in the fewest digits that read back as the same value, decimals with all of their
 * scale, dates and times in ISO 8601 with all digits of their unit, UTC with `Z`. Throws COLUMN_TYPE for types that
 * CSV has no common form for: nested and binary ones, durations and intervals.
 */
export function printerOf(type: DataType, column: string): Printer {
  if (DataType.isDictionary(type)) return printerOf(type.dictionary, column);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return String;
  if (DataType.isNull(type) || DataType.isInt(type) || DataType.isBool(type)) return String;
  if (DataType.isFloat(type)) {
    return type.precision === Precision.SINGLE
      ? (cell) => printSingle(cell as number)
      : (cell) => print(cell as number);
  }
  if (DataType.isDecimal(type)) return (cell) => printDecimal(cell as bigint, type.scale);
  if (DataType.isDate(type)) {
    return type.unit === DateUnit.DAY
      ? (cell) => printDate(cell as number)
      : (cell) => printMilliseconds(cell as bigint);
  }
  if (DataType.isTimestamp(type)) {
    return (cell) => printTimestamp(cell as bigint, type.unit, Boolean(type.timezone));
  }
  if (DataType.isTime(type)) return (cell) => printTime(BigInt(cell as number | bigint), type.unit);
  throw new MaskingError("COLUMN_TYPE", { column, expected: "text, numbers, booleans, dates or times: a CSV file" });
}

function print(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function printSingle(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return print(shorter);
  }
  return print(Number.isFinite(value) ? Number(value.toPrecision(9)) : value);
}

function printDecimal(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Arrow's Date64 counts milliseconds of whole days; some writers keep a time in it, which is then written too. */
function printMilliseconds(value: bigint): string {
  return value % 86_400_000n === 0n ? printDate(Number(value / 86_400_000n)) : printTimestamp(value, 1, false);
}
