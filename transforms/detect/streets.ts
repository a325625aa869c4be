import type { Finding } from "../../src/types.ts";
import { rankOf } from "./lexicon.ts";
import { across, between, matchAt, rawAt, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";

const STREET_WORDS = words(
  "street avenue ave road rd blvd boulevard lane ln drive parkway pkwy highway hwy turnpike terrace court place",
);
const ON_STREET = words("on at near off to from of along by and address");

/** A street without a number, found at its last word: `on Grand River Avenue`. */
export function streetEndingAt(tokens: Tokens, at: number): Finding | undefined {
  const word = wordAt(tokens, at);
  const ordinal = /^\d{1,3}(?:st|nd|rd|th)$/.test(wordAt(tokens, at - 1));
  if (!(STREET_WORDS.has(word) || (word === "st" && ordinal)) || tokens.shape[at] === SHAPE.lower) return undefined;
  let first = at;
  while (first > at - 4 && tokens.gap[first] === GAP.space && isStreetWord(tokens, first - 1)) first -= 1;
  if (first === at || (tokens.shape[at] === SHAPE.upper && tokens.shape[first] !== SHAPE.upper)) return undefined;
  const firm = /^(?:avenue|ave|blvd|boulevard|parkway|pkwy|street|road)$/.test(word);
  const led = ON_STREET.has(wordAt(tokens, first - 1)) || wordAt(tokens, first - 1) === ",";
  const numbered =
    /^(?:road|highway|hwy)$/.test(word) && /^\d{1,4}$/.test(wordAt(tokens, at + 1)) && tokens.gap[at + 1] === GAP.space;
  const last = numbered && /^(?:county|state|rural|township)$/.test(wordAt(tokens, at - 1)) ? at + 1 : at;
  return led || firm ? across(tokens, first, last, "ADDRESS", led ? 0.85 : 0.7, "STREET") : undefined;
}

function isStreetWord(tokens: Tokens, at: number): boolean {
  if (at < 0) return false;
  if (/^\d{1,3}(?:st|nd|rd|th)$/.test(wordAt(tokens, at))) return true;
  const common = rankOf(tokens.info[at] as number) > 13;
  return tokens.kind[at] === TOKEN.word && tokens.shape[at] !== SHAPE.lower && !common;
}

const COMPASS = words("n s e w ne nw se sw north south east west");
const NOT_ROADS =
  words(`rib ribs digit digits toe toes finger fingers floor ward wing tower unit level ray metatarsal metacarpal grade
  heart percentile dose day week`);

/** `on E 9th`: a side and a numbered street, without the word for it. Found at the side. */
export function numberedStreetAt(tokens: Tokens, at: number): Finding | undefined {
  if (!COMPASS.has(wordAt(tokens, at)) || tokens.shape[at] === SHAPE.lower) return undefined;
  const last = wordAt(tokens, at + 1) === "." ? at + 2 : at + 1;
  if (!/^\d{1,3}(?:st|nd|rd|th)$/.test(wordAt(tokens, last)) || (tokens.gap[last] as number) > GAP.space)
    return undefined;
  const before = wordAt(tokens, at - 1);
  const led = ON_STREET.has(before) || /^(?:,|to|\d{1,5})$/.test(before);
  return led && !NOT_ROADS.has(wordAt(tokens, last + 1))
    ? across(tokens, at, last, "ADDRESS", 0.75, "STREET")
    : undefined;
}

/** Words at which `roadAt` finds something. */
export const ROAD_WORDS: ReadonlySet<string> = words("i us sr cr fm hwy highway route rt rte interstate");
const ROAD =
  /(?:I|US|SR|CR|FM|Hwy|Highway|Route|Rte?|Interstate)\.?[- ]?\d{1,4}(?!\d| ?(?:mg|ml|mcg|mCi))(?: ?[NSEW]B?\b)?/iy;
const MILE =
  /,? (?:(?:at|near|by|mile) )?(?:mp|mm|mile ?marker|mile ?post|milepost|marker|exit)\.? ?#?\d{1,4}(?:\.\d)?\b/iy;
/** `I-64 near Nitro`: what follows says where on it. */
const BESIDE = /,? (?:near|by|outside|at) (?:the )?[A-Z]/y;
/**
 * `I-70 mp 161`, `off Hwy 27`, `on the I-64 near Nitro`: a road by its number, with a mile or after a word that leads to a
 * street; an interstate alone stays.
 */
export function roadAt(tokens: Tokens, at: number): Finding | undefined {
  if (!ROAD_WORDS.has(wordAt(tokens, at))) return undefined;
  const start = tokens.start[at] as number;
  const road = matchAt(ROAD, tokens.text, start);
  if (road === null) return undefined;
  const mile = matchAt(MILE, tokens.text, start + road[0].length);
  if (mile !== null) return between(start, start + road[0].length + mile[0].length, "ADDRESS", 0.9, "STREET");
  if (tokens.shape[at] === SHAPE.lower) return undefined;
  const house = /^\d{2,6}$/.test(wordAt(tokens, at - 1)) && tokens.gap[at] === GAP.space;
  if (house && /^(?:hwy|highway|rte|route|fm)$/.test(wordAt(tokens, at)))
    return between(tokens.start[at - 1] as number, start + road[0].length, "ADDRESS", 0.8, "STREET");
  const kept =
    /^(?:State|County|Rural|STATE|COUNTY|RURAL)$/.test(rawAt(tokens, at - 1)) && tokens.gap[at] === GAP.space;
  if (kept) return between(tokens.start[at - 1] as number, start + road[0].length, "ADDRESS", 0.75, "STREET");
  const before = wordAt(tokens, at - 1) === "the" ? wordAt(tokens, at - 2) : wordAt(tokens, at - 1);
  const led = /^(?:on|off|along|near)$/.test(before);
  const placed = matchAt(BESIDE, tokens.text, start + road[0].length) !== null;
  return led && (placed || !/^i/.test(wordAt(tokens, at)))
    ? between(start, start + road[0].length, "ADDRESS", 0.7, "STREET")
    : undefined;
}
