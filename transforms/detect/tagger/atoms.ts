import { AGENTS, CREDENTIALS, LABELS, NAMING, RELATIVES, ROLES, SUBJECTS, TITLES, VERBS } from "../cues.ts";
import { LIVES, STAYS, WORKS } from "../destinations.ts";
import type { Note } from "../grades.ts";
import { hashOf, KIND, rankOf } from "../lexicon.ts";
import { words } from "../matched.ts";
import { GAP, SHAPE, TOKEN } from "../tokens.ts";
import { monthOf } from "../written.ts";

/** How many places before the first token and after the last one may be looked at. */
export const PAD = 3;
/** What stands there. */
const OUTSIDE = 251;

/** What is known of each token by itself, token i at `PAD + i`: small numbers that features are made of. */
export interface Atoms {
  /** Hash of the word; of a number only how long it is. */
  readonly word: Int32Array;
  /** How it is written: up to 40. */
  readonly shape: Uint8Array;
  /** Which lists hold it and how common it is. */
  readonly lists: Uint16Array;
  /** Lists and shape, coarsely: up to 240. */
  readonly sort: Uint8Array;
  /** What the word does to its neighbours: a title, kin, a verb of saying; 0 nothing. */
  readonly cue: Uint8Array;
}

const PLACE_WORDS = words("in from near at to of outside around through via");
const UNITS = words(
  "apt apartment suite ste unit room rm floor fl bldg building lot box flat house block po street address addr",
);
const GREETINGS = words("dear hi hello hey thanks sincerely regards love cheers best yours");
const DAYS = words("monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun");
const FIRMS = words(
  "inc llc ltd corp corporation company co group sons plc gmbh partners foundation association bank insurance llp",
);

/** Word to cue, the first list that holds a word first. */
const CUES: ReadonlyMap<string, number> = new Map(
  [
    ...[TITLES, RELATIVES, SUBJECTS, CREDENTIALS, GREETINGS, LIVES, STAYS, WORKS, UNITS, FIRMS],
    ...[PLACE_WORDS, DAYS, ROLES, NAMING, VERBS, LABELS, AGENTS],
  ]
    .flatMap((list, at) => [...list].map((word): [string, number] => [word, at + 2]))
    .reverse(),
);

const MARKS = ",.:;-()/'\"#@&*?!+_|[]";

/** The atoms of a note's tokens. */
export function atomsOf({ tokens, shouted, cues = CUES }: Note): Atoms {
  const { count } = tokens;
  const room = count + 2 * PAD;
  const atoms: Atoms = {
    word: new Int32Array(room),
    shape: new Uint8Array(room),
    lists: new Uint16Array(room),
    sort: new Uint8Array(room),
    cue: new Uint8Array(room),
  };
  for (let end = 0; end < PAD; end += 1) {
    for (const list of Object.values(atoms) as Uint8Array[]) list[end] = list[room - 1 - end] = OUTSIDE;
  }
  for (let at = 0; at < count; at += 1) {
    const put = at + PAD;
    const word = tokens.word[at] as string;
    const kind = tokens.kind[at] as number;
    const length = (tokens.end[at] as number) - (tokens.start[at] as number);
    if (kind === TOKEN.word) {
      const info = tokens.info[at] as number;
      const shape = (tokens.shape[at] as number) + (shouted[at] === 1 ? 5 : 0);
      atoms.word[put] = hashOf(word);
      atoms.shape[put] = shape;
      atoms.lists[put] = listsOf(info);
      atoms.cue[put] = cues.get(word) ?? (monthOf(word) === undefined ? 0 : 1);
      atoms.sort[put] = 10 * sortOf(info) + shape;
    } else {
      const shape = kind === TOKEN.mark ? 21 + MARKS.indexOf(word) : shapeOfOther(kind, length);
      atoms.word[put] = kind === TOKEN.mark ? word.charCodeAt(0) : -shape;
      atoms.shape[put] = shape;
      atoms.sort[put] = 200 + shape;
    }
  }
  return atoms;
}

function listsOf(info: number): number {
  const has = (bits: number): number => ((info & bits) === 0 ? 0 : 1);
  const rank = rankOf(info);
  const common = rank === 0 ? 0 : rank < 4 ? 1 : rank < 7 ? 2 : rank < 9 ? 3 : rank < 12 ? 4 : 5;
  return (
    has(KIND.firstName) |
    (has(KIND.lastName) << 1) |
    (has(KIND.anyName) << 2) |
    (has(KIND.city) << 3) |
    (has(KIND.state | KIND.country | KIND.stateCode) << 4) |
    (has(KIND.medical) << 5) |
    (has(KIND.eponym) << 6) |
    (has(KIND.facility | KIND.institution) << 7) |
    (has(KIND.generic) << 8) |
    (has(KIND.streetSuffix) << 9) |
    (has(KIND.capital) << 10) |
    (common << 11)
  );
}

/** One of 20 sorts, what tells most first. */
function sortOf(info: number): number {
  const first = (info & KIND.firstName) !== 0;
  const last = (info & KIND.lastName) !== 0;
  const rank = rankOf(info);
  const common = (info & KIND.capital) === 0 ? rank : 0;
  if ((info & KIND.medical) !== 0) return first || last ? 1 : 2;
  if ((info & (KIND.facility | KIND.institution)) !== 0) return 3;
  if ((info & KIND.generic) !== 0) return 4;
  if ((info & (KIND.state | KIND.country)) !== 0) return 5;
  if ((info & KIND.stateCode) !== 0) return 6;
  if ((info & KIND.eponym) !== 0) return 7;
  if (first || last) return common >= 7 ? 8 : first ? (last ? 9 : 10) : 11;
  if ((info & KIND.streetSuffix) !== 0) return 12;
  if (common >= 10) return 13;
  if (common >= 6) return 14;
  if ((info & KIND.anyName) !== 0) return (info & KIND.city) !== 0 ? 15 : 16;
  if ((info & KIND.city) !== 0) return 17;
  return rank === 0 ? 18 : 19;
}

/**
 * 1 for a token that may be part of a name or place: the tagger passes over the rest, which is most of a text. Numbers,
 * marks and small words count only beside a word that may.
 */
export function candidatesOf(note: Note): Uint8Array {
  const { tokens } = note;
  const { count } = tokens;
  const able = new Uint8Array(count);
  for (let at = 0; at < count; at += 1) if (isAble(note, at) || endsStreet(note, able, at)) able[at] = 1;
  const may = able.slice();
  for (let at = 0; at < count; at += 1) {
    if (able[at] === 1) continue;
    const kind = tokens.kind[at];
    const before = able[at - 1] === 1 || able[at - 2] === 1;
    const after = able[at + 1] === 1 || able[at + 2] === 1;
    if (kind === TOKEN.number || kind === TOKEN.mixed) may[at] = before || after ? 1 : 0;
    else if (able[at - 1] === 1 && tokens.word[at] === "." && tokens.kind[at + 1] === TOKEN.number) may[at] = 1;
    else if (before && after && (kind === TOKEN.possessive || JOINERS.has(tokens.word[at] as string))) may[at] = 1;
  }
  return may;
}

function isAble({ tokens, quiet }: Note, at: number): boolean {
  if (tokens.kind[at] !== TOKEN.word) return false;
  const info = tokens.info[at] as number;
  const named = (info & (KIND.firstName | KIND.lastName)) !== 0;
  const common = (info & KIND.capital) === 0 ? rankOf(info) : 0;
  // "The" and "She" open sentences; "Will" and "May" are in lists of names.
  if (common >= 13 && !named && (info & (KIND.city | KIND.placeStart | KIND.facility)) === 0) return false;
  if (tokens.shape[at] !== SHAPE.lower) return true;
  if ((info & KIND.medical) !== 0) return false;
  return quiet ? named || common < 10 : common < 6 && (named || !isVerbal(info));
}

/** `utca` in `Fő utca 12`, `u.` in `Fő u. 12`: a small word between a word that may be part of a street and its number. */
function endsStreet({ tokens }: Note, able: Uint8Array, at: number): boolean {
  if (able[at - 1] !== 1 || tokens.kind[at] !== TOKEN.word || tokens.shape[at] !== SHAPE.lower) return false;
  if (tokens.shape[at - 1] === SHAPE.lower || rankOf(tokens.info[at] as number) >= STREET_WORD) return false;
  const next = tokens.word[at + 1] === "." && tokens.gap[at + 1] === GAP.none ? at + 2 : at + 1;
  return tokens.kind[next] === TOKEN.number && tokens.gap[next] === GAP.space;
}

/** Words that common are no other language's word for a street. */
const STREET_WORD = 10;

function isVerbal(info: number): boolean {
  return rankOf(info) > 0 && (info & (KIND.anyName | KIND.city)) === 0;
}

/** Small words and marks within names and places. */
const JOINERS = words(
  "of the and de la del der van von den di da dos y e st for at in al el bin le du des - . , ' / # &",
);

function shapeOfOther(kind: number, length: number): number {
  if (kind === TOKEN.number) return 10 + Math.min(length, 7);
  return kind === TOKEN.mixed ? 18 : 19;
}
