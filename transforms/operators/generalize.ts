import { DataType } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { Cell } from "../../src/types.ts";
import type { Day } from "./calendar.ts";
import { isText } from "./canonical.ts";
import { instantsOf } from "./instant.ts";
import type { Masking } from "./masking.ts";
import { latestYear } from "./shift.ts";
import { type ValueMask, type ValueOperator, valueOperator } from "./value.ts";
import { readDate } from "./writtenDate.ts";
import { isOver89 } from "./year.ts";

export type DateWidth = "month" | "quarter" | "year" | "decade";

export interface GeneralizeOptions {
  /** The width of every bin, in the column's own unit, bins starting at 0; for dates a unit of the calendar. */
  readonly width?: number | DateWidth;
  /** Lower ends of the bins, rising; the last bin is open. */
  readonly bins?: readonly number[];
}

/**
 * The bin that a value falls into. Numbers and dates keep their type and give the bin's lower end, so a number
 * whose bin's end the type cannot hold, or that is below the first of `bins`, cannot be read; text gives the range, `40-49`, `65+`, `<18`, or `2021-03`, `2021-Q1`, `2021`, `2020s`.
 * Bins of dates finer than a year are refused under `safe_harbor` and `strict`; a date that tells an age over 89 goes
 * as `year` has it.
 */
export function generalize({ width, bins }: GeneralizeOptions, masking: Masking): ValueOperator {
  if (typeof width === "string" && bins === undefined) return byDate(width, masking);
  if ((width === undefined) === (bins === undefined)) throw unfit("either width or bins");
  if (typeof width === "number" && !(width > 0 && Number.isFinite(width))) throw unfit("a width over 0");
  if (bins && (bins.length === 0 || !bins.every((bin, i) => Number.isFinite(bin) && (i === 0 || bin > bins[i - 1]!)))) {
    throw unfit("bins that rise");
  }
  const bin = bins ? byBins(bins) : byWidth(width as number);
  return valueOperator({ name: "generalize", on: (type) => ({ type, nulls: false, mask: ofNumber(type, bin) }) });
}

interface Bin {
  /** Undefined below the first bin. */
  readonly low: number | undefined;
  /** Exclusive; undefined for the last bin. */
  readonly high: number | undefined;
}

function byWidth(width: number): (value: number) => Bin {
  const decimals = /\.(\d+)/.exec(String(width))?.[1]?.length ?? 0;
  const round = (value: number): number => Number(value.toFixed(decimals));
  return (value) => {
    const at = Math.floor(value / width);
    return { low: round(at * width), high: round((at + 1) * width) };
  };
}

function byBins(bins: readonly number[]): (value: number) => Bin {
  return (value) => {
    const at = bins.findLastIndex((bin) => value >= bin);
    return { low: bins[at], high: bins[at + 1] };
  };
}

function ofNumber(type: DataType, bin: (value: number) => Bin): ValueMask["mask"] {
  if (isText(type)) {
    return (cell) => {
      const text = (cell as string).trim();
      return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? range(bin(Number(text))) : undefined;
    };
  }
  if (DataType.isDecimal(type)) {
    const one = 10 ** type.scale;
    return (cell) => lowEnd(bin(Number(cell) / one), (low) => BigInt(Math.round(low * one)));
  }
  if (DataType.isInt(type)) {
    const [least, most] = type.isSigned
      ? [-(2 ** (type.bitWidth - 1)), 2 ** (type.bitWidth - 1) - 1]
      : [0, 2 ** type.bitWidth - 1];
    return (cell) => {
      const { low } = bin(Number(cell));
      const whole = low === undefined ? Number.NaN : Math.ceil(low);
      if (!(whole >= least && whole <= most)) return undefined;
      return typeof cell === "bigint" ? BigInt(whole) : whole;
    };
  }
  if (!DataType.isFloat(type)) throw new MaskingError("COLUMN_TYPE");
  return (cell) => (Number.isFinite(cell) ? lowEnd(bin(cell as number), (low) => low) : undefined);
}

function lowEnd(bin: Bin, cell: (low: number) => Cell): Cell | undefined {
  return bin.low === undefined ? undefined : cell(bin.low);
}

function range({ low, high }: Bin): string {
  if (low === undefined) return `<${high}`;
  if (high === undefined) return `${low}+`;
  const whole = Number.isInteger(low) && Number.isInteger(high);
  if (whole) return high - low === 1 ? String(low) : `${low}-${high - 1}`;
  return `${low}-<${high}`;
}

function byDate(width: DateWidth, masking: Masking): ValueOperator {
  if ((width === "month" || width === "quarter") && masking.policy.dates === "year") {
    throw unfit("a width of year or decade under this profile");
  }
  return valueOperator({
    name: "generalize",
    on: (type) => ({ type, nulls: !isText(type), mask: ofDate(type, width, masking) }),
  });
}

function ofDate(type: DataType, width: DateWidth, masking: Masking): ValueMask["mask"] {
  const instants = instantsOf(type);
  if (instants) {
    return (cell) => {
      const day = instants.day(cell);
      return isOver89(day, masking) ? null : instants.at(firstOf(day, width));
    };
  }
  if (!isText(type)) throw new MaskingError("COLUMN_TYPE");
  return (cell) => {
    const date = readDate(cell as string, latestYear(masking), masking.policy.dayFirst);
    if (date?.year === undefined) return undefined;
    if (isOver89(date, masking)) return "90+";
    const { year, month } = date;
    if (width === "year") return String(year);
    if (width === "decade") return `${year - (year % 10)}s`;
    if (month === undefined) return undefined;
    return width === "month" ? `${year}-${String(month).padStart(2, "0")}` : `${year}-Q${Math.ceil(month / 3)}`;
  };
}

function firstOf({ year, month }: Day, width: DateWidth): Day {
  if (width === "month") return { year, month, day: 1 };
  if (width === "quarter") return { year, month: month - ((month - 1) % 3), day: 1 };
  return { year: width === "year" ? year : Math.floor(year / 10) * 10, month: 1, day: 1 };
}

function unfit(expected: string): MaskingError {
  return new MaskingError("RULE_UNFIT", { expected });
}
