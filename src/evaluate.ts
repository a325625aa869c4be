import type { GoldDocument } from "./evaluate/gold.ts";
import { honorificRanges, NEUTRAL_TYPES, neutralRanges } from "./evaluate/neutral.ts";
import type { Finding } from "./types.ts";

/** What became of the labelled values of one kind. A value with neutral letters only is not counted. */
export interface ValueCounts {
  readonly values: number;
  /** Every letter and digit that counts is masked. */
  readonly full: number;
  /** At least one is. */
  readonly any: number;
}

/** Counts of one detector over labelled texts; sums of them are sums of the texts. `ratesOf` makes shares. */
export interface Score extends ValueCounts {
  readonly documents: number;
  /** Letters and digits masked, neutral ones left out, and those of them that are labelled. */
  readonly masked: number;
  readonly right: number;
  /** Texts with a value that counts, and those in which all are fully masked. */
  readonly withPhi: number;
  readonly clean: number;
  /** Texts without any labelled span, and those of them in which something is masked. */
  readonly free: number;
  readonly touched: number;
  /** By the corpus's own words for kinds. */
  readonly byType: Readonly<Record<string, ValueCounts>>;
}

/** A difference between what was masked and what is labelled: places alone, never text. */
export interface Miss {
  /** Index in the documents. */
  readonly document: number;
  readonly what: "missed" | "partly" | "wrong";
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

const MARK = { none: 0, masked: 1, neutral: 2, gold: 4 } as const;

/**
 * Judges what would be masked in labelled texts: `masked[i]` are the findings of text i that a policy lets be masked.
 * Letters and digits are counted, nothing else. What is neutral is told by text and label alone, never by a detector;
 * `neutral` are kinds left out of the count, `NEUTRAL_TYPES` unless told.
 */
export function scoreFindings(
  documents: readonly GoldDocument[],
  masked: readonly (readonly Finding[])[],
  options: { readonly neutral?: readonly string[]; readonly onMiss?: (miss: Miss) => void } = {},
): Score {
  const neutral = new Set((options.neutral ?? NEUTRAL_TYPES).map((type) => type.toUpperCase()));
  return documents
    .map((document, at) =>
      scoreOne(document, masked[at] ?? [], neutral, (miss) => options.onMiss?.({ document: at, ...miss })),
    )
    .reduce(sum, NOTHING);
}

const NOTHING: Score = {
  ...{ documents: 0, values: 0, full: 0, any: 0, masked: 0, right: 0 },
  ...{ withPhi: 0, clean: 0, free: 0, touched: 0, byType: {} },
};

/** The score of two sets of texts together. */
export function sum(a: Score, b: Score): Score {
  const { byType: _, ...counts } = a;
  const added = Object.fromEntries(Object.entries(counts).map(([key, value]) => [key, value + b[key as "values"]]));
  const byType = { ...a.byType };
  for (const [type, { values, full, any }] of Object.entries(b.byType)) {
    const so = byType[type] ?? { values: 0, full: 0, any: 0 };
    byType[type] = { values: so.values + values, full: so.full + full, any: so.any + any };
  }
  return { ...(added as unknown as Omit<Score, "byType">), byType };
}

type Tell = (miss: Omit<Miss, "document">) => void;

function scoreOne(
  { text, spans }: GoldDocument,
  findings: readonly Finding[],
  neutral: ReadonlySet<string>,
  tell: Tell,
): Score {
  const marks = new Uint8Array(text.length);
  for (const { start, end } of findings) marks.fill(MARK.masked, start, end);
  for (const [from, to] of honorificRanges(text)) add(marks, MARK.neutral, from, to);
  for (const span of spans) {
    add(marks, MARK.gold, span.start, span.end);
    for (const [from, to] of neutralRanges(text, span, neutral)) add(marks, MARK.neutral, from, to);
  }
  const letters = lettersOf(text);
  const byType: Record<string, { values: number; full: number; any: number }> = {};
  for (const { start, end, type } of spans) {
    const own = letters.filter((at) => at >= start && at < end && (marks[at]! & MARK.neutral) === 0);
    if (own.length === 0) continue;
    const covered = own.filter((at) => (marks[at]! & MARK.masked) !== 0).length;
    byType[type] ??= { values: 0, full: 0, any: 0 };
    byType[type].values += 1;
    if (covered > 0) byType[type].any += 1;
    if (covered === own.length) byType[type].full += 1;
    else tell({ what: covered === 0 ? "missed" : "partly", start, end, type });
  }
  const all = Object.values(byType).reduce(
    (so, each) => ({ values: so.values + each.values, full: so.full + each.full, any: so.any + each.any }),
    { values: 0, full: 0, any: 0 },
  );
  const { masked, right } = maskedLetters(letters, marks, tell);
  const touched = letters.some((at) => (marks[at]! & MARK.masked) !== 0);
  return {
    ...all,
    ...{ documents: 1, masked, right, byType },
    ...{ withPhi: Number(all.values > 0), clean: Number(all.values > 0 && all.full === all.values) },
    ...{ free: Number(spans.length === 0), touched: Number(spans.length === 0 && touched) },
  };
}

function maskedLetters(
  letters: readonly number[],
  marks: Uint8Array,
  tell: Tell,
): { readonly masked: number; readonly right: number } {
  let [masked, right, from, to] = [0, 0, -1, -1];
  const flush = (): void => {
    if (from >= 0) tell({ what: "wrong", start: from, end: to + 1, type: "" });
  };
  for (const at of letters) {
    const mark = marks[at]!;
    if ((mark & MARK.masked) === 0 || (mark & MARK.neutral) !== 0) continue;
    masked += 1;
    if ((mark & MARK.gold) !== 0) {
      right += 1;
      continue;
    }
    if (from < 0 || at > to + 2) {
      flush();
      from = at;
    }
    to = at;
  }
  flush();
  return { masked, right };
}

function add(marks: Uint8Array, mark: number, from: number, to: number): void {
  for (let at = from; at < to; at += 1) marks[at]! |= mark;
}

/** Offsets of letters and digits; of a character outside the basic plane, both its units. */
function lettersOf(text: string): readonly number[] {
  return [...text.matchAll(/[\p{L}\p{N}]/gu)].flatMap(({ index, 0: letter }) =>
    letter.length === 1 ? [index] : [index, index + 1],
  );
}

/** Shares in percent, to one place; 0 of nothing is undefined. */
export interface Rates {
  readonly full: number | undefined;
  readonly any: number | undefined;
  readonly clean: number | undefined;
  readonly precision: number | undefined;
  readonly touched: number | undefined;
}

/** What a score comes to. */
export function ratesOf(score: Score): Rates {
  return {
    full: percent(score.full, score.values),
    any: percent(score.any, score.values),
    clean: percent(score.clean, score.withPhi),
    precision: percent(score.right, score.masked),
    touched: percent(score.touched, score.free),
  };
}

function percent(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : Math.round((1000 * part) / whole) / 10;
}
