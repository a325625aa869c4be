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
 * Every common way to write the date that `value` is; none where it is no date. `value` is ISO 8601, digits in American
 * order (day first where that alone makes a date), or has the month in words.
 */
export function dateForms(value: string): readonly DateForm[] {
  const date = parse(value);
  if (date === undefined) return [];
  const [year, month, day] = date;
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

function parse(value: string): readonly [number, number, number] | undefined {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/.exec(value) ?? /^(\d{4})(\d\d)(\d\d)$/.exec(value);
  if (iso !== null) return valid(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const digits = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)/.exec(value);
  if (digits !== null) {
    const [a, b, year] = digits.slice(1).map(Number) as [number, number, number];
    return valid(year, a, b) ?? valid(year, b, a);
  }
  const words = /^(?:([a-z]{3,9})\.? (\d{1,2})|(\d{1,2})[ -]([a-z]{3,9})),?[ -](\d{4})$/i.exec(value);
  if (words === null) return undefined;
  const month = monthOf((words[1] ?? words[4] ?? "").toLowerCase());
  return month === undefined ? undefined : valid(Number(words[5]), month, Number(words[2] ?? words[3]));
}

function valid(year: number, month: number, day: number): readonly [number, number, number] | undefined {
  return isDay(year, month, day) ? [year, month, day] : undefined;
}
