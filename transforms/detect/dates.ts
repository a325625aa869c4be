import type { Finding } from "../../src/types.ts";
import { isDay } from "./checks.ts";
import { NOT_AFTER, SCORES, SURE_CUES } from "./dayCues.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { between, hasBefore, matchAt, wordAt, wordBefore, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";
import { weekdayBefore } from "./written.ts";

const CLOCK = String.raw`(?:(?:T\d{1,2}:\d{2}(?::\d{2})?| \d{1,2}:\d{2}:\d{2})(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)?`;
const YEAR_FIRST = new RegExp(String.raw`(\d{4})( ?[-/.] ?)(\d{1,2})\2(\d{1,2})(?!\d)` + CLOCK, "y");
/** A hyphen goes on only to another date written in the same manner: `6/19/2019-1/4/2021`. */
const YEAR_LAST = /(\d{1,2})( ?[-/.] ?)(\d{1,2})\2(\d{4}|\d{2})(?!\d|[/.]\d|-\d(?!\d?\/\d{1,2}\/\d))/y;
const MIXED_MARKS = /(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?!\d|[-/.]\d)/y;
/** Parts in boxes of a form, after a word for a date alone: `DOB 03 02 1931`. */
const BOXED = /(\d{1,2}) (\d{1,2}) (\d{4}|\d{2})(?![\d/.-])/y;
/** A date without marks, after such a word alone: `Admit date: 060325`. */
const PACKED = /(\d{2})(\d{2})(\d{4}|\d{2})(?![\d/.-])/y;
const BOX_CUES = words("dob doa dod dos doi birth birthdate born date");
const MONTH_YEAR = /(\d{1,2})([-/])(\d{4})(?!\d|[-/.]\d)/y;
const YEAR_MONTH = /(\d{4})([-/])(\d{2})(?!\d|[-/.]\d)/y;
const MONTH_DAY = /(\d{1,2})([-/])(\d{1,2})(?!\d|[-/.,]\d|%)/y;
const DAYS = /(\d{1,2})\/(\d{1,2}) ?- ?(\d{1,2})\/(\d{1,2})(?!\d|[-/.,]\d|%)/y;
const STAMP = /(\d{4})(\d{2})(\d{2})(?:[01]\d[0-5]\d(?:[0-5]\d(?:\.\d{1,6})?)?)?(?!\d)/y;

const LOOSE_CUES = words("from by of to at around approximately about approx circa and or for until");

/** A date written in digits that begins at token `at`, a number; undefined where the digits are none. */
export function numericDateAt(tokens: Tokens, at: number): Finding | undefined {
  const found =
    wholeDate(tokens, at) ??
    stamp(tokens, at) ??
    monthAndYear(tokens, at) ??
    daysOf(tokens, at) ??
    monthAndDay(tokens, at);
  if (found === undefined) return undefined;
  const first = weekdayBefore(tokens, at);
  return first === at ? found : { ...found, start: tokens.start[first] as number };
}

function wholeDate(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const iso = matchAt(YEAR_FIRST, tokens.text, start);
  if (iso !== null) {
    const [year, , first, second] = iso.slice(1).map(Number) as [number, number, number, number];
    if (isDay(year, first, second) || isDay(year, second, first)) return date(start, iso[0], 0.98);
  }
  const last = matchAt(YEAR_LAST, tokens.text, start) ?? null;
  if (last !== null) {
    const [, first, mark, second, year] = last as unknown as [string, string, string, string, string];
    if (!isEitherDay(Number(year), Number(first), Number(second))) return undefined;
    const dotted = mark.includes(".");
    const short = year.length === 2 && (first.length < 2 || second.length < 2);
    if (dotted && short && !SURE_CUES.has(wordBefore(tokens, at, 1))) return undefined;
    return date(start, last[0], year.length === 4 ? 0.98 : 0.9);
  }
  const boxed = BOX_CUES.has(wordBefore(tokens, at, 1))
    ? (matchAt(BOXED, tokens.text, start) ?? matchAt(PACKED, tokens.text, start))
    : null;
  if (boxed !== null && isEitherDay(Number(boxed[3]), Number(boxed[1]), Number(boxed[2])))
    return date(start, boxed[0], 0.9);
  const mixed = matchAt(MIXED_MARKS, tokens.text, start);
  if (mixed === null || !isEitherDay(Number(mixed[3]), Number(mixed[1]), Number(mixed[2]))) return undefined;
  return date(start, mixed[0], 0.9);
}

/** `20240305`, with a time of day or without, as DICOM and HL7 write it. */
function stamp(tokens: Tokens, at: number): Finding | undefined {
  const length = (tokens.end[at] as number) - (tokens.start[at] as number);
  if (tokens.kind[at] !== TOKEN.number || length < 8) return undefined;
  const match = matchAt(STAMP, tokens.text, tokens.start[at] as number);
  if (match === null) return undefined;
  const year = Number(match[1]);
  if (year < 1900 || year > 2099 || !isDay(year, Number(match[2]), Number(match[3]))) return undefined;
  return date(tokens.start[at] as number, match[0], 0.7);
}

function monthAndYear(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const match = matchAt(MONTH_YEAR, tokens.text, start);
  if (match !== null) {
    const [month, , year] = match.slice(1).map(Number) as [number, number, number];
    if (month >= 1 && month <= 12 && year >= 1900 && year <= 2099) return date(start, match[0], 0.85);
  }
  const reversed = matchAt(YEAR_MONTH, tokens.text, start);
  if (reversed === null) return undefined;
  const [year, , month] = reversed.slice(1).map(Number) as [number, number, number];
  if (month < 1 || month > 12 || year < 1900 || year > 2099) return undefined;
  return date(start, reversed[0], 0.8);
}

/** `9/30-10/2`, from day to day; `4/5-5/5` is the strength of muscles. */
function daysOf(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const match = matchAt(DAYS, tokens.text, start);
  if (match === null || hasBefore(tokens, at, 4, SCORES)) return undefined;
  const [from, day, to, other] = match.slice(1).map(Number) as [number, number, number, number];
  const runs = from === to ? day < other : from < to || (from > 9 && to < 4);
  const fits = isDay(2000, from, day) && isDay(2000, to, other) && day !== other;
  return runs && fits ? date(start, match[0], 0.75) : undefined;
}

/** `3/14`: a date only where the words around it say so; scores, doses and fractions are written the same way. */
function monthAndDay(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const match = matchAt(MONTH_DAY, tokens.text, start);
  if (match === null || !isEitherDay(2000, Number(match[1]), Number(match[3]))) return undefined;
  const after = at + 3;
  if (NOT_AFTER.has(wordAt(tokens, after)) || tokens.kind[after] === TOKEN.mixed) return undefined;
  if (hasBefore(tokens, at, 5, SCORES)) return undefined;
  const before = wordBefore(tokens, at, 2);
  if (match[2] === "-") {
    const range = match[0].length < 5 && Number(match[3]) < 13 && Number(match[1]) < Number(match[3]);
    return SURE_CUES.has(before) && !range ? date(start, match[0], 0.6) : undefined;
  }
  if (SURE_CUES.has(before)) return date(start, match[0], 0.8);
  if (
    /^(?: \d{1,2}:\d{2}| (?:[01]\d|2[0-3])[0-5]\d)\b/.test(
      tokens.text.slice(start + match[0].length, tokens.end[after + 2]),
    )
  ) {
    return date(start, match[0], 0.7);
  }
  const high = Number(match[1]) > 12 ? 0 : Number(match[3]);
  const opens =
    (tokens.gap[at] as number) >= GAP.line && ":-".includes(wordAt(tokens, after)) && wordAt(tokens, after) !== "";
  if (opens || isColumn(tokens, at, after)) return date(start, match[0], 0.7);
  const heads =
    wordAt(tokens, after) === ":" && tokens.kind[at - 1] === TOKEN.word && tokens.kind[after + 1] !== TOKEN.number;
  if (heads && Number(match[1]) <= 12) return date(start, match[0], 0.6);
  if (high > 12 && LOOSE_CUES.has(before)) return date(start, match[0], 0.65);
  if (high > 12 && (isPlainWord(tokens, at - 1) || heading(tokens, at, after))) return date(start, match[0], 0.55);
  return undefined;
}

/** At the head of a line, with a column or a field after it: `1/17   INR 3.6`. */
function isColumn(tokens: Tokens, at: number, after: number): boolean {
  if ((tokens.gap[at] as number) < GAP.line || after >= tokens.count || (tokens.gap[after] as number) > GAP.space)
    return false;
  const wide = (tokens.start[after] as number) - (tokens.end[after - 1] as number) > 1;
  return wide || wordAt(tokens, after) === "|" || tokens.text[(tokens.start[after] as number) - 1] === "\t";
}

/** At the head of a line, or after a word that no list has at the end of a sentence: `Dr. Zubiri 10/22.` */
function heading(tokens: Tokens, at: number, after: number): boolean {
  if ((tokens.gap[at] as number) >= GAP.line) return tokens.kind[after] === TOKEN.word;
  const closes = /^[.;)]?$/.test(wordAt(tokens, after)) || (tokens.gap[after] as number) >= GAP.line;
  return closes && tokens.kind[at - 1] === TOKEN.word && ((tokens.info[at - 1] as number) & KIND.medical) === 0;
}

/** What goes before is a small word or an acronym, not what may be a drug with the doses of its two parts. */
function isPlainWord(tokens: Tokens, at: number): boolean {
  if (at < 0 || tokens.kind[at] === TOKEN.mark) return wordAt(tokens, at) === "," || wordAt(tokens, at) === "(";
  if (tokens.kind[at] !== TOKEN.word) return false;
  const info = tokens.info[at] as number;
  const shape = tokens.shape[at];
  const acronym = (shape === SHAPE.upper || shape === SHAPE.camel) && (tokens.word[at] as string).length < 5;
  const named = (info & (KIND.firstName | KIND.lastName | KIND.city)) !== 0;
  const plain = (info & (KIND.medical | KIND.eponym)) === 0;
  return acronym || (plain && (tokens.shape[at] === SHAPE.lower ? rankOf(info) > 0 : named));
}

function isEitherDay(year: number, first: number, second: number): boolean {
  return isDay(year, first, second) || isDay(year, second, first);
}

function date(start: number, text: string, score: number): Finding {
  return between(start, start + text.trimEnd().length, "DATE", score);
}

const YEAR_CUES = words(`in since of from until till by during circa year yr early late mid around before after dx
  diagnosed back born summer spring fall winter autumn through about and to or class model built graduated vintage`);
const NOT_YEARS = words(
  "mg ml mcg kcal cc calories cal steps iu units ml/day hours g ng kg cells ft feet meters m k am pm hrs",
);

/** A bare year, which most profiles let stand; found only where words around it make it one. */
export function yearAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const end = tokens.end[at] as number;
  if (tokens.kind[at] !== TOKEN.number || end - start !== 4) return undefined;
  const year = Number(tokens.word[at]);
  if (year < 1890 || year > 2099 || NOT_YEARS.has(wordAt(tokens, at + 1))) return undefined;
  if (/^[-/.]\d(?!\d{3}(?!\d))/.test(tokens.text.slice(end, end + 6))) return undefined;
  const cue =
    YEAR_CUES.has(wordBefore(tokens, at, 0)) || (wordAt(tokens, at - 1) === "(" && wordAt(tokens, at + 1) === ")");
  return cue ? between(start, end, "DATE", 0.7, "YEAR") : undefined;
}
