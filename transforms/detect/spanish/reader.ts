import type { LanguageData } from "../embedded.ts";
import { gradeNote } from "../grades.ts";
import { joinAddresses } from "../joins.ts";
import { openLexicon } from "../lexicon.ts";
import type { Found } from "../matched.ts";
import { recallNames } from "../memory.ts";
import type { Reader } from "../spoken.ts";
import { type Model, openModel } from "../tagger/model.ts";
import { type Tokens, tokenizer } from "../tokens.ts";
import { findEmployers } from "./employers.ts";
import { findFacilities } from "./facilities.ts";
import { SPANISH } from "./grades.ts";
import { findNames } from "./names.ts";
import { findPatterns } from "./patterns.ts";
import { findPlaces } from "./places.ts";
import { findAround } from "./surroundings.ts";
import { findTagged } from "./tagged.ts";

/** Raised with every change that may change an answer. */
const VERSION = "es1";

/** Spanish of Spain and Latin America, from what `scripts/spanish/lexicons.ts` compiled and a model trained for it. */
export function spanishReader({ lexicons, model: trained }: LanguageData): Reader {
  const lexicon = openLexicon(lexicons);
  const model = trained && openModel(trained);
  const tokenize = tokenizer(lexicon);
  return {
    version: `${VERSION}+${lexicon.digest}${model === undefined ? "" : `+${model.digest}`}`,
    read: (text) => findingsOf(tokenize(text), model),
  };
}

function findingsOf(tokens: Tokens, model: Model | undefined): Found {
  const found: Found = [];
  findPatterns(tokens, found);
  const note = gradeNote(tokens, SPANISH);
  findNames(note, found);
  findFacilities(note, found);
  findEmployers(note, found);
  findAround(tokens, found);
  findPlaces(note, found);
  if (model !== undefined) findTagged(note, model, found);
  recallNames(note, found);
  joinAddresses(tokens, found);
  return found;
}
