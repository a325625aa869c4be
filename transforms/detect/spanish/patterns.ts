import type { Finding } from "../../../src/types.ts";
import { CONTACT_WORDS, emailAt, networkAt, urlAt } from "../contact.ts";
import { hashedIdAt, mixedIdAt, provenAt, unnamedIdAt } from "../ids.ts";
import { type Found, isGlued, wordAt } from "../matched.ts";
import { TOKEN, type Tokens } from "../tokens.ts";
import { AGE_WORDS, ageAt, speltAgeAt } from "./ages.ts";
import { DATE_WORDS, dateAt, monthAt, speltDateAt } from "./dates.ts";
import { ID_WORDS, labelledAt, provenCodeAt, provenNumberAt } from "./ids.ts";
import { MONTH_WORDS } from "./months.ts";
import { PHONE_WORDS, phoneAt, shortPhoneAt } from "./phones.ts";
import { bareZipAt, postalAt, STREET_WORDS, streetAt } from "./streets.ts";

/** What can be found by its form and the words right around it, everything but names, facilities and towns. */
export function findPatterns(tokens: Tokens, found: Found): void {
  let until = 0;
  for (let at = 0; at < tokens.count; at += 1) {
    const start = tokens.start[at] as number;
    if (start < until) continue;
    const one = startsNumber(tokens, at) ? numberAt(tokens, at) : wordlyAt(tokens, at);
    if (one === undefined) continue;
    found.push(one);
    if (one.start <= start || one.end - one.start > 2) until = Math.max(until, one.end);
  }
}

function startsNumber(tokens: Tokens, at: number): boolean {
  const unit = tokens.text.charCodeAt(tokens.start[at] as number);
  if (unit >= 0x30 && unit <= 0x39) {
    const inside =
      isGlued(tokens, at) &&
      /^[.,/-]$/.test(wordAt(tokens, at - 1)) &&
      isGlued(tokens, at - 1) &&
      tokens.kind[at - 2] === TOKEN.number;
    return !inside;
  }
  return (unit === 0x28 || unit === 0x2b) && isGlued(tokens, at + 1) && /^[\d(+]/.test(wordAt(tokens, at + 1));
}

function numberAt(tokens: Tokens, at: number): Finding | undefined {
  return (
    networkAt(tokens, at) ??
    provenNumberAt(tokens, at) ??
    dateAt(tokens, at) ??
    ageAt(tokens, at) ??
    bareZipAt(tokens, at) ??
    phoneAt(tokens, at) ??
    provenAt(tokens, at) ??
    mixedIdAt(tokens, at) ??
    unnamedIdAt(tokens, at)
  );
}

/** Words that something may be found at; most words are none of them. */
const TRIGGERS: ReadonlySet<string> = new Set([
  ...ID_WORDS,
  ...MONTH_WORDS,
  ...AGE_WORDS,
  ...DATE_WORDS,
  ...PHONE_WORDS,
  ...STREET_WORDS,
  ...CONTACT_WORDS,
  "cp",
  "codigo",
  "cod",
  "d",
]);

function wordlyAt(tokens: Tokens, at: number): Finding | undefined {
  const kind = tokens.kind[at];
  if (kind === TOKEN.mark) {
    const mark = tokens.word[at];
    return mark === "@" ? emailAt(tokens, at) : mark === "#" ? hashedIdAt(tokens, at) : undefined;
  }
  if (kind === TOKEN.mixed)
    return (
      labelledAt(tokens, at) ??
      provenCodeAt(tokens, at) ??
      mixedIdAt(tokens, at) ??
      networkAt(tokens, at) ??
      unnamedIdAt(tokens, at)
    );
  if (kind !== TOKEN.word) return undefined;
  const one = TRIGGERS.has(tokens.word[at] as string) ? triggeredAt(tokens, at) : undefined;
  return one ?? codedAt(tokens, at);
}

function triggeredAt(tokens: Tokens, at: number): Finding | undefined {
  return (
    labelledAt(tokens, at) ??
    postalAt(tokens, at) ??
    streetAt(tokens, at) ??
    monthAt(tokens, at) ??
    speltDateAt(tokens, at) ??
    speltAgeAt(tokens, at) ??
    shortPhoneAt(tokens, at) ??
    urlAt(tokens, at)
  );
}

/** `X-1234567-L`, `ST-998877`: capitals tied to digits. */
function codedAt(tokens: Tokens, at: number): Finding | undefined {
  // `E-28015 Madrid`: the country's letter before a postal number.
  if (tokens.word[at] === "e" && /^\d{5}$/.test(wordAt(tokens, at + 2))) return undefined;
  const next = tokens.start[at + 1] as number;
  if (at + 1 >= tokens.count || next - (tokens.end[at] as number) > 1 || tokens.kind[at + 1] === TOKEN.word)
    return undefined;
  return provenCodeAt(tokens, at) ?? (isGlued(tokens, at + 1) ? unnamedIdAt(tokens, at) : undefined);
}
