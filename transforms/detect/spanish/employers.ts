import type { Note } from "../grades.ts";
import { KIND } from "../lexicon.ts";
import { across, type Found, wordAt, words } from "../matched.ts";
import { GAP, SHAPE, TOKEN } from "../tokens.ts";

/** What an employer follows, a trade between them or not. */
const WORKS = words(
  "trabaja trabajaba trabajo trabajando trabajador trabajadora empleado empleada jubilado jubilada contratado contratada",
);
/** How many words may say what somebody works as. */
const REACH = 7;

/** Employers by name: `trabaja como administrativa en Transportes Galindo`. They are identifiers as the person's own. Adds to `found`. */
export function findEmployers(note: Note, found: Found): void {
  const { tokens } = note;
  for (let at = 0; at < tokens.count; at += 1) {
    if (!WORKS.has(wordAt(tokens, at))) continue;
    let first = at + 1;
    while (first < at + REACH && tokens.kind[first] === TOKEN.word && tokens.shape[first] === SHAPE.lower) first += 1;
    const led = /^(?:en|para|de|del|la|el|empresa|los|las)$/.test(wordAt(tokens, first - 1));
    if (!led || first === at + 1 || (tokens.gap[first] as number) > GAP.space) continue;
    const last = nameEnd(note, first);
    if (last !== undefined) found.push(across(tokens, first, last, "OTHER", 0.75, "EMPLOYER"));
  }
}

function nameEnd({ tokens }: Note, first: number): number | undefined {
  let last: number | undefined;
  for (let at = first; at < tokens.count && at < first + 7; at += 1) {
    if (at > first && (tokens.gap[at] as number) > GAP.space) break;
    if (tokens.kind[at] !== TOKEN.word) break;
    const info = tokens.info[at] as number;
    if (at === first && (info & (KIND.country | KIND.state | KIND.bigCity)) !== 0) return undefined;
    if (tokens.shape[at] !== SHAPE.lower) last = at;
    else if (!/^(?:de|del|la|las|los|el|y|e)$/.test(wordAt(tokens, at))) break;
  }
  return last;
}
