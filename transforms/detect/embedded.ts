import { MaskingError } from "../../src/errors.ts";
import type { Detector, Finding, RunContext } from "../../src/types.ts";
import { findFacilities } from "./facilities.ts";
import { fold } from "./fold.ts";
import { gradeNote } from "./grades.ts";
import { openLexicon } from "./lexicon.ts";
import type { Found } from "./matched.ts";
import { recallNames } from "./memory.ts";
import { mergeFindings } from "./merge.ts";
import { findNames } from "./names.ts";
import { findPatterns } from "./patterns.ts";
import { findPlaces } from "./places.ts";
import { type Tokens, tokenizer } from "./tokens.ts";

/** Raised with every change that may change an answer. */
const VERSION = "1";

/**
 * The detector that needs no service: patterns, lexicons and the words around them. `lexicons` is what
 * `scripts/lexicons.ts` compiled; other bytes throw a TypeError. It is synchronous work of about a microsecond a
 * character; findings of one text are in order and do not overlap, except that the parts of an address stand apart.
 */
export function embeddedDetector(options: { readonly lexicons: Uint8Array; readonly language?: "en" }): Detector {
  const lexicon = openLexicon(options.lexicons);
  const tokenize = tokenizer(lexicon);
  return {
    name: "embedded",
    version: `${VERSION}+${lexicon.digest}`,
    async detect(texts: readonly string[], run: RunContext) {
      return texts.map((text) => {
        if (run.signal.aborted) throw new MaskingError("STOPPED");
        return findingsOf(text, tokenize);
      });
    },
  };
}

function findingsOf(text: string, tokenize: (text: string) => Tokens): readonly Finding[] {
  const folded = fold(text);
  const tokens = tokenize(folded.text);
  const found: Found = [];
  findPatterns(tokens, found);
  const note = gradeNote(tokens);
  findNames(note, found);
  findFacilities(note, found);
  findPlaces(note, found);
  recallNames(note, found);
  const merged = mergeFindings(found);
  const { from, to } = folded;
  if (from === undefined || to === undefined) return merged;
  const back = merged.map((finding) => ({
    ...finding,
    start: from[finding.start] as number,
    end: to[finding.end - 1] as number,
  }));
  return mergeFindings(back);
}
