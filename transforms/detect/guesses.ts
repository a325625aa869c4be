import type { Finding } from "../../src/types.ts";
import { GRADE, type Note } from "./grades.ts";
import { KIND } from "./lexicon.ts";
import type { Found } from "./matched.ts";
import type { Features } from "./tagger/features.ts";
import { GAP, SHAPE } from "./tokens.ts";

/** Below this score a rule's name is a guess from one word and what stands beside it. */
const GUESSED = 0.85;
/** Log-odds, its neighbours left aside, under which the tagger has it that no word of a guess is part of a name or place. */
const UNLIKELY = 1.5;
/** The same in a text that seems to be about nobody. */
const NOBODY = 6;

/**
 * Takes names out of `found` that rules guessed from one word and that the tagger takes for none: a sign after `by`, a
 * drain after `per`. `somebody` tells whether the text seems to be about people. `chance` are the candidates' log-odds in units of `scale`. What the tagger never looked at stays; and
 * in a `broken` text, whose neighbours tell little, a word that the lists are sure of.
 */
export function dropGuesses(
  note: Note,
  { token, count }: Features,
  chance: Int32Array,
  scale: number,
  somebody: boolean,
  found: Found,
): void {
  const { tokens, grade, broken = false } = note;
  const kept: Finding[] = [];
  let which = 0;
  for (const finding of found) {
    if (finding.type !== "NAME" || finding.score > GUESSED) {
      kept.push(finding);
      continue;
    }
    while (which > 0 && (tokens.start[token[which - 1] as number] as number) >= finding.start) which -= 1;
    while (which < count && (tokens.start[token[which] as number] as number) < finding.start) which += 1;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = which; at < count && (tokens.start[token[at] as number] as number) < finding.end; at += 1) {
      most = Math.max(most, chance[at] as number);
      if (broken && grade[token[at] as number] === GRADE.sure) most = Number.POSITIVE_INFINITY;
    }
    const least = somebody ? UNLIKELY : NOBODY;
    if (isAccompanied(note, finding.start, token, which)) most = Number.POSITIVE_INFINITY;
    if (most > least * scale || most === Number.NEGATIVE_INFINITY) kept.push(finding);
  }
  if (kept.length < found.length) found.splice(0, found.length, ...kept);
}

/** Who is called by office and name: `Interpreter Dao`. */
const OFFICES = /^(?:interpreter|translator|chaplain|trooper|paramedic|detective|coach)$/;

/** `walks with Faith`, a first name with a capital: company, whatever the tagger says of the word; and a name after an office. */
function isAccompanied({ tokens }: Note, start: number, token: Int32Array, which: number): boolean {
  const at = token[which] as number;
  if (tokens.start[at] !== start || tokens.shape[at] !== SHAPE.capital || tokens.gap[at] !== GAP.space) return false;
  const given = ((tokens.info[at] as number) & (KIND.firstName | KIND.medical | KIND.eponym)) === KIND.firstName;
  const before = tokens.word[at - 1] as string;
  const named = ((tokens.info[at] as number) & (KIND.anyName | KIND.medical | KIND.eponym)) === KIND.anyName;
  return (given && before === "with") || (named && OFFICES.test(before));
}
