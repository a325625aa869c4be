import type { Finding } from "../../../src/types.ts";
import { between, matchAt, wordAt, wordBefore, words } from "../matched.ts";
import type { Tokens } from "../tokens.ts";

const UNIT = String.raw`(?:anos?|meses|mes|semanas?|dias?)(?![A-Za-z\d])`;
const MORE = String.raw`(?:[ \t]+(?:y|con)[ \t]+(?:\d{1,2}|[a-z]+)[ \t]+(?:mes|meses|dias?|semanas?))?(?:[ \t]+y[ \t]+medio)?`;
const DIGITS = new RegExp(String.raw`\d{1,3}(?:[ \t]*(?:-|a|y|o)[ \t]*\d{1,3})?[ \t]*${UNIT}${MORE}`, "iy");
const TENS = "veinte|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa";
const ONES = "un|una|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve";
const BELOW = `(?:${TENS})(?: y (?:${ONES}))?|diez|once|doce|trece|catorce|quince|dieci[a-z]+|veinti[a-z]+|${ONES}`;
const SPELT = new RegExp(String.raw`(?:cien(?:to)?(?: (?:${BELOW}))?|${BELOW})[ \t]+${UNIT}${MORE}`, "iy");

/** Words that say an age over 89 by themselves. */
const OLDEST = words("nonagenario nonagenaria nonagenarios centenario centenaria supercentenario supercentenaria");
/** Spans of time that are nobody's age: `desde hace 16 anos`, `tras 2 anos`. */
const SPANS = words("hace durante tras cada proximos ultimos pasados siguientes ultimas primeros largo transcurridos");
const AFTER =
  /^[ \t]*(?:de (?:evolucion|duracion|seguimiento|tratamiento|antiguedad|supervivencia|historia|experiencia)|despues|antes|atras|mas tarde|posterior|previ[oa]s?|consecutivos)/i;

/** An age that begins at a number: `92 anos`, `18 meses`, and the bare number after `edad`. */
export function ageAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const match = matchAt(DIGITS, tokens.text, start);
  if (match !== null) return age(tokens, at, match[0]);
  const number = wordAt(tokens, at);
  if (!/^\d{1,3}$/.test(number) || Number(number) > 120) return undefined;
  return /^(?:edad|edades)$/.test(wordBefore(tokens, at, 2))
    ? between(start, start + number.length, "AGE", 0.9)
    : undefined;
}

const SPELT_WORDS: ReadonlySet<string> = new Set([
  ...`${TENS}|${ONES}|cien|ciento|diez|once|doce|trece|catorce|quince`.split("|"),
  ...words(
    "dieciseis diecisiete dieciocho diecinueve veintiun veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve",
  ),
]);

/** Words at which `speltAgeAt` finds something. */
export const AGE_WORDS: ReadonlySet<string> = new Set([...SPELT_WORDS, ...OLDEST]);

/** `noventa y dos anos`, `nonagenaria`. */
export function speltAgeAt(tokens: Tokens, at: number): Finding | undefined {
  const word = wordAt(tokens, at);
  const start = tokens.start[at] as number;
  if (OLDEST.has(word)) return between(start, tokens.end[at] as number, "AGE", 0.9);
  const match = SPELT_WORDS.has(word) ? matchAt(SPELT, tokens.text, start) : null;
  return match === null ? undefined : age(tokens, at, match[0]);
}

function age(tokens: Tokens, at: number, said: string): Finding | undefined {
  const start = tokens.start[at] as number;
  if (
    SPANS.has(wordBefore(tokens, at, 0)) ||
    SPANS.has(wordAt(tokens, at - 2)) ||
    /^\/|^ ?x ?\d/i.test(tokens.text.slice(start + said.length, start + said.length + 4)) ||
    AFTER.test(tokens.text.slice(start + said.length, start + said.length + 24))
  )
    return undefined;
  return between(start, start + said.trimEnd().length, "AGE", 0.9);
}
