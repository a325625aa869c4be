import type { Policy } from "../src/policy.ts";
import type { Detector, Leaf, RunContext, TextCheck } from "../src/types.ts";
import { findKnown, type KnownValue } from "./detect/known.ts";
import { compileAllow, compileDeny, type TermList } from "./detect/terms.ts";
import { findAll } from "./findings.ts";

export interface RecheckOptions {
  readonly leaf: Leaf;
  readonly detector: Detector;
  readonly policy: Policy;
  readonly allow: TermList;
  readonly minScore: number;
}

/**
 * The second look at a column of free text: a text counts where the detector finds a piece of it that it finds in the
 * original too. What it finds in the masked text alone is left out: with other words around them, words that are no
 * identifiers may look like some. What the policy lets stay, and allowed terms, are not counted.
 */
export function recheckText({ leaf, detector, policy, minScore, ...terms }: RecheckOptions): TextCheck {
  const sieve = { policy, minScore, allow: compileAllow(terms.allow, "allow"), deny: compileDeny({}, "deny") };
  const find = async (texts: readonly string[], run: RunContext): Promise<readonly (readonly string[])[]> => {
    const found = await findAll(texts, [detector], sieve, run, leaf);
    return found.map((findings, i) => findings.map(({ start, end }) => texts[i]!.slice(start, end)));
  };
  return {
    leaf,
    async look(originals, masked, run) {
      const found = await find(masked, run);
      const left = found.map((pieces, i) => pieces.filter((piece) => originals[i]!.includes(piece)));
      const doubtful = [...left.keys()].filter((i) => left[i]!.length > 0);
      const first = await find(
        doubtful.map((i) => originals[i]!),
        run,
      );
      return doubtful.filter((i, nth) => left[i]!.some((piece) => first[nth]!.some((other) => share(piece, other))))
        .length;
    },
  };
}

function share(piece: string, other: string): boolean {
  return piece.includes(other) || other.includes(piece);
}

/** Known values of fewer characters are left to `findKnown`: they stand in half of all texts. */
const SHORTEST = 3;

/**
 * Whether a masked text still holds a known value that the original held, where it is a value and not an ordinary word:
 * a plain search, which does not depend on how values were found to be masked.
 */
export function holdsKnown(original: string, masked: string, known: readonly KnownValue[]): boolean {
  let now: string | undefined;
  for (const value of known) {
    const wanted = value.value.trim().toLowerCase();
    if (wanted.length < SHORTEST) continue;
    now ??= masked.toLowerCase();
    if (!now.includes(wanted) || !original.toLowerCase().includes(wanted)) continue;
    const found = findKnown(masked, [value]);
    const standing = found.filter(({ start, end }) => masked.slice(start, end).toLowerCase().includes(wanted));
    if (standing.some(({ start, end }) => !isMonth(masked, start, end))) return true;
  }
  return false;
}

const MONTH = /^(jan|febr?|march?|apr|april|may|june?|july?|aug|august|sept?|oct|nov|dec)\.?$/i;

/** `May` beside a number is the month of a shifted date, whatever the patient's name is. */
function isMonth(text: string, start: number, end: number): boolean {
  if (!MONTH.test(text.slice(start, end))) return false;
  return (
    /\d(?:st|nd|rd|th)?(?: of)?[ ,./-]{0,2}$/i.test(text.slice(0, start)) || /^[ ,./-]{0,2}\d/.test(text.slice(end))
  );
}
