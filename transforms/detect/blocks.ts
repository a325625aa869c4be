import type { Finding } from "../../src/types.ts";
import { KIND } from "./lexicon.ts";
import { across, wordAt } from "./matched.ts";
import { stateAt } from "./states.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";

/** How far the lines under a street reach. */
const REACH = 14;

/**
 * The rest of an address of any country, from a token on: towns, regions, a postal number, a country, parted by commas
 * or line breaks. Empty where neither a postal number of four to six digits nor a country closes it.
 */
export function blockAt(tokens: Tokens, from: number): readonly Finding[] {
  const found: Finding[] = [];
  let closed = 0;
  let first = -1;
  const flush = (last: number): void => {
    if (first >= 0) found.push(across(tokens, first, last, "ADDRESS", 0.75, "CITY"));
    first = -1;
  };
  let at = from;
  for (; at < tokens.count && at < from + REACH; at += 1) {
    const gap = tokens.gap[at] as number;
    if (gap >= GAP.paragraph) break;
    if (gap === GAP.line) flush(at - 1);
    if (/^[,.]$/.test(wordAt(tokens, at))) {
      flush(at - 1);
      continue;
    }
    if (/^\d{4,6}$/.test(wordAt(tokens, at)) && gap > GAP.none) {
      flush(at - 1);
      found.push(across(tokens, at, at, "ADDRESS", 0.8, "ZIP"));
      closed = found.length;
      continue;
    }
    if (closed > 0 && gap === GAP.line && found.at(-1)?.detail === "ZIP") break;
    const country = countryAt(tokens, at);
    const state = country === undefined ? stateAt(tokens, at) : undefined;
    if (country !== undefined || (state !== undefined && tokens.shape[at] === SHAPE.upper)) {
      flush(at - 1);
      const last = country ?? (state?.last as number);
      found.push(across(tokens, at, last, "ADDRESS", 0.75, country === undefined ? "STATE" : "COUNTRY"));
      if (country !== undefined) closed = found.length;
      at = last;
      continue;
    }
    if (!isTownWord(tokens, at)) break;
    if (first < 0) first = at;
  }
  return found.slice(0, closed);
}

function isTownWord(tokens: Tokens, at: number): boolean {
  const small = /^(?:de|la|del|of|the|da|do|van|am|an|der|le|el|y)$/.test(wordAt(tokens, at));
  if (tokens.kind[at] !== TOKEN.word) return /^['-]$/.test(wordAt(tokens, at));
  return small || (tokens.shape[at] !== SHAPE.lower && ((tokens.info[at] as number) & KIND.medical) === 0);
}

/** The last token of a country's name of up to three words. */
function countryAt(tokens: Tokens, at: number): number | undefined {
  if (tokens.kind[at] !== TOKEN.word || tokens.shape[at] === SHAPE.lower) return undefined;
  const parts = [wordAt(tokens, at), wordAt(tokens, at + 1), wordAt(tokens, at + 2)];
  for (let words = 3; words >= 1; words -= 1) {
    if ((tokens.lookup(parts.slice(0, words).join(" ")) & KIND.country) !== 0) return at + words - 1;
  }
  return undefined;
}

/**
 * A street without a word for street: `6750 Koskikatu 25 Apt. 864`. `at` is its number; the answer is its last token
 * before any unit. It is one only where a unit or the rest of an address follows, which the caller sees to.
 */
export function plainStreetEnd(tokens: Tokens, at: number): number | undefined {
  let next = at + 1;
  if (/^\d{1,5}$/.test(wordAt(tokens, next)) && tokens.gap[next] === GAP.space) next += 1;
  let words = 0;
  while (words < 6 && next < tokens.count && (tokens.gap[next] as number) <= GAP.space && isTownWord(tokens, next)) {
    if (/^(?:apt|apartment|suite|ste|unit|box)$/.test(wordAt(tokens, next))) break;
    words += 1;
    next += 1;
    if (wordAt(tokens, next) === "." && (tokens.word[next - 1] as string).length < 5) next += 1;
  }
  if (words === 0) return undefined;
  if (/^\d{1,4}[a-z]?$/.test(wordAt(tokens, next)) && tokens.gap[next] === GAP.space) {
    next += 1;
    if (wordAt(tokens, next) === "." && (tokens.gap[next + 1] as number) >= GAP.line) next += 1;
  }
  return next - 1;
}
