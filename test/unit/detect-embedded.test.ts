import { describe, expect, it } from "vitest";
import { collectEntries, compileLexicons } from "../../scripts/lexicons.ts";
import { embeddedDetector } from "../../transforms/detect/embedded.ts";
import { genderOf, KIND, openLexicon, rankOf } from "../../transforms/detect/lexicon.ts";
import { detectorContract } from "../contracts/detector.ts";
import { detectOne, lexiconBytes, marked, quietRun, testDetector, unmarked } from "../corpus/lexicons.ts";

describe("embedded detector", () => {
  detectorContract(testDetector, quietRun, [
    { text: "Seen by Dr. Jane Roebuck on 3/4/2021.", value: "Roebuck" },
    { text: "MRN: 00123456", value: "00123456" },
    { text: "call 415-555-0199", value: "415-555-0199" },
    { text: "😀 Mr. O\u2019Donnell\u00a0Reyes 😀", value: "O\u2019Donnell\u00a0Reyes" },
  ]);

  it("changes its version with the lexicons", () => {
    const other = compileLexicons(new Map([["roe", KIND.lastName]]));
    expect(embeddedDetector({ lexicons: other }).version).not.toBe(testDetector().version);
  });
});

/** What hides a value from a filter that compares characters. */
describe("writing that hides", () => {
  it.each([
    "SSN {SSN:\uff11\uff12\uff13-45-6789}",
    "card {CARD:4111\u200d1111\u200d1111\u200d1111}",
    "tel {PHONE:415\u2011555\u20110199}",
    "Mr. {NAME:Mu\u0301n\u0303oz}",
    "Dr. {NAME:\u0421arter}",
    "Mrs. {NAME:𝐑𝐨𝐞𝐛𝐮𝐜𝐤} came",
    "DOB\u00a0{DATE:03\u205f/\u205f14\u205f/\u205f1950}",
    "Patient: {NAME:Иван Петров}",
    "Иван сказал: боль 5/10",
    "😀😀 5/10 😀",
  ])("%s", async (expected) => {
    const text = unmarked(expected);
    expect(marked(text, await detectOne(text))).toBe(expected);
  });
});

describe("lexicons", () => {
  const lexicon = openLexicon(lexiconBytes());

  it("are the same bytes each time they are compiled", () => {
    const compiled = compileLexicons(collectEntries());
    expect(Buffer.from(compiled).equals(Buffer.from(compileLexicons(collectEntries())))).toBe(true);
    expect(compiled.length).toBeLessThan(3_500_000);
  });

  it.each([
    ["maria", KIND.firstName],
    ["kowalski", KIND.lastName],
    ["new york", KIND.state],
    ["san antonio", KIND.city],
    ["babinski", KIND.eponym],
    ["lisinopril", KIND.medical],
    ["avenue", KIND.streetSuffix],
    ["hospital", KIND.facility],
    ["ohio", KIND.state],
    ["uganda", KIND.country],
  ])("know %s", (word, kind) => {
    expect(lexicon.info(word) & kind).not.toBe(0);
  });

  it("know how common a word is", () => {
    expect(rankOf(lexicon.info("the"))).toBe(15);
    expect(rankOf(lexicon.info("kowalczyk"))).toBeLessThan(5);
    expect(lexicon.info("xqzzvw")).toBe(0);
  });

  it.each([
    ["Maria", "female"],
    ["Kwame", "male"],
    ["Taylor", undefined],
    ["Xqzzvw", undefined],
  ])("know the gender of %s", (name, gender) => {
    expect(genderOf(lexicon, name)).toBe(gender);
  });

  it("refuse other bytes", () => {
    expect(() => openLexicon(new Uint8Array(64))).toThrow(TypeError);
  });

  it("open at any offset of their buffer", () => {
    const bytes = lexiconBytes();
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect(openLexicon(moved.subarray(3)).info("maria")).toBe(lexicon.info("maria"));
  });
});
