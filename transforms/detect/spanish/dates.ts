import type { Finding } from "../../../src/types.ts";
import { isDay } from "../checks.ts";
import { numericDateAt } from "../dates.ts";
import { between, matchAt, wordAt, wordBefore, words } from "../matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "../tokens.ts";
import { isMonth, MONTH_PATTERN, MONTH_WORDS } from "./months.ts";

const OF = String.raw`(?:[ \t]*(?:,|/|-|\.)[ \t]*|[ \t]+(?:del?[ \t]+(?:ano[ \t]+)?|ano[ \t]+)?|)`;
const YEAR_WORDS = String.raw`(?:dos mil(?: (?:uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci[a-z]+|veinte|veinti[a-z]+|treinta(?: y [a-z]+)?))?|mil novecientos(?: [a-z]+(?: y [a-z]+)?)?)`;
const YEAR = String.raw`(?:(?:1[89]|20)\d\d|[12]\.\d{3}|'?\d\d(?!\d|[/:,.]\d| ?(?:h|hs|hrs|horas|%|mg|anos|dias|meses|del?)\b)|${YEAR_WORDS})(?![A-Za-z\d])`;
const MONTH = String.raw`(?:${MONTH_PATTERN})\b\.?`;
const TAIL = `(?:${OF}${YEAR})?`;
/** `12 de marzo de 2017`, `1o de enero`, `12-mar-17`, `3 y 4 de mayo`, `del 3 al 10 de marzo`. */
const DAY_MONTH = new RegExp(
  String.raw`\d{1,2}(?:o|er|ro|a)?\.?(?:(?:[ \t]*(?:-|,|/|y|e|al|a|hasta el)[ \t]*\d{1,2}){0,3})(?:[ \t]*[-/.][ \t]*|[ \t]+(?:del?[ \t]+(?:mes de[ \t]+)?)?|)${MONTH}${TAIL}(?![A-Za-z])`,
  "iy",
);
const MONTH_YEAR = new RegExp(String.raw`${MONTH}${OF}${YEAR}`, "iy");
const ROMAN = /\d{1,2}([-/.])(?:X{0,1}I{1,3}|IV|V|VI{1,3}|IX|X|XI|XII)\1(?:(?:19|20)\d\d|\d\d)(?!\d)/y;
const LOOSE = /(\d{1,2})[ \t]?([/.-])[ \t]?(\d{1,2})[ \t]?\2[ \t]?((?:19|20)\d\d|\d\d)(?![\d/])/y;
const DAY_AND_MONTH = /(\d{1,2})[/-](\d{1,2})(?![\d/-]|[.,]\d|%| ?(?:mg|ml|mmhg|cm|mm|h|horas|dias)\b)/iy;
const SHORT_YEAR = /(\d{1,2})[/-]((?:19|20)\d\d)(?![\d/-])/y;
const GLUED = /(\d{2})(\d{2})\/((?:19|20)\d\d)(?!\d)/y;

/** What says that two numbers are a day and a month. */
const DAY_CUES = words(
  "dia dias el del fecha desde hasta fum fpp cita nacido nacida ingreso alta control revision visita lunes martes miercoles jueves viernes sabado domingo",
);

/** A date that begins at a number. */
export function dateAt(tokens: Tokens, at: number): Finding | undefined {
  const { text } = tokens;
  const start = tokens.start[at] as number;
  const written = matchAt(DAY_MONTH, text, start);
  if (written !== null && Number.parseInt(written[0], 10) <= 31 && !isShortUnit(written[0]))
    return date(start, written[0], 0.97);
  const roman = matchAt(ROMAN, text, start);
  if (roman !== null) return date(start, roman[0], 0.95);
  const loose = matchAt(LOOSE, text, start);
  if (loose !== null && isDay(Number(loose[4]), Number(loose[3]), Number(loose[1])) && isWritten(loose))
    return date(start, loose[0], 0.97);
  const short = matchAt(SHORT_YEAR, text, start);
  if (short !== null && Number(short[1]) <= 12 && Number(short[1]) > 0) return date(start, short[0], 0.9);
  const glued = matchAt(GLUED, text, start);
  if (glued !== null && isDay(Number(glued[3]), Number(glued[2]), Number(glued[1]))) return date(start, glued[0], 0.9);
  const two = matchAt(DAY_AND_MONTH, text, start);
  const share = /^ ?(?:del?|partes)\b/i.test(text.slice(start + (two?.[0].length ?? 0), start + 12));
  if (two !== null && !share && isDay(2000, Number(two[2]), Number(two[1])) && DAY_CUES.has(wordBefore(tokens, at, 1)))
    return date(start, two[0], 0.75);
  return numericDateAt(tokens, at) ?? yearAt(tokens, at);
}

/** Points alone part a time or a version as well: then the year has four digits. */
function isWritten([, first, mark, second, year]: RegExpExecArray): boolean {
  return (
    (year as string).length === 4 ||
    (mark !== "." && (first as string).length + (second as string).length > 2) ||
    (mark === "/" && (first as string) !== "0")
  );
}

/** `4 set`, `3 mar`: too short to be sure of, where no year follows. */
function isShortUnit(text: string): boolean {
  return /(?:mar|set|sep|may|jun|ago)$/i.test(text) && !/\bde\b/i.test(text) && !/[-/.]/.test(text);
}

/** Words that a month alone follows: `en marzo`, `a principios de enero`. */
const BEFORE_MONTH = words(
  "en de del desde hasta mes meses pasado proximo durante para hacia a entre y finales principios mediados",
);

/** A month with its year, or alone where the words before it say so; at the month. `Julio` and `Abril` are names too. */
export function monthAt(tokens: Tokens, at: number): Finding | undefined {
  const word = wordAt(tokens, at);
  if (!MONTH_WORDS.has(word) || (tokens.gap[at] === GAP.none && at > 0 && tokens.kind[at - 1] !== TOKEN.mark))
    return undefined;
  const start = tokens.start[at] as number;
  const match = matchAt(MONTH_YEAR, tokens.text, start);
  if (match !== null && (isMonth(word) || /\d{4}$/.test(match[0]))) return date(start, match[0], 0.95);
  if (!isMonth(word)) return undefined;
  const before = wordAt(tokens, at - 1);
  const named =
    tokens.shape[at] !== SHAPE.lower && (tokens.shape[at + 1] === SHAPE.capital || /^(?:de|del|y)$/.test(before));
  if (before === "(" || before === "/" || (BEFORE_MONTH.has(before) && !named))
    return date(start, tokens.text.slice(start, tokens.end[at]), 0.8);
  return undefined;
}

const DAY_WORDS =
  "primero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete|dieciocho|diecinueve|veinte|veintiuno|veintidos|veintitres|veinticuatro|veinticinco|veintiseis|veintisiete|veintiocho|veintinueve|treinta(?: y uno)?";
const SPELT = new RegExp(String.raw`(?:${DAY_WORDS}) (?:dias del mes )?de (?:${MONTH_PATTERN})\b${TAIL}`, "iy");
const HOLIDAY =
  /(?:navidad(?:es)?|nochebuena|nochevieja|semana santa|(?:jueves|viernes) santo|domingo de (?:ramos|resurreccion)|ano nuevo|dia de (?:reyes|muertos|la madre|la raza|todos los santos)|fiestas patrias)\b/iy;

/** Words at which `speltDateAt` finds something. */
export const DATE_WORDS: ReadonlySet<string> = new Set([
  ...DAY_WORDS.replace("(?: y uno)?", "").split("|"),
  ...words("navidad navidades nochebuena nochevieja semana jueves viernes domingo ano dia fiestas"),
]);

/** `doce de marzo de dos mil diecisiete`, and feasts. */
export function speltDateAt(tokens: Tokens, at: number): Finding | undefined {
  if (!DATE_WORDS.has(wordAt(tokens, at))) return undefined;
  const start = tokens.start[at] as number;
  const match = matchAt(SPELT, tokens.text, start) ?? matchAt(HOLIDAY, tokens.text, start);
  return match === null ? undefined : date(start, match[0], 0.9);
}

const YEAR_CUES = words(
  "en ano anos desde hasta del de durante hacia finales principios verano invierno otono primavera",
);

/** A bare year, which most profiles let stand; found only where words around it make it one. */
function yearAt(tokens: Tokens, at: number): Finding | undefined {
  const word = wordAt(tokens, at);
  if (tokens.kind[at] !== TOKEN.number || !/^(?:19|20)\d\d$/.test(word)) return undefined;
  const start = tokens.start[at] as number;
  if (/^[-/.,]\d/.test(tokens.text.slice(start + 4, start + 6))) return undefined;
  const alone =
    YEAR_CUES.has(wordBefore(tokens, at, 0)) || (wordAt(tokens, at - 1) === "(" && wordAt(tokens, at + 1) === ")");
  return alone ? between(start, start + 4, "DATE", 0.7, "YEAR") : undefined;
}

function date(start: number, text: string, score: number): Finding {
  return between(start, start + text.replace(/[\s.,]+$/, "").length, "DATE", score);
}
