import { CUE, cueAfter, cueBefore, isRole } from "./cues.ts";
import { isEponymUse, isHelp } from "./eponyms.ts";
import { isOrdinary, type Note } from "./grades.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { rawAt, wordAt } from "./matched.ts";
import type { Kind } from "./tagger/labels.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";

/** Tokens of one finding, both ends inclusive. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** True where no word can be what the tagger says, or none is sure enough where rules have doubts. */
export function isVetoed(note: Note, kind: Kind, surety: number, { first, last }: Stretch, somebody: boolean): boolean {
  const { tokens } = note;
  const said = kind !== "NAME" || cueBefore(note, first) >= CUE.person || cueAfter(note, last) > CUE.none;
  if (surety < 0 || isSign(note, kind, tokens.kind[last] === TOKEN.word ? last : last - 1)) return true;
  if (kind === "STREET" && isMeasure(note, first)) return true;
  if (isHelp(tokens, first) || isUnit(note, first) || (kind !== "STREET" && isHeading(note, first, last))) return true;
  if (!said && !somebody && surety < (isLone(tokens, first, last) ? NOBODY : PLAIN)) return true;
  const led = kind === "CITY" && PLACE_WORD.test(wordAt(tokens, first - 1));
  if ((!said || (kind === "CITY" && !led)) && first === last && surety < SURE && isElsewhere(note, first)) return true;
  if (!said && surety < PLAIN && hasPlainOnly(note, first, last)) return true;
  if (kind === "CITY" && ((first < last && isEponymUse(tokens, first)) || isCoded(tokens, first, last))) return true;
  for (let at = first; at <= last; at += 1) {
    if (tokens.kind[at] !== TOKEN.word || (tokens.word[at] as string).length < 2) continue;
    const info = tokens.info[at] as number;
    const named = (info & (KIND.lastName | KIND.firstName)) !== 0;
    const medical = (info & KIND.medical) !== 0 && (!named || (first === last && surety < FIRM));
    const state = kind === "CITY" && (info & (KIND.state | KIND.country)) !== 0 && first === last;
    const plain = KIND.generic | KIND.facility;
    const described =
      (kind === "FACILITY" || kind === "CITY") &&
      ((info & plain) !== 0 || (kind === "FACILITY" && isShoutedWord(note, at))) &&
      (info & (KIND.lastName | KIND.institution)) === 0;
    const foreign = !/[a-z]/.test(tokens.word[at] as string);
    const street =
      kind === "STREET" && (first === last || (tokens.word[at] as string).length < 3 || !isStreet(note, first, last));
    const acronym = isAcronym(note, at) && (!named || (tokens.word[at] as string).length < 4);
    if (medical || state || street || acronym || described || foreign) continue;
    if (surety >= FIRM || !isDoubtful(note, at, first === last)) return false;
  }
  return true;
}

/** A state or country, or a word without a capital in a text that has them. */
function isElsewhere({ tokens, quiet }: Note, at: number): boolean {
  const info = tokens.info[at] as number;
  if (tokens.shape[at] === SHAPE.lower) return !quiet && (info & KIND.firstName) === 0;
  return (info & (KIND.state | KIND.country)) !== 0;
}

/** Codes for the most part, more than a town with the two halves of its postal code has, or one in small letters. */
function isCoded(tokens: Tokens, first: number, last: number): boolean {
  let codes = 0;
  for (let at = first; at <= last; at += 1) {
    if (tokens.kind[at] !== TOKEN.mixed) continue;
    if (/^[a-z]+\d/.test(rawAt(tokens, at))) return true;
    codes += 1;
  }
  return codes * 3 > (last - first + 1) * 2;
}

/** One word, or words that hyphens tie. */
function isLone({ gap }: Tokens, first: number, last: number): boolean {
  for (let at = first + 1; at <= last; at += 1) if (gap[at] !== GAP.none) return false;
  return true;
}

/** A plain word among them, and none that any list of people or places has for sure. */
function hasPlainOnly(note: Note, first: number, last: number): boolean {
  let plain = false;
  for (let at = first; at <= last; at += 1) {
    const info = note.tokens.info[at] as number;
    if (note.tokens.kind[at] !== TOKEN.word || (note.tokens.word[at] as string).length < 2) continue;
    const named = (info & (KIND.firstName | KIND.lastName | KIND.institution)) !== 0;
    if (named && !(note.shouted[at] === 1 && isOrdinary(info, 9))) return false;
    if (named) continue;
    if (isPlain(note, at)) plain = true;
    else if (rankOf(info) === 0 || (info & KIND.capital) === 0) return false;
  }
  return plain;
}

/** `42 min`: a small word after a number, in a text that has capitals. Units in capitals are so in every text. */
function isUnit({ tokens, quiet }: Note, at: number): boolean {
  if (tokens.kind[at - 1] === TOKEN.number && /^(?:gy|cgy|mci|mev|hz|khz|mhz|cal|kcal)$/.test(wordAt(tokens, at)))
    return true;
  return (
    !quiet && tokens.shape[at] === SHAPE.lower && tokens.kind[at] === TOKEN.word && tokens.kind[at - 1] === TOKEN.number
  );
}

/** `61 min`, `1600 cal ADA`: a number and its unit. */
function isMeasure({ tokens }: Note, first: number): boolean {
  return tokens.kind[first] !== TOKEN.word && MEASURE.test(wordAt(tokens, first + 1));
}

const MEASURE =
  /^(?:k?cal|mins?|minutes?|secs?|seconds?|hrs?|hours?|days?|weeks?|wks?|months?|mos?|years?|yrs?|mm|cm|ml|dl|mg|mcg|calories|kg|lbs?|ft|feet|inch|inches|miles?|meters?|units?|gy|cgy|beats?|bpm|degrees?|percent|pts?|points?|reps?|sets?|steps?|mmhg|doses?|tabs?|caps?|puffs?|gauge)$/;

/** `Reason for consult:` at the head of a line: words before a colon of which no list of names has one. */
export function isHeading({ tokens }: Note, first: number, last: number): boolean {
  let [from, to] = [first, last];
  while (from > first - 4 && (tokens.gap[from] as number) < GAP.line && tokens.kind[from - 1] === TOKEN.word) from -= 1;
  while (to < last + 4 && tokens.kind[to + 1] === TOKEN.word && tokens.gap[to + 1] === GAP.space) to += 1;
  const listed =
    wordAt(tokens, from - 1) === "." &&
    tokens.kind[from - 2] === TOKEN.number &&
    (tokens.gap[from - 2] as number) >= GAP.line;
  const wide = from > 0 && (tokens.start[from] as number) - (tokens.end[from - 1] as number) > 1;
  if (wordAt(tokens, to + 1) !== ":" || ((tokens.gap[from] as number) < GAP.line && !wide && !listed)) return false;
  for (let at = from; at <= to; at += 1) {
    const info = tokens.info[at] as number;
    const named = (info & (KIND.firstName | KIND.lastName)) !== 0 && !isOrdinary(info);
    const label = isRole(wordAt(tokens, at)) && to > last;
    if (named || (rankOf(info) < 3 && !(label || to > last))) return false;
  }
  return true;
}

/** `GENETICS` of a clinic: a plain word in capitals, too long for an acronym. */
function isShoutedWord(note: Note, at: number): boolean {
  return note.tokens.shape[at] === SHAPE.upper && (note.tokens.word[at] as string).length > 4 && isPlain(note, at);
}

/** A word that everyday or clinical English writes small, as a dictionary or this very text does, and no list of people has. */
function isPlain({ tokens, quiet }: Note, at: number): boolean {
  const info = tokens.info[at] as number;
  if ((info & (KIND.firstName | KIND.lastName | KIND.institution)) !== 0) return false;
  if ((info & KIND.city) !== 0 && rankOf(info) < 6) return false;
  if (rankOf(info) > 0 && (info & KIND.capital) === 0) return true;
  if (quiet || tokens.shape[at] === SHAPE.lower) return false;
  return tokens.word.some((word, twin) => word === tokens.word[at] && tokens.shape[twin] === SHAPE.lower);
}

/**
 * A house number before it, a word for a street in it, or words that no list holds: `Target 360` and `Stage 2` are
 * written as `Skogstien 106` is.
 */
function isStreet({ tokens }: Note, first: number, last: number): boolean {
  if (NOT_HOUSES.test(wordAt(tokens, first))) return false;
  if (tokens.kind[first] !== TOKEN.word && last > first + 1) return true;
  if (tokens.kind[first - 1] === TOKEN.number || STREET_CUE.test(wordAt(tokens, first - 1))) return true;
  let unknown = true;
  for (let at = first; at <= last; at += 1) {
    const info = tokens.info[at] as number;
    if ((info & KIND.streetSuffix) !== 0 || UNIT.test(wordAt(tokens, at))) return true;
    if (tokens.kind[at] === TOKEN.word && (rankOf(info) > 0 || (info & OTHER) !== 0)) unknown = false;
  }
  return unknown;
}

/** No house number begins with 0, but a time of day such as `0217` does. */
const NOT_HOUSES = /^0\d{3}$/;
const PLACE_WORD = /^(?:in|from|to|near|at|of|outside|around)$/;
const STREET_CUE = /^(?:address|addr|lives|living|resides|home|street|on|is|:|,)$/;
const OTHER = KIND.medical | KIND.eponym | KIND.city;
const UNIT = /^(?:apt|apartment|suite|ste|unit|box|po|p|flat|floor)$/;

/** `Kernig sign`, `St. John's wort`: what a first name alone begins may still be somebody's drain or line. */
function isSign({ tokens }: Note, kind: Kind, at: number): boolean {
  const info = tokens.info[at] as number;
  const given = kind === "NAME" && (info & KIND.firstName) !== 0 && (info & KIND.eponym) === 0;
  return isEponymUse(tokens, at) && !given;
}

/** Log-odds that a word needs where rules have doubts. */
const FIRM = 3;
/** Log-odds that a plain English word needs where nothing around it says that a name comes. */
const PLAIN = 4;
/** Log-odds that a lone word needs that is written small, or is a country's or state's as well. */
const SURE = 6;
/** The same for any word, in a text that seems to be about nobody. */
const NOBODY = 8;

/** True for a word written as names are not, or one that is something else as often: a sign, an office, an acronym. */
function isDoubtful(note: Note, at: number, alone: boolean): boolean {
  const { tokens, quiet } = note;
  const info = tokens.info[at] as number;
  const shape = tokens.shape[at];
  if (isEponymUse(tokens, at)) return true;
  if (shape === SHAPE.lower) {
    const listed = (info & (KIND.firstName | KIND.lastName | KIND.city)) !== 0;
    return quiet ? alone && isOrdinary(info, 9) : !listed || isOrdinary(info);
  }
  if ((info & KIND.eponym) !== 0 && (info & KIND.firstName) === 0) return true;
  if (alone && opensSentence(tokens, at) && (info & KIND.firstName) === 0 && isOrdinary(info, 9)) return true;
  return alone && (isAcronym(note, at) || (info & KIND.eponym) !== 0 || isRole(wordAt(tokens, at)));
}

/** `Long case of cough`: a capital says nothing there. */
function opensSentence(tokens: Tokens, at: number): boolean {
  return (tokens.gap[at] as number) >= GAP.line || /^[.!?]$/.test(wordAt(tokens, at - 1));
}

function isAcronym({ tokens, shouted }: Note, at: number): boolean {
  return tokens.shape[at] === SHAPE.upper && shouted[at] !== 1 && (tokens.word[at] as string).length < 6;
}
