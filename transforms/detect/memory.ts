import { isEponymUse } from "./eponyms.ts";
import { GRADE, isOrdinary, type Note } from "./grades.ts";
import { KIND } from "./lexicon.ts";
import { across, type Found, wordAt } from "./matched.ts";
import { GAP, SHAPE, TOKEN } from "./tokens.ts";

/** A name that was found at least this surely is looked for in the rest of the text. */
const SURE = 0.7;

/**
 * Finds again, anywhere in the text, the words of names that were found surely: the last name alone, in capitals, with
 * `'s`. A word that is ordinary English too counts only where it has a capital that its place does not ask for.
 */
export function recallNames(note: Note, found: Found): void {
  const { tokens } = note;
  const known = namedWords(note, found);
  if (known.size === 0) return;
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== TOKEN.word || !known.has(tokens.word[at] as string)) continue;
    if (fits(note, at)) found.push(across(tokens, at, at, "NAME", 0.8));
  }
}

function namedWords(note: Note, found: Found): ReadonlySet<string> {
  const { tokens } = note;
  const known = new Set<string>();
  const sure = found.filter(({ type, score }) => type === "NAME" && score >= SURE).sort((a, b) => a.start - b.start);
  let at = 0;
  for (const { start, end } of sure) {
    while (at > 0 && (tokens.start[at - 1] as number) >= start) at -= 1;
    while (at < tokens.count && (tokens.start[at] as number) < start) at += 1;
    for (; at < tokens.count && (tokens.end[at] as number) <= end; at += 1) {
      const word = tokens.word[at] as string;
      const medical = ((tokens.info[at] as number) & KIND.medical) !== 0;
      if (tokens.kind[at] === TOKEN.word && word.length > 2 && !medical && !/^(?:van|von|der|del|jr|iii)$/.test(word))
        known.add(word);
    }
  }
  return known;
}

function fits(note: Note, at: number): boolean {
  const { tokens, grade } = note;
  if (isEponymUse(tokens, at)) return false;
  const info = tokens.info[at] as number;
  const shape = tokens.shape[at];
  const ordinary = isOrdinary(info, 3);
  if (shape === SHAPE.lower) return note.quiet && !ordinary;
  if (!ordinary) return true;
  if (shape === SHAPE.upper) return note.shouted[at] !== 1 || (grade[at] as number) >= GRADE.likely;
  const starts = (tokens.gap[at] as number) >= GAP.line || /^[.!?:]$/.test(wordAt(tokens, at - 1));
  return !starts;
}
