import type { Finding } from "../../../src/types.ts";
import { GRADE, isOrdinary, type Note } from "../grades.ts";
import { KIND } from "../lexicon.ts";
import { across, type Found, isGlued, wordAt } from "../matched.ts";
import { isCapital, isInitial, isName, type Run, runAt } from "../runs.ts";
import { GAP, SHAPE, TOKEN } from "../tokens.ts";
import { AGENTS, isRole, NAMING, RELATIVES, ROLES, SUBJECTS, TITLES, VERBS } from "./cues.ts";
import { fieldAt, nameField, placeField } from "./fields.ts";
import { isMonth } from "./months.ts";

/** Names of people, and what stands in the fields of a form. Adds to `found`. */
export function findNames(note: Note, found: Found): void {
  const { tokens } = note;
  for (let at = 0; at < tokens.count; at += 1) {
    const labelled = fieldAt(tokens, at);
    if (labelled !== undefined) {
      const { field, first } = labelled;
      const value =
        field === "name"
          ? nameField(tokens, first)
          : field === "person"
            ? personField(note, first)
            : placeField(tokens, first, field);
      if (value !== undefined) {
        found.push(value);
        if (field === "name" || field === "person") {
          while (at + 1 < tokens.count && (tokens.end[at] as number) < value.end) at += 1;
          continue;
        }
      }
    }
    const titled = afterTitle(note, at);
    const run = titled ?? plainRun(note, at);
    if (run === undefined) continue;
    found.push(across(tokens, run.first, run.last, "NAME", run.score));
    at = run.last;
  }
}

interface Scored {
  readonly first: number;
  readonly last: number;
  readonly score: number;
}

/** Whatever begins with a capital after `Medico:`, titles passed over, unless it is a word of another kind. */
function personField(note: Note, first: number): Finding | undefined {
  const { tokens } = note;
  let at = first;
  while (TITLES.has(wordAt(tokens, at)) || wordAt(tokens, at) === "." || wordAt(tokens, at) === "/") at += 1;
  const told = at > first;
  if (/^(?:ma|fco|fca)$/.test(wordAt(tokens, at))) at += wordAt(tokens, at + 1) === "." ? 2 : 1;
  if (wordAt(tokens, at) === "m" && wordAt(tokens, at + 2) === "a" && isGlued(tokens, at + 2)) at += 3;
  if (note.quiet) return quietField(note, at);
  const run = runAt(note, at, GRADE.none);
  if (run === undefined || run.names === 0 || (tokens.gap[at] as number) >= GAP.paragraph) return undefined;
  if (tokens.shape[at] === SHAPE.lower) return undefined;
  if (!told && (run.best < GRADE.likely || isRole(wordAt(tokens, at)))) return undefined;
  if (!told && run.names > 1 && note.grade[at] === GRADE.none && ((tokens.info[at] as number) & OTHER) !== 0)
    return undefined;
  return across(tokens, shortBefore(note, run.first), lastNameEnd(note, run), "NAME", 0.92);
}

/** In a note without capitals a field of two to five words is a name where some word of it hardly means anything else. */
function quietField(note: Note, first: number): Finding | undefined {
  const { tokens } = note;
  let last = first;
  let best = note.grade[first] as number;
  while (tokens.kind[last + 1] === TOKEN.word && (tokens.gap[last + 1] as number) <= GAP.space && last < first + 5) {
    last += 1;
    best = Math.max(best, note.grade[last] as number);
  }
  const led = isOrdinary(tokens.info[first] as number, 10) && (note.grade[first] as number) < GRADE.likely;
  return best < GRADE.likely || led || last > first + 4 ? undefined : across(tokens, first, last, "NAME", 0.85);
}

/** What a word after a name says when it is none of it. */
const OTHER = KIND.medical | KIND.generic | KIND.facility | KIND.streetSuffix | KIND.country | KIND.state;

/** A name has two last names: words with a capital after a sure one belong to it, whatever they mean, up to five in all. */
function lastNameEnd(note: Note, run: Run): number {
  const { tokens } = note;
  let [last, names] = [run.last, run.names];
  while (names < 5 && note.shouted[last] !== 1 && wordAt(tokens, last) !== ".") {
    let at = last + 1;
    if (/^(?:de|del|y|e)$/.test(wordAt(tokens, at))) at += /^(?:la|las|los)$/.test(wordAt(tokens, at + 1)) ? 2 : 1;
    const wide = (tokens.start[at] as number) - (tokens.end[at - 1] as number) > 1;
    if (at >= tokens.count || wide || tokens.gap[at] !== GAP.space || tokens.shape[at] !== SHAPE.capital) break;
    const word = wordAt(tokens, at);
    const place = names === 1 && ((tokens.info[at] as number) & KIND.lastName) !== 0 ? KIND.state : 0;
    if (
      word.length < 3 ||
      ((tokens.info[at] as number) & OTHER & ~place) !== 0 ||
      isRole(word) ||
      TITLES.has(word) ||
      isMonth(word)
    )
      break;
    last = at;
    names += 1;
  }
  return last;
}

/** `Ma`, `Fco`: short for a first name before another, or before a last name. */
function shortBefore({ tokens }: Note, first: number): number {
  let at = first - 1;
  if (wordAt(tokens, at) === "." && isGlued(tokens, at)) at -= 1;
  const short = /^(?:ma|fco|fca|jse|ant|mra)$/.test(wordAt(tokens, at)) && tokens.shape[at] !== SHAPE.lower;
  return short && (tokens.gap[first] as number) <= GAP.space ? at : first;
}

/** `Nora Gomez`: a word with a capital within a sentence, right before last names, is the first name. */
function widened(note: Note, run: Run): number {
  const { tokens } = note;
  const before = run.first - 1;
  const stands = before > 0 && tokens.gap[run.first] === GAP.space && tokens.gap[before] === GAP.space;
  if (!stands || !run.listed || tokens.shape[before] !== SHAPE.capital || note.shouted[before] === 1) return run.first;
  const word = wordAt(tokens, before);
  const other = ((tokens.info[before] as number) & (OTHER | KIND.eponym)) !== 0 || isRole(word) || TITLES.has(word);
  return other || /^[.!?:]$/.test(wordAt(tokens, before - 1)) || isMonth(word) ? run.first : before;
}

/** `Dra. Ruiz`, `D. Juan Perez`, `Dna. Ana`; `d` alone needs a point and a name. */
function afterTitle(note: Note, at: number): Scored | undefined {
  const { tokens } = note;
  const word = wordAt(tokens, at);
  if (!TITLES.has(word) || tokens.kind[at] !== TOKEN.word) return undefined;
  let first = at + 1;
  const dotted = wordAt(tokens, first) === "." && isGlued(tokens, first);
  if (dotted) first += 1;
  if (dotted && /^(?:a|na|o)$/.test(wordAt(tokens, first)) && isGlued(tokens, first)) first += 1;
  if (first >= tokens.count || (tokens.gap[first] as number) > GAP.line || TITLES.has(wordAt(tokens, first)))
    return undefined;
  const short = word.length < 3 && word !== "dr" && word !== "sr";
  if (short && (!dotted || tokens.shape[at] === SHAPE.lower)) return undefined;
  if (tokens.shape[first] === SHAPE.lower && !note.quiet && !/^(?:de|del|la)$/.test(wordAt(tokens, first)))
    return undefined;
  const run = runAt(
    note,
    first,
    short || note.quiet || note.shouted[at] === 1 || !dotted ? GRADE.possible : GRADE.none,
  );
  if (run === undefined) return afterParticle(note, first);
  if ((run.names === 0 && run.initials === 0) || isRole(wordAt(tokens, first))) return undefined;
  return { first: run.first, last: run.names > 0 ? lastNameEnd(note, run) : run.last, score: 0.95 };
}

/** `Sra. de la Fuente`: the particles count with the name, whatever word it is. */
function afterParticle(note: Note, first: number): Scored | undefined {
  const { tokens } = note;
  let at = first;
  while (/^(?:de|del|la|las|los)$/.test(wordAt(tokens, at)) && at < first + 3) at += 1;
  const run = at === first || tokens.shape[at] !== SHAPE.capital ? undefined : runAt(note, at, GRADE.none);
  return run === undefined || run.names === 0 ? undefined : { first, last: run.last, score: 0.9 };
}

function plainRun(note: Note, at: number): Scored | undefined {
  if (!begins(note, at)) return undefined;
  const run = runAt(note, at, GRADE.possible);
  if (run === undefined) return undefined;
  const score = Math.max(lastFirst(note, run), byWords(note, run), byCues(note, run));
  if (score === 0) return undefined;
  const first = run.given ? shortBefore(note, run.first) : widened(note, run);
  const last = run.names > 1 && run.given && score >= 0.85 ? lastNameEnd(note, run) : run.last;
  return { first, last, score };
}

function begins(note: Note, at: number): boolean {
  const { tokens, grade } = note;
  if (tokens.kind[at] !== TOKEN.word) return false;
  if (isGlued(tokens, at) && /^[-/_@.]$/.test(wordAt(tokens, at - 1)) && at > 1 && isGlued(tokens, at - 1))
    return false;
  if (/^(?:de|del|la|el|los|las|y|e|o|a)$/.test(wordAt(tokens, at))) return false;
  return (grade[at] as number) > 0 || isInitial(note, at);
}

/** `Perez Gomez, Juan`: last names, a comma, a first name that a list has; the run itself ends before the comma. */
function lastFirst(note: Note, run: Run): number {
  const { tokens, grade } = note;
  const comma = run.last + 1;
  if (wordAt(tokens, comma) !== "," || !run.listed || !isName(note, comma + 1, GRADE.likely)) return 0;
  const given = (tokens.info[comma + 1] as number) & KIND.firstName;
  return given !== 0 && (grade[run.first] as number) >= GRADE.likely ? 0.8 : 0;
}

/** By the words alone. Two last names hardly ever mean anything else; one name alone does in many ways. */
function byWords(note: Note, run: Run): number {
  const { tokens } = note;
  const silent = note.shouted[run.first] === 1 || tokens.shape[run.first] === SHAPE.lower;
  if (run.names >= 2) {
    if (run.given && run.best === GRADE.sure && run.worst >= (silent ? GRADE.likely : GRADE.possible)) return 0.95;
    if (run.given && !silent && run.worst >= GRADE.likely) return 0.85;
    if (run.listed && !silent && run.best === GRADE.sure) return 0.75;
    if (!silent && run.worst >= GRADE.likely && !opens(note, run.first)) return 0.65;
    return 0;
  }
  if (run.names !== 1 || run.best < GRADE.sure) return 0;
  if (run.initials > 0) return 0.8;
  const given = ((tokens.info[run.first] as number) & KIND.firstName) !== 0;
  return silent || !given ? 0 : opens(note, run.first) ? 0.55 : 0.7;
}

/** At the head of a line or sentence a capital says little. */
function opens(note: Note, at: number): boolean {
  const { tokens } = note;
  return (tokens.gap[at] as number) >= GAP.line || /^[.!?:;]$/.test(wordAt(tokens, at - 1));
}

/** By what is around it: kin, offices, who did or said something. */
function byCues(note: Note, run: Run): number {
  const { tokens } = note;
  if (run.names === 0) return 0;
  let back = run.first - 1;
  let comma = false;
  while (back >= 0 && /^[,:.(-]$/.test(wordAt(tokens, back)) && back >= run.first - 2) {
    comma ||= wordAt(tokens, back) === ",";
    back -= 1;
  }
  const line = (tokens.gap[run.first] as number) > GAP.space;
  const word = wordAt(tokens, back);
  const silent = note.shouted[run.first] === 1 || tokens.shape[run.first] === SHAPE.lower;
  const weak = run.best < GRADE.likely || (silent && isOrdinary(tokens.info[run.first] as number, 9));
  if (!line && NAMING.has(word) && isCapital(note, run.first)) return 0.85;
  if (!line && (RELATIVES.has(word) || SUBJECTS.has(word) || ROLES.has(word)))
    return weak && (silent || comma) ? 0 : weak ? 0.6 : 0.85;
  if (!line && AGENTS.has(word) && !comma)
    return weak
      ? run.names > 1 && !silent && word !== "con" && word !== "por" && word !== "a"
        ? 0.6
        : 0
      : run.best === GRADE.sure && !silent
        ? 0.75
        : 0;
  const next = wordAt(tokens, run.last + 1);
  const tells = VERBS.has(next) && next !== "es" && next !== "fue" && next !== "ha";
  if (tells && run.given && run.best >= GRADE.likely && !silent) return 0.6;
  if (
    wordAt(tokens, run.last + 1) === "," &&
    (RELATIVES.has(wordAt(tokens, run.last + 2)) || RELATIVES.has(wordAt(tokens, run.last + 3)))
  )
    return weak ? 0 : 0.75;
  return 0;
}
