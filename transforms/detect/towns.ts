import type { Finding } from "../../src/types.ts";
import { KIND } from "./lexicon.ts";
import { across, isGlued, rawAt, wordAt } from "./matched.ts";
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

/**
 * Town, state and ZIP that follow a street or stand alone from a token on. `sure`: a street went before, so a town needs
 * no other proof than what follows it.
 */
export function townAt(tokens: Tokens, from: number, sure: boolean): readonly Finding[] {
  const at = skipMarks(tokens, from);
  if (at >= tokens.count || (tokens.gap[at] as number) >= GAP.paragraph) return [];
  const direct = stateAndZip(tokens, at);
  if (direct !== undefined && !isTownOfState(tokens, at)) return direct;
  let last = at - 1;
  for (let next = at; next < tokens.count && next < at + 4; next += 1) {
    const broken = (tokens.gap[next] as number) >= GAP.line && next > at;
    if (broken || tokens.kind[next] !== TOKEN.word || tokens.shape[next] === SHAPE.lower) break;
    last = next;
    if (wordAt(tokens, next + 1) === "." && /^(?:st|ft|mt|pt)$/.test(wordAt(tokens, next))) next += 1;
    const tail = stateAndZip(tokens, skipMarks(tokens, next + 1));
    if (tail !== undefined && (sure || tail.length > 0))
      return [across(tokens, at, last, "ADDRESS", 0.9, "CITY"), ...tail];
  }
  if (!sure || last < at) return [];
  const commaBefore = wordAt(tokens, at - 1) === "," || (tokens.gap[at] as number) === GAP.line;
  const city = ((tokens.info[at] as number) & (KIND.city | KIND.placeStart)) !== 0;
  return commaBefore && city ? [across(tokens, at, last, "ADDRESS", 0.75, "CITY")] : [];
}

/** `New York, NY`: what is a state's name is a town where another state follows it. */
function isTownOfState(tokens: Tokens, at: number): boolean {
  const state = stateAt(tokens, at);
  return state !== undefined && stateAt(tokens, skipMarks(tokens, state.last + 1)) !== undefined;
}

function skipMarks(tokens: Tokens, from: number): number {
  let at = from;
  while (at < from + 2 && /^[,.]$/.test(wordAt(tokens, at))) at += 1;
  return at;
}

/** State with or without ZIP, or a ZIP alone; undefined where neither begins here. */
export function stateAndZip(tokens: Tokens, at: number): readonly Finding[] | undefined {
  if (at < tokens.count && (tokens.gap[at] as number) >= GAP.paragraph) return undefined;
  const state = stateAt(tokens, at);
  const next = state === undefined ? at : skipMarks(tokens, state.last + 1);
  const sameLine = next < tokens.count && (tokens.gap[next] as number) <= GAP.line;
  const zip = sameLine ? zipAt(tokens, next) : undefined;
  if (state === undefined && zip === undefined) return undefined;
  return [
    ...(state === undefined ? [] : [across(tokens, at, state.last, "ADDRESS", 0.8, "STATE")]),
    ...(zip === undefined ? [] : [across(tokens, next, zip, "ADDRESS", 0.9, "ZIP")]),
  ];
}
