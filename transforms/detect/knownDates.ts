import { isDay } from "./checks.ts";
import { monthOf } from "./written.ts";

/** One way to write a date, letters and digits alone; `parted`: only where marks or blanks part it. */
export interface DateForm {
  readonly letters: string;
  readonly parted?: boolean;
}

const MONTH_NAMES = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

/**
 * Every common way to write the date that `value` is; none where it is no date. `value` is ISO 8601, digits in American or
 * in European order, or has the month in words. `03/04/1960` is read both ways, whatever order the job's notes have: a
 * column of another order than the notes must not leave `3 April 1960` unknown.
 */
export function dateForms(value: string): readonly DateForm[] {
  return readings(value).flatMap(formsOf);
}

type Day = readonly [year: number, month: number, day: number];

function formsOf([year, month, day]: Day): readonly DateForm[] {
  const name = MONTH_NAMES[month - 1] as string;
  const yearText = String(year);
  const years = [yearText, yearText.slice(2)];
  const days = [...new Set([String(day), String(day).padStart(2, "0")])];
  const months = [...new Set([String(month), String(month).padStart(2, "0")])];
  const forms: DateForm[] = [{ letters: `${yearText}${months.at(-1)}${days.at(-1)}` }];
  const names = [name, name.slice(0, 3), ...(month === 9 ? ["sept"] : [])];
  for (const d of days) {
    for (const m of months) {
      forms.push({ letters: `${yearText}${m}${d}`, parted: true });
      for (const y of years)
        forms.push({ letters: `${m}${d}${y}`, parted: true }, { letters: `${d}${m}${y}`, parted: true });
    }
    for (const m of names) {
      for (const y of years) forms.push({ letters: `${m}${d}${y}` }, { letters: `${d}${m}${y}` });
    }
  }
  const ordinal = `${day}${["th", "st", "nd", "rd"][day % 10 < 4 && (day < 11 || day > 13) ? day % 10 : 0]}`;
  for (const m of names) {
    forms.push(
      { letters: `${m}${ordinal}${yearText}` },
      { letters: `${ordinal}${m}${yearText}` },
      { letters: `${ordinal}of${m}${yearText}` },
    );
    forms.push(
      { letters: `${m}${day}` },
      { letters: `${m}${ordinal}` },
      { letters: `${ordinal}of${m}` },
      { letters: `${day}${m}` },
    );
  }
  return forms;
}

function readings(value: string): readonly Day[] {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/.exec(value) ?? /^(\d{4})(\d\d)(\d\d)$/.exec(value);
  if (iso !== null) return days(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const digits = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)/.exec(value);
  if (digits !== null) {
    const [a, b, year] = digits.slice(1).map(Number) as [number, number, number];
    return a === b ? days(year, a, b) : [...days(year, a, b), ...days(year, b, a)];
  }
  const words = /^(?:([a-z]{3,9})\.? (\d{1,2})|(\d{1,2})[ -]([a-z]{3,9})),?[ -](\d{4})$/i.exec(value);
  if (words === null) return [];
  const month = monthOf((words[1] ?? words[4] ?? "").toLowerCase());
  return month === undefined ? [] : days(Number(words[5]), month, Number(words[2] ?? words[3]));
}

function days(year: number, month: number, day: number): readonly Day[] {
  return isDay(year, month, day) ? [[year, month, day]] : [];
}
