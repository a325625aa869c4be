import type { Finding } from "../../src/types.ts";
import { isDay } from "./checks.ts";
import { across, isGlued, rawAt, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";

const MONTHS: ReadonlyMap<string, number> = new Map(
  `jan 1 january 1 feb 2 february 2 febuary 2 mar 3 march 3 apr 4 april 4 may 5 jun 6 june 6 jul 7 july 7 aug 8 august 8
  sep 9 sept 9 september 9 oct 10 october 10 nov 11 november 11 dec 12 december 12`
    .split(/\s+/)
    .flatMap((word, at, all): [string, number][] => (at % 2 === 0 ? [[word, Number(all[at + 1])]] : [])),
);
const WEEKDAYS =
  words(`monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri
  sat sun`);
const ORDINALS: ReadonlyMap<string, number> = new Map<string, number>(
  `first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
  sixteenth seventeenth eighteenth nineteenth twentieth`
    .split(/\s+/)
    .map((word, at): [string, number] => [word, at + 1]),
).set("thirtieth", 30);
const ALONE_CUES = words(
  "in since last this next until till early late mid during through by from of between around past",
);
const MAY_CUES = words("in since last until till early late mid during of");
const UNITS = words("mg mcg ml cc g kg units unit tablets tabs mmhg % percent am pm hours hrs weeks days months years");

/** A run of tokens that belongs to a date. */
interface Part {
  readonly value: number;
  /** Last token, inclusive. */
  readonly last: number;
}

/** Words at which `writtenDateAt` finds something. */
export const MONTH_WORDS: ReadonlySet<string> = new Set(MONTHS.keys());

/** The number of the month that a word names; undefined where it names none. */
export function monthOf(word: string): number | undefined {
  return MONTHS.get(word);
}

/** A date whose month is a word, found at that word: `March 14th, 2021`, `14-Mar-21`, `the fifth of May`, `June 2019`. */
export function writtenDateAt(tokens: Tokens, at: number): Finding | undefined {
  const month = MONTHS.get(tokens.word[at] as string);
  if (month === undefined) return undefined;
  const left = dayBefore(tokens, at);
  const right = dayAfter(tokens, at, month);
  const bare = tokens.shape[at] === SHAPE.lower && /^(?:may|mar|march)$/.test(tokens.word[at] as string);
  if (right !== undefined && (left === undefined || yearAfter(tokens, right.last) !== undefined)) {
    const year = yearAfter(tokens, right.last);
    if (bare && year === undefined && !/[a-z]/.test(wordAt(tokens, right.last))) return undefined;
    return sure(tokens, weekdayBefore(tokens, at), year?.last ?? right.last);
  }
  const year = yearAfter(tokens, at) ?? shortYearAfter(tokens, at, left !== undefined);
  if (left !== undefined && !(bare && year === undefined && left.value > 0)) {
    return sure(tokens, weekdayBefore(tokens, left.last), year?.last ?? at);
  }
  if (year !== undefined && !(bare && isLoose(tokens, at))) return across(tokens, at, year.last, "DATE", 0.9);
  return alone(tokens, at);
}

function sure(tokens: Tokens, first: number, last: number): Finding {
  return across(tokens, first, last, "DATE", 0.97);
}

function isLoose(tokens: Tokens, at: number): boolean {
  return tokens.shape[at] === SHAPE.lower && wordAt(tokens, at - 1) !== "in";
}

function alone(tokens: Tokens, at: number): Finding | undefined {
  if ((tokens.end[at] as number) - (tokens.start[at] as number) < 3) return undefined;
  const word = tokens.word[at] as string;
  // What is a word or a name as well needs its capital.
  if (tokens.shape[at] === SHAPE.lower && (word.length < 4 || /^(?:march|april|june|august)$/.test(word)))
    return undefined;
  const cues = word.length < 4 ? MAY_CUES : ALONE_CUES;
  const before = wordAt(tokens, at - 1) === "-" ? wordAt(tokens, at - 2) : wordAt(tokens, at - 1);
  const closes =
    at + 1 >= tokens.count || (tokens.gap[at + 1] as number) >= GAP.line || /^[.;,)]$/.test(wordAt(tokens, at + 1));
  const led =
    cues.has(before) || (closes && word.length > 3 && /^(?:last|next|since|until)$/.test(wordAt(tokens, at - 2)));
  if (!led || tokens.kind[at + 1] === TOKEN.possessive) return undefined;
  const part = before === "of" && /^(?:end|beginning|start|middle)$/.test(wordAt(tokens, at - 2)) ? at - 2 : at;
  return across(tokens, part, at, "DATE", 0.7, "MONTH");
}

/** Looks left for `14`, `14th`, `14th of`, `14th day of`, `fifth of`, `12-15`; `last` is the first token of it. */
function dayBefore(tokens: Tokens, at: number): Part | undefined {
  let day = at - 1;
  if (/^[-./,]$/.test(wordAt(tokens, day)) && (isGlued(tokens, at) || wordAt(tokens, day) !== "-")) day -= 1;
  if (wordAt(tokens, day) === "of") day -= wordAt(tokens, day - 1) === "day" ? 2 : 1;
  // The day of another date ended the sentence before: `through 3/13. May return`.
  if (isGlued(tokens, day) && wordAt(tokens, day - 1) === "/" && tokens.kind[day - 2] === TOKEN.number)
    return undefined;
  const value = dayOf(tokens, day);
  if (value === undefined) return undefined;
  let first = day;
  if (ORDINALS.has(wordAt(tokens, day)) && /^(?:twenty|thirty)$/.test(wordAt(tokens, day - 1))) first = day - 1;
  if (wordAt(tokens, day - 1) === "-" && /^(?:twenty|thirty)$/.test(wordAt(tokens, day - 2))) first = day - 2;
  const link = wordAt(tokens, first - 1) === "the" ? first - 2 : first - 1;
  const range = /^(?:-|to|and|&|through|thru)$/.test(wordAt(tokens, link));
  if (range && dayOf(tokens, link - 1) !== undefined) first = link - 1;
  return { value, last: first };
}

/** Looks right for `14`, `14th`, `the 14th`, `fourteenth`, `3-5`, `3 and 5`. */
function dayAfter(tokens: Tokens, at: number, month: number): Part | undefined {
  let day = at + 1;
  if (/^[-./]$/.test(wordAt(tokens, day))) day += 1;
  if (wordAt(tokens, day) === "the") day += 1;
  let value = dayOf(tokens, day);
  if (value === undefined && /^(?:twenty|thirty)$/.test(wordAt(tokens, day))) {
    const unit = wordAt(tokens, day + 1) === "-" ? day + 2 : day + 1;
    if (ORDINALS.has(wordAt(tokens, unit))) {
      value = (wordAt(tokens, day) === "twenty" ? 20 : 30) + (ORDINALS.get(wordAt(tokens, unit)) as number);
      day = unit;
    }
  }
  if (value === undefined || !isDay(2000, month, value)) return undefined;
  if (UNITS.has(wordAt(tokens, day + 1)) || (wordAt(tokens, day + 1) === "." && isDigitGlued(tokens, day + 2)))
    return undefined;
  const range = /^(?:-|to|and|&|through|thru)$/.test(wordAt(tokens, day + 1));
  const other = range ? dayOf(tokens, day + 2) : undefined;
  const unit = UNITS.has(wordAt(tokens, day + 3));
  return { value, last: other !== undefined && !unit && other > value ? day + 2 : day };
}

function isDigitGlued(tokens: Tokens, at: number): boolean {
  return isGlued(tokens, at) && tokens.kind[at] === TOKEN.number;
}

function dayOf(tokens: Tokens, at: number): number | undefined {
  if (at < 0 || at >= tokens.count) return undefined;
  const word = tokens.word[at] as string;
  const named = ORDINALS.get(word);
  if (named !== undefined) return named;
  const match = /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(word);
  const value = match === null ? 0 : Number(match[1]);
  return value >= 1 && value <= 31 ? value : undefined;
}

/** `2021` after a comma, point, dash or `of`; `'21`; `21` after a glued dash; `twenty twenty-one`. */
function yearAfter(tokens: Tokens, at: number): Part | undefined {
  let year = at + 1;
  if (wordAt(tokens, year) === "." && wordAt(tokens, year + 1) === ",") year += 1;
  const mark = wordAt(tokens, year);
  if (/^[-.,/]$/.test(mark) || mark === "of" || mark === "in") year += 1;
  if (wordAt(tokens, year) === "'" && /^\d\d$/.test(wordAt(tokens, year + 1))) return part(tokens, year + 1);
  const text = wordAt(tokens, year);
  if (/^(?:1[89]|20|21)\d\d$/.test(text) && !UNITS.has(wordAt(tokens, year + 1))) return part(tokens, year);
  if (/^\d\d$/.test(text) && (mark === "-" || mark === "/") && isGlued(tokens, year)) return part(tokens, year);
  return yearInWords(tokens, year);
}

function part(tokens: Tokens, at: number): Part {
  return { value: Number(tokens.word[at]), last: at };
}

/** `14 March 21`: two digits stand for a year only where a day was found before the month. */
function shortYearAfter(tokens: Tokens, at: number, hasDay: boolean): Part | undefined {
  if (!hasDay || !/^\d\d$/.test(wordAt(tokens, at + 1)) || UNITS.has(wordAt(tokens, at + 2))) return undefined;
  return { value: Number(tokens.word[at + 1]), last: at + 1 };
}

const TENS = words("ten twenty thirty forty fifty sixty seventy eighty ninety hundred");
const ONES =
  words(`one two three four five six seven eight nine eleven twelve thirteen fourteen fifteen sixteen seventeen
  eighteen nineteen oh`);

function yearInWords(tokens: Tokens, at: number): Part | undefined {
  const first = wordAt(tokens, at);
  const second = wordAt(tokens, at + 1);
  const thousand = first === "two" && second === "thousand";
  const century = (first === "nineteen" || first === "twenty") && (TENS.has(second) || ONES.has(second));
  if (!thousand && !century) return undefined;
  let last = at + 1;
  for (let next = at + 2; next < tokens.count && next < at + 6; next += 1) {
    const word = wordAt(tokens, next);
    if (TENS.has(word) || ONES.has(word)) last = next;
    else if (word !== "-" && word !== "and") break;
  }
  return { value: 0, last };
}

/** The weekday right before a date, `Tuesday,` or `Tue.`; `first` where there is none. */
export function weekdayBefore(tokens: Tokens, first: number): number {
  let before = first - 1;
  if (wordAt(tokens, before) === "the") before -= 1;
  if (/^[,.]$/.test(wordAt(tokens, before))) before -= 1;
  if (wordAt(tokens, before) === "." && WEEKDAYS.has(wordAt(tokens, before - 1))) before -= 1;
  if (!WEEKDAYS.has(wordAt(tokens, before)) || tokens.shape[before] === SHAPE.lower) return first;
  return before;
}

/** `14Mar2021`, `14MAR21` and `14MAR`, one token. Month first it would be a gene: `SEPT9`, `Oct4`. */
export function gluedDateAt(tokens: Tokens, at: number): Finding | undefined {
  const match = /^(\d{1,2})([A-Za-z]{3,9})(\d{4}|\d{2})?$/.exec(rawAt(tokens, at));
  const month = match === null ? undefined : MONTHS.get((match[2] as string).toLowerCase());
  if (match === null || month === undefined) return undefined;
  const small = match[3] === undefined && !/^[A-Z]/.test(match[2] as string);
  if (small || !isDay(Number(match[3] ?? 2000), month, Number(match[1]))) return undefined;
  return across(tokens, at, at, "DATE", 0.95);
}
