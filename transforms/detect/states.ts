import { KIND } from "./lexicon.ts";
import { isGlued, rawAt, wordAt } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";

/** Tokens of a state's name or code. */
interface State {
  readonly last: number;
}

/** The state whose name or two-letter code begins at a token. A code has capitals unless `lower` lets it pass. */
export function stateAt(tokens: Tokens, at: number, lower = false): State | undefined {
  if (at >= tokens.count || tokens.kind[at] !== TOKEN.word) return undefined;
  const info = tokens.info[at] as number;
  const written = tokens.shape[at] !== SHAPE.lower || lower;
  if (!written) return undefined;
  if ((info & KIND.stateCode) !== 0 && (tokens.shape[at] === SHAPE.upper || lower)) return { last: at };
  const two = tokens.gap[at + 1] === GAP.space ? TWO_WORDS.get(wordAt(tokens, at)) : undefined;
  if (two?.has(wordAt(tokens, at + 1))) return { last: at + 1 };
  return (info & KIND.state) !== 0 ? { last: at } : undefined;
}

const TWO_WORDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["new", new Set(["york", "jersey", "mexico", "hampshire", "brunswick"])],
  ["north", new Set(["carolina", "dakota"])],
  ["south", new Set(["carolina", "dakota"])],
  ["west", new Set(["virginia"])],
  ["rhode", new Set(["island"])],
  ["puerto", new Set(["rico"])],
  ["british", new Set(["columbia"])],
  ["nova", new Set(["scotia"])],
]);

const ZIP = /^\d{5}$/;

/** The last token of a ZIP code that begins at a token: `02139`, `02139-4307`; also `K1A 0B6` and `SW1A 1AA`. */
export function zipAt(tokens: Tokens, at: number): number | undefined {
  if (at >= tokens.count) return undefined;
  const word = rawAt(tokens, at);
  if (ZIP.test(word)) {
    const plus = wordAt(tokens, at + 1) === "-" && isGlued(tokens, at + 1) && isGlued(tokens, at + 2);
    return plus && /^\d{4}$/.test(wordAt(tokens, at + 2)) ? at + 2 : at;
  }
  const second = tokens.gap[at + 1] === GAP.space ? rawAt(tokens, Math.min(at + 1, tokens.count - 1)) : "";
  if (/^[A-CEGHJ-NPR-TVXY]\d[A-Z]$/.test(word) && /^\d[A-Z]\d$/.test(second)) return at + 1;
  if (/^[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?$/.test(word) && /^\d[ABD-HJLNP-UW-Z]{2}$/.test(second)) return at + 1;
  return /^[A-CEGHJ-NPR-TVXY]\d[A-Z]\d[A-Z]\d$/.test(word) ? at : undefined;
}
