import { describe, expect, it } from "vitest";
import { CORPORA, corporaFolder, halfOf, readCorpus } from "../../scripts/corpora.ts";
import { ratesOf, scoreFindings } from "../../src/evaluate.ts";
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
  ["asq-phi", "seen", { full: 97.5, any: 99.3, precision: 99, touched: 4, clean: 93 }],
  ["asq-phi", "unseen", { full: 96.5, any: 99, precision: 99, touched: 4, clean: 90 }],
  ["handoffs", "seen", { full: 98.5, any: 99, precision: 96, touched: 2, clean: 97 }],
  ["handoffs", "unseen", { full: 96.5, any: 98, precision: 97, touched: 2, clean: 88 }],
  ["presidio-research", "seen", { full: 74, any: 80, precision: 98, touched: 3, clean: 67 }],
  ["presidio-research", "unseen", { full: 60, any: 65, precision: 95, touched: 3, clean: 56 }],
];

const folder = corporaFolder();

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
    const texts = documents.map(({ text }) => text);
    const policy = policyOf("safe_harbor", { asOf: "2026-01-01" });
    const found = await testDetector().detect(texts, quietRun());
    const masked = found.map((findings, at) => findings.filter((finding) => !policy.permits(texts[at]!, finding)));
    const rates = ratesOf(scoreFindings(documents, masked));
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
