import { DataType } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { Cell, Subject } from "../../src/types.ts";
import { canonicalOf, isText } from "./canonical.ts";
import { instantsOf } from "./instant.ts";
import { choice, type Key } from "./key.ts";
import type { Masking } from "./masking.ts";
import { type ValueMask, type ValueOperator, valueOperator } from "./value.ts";
import { moveDate, readDate } from "./writtenDate.ts";

/**
 * Dates moved by whole days, the same number for all dates of a subject in every table: intervals, times of day and
 * written forms stay. `days`: the range that the key chooses from, both ends included; -364 to -1 where left out.
 * Refused without a subject column, and under `safe_harbor` and `strict`, which let years stand only
 * (45 CFR 164.514(b)(2)(i)(C)). A row without a subject is CELL_UNEXAMINED.
 */
export function shift(
  { days = [-364, -1] }: { readonly days?: readonly [number, number] },
  key: Key,
  masking: Masking,
): ValueOperator {
  const { policy, subject } = masking;
  if (policy.dates === "year") throw new MaskingError("RULE_UNFIT", { expected: "date or year under this profile" });
  if (!subject) throw new MaskingError("RULE_UNFIT", { expected: "shift with policy.subject" });
  const [low, high] = days;
  if (!Number.isInteger(low) || !Number.isInteger(high) || low > high) {
    throw new MaskingError("RULE_UNFIT", { expected: "days as two whole numbers, the lower first" });
  }
  const chosen = new Map<string, number>();
  const daysFor = ({ id }: Subject): number => {
    if (id === null) throw new MaskingError("CELL_UNEXAMINED", { expected: "a subject in this row" });
    const known = chosen.get(id);
    if (known !== undefined) return known;
    const offset = low + choice(key.hmac("shift", id), high - low + 1);
    if (chosen.size >= REMEMBERED) chosen.clear();
    chosen.set(id, offset);
    return offset;
  };
  return valueOperator({
    name: "shift",
    byValue: false,
    memo: false,
    on: (type) => ({ type, nulls: false, mask: moving(type, masking, daysFor) }),
  });
}

/** Subjects whose days are kept at hand, so that memory stays bounded over any number of them. */
const REMEMBERED = 20_000;

/** Two-digit years are read as not later than the year after `asOf`: appointments lie ahead, births do not. */
export function latestYear({ policy }: Masking): number {
  return Number(policy.asOf.slice(0, 4)) + 1;
}

function moving(type: DataType, masking: Masking, daysFor: (row: Subject) => number): ValueMask["mask"] {
  const latest = latestYear(masking);
  const { dayFirst } = masking.policy;
  const instants = instantsOf(type);
  if (instants) return (cell, row) => instants.moved(cell, daysFor(row));
  if (isText(type)) {
    return (cell, row) => {
      const date = readDate(cell as string, latest, dayFirst);
      return date && moveDate(date, daysFor(row));
    };
  }
  if (!DataType.isInt(type)) throw new MaskingError("COLUMN_TYPE");
  const canonical = canonicalOf(type)!;
  return (cell, row) => {
    const date = readDate(canonical(cell), latest, dayFirst);
    return date && sized(moveDate(date, daysFor(row)), cell);
  };
}

/** Digits as a number of the same kind as `like`. */
export function sized(digits: string, like: Cell): Cell {
  return typeof like === "bigint" ? BigInt(digits) : Number(digits);
}
