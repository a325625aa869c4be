/** What of an image's text to cover: words as a reader saw them in, boxes to fill out. */
import type { Box, Word } from "../../src/image-types.ts";
import type { Policy } from "../../src/policy.ts";
import type { Detector, Finding, RunContext } from "../../src/types.ts";
import type { KnownValue } from "../detect/known.ts";
import { mergeFindings } from "../detect/merge.ts";
import { compileAllow, compileDeny, type TermList } from "../detect/terms.ts";
import { findAll, type Sieve } from "../findings.ts";
import { findKnownWords } from "./boxesKnown.ts";
import { boxesOfWords } from "./boxesShape.ts";
import { unknownWords, withoutMarkers } from "./boxesTerms.ts";
import { likeness, type PageText, readingsOf } from "./boxesText.ts";

/** `phi`: what detectors and known values find. `all`: every word. `unknown`: all but words that are known to be harmless. */
export type CoverMode = "phi" | "all" | "unknown";

export interface CoverOptions {
  /** The union of what they find is covered. They are asked about every reading of a page. */
  readonly detectors: readonly Detector[];
  /** As `detectors`, for those that are paid by the character: they are asked about the first reading alone. */
  readonly paid?: readonly Detector[];
  readonly policy: Policy;
  /** `phi` where left out. */
  readonly mode?: CoverMode;
  /** Stays, unless it is a known value or denied; in mode `unknown` beside the terms of `boxesTerms.ts`. */
  readonly allow?: TermList;
  /** Always covered. */
  readonly deny?: TermList;
  /** Findings below this score stay; 0 where left out. */
  readonly minScore?: number;
  /** The column that links to the image, for the place of an error. */
  readonly column: string;
}

/** What is known of one image before its text is read. */
export interface ImageFacts {
  /** Values of the rows that link to it, and what its header names as identifying: covered wherever they stand. */
  readonly known: readonly KnownValue[];
  /** Text that the file itself carries: what detectors find there is looked for in the pixels. */
  readonly carried: readonly string[];
}

/** One page or frame as it was read. */
export interface ReadPage {
  readonly width: number;
  readonly height: number;
  /** In reading order. */
  readonly words: readonly Word[];
  /** True for words that the file itself says: paid detectors see them among what it carries. */
  readonly told?: boolean;
}

export interface Covered {
  /** Within the page; they may overlap. */
  readonly boxes: readonly Box[];
  /** Whether each word of the page, in order, lies under a box. */
  readonly words: readonly boolean[];
  /** What was found, for counting: one a place, offsets in a text that is gone. Empty in mode `all`. */
  readonly found: readonly Finding[];
}

/** Decides about the pages of one image, one list a page. */
export type Cover = (pages: readonly ReadPage[], facts: ImageFacts, run: RunContext) => Promise<readonly Covered[]>;

/**
 * Below this a reader guesses: what it made of a word cannot clear it. Readers give words that they could not make out
 * a score of 0, and leave out what they take for no text at all.
 */
const GUESS = 0.3;
/** Of so long a word, blurred into one piece, readers make what they will: an address of mail, or a name in it. */
const LONG = 12;
const ALIKE = 0.3;

/** Whether nobody made the word out: its reader says so, or two readers see a long one quite differently. */
function isGuess({ text, also = [], score }: Word): boolean {
  return score < GUESS || (text.length >= LONG && also.some((other) => likeness(text, other) < ALIKE));
}

/**
 * Builds the decision once from checked options; a bad pattern of `allow` or `deny` throws JOB_INVALID. A finding covers
 * every word that it touches, over line breaks; every reading of a word counts; a word that could not be read is
 * covered. Throws DETECTOR_FAILED as text columns do: then nothing is known about the image.
 */
export function coverText(options: CoverOptions): Cover {
  const { detectors, policy, mode = "phi", minScore = 0, column } = options;
  const allow = compileAllow(options.allow ?? {}, "allow");
  const deny = compileDeny(options.deny ?? {}, "deny");
  const sieve: Sieve = { policy, minScore, allow, deny };
  const unknown = unknownWords(options.allow ?? {});
  return async (pages, facts, run) => {
    if (mode === "all") return pages.map((page) => coveredBy(page, () => true, []));
    const readings = pages.map(({ words }) => readingsOf(words));
    const texts = [...facts.carried, ...readings.flat().map(({ text }) => text)];
    const findings = await findAll(texts, detectors, sieve, run, column);
    const isBought = (page: number, which: number) => which === 0 && pages[page]!.told !== true;
    const firsts = readings.flatMap(([first], page) => (first && isBought(page, 0) ? first.text : []));
    const bought = await findAll([...facts.carried, ...firsts], options.paid ?? [], sieve, run, column);
    const told = facts.carried.flatMap((text, i) => [...findings[i]!, ...bought[i]!].map((each) => toldBy(text, each)));
    const known = [...facts.known, ...told];
    let [next, nextBought] = [facts.carried.length, facts.carried.length];
    return pages.map((page, i) => {
      const wanted = new Set<number>();
      const counted: Finding[] = [];
      for (const [which, reading] of readings[i]!.entries()) {
        const seen = [...findings[next++]!, ...(isBought(i, which) ? bought[nextBought++]! : [])];
        const found = mergeFindings([...withoutMarkers(reading, seen), ...findKnownWords(reading, known)]);
        for (const finding of found) if (reach(reading, finding, wanted)) counted.push(finding);
        if (mode === "unknown" && which === 0) for (const word of unknown(reading)) wanted.add(word);
      }
      const covers = (word: Word, at: number) => wanted.has(at) || isGuess(word);
      return coveredBy(page, covers, counted);
    });
  };
}

/** Adds the words that a finding touches; whether any of them is new, so that a place read twice counts once. */
function reach({ starts, ends }: PageText, finding: Finding, wanted: Set<number>): boolean {
  const before = wanted.size;
  for (const [word, start] of starts.entries()) {
    if (start < finding.end && finding.start < ends[word]!) wanted.add(word);
  }
  return wanted.size > before;
}

function toldBy(text: string, { start, end, type }: Finding): KnownValue {
  return { value: text.slice(start, end), type };
}

function coveredBy(page: ReadPage, covers: (word: Word, at: number) => boolean, found: readonly Finding[]): Covered {
  const words = page.words.map(covers);
  return { words, boxes: boxesOfWords(page, words), found };
}
