import type { Finding } from "../../src/types.ts";
import { rankOf } from "./lexicon.ts";
import { across, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";

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
