import { MaskingError } from "../../src/errors.ts";
import type { Detector, Finding, RunContext } from "../../src/types.ts";
import { findFacilities } from "./facilities.ts";
import { fold } from "./fold.ts";
import { gradeNote } from "./grades.ts";
import { joinAddresses } from "./joins.ts";
import { openLexicon } from "./lexicon.ts";
import type { Found } from "./matched.ts";
import { recallNames } from "./memory.ts";
import { findNames } from "./names.ts";
import { findPatterns } from "./patterns.ts";
import { findPlaces } from "./places.ts";
import { findTagged } from "./tagged.ts";
import { type Model, openModel } from "./tagger/model.ts";
import { type Tokens, tokenizer } from "./tokens.ts";

/** Raised with every change that may change an answer. */
const VERSION = "4";

/**
 * The detector that needs no service: patterns, lexicons and the words around them. `lexicons` is what
 * `scripts/lexicons.ts` compiled; other bytes throw a TypeError. It is synchronous work of about a microsecond a
 * character. Findings are in order of place; those of different kinds may overlap, so filter by policy, then merge.
 */
export function embeddedDetector(options: {
  readonly lexicons: Uint8Array;
  readonly model?: Uint8Array;
  readonly language?: "en";
}): Detector {
  const lexicon = openLexicon(options.lexicons);
  const model = options.model && openModel(options.model);
  const tokenize = tokenizer(lexicon);
  return {
    name: "embedded",
    version: `${VERSION}+${lexicon.digest}${model === undefined ? "" : `+${model.digest}`}`,
    async detect(texts: readonly string[], run: RunContext) {
      return texts.map((text) => {
        if (run.signal.aborted) throw new MaskingError("STOPPED");
        return findingsOf(text, tokenize, model);
      });
    },
  };
}

function findingsOf(text: string, tokenize: (text: string) => Tokens, model: Model | undefined): readonly Finding[] {
  const folded = fold(text);
  const tokens = tokenize(folded.text);
  const found: Found = [];
  findPatterns(tokens, found);
  const note = gradeNote(tokens);
  findNames(note, found);
  findFacilities(note, found);
  findPlaces(note, found);
  if (model !== undefined) findTagged(note, model, found);
  recallNames(note, found);
  joinAddresses(tokens, found);
  const { from, to } = folded;
  const mapped =
    from === undefined || to === undefined
      ? found
      : found.map((finding) => ({
          ...finding,
          start: from[finding.start] as number,
          end: to[finding.end - 1] as number,
        }));
  return withoutRepeats(mapped);
}

/**
 * In order of place; what lies within another finding of the same type and detail is left out. Findings of different
 * kinds may overlap: which of them may stay is for a policy to say, before they are merged.
 */
function withoutRepeats(found: readonly Finding[]): readonly Finding[] {
  const sorted = [...found].sort((a, b) => a.start - b.start || b.end - a.end || b.score - a.score);
  const reach = new Map<string, number>();
  return sorted.filter(({ type, detail, end }) => {
    const kind = `${type} ${detail}`;
    if (end <= (reach.get(kind) ?? 0)) return false;
    reach.set(kind, end);
    return true;
  });
}
