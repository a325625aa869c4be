import { GRADE, isOrdinary, type Note } from "./grades.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { isGlued, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";
import { monthOf } from "./written.ts";

/** Tokens that may be one person's name. */
export interface Run {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
  /** Words of two letters or more. */
  readonly names: number;
  readonly initials: number;
  /** Highest and lowest grade of the words. */
  readonly best: number;
  readonly worst: number;
  /** The first word is in a list of first names. */
  readonly given: boolean;
  /** Some word is in a curated list. */
  readonly listed: boolean;
}

const PARTICLES = words(
  "de la las los del della di da dos das du van von der den ter ten al el bin ibn bint ben le st san mac mc o abu e y",
);
const SUFFIXES = words("jr sr ii iii iv");

/** The run that begins at a token, its first word of at least `least`; undefined where none does. */
export function runAt(note: Note, first: number, least: number): Run | undefined {
  const { tokens, grade } = note;
  const state = { last: first - 1, names: 0, initials: 0, best: 0, worst: 9, given: false, listed: false };
  let at = first;
  while (at < tokens.count && state.names + state.initials < 6) {
    const gap = tokens.gap[at] as number;
    if (at > first && (gap > GAP.space || isWide(note, at)) && !wraps(note, at, state.names)) break;
    const step = particleEnd(note, at);
    if (step > at && state.names > 0) {
      at = step;
      continue;
    }
    if (step > at && at === first) {
      at = step;
    }
    const undotted = state.names > 0 && tokens.shape[at - 1] === SHAPE.initial && tokens.shape[at] === SHAPE.capital;
    const surname = state.names === 1 && at === state.last + 1 && mayEndName(note, at);
    const floor = at === first || state.names === 0 ? least : undotted || surname ? GRADE.none : GRADE.possible;
    if (isName(note, at, floor)) {
      if (state.names === 0) state.given = state.initials === 0 && ((tokens.info[at] as number) & KIND.firstName) !== 0;
      if (((tokens.info[at] as number) & (KIND.firstName | KIND.lastName)) !== 0) state.listed = true;
      state.names += 1;
      state.best = Math.max(state.best, grade[at] as number);
      state.worst = Math.min(state.worst, grade[at] as number);
      state.last = at;
    } else if (isInitial(note, at)) {
      state.initials += 1;
      state.last = at;
      if (wordAt(tokens, at + 1) === "." && isGlued(tokens, at + 1)) {
        state.last = at + 1;
        at += 1;
      }
    } else break;
    at = afterHyphen(note, at + 1, state);
  }
  if (state.last < first || state.names + state.initials === 0) return undefined;
  const last = suffixAfter(note, state.last);
  return { first, ...state, last, worst: state.worst === 9 ? 0 : state.worst };
}

/** `Garcia-Lopez`: whatever is tied to a name by a hyphen belongs to it. */
function afterHyphen(note: Note, at: number, state: { last: number }): number {
  const { tokens } = note;
  let next = at;
  while (wordAt(tokens, next) === "-" && isGlued(tokens, next) && isGlued(tokens, next + 1)) {
    const part = next + 1;
    const named = ((tokens.info[next - 1] as number) & (KIND.firstName | KIND.anyName)) !== 0;
    const small = (named || (note.grade[next - 1] as number) > GRADE.none) && isTail(tokens, part);
    if (!isCapital(note, part) && !small) break;
    state.last = part;
    next += 2;
  }
  return next;
}

const NO_TAIL = words(
  "like type led style born based assisted related free positive negative induced guided directed associated dependent appearing speaking",
);

/** The small word of `Jae-won`, tied to what goes before it; `Foley-assisted` has none. */
export function isTail(tokens: Tokens, at: number): boolean {
  if (!isGlued(tokens, at) || tokens.kind[at] !== TOKEN.word) return false;
  const word = tokens.word[at] as string;
  return !NO_TAIL.has(word) && (word.length < 6 || !isOrdinary(tokens.info[at] as number, 9));
}

/** `Reginald Tuck`: after a sure first name, an ordinary word with a capital of its own is the last one. */
function mayEndName(note: Note, at: number): boolean {
  const { tokens, grade } = note;
  const before = tokens.info[at - 1] as number;
  if (grade[at - 1] !== GRADE.sure || (before & KIND.firstName) === 0 || note.shouted[at] === 1) return false;
  if (tokens.shape[at] !== SHAPE.capital || tokens.shape[at - 1] !== SHAPE.capital) return false;
  const info = tokens.info[at] as number;
  const other = KIND.medical | KIND.generic | KIND.facility | KIND.state | KIND.country | KIND.institution;
  return (info & other) === 0 && rankOf(info) < 12 && monthOf(tokens.word[at] as string) === undefined;
}

/** Columns and fields are set apart by two blanks or a tab; the words of a name are not. */
function isWide(note: Note, at: number): boolean {
  const { tokens } = note;
  const start = tokens.start[at] as number;
  return start - (tokens.end[at - 1] as number) > 1 || tokens.text[start - 1] === "\t";
}

function wraps(note: Note, at: number, names: number): boolean {
  const { tokens, grade } = note;
  if (tokens.gap[at] !== GAP.line || names !== 1) return false;
  const both = (grade[at] as number) >= GRADE.likely && (grade[at - 1] as number) >= GRADE.likely;
  return (
    both &&
    ((tokens.info[at] as number) & KIND.lastName) !== 0 &&
    ((tokens.info[at - 1] as number) & KIND.firstName) !== 0
  );
}

/** Past `de la`, `van der`, `St.` where a name follows; `at` where there is no particle. */
function particleEnd(note: Note, at: number): number {
  const { tokens } = note;
  let next = at;
  while (
    next < tokens.count &&
    next < at + 3 &&
    PARTICLES.has(wordAt(tokens, next)) &&
    tokens.kind[next] === TOKEN.word
  ) {
    if (next > at && (tokens.gap[next] as number) > GAP.space) return at;
    next += 1;
    if (/^['.-]$/.test(wordAt(tokens, next)) && isGlued(tokens, next)) next += 1;
  }
  if (next === at || next >= tokens.count || (tokens.gap[next] as number) > GAP.space) return at;
  return isName(note, next, GRADE.possible) ? next : at;
}

/** Past `Jr.`, `III` where one follows; `last` where none does. */
export function suffixAfter(note: Note, last: number): number {
  const { tokens } = note;
  const comma = wordAt(tokens, last + 1) === "," ? last + 2 : last + 1;
  if (comma >= tokens.count || tokens.gap[comma] !== GAP.space || !SUFFIXES.has(wordAt(tokens, comma))) return last;
  return tokens.shape[comma] === SHAPE.lower && !note.quiet ? last : comma;
}

/** True for a token that may be a word of a name. */
export function isName(note: Note, at: number, least: number): boolean {
  const { tokens, grade } = note;
  if (at >= tokens.count || tokens.kind[at] !== TOKEN.word || (grade[at] as number) < least) return false;
  if (least > GRADE.none) return true;
  return isCapital(note, at) && (tokens.word[at] as string).length > 1;
}

/** Written with a capital, or in a text that has none. */
export function isCapital(note: Note, at: number): boolean {
  const { tokens } = note;
  if (at >= tokens.count || tokens.kind[at] !== TOKEN.word) return false;
  return tokens.shape[at] !== SHAPE.lower;
}

/** `J` or `J.`: one letter that is no word. */
export function isInitial(note: Note, at: number): boolean {
  const { tokens } = note;
  if (at >= tokens.count || tokens.kind[at] !== TOKEN.word) return false;
  if (tokens.shape[at] !== SHAPE.initial) {
    const small = note.quiet && (tokens.word[at] as string).length === 1 && (note.grade[at - 1] ?? 0) > 0;
    return small && wordAt(tokens, at + 1) === "." && isGlued(tokens, at + 1);
  }
  const dotted = wordAt(tokens, at + 1) === "." && isGlued(tokens, at + 1);
  const closes = (tokens.gap[at + 1] ?? GAP.paragraph) >= GAP.line || at + 1 >= tokens.count;
  const afterUpper = at > 0 && tokens.shape[at - 1] === SHAPE.upper && note.grade[at - 1] !== GRADE.none;
  const inside =
    at > 0 && note.grade[at - 1] !== GRADE.none && (note.grade[at + 1] ?? 0) > 0 && tokens.gap[at + 1] === GAP.space;
  return dotted || inside || (closes && afterUpper) || !/^[ai]$/.test(wordAt(tokens, at));
}
