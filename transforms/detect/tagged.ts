import { CUE, cueBefore, isCredential, isRole } from "./cues.ts";
import { isAboutSomebody } from "./evidence.ts";
import { isOrdinary, type Note } from "./grades.ts";
import { dropGuesses } from "./guesses.ts";
import { KIND } from "./lexicon.ts";
import { across, type Found, isGlued, wordAt } from "./matched.ts";
import { isTail } from "./runs.ts";
import { zipAt } from "./states.ts";
import { decode, type Labelling } from "./tagger/decode.ts";
import { type Features, featuresOf } from "./tagger/features.ts";
import { beginning, FINDING, KINDS, type Kind } from "./tagger/labels.ts";
import type { Model } from "./tagger/model.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";
import { isVetoed, type Stretch } from "./vetoes.ts";

/** How much more readily the tagger finds than leaves, in log-odds: what is missed weighs more than what is masked too much. */
const BIAS = 0.5;

/** Tokens that the tagger takes for one thing. */
interface Tagged {
  readonly kind: Kind;
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
  /** Log-odds against being outside, the mean of its tokens. */
  readonly surety: number;
}

/**
 * What the trained tagger takes for a name, a town, a street or a facility, beside what rules find. What rules know to be
 * medicine stays. Adds to `found`.
 */
export function findTagged(note: Note, model: Model, found: Found, bias: number = BIAS): void {
  const { tokens } = note;
  const features = featuresOf(note);
  const labelling = decode(model, features, Math.round(bias * model.scale));
  const somebody = isAboutSomebody(note, found);
  dropGuesses(note, features, labelling.chance, model.scale, somebody, found);
  const covered = coverage(tokens, found);
  for (const tagged of taggedIn(features, labelling, model.scale)) {
    const as = FINDING[tagged.kind];
    if (as === undefined) continue;
    const score = Math.round(100 / (1 + Math.exp(-tagged.surety))) / 100;
    for (const part of partsOf(note, tagged)) {
      const { first, last } = trimmed(note, tagged.kind, part);
      const start = tokens.start[first] as number;
      if (covered.subarray(start, tokens.end[last]).every((unit) => unit === 1)) continue;
      if (!isVetoed(note, tagged.kind, tagged.surety, { first, last }, somebody))
        found.push(across(tokens, first, last, as[0], score, as[1]));
    }
    const placed = tagged.kind === "STREET" || tagged.kind === "CITY";
    const zip = placed ? zipNear(note, tagged.first, tagged.last) : undefined;
    if (zip !== undefined) found.push(across(tokens, zip.first, zip.last, "ADDRESS", score, "ZIP"));
  }
}

/** 1 where rules found what no profile lets stand: their word for it is the better one. */
function coverage(tokens: Tokens, found: Found): Uint8Array {
  const covered = new Uint8Array(tokens.text.length);
  for (const { type, detail, start, end } of found) {
    const may = type === "AGE" || detail === "YEAR" || detail === "STATE" || detail === "COUNTRY";
    if (!may) covered.fill(1, start, end);
  }
  return covered;
}

function taggedIn(features: Features, { label, margin }: Labelling, scale: number): readonly Tagged[] {
  const all: Tagged[] = [];
  for (let from = 0; from < features.count; from += 1) {
    const kind = KINDS.find((each) => beginning(each) === label[from]);
    if (kind === undefined) continue;
    const first = features.token[from] as number;
    let [last, sum] = [first, margin[from] as number];
    while (label[from + 1] === beginning(kind) + 1 && features.token[from + 1] === last + 1) {
      from += 1;
      last += 1;
      sum += margin[from] as number;
    }
    all.push({ kind, first, last, surety: sum / (last - first + 1) / scale });
  }
  return all;
}

/** The parts of what was tagged: a name ends at a wide gap or a line's end, at the end of a sentence, and at words that no name has. */
function partsOf({ tokens }: Note, { kind, first, last }: Tagged): readonly Stretch[] {
  if (kind === "STREET") return [{ first, last }];
  const parts: Stretch[] = [];
  let from = first;
  for (let at = first; at <= last; at += 1) {
    const broken = (tokens.gap[at] as number) >= GAP.line && (kind === "NAME" || isShortLine(tokens, at));
    const column = kind === "NAME" && (tokens.start[at] as number) - (tokens.end[at - 1] as number) > 1;
    const wide = at > from && (broken || column);
    const stops =
      wordAt(tokens, at) === "." &&
      at < last &&
      (tokens.word[at - 1] as string).length > 2 &&
      tokens.gap[at + 1] !== GAP.none;
    const small = kind === "NAME" && tokens.shape[at] === SHAPE.lower && isNoName(tokens, at, 12);
    if (!wide && !stops && !small) continue;
    if (at > from) parts.push({ first: from, last: at - 1 });
    from = wide ? at : at + 1;
  }
  if (from <= last) parts.push({ first: from, last });
  return parts;
}

/** The line before a token ended long before a page does: what follows is no rest of it. */
function isShortLine(tokens: Tokens, at: number): boolean {
  const end = tokens.end[at - 1] as number;
  return end - (tokens.text.lastIndexOf("\n", end - 1) + 1) < 50;
}

/** Common from this rank on and in no list of names, or among the 130 commonest words. */
function isNoName(tokens: Tokens, at: number, rank: number): boolean {
  const info = tokens.info[at] as number;
  const listed = (info & (KIND.firstName | KIND.lastName)) !== 0;
  const letter = (tokens.word[at] as string).length < 2;
  return tokens.kind[at] === TOKEN.word && !letter && isOrdinary(info, listed ? 14 : rank);
}

/** Without marks at its end, and without `Baby` or `Nurse` before a name. */
function trimmed(note: Note, kind: Kind, { first, last }: Stretch): Stretch {
  const { tokens } = note;
  let [from, to] = [first, last];
  while (from < to && tokens.kind[from] === TOKEN.mark) from += 1;
  while (to > from && tokens.kind[to] === TOKEN.mark && tokens.word[to] !== ".") to -= 1;
  const opens = (tokens.gap[from] as number) >= GAP.line || /^[.!?:]$/.test(wordAt(tokens, from - 1));
  // After a label such as `Contact:` a name begins with whatever word comes first.
  const said = cueBefore(note, from) >= CUE.label && tokens.shape[from] !== SHAPE.lower;
  if (kind === "NAME" && from < to && opens && !said && isNoName(tokens, from, 9)) from += 1;
  // The rest of a clock time or a decimal is no house number.
  if (kind === "STREET" && /^[:.]$/.test(wordAt(tokens, from - 1)) && isGlued(tokens, from) && from < to) from += 1;
  if (kind === "NAME") to = hyphenEnd(tokens, to);
  while (kind === "NAME" && from < to && isRole(wordAt(tokens, from)) && tokens.gap[from + 1] === GAP.space) from += 1;
  while (kind === "NAME" && from < to && (isCredential(note, to) || isLastRole(tokens, from, to))) to -= 1;
  if (kind === "NAME" && from < to && isCredential(note, from) && tokens.shape[from] === SHAPE.upper) from += 1;
  return { first: from, last: to };
}

/** `Roe - Husband`: what somebody is, after a mark at the end. */
function isLastRole(tokens: Tokens, from: number, to: number): boolean {
  if (tokens.kind[to] === TOKEN.mark) return wordAt(tokens, to) !== "." && to > from;
  return tokens.kind[to - 1] === TOKEN.mark && wordAt(tokens, to - 1) !== "." && isRole(wordAt(tokens, to));
}

/** `Jae-won`: a small word that a hyphen ties to a name belongs to it. */
function hyphenEnd(tokens: Tokens, to: number): number {
  return wordAt(tokens, to + 1) === "-" && isGlued(tokens, to + 1) && isTail(tokens, to + 2) ? to + 2 : to;
}

/** The postal number before or after a street or town, in the same line or the next. */
function zipNear(
  { tokens }: Note,
  first: number,
  last: number,
): { readonly first: number; readonly last: number } | undefined {
  const before = zipAt(tokens, first - 1);
  const led = /^[,\n]?$/.test(wordAt(tokens, first - 2)) || (tokens.gap[first - 1] as number) >= GAP.line;
  if (before === first - 1 && led && tokens.gap[first] === GAP.space) return { first: first - 1, last: before };
  for (let at = last + 1; at < tokens.count && at <= last + 6; at += 1) {
    if ((tokens.gap[at] as number) >= GAP.paragraph) return undefined;
    const zip = zipAt(tokens, at);
    if (zip !== undefined) return { first: at, last: zip };
    const passes = tokens.kind[at] === TOKEN.word ? isPlace(tokens.info[at] as number) : wordAt(tokens, at) === ",";
    if (!passes) return undefined;
  }
  return undefined;
}

function isPlace(info: number): boolean {
  return (info & (KIND.state | KIND.stateCode | KIND.country | KIND.city)) !== 0;
}
