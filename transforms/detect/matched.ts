import type { Finding, PhiType } from "../../src/types.ts";
import { GAP, TOKEN, type Tokens } from "./tokens.ts";

/** Where findings of one text are put; offsets count in the folded text until `embedded.ts` maps them back. */
export type Found = Finding[];

/** A finding from the first unit of one token to the last unit of another, both inclusive. */
export function across(
  tokens: Tokens,
  first: number,
  last: number,
  type: PhiType,
  score: number,
  detail?: string,
): Finding {
  return between(tokens.start[first] as number, tokens.end[last] as number, type, score, detail);
}

/** A finding by offsets. */
export function between(start: number, end: number, type: PhiType, score: number, detail?: string): Finding {
  return detail === undefined ? { type, start, end, score } : { type, start, end, score, detail };
}

/** The match of a sticky expression at an offset. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The token's text as it was written, folded. */
export function rawAt(tokens: Tokens, at: number): string {
  return tokens.text.slice(tokens.start[at] as number, tokens.end[at] as number);
}

/** True where the token stands against the one before it, with nothing between. */
export function isGlued(tokens: Tokens, at: number): boolean {
  return at > 0 && at < tokens.count && tokens.gap[at] === GAP.none;
}

/** True where one of the words stands in the `reach` tokens before `at`, in the same line. */
export function hasBefore(tokens: Tokens, at: number, reach: number, words: ReadonlySet<string>): boolean {
  for (let back = at - 1; back >= 0 && back >= at - reach; back -= 1) {
    if (tokens.kind[back] !== TOKEN.mark && words.has(tokens.word[back] as string)) return true;
    if ((tokens.gap[back + 1] as number) >= GAP.paragraph) return false;
  }
  return false;
}

/** The nearest word before `at`, marks skipped at most `marks` of them; empty where there is none. */
export function wordBefore(tokens: Tokens, at: number, marks = 1): string {
  for (let back = at - 1; back >= 0 && back >= at - 1 - marks; back -= 1) {
    if (tokens.kind[back] !== TOKEN.mark) return tokens.word[back] as string;
  }
  return "";
}

/** The word of a token, empty where there is no such token. */
export function wordAt(tokens: Tokens, at: number): string {
  return at >= 0 && at < tokens.count ? (tokens.word[at] as string) : "";
}

/** The index of the first token that begins at or after an offset, looking from token `from` on. */
export function tokenAfter(tokens: Tokens, offset: number, from: number): number {
  let at = from;
  while (at < tokens.count && (tokens.start[at] as number) < offset) at += 1;
  return at;
}

/** A set from words in one string. */
export function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
