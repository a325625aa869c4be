import { isCountry, isState } from "../places.ts";
import { agesIn, yearsIn } from "../spans.ts";
import type { GoldSpan } from "./gold.ts";

/**
 * Kinds that some corpora label and 45 CFR 164.514(b)(2) does not list by themselves: employers and other organisations,
 * titles, nationalities, trades, rooms.
 */
export const NEUTRAL_TYPES: readonly string[] = ["ORGANIZATION", "ORG", "TITLE", "NRP", "PROFESSION", "ROOM"];

const TITLES = /^(?:(?:Dr|Mr|Mrs|Ms|Mx|Miss|Prof|Doctor|Professor|Nurse|Sir|Rev)\b\.?\s*)+/i;
const CREDENTIALS = /,?\s+(?:(?:MD|M\.D\.|DO|DDS|DVM|PhD|RN|NP|PA|PA-C|LCSW|Jr\.?|Sr\.?)\b\.?\s*)+$/;
const RELATIVE =
  /^(?:today|yesterday|tomorrow|tonight|now|(?:last|next|this|the past|past|previous) .*|.*\b(?:ago|later|earlier|daily|annually|weekly|monthly)|\d+ (?:days?|weeks?|months?|years?|hours?|minutes?)(?: .*)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$/i;
const CLOCK =
  /(?:\bat )?\b(?:[01]?\d|2[0-3])(?::[0-5]\d){1,2}(?:\.\d+)?(?:\s*[ap]\.?m\b\.?)?(?: ?(?:hours|hrs|h)\b)?|\b(?:[01]?\d|2[0-3])[0-5]\d ?(?:hours|hrs)\b|\b\d{1,2} ?[ap]\.?m\b\.?/gi;

/**
 * Which units of a text may be masked or left, as far as this labelled value goes: an honorific, an age that shows no
 * one over 89, a bare year, a relative date, a time of day, a state or country. Told by the value and its label alone,
 * so that every detector is judged by the same letters. Ranges of offsets, end exclusive.
 */
export function neutralRanges(
  text: string,
  { start, end, type }: GoldSpan,
  neutralTypes: ReadonlySet<string>,
): readonly (readonly [number, number])[] {
  const value = text.slice(start, end);
  const kind = type.toUpperCase();
  if (neutralTypes.has(kind)) return [[start, end]];
  if (/(?:^|_)AGE$/.test(kind)) return (agesIn(value) ?? []).some((age) => age > 89) ? [] : [[start, end]];
  if (/DATE|TIME/.test(kind)) {
    if (RELATIVE.test(value) || yearsIn(value) !== undefined) return [[start, end]];
    return [...value.matchAll(CLOCK)].map(({ index, 0: clock }) => [start + index, start + index + clock.length]);
  }
  if (/GPE|LOC|GEO|STATE|COUNTRY|CITY|PLACE|^ADDRESS|_ADDRESS$/.test(kind) && !/MAIL|IP_/.test(kind)) {
    return allowedPlaces(value).map(([from, to]) => [start + from, start + to]);
  }
  const title = TITLES.exec(value)?.[0].length ?? 0;
  const tail = CREDENTIALS.exec(value)?.[0].length ?? 0;
  return [
    [start, start + title],
    [end - tail, end],
  ];
}

/** States and countries within a place: whole parts between commas and line breaks, and what ends a part before a ZIP code. */
function allowedPlaces(value: string): readonly (readonly [number, number])[] {
  return [...value.matchAll(/[^,;\n]+/g)].flatMap(({ 0: part, index }) => {
    const words = [...part.replace(/\s\d{5}(?:-\d{4})?\s*$/, "").matchAll(/\S+/g)];
    const last = words.at(-1);
    if (last === undefined) return [];
    const to = last.index + last[0].length;
    const from = words.slice(-4).find((word) => {
      const place = part.slice(word.index, to);
      return isState(place) || isCountry(place) || (word === words[0] && /^(?:new york|washington)$/i.test(place));
    });
    // "New York" and "Washington" by themselves are towns as well: a corpus that labels one alone means either.
    if (
      from === undefined ||
      (/^(?:new york|washington)$/i.test(part.slice(from.index, to)) && part.trim() === value.trim())
    )
      return [];
    return [[index + from.index, index + to]] as const;
  });
}

/** True where masking this unit is neither right nor wrong outside of every labelled value: the honorific before a name. */
export function honorificRanges(text: string): readonly (readonly [number, number])[] {
  return [...text.matchAll(/\b(?:Dr|Mr|Mrs|Ms|Mx|Miss|Prof|Doctor|Professor)\b\.?/gi)].map(({ index, 0: word }) => [
    index,
    index + word.length,
  ]);
}
