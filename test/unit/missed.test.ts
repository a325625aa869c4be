import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/types.ts";
import { mergeFindings } from "../../transforms/detect/merge.ts";
import { missedBy } from "../../transforms/missed.ts";
import { findingOperators } from "../../transforms/operators/operators.ts";
import { maskText } from "../../transforms/text.ts";
import { masking } from "../fakes/masking.ts";
import { applied, batchFrom, distinctFrom, patternDetector } from "../fakes/rows.ts";

const TEXT = "Seen by Jane Roe, MD on 3/4/2021.";

/** Where words stand in the text. */
const at = (...words: readonly string[]): Finding[] =>
  words.map((word) => ({
    type: "NAME",
    start: TEXT.indexOf(word),
    end: TEXT.indexOf(word) + word.length,
    score: 1,
  }));

describe("missedBy", () => {
  it.each<[string, readonly string[], readonly string[], number]>([
    ["nothing to miss", [], [], 0],
    ["all of it found", ["Jane Roe", "3/4/2021"], ["Jane Roe", "3/4/2021"], 0],
    ["none of it found", ["Jane Roe", "3/4/2021"], [], 2],
    ["one of two", ["Jane Roe", "3/4/2021"], ["3/4/2021"], 1],
    ["the half of a name", ["Jane Roe"], ["Jane"], 1],
    ["the end of a name", ["Jane Roe"], ["Roe"], 1],
    ["a name in two pieces", ["Jane Roe"], ["Jane", "Roe"], 0],
    ["a comma and a space", ["Jane Roe, MD"], ["Jane Roe", "MD"], 0],
    ["the middle", ["Jane Roe, MD"], ["Jane", "MD"], 1],
    ["pieces that overlap", ["Jane Roe, MD"], ["Jane Roe", "Roe, MD"], 0],
    ["more than was masked", ["Roe"], ["Jane Roe, MD"], 0],
    ["another place", ["3/4/2021"], ["Jane"], 1],
  ])("%s", (_, masked, own, expected) => {
    expect(missedBy(TEXT, mergeFindings(at(...masked)), at(...own))).toBe(expected);
  });
});

describe("several detectors on one column", () => {
  const how = masking("safe_harbor");
  const named = (name: string, pattern: RegExp) => ({ ...patternDetector([["NAME", pattern]]), name });
  const step = (more: object = {}, ...detectors: readonly ReturnType<typeof named>[]) =>
    maskText({
      leaf: "note",
      detectors,
      policy: how.policy,
      operators: findingOperators({}, how),
      onError: "fail",
      ...more,
    });
  const [first, last] = [named("one", /Jane/g), named("two", /Roe|Poe/g)];
  const missed = async (
    text: ReturnType<typeof step>,
    batch = batchFrom({ note: ["Jane or Roe", "Poe", "x", null] }),
  ) => (await applied(text, batch, "note")).tally.counts().columns["note"]!.missed;

  it("are told what each alone would have missed, in numbers", async () => {
    expect(await missed(step({}, first, last))).toEqual({ one: 2, two: 1 });
  });

  it("are not compared where there is one", async () => {
    expect(await missed(step({}, first))).toBeUndefined();
  });

  it("miss nothing that is masked in any case", async () => {
    expect(await missed(step({ deny: { terms: ["Poe"] } }, first, last))).toEqual({ one: 1, two: 1 });
    const batch = batchFrom({ note: ["Jane or Roe"], name: ["Jane"] });
    expect(await missed(step({ known: [{ leaf: "name" }] }, first, last), batch)).toEqual({ one: 1, two: 0 });
  });

  it("miss nothing that may stay", async () => {
    expect(await missed(step({ allow: { terms: ["Roe", "Poe"] } }, first, last))).toEqual({ one: 0, two: 1 });
  });

  it("are weighed by how often a text occurs", async () => {
    const batch = distinctFrom("note", ["Jane", "Roe", null], [5, 2, 1]);
    expect(await missed(step({}, first, last), batch)).toEqual({ one: 2, two: 5 });
  });
});
