import { describe, expect, it } from "vitest";
import { CORPORA, corporaFolder, halfOf, readCorpus } from "../../scripts/corpora.ts";
import { longNotes } from "../../scripts/long-notes.ts";
import { patternedIds } from "../../scripts/patterned.ts";
import type { GoldDocument } from "../../src/evaluate/gold.ts";
import { type Rates, ratesOf, scoreFindings } from "../../src/evaluate.ts";
import { policyOf } from "../../src/policy.ts";
import { quietRun, testDetector } from "./lexicons.ts";

interface Floor {
  readonly full: number;
  readonly any: number;
  readonly precision: number;
  readonly clean: number;
  readonly touched: number;
}

/**
 * Floors a little under what the detector reaches, in percent, and a ceiling for texts without PHI that are touched.
 * `unseen` holds templates that no rule was written with.
 */
const FLOORS: readonly (readonly [(typeof CORPORA)[number], "seen" | "unseen", Floor])[] = [
  ["asq-phi", "seen", { full: 98.5, any: 99.5, precision: 99, touched: 4, clean: 96 }],
  ["asq-phi", "unseen", { full: 98, any: 99.3, precision: 98, touched: 4, clean: 93 }],
  ["handoffs", "seen", { full: 98.5, any: 99, precision: 96, touched: 2, clean: 97 }],
  ["handoffs", "unseen", { full: 98, any: 99, precision: 97, touched: 3, clean: 94 }],
  ["presidio-research", "seen", { full: 94, any: 97, precision: 98, touched: 5, clean: 92 }],
  ["presidio-research", "unseen", { full: 89, any: 92, precision: 92, touched: 9, clean: 84 }],
];

const folder = corporaFolder();

/** What would be masked of documents, judged. */
async function ratesFor(documents: readonly GoldDocument[]): Promise<Rates> {
  const texts = documents.map(({ text }) => text);
  const policy = policyOf("safe_harbor", { asOf: "2026-01-01" });
  const found = await testDetector().detect(texts, quietRun());
  const masked = found.map((findings, at) => findings.filter((finding) => !policy.permits(texts[at]!, finding)));
  return ratesOf(scoreFindings(documents, masked));
}

describe("texts of this repository", () => {
  it("long notes whose templates, names and towns no training saw", async () => {
    const rates = await ratesFor(longNotes());
    expect(rates.full).toBeGreaterThanOrEqual(95.5);
    expect(rates.any).toBeGreaterThanOrEqual(96);
    expect(rates.precision).toBeGreaterThanOrEqual(93);
  });

  it("identifiers with a label or a check digit, every one", async () => {
    expect(await ratesFor(patternedIds())).toMatchObject({ full: 100, any: 100, clean: 100 });
  });
});

describe("development corpora", () => {
  if (folder === undefined) {
    it("are absent", () => {
      console.error("Nothing was scored: set PHIMASK_CORPORA to the folder of the development corpora.");
      expect(corporaFolder()).toBeUndefined();
    });
    return;
  }
  it.each(FLOORS)("%s, %s half", async (name, half, floor) => {
    const documents = readCorpus(folder, name).filter((document) => halfOf(document) === half);
    const rates = await ratesFor(documents);
    expect(rates.full).toBeGreaterThanOrEqual(floor.full);
    expect(rates.any).toBeGreaterThanOrEqual(floor.any);
    expect(rates.precision).toBeGreaterThanOrEqual(floor.precision);
    expect(rates.clean).toBeGreaterThanOrEqual(floor.clean);
    expect(rates.touched ?? 0).toBeLessThanOrEqual(floor.touched);
  });

  it("are those that the table of scores names", () => {
    expect(new Set(FLOORS.map(([name]) => name))).toEqual(new Set(CORPORA));
  });
});
