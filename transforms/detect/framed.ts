import { CUE, cueAfter, cueBefore, isRelative, isRole, TITLES } from "./cues.ts";
import { GRADE, type Note } from "./grades.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { isGlued, wordAt } from "./matched.ts";
import { isTail } from "./runs.ts";
import { GAP, SHAPE, TOKEN } from "./tokens.ts";
import { monthOf } from "./written.ts";

/** Words of a name at the most: given names, initials and a double last name. */
const LONGEST = 4;

/**
 * The last token of a name that what stands around it gives away, whatever its words are: `Mathias Block, NP`,
 * `her aunt Oma`, `Selmer Wolf called for`. Undefined where no frame holds. Words with a capital alone make such a
 * name, so nothing is found in texts and lines without them.
 */
export function framedName(note: Note, at: number): number | undefined {
  const { tokens } = note;
  if (!isCapitalWord(note, at) || (at > 0 && isTied(note, at) && isNameWord(note, at - 1))) return undefined;
  const signed = chainFrom(note, at, isNameWord);
  if (signed.words > 0 && cueAfter(note, signed.last) === CUE.label) {
    if (signed.words > 1 || wordAt(tokens, signed.last + 1) === ",") return signed.last;
  }
  const chain = chainFrom(note, at, isPlainWord);
  if (chain.words === 0) return undefined;
  const after = cueAfter(note, chain.last);
  const before = cueBefore(note, at);
  if (isRelative(wordAt(tokens, at - 1)) && tokens.gap[at] === GAP.space) {
    const speaks = /^(?:may|was|is|has|had|will|can|who|and|at|to|in)$/.test(wordAt(tokens, chain.last + 1));
    if (chain.best > GRADE.none || (chain.words === 1 && speaks)) return titledEnd(note, at, chain.last);
  }
  if (chain.words === 1 && isPaired(note, at)) return at;
  if (chain.words < 2) return undefined;
  if (before >= CUE.person && chain.best > GRADE.none) return chain.last;
  if (before === CUE.agent && !TOWARDS.test(wordAt(tokens, at - 1)) && chain.best >= GRADE.likely) return chain.last;
  return after === CUE.agent && chain.best > GRADE.none ? chain.last : undefined;
}

/** `Xiuying and Wei both present`: a word that no list of words has beside a first name, both of whom do one thing. */
export function isPaired({ tokens, grade }: Note, at: number): boolean {
  const other = at + 2;
  if (!/^(?:and|&)$/.test(wordAt(tokens, at + 1)) || tokens.gap[other] !== GAP.space) return false;
  const given = ((tokens.info[other] as number) & KIND.firstName) !== 0 && (grade[other] as number) >= GRADE.likely;
  const both = /^(?:both|were|are|present|have|live|came|visited|agree|agreed)$/.test(wordAt(tokens, other + 1));
  const listed = ((tokens.info[at] as number) | (tokens.info[other] as number)) & (KIND.eponym | KIND.medical);
  const unknown = rankOf(tokens.info[at] as number) === 0 && listed === 0;
  return given && both && unknown && tokens.shape[other] === SHAPE.capital;
}

/** The last token of the name after a title, where it goes on beyond `last`: `Dr Lenny Hand`, `Dr. Watson Dare, MD`. */
export function titledEnd(note: Note, first: number, last: number): number {
  const chain = chainFrom(note, first, isNameWord);
  const next = chain.last + 1;
  const closing = chain.words === 1 && isTied(note, next) && isCapitalWord(note, next) && endsPhrase(note, next + 1);
  return Math.max(last, closing ? next : chain.last);
}

function endsPhrase({ tokens }: Note, at: number): boolean {
  return (
    at >= tokens.count ||
    (tokens.gap[at] as number) > GAP.space ||
    tokens.kind[at] !== TOKEN.word ||
    /^(?:on|at|for|and|is|was|has|in|to|who)$/.test(wordAt(tokens, at))
  );
}

interface Chain {
  readonly last: number;
  readonly words: number;
  /** Highest `GRADE` of its words. */
  readonly best: number;
}

function chainFrom(note: Note, first: number, takes: (note: Note, at: number) => boolean): Chain {
  const { tokens, grade } = note;
  let [last, words, best] = [first - 1, 0, 0];
  for (let at = first; words < LONGEST; at = last + 1) {
    if (at > first && !isTied(note, at)) break;
    if (takes(note, at)) {
      words += 1;
      best = Math.max(best, grade[at] as number);
      last = at;
    } else if (words > 0 && tokens.shape[at] === SHAPE.initial && tokens.kind[at] === TOKEN.word) {
      last = wordAt(tokens, at + 1) === "." && isGlued(tokens, at + 1) ? at + 1 : at;
    } else if (words > 0 && wordAt(tokens, at) === "-" && isGlued(tokens, at + 1) && endsHyphened(note, at + 1)) {
      last = at + 1;
    } else break;
  }
  return { last, words, best };
}

/** `Garcia-Lopez`, `Jae-won`. */
function endsHyphened(note: Note, at: number): boolean {
  const { tokens } = note;
  return isCapitalWord(note, at) || isTail(tokens, at);
}

function isTied({ tokens }: Note, at: number): boolean {
  if (at >= tokens.count) return false;
  if (isGlued(tokens, at)) return wordAt(tokens, at) === "-";
  return tokens.gap[at] === GAP.space && (tokens.start[at] as number) - (tokens.end[at - 1] as number) === 1;
}

/** A word with a capital of its own that names no month, office or kin and opens no sentence. */
function isCapitalWord(note: Note, at: number): boolean {
  const { tokens } = note;
  if (at < 0 || at >= tokens.count || tokens.kind[at] !== TOKEN.word || note.shouted[at] === 1) return false;
  if (tokens.shape[at] !== SHAPE.capital && tokens.shape[at] !== SHAPE.camel) return false;
  const word = wordAt(tokens, at);
  const office = TITLES.has(word) || isRole(word) || isRelative(word);
  return word.length > 1 && !office && !FUNCTION.test(word) && monthOf(word) === undefined;
}

/** One that says nothing of medicine, places or institutions either. */
function isPlainWord(note: Note, at: number): boolean {
  if (!isCapitalWord(note, at)) return false;
  const info = note.tokens.info[at] as number;
  const listed = (info & (KIND.firstName | KIND.lastName)) !== 0;
  const other = KIND.medical | KIND.generic | KIND.facility | KIND.institution | KIND.state | KIND.country;
  return (info & other) === 0 || (listed && (note.grade[at] as number) > GRADE.none);
}

/** One that some list of names has, whatever else it means, or that stands right before a credential. */
function isNameWord(note: Note, at: number): boolean {
  if (isPlainWord(note, at)) return true;
  if (!isCapitalWord(note, at)) return false;
  const info = note.tokens.info[at] as number;
  const listed = (info & (KIND.firstName | KIND.lastName | KIND.anyName)) !== 0;
  return listed || ((info & KIND.medical) === 0 && cueAfter(note, at) === CUE.label);
}

/** What stands before places as often as before people. */
const TOWARDS = /^(?:from|to|re|via|and|&|at|in)$/;

/** Words that open sentences, and what a note says of a patient without a name. */
const FUNCTION =
  /^(?:the|a|an|this|that|these|those|he|she|they|it|we|you|i|his|her|their|our|my|no|not|and|or|but|if|when|while|after|before|with|without|for|from|to|of|in|on|at|by|as|per|via|please|also|then|there|here|who|what|how|why|all|any|some|new|last|next|today|tomorrow|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|patient|pt|both|has|had|is|was|will|can|may|seen|call|called|phone|note|message|dear|hi|hello|thanks|thank|sincerely|regards|yes)$/;
