import type { Finding } from "../../src/types.ts";
import { across, wordAt, words } from "./matched.ts";
import { GAP, type Tokens } from "./tokens.ts";
import { weekdayBefore } from "./written.ts";

/** From the fourth on: the first, second and third are steps, doses and trimesters. */
const DAY_WORDS = words(`fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
  sixteenth seventeenth eighteenth nineteenth twentieth thirtieth`);
const TENS = /^(?:twenty|thirty)$/;
const UNITS = words("first second third fourth fifth sixth seventh eighth ninth");
/** Words at which `ordinalDayAt` finds something beside numbers. */
export const ORDINAL_WORDS: ReadonlySet<string> = new Set([...DAY_WORDS, "twenty", "thirty"]);

const BY_DAY = words(
  "on since until till by from before after through thru starting effective admitted discharged seen due scheduled",
);
const TIMES = words("morning afternoon evening night day week");
/** What goes on after a date, where after any other ordinal its noun would stand. */
const GOES_ON =
  words(`and or so at with for to without because when if but she he we they i it then before after per from via
  while his her their my our as is was will by on in until since through unless please comma period`);

/**
 * A day without its month: `Sunday the 9th`, `until the 9th`, `on the twelfth without injury`. The article belongs to it,
 * so that what replaces it reads on. `on the 3rd floor` and `the 4th of five doses` are none.
 */
export function ordinalDayAt(tokens: Tokens, at: number): Finding | undefined {
  const last = ordinalEnd(tokens, at);
  if (last === undefined) return undefined;
  const first = weekdayBefore(tokens, at);
  if (first !== at) return across(tokens, first, last, "DATE", 0.85);
  if (wordAt(tokens, at - 1) !== "the") return undefined;
  const before = wordAt(tokens, at - 2);
  const led = BY_DAY.has(before) || (before === "of" && TIMES.has(wordAt(tokens, at - 3)));
  return led && closes(tokens, last) ? across(tokens, at - 1, last, "DATE", 0.6) : undefined;
}

/** The last token of `9th`, `twelfth`, `twenty-first`. */
function ordinalEnd(tokens: Tokens, at: number): number | undefined {
  const word = wordAt(tokens, at);
  const digits = /^(\d{1,2})(?:st|nd|rd|th)$/.exec(word)?.[1];
  if (digits !== undefined) return Number(digits) >= 1 && Number(digits) <= 31 ? at : undefined;
  if (DAY_WORDS.has(word)) return TENS.test(wordAt(tokens, at - 1)) ? undefined : at;
  const unit = wordAt(tokens, at + 1) === "-" ? at + 2 : at + 1;
  return TENS.test(word) && UNITS.has(wordAt(tokens, unit)) ? unit : undefined;
}

/** Nothing follows that is counted: `the 4th and 5th ribs` are no days. */
function closes(tokens: Tokens, last: number): boolean {
  const next = last + 1;
  if ((tokens.gap[next] as number) >= GAP.line || /^[.:;,)!?]$/.test(wordAt(tokens, next))) return true;
  if (/^(?:and|or|to|through|-)$/.test(wordAt(tokens, next))) {
    const article = wordAt(tokens, next + 1) === "the" ? next + 2 : next + 1;
    const other = ordinalEnd(tokens, article);
    if (other !== undefined) return closes(tokens, other);
  }
  return GOES_ON.has(wordAt(tokens, next));
}
