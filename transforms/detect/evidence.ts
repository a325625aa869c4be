import type { Finding } from "../../src/types.ts";
import type { Note } from "./grades.ts";

/** Tokens from which on a text about somebody says so in some place. */
const LONG = 70;
/** Score of names that a title, a label or a whole name in the lists gives away. */
const TOLD = 0.9;

/**
 * True for a text that is about somebody, as far as rules found: a name told by a title or label, a date, a number or an
 * address of theirs. A guide, a protocol or a report without one names scales and instruments, not people. Short texts
 * count as about somebody, since they may hold no more than the name.
 */
export function isAboutSomebody(note: Note, found: readonly Finding[]): boolean {
  return note.tokens.count < LONG || found.some(isTelling);
}

function isTelling({ type, score, detail }: Finding): boolean {
  if (type === "NAME") return score >= TOLD;
  if (type === "DATE") return detail === undefined;
  return type === "ID" || type === "PHONE_OR_FAX" || type === "EMAIL" || detail === "STREET";
}
