import type { Finding } from "../../src/types.ts";
import { ageAfterName } from "./ages.ts";
import { CUE, cueAfter, cueBefore, isNotAddressed, isRole, TITLES } from "./cues.ts";
import { framedName, isPaired, titledEnd } from "./framed.ts";
import { GRADE, isOrdinary, type Note } from "./grades.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { across, type Found, isGlued, wordAt } from "./matched.ts";
import { isCapital, isInitial, isName, type Run, runAt, suffixAfter } from "./runs.ts";
import { caretName, speltOut } from "./spellings.ts";
import { GAP, SHAPE, TOKEN } from "./tokens.ts";

/** Names of people: by lists, and by what stands around them. Adds to `found`. */
export function findNames(note: Note, found: Found): void {
  const { tokens } = note;
  for (let at = 0; at < tokens.count; at += 1) {
    const addressed = TITLES.has(wordAt(tokens, at)) ? afterTitle(note, at) : undefined;
    if (addressed !== undefined) {
      found.push(named(note, addressed, 0.95));
      const age = ageAfterName(tokens, addressed.last);
      if (age !== undefined) found.push(age);
      at = addressed.last;
      continue;
    }
    const shaped = byShape(note, at);
    if (shaped !== undefined) {
      found.push(shaped.finding);
      at = shaped.last;
      continue;
    }
    const framed = framedName(note, at);
    if (framed !== undefined) {
      found.push(across(tokens, at, suffixAfter(note, framed), "NAME", isPaired(note, at) ? 0.9 : 0.85));
      const age = ageAfterName(tokens, framed);
      if (age !== undefined) found.push(age);
      at = framed;
      continue;
    }
    if (!begins(note, at) && !isLabelled(note, at)) continue;
    const plain = runAt(note, at, isLabelled(note, at) ? GRADE.none : GRADE.possible);
    if (plain === undefined) continue;
    const whole = widened(note, plain);
    const score = judge(note, whole);
    const addressedAs = score > 0 && whole.names === 1 && cueBefore(note, whole.first) >= CUE.person;
    const run = addressedAs ? { ...whole, last: titledEnd(note, whole.first, whole.last) } : whole;
    if (score > 0) {
      found.push(named(note, run, score));
      const age = ageAfterName(tokens, run.last);
      if (age !== undefined) found.push(age);
    }
    if (score > 0 || run.names !== 1) at = run.last;
  }
}

interface Shaped {
  readonly finding: Finding;
  readonly last: number;
}

/** Names that the way they are written gives away: spelt out, as records have them, or last name first. */
function byShape(note: Note, at: number): Shaped | undefined {
  const last = speltOut(note, at) ?? caretName(note, at);
  return last === undefined ? lastFirst(note, at) : { finding: across(note.tokens, at, last, "NAME", 0.9), last };
}

function named(note: Note, run: Run, score: number): Finding {
  return across(note.tokens, run.first, run.last, "NAME", score);
}

/** `Name: Åsa Laine`: whatever has a capital there is a name, unless it is a word as common as `Unknown`. */
function isLabelled(note: Note, at: number): boolean {
  const { tokens } = note;
  if (wordAt(tokens, at - 1) !== ":" || !/^(?:name|patient|names)$/.test(wordAt(tokens, at - 2))) return false;
  if (tokens.kind[at] !== TOKEN.word || !isCapital(note, at) || (tokens.gap[at] as number) > GAP.space) return false;
  const info = tokens.info[at] as number;
  return wordAt(tokens, at - 2) !== "patient" && (rankOf(info) < 8 || (info & KIND.ordinary) !== 0);
}

function begins(note: Note, at: number): boolean {
  const { tokens, grade } = note;
  if (tokens.kind[at] !== TOKEN.word) return false;
  if ((grade[at] as number) < GRADE.sure && isRole(wordAt(tokens, at))) return false;
  if (isGlued(tokens, at) && /^[-/_@]$/.test(wordAt(tokens, at - 1)) && at > 1 && isGlued(tokens, at - 1)) return false;
  return (
    (grade[at] as number) > 0 ||
    isInitial(note, at) ||
    /^(?:de|la|del|van|von|al|el|st|di|da|le|bin|mc|mac|o)$/.test(wordAt(tokens, at))
  );
}

/** The name after `Dr.`, `Mrs.` and the like, its first word of any kind; `Drs. Roe and Poe` is read name by name. */
function afterTitle(note: Note, at: number): Run | undefined {
  const { tokens } = note;
  let first = at + 1;
  if (wordAt(tokens, first) === "." && isGlued(tokens, first)) first += 1;
  if (first >= tokens.count || (tokens.gap[first] as number) > GAP.line || isNotAddressed(note, first))
    return undefined;
  const word = wordAt(tokens, at);
  const weak = /^(?:sr|fr|hon|lt|col|maj|judge|doctor|professor|miss|do)$/.test(word);
  if (tokens.shape[at] === SHAPE.lower && (weak || !note.quiet) && tokens.shape[first] === SHAPE.lower)
    return undefined;
  const shouted = note.shouted[first] === 1 || weak || tokens.shape[first] === SHAPE.lower;
  const run = runAt(note, first, shouted ? GRADE.possible : GRADE.none);
  if (run === undefined || (run.names === 0 && run.initials > 0 && tokens.shape[first] === SHAPE.lower))
    return undefined;
  return { ...run, last: titledEnd(note, first, run.last) };
}

const CLOSINGS: ReadonlySet<string> = new Set(
  "best regards thanks cheers love sincerely yours respectfully warmly".split(" "),
);

/** `Roe, Jane Q.`: a last name, a comma, a first name. */
function lastFirst(note: Note, at: number): Shaped | undefined {
  const { tokens, grade } = note;
  if (!isName(note, at, GRADE.possible) || !isCapital(note, at)) return undefined;
  const family = runAt(note, at, GRADE.possible);
  if (family === undefined || family.names > 2 || family.initials > 0) return undefined;
  const comma = family.last + 1;
  if (wordAt(tokens, comma) !== "," || !isGlued(tokens, comma) || CLOSINGS.has(wordAt(tokens, at))) return undefined;
  const given = runAt(note, comma + 1, GRADE.possible);
  if (given === undefined || (tokens.gap[comma + 1] as number) > GAP.space || given.names === 0 || given.names > 2)
    return undefined;
  const first = tokens.info[given.first] as number;
  const opens = (tokens.gap[at] as number) >= GAP.line || /^[:(]$/.test(wordAt(tokens, at - 1));
  const upper = tokens.shape[at] === SHAPE.upper;
  const place =
    ((tokens.info[at] as number) & (KIND.city | KIND.state)) !== 0 && (first & (KIND.state | KIND.country)) !== 0;
  const signs = (tokens.info[at] as number) & first & KIND.eponym;
  if (place || signs !== 0) return undefined;
  const isGiven = (first & KIND.firstName) !== 0 && (grade[given.first] as number) >= GRADE.likely;
  const strong =
    isGiven && family.best >= GRADE.likely && (family.listed || opens || (upper && note.shouted[at] !== 1));
  const labelled =
    (opens || (upper && note.shouted[at] !== 1) || cueBefore(note, at) >= CUE.label) &&
    (isGiven || (family.listed && given.best >= GRADE.likely));
  if (!strong && !labelled && !isRecord(note, family, given, opens && upper)) return undefined;
  return { finding: across(tokens, at, given.last, "NAME", 0.9), last: given.last };
}

/** `Diamond Collins`: a word with a capital within a sentence, right before a last name that stands alone. */
function widened(note: Note, run: Run): Run {
  const { tokens } = note;
  const before = run.first - 1;
  const alone = run.names === 1 && run.best === GRADE.sure && !run.given && note.shouted[run.first] !== 1;
  if (!alone || before < 1 || tokens.gap[run.first] !== GAP.space || tokens.shape[before] !== SHAPE.capital) return run;
  const info = tokens.info[before] as number;
  const describes =
    (info & (KIND.medical | KIND.generic | KIND.facility | KIND.eponym | KIND.bigCity | KIND.state | KIND.country)) !==
    0;
  const role = describes || isOrdinary(info, 10) || isRole(wordAt(tokens, before)) || opensLine(note, before);
  return role ? run : { ...run, first: before, names: 2, worst: GRADE.possible, given: true };
}

/** `OKAFOR, CHIDERA   F`: a listed last name in capitals at the head of a line, and one word more in its column. */
function isRecord(note: Note, family: Run, given: Run, heads: boolean): boolean {
  const { tokens } = note;
  if (!heads || !family.listed || tokens.shape[given.first] !== SHAPE.upper) return false;
  const next = given.last + 1;
  const column = (tokens.start[next] as number) - (tokens.end[given.last] as number) > 1;
  return column || (tokens.gap[next] as number) >= GAP.line || tokens.kind[next] !== TOKEN.word;
}

/** How sure a run is to be a name, by its words and then by what is around it; 0 for none. */
function judge(note: Note, run: Run): number {
  const own = byWords(note, run);
  if (own >= 0.9) return own;
  const before = cueBefore(note, run.first);
  const after = cueAfter(note, run.last);
  return Math.max(own, byCues(note, run, before, after));
}

function byWords(note: Note, run: Run): number {
  const { tokens } = note;
  const silent = note.shouted[run.first] === 1 || tokens.shape[run.first] === SHAPE.lower;
  if (run.names >= 2) {
    if (run.given && run.best === GRADE.sure)
      return run.worst >= (silent ? GRADE.likely : GRADE.possible) ? 0.95 : 0.75;
    if (run.given && !silent && run.worst >= GRADE.likely) return 0.85;
    if (run.listed && !silent && run.best === GRADE.sure) return 0.8;
    if (silent) return 0;
    if (run.worst >= GRADE.likely) return 0.7;
    if (run.names === 2 && run.initials === 1 && isInitial(note, run.first + 1)) return 0.7;
    return run.best >= GRADE.likely && !opensLine(note, run.first) ? 0.6 : 0;
  }
  if (run.names === 1 && run.initials > 0) {
    const dotted = wordAt(tokens, run.last) === "." || wordAt(tokens, run.first + 1) === ".";
    if (run.best === GRADE.sure) return dotted ? 0.95 : 0.8;
    if (run.best === GRADE.likely) return dotted && !silent ? 0.85 : 0;
    return dotted && !silent && isInitial(note, run.first) ? 0.6 : 0;
  }
  if (run.names !== 1 || run.best < GRADE.sure) return 0;
  const silentName = (tokens.info[run.first] as number) & KIND.capital;
  return silent && silentName === 0 ? 0 : 0.75;
}

/** At the head of a line or sentence a capital says little. */
function opensLine(note: Note, at: number): boolean {
  const { tokens } = note;
  return (tokens.gap[at] as number) >= GAP.line || /^[.!?:]$/.test(wordAt(tokens, at - 1));
}

/** In the uncurated list of names and in no list of words. */
function isRare({ tokens }: Note, at: number): boolean {
  const info = tokens.info[at] as number;
  return rankOf(info) === 0 && (info & KIND.anyName) !== 0 && (info & (KIND.medical | KIND.eponym)) === 0;
}

function byCues(note: Note, run: Run, before: number, after: number): number {
  const { tokens } = note;
  const upper = tokens.shape[run.first] === SHAPE.upper && note.shouted[run.first] !== 1;
  if (run.names === 0) {
    const two = run.initials >= 2 && wordAt(tokens, run.last) === ".";
    if (two && /^(?:is|was)$/.test(wordAt(tokens, run.last + 1)) && /^an?$/.test(wordAt(tokens, run.last + 2)))
      return 0.7;
    return two && (before === CUE.person || before === CUE.label) ? 0.7 : 0;
  }
  if (before === CUE.title) return 0.95;
  // A tube or a route by its acronym: `via PEG`.
  if (upper && wordAt(tokens, run.first - 1) === "via") return 0;
  if (after === CUE.label) return 0.9;
  if (before === CUE.label && !(upper && run.best < GRADE.likely)) return 0.9;
  if (run.best >= GRADE.likely && (before >= CUE.agent || after >= CUE.person)) return 0.8;
  if (run.best >= GRADE.likely && after === CUE.agent && ((tokens.info[run.first] as number) & KIND.firstName) !== 0)
    return 0.7;
  if (upper || note.shouted[run.first] === 1 || tokens.shape[run.first] === SHAPE.lower) return 0;
  if (after === CUE.agent && run.best === GRADE.likely && opensLine(note, run.first) && isRare(note, run.first))
    return 0.86;
  if (before === CUE.person || after === CUE.person) return 0.7;
  return run.names >= 2 && before === CUE.agent ? 0.6 : 0;
}
