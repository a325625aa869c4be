import type { Word } from "../../src/image-types.ts";

/** The words of a page as a text, and where each of them stands in it: UTF-16 offsets, end exclusive. */
export interface PageText {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * The texts that a page may say: as it was read, a line break after each line; the same on one line with capitals and
 * digits set right; and both as the other readers read it. Texts that say the same come once.
 */
export function readingsOf(words: readonly Word[]): readonly PageText[] {
  const first = pageText(
    words,
    words.map(({ text }) => text),
  );
  const depth = Math.max(0, ...words.map(({ also }) => also?.length ?? 0));
  const others = Array.from({ length: depth }, (_, at) =>
    pageText(
      words,
      words.map(({ text, also }) => also?.[at] ?? text),
    ),
  );
  const all = [first, ...others].flatMap((reading) => [reading, tidied(reading)]);
  return [...new Map(all.filter(({ text }) => text.trim() !== "").map((reading) => [reading.text, reading])).values()];
}

function pageText(words: readonly Word[], texts: readonly string[]): PageText {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = "";
  for (const [at, word] of words.entries()) {
    if (at > 0) text += word.line === words[at - 1]!.line ? " " : "\n";
    starts.push(text.length);
    text += texts[at]!.trim().replace(/\s+/g, " ");
    ends.push(text.length);
  }
  return { text, starts, ends };
}

/**
 * The text as a writer with a better pen and a wider page would have written it: words in capitals as names are written,
 * since a detector knows `Kaufman Scott` better than `KAUFMAN SCOTT`; letters among digits as the digits they look like;
 * dates in a century of living people; no line breaks, which part names. Offsets stay.
 */
function tidied({ text, starts, ends }: PageText): PageText {
  const calm = text.replace(/\p{Lu}{2,}/gu, (word) => sameLength(word, word[0] + word.slice(1).toLowerCase()));
  const digits = calm.replace(/[\dOoQDIl|SsBZz]+(?:[./:-][\dOoQDIl|SsBZz]+)*/g, asDigits);
  return { text: inCentury(digits).replaceAll("\n", " "), starts, ends };
}

/** Dates of no century that anybody was born in: a reader saw 1836 for 1936. */
function inCentury(text: string): string {
  return text
    .replace(/(?<![\d./-])(?!19|20)\d\d(?=\d\d[./-]\d{1,2}[./-]\d{1,2}(?![\d./-]))/g, "19")
    .replace(/(?<=(?<![\d./-])\d{1,2}[./-]\d{1,2}[./-])(?!19|20)\d\d(?=\d\d(?![\d./-]))/g, "19");
}

function sameLength(word: string, other: string): string {
  return word.length === other.length ? other : word;
}

const DIGITS: Readonly<Record<string, string>> = {
  O: "0",
  o: "0",
  Q: "0",
  D: "0",
  I: "1",
  l: "1",
  "|": "1",
  S: "5",
  s: "5",
  B: "8",
  Z: "2",
  z: "2",
};

/** Mostly digits already: then the rest are digits too. */
function asDigits(run: string): string {
  const digits = run.replace(/\D/g, "").length;
  const marks = run.replace(/[\dOoQDIl|SsBZz]/g, "").length;
  if (digits < 3 || digits * 2 < run.length - marks) return run;
  return run.replace(/[OoQDIl|SsBZz]/g, (letter) => DIGITS[letter] as string);
}

/** How much two readings of a word have in common, 0 to 1: pairs of letters, case aside (Dice's coefficient). */
export function likeness(one: string, other: string): number {
  const [first, second] = [pairsOf(one), pairsOf(other)];
  const rest = [...second];
  const shared = first.filter((pair) => {
    const at = rest.indexOf(pair);
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
  return first.length + second.length === 0 ? 1 : (2 * shared.length) / (first.length + second.length);
}

function pairsOf(text: string): readonly string[] {
  const plain = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return Array.from({ length: Math.max(0, plain.length - 1) }, (_, at) => plain.slice(at, at + 2));
}
