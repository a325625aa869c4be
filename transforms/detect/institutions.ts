import type { Finding } from "../../src/types.ts";
import { isMaker } from "./eponyms.ts";
import { isOrdinary, type Note } from "./grades.ts";
import { KIND } from "./lexicon.ts";
import { across, isGlued, wordAt, words } from "./matched.ts";
import { isCapital } from "./runs.ts";
import { GAP, SHAPE, TOKEN } from "./tokens.ts";

const CUES = words(`at to from in by near via with of through visited attends attended`);

/** What hospitals are called for short. */
const SHORT = words("methodist presbyterian lutheran adventist shriners");

/** `at Children's`, `from St. Luke's`: a hospital by the half of its name that people say, where nothing names its noun. */
export function calledAt({ tokens, shouted }: Note, at: number): Finding | undefined {
  if (!/^(?:at|to|from|in|by|via|through)$/.test(wordAt(tokens, at - 1)) || shouted[at] === 1) return undefined;
  if (tokens.shape[at] !== SHAPE.capital || tokens.gap[at] !== GAP.space) return undefined;
  const word = wordAt(tokens, at);
  const name = wordAt(tokens, at + 1) === "." ? at + 2 : at + 1;
  const saint = /^(?:st|saint|ste)$/.test(word) && tokens.shape[name] === SHAPE.capital;
  const owned = saint ? name + 1 : at + 1;
  const isOwned = tokens.kind[owned] === TOKEN.possessive && (saint || /^(?:children|women)$/.test(word));
  if (!isOwned && !(SHORT.has(word) && /^(?:at|from)$/.test(wordAt(tokens, at - 1)))) return undefined;
  const last = isOwned ? owned : at;
  const noun = tokens.gap[last + 1] === GAP.space && !/^(?:\d|[a-z])/.test(tokens.text.slice(tokens.start[last + 1]));
  const kept =
    noun || /^(?:wort|fire|dance|chorea|aspirin|tylenol|motrin|faith|church)$/.test(wordAt(tokens, last + 1));
  return kept ? undefined : across(tokens, at, last, "ADDRESS", 0.8, "FACILITY");
}

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
