import type { Finding } from "../../src/types.ts";
import { across, wordAt, words } from "./matched.ts";
import { SHAPE, TOKEN, type Tokens } from "./tokens.ts";

/** First words of holidays that name a day of the year, each with what must follow it, if anything. */
const HOLIDAYS: ReadonlyMap<string, RegExp> = new Map([
  ["christmas", /^(?:eve|day|$)/],
  ["thanksgiving", /^(?:day|eve|$)/],
  ["easter", /^(?:sunday|monday|day)/],
  ["halloween", /^$/],
  ["new", /^years? (?:eve|day)/],
  ["labor", /^day/],
  ["memorial", /^day/],
  ["independence", /^day/],
  ["veterans", /^day/],
  ["presidents", /^day/],
  ["columbus", /^day/],
  ["valentine", /^day/],
  ["valentines", /^day/],
  ["mothers", /^day/],
  ["fathers", /^day/],
  ["boxing", /^day/],
  ["good", /^friday/],
  ["ash", /^wednesday/],
]);
/** Words at which `holidayAt` finds something. */
export const HOLIDAY_WORDS: ReadonlySet<string> = words([...HOLIDAYS.keys()].join(" "));

/** A holiday, with the year after it: `Christmas Eve 2022`, `New Year's Day`. */
export function holidayAt(tokens: Tokens, at: number): Finding | undefined {
  const rest = HOLIDAYS.get(tokens.word[at] as string);
  if (rest === undefined || tokens.shape[at] === SHAPE.lower) return undefined;
  const after: number[] = [];
  for (let next = at + 1; next < tokens.count && after.length < 2 && next < at + 5; next += 1) {
    if (tokens.kind[next] === TOKEN.possessive || wordAt(tokens, next) === "'") continue;
    if (tokens.kind[next] !== TOKEN.word) break;
    after.push(next);
  }
  const said = after.map((next) => wordAt(tokens, next));
  const match = rest.exec(said.join(" ")) ?? rest.exec(said[0] ?? "") ?? rest.exec("");
  if (match === null) return undefined;
  const used = match[0] === "" ? 0 : match[0].split(" ").length;
  let last = used === 0 ? at : (after[used - 1] as number);
  const comma = wordAt(tokens, last + 1) === "," ? last + 2 : last + 1;
  if (/^(?:19|20)\d\d$/.test(wordAt(tokens, comma))) last = comma;
  const alone =
    last === at && !/^(?:on|at|since|before|after|until|around|by|last|this|over|past)$/.test(wordAt(tokens, at - 1));
  return alone ? undefined : across(tokens, at, last, "DATE", 0.8, "HOLIDAY");
}
