import type { Finding } from "../../src/types.ts";
import { ledTo } from "./destinations.ts";
import { employerAt } from "./employers.ts";
import { isEponymUse } from "./eponyms.ts";
import { GRADE, isOrdinary, type Note } from "./grades.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { across, type Found, isGlued, wordAt, words } from "./matched.ts";
import { isCapital } from "./runs.ts";
import { stateAt, zipAt } from "./states.ts";
import { GAP, SHAPE, TOKEN } from "./tokens.ts";
import { stateAndZip } from "./towns.ts";

const PLACE_CUES = words("in from at near to outside around of via through between visiting toward towards");
/** Towns, counties, states and countries, and the place names that verbs of living and treatment lead to. */
export function findPlaces(note: Note, found: Found): void {
  const { tokens } = note;
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== TOKEN.word) {
      const zip = zipByLabel(note, at);
      if (zip !== undefined) found.push(zip);
      continue;
    }
    const employer = employerAt(note, at);
    const quiet = note.quiet && /^(?:in|from|near)$/.test(wordAt(tokens, at - 1));
    if (employer === undefined && !isCapital(note, at) && !quiet) continue;
    const findings = employer === undefined ? placeAt(note, at) : [employer];
    if (findings.length === 0) continue;
    found.push(...findings);
    const end = (findings.at(-1) as Finding).end;
    while (at + 1 < tokens.count && (tokens.start[at + 1] as number) < end) at += 1;
  }
}

function placeAt(note: Note, at: number): readonly Finding[] {
  const sure = townWithState(note, at) ?? county(note, at) ?? region(note, at);
  if (sure !== undefined) return sure;
  const listed = town(note, at);
  const led = ledTo(note, at);
  if (listed === undefined || led === undefined) return listed ?? led ?? [];
  return (led[0] as Finding).end > (listed[0] as Finding).end ? led : listed;
}

/** `Cedar Falls, IA 50613`: up to three words with capitals, a comma, a state. */
function townWithState(note: Note, at: number): readonly Finding[] | undefined {
  const { tokens } = note;
  if (!startsPlace(note, at)) return undefined;
  let last = at;
  for (let words = 1; words <= 4; words += 1) {
    if (wordAt(tokens, last + 1) === "." && /^(?:st|ft|mt|pt)$/.test(wordAt(tokens, last))) last += 1;
    else if (wordAt(tokens, last + 1) === "," && (tokens.gap[last + 2] ?? 9) <= GAP.space) {
      const tail = stateAndZip(tokens, last + 2);
      const state = stateAt(tokens, last + 2);
      if (tail === undefined || state === undefined) return undefined;
      const zip = tail.length > 1;
      const code =
        ((tokens.info[last + 2] as number) & KIND.stateCode) !== 0 &&
        state.last === last + 2 &&
        tokens.shape[last + 2] === SHAPE.upper;
      const known = isCity(note, at, last);
      const credential =
        code && /^(?:md|pa|ma|do|or|me|in|ok|hi|la|al|ct|id|pt|ms|de|co|mo)$/.test(wordAt(tokens, last + 2));
      const plain = isOrdinary(tokens.info[at] as number, 6) || wordAt(tokens, last + 3) === "/";
      if (!zip && credential && (note.grade[last] as number) >= GRADE.likely && !note.shouted[at]) return undefined;
      if (!zip && !known && (credential || plain || (note.grade[at] as number) >= GRADE.likely)) return undefined;
      return [across(tokens, at, last, "ADDRESS", 0.9, "CITY"), ...tail];
    }
    const zipless = tokens.gap[last + 1] === GAP.space ? stateAndZip(tokens, last + 1) : undefined;
    if (zipless !== undefined && zipless.length > 1 && stateAt(tokens, last + 1) !== undefined) {
      return [across(tokens, at, last, "ADDRESS", 0.85, "CITY"), ...zipless];
    }
    last += 1;
    if (last >= tokens.count || tokens.gap[last] !== GAP.space || !isCapital(note, last)) return undefined;
  }
  return undefined;
}

function startsPlace(note: Note, at: number): boolean {
  const { tokens } = note;
  const info = tokens.info[at] as number;
  const acronym = tokens.shape[at] === SHAPE.upper && (tokens.word[at] as string).length < 4 && note.shouted[at] !== 1;
  if ((info & KIND.medical) !== 0 || (tokens.word[at] as string).length < 2 || acronym) return false;
  return !(isOrdinary(info, 13) && (info & KIND.placeStart) === 0);
}

function isCity(note: Note, first: number, last: number): boolean {
  return first === last ? ((note.tokens.info[first] as number) & KIND.city) !== 0 : isTownPhrase(note, first, last);
}

function county(note: Note, at: number): readonly Finding[] | undefined {
  const { tokens } = note;
  for (let next = at + 1; next <= at + 3 && next < tokens.count; next += 1) {
    if (tokens.gap[next] !== GAP.space || !isCapital(note, next)) return undefined;
    if (
      /^(?:county|parish|borough|township)$/.test(wordAt(tokens, next)) &&
      !isOrdinary(tokens.info[at] as number, 11)
    ) {
      return [across(tokens, at, next, "ADDRESS", 0.9, "COUNTY")];
    }
  }
  return undefined;
}

/** States and countries, which most profiles let stand. */
function region(note: Note, at: number): readonly Finding[] | undefined {
  const { tokens } = note;
  const info = tokens.info[at] as number;
  if ((info & (KIND.state | KIND.country | KIND.placeStart)) === 0) return undefined;
  const state = stateAt(tokens, at);
  if (wordAt(tokens, at) === "new" && wordAt(tokens, at + 1) === "york" && wordAt(tokens, at + 2) === "city") {
    return [across(tokens, at, at + 2, "ADDRESS", 0.95, "CITY")];
  }
  if (state !== undefined && ((info & KIND.state) !== 0 || state.last > at)) {
    const person = (note.grade[at] as number) >= GRADE.likely && !PLACE_CUES.has(wordAt(tokens, at - 1));
    return person ? undefined : [across(tokens, at, state.last, "ADDRESS", 0.7, "STATE")];
  }
  const nation = (info & KIND.placeStart) === 0 ? undefined : nationEnd(note, at);
  if (nation !== undefined) return [across(tokens, at, nation, "ADDRESS", 0.7, "COUNTRY")];
  if ((info & KIND.country) === 0 || (tokens.shape[at] === SHAPE.upper && (tokens.word[at] as string).length < 3))
    return undefined;
  const person = (info & (KIND.firstName | KIND.lastName)) !== 0 && !PLACE_CUES.has(wordAt(tokens, at - 1));
  return person ? undefined : [across(tokens, at, at, "ADDRESS", 0.7, "COUNTRY")];
}

/** The last token of a country's name of two words or three. */
function nationEnd(note: Note, at: number): number | undefined {
  for (let words = 3; words >= 2; words -= 1) {
    const last = phraseEnd(note, at, words);
    if (
      last === at + words - 1 &&
      (note.tokens.lookup(note.tokens.word.slice(at, last + 1).join(" ")) & KIND.country) !== 0
    )
      return last;
  }
  return undefined;
}

/** A town of the lists: large ones anywhere, others after a preposition. */
function town(note: Note, at: number): readonly Finding[] | undefined {
  const { tokens } = note;
  const info = tokens.info[at] as number;
  const shape = tokens.shape[at];
  if (shape === SHAPE.upper && note.shouted[at] !== 1) return undefined;
  const last = longestTown(note, at);
  if (last === undefined) return undefined;
  const single = last === at;
  if (!single && tokens.kind[last + 1] === TOKEN.possessive) {
    const saint = /^(?:at|to|from|in|by)$/.test(wordAt(tokens, at - 1));
    return saint ? [across(tokens, at, last + 1, "ADDRESS", 0.8, "FACILITY")] : undefined;
  }
  if (single && ((info & (KIND.medical | KIND.generic | KIND.facility)) !== 0 || isEponymUse(tokens, at)))
    return undefined;
  const before = wordAt(tokens, at - 1);
  const cue = PLACE_CUES.has(before) && before !== "of" && before !== "to" && before !== "between";
  const big = (info & KIND.bigCity) !== 0 || !single;
  const ordinary = single && (isOrdinary(info) || rankOf(info) > 11);
  if (ordinary)
    return cue && (info & KIND.bigCity) !== 0 ? [across(tokens, at, last, "ADDRESS", 0.6, "CITY")] : undefined;
  const within = isCapital(note, last + 1) && tokens.gap[last + 1] === GAP.space;
  if (cue || (big && !within && (info & KIND.eponym) === 0))
    return [across(tokens, at, last, "ADDRESS", cue ? 0.85 : 0.7, "CITY")];
  return undefined;
}

/** The last token of the longest town of the lists that begins at a token. */
function longestTown(note: Note, at: number): number | undefined {
  const { tokens } = note;
  const info = tokens.info[at] as number;
  if ((info & KIND.placeStart) !== 0) {
    for (let words = 3; words >= 2; words -= 1) {
      const last = phraseEnd(note, at, words);
      if (last !== undefined && isTownPhrase(note, at, last)) return last;
    }
  }
  return (info & KIND.city) !== 0 ? at : undefined;
}

/** The last of a number of words with capitals, the points of `St. Paul` and hyphens between them left out. */
function phraseEnd(note: Note, at: number, words: number): number | undefined {
  const { tokens } = note;
  let last = at;
  for (let more = 1; more < words; more += 1) {
    const mark = /^[.-]$/.test(wordAt(tokens, last + 1)) ? 1 : 0;
    last += 1 + mark;
    if ((!isCapital(note, last) && !note.quiet) || (tokens.gap[last] as number) > GAP.space) return undefined;
  }
  return last;
}

function isTownPhrase(note: Note, first: number, last: number): boolean {
  const { tokens } = note;
  const parts: string[] = [];
  for (let at = first; at <= last; at += 1) if (tokens.kind[at] === TOKEN.word) parts.push(wordAt(tokens, at));
  const saint =
    parts[0] === "st"
      ? `saint ${parts.slice(1).join(" ")}`
      : parts[0] === "ft"
        ? `fort ${parts.slice(1).join(" ")}`
        : "";
  return ((tokens.lookup(parts.join(" ")) | (saint === "" ? 0 : tokens.lookup(saint))) & KIND.city) !== 0;
}

/** `ZIP 02139`, five digits with four more, and the postal codes of Canada and Britain; after a label any of three to six digits. */
function zipByLabel(note: Note, at: number): Finding | undefined {
  const { tokens } = note;
  if (tokens.kind[at] === TOKEN.mark || tokens.kind[at] === TOKEN.possessive || isGlued(tokens, at)) return undefined;
  const last = zipAt(tokens, at);
  if (last !== undefined && tokens.kind[at] === TOKEN.mixed) return across(tokens, at, last, "ADDRESS", 0.8, "ZIP");
  let back = at - 1;
  while (/^[:#]$/.test(wordAt(tokens, back)) || /^(?:code|is)$/.test(wordAt(tokens, back))) back -= 1;
  if (/^(?:zip|zipcode|postal|postcode)$/.test(wordAt(tokens, back)) && /^\d{3,6}$/.test(wordAt(tokens, at))) {
    const split = tokens.gap[at + 1] === GAP.space && /^\d{2,3}$/.test(wordAt(tokens, at + 1)) ? at + 1 : at;
    return across(tokens, at, Math.max(last ?? at, split), "ADDRESS", 0.95, "ZIP");
  }
  return last !== undefined && last > at ? across(tokens, at, last, "ADDRESS", 0.8, "ZIP") : undefined;
}
