import type { LanguageData } from "../embedded.ts";
import { gradeNote } from "../grades.ts";
import { joinAddresses } from "../joins.ts";
import { openLexicon } from "../lexicon.ts";
import type { Found } from "../matched.ts";
import { recallNames } from "../memory.ts";
import type { Reader } from "../spoken.ts";
import { type Tokens, tokenizer } from "../tokens.ts";
import { findEmployers } from "./employers.ts";
import { findFacilities } from "./facilities.ts";
import { SPANISH } from "./grades.ts";
import { findNames } from "./names.ts";
import { findPatterns } from "./patterns.ts";
import { findPlaces } from "./places.ts";
import { findAround } from "./surroundings.ts";

/** Raised with every change that may change an answer. */
const VERSION = "es1";

/** Spanish of Spain and Latin America, from what `scripts/spanish/lexicons.ts` compiled and a model trained for it. */
export function spanishReader({ lexicons }: LanguageData): Reader {
  const lexicon = openLexicon(lexicons);
  const tokenize = tokenizer(lexicon);
  return { version: `${VERSION}+${lexicon.digest}`, read: (text) => findingsOf(tokenize(text)) };
}

function findingsOf(tokens: Tokens): Found {
  const found: Found = [];
  findPatterns(tokens, found);
  const note = gradeNote(tokens, SPANISH);
  findNames(note, found);
  findFacilities(note, found);
  findEmployers(note, found);
  findAround(tokens, found);
  findPlaces(note, found);
  recallNames(note, found);
  joinAddresses(tokens, found);
  return found;
}
