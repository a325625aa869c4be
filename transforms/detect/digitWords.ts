import type { Finding } from "../../src/types.ts";
import { rankOf } from "./lexicon.ts";
import { across, hasBefore, wordAt, words } from "./matched.ts";
import { GAP, TOKEN, type Tokens } from "./tokens.ts";
import { townAt } from "./towns.ts";

const DIGITS: ReadonlyMap<string, number> = new Map(
  "zero one two three four five six seven eight nine".split(" ").map((word, at): [string, number] => [word, at]),
);
const OTHERS = words(`oh o double triple hundred ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
  nineteen twenty thirty forty fifty sixty seventy eighty ninety`);
/** Words at which a number or a street may be dictated. */
export const DIGIT_WORDS: ReadonlySet<string> = new Set([...DIGITS.keys(), ...OTHERS]);

const ID_CUES = words(
  "record mrn number account member policy id license chart ssn social code pin accession case claim",
);
const PHONE_CUES = words("phone telephone cell mobile fax pager call callback reach reached extension beeper at");
const STREETS = words(
  "street avenue road drive lane boulevard court place way circle terrace trail parkway highway turnpike",
);
const STREET_CUES = words("to at lives living address home is on resides residing residence and");

interface Dictated {
  /** Last token, inclusive. */
  readonly last: number;
  readonly count: number;
  /** True where digits follow each other as in counting. */
  readonly counted: boolean;
}

/** `two two seven one eight oh four`: a number dictated digit by digit, of seven digits or after a label of four. */
export function dictatedNumberAt(tokens: Tokens, at: number): Finding | undefined {
  if (!DIGIT_WORDS.has(wordAt(tokens, at)) || DIGIT_WORDS.has(wordAt(tokens, at - 1))) return undefined;
  const { last, count, counted } = dictatedFrom(tokens, at, true);
  if (count < 4 || counted) return undefined;
  const named = hasBefore(tokens, at, 4, ID_CUES);
  const phone = hasBefore(tokens, at, 5, PHONE_CUES) || (!named && (count === 7 || count === 10));
  if (phone && count >= 7) return across(tokens, at, last, "PHONE_OR_FAX", 0.8, "PHONE");
  return named || count >= 7 ? across(tokens, at, last, "ID", named ? 0.85 : 0.6) : undefined;
}

function dictatedFrom(tokens: Tokens, at: number, dashes: boolean): Dictated {
  let [last, count, steps] = [at - 1, 0, 0];
  let before: number | undefined;
  for (let next = at; next < tokens.count; next += 1) {
    const word = wordAt(tokens, next);
    if (next > at && (tokens.gap[next] as number) >= GAP.line) break;
    if (dashes && count > 0 && /^(?:dash|hyphen|-|,)$/.test(word) && DIGIT_WORDS.has(wordAt(tokens, next + 1)))
      continue;
    if (!DIGIT_WORDS.has(word)) break;
    const digit = DIGITS.get(word);
    if (before !== undefined && digit !== undefined && Math.abs(digit - before) === 1) steps += 1;
    before = digit;
    [last, count] = [next, count + 1];
  }
  return { last, count, counted: steps >= count - 2 };
}

/** `one eighteen cypress street`: a street dictated with its number, after a word that leads to an address. */
export function dictatedStreetAt(tokens: Tokens, at: number): readonly Finding[] {
  if (DIGIT_WORDS.has(wordAt(tokens, at - 1)) || !STREET_CUES.has(wordAt(tokens, at - 1))) return [];
  const number = dictatedFrom(tokens, at, false);
  if (number.count > 5) return [];
  for (let next = number.last + 1; next < tokens.count && next < number.last + 5; next += 1) {
    if (tokens.kind[next] !== TOKEN.word || (tokens.gap[next] as number) >= GAP.line) return [];
    if (STREETS.has(wordAt(tokens, next)) && next > number.last + 1)
      return [across(tokens, at, next, "ADDRESS", 0.8, "STREET"), ...townAt(tokens, next + 1, true)];
    if (rankOf(tokens.info[next] as number) > 13) return [];
  }
  return [];
}
