import type { Finding } from "../../src/types.ts";
import { blockAt } from "./blocks.ts";
import { KIND } from "./lexicon.ts";
import { across, wordAt } from "./matched.ts";
import { stateAt, zipAt } from "./states.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";

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
  if (!sure) return [];
  const block = blockAt(tokens, at);
  if (block.length > 0 || last < at) return block;
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
