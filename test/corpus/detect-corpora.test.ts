import { describe, expect, it } from "vitest";
import { testDetector } from "./lexicons.ts";
import { corporaFolder, halfOf, type Rates, ratesOf, readCorpus, scoreDetector } from "./score.ts";

/**
 * Floors a little under what the detector reaches, in percent: values wholly masked, values touched, masked letters that
 * are PHI; and a ceiling for texts without PHI that are touched. `unseen` holds templates that no rule was written with.
 */
const FLOORS: readonly (readonly [string, "seen" | "unseen", Rates])[] = [
  ["asq-phi", "seen", { full: 97.5, any: 99.3, precision: 99, negatives: 4, clean: 93 }],
  ["asq-phi", "unseen", { full: 96.5, any: 99, precision: 99, negatives: 4, clean: 90 }],
  ["handoffs", "seen", { full: 94.5, any: 95, precision: 96, negatives: 2, clean: 83 }],
  ["handoffs", "unseen", { full: 89, any: 90, precision: 97, negatives: 2, clean: 57 }],
  ["presidio-research", "seen", { full: 74, any: 80, precision: 98, negatives: 3, clean: 67 }],
  ["presidio-research", "unseen", { full: 60, any: 65, precision: 95, negatives: 3, clean: 56 }],
];

const folder = corporaFolder();

describe("development corpora", () => {
  if (folder === undefined) {
    it("are absent", () => {
      console.log("Nothing was scored: set PHIMASK_CORPORA to the folder of the development corpora.");
      expect(corporaFolder()).toBeUndefined();
    });
    return;
  }
  it.each(FLOORS)("%s, %s half", async (name, half, floor) => {
    const documents = readCorpus(folder, name).filter((document) => halfOf(document) === half);
    const rates = ratesOf(await scoreDetector(testDetector(), documents));
    console.log(name, half, JSON.stringify(rates));
    expect(rates.full).toBeGreaterThanOrEqual(floor.full);
    expect(rates.any).toBeGreaterThanOrEqual(floor.any);
    expect(rates.precision).toBeGreaterThanOrEqual(floor.precision);
    expect(rates.clean).toBeGreaterThanOrEqual(floor.clean);
    expect(rates.negatives).toBeLessThanOrEqual(floor.negatives);
  });
});
