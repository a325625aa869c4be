import { DataType } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { isOldYear } from "../../src/policy.ts";
import { type Day, isoDay, yearsBetween } from "./calendar.ts";
import { canonicalOf, isText } from "./canonical.ts";
import { instantsOf } from "./instant.ts";
import type { Masking } from "./masking.ts";
import { latestYear, sized } from "./shift.ts";
import { type ValueMask, type ValueOperator, valueOperator } from "./value.ts";
import { readDate, type WrittenDate } from "./writtenDate.ts";

/**
 * The year of a date: `2021` for text and whole numbers (read as yyyymmdd), 1 January of it for dates and instants.
 * Except under `limited_data_set`, a date more than 89 completed years before `asOf` tells an age over 89 and goes too
 * (45 CFR 164.514(b)(2)(i)(C)): `90+` for text, null for the others.
 */
export function year(masking: Masking): ValueOperator {
  return valueOperator({ name: "year", on: (type) => ({ type, nulls: !isText(type), mask: yearOf(type, masking) }) });
}

/** True where a person born on that day, or in that year where no more is known, may be over 89 at `asOf`. */
export function isOver89(date: Pick<WrittenDate, "year" | "month" | "day">, { policy }: Masking): boolean {
  if (date.year === undefined || policy.profile === "limited_data_set") return false;
  if (date.month === undefined || date.day === undefined) return isOldYear(date.year, policy);
  return yearsBetween(date as Day, isoDay(policy.asOf)) > 89;
}

function yearOf(type: DataType, masking: Masking): ValueMask["mask"] {
  const instants = instantsOf(type);
  if (instants) {
    return (cell) => {
      const day = instants.day(cell);
      return isOver89(day, masking) ? null : instants.at({ year: day.year, month: 1, day: 1 });
    };
  }
  if (!isText(type) && !DataType.isInt(type)) throw new MaskingError("COLUMN_TYPE");
  const canonical = canonicalOf(type)!;
  return (cell) => {
    const date = readDate(canonical(cell), latestYear(masking), masking.policy.dayFirst);
    if (date?.year === undefined) return undefined;
    if (isOver89(date, masking)) return isText(type) ? "90+" : null;
    return isText(type) ? String(date.year) : sized(String(date.year), cell);
  };
}
