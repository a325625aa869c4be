import type { Finding } from "../../src/types.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { across, isGlued, rawAt, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";
import { townAt } from "./towns.ts";

const DIRECTIONS = words("n s e w ne nw se sw north south east west northeast northwest southeast southwest");
const UNITS = words(
  "apt apartment suite ste unit room rm floor fl bldg building lot box # flat house block space spc trlr",
);
const ADDRESS_CUES = words(
  "address addr lives living resides residing home at mailing located residence street moved addresses",
);
const NOT_STREETS =
  words(`patients tablets weeks days months years hours minutes mg ml units doses times cases points beats
  of per and or to in with for from the a on by at daily`);
/** Ends of a street's name that are also everyday words: they need a capital, and two words before them or a unit after. */
const EVERYDAY =
  words(`bend bluff bottom branch bridge bypass camp center centers circle cliff close club common corner course court cove
  creek crest crossing curve dam dale divide estate estates extension fall falls field fields flat flats ford fork fort garden gardens
  gate green harbor heights hill hills inlet island isle key keys lake lakes land landing light lights loaf lock loop mall manor meadow mill mission mount
  mountain neck oval park parks pass passage path pike pine pines place plain plains plaza point points port ports radial ramp
  ranch rapid rapids rest ridge rise river road roads route row run shoal shore shores spring springs spur square st station
  stream summit terrace track trail trails tunnel union valley via view views village ville vista walk wall way ways well wells
  drive street lane str dr pl ct cv fl`);

/** Street, unit, town, state and ZIP of an address that begins with a house number; empty where there is none. */
export function addressAt(tokens: Tokens, at: number): readonly Finding[] {
  if (!/^\d{1,6}[a-z]?$/.test(wordAt(tokens, at))) return [];
  const first = houseStart(tokens, at);
  const suffix = suffixOf(tokens, first);
  if (suffix === undefined) return [];
  let last = suffix;
  if (DIRECTIONS.has(wordAt(tokens, last + 1)) && (tokens.shape[last + 1] ?? 0) !== SHAPE.lower) last += 1;
  last = unitAfter(tokens, last);
  return [across(tokens, at, last, "ADDRESS", 0.9, "STREET"), ...townAt(tokens, last + 1, true)];
}

/** Past the house number: `12-34`, `12 1/2`. */
function houseStart(tokens: Tokens, at: number): number {
  const ties = wordAt(tokens, at + 1) === "-" && isGlued(tokens, at + 1) && isGlued(tokens, at + 2);
  return ties && tokens.kind[at + 2] === TOKEN.number ? at + 3 : at + 1;
}

/** The token that ends the street's name, at most six words on. */
function suffixOf(tokens: Tokens, first: number): number | undefined {
  let names = 0;
  let best: number | undefined;
  for (let at = first; at < tokens.count && at < first + 8; at += 1) {
    const gap = tokens.gap[at] as number;
    if (gap === GAP.paragraph || (gap === GAP.line && at > first)) break;
    const kind = tokens.kind[at];
    const abbreviates = wordAt(tokens, at) === "." && at > first && (tokens.word[at - 1] as string).length < 4;
    if (abbreviates || (kind === TOKEN.mark && /^['-]$/.test(wordAt(tokens, at)))) continue;
    if (kind === TOKEN.mark || kind === TOKEN.possessive) break;
    const word = wordAt(tokens, at);
    const ordinal = /^\d{1,3}(?:st|nd|rd|th)$/.test(word);
    const highway =
      names > 0 &&
      /^(?:highway|hwy|route|rt|road|rd|county|interstate)$/.test(wordAt(tokens, at - 1)) &&
      /^\d{1,4}[a-z]?$/.test(word);
    if (highway) return at;
    if (NOT_STREETS.has(word) || (kind !== TOKEN.word && !ordinal)) break;
    const lower = tokens.shape[at] === SHAPE.lower && !ordinal;
    if (lower && !isLowerNote(tokens, first)) break;
    if (names > 0 && ((tokens.info[at] as number) & KIND.streetSuffix) !== 0 && fits(tokens, first, at, names))
      best = at;
    names += 1;
    if (best !== undefined && best < at && !/\./.test(word)) {
      const next = ((tokens.info[at] as number) & KIND.streetSuffix) !== 0;
      if (!next) break;
    }
  }
  return best;
}

function fits(tokens: Tokens, first: number, at: number, names: number): boolean {
  const word = wordAt(tokens, at);
  if (
    /^(?:street|avenue|ave|road|rd|drive|lane|ln|boulevard|blvd|court|parkway|pkwy|highway|hwy|terrace|circle|st|dr|ct|place|way|trail|turnpike|cir|pl)$/.test(
      word,
    )
  ) {
    return (
      (tokens.shape[first] as number) !== SHAPE.lower || isLowerNote(tokens, first) || /\d/.test(wordAt(tokens, first))
    );
  }
  if (tokens.shape[at] === SHAPE.lower) return false;
  return !EVERYDAY.has(word) || names > 0;
}

/** A line without capitals whose words before the number speak of an address. */
function isLowerNote(tokens: Tokens, first: number): boolean {
  for (let back = first - 2; back >= 0 && back >= first - 7; back -= 1) {
    if (ADDRESS_CUES.has(wordAt(tokens, back)) && wordAt(tokens, back) !== "at") return true;
  }
  return false;
}

/** Past `, Apt. 4B`, `#12`, `Suite 300`, on the same line or the next. */
function unitAfter(tokens: Tokens, last: number): number {
  let at = last + 1;
  while (/^[.,]$/.test(wordAt(tokens, at))) at += 1;
  if (!UNITS.has(wordAt(tokens, at)) || (tokens.gap[at] as number) > GAP.line) return last;
  let value = at + 1;
  while (/^[.#:]$/.test(wordAt(tokens, value))) value += 1;
  if (value >= tokens.count || (tokens.gap[value] as number) >= GAP.line) return last;
  const raw = rawAt(tokens, value);
  if (!/^(?:\d{1,5}[A-Za-z]?|[A-Za-z]\d{0,4})$/.test(raw)) return last;
  return isGlued(tokens, value + 1) && wordAt(tokens, value + 1) === "-" && isGlued(tokens, value + 2)
    ? value + 2
    : value;
}

const STREET_WORDS = words(
  "street avenue ave road rd blvd boulevard lane ln drive parkway pkwy highway hwy turnpike terrace court place",
);
const ON_STREET = words("on at near off to from of along by and address");

/** A street without a number, found at its last word: `on Grand River Avenue`. */
export function streetEndingAt(tokens: Tokens, at: number): Finding | undefined {
  const word = wordAt(tokens, at);
  if (!STREET_WORDS.has(word) || tokens.shape[at] === SHAPE.lower) return undefined;
  let first = at;
  while (first > at - 4 && tokens.gap[first] === GAP.space && isStreetWord(tokens, first - 1)) first -= 1;
  if (first === at || (tokens.shape[at] === SHAPE.upper && tokens.shape[first] !== SHAPE.upper)) return undefined;
  const firm = /^(?:avenue|ave|blvd|boulevard|parkway|pkwy|street|road)$/.test(word);
  const led = ON_STREET.has(wordAt(tokens, first - 1)) || wordAt(tokens, first - 1) === ",";
  return led || firm ? across(tokens, first, at, "ADDRESS", led ? 0.85 : 0.7, "STREET") : undefined;
}

function isStreetWord(tokens: Tokens, at: number): boolean {
  if (at < 0) return false;
  if (/^\d{1,3}(?:st|nd|rd|th)$/.test(wordAt(tokens, at))) return true;
  const common = rankOf(tokens.info[at] as number) > 13;
  return tokens.kind[at] === TOKEN.word && tokens.shape[at] !== SHAPE.lower && !common;
}

/** `PO Box 123`, `P.O. Box 44`, with the town after it. */
export function postBoxAt(tokens: Tokens, at: number): readonly Finding[] {
  if (wordAt(tokens, at) !== "box") return [];
  let first = at - 1;
  if (wordAt(tokens, first) === ".") first -= 1;
  if (wordAt(tokens, first) === "o" && wordAt(tokens, first - 1) === ".") first -= 2;
  else if (wordAt(tokens, first) === "o") first -= 1;
  const post = /^(?:po|p|postal|post|pob)$/.test(wordAt(tokens, first));
  const office = wordAt(tokens, first) === "office" && wordAt(tokens, first - 1) === "post";
  let value = at + 1;
  while (/^[#.:]$/.test(wordAt(tokens, value)) || wordAt(tokens, value) === "number") value += 1;
  if (!(post || office) || !/^\d{1,7}[a-z]?$/.test(wordAt(tokens, value))) return [];
  return [
    across(tokens, office ? first - 1 : first, value, "ADDRESS", 0.95, "STREET"),
    ...townAt(tokens, value + 1, true),
  ];
}
