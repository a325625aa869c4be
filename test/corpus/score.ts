import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { policyOf } from "../../src/policy.ts";
import type { Detector, Finding } from "../../src/types.ts";

/** A document of a development corpus; offsets in UTF-16 units, end exclusive. */
export interface GoldDocument {
  readonly id: string;
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly type: string }[];
}

/** Counts of one run over a set of documents; shares of them are made by `ratesOf`. */
export interface Score {
  values: number;
  full: number;
  any: number;
  maskedLetters: number;
  rightLetters: number;
  negatives: number;
  touched: number;
  withPhi: number;
  clean: number;
}

export interface Rates {
  readonly full: number;
  readonly any: number;
  readonly precision: number;
  readonly negatives: number;
  readonly clean: number;
}

/** Which gold types are neither right nor wrong to mask under `safe_harbor`, by corpus policy. */
const NEUTRAL = new Set(["AGE", "PEDIATRIC_AGE", "ROOM", "ORGANIZATION", "TITLE", "NRP"]);
const TITLES = /^(?:(?:Dr|Mr|Mrs|Ms|Miss|Prof|Doctor|Professor|Nurse)\.?\s+)+/i;
const CREDENTIALS = /,?\s+(?:(?:MD|DO|DDS|DVM|PhD|RN|NP|PA|Jr\.?|Sr\.?)\s*)+$/;
const RELATIVE =
  /^(?:today|yesterday|tomorrow|tonight|now|(?:last|next|this|the past|past|previous) .*|.*\b(?:ago|later|earlier|daily|annually|weekly|monthly)|\d+ (?:days?|weeks?|months?|years?|hours?|minutes?)(?: .*)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$/i;
const YEAR = /^(?:the )?(?:1[89]|20)\d\ds?$/;

/** The folder of development corpora: `PHIMASK_CORPORA`, else beside the repository; undefined where absent. */
export function corporaFolder(): string | undefined {
  const folder = process.env["PHIMASK_CORPORA"] ?? "../shared/corpora";
  return existsSync(folder) ? folder : undefined;
}

export function readCorpus(folder: string, name: string): readonly GoldDocument[] {
  const lines = readFileSync(join(folder, `${name}.jsonl`), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as GoldDocument);
}

/**
 * Which half a document belongs to, by its template: the text with values and digits left out. Rules are written with
 * the `seen` half alone; the other shows what they are worth on texts nobody looked at.
 */
export function halfOf(document: GoldDocument): "seen" | "unseen" {
  let skeleton = document.text;
  for (const { start, end } of [...document.spans].sort((a, b) => b.start - a.start)) {
    skeleton = `${skeleton.slice(0, start)}*${skeleton.slice(end)}`;
  }
  let hash = 0x811c9dc5;
  for (const letter of skeleton.replace(/\d+/g, "#").slice(0, 60))
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return ((hash >>> 16) & 1) === 0 ? "seen" : "unseen";
}

/** Runs a detector over documents as the `safe_harbor` profile lets its findings stand. `onMiss` is told of errors. */
export async function scoreDetector(
  detector: Detector,
  documents: readonly GoldDocument[],
  onMiss?: (document: GoldDocument, what: "missed" | "partly" | "wrong", start: number, end: number) => void,
): Promise<Score> {
  const score: Score = {
    values: 0,
    full: 0,
    any: 0,
    maskedLetters: 0,
    rightLetters: 0,
    negatives: 0,
    touched: 0,
    withPhi: 0,
    clean: 0,
  };
  const run = {
    tally: { addRows: () => {}, column: () => ({ cells: 0, masked: 0, withheld: 0, found: {} }), addCall: () => {} },
    signal: new AbortController().signal,
  };
  const answers = await detector.detect(
    documents.map(({ text }) => text),
    run,
  );
  documents.forEach((document, at) => {
    scoreOne(document, answers[at] as readonly Finding[], score, onMiss);
  });
  return score;
}

const policy = policyOf("safe_harbor");
const MARK = { untouched: 0, masked: 1, neutral: 2 } as const;

function scoreOne(
  { text, spans, ...rest }: GoldDocument,
  findings: readonly Finding[],
  score: Score,
  onMiss: Parameters<typeof scoreDetector>[2],
): void {
  const document = { text, spans, ...rest };
  const marks = new Uint8Array(text.length);
  for (const finding of findings) {
    const state = policy.permits(text, finding) ? MARK.neutral : MARK.masked;
    for (let at = finding.start; at < finding.end; at += 1) if (marks[at] !== MARK.masked) marks[at] = state;
  }
  const gold = new Uint8Array(text.length);
  let allFull = true;
  let counted = 0;
  for (const { start: from, end, type } of spans) {
    const value = text.slice(from, end);
    const start = from + (TITLES.exec(value)?.[0].length ?? 0);
    const tail = CREDENTIALS.exec(value)?.[0].length ?? 0;
    const neutral = NEUTRAL.has(type) || YEAR.test(value) || (/DATE/.test(type) && RELATIVE.test(value));
    gold.fill(1, from, end);
    if (neutral) {
      for (let at = from; at < end; at += 1) marks[at] = MARK.neutral;
      continue;
    }
    for (let at = from; at < end; at += 1) if (at < start || at >= end - tail) marks[at] = MARK.neutral;
    const letters = lettersOf(text, start, end).filter((at) => marks[at] !== MARK.neutral);
    if (letters.length === 0) continue;
    const covered = letters.filter((at) => marks[at] === MARK.masked).length;
    score.values += 1;
    counted += 1;
    if (covered > 0) score.any += 1;
    if (covered === letters.length) score.full += 1;
    else {
      allFull = false;
      onMiss?.(document, covered === 0 ? "missed" : "partly", start, end);
    }
  }
  countPrecision(document, marks, gold, score, onMiss);
  if (counted > 0) {
    score.withPhi += 1;
    if (allFull) score.clean += 1;
  }
  if (spans.length === 0) {
    score.negatives += 1;
    if (lettersOf(text, 0, text.length).some((at) => marks[at] === MARK.masked)) score.touched += 1;
  }
}

function countPrecision(
  document: GoldDocument,
  marks: Uint8Array,
  gold: Uint8Array,
  score: Score,
  onMiss: Parameters<typeof scoreDetector>[2],
): void {
  let wrongFrom = -1;
  let wrongTo = -1;
  for (const at of lettersOf(document.text, 0, document.text.length)) {
    if (marks[at] !== MARK.masked) continue;
    score.maskedLetters += 1;
    if (gold[at] === 1) score.rightLetters += 1;
    else if (wrongTo >= at - 2 && wrongFrom >= 0) wrongTo = at;
    else {
      if (wrongFrom >= 0) onMiss?.(document, "wrong", wrongFrom, wrongTo + 1);
      wrongFrom = at;
      wrongTo = at;
    }
  }
  if (wrongFrom >= 0) onMiss?.(document, "wrong", wrongFrom, wrongTo + 1);
}

function lettersOf(text: string, start: number, end: number): number[] {
  const letters: number[] = [];
  for (let at = start; at < end; at += 1) if (/[\p{L}\p{N}]/u.test(text[at] as string)) letters.push(at);
  return letters;
}

/** Shares in percent. */
export function ratesOf(score: Score): Rates {
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10);
  return {
    full: share(score.full, score.values),
    any: share(score.any, score.values),
    precision: share(score.rightLetters, score.maskedLetters),
    negatives: share(score.touched, score.negatives),
    clean: share(score.clean, score.withPhi),
  };
}
