import type { Finding, PhiType } from "../../src/types.ts";
import { fold } from "./fold.ts";
import { form, formsOf } from "./knownForms.ts";
import { addNames, nameParts } from "./knownNames.ts";
import { addAll, compact, type Span } from "./page.ts";

/** A value of the same row that must not be seen in its text. */
export interface KnownValue {
  readonly value: string;
  /** What the value is; a name unless told. Dates are looked for in every written form, numbers without punctuation. */
  readonly type?: PhiType;
}

/**
 * Where the row's own values stand in a text, whatever the detector says; detail `KNOWN`.
 *
 * Whole words, any case, marks on letters folded; joined or split by blanks, hyphens, dots and the like. Of a name, each
 * part counts alone, with initials beside it, and with one letter wrong from five letters on. A name that is an ordinary
 * word too (Will, May, Brown) or has fewer than three letters counts where it is written as a name: capitalised within a
 * sentence, beside another known name or an initial, or after a title; so it may be missed at the start of a sentence
 * and in notes without capitals. Values of one character, and numbers under four digits, count only beside others.
 */
export function findKnown(text: string, values: readonly KnownValue[]): readonly Finding[] {
  if (values.length === 0 || text === "") return [];
  const page = compact(text);
  const found: Span[] = [];
  const names: string[] = [];
  for (const { value, type = "NAME" } of values) {
    const wanted = fold(value.trim()).text;
    if (wanted === "") continue;
    if (type === "NAME") names.push(...nameParts(wanted));
    else for (const form of formsOf(wanted, type)) addAll(page, form, type, found);
    if (type === "NAME" && /[\s,]/.test(wanted)) addAll(page, form(wanted), type, found);
  }
  if (names.length > 0) addNames(page, names, found);
  const { from, to } = page.folded;
  return found.map(({ start, end, type }) => ({
    type,
    start: from === undefined ? start : (from[start] as number),
    end: to === undefined ? end : (to[end - 1] as number),
    score: 1,
    detail: "KNOWN",
  }));
}
