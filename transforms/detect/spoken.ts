import type { Found } from "./matched.ts";

/** Languages that the embedded detector reads. */
export type Language = "en" | "es";

/** Finds PHI in the folded text of one language; offsets count in that text. */
export interface Reader {
  /** Changes with its lexicons and its model. */
  readonly version: string;
  read(text: string): Found;
}

/** Small words and labels that a text of one language has and one of the other has not; names have none of them. */
const WORDS: ReadonlyMap<string, Language> = new Map([
  ...of(
    "en",
    `the of and with for was were is are his her he she they their who which that this from not had have been by at on to an or as
    patient pt name date age phone address born reports denies presents history seen year old`,
  ),
  ...of(
    "es",
    `que con por para una su sus se fue es son al lo como mas pero cuando donde desde hasta sobre entre muy esta este hay ha han
    paciente nombre apellidos fecha edad telefono domicilio nacido nacida anos refiere niega presenta acude ingresa ingreso y le en`,
  ),
]);

/** A text is read in a language too that has one in this many of the words that tell. */
const TRACE = 12;

/**
 * In which of the languages a folded text must be read: those whose small words it has, and both where it has none. A
 * letter in two languages is read in both.
 */
export function languagesOf(text: string): ReadonlySet<Language> {
  const count = { en: 0, es: 0 };
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+/g)) {
    const language = WORDS.get(word);
    if (language !== undefined) count[language] += 1;
  }
  const total = count.en + count.es;
  if (total === 0) return new Set(["en", "es"]);
  return new Set((["en", "es"] as const).filter((language) => count[language] * TRACE > total));
}

function of(language: Language, list: string): readonly [string, Language][] {
  return list.split(/\s+/).map((word) => [word, language]);
}
