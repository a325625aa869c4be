import { DataType } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { cappedAge } from "../../src/policy.ts";
import { type Day, isoDay, yearsBetween } from "./calendar.ts";
import { isText } from "./canonical.ts";
import { instantsOf } from "./instant.ts";
import type { Masking } from "./masking.ts";
import { latestYear } from "./shift.ts";
import { type ValueMask, type ValueOperator, valueOperator, WHOLE } from "./value.ts";
import { readDate } from "./writtenDate.ts";

/** The highest number that is taken for an age. */
const OLDEST = 150;

/**
 * Ages in years, all over 89 as one class (45 CFR 164.514(b)(2)(i)(C)): 90 for numbers, `90+` in text, where words such
 * as `ninety-two` and units are read too. A birth date becomes the age at `asOf`: whole numbers from dates and
 * instants, text from text. Negative ages, ages past 150 and births after `asOf` cannot be read.
 */
export function age(masking: Masking): ValueOperator {
  const asOf = isoDay(masking.policy.asOf);
  const at = (birth: Day): number | undefined => {
    const years = yearsBetween(birth, asOf);
    return years < 0 || years > OLDEST ? undefined : Math.min(years, 90);
  };
  return valueOperator({
    name: "age",
    memo: false,
    on(type) {
      const instants = instantsOf(type);
      if (instants) return { type: WHOLE, nulls: false, mask: (cell) => at(instants.day(cell)) };
      return { type, nulls: false, mask: isText(type) ? ofText(at, masking) : ofNumber(type) };
    },
  });
}

function ofText(at: (birth: Day) => number | undefined, masking: Masking): ValueMask["mask"] {
  const latest = latestYear(masking);
  return (cell) => {
    const text = cell as string;
    const capped = cappedAge(text);
    if (capped !== undefined) return capped;
    const birth = readDate(text, latest, masking.policy.dayFirst);
    if (birth?.year === undefined || birth.month === undefined || birth.day === undefined) return undefined;
    const years = at(birth as Day);
    return years !== undefined && years > 89 ? "90+" : years?.toString();
  };
}

function ofNumber(type: DataType): ValueMask["mask"] {
  if (DataType.isDecimal(type)) {
    const one = 10n ** BigInt(type.scale);
    return (cell) => {
      const years = cell as bigint;
      if (years < 0n || years > BigInt(OLDEST) * one) return undefined;
      return years > 89n * one ? 90n * one : years;
    };
  }
  if (!DataType.isInt(type) && !DataType.isFloat(type)) throw new MaskingError("COLUMN_TYPE");
  return (cell) => {
    const years = Number(cell);
    if (!(years >= 0 && years <= OLDEST)) return undefined;
    if (years <= 89) return cell;
    return typeof cell === "bigint" ? 90n : 90;
  };
}
