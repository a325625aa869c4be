import type { Finding, PhiType } from "../../src/types.ts";
import { fold } from "./fold.ts";
import { dateForms } from "./knownDates.ts";
import { isOneEdit, NAME_WORDS } from "./similar.ts";

/** A value of the same row that must not be seen in its text. */
export interface KnownValue {
  readonly value: string;
  /** What the value is; a name unless told. Dates are looked for in every written form, numbers without punctuation. */
  readonly type?: PhiType;
}

/**
 * Where the row's own values stand in a text, whatever the detector says; detail `KNOWN`.
 *
 * Whole words, any case, marks on letters folded; joined or split by blanks, hyphens, dots and the like. Of a name, each
 * part counts alone, with initials beside it, and with one letter wrong from five letters on. A name that is an ordinary
 * word too (Will, May, Brown) or has fewer than three letters counts where it is written as a name: capitalised within a
 * sentence, beside another known name or an initial, or after a title; so it may be missed at the start of a sentence
 * and in notes without capitals. Values of one character, and numbers under four digits, count only beside others.
 */
export function findKnown(text: string, values: readonly KnownValue[]): readonly Finding[] {
  if (values.length === 0 || text === "") return [];
  const page = compact(text);
  const found: Span[] = [];
  const names: string[] = [];
  for (const { value, type = "NAME" } of values) {
    const wanted = fold(value.trim()).text;
    if (wanted === "") continue;
    if (type === "NAME") names.push(...nameParts(wanted));
    else for (const form of formsOf(wanted, type)) addAll(page, form, type, found);
    if (type === "NAME" && /[\s,]/.test(wanted)) addAll(page, form(wanted), type, found);
  }
  if (names.length > 0) addNames(page, names, found);
  const { from, to } = page.folded;
  return found.map(({ start, end, type }) => ({
    type,
    start: from === undefined ? start : (from[start] as number),
    end: to === undefined ? end : (to[end - 1] as number),
    score: 1,
    detail: "KNOWN",
  }));
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: PhiType;
}

/** A text without what may stand between the parts of a value. */
interface Page {
  readonly folded: ReturnType<typeof fold>;
  /** Letters and digits alone, lower case. */
  readonly letters: string;
  /** Offset in the folded text of each unit of `letters`. */
  readonly at: Int32Array;
}

/** How a value may be written, letters and digits alone, and what must hold where it is found. */
interface Form {
  readonly letters: string;
  /** The value must be written with something between its parts, so that a bare number is no date. */
  readonly parted?: boolean;
}

function compact(text: string): Page {
  const folded = fold(text);
  const lower = folded.text.toLowerCase();
  const source = lower.length === folded.text.length ? lower : folded.text;
  const at = new Int32Array(source.length);
  const kept: string[] = [];
  let count = 0;
  let run = -1;
  for (let unit = 0; unit <= source.length; unit += 1) {
    const keeps = unit < source.length && isLetterOrDigit(source.charCodeAt(unit));
    if (keeps) {
      at[count] = unit;
      count += 1;
      if (run < 0) run = unit;
    } else if (run >= 0) {
      kept.push(source.slice(run, unit));
      run = -1;
    }
  }
  return { folded, letters: kept.join(""), at };
}

function isLetterOrDigit(code: number): boolean {
  if (code < 128)
    return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
  return (
    code > 0xbf &&
    code !== 0xd7 &&
    code !== 0xf7 &&
    !(code >= 0x2000 && code <= 0x2bff) &&
    !(code >= 0x3000 && code <= 0x303f)
  );
}

function form(value: string): Form {
  const letters = [...value.toLowerCase()].filter((unit) => isLetterOrDigit(unit.charCodeAt(0))).join("");
  return { letters };
}

function formsOf(value: string, type: PhiType): readonly Form[] {
  const whole = form(value);
  const dates = type === "DATE" || /^\d{4}-\d\d-\d\d/.test(value) ? dateForms(value) : [];
  if (dates.length > 0) return dates;
  if (!/^\d+$/.test(whole.letters)) return type === "ADDRESS" ? [whole, ...streetForms(value)] : [whole];
  const digits = whole.letters;
  const forms = [whole];
  const bare = digits.replace(/^0+/, "");
  if (bare.length >= 5 && bare !== digits) forms.push({ letters: bare });
  const national = digits.length === 11 && digits.startsWith("1") ? digits.slice(1) : digits;
  const isPhone = type === "PHONE_OR_FAX" && national.length === 10;
  if (isPhone && national !== digits) forms.push({ letters: national });
  if (isPhone) forms.push({ letters: national.slice(3), parted: true });
  return forms;
}

const SUFFIXES: readonly (readonly [string, string])[] = [
  ["street", "st"],
  ["avenue", "ave"],
  ["road", "rd"],
  ["drive", "dr"],
  ["lane", "ln"],
  ["court", "ct"],
  ["boulevard", "blvd"],
  ["place", "pl"],
  ["circle", "cir"],
  ["terrace", "ter"],
  ["apartment", "apt"],
  ["north", "n"],
  ["south", "s"],
  ["east", "e"],
  ["west", "w"],
];

function streetForms(value: string): readonly Form[] {
  const parts = value.toLowerCase().split(/[\s.,]+/);
  const short = parts.map((part) => SUFFIXES.find(([long]) => long === part)?.[1] ?? part).join(" ");
  const long = parts
    .map((part, at) => (at === 0 ? part : (SUFFIXES.find(([, brief]) => brief === part)?.[0] ?? part)))
    .join(" ");
  return [form(short), form(long)];
}

function addAll(page: Page, wanted: Form, type: PhiType, found: Span[]): void {
  const { letters } = wanted;
  const least = /^\d+$/.test(letters) ? 4 : 2;
  if (letters.length < least) return;
  for (let hit = page.letters.indexOf(letters); hit >= 0; hit = page.letters.indexOf(letters, hit + 1)) {
    const start = page.at[hit] as number;
    const end = (page.at[hit + letters.length - 1] as number) + 1;
    if (isWhole(page, start, end) && isTight(page, hit, letters.length, wanted.parted === true))
      found.push({ start, end, type });
  }
}

/** No letter or digit of the same kind goes on at either end; `DOB1950` ends a word where digits begin. */
function isWhole(page: Page, start: number, end: number): boolean {
  const { text } = page.folded;
  return !goesOn(text, start - 1, start) && !goesOn(text, end - 1, end);
}

function goesOn(text: string, left: number, right: number): boolean {
  if (left < 0 || right >= text.length) return false;
  const a = text.charCodeAt(left);
  const b = text.charCodeAt(right);
  if (!isLetterOrDigit(a) || !isLetterOrDigit(b)) return false;
  const digit = (code: number): boolean => code >= 0x30 && code <= 0x39;
  return digit(a) === digit(b);
}

const GAP_LIMIT = 4;

/** Between two units of one value stand at most four others, and no end of a sentence. */
function isTight(page: Page, hit: number, length: number, parted: boolean): boolean {
  let gaps = 0;
  for (let unit = hit + 1; unit < hit + length; unit += 1) {
    const left = page.at[unit - 1] as number;
    const right = page.at[unit] as number;
    if (right - left === 1) continue;
    gaps += 1;
    if (right - left - 1 > GAP_LIMIT) return false;
    if (/[;:!?|\n]{2}|[!?;|]/.test(page.folded.text.slice(left + 1, right))) return false;
  }
  return !parted || gaps > 0;
}

const NOT_NAMES: ReadonlySet<string> = new Set(
  "mr mrs ms miss dr prof jr sr ii iii iv md rn phd the and of de la le el al van von der den del di da dos bin ibn san st".split(
    " ",
  ),
);

function nameParts(value: string): readonly string[] {
  const parts = value.toLowerCase().split(/[^\p{L}\p{N}']+/u);
  const plain = parts.map((part) => part.replaceAll("'", "")).filter((part) => part !== "" && !NOT_NAMES.has(part));
  const whole = form(value).letters;
  const pairs = parts.length > 1 && parts.length <= 3 && !value.includes(",") ? [whole] : [];
  return [...new Set([...plain, ...pairs])];
}

/** A word of the text, or several that a value joins, that may be part of a name. */
interface Hit extends Span {
  /** Enough by itself; the others count only beside another hit. */
  readonly sure: boolean;
}

function addNames(page: Page, names: readonly string[], found: Span[]): void {
  const hits: Hit[] = [];
  for (const name of new Set(names)) {
    const spans: Span[] = [];
    if (name.length > 1) addAll(page, { letters: name }, "NAME", spans);
    for (const span of spans) hits.push({ ...span, sure: isSure(page, name, span) });
  }
  const initials = new Set(names.map((name) => name[0] as string));
  for (const word of wordsOf(page)) {
    if (word.letters.length === 1) {
      if (initials.has(word.letters)) hits.push({ ...word, type: "NAME", sure: false });
    } else if (names.some((name) => isMisspelt(page, name, word))) hits.push({ ...word, type: "NAME", sure: true });
  }
  hits.sort((a, b) => a.start - b.start || b.end - a.end);
  found.push(...joinHits(page, hits));
}

interface Word {
  readonly letters: string;
  readonly start: number;
  readonly end: number;
}

function* wordsOf(page: Page): Generator<Word> {
  for (const match of page.folded.text.matchAll(/[A-Za-z\u00c0-\uffff]+/g)) {
    yield { letters: match[0].toLowerCase(), start: match.index, end: match.index + match[0].length };
  }
}

function isMisspelt(page: Page, name: string, word: Word): boolean {
  const { length } = word.letters;
  if (
    name === word.letters ||
    name.length < 5 ||
    Math.abs(length - name.length) > 1 ||
    length < 4 ||
    NAME_WORDS.has(word.letters) ||
    NAME_WORDS.has(name)
  )
    return false;
  const capital = isCapital(page.folded.text, word.start);
  return (capital || name.length >= 7) && isOneEdit(name, word.letters);
}

function isCapital(text: string, at: number): boolean {
  const letter = text[at] as string;
  return letter !== letter.toLowerCase();
}

const TITLE_BEFORE =
  /\b(?:mr|mrs|ms|miss|dr|prof|patient|pt|name|dear|hi|hello|son|daughter|wife|husband|mother|father|mom|dad|sister|brother)\.?[\s:,]{1,3}$/i;

/** Long enough and no ordinary word; or written as a name: capitalised where a sentence does not ask for it, or after a title. */
function isSure(page: Page, name: string, span: Span): boolean {
  const ordinary = name.length < 3 || NAME_WORDS.has(name);
  if (!ordinary) return true;
  const { text } = page.folded;
  const before = text.slice(Math.max(0, span.start - 16), span.start);
  if (TITLE_BEFORE.test(before)) return true;
  if (!isCapital(text, span.start)) return false;
  if (/(?:^|[.!?:\n]["')\s]*)$/.test(before)) return /^'s\b/.test(text.slice(span.end, span.end + 3));
  const shouted = span.end - span.start > 1 && !isLower(text, span.end - 1);
  return !shouted || (name.length >= 3 && !/[A-Z]{2,}\W*$/.test(before));
}

function isLower(text: string, at: number): boolean {
  const letter = text[at] as string;
  return letter !== letter.toUpperCase();
}

/** Between the parts of one name; a comma only after its first part. */
const NAME_GAP = /^(?:[\s,.'-]{1,3}|\.?\s[A-Za-z]\.?\s)$/;
const SAME_NAME_GAP = /^(?:[\s.'-]{1,3}|\.?\s[A-Za-z]\.?\s)$/;

/** Hits that stand beside each other, an initial between them allowed, are one name; unsure ones need a neighbour. */
function joinHits(page: Page, hits: readonly Hit[]): Span[] {
  const joined: Span[] = [];
  let group: Hit[] = [];
  let end = -1;
  const close = (): void => {
    const first = group[0];
    const spread = group.some((hit) => hit.start >= (first as Hit).end);
    const long = group.some((hit) => hit.end - hit.start > 1);
    if (first !== undefined && (group.some((hit) => hit.sure) || (spread && long))) {
      joined.push({ start: first.start, end, type: "NAME" });
    }
    group = [];
  };
  for (const hit of hits) {
    const between = page.folded.text.slice(end, hit.start);
    const joins = group.length === 1 ? NAME_GAP : SAME_NAME_GAP;
    if (group.length > 0 && hit.start >= end && !joins.test(between)) close();
    group.push(hit);
    end = group.length === 1 ? hit.end : Math.max(end, hit.end);
  }
  close();
  return joined;
}
