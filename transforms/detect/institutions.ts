import type { Finding } from "../../src/types.ts";
import { isMaker } from "./eponyms.ts";
import { isOrdinary, type Note } from "./grades.ts";
import { KIND } from "./lexicon.ts";
import { across, isGlued, wordAt, words } from "./matched.ts";
import { isCapital } from "./runs.ts";
import { SHAPE } from "./tokens.ts";

const CUES = words(`at to from in by near via with of through visited attends attended`);

/** A known institution: an acronym in capitals anywhere, other words after a preposition or before a facility's word. */
export function institutionAt(note: Note, at: number): Finding | undefined {
  const { tokens } = note;
  const spoken = note.quiet && CUES.has(wordAt(tokens, at - 1)) && !isOrdinary(tokens.info[at] as number);
  if ((!isCapital(note, at) && !spoken) || (isGlued(tokens, at) && wordAt(tokens, at - 1) === "-")) return undefined;
  const last = isMaker(tokens, at) ? undefined : phraseEnd(note, at);
  if (last === undefined) return undefined;
  const acronym = tokens.shape[at] === SHAPE.upper && note.shouted[at] !== 1;
  const long = last > at;
  const before = wordAt(tokens, at - 1) === "the" ? wordAt(tokens, at - 2) : wordAt(tokens, at - 1);
  const info = tokens.info[at] as number;
  const firm = acronym || long || (!isOrdinary(info) && CUES.has(before)) || /^(?:at|to|from)$/.test(before);
  if (!firm || (!long && (info & KIND.medical) !== 0)) return undefined;
  return across(tokens, at, last, "ADDRESS", acronym || long ? 0.85 : 0.7, "FACILITY");
}

const PHRASES: readonly (readonly string[])[] =
  `mayo clinic|cleveland clinic|johns hopkins|kaiser permanente|mount sinai|mt sinai|cedars sinai|md anderson|sloan kettering
memorial sloan kettering|dana farber|nyu langone|weill cornell|henry ford|mass general|massachusetts general|boston medical|beth israel|walter reed
rite aid|quest diagnostics|fred hutchinson|virginia mason|city of hope|memorial hermann|roswell park|fox chase|barnes jewish|yale new haven|st jude`
    .split(/[|\n]/)
    .map((phrase) => phrase.split(" "));

function phraseEnd(note: Note, at: number): number | undefined {
  const { tokens } = note;
  for (const phrase of PHRASES) {
    let next = at;
    let matched = 0;
    while (matched < phrase.length && wordAt(tokens, next) === phrase[matched]) {
      matched += 1;
      next += 1;
      while (/^[-.]$/.test(wordAt(tokens, next)) && isGlued(tokens, next) && matched < phrase.length) next += 1;
    }
    if (matched === phrase.length) return next - 1;
  }
  return ((tokens.info[at] as number) & KIND.institution) !== 0 ? at : undefined;
}
