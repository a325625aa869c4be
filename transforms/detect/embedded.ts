import { MaskingError } from "../../src/errors.ts";
import type { Detector, Finding, RunContext } from "../../src/types.ts";
import { findFacilities } from "./facilities.ts";
import { type Folded, fold } from "./fold.ts";
import { BROKEN, ENGLISH, gradeNote } from "./grades.ts";
import { joinAddresses } from "./joins.ts";
import { openLexicon } from "./lexicon.ts";
import type { Found } from "./matched.ts";
import { recallNames } from "./memory.ts";
import { findNames } from "./names.ts";
import { findPatterns } from "./patterns.ts";
import { findPlaces } from "./places.ts";
import { mendScan } from "./scan.ts";
import { type Language, languagesOf, type Reader } from "./spoken.ts";
import { findTagged } from "./tagged.ts";
import { type Model, openModel } from "./tagger/model.ts";
import { type Tokens, tokenizer } from "./tokens.ts";

/** Raised with every change that may change an answer. */
const VERSION = "7";

/** What the detector knows of one language: bytes that `scripts/lexicons.ts` compiled, and a trained model. */
export interface LanguageData {
  readonly lexicons: Uint8Array;
  readonly model?: Uint8Array;
  /** True: the texts are what readers saw in images, where a listed name counts whatever stands beside it. */
  readonly broken?: boolean;
}

/**
 * The detector that needs no service: patterns, lexicons and the words around them. `lexicons` is what
 * `scripts/lexicons.ts` compiled; other bytes throw a TypeError. It is synchronous work of about a microsecond a
 * character. Findings are in order of place; those of different kinds may overlap, so filter by policy, then merge.
 */
export function embeddedDetector(options: LanguageData): Detector {
  return embeddedIn({ en: englishReader(options) });
}

/** As `embeddedDetector`, in one language or several: each text is read in those that it is written in. */
export function embeddedIn(readers: Readonly<Partial<Record<Language, Reader>>>): Detector {
  const all = Object.entries(readers) as [Language, Reader][];
  return {
    name: "embedded",
    version: `${VERSION}${all.map(([, { version }]) => `+${version}`).join("")}`,
    async detect(texts: readonly string[], run: RunContext) {
      return texts.map((text) => {
        if (run.signal.aborted) throw new MaskingError("STOPPED");
        const folded = fold(text);
        const spoken = all.length > 1 ? languagesOf(folded.text) : undefined;
        const used = all.filter(([language]) => spoken?.has(language) ?? true);
        return withoutRepeats(
          placed(
            folded,
            used.flatMap(([, { read }]) => read(folded.text)),
          ),
        );
      });
    },
  };
}

/** English, from what `embeddedDetector` is given. */
export function englishReader({ lexicons, model: trained, broken = false }: LanguageData): Reader {
  const lexicon = openLexicon(lexicons);
  const model = trained && openModel(trained);
  const tokenize = tokenizer(lexicon);
  return {
    version: `${lexicon.digest}${model === undefined ? "" : `+${model.digest}`}${broken ? "+broken" : ""}`,
    read: (text) => {
      const mended = mendScan(text, lexicon.info);
      return placed(mended, findingsOf(tokenize(mended.text), model, broken));
    },
  };
}

function findingsOf(tokens: Tokens, model: Model | undefined, broken: boolean): Found {
  const found: Found = [];
  findPatterns(tokens, found);
  const note = gradeNote(tokens, broken ? BROKEN : ENGLISH);
  findNames(note, found);
  findFacilities(note, found);
  findPlaces(note, found);
  if (model !== undefined) findTagged(note, model, found);
  recallNames(note, found);
  joinAddresses(tokens, found);
  return found;
}

/** With offsets in the text that was folded or mended. */
function placed({ from, to }: Folded, found: Found): Found {
  if (from === undefined || to === undefined) return found;
  return found.map((finding) => ({
    ...finding,
    start: from[finding.start] as number,
    end: to[finding.end - 1] as number,
  }));
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
