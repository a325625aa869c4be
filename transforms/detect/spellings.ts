import { isOrdinary, type Note } from "./grades.ts";
import { KIND } from "./lexicon.ts";
import { isGlued, wordAt } from "./matched.ts";
import { SHAPE, TOKEN } from "./tokens.ts";

/** `R-O-E-B-U-C-K`, as dictated, or `p r i t c h a r d` after `spelled`: four single letters or more. */
export function speltOut(note: Note, at: number): number | undefined {
  const { tokens } = note;
  let last = at;
  if (tokens.shape[at] !== SHAPE.initial && (tokens.end[at] as number) - (tokens.start[at] as number) !== 1)
    return undefined;
  let letters = 1;
  if (
    /^(?:spelled|spelt|spell|spelling|spells)$/.test(
      wordAt(tokens, wordAt(tokens, at - 1) === "that" ? at - 2 : at - 1),
    )
  ) {
    while (tokens.kind[last + 1] === TOKEN.word && wordAt(tokens, last + 1).length === 1) {
      last += 1;
      letters += 1;
    }
    return letters >= 4 ? last : undefined;
  }
  while (
    wordAt(tokens, last + 1) === "-" &&
    tokens.kind[last + 2] === TOKEN.word &&
    wordAt(tokens, last + 2).length === 1
  ) {
    last += 2;
    letters += 1;
  }
  return letters >= 4 && tokens.kind[at] === TOKEN.word ? last : undefined;
}

/** `ROE^JANE^Q`, as HL7 and DICOM write a person; coded values are written so too, but hold no listed names. */
export function caretName(note: Note, at: number): number | undefined {
  const { tokens } = note;
  const listed = KIND.firstName | KIND.lastName | KIND.anyName;
  let last = at;
  let named = false;
  while (tokens.kind[last] === TOKEN.word && ((tokens.info[last] as number) & KIND.medical) === 0) {
    if (((tokens.info[last] as number) & listed) !== 0 && !isOrdinary(tokens.info[last] as number)) named = true;
    const next = wordAt(tokens, last + 1) === "^" && isGlued(tokens, last + 1) && isGlued(tokens, last + 2);
    if (!next || tokens.kind[last + 2] !== TOKEN.word) break;
    last += 2;
  }
  return named && last > at ? last : undefined;
}
