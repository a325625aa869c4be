import type { Finding } from "../../src/types.ts";
import { between, matchAt, wordAt, words } from "./matched.ts";
import { SHAPE, type Tokens } from "./tokens.ts";
import { monthOf } from "./written.ts";

const KIND = String.raw`(?: (?:St|Street|Ave|Avenue|Rd|Road|Blvd|Dr|Drive|Ln|Lane|Hwy|Pkwy|Way)\b\.?)?`;
const SIDE = String.raw`(?:(?:[NSEW]|North|South|East|West)\.? )?`;
const NAMED = String.raw`(?:\d{1,3}(?:st|nd|rd|th)|[A-Z][a-z]+(?: [A-Z][a-z]+)?)`;
const NUMBERED = new RegExp(
  String.raw`\d{1,3}(?:st|nd|rd|th)${KIND} ?(&|and|/|@) ?${SIDE}([A-Z][a-z]+(?: [A-Z][a-z]+)?)${KIND}`,
  "y",
);
const AFTER_CORNER = new RegExp(
  String.raw` (?:of |at )?(?:the )?(${SIDE}${NAMED}${KIND} ?(?:&|and|/|@) ?${SIDE}${NAMED}${KIND})`,
  "y",
);
const LED = words("at on near by of from to toward towards @ around off");
/** What is counted or done on a day, and goes on after it with a capital. */
const NO_STREET =
  /^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|left|right|great|both|rib|ribs|toe|toes|finger|fingers|cardiology|surgery)$/i;

/** Words at which `cornerAt` finds something. */
export const CORNER_WORDS: ReadonlySet<string> = words("corner intersection junction");

/** `at 7th & Main`: a numbered street and another, found at the number. */
export function crossingAt(tokens: Tokens, at: number): Finding | undefined {
  if (!/^\d{1,3}(?:st|nd|rd|th)$/.test(wordAt(tokens, at)) || !LED.has(wordAt(tokens, at - 1))) return undefined;
  const start = tokens.start[at] as number;
  const match = matchAt(NUMBERED, tokens.text, start);
  if (match === null) return undefined;
  const other = (match[2] as string).split(" ")[0] as string;
  if (NO_STREET.test(other) || monthOf(other.toLowerCase()) !== undefined) return undefined;
  // `seen on 7th and Cardiology agreed`: a day goes on so, streets meet at, near or by.
  const loose = match[1] === "and" && /^(?:on|by|from|to|of)$/.test(wordAt(tokens, at - 1));
  return loose ? undefined : between(start, start + match[0].length, "ADDRESS", 0.8, "STREET");
}

/** `corner of Main and Elm St`, found at `corner`; corners of mouths and eyes have no capitals. */
export function cornerAt(tokens: Tokens, at: number): Finding | undefined {
  if (!CORNER_WORDS.has(wordAt(tokens, at)) || tokens.shape[at] === SHAPE.upper) return undefined;
  const match = matchAt(AFTER_CORNER, tokens.text, tokens.end[at] as number);
  if (match === null) return undefined;
  const end = match.index + match[0].length;
  return between(end - (match[1] as string).length, end, "ADDRESS", 0.85, "STREET");
}
