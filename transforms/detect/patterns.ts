import type { Finding } from "../../src/types.ts";
import { addressAt, fleetPostAt, postBoxAt } from "./addresses.ts";
import { AGE_WORDS, ageAt, wordAgeAt } from "./ages.ts";
import { CONTACT_WORDS, emailAt, extensionAt, networkAt, phoneAt, spokenEmailAt, urlAt } from "./contact.ts";
import { CORNER_WORDS, cornerAt, crossingAt } from "./crossings.ts";
import { numericDateAt, yearAt } from "./dates.ts";
import { findDays } from "./days.ts";
import { DIGIT_WORDS, dictatedNumberAt, dictatedStreetAt } from "./digitWords.ts";
import { HOLIDAY_WORDS, holidayAt } from "./holidays.ts";
import { hashedIdAt, mixedIdAt, provenAt, unnamedIdAt } from "./ids.ts";
import { LABEL_WORDS, labelledAt, scannedDateAt } from "./labelled.ts";
import { type Found, isGlued, wordAt } from "./matched.ts";
import { ORDINAL_WORDS, ordinalDayAt } from "./ordinals.ts";
import { LOGIN_WORDS, loginAt, PLATE_WORDS, plateAt } from "./plates.ts";
import { findSignoffs } from "./signoffs.ts";
import { numberedStreetAt, ROAD_WORDS, roadAt, streetEndingAt } from "./streets.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";
import { gluedDateAt, MONTH_WORDS, writtenDateAt } from "./written.ts";

/** What can be found by its form and the words right around it, everything but names, facilities and towns. */
export function findPatterns(tokens: Tokens, found: Found): void {
  let until = 0;
  for (let at = 0; at < tokens.count; at += 1) {
    const start = tokens.start[at] as number;
    if (start < until) continue;
    const match = startsNumber(tokens, at, until) ? numberAt(tokens, at) : wordlyAt(tokens, at);
    if (match.length === 0) continue;
    found.push(...match);
    // A label's value may still be read on its own: what both find is merged.
    const next = (match.at(-1) as Finding).end;
    if ((match[0] as Finding).start <= start) until = next;
  }
  findDays(tokens, found);
  findSignoffs(tokens, found);
}

function startsNumber(tokens: Tokens, at: number, until: number): boolean {
  const unit = tokens.text.charCodeAt(tokens.start[at] as number);
  const digit = unit >= 0x30 && unit <= 0x39;
  if (!digit) {
    const opens = unit === 0x28 || unit === 0x2b;
    return (
      opens && isGlued(tokens, at + 1) && tokens.kind[at + 1] !== TOKEN.word && /^[\d(]/.test(wordAt(tokens, at + 1))
    );
  }
  if (!isGlued(tokens, at) || tokens.start[at] === until) return true;
  const mark = wordAt(tokens, at - 1);
  if (mark === "-" && tokens.start[at - 1] === until) return true;
  // A comma within a number has three digits after it; fields of a table have any.
  if (mark === "," && (tokens.end[at] as number) - (tokens.start[at] as number) !== 3) return true;
  const inside = /^[-.,/:]$/.test(mark) && isGlued(tokens, at - 1) && tokens.kind[at - 2] !== TOKEN.word;
  return !(inside && tokens.kind[at - 2] !== TOKEN.mark);
}

function numberAt(tokens: Tokens, at: number): readonly Finding[] {
  const address = addressAt(tokens, at);
  if (address.length > 0) return address;
  const one =
    networkAt(tokens, at) ??
    provenAt(tokens, at) ??
    numericDateAt(tokens, at) ??
    gluedDateAt(tokens, at) ??
    crossingAt(tokens, at) ??
    ordinalDayAt(tokens, at) ??
    ageAt(tokens, at) ??
    phoneAt(tokens, at) ??
    mixedIdAt(tokens, at) ??
    yearAt(tokens, at) ??
    unnamedIdAt(tokens, at);
  return one === undefined ? [] : [one];
}

/** Words that something may be found at; most words are none of them. */
const TRIGGERS: ReadonlySet<string> = new Set([
  ...LABEL_WORDS,
  ...MONTH_WORDS,
  ...AGE_WORDS,
  ...CONTACT_WORDS,
  ...HOLIDAY_WORDS,
  ...ORDINAL_WORDS,
  ...DIGIT_WORDS,
  ...LOGIN_WORDS,
  ...PLATE_WORDS,
  ...ROAD_WORDS,
  ...CORNER_WORDS,
  "dob",
]);

function wordlyAt(tokens: Tokens, at: number): readonly Finding[] {
  const kind = tokens.kind[at];
  if (kind === TOKEN.mark) {
    const mark = tokens.word[at];
    const one = mark === "@" ? emailAt(tokens, at) : mark === "#" ? hashedIdAt(tokens, at) : undefined;
    return one === undefined ? [] : [one];
  }
  if (kind === TOKEN.mixed) {
    const one =
      mixedIdAt(tokens, at) ??
      scannedDateAt(tokens, at) ??
      labelledAt(tokens, at) ??
      extensionAt(tokens, at) ??
      networkAt(tokens, at) ??
      unnamedIdAt(tokens, at);
    return one === undefined ? [] : [one];
  }
  if (kind !== TOKEN.word) return [];
  const one =
    fleetPostAt(tokens, at) ??
    (TRIGGERS.has(tokens.word[at] as string) ? triggeredAt(tokens, at) : undefined) ??
    codedAt(tokens, at) ??
    numberedStreetAt(tokens, at) ??
    streetEndingAt(tokens, at);
  if (one !== undefined) return [one];
  const dictated = DIGIT_WORDS.has(tokens.word[at] as string) ? dictatedStreetAt(tokens, at) : [];
  return dictated.length > 0 ? dictated : postBoxAt(tokens, at);
}

function triggeredAt(tokens: Tokens, at: number): Finding | undefined {
  return (
    labelledAt(tokens, at) ??
    scannedDateAt(tokens, at) ??
    writtenDateAt(tokens, at) ??
    holidayAt(tokens, at) ??
    ordinalDayAt(tokens, at) ??
    wordAgeAt(tokens, at) ??
    dictatedNumberAt(tokens, at) ??
    plateAt(tokens, at) ??
    loginAt(tokens, at) ??
    roadAt(tokens, at) ??
    cornerAt(tokens, at) ??
    extensionAt(tokens, at) ??
    urlAt(tokens, at) ??
    (tokens.word[at] === "at" ? spokenEmailAt(tokens, at) : undefined)
  );
}

/** `ST-998877`: capitals that a hyphen ties to digits. */
function codedAt(tokens: Tokens, at: number): Finding | undefined {
  if (tokens.shape[at] !== SHAPE.upper && tokens.shape[at] !== SHAPE.initial) return undefined;
  if (at + 1 >= tokens.count || tokens.gap[at + 1] !== GAP.none) return undefined;
  return mixedIdAt(tokens, at) ?? networkAt(tokens, at) ?? unnamedIdAt(tokens, at);
}
