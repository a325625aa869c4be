import { GRADE, isOrdinary, type Note } from "../grades.ts";
import { KIND } from "../lexicon.ts";
import { across, type Found, wordAt } from "../matched.ts";
import { decode } from "../tagger/decode.ts";
import { featuresOf } from "../tagger/features.ts";
import { beginning, FINDING, KINDS, type Kind } from "../tagger/labels.ts";
import type { Model } from "../tagger/model.ts";
import { GAP, SHAPE, TOKEN } from "../tokens.ts";
import { isRole, TITLES } from "./cues.ts";
import { isEponymUse } from "./grades.ts";
import { isMonth } from "./months.ts";

/** How much more readily the tagger finds than leaves, in log-odds. */
const BIAS = 0;
/** Log-odds, the mean of its words, that a finding needs where rules found nothing. */
const LEAST = 1;
/** The same for one word that no list has: brands of drugs are written like names. */
const FIRM = 4;
const PERSON = KIND.firstName | KIND.lastName | KIND.anyName;
const PLACE = KIND.city | KIND.state | KIND.placeStart;

/**
 * What the trained tagger takes for a name, a town, a street or a facility, beside what rules find. What rules know to be
 * medicine stays. Adds to `found`.
 */
export function findTagged(note: Note, model: Model, found: Found): void {
  const { tokens } = note;
  const features = featuresOf(note);
  const { label, margin } = decode(model, features, Math.round(BIAS * model.scale));
  const covered = coverage(tokens.text.length, found);
  for (let from = 0; from < features.count; from += 1) {
    const kind = KINDS.find((each) => beginning(each) === label[from]);
    const as = kind && FINDING[kind];
    if (kind === undefined || as === undefined) continue;
    const first = features.token[from] as number;
    let [last, sum, words] = [first, margin[from] as number, 1];
    while (label[from + 1] === beginning(kind) + 1 && features.token[from + 1] === last + 1) {
      from += 1;
      last += 1;
      sum += margin[from] as number;
      words += 1;
    }
    const surety = sum / words / model.scale;
    const begin = firstWord(note, first, last);
    const end = lastWord(note, begin, last);
    const lists = kind === "CITY" ? PLACE : PERSON;
    const unlisted = kind !== "STREET" && begin === end && ((tokens.info[begin] as number) & lists) === 0;
    if (surety < (unlisted ? FIRM : LEAST) || isVetoed(note, kind, begin, end)) continue;
    if (covered.subarray(tokens.start[begin], tokens.end[end]).every((unit) => unit === 1)) continue;
    const score = Math.round(100 / (1 + Math.exp(-surety))) / 100;
    found.push(across(tokens, begin, end, as[0], score, as[1]));
  }
}

/** 1 where rules found something: their word for it is the better one. An age or a country may yet stay. */
function coverage(length: number, found: Found): Uint8Array {
  const covered = new Uint8Array(length);
  for (const { type, detail, start, end } of found)
    if (type !== "AGE" && detail !== "COUNTRY") covered.fill(1, start, end);
  return covered;
}

/** Past particles and marks: `de la` before a name is no part of it. */
function firstWord(note: Note, first: number, last: number): number {
  const { tokens, quiet } = note;
  let begin = first;
  while (
    begin < last &&
    (tokens.kind[begin] === TOKEN.mark ||
      (!quiet && PARTICLE.test(wordAt(tokens, begin)) && tokens.shape[begin] === SHAPE.lower))
  )
    begin += 1;
  return begin;
}

const PARTICLE = /^(?:de|del|la|las|los|el|en|y|e)$/;

/** Without marks, line ends and the end of a sentence: a name is on one line. */
function lastWord({ tokens }: Note, first: number, last: number): number {
  let end = first;
  for (let at = first + 1; at <= last && (tokens.gap[at] as number) < GAP.line; at += 1) {
    const length = (tokens.end[at - 1] as number) - (tokens.start[at - 1] as number);
    if (
      wordAt(tokens, at) === "." &&
      (length > 4 || tokens.kind[at - 1] === TOKEN.number) &&
      tokens.gap[at + 1] !== GAP.none
    )
      break;
    end = at;
  }
  while (end > first && tokens.kind[end] === TOKEN.mark) end -= 1;
  return end;
}

/** `Campo Humphrey 24`: written as a street is, but a word of it is a sign's or a device's. */
function namesMedicine({ tokens }: Note, first: number, last: number): boolean {
  for (let at = first; at <= last; at += 1) {
    const info = tokens.info[at] as number;
    if (isEponymUse(tokens, at) || ((info & KIND.medical) !== 0 && (info & PERSON) === 0)) return true;
  }
  return false;
}

/** True where every word of it is medicine, an office, a month, an acronym or written small. */
function isVetoed(note: Note, kind: Kind, first: number, last: number): boolean {
  const { tokens } = note;
  if (isEponymUse(tokens, first)) return true;
  if (kind === "STREET" && (first === last || namesMedicine(note, first, last))) return true;
  for (let at = first; at <= last; at += 1) {
    if (tokens.kind[at] !== TOKEN.word || (tokens.word[at] as string).length < 3) continue;
    const word = wordAt(tokens, at);
    const info = tokens.info[at] as number;
    const listed = (info & (KIND.firstName | KIND.lastName | KIND.city)) !== 0;
    const medical = (info & (KIND.medical | KIND.eponym)) !== 0 && !(listed && first < last);
    const acronym = tokens.shape[at] === SHAPE.upper && note.shouted[at] !== 1 && !listed;
    const small = tokens.shape[at] === SHAPE.lower && !(note.quiet && listed && !isOrdinary(info));
    const common = note.shouted[at] === 1 && isOrdinary(info, 8);
    const plain = kind === "NAME" && (note.grade[at] as number) === GRADE.none && !listed && first === last;
    const other = (info & (KIND.country | KIND.generic)) !== 0 && kind !== "FACILITY";
    if (!(medical || acronym || small || common || plain || other || isRole(word) || TITLES.has(word) || isMonth(word)))
      return false;
  }
  return true;
}
