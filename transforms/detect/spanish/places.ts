import type { Note } from "../grades.ts";
import { KIND, rankOf } from "../lexicon.ts";
import { across, type Found, wordAt, words } from "../matched.ts";
import { GAP, SHAPE, TOKEN } from "../tokens.ts";
import { isEponymUse } from "./grades.ts";

/** Words that a town follows. */
const BEFORE =
  words(`en de desde a hacia natural procedente residente residencia vecino vecina vive vivir reside nacido nacida domiciliado domiciliada
  originario originaria trasladado trasladada provincia municipio localidad ciudad pueblo comarca viaje viajo`);
/** Of these, the ones that nothing but a place follows. */
const SURE = words(
  "natural procedente residente reside vive nacido nacida domiciliado domiciliada originario originaria vecino vecina municipio localidad ciudad pueblo provincia viaje viajo",
);

/** Towns, regions and countries where the words around them say so. Adds to `found`. */
export function findPlaces(note: Note, found: Found): void {
  const { tokens } = note;
  const ends = new Set(
    found.filter(({ type, detail }) => type === "ADDRESS" && detail !== "FACILITY").map(({ end }) => end),
  );
  const homes = new Set(found.filter(({ detail }) => detail === "FACILITY").map(({ end }) => end));
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== TOKEN.word || (tokens.shape[at] === SHAPE.lower && !note.quiet)) continue;
    const place = phraseAt(note, at);
    if (place === undefined) continue;
    const { last, info } = place;
    const country = (info & KIND.country) !== 0;
    const after = follows(note, at, ends);
    const housed = follows(note, at, homes);
    // Without capitals to tell them, towns are the common words that some are named after.
    const hushed = note.quiet || note.shouted[at] === 1;
    const sure = (info & KIND.state) !== 0 || (info & KIND.bigCity) !== 0;
    const named = (info & (KIND.lastName | KIND.firstName)) !== 0;
    const told = cueBefore(note, at);
    const beside = country ? 0 : besideCountry(note, last);
    if (isEponymUse(tokens, at)) continue;
    if (country) {
      found.push(across(tokens, at, last, "ADDRESS", 0.8, "COUNTRY"));
      ends.add(tokens.end[last] as number);
    } else if (
      after ||
      beside > 0 ||
      (housed && sure) ||
      told === 2 ||
      (told === 1 && (sure || !hushed) && (sure || (!named && rankOf(info) < 9)))
    ) {
      found.push(across(tokens, at, last, "ADDRESS", after ? 0.9 : 0.75, "CITY"));
      ends.add(tokens.end[last] as number);
    }
    at = last;
  }
}

interface Phrase {
  /** Inclusive. */
  readonly last: number;
  readonly info: number;
}

const PLACE = KIND.city | KIND.state | KIND.country;

/** The longest phrase of up to five words that is a place. */
function phraseAt(note: Note, at: number): Phrase | undefined {
  const { tokens } = note;
  let phrase = wordAt(tokens, at);
  let found: Phrase | undefined;
  const own = tokens.info[at] as number;
  if ((own & (PLACE | KIND.placeStart)) === 0) return undefined;
  if ((own & PLACE) !== 0 && phrase.length > 2 && (own & KIND.medical) === 0) found = { last: at, info: own };
  for (let next = at + 1; next < at + 5 && (own & KIND.placeStart) !== 0; next += 1) {
    if ((tokens.gap[next] as number) > GAP.space) break;
    if (wordAt(tokens, next) === "-") continue;
    if (tokens.kind[next] !== TOKEN.word) break;
    phrase = `${phrase} ${wordAt(tokens, next)}`;
    const info = tokens.lookup(phrase);
    if ((info & PLACE) !== 0 && (note.quiet || tokens.shape[next] !== SHAPE.lower)) found = { last: next, info };
  }
  return found;
}

/** 2 after what nothing but a place follows, 1 after `en` and the like, 0 after anything else. */
function cueBefore(note: Note, at: number): number {
  const { tokens } = note;
  const word = wordAt(tokens, at - 1);
  if ((tokens.gap[at] as number) > GAP.line || !BEFORE.has(word)) return 0;
  if (word === "de" && ((tokens.info[at - 2] as number) & (KIND.facility | KIND.generic)) !== 0) return 1;
  if (SURE.has(word) || SURE.has(wordAt(tokens, at - 2))) return 2;
  return word === "en" || word === "desde" || word === "a" || word === "hacia" ? 1 : 0;
}

/** Right after a street, a postal number or a town, a comma or a bracket between them. */
function follows(note: Note, at: number, ends: ReadonlySet<number>): boolean {
  const { tokens } = note;
  for (let back = at - 1; back >= 0 && back >= at - 3; back -= 1) {
    if (ends.has(tokens.end[back] as number)) return true;
    if (tokens.kind[back] !== TOKEN.mark || !/^[.,(-]$/.test(wordAt(tokens, back))) return false;
  }
  return false;
}

/** 1 before a country or a region: `Heredia, Costa Rica`, `Getafe (Madrid)`. */
function besideCountry(note: Note, last: number): number {
  const { tokens } = note;
  const next = last + 1;
  const parted = /^[,(.-]$/.test(wordAt(tokens, next));
  const first = parted ? next + 1 : next;
  if (first >= tokens.count || (tokens.gap[first] as number) > GAP.space) return 0;
  const place = phraseAt(note, first);
  if (!parted && place !== undefined && (place.info & KIND.country) === 0) return 0;
  return place !== undefined && (place.info & (KIND.state | KIND.country)) !== 0 ? 1 : 0;
}
