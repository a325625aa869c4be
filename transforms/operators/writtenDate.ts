/** Dates as people write them in English, read and written again in the same form. */
import { type Day, dayOf, daysOf, isDay } from "./calendar.ts";
import { dayText } from "./canonical.ts";

/** A date read from a text. Of `year`, `month` and `day` the ones that are written. */
export interface WrittenDate {
  readonly year?: number;
  /** 1 to 12. */
  readonly month?: number;
  readonly day?: number;
  /** Another day in the same form: same order, marks, digits, names, case and time of day. */
  write(day: Day): string;
}

const MONTHS = "January February March April May June July August September October November December".split(" ");
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const names = (all: readonly string[], others: string): string =>
  `(?:${all.join("|")}|${others}|${all.map((name) => name.slice(0, 3)).join("|")})`;
const MONTH = `(?<name>${names(MONTHS, "Sept")})\\.?`;
const WEEKDAY = `(?:(?<weekday>${names(WEEKDAYS, "Tues|Wednes|Weds|Thurs|Thur")})\\.?,?\\s+)?`;
const YEAR = "(?<year>(?:1[6-9]|20|21)\\d\\d)";
const SHORT = "(?:(?<mark>['’])?(?<short>\\d\\d))";
const ANY_YEAR = `(?:${YEAR}|${SHORT})`;
const DAY = "(?<day>0?[1-9]|[12]\\d|3[01])(?<ordinal>st|nd|rd|th)?";
const NUMBER = (name: string): string => `(?<${name}>\\d{1,2})`;
const ZONE = "(?:\\s*(?:Z|UTC|GMT|[A-Z]{2,4}T|[+-]\\d{2}(?::?\\d{2})?)(?:\\[[\\w/]+\\])?)?";
const CLOCK = `(?:(?:T|\\s*,?\\s+(?:at\\s+|@\\s*)?)(?:\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?\\s*(?:[ap]\\.?m\\.?)?|\\d{1,2}\\s*[ap]\\.?m\\.?|\\d{4}\\s*(?:hrs|hours|h))${ZONE})?`;
const whole = (...forms: readonly string[]): readonly RegExp[] =>
  forms.map((form) => new RegExp(`^${WEEKDAY}(?:the\\s+)?${form}${CLOCK}$`, "di"));

/** `first` and `second` are a day and a month whose order the numbers or the mark between them must tell. */
const FORMS: readonly RegExp[] = [
  ...whole(
    `${YEAR}\\s?(?<sep>[-/.])\\s?${NUMBER("month")}\\s?\\k<sep>\\s?${NUMBER("day")}`,
    `${NUMBER("first")}\\s?(?<sep>[-/.])\\s?${NUMBER("second")}\\s?\\k<sep>\\s?${ANY_YEAR}`,
    `${NUMBER("first")}[-/]${NUMBER("second")}[-/]${YEAR}`,
    `${MONTH}[\\s-]*(?:the\\s+)?${DAY}(?:\\s*,\\s*|\\s+of\\s+|[\\s-]+)${ANY_YEAR}`,
    `${DAY}[\\s-]*(?:of\\s+)?${MONTH}(?:\\s*,\\s*|\\s+of\\s+|[\\s-]*)${ANY_YEAR}`,
    `${YEAR}[\\s-]+${MONTH}[\\s-]+${DAY}`,
    `${MONTH}\\s+(?:the\\s+)?${DAY}`,
    `${DAY}[\\s-]+(?:of\\s+)?${MONTH}`,
    `${MONTH}(?:\\s*,\\s*|\\s+of\\s+|[\\s-]*)(?:${YEAR}|(?<mark>['’])(?<short>\\d\\d))`,
  ),
  ...[
    "(?<year>(?:1[89]|20)\\d\\d)(?<month>\\d\\d)(?<day>\\d\\d)(?:T?\\d{4}(?:\\d\\d(?:\\.\\d{1,6})?)?(?:Z|[+-]\\d{4})?)?",
  ]
    .concat(
      `${NUMBER("month")}[-/]${YEAR}`,
      `${YEAR}[-/]${NUMBER("month")}`,
      YEAR,
      `${NUMBER("first")}[/]${NUMBER("second")}`,
    )
    .map((form) => new RegExp(`^${form}$`, "di")),
];

/**
 * Reads a text that is nothing but one date, with a weekday before and a time of day after it where it has them.
 * Undefined for anything else, days that no calendar has included. Numbers stand month first, as in the USA, unless
 * the first is over 12 or points part them; with `dayFirst` day first, unless the second is over 12. Two digits mean
 * the latest such year not after `latest`.
 */
export function readDate(text: string, latest: number, dayFirst = false): WrittenDate | undefined {
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?=$|T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z?$)/.exec(text);
  if (iso) return isoDate(text, Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const said = text.trim();
  if (said.length < 3 || said.length > 80 || !/\d/.test(said)) return undefined;
  for (const form of FORMS) {
    const match = form.exec(said);
    const date = match && dateOf(match, latest, dayFirst);
    if (date) {
      const lead = text.indexOf(said);
      return {
        ...date,
        write: (day) => text.slice(0, lead) + written(match, date, day) + text.slice(lead + said.length),
      };
    }
  }
  return undefined;
}

/** The commonest form, without the many patterns of the others. */
function isoDate(text: string, year: number, month: number, day: number): WrittenDate | undefined {
  if (!isDay({ year, month, day })) return undefined;
  return { year, month, day, write: (to) => dayText(daysOf(to)) + text.slice(10) };
}

/** Moves a written date by whole days. A month counts from its 15th day, a year from 1 July; a day without a year moves in an ordinary year. */
export function moveDate(date: WrittenDate, days: number): string {
  const year = date.year ?? (date.month === 2 && date.day === 29 ? 2024 : 2023);
  const from: Day = { year, month: date.month ?? 7, day: date.day ?? (date.month === undefined ? 1 : 15) };
  return date.write(dayOf(daysOf(from) + days));
}

type Group = "year" | "mark" | "short" | "month" | "day" | "name" | "weekday" | "ordinal" | "first" | "second" | "sep";
type Groups = Readonly<Partial<Record<Group, string>>>;
interface Parts {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
  /** Which of the two numbers is the month. */
  readonly monthGroup?: "first" | "second";
}

function dateOf(match: RegExpExecArray, latest: number, dayFirst: boolean): Parts | undefined {
  const groups = match.groups as Groups;
  const order = monthGroup(groups, dayFirst);
  const month = groups.name
    ? MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === groups.name!.slice(0, 3).toLowerCase()) + 1
    : numbered(order ? groups[order] : groups.month);
  const day = numbered(order ? groups[order === "first" ? "second" : "first"] : groups.day);
  const year = numbered(groups.year) ?? fullYear(numbered(groups.short), latest);
  if (!isDay({ year: year ?? 2024, month: month ?? 1, day: day ?? 1 })) return undefined;
  return {
    ...(year !== undefined && { year }),
    ...(month !== undefined && { month }),
    ...(day !== undefined && { day }),
    ...(order && { monthGroup: order }),
  };
}

function monthGroup({ first, second, sep, year, short }: Groups, dayFirst: boolean): "first" | "second" | undefined {
  if (first === undefined || second === undefined) return undefined;
  const european = dayFirst || (sep === "." && (year ?? short) !== undefined);
  if (Number(first) > 12) return "second";
  return european && Number(second) <= 12 ? "second" : "first";
}

function fullYear(short: number | undefined, latest: number): number | undefined {
  if (short === undefined) return undefined;
  const century = Math.floor(latest / 100) * 100;
  return century + short <= latest ? century + short : century - 100 + short;
}

function numbered(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

function written(match: RegExpExecArray, parts: Parts, to: Day): string {
  const groups = match.groups as Groups;
  const order = parts.monthGroup;
  const dashed = /\d-?[a-z]+-?\d/i.test(match[0]);
  const numbers = [groups.first, groups.second, groups.month, groups.day].filter((n) => n !== undefined);
  const padded = groups.name ? dashed || /^0/.test(groups.day ?? "") : numbers.every((n) => n.length === 2);
  const number = (value: number): string => (padded ? String(value).padStart(2, "0") : String(value));
  const answers: Readonly<Partial<Record<string, string>>> = {
    year: String(to.year).padStart(4, "0"),
    short: String(to.year % 100).padStart(2, "0"),
    month: number(to.month),
    day: groups.ordinal ? String(to.day) : number(to.day),
    first: number(order === "first" ? to.month : to.day),
    second: number(order === "first" ? to.day : to.month),
    ordinal: ordinal(to.day),
    name: like(groups.name, MONTHS[to.month - 1]!),
    weekday: like(groups.weekday, WEEKDAYS[(((daysOf(to) + 4) % 7) + 7) % 7]!),
  };
  return replaced(match, answers);
}

function replaced(match: RegExpExecArray, answers: Readonly<Partial<Record<string, string>>>): string {
  const places = Object.entries(match.indices!.groups!)
    .filter(([name, place]) => place !== undefined && answers[name] !== undefined)
    .sort(([, a], [, b]) => a[0] - b[0]);
  let out = "";
  let at = 0;
  for (const [name, [start, end]] of places) {
    out += match[0].slice(at, start) + answers[name];
    at = end;
  }
  return out + match[0].slice(at);
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}

/** A name with as many letters as the model writes of its own, in its case. `May` does not tell: it is taken as whole. */
function like(model: string | undefined, name: string): string {
  if (model === undefined) return name;
  const short =
    model.length <= 5 &&
    model.toLowerCase() !== "may" &&
    ![...MONTHS, ...WEEKDAYS].some((full) => full.toLowerCase() === model.toLowerCase());
  const cut = short ? name.slice(0, 3) : name;
  if (model === model.toUpperCase()) return cut.toUpperCase();
  return model === model.toLowerCase() ? cut.toLowerCase() : cut;
}
