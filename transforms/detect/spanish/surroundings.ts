import type { Finding } from "../../../src/types.ts";
import { KIND } from "../lexicon.ts";
import { between, type Found, matchAt } from "../matched.ts";
import type { Tokens } from "../tokens.ts";
import { FLOOR, NUMBER, SMALL } from "./streets.ts";

/** Units of text before a postal number in which its street may stand. */
const REACH = 90;
const WORD = String.raw`(?:[A-Z][a-z]{0,3}\.|[A-Z0-9][A-Za-z0-9']*|${SMALL}\b\.?)`;
const CLOSE = String.raw`[ .,;-]*(?:E-|CP:?|C\.P\.:?)?[ ]*$`;
const LED = new RegExp(String.raw`(?:^|[ ,.;:-])((?:${WORD}[ ]+){0,5}${WORD}${NUMBER}(?:${FLOOR}){0,5})${CLOSE}`);
const REST = new RegExp(String.raw`^(${NUMBER}(?:${FLOOR}){0,5})${CLOSE}`);
const UNNUMBERED = new RegExp(String.raw`(?:[A-Z][A-Za-z']*\.?[ ]+)(?:${WORD}[ ]+){0,5}?(?:${WORD}),?[ ]+s/n`, "g");
/** Words that a town is not, so that it ends before them. */
const LABEL =
  "(?!(?:Tel|Telf|Tlf|Tfno|Telefono|Correos?|E?-?mail|Fax|Fecha|Edad|Sexo|NHC|DNI|NASS|CP|Pais|Datos|Espana|Mexico|Argentina|Chile|Colombia|Peru|Cuba)\\b)";
const TOWN = new RegExp(
  String.raw`[ .,)-]{1,3}\(?(${LABEL}[A-Z][A-Za-z']+(?:[ -](?:(?:de|del|la|las|los|el|y|d')[ ]?)*${LABEL}[A-Z][A-Za-z']+){0,3})`,
  "y",
);
const ZIP = /[ .,-]{1,4}((?:E-)?\d{5})(?![\d-])/y;

/**
 * Streets that nothing calls one and towns that no list has, by the postal number beside them: `Acacias, 30. 33423 Soto
 * de Llanera`; a postal number right after a street; and whatever has a capital before `s/n`. Adds to `found`, which
 * must hold names and facilities: a street begins after them.
 */
export function findAround(tokens: Tokens, found: Found): void {
  const { text } = tokens;
  for (const { detail, end } of [...found]) {
    const zip = detail === "STREET" ? matchAt(ZIP, text, end)?.[1] : undefined;
    const start = zip === undefined ? 0 : text.indexOf(zip, end);
    if (zip !== undefined) found.push(between(start, start + zip.length, "ADDRESS", 0.8, "ZIP"));
  }
  const ends = Int32Array.from(found, ({ end }) => end).sort();
  for (const zip of found.filter(({ detail }) => detail === "ZIP")) {
    const before = streetBefore(text, zip, ends);
    const after = townAfter(tokens, zip.end);
    if (before !== undefined) found.push(before);
    if (after !== undefined) found.push(after);
  }
  for (const match of text.matchAll(UNNUMBERED)) {
    const end = match.index + match[0].length;
    const bound = Math.max(match.index, lastAtMost(ends, end - 5));
    const start = bound + (/^[ .,;]*/.exec(text.slice(bound, end))?.[0].length ?? 0);
    if (start < end) found.push(between(start, end, "ADDRESS", 0.7, "STREET"));
  }
}

/** The street whose number stands right before a postal number; the number alone where a name or a facility ends before it. */
function streetBefore(text: string, zip: Finding, ends: Int32Array): Finding | undefined {
  const line = text.lastIndexOf("\n", zip.start - 1) + 1;
  const last = lastAtMost(ends, zip.start);
  const bound = Math.max(line, last, zip.start - REACH);
  const before = text.slice(bound, zip.start);
  const rest = bound === last ? REST.exec(before)?.[1] : undefined;
  if (rest !== undefined) return between(bound, bound + rest.length, "ADDRESS", 0.7, "STREET");
  const led = LED.exec(before)?.[1];
  if (led === undefined || !/[A-Z][a-z]/.test(led)) return undefined;
  const start = bound + before.lastIndexOf(led);
  return between(start, start + led.length, "ADDRESS", 0.7, "STREET");
}

/** The words with a capital after a postal number; past a full stop only where a list has them. */
function townAfter({ text, lookup }: Tokens, from: number): Finding | undefined {
  const match = matchAt(TOWN, text, from);
  const town = match?.[1];
  if (match === null || town === undefined) return undefined;
  const stopped = match[0].slice(0, match[0].length - town.length).includes(".");
  if (stopped && (lookup(town.toLowerCase()) & (KIND.city | KIND.state)) === 0) return undefined;
  const end = from + match[0].length;
  return between(end - town.length, end, "ADDRESS", 0.75, "CITY");
}

/** The largest of the ascending numbers that is not over `most`; 0 where none is. */
function lastAtMost(ascending: Int32Array, most: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : (ascending[low - 1] as number);
}
