/** Where known values stand in text that a machine has read from pixels, misreadings and all. */
import type { Finding, PhiType } from "../../src/types.ts";
import { fold } from "../detect/fold.ts";
import { findKnown, type KnownValue } from "../detect/known.ts";
import { formsOf } from "../detect/knownForms.ts";
import { nameParts } from "../detect/knownNames.ts";
import { isLetterOrDigit } from "../detect/page.ts";
import { isMarker } from "./boxesTerms.ts";
import type { PageText } from "./boxesText.ts";
import { type Hit, nearest } from "./nearest.ts";

/**
 * Known values as `findKnown` sees them, and beside these: with letters and digits that look alike taken for one another
 * (0 and O, 1, l and I, 5 and S, 8 and B, rn and m), run together with a neighbour, and with one letter wrong from five
 * letters on, two from nine on. Names that are ordinary words count wherever they stand, since an image has no
 * sentences. Offsets in the reading's text; detail `KNOWN`.
 */
export function findKnownWords({ text }: PageText, values: readonly KnownValue[]): readonly Finding[] {
  if (values.length === 0 || text === "") return [];
  const { letters, digits } = { letters: looksOf(text, LETTERS), digits: looksOf(text, DIGITS) };
  const found: Finding[] = [...findKnown(text, values)];
  for (const [key, type] of wantedOf(values)) {
    const numeric = /^\d+$/.test(key);
    const { looks } = looksOf(key, numeric ? DIGITS : LETTERS);
    const page = numeric ? digits : letters;
    const accept = (hit: Hit) => fits(text, page, hit, looks.length);
    for (const { start, end } of nearest(page.looks, looks, slack(looks.length, type), accept)) {
      found.push({ type, start: page.from[start]!, end: page.to[end - 1]!, score: 1, detail: "KNOWN" });
    }
  }
  return found;
}

/** Every way to write the values, letters and digits alone, that is long enough to mean anything by itself. */
function wantedOf(values: readonly KnownValue[]): ReadonlyMap<string, PhiType> {
  const wanted = new Map<string, PhiType>();
  for (const { value, type = "NAME" } of values) {
    const plain = fold(value.trim()).text.toLowerCase();
    const keys = type === "NAME" ? nameParts(plain) : formsOf(plain, type).map(({ letters }) => letters);
    for (const key of keys) {
      const least = /^\d+$/.test(key) ? (type === "DATE" ? 6 : 4) : 3;
      if (key.length >= least) wanted.set(key, type);
    }
  }
  return wanted;
}

/** How many letters may be wrong. A date with another day is another date. */
function slack(length: number, type: PhiType): number {
  if (type === "DATE") return length >= 8 ? 1 : 0;
  return length >= 9 ? 2 : length >= 5 ? 1 : 0;
}

/** A text by the looks of its letters and digits, everything else left out. */
interface Looks {
  readonly looks: string;
  /** Offsets in the text of each unit of `looks`, end exclusive. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** One sign for all that look alike, pairs first. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ...pairs("rn:m vv:w cl:d"),
  ...pairs("0:o 1:l i:l j:l 5:s 8:b 2:z 9:g 6:g q:g 4:a 7:t v:u c:e"),
]);
const DIGITS: ReadonlyMap<string, string> = new Map(pairs("o:0 q:0 d:0 l:1 i:1 j:1 s:5 b:8 z:2 g:9 a:4 t:7"));

function pairs(list: string): readonly (readonly [string, string])[] {
  return list.split(" ").map((pair) => pair.split(":") as unknown as readonly [string, string]);
}

function looksOf(text: string, alike: ReadonlyMap<string, string>): Looks {
  const folded = fold(text.replaceAll("|", "l").replaceAll("$", "s"));
  const lower = folded.text.toLowerCase();
  const [from, to]: [number[], number[]] = [[], []];
  let looks = "";
  for (let at = 0; at < lower.length; ) {
    const pair = alike.get(lower.slice(at, at + 2));
    const width = pair !== undefined && lower.length > at + 1 ? 2 : 1;
    if (isLetterOrDigit(lower.charCodeAt(at))) {
      looks += pair !== undefined && width === 2 ? pair : (alike.get(lower[at]!) ?? lower[at]!);
      from.push(folded.from?.[at] ?? at);
      to.push(folded.to?.[at + width - 1] ?? at + width);
    }
    at += width;
  }
  return { looks, from, to };
}

/**
 * A hit must begin and end with a word or a line of digits; one without any error may lie within a longer word from
 * five letters on, since readers lose the blanks of small text.
 */
function fits(text: string, { from, to }: Looks, { start, end, cost }: Hit, length: number): boolean {
  const [first, last] = [from[start]!, to[end - 1]!];
  const whole = !joins(text, first - 1, first) && !joins(text, last - 1, last);
  if (cost === 0) return whole || length >= 5;
  return whole && !isMarker(text.slice(first, last));
}

function joins(text: string, left: number, right: number): boolean {
  if (left < 0 || right >= text.length) return false;
  return isLetterOrDigit(text.charCodeAt(left)) && isLetterOrDigit(text.charCodeAt(right));
}
