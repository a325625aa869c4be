import { TimeUnit } from "apache-arrow";

const DAY = 86_400n;

/** Digits after the second. */
const DIGITS: Readonly<Record<TimeUnit, number>> = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
};

const DATE = "([+-]\\d{6}|\\d{4})-(\\d\\d)-(\\d\\d)";
const ISO_DATE = new RegExp(`^${DATE}$`);
const ISO_TIMESTAMP = new RegExp(
  `^${DATE}[T ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,9}))?)? ?(?:([Zz])|([+-])(\\d\\d)(?::?(\\d\\d))?)?$`,
);

/** Days since 1970-01-01 of an ISO 8601 date; undefined where the text is none. */
export function parseDate(text: string): number | undefined {
  if (text.length === 10 && text[4] === "-" && text[7] === "-") {
    return daysOf(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
  }
  const match = ISO_DATE.exec(text);
  return match ? daysOf(Number(match[1]), Number(match[2]), Number(match[3])) : undefined;
}

/**
 * An ISO 8601 date and time in the unit given, since 1970-01-01. `zoned`: an offset is asked for and applied ("utc": may
 * be left out); otherwise none may be there. Undefined where the text is none, or is finer than the unit.
 */
export function parseTimestamp(text: string, unit: TimeUnit, zoned: boolean | "utc"): bigint | undefined {
  const match = ISO_TIMESTAMP.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = "0", fraction = "", zulu, sign, ahead = "0", aheadMinutes = "0"] =
    match;
  const hasOffset = zulu !== undefined || sign !== undefined;
  if (zoned === false ? hasOffset : zoned === true && !hasOffset) return undefined;
  const days = daysOf(Number(year), Number(month), Number(day));
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(ahead) > 23 || Number(aheadMinutes) > 59) return undefined;
  const digits = DIGITS[unit];
  if (/[^0]/.test(fraction.slice(digits))) return undefined;
  const offset = (Number(ahead) * 60 + Number(aheadMinutes)) * (sign === "-" ? -60 : 60);
  const seconds = BigInt(days) * DAY + BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset);
  const value = seconds * 10n ** BigInt(digits) + BigInt(fraction.slice(0, digits).padEnd(digits, "0") || "0");
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** `YYYY-MM-DD`; years before 0 and after 9999 by ISO 8601's signed form of six digits. */
export function printDate(days: number): string {
  const [year, month, day] = civil(days);
  return `${isoYear(year)}-${two(month)}-${two(day)}`;
}

/** `YYYY-MM-DDTHH:MM:SS` with every digit of the unit after it, and `Z` where it counts in UTC. */
export function printTimestamp(value: bigint, unit: TimeUnit, utc: boolean): string {
  const perDay = DAY * 10n ** BigInt(DIGITS[unit]);
  const ofDay = ((value % perDay) + perDay) % perDay;
  return `${printDate(Number((value - ofDay) / perDay))}T${printTime(ofDay, unit)}${utc ? "Z" : ""}`;
}

/** `HH:MM:SS` with every digit of the unit after it. */
export function printTime(value: bigint, unit: TimeUnit): string {
  const digits = DIGITS[unit];
  const per = 10n ** BigInt(digits);
  const seconds = Number(value / per);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return digits === 0 ? clock : `${clock}.${String(value % per).padStart(digits, "0")}`;
}

/** The number that the digits of `text[start, end)` spell; NaN where one is no digit. */
function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN;
  }
  return number;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

function isoYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, "0");
  return `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}`;
}

const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`); undefined for a day
 * that no month has.
 */
function daysOf(year: number, month: number, day: number): number | undefined {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (!(year <= 999_999 && month >= 1 && month <= 12 && day >= 1)) return undefined;
  if (day > MONTHS[month - 1]! + (leap && month === 2 ? 1 : 0)) return undefined;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

/** The inverse, `civil_from_days`: JavaScript's own dates end in the year 275760, Arrow's do not. */
function civil(days: number): readonly [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}
