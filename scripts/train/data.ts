/** Training data: filled templates, and the seen halves of the development corpora where they are there. */
import type { GoldDocument, GoldSpan } from "../../src/evaluate/gold.ts";
import { isCountry, isState } from "../../src/places.ts";
import { CORPORA, corporaFolder, foldOf, halfOf, readCorpus } from "../corpora.ts";
import { chance } from "./chance.ts";
import { type Filled, filler, readLists, readTemplates } from "./fill.ts";
import type { Share } from "./people.ts";
import { joined, varied } from "./variety.ts";

const FOLDER = new URL("./templates/", import.meta.url);

/** Families of templates, and how many of a hundred texts begin with one. */
const FAMILIES: readonly (readonly [string, number])[] = [
  ["notes", 32],
  ["negatives", 34],
  ["narrative", 26],
  ["headers", 20],
  ["letters", 16],
  ["spoken", 10],
  ["questions", 12],
  ["general", 34],
  ["ward", 16],
  ["hospital", 16],
  ["office", 14],
  ["reports", 14],
  ["community", 14],
  ["papers", 16],
  ["messages", 12],
  ["terse", 14],
  ["handouts", 26],
  ["places", 30],
  ["forms", 12],
  ["shorthand", 12],
  ["stories", 16],
  ["eponyms", 9],
];

/** Made-up texts, the same for the same seed. */
export function madeTexts(count: number, seed: number, share: Share = "training"): readonly Filled[] {
  const random = chance(seed);
  const fill = filler(random, share, readLists(new URL("words.txt", FOLDER)));
  const families = new Map(FAMILIES.map(([name]) => [name, readTemplates(new URL(`${name}.txt`, FOLDER))]));
  const family = (): readonly string[] =>
    families.get(random.weighted(FAMILIES.map(([name, weight]) => [weight, name])))!;
  return Array.from({ length: count }, () => {
    let from = family();
    const parts = Array.from({ length: random.in(0.35) ? 1 : random.between(2, 7) }, () => {
      if (random.in(0.2)) from = family();
      return fill(random.pick(from));
    });
    const breaks = random.pick([" ", " ", "\n", "\n", "\n\n"]);
    return varied(
      joined(parts, () => (random.in(0.9) ? breaks : random.pick([" ", "\n", "  "]))),
      random,
    );
  });
}

/** Documents of the seen halves with labels as the tagger has them; none of fold `without`. Empty where they are absent. */
export function corpusTexts(without?: number): readonly Filled[] {
  const folder = corporaFolder();
  if (folder === undefined) return [];
  return CORPORA.flatMap((name) =>
    readCorpus(folder, name)
      .filter((document) => halfOf(document) === "seen" && (without === undefined || foldOf(document) !== without))
      .map((document) => relabelled(document)),
  );
}

const FACILITY =
  /hospital|clinic|medical|center|centre|health|hospice|nursing|rehab|pediatric|care|institute|\bst\b|mayo|university|school|ucla|ucsf|general|memorial/i;

function relabelled({ text, spans }: GoldDocument): Filled {
  return { text, spans: spans.flatMap((span) => labelOf(text, span)) };
}

function labelOf(text: string, { start, end, type }: GoldSpan): readonly GoldSpan[] {
  const value = text.slice(start, end);
  if (/^(?:NAME|PERSON)$/.test(type)) {
    const title = /^(?:(?:Dr|Mr|Mrs|Ms|Miss|Prof)\.?\s+)+/i.exec(value)?.[0].length ?? 0;
    return [{ start: start + title, end, type: "NAME" }];
  }
  if (type === "ORGANIZATION") return [{ start, end, type: "ORG" }];
  if (type === "STREET_ADDRESS") return [{ start, end, type: "STREET" }];
  if (!/^(?:GPE|LOCATION|GEOGRAPHIC_LOCATION)$/.test(type)) return [];
  if (/\d/.test(value)) return [{ start, end, type: "STREET" }];
  if (FACILITY.test(value)) return [{ start, end, type: "FACILITY" }];
  const town = value.split(",")[0]!;
  return isState(value) || isCountry(value) ? [] : [{ start, end: start + town.length, type: "CITY" }];
}
