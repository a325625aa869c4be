import { describe, expect, it } from "vitest";
import type { Box, Word } from "../../src/image-types.ts";
import { openEmbedded } from "../../src/job/detectors.ts";
import { policyOf } from "../../src/policy.ts";
import type { Detector } from "../../src/types.ts";
import type { KnownValue } from "../../transforms/detect/known.ts";
import { type Covered, type CoverMode, type CoverOptions, coverText } from "../../transforms/images/boxes.ts";
import { boxesOfWords } from "../../transforms/images/boxesShape.ts";
import { nearest } from "../../transforms/images/nearest.ts";
import { runOf } from "../fakes/rows.ts";

const embedded = await openEmbedded();

/** Words of lines of text, each letter 10 by 20 pixels; `word/other` gives a second reading, `word?` a score of 0. */
function wordsOf(page: string): readonly Word[] {
  return page.split("\n").flatMap((text, line) =>
    [...text.matchAll(/\S+/g)].map((match): Word => {
      const guess = match[0].endsWith("?");
      const [said = "", ...also] = match[0].replace(/\?$/, "").split("~");
      const [x, y, right, bottom] = [match.index * 10, line * 40, (match.index + said.length) * 10, line * 40 + 20];
      const polygon = [
        { x, y },
        { x: right, y },
        { x: right, y: bottom },
        { x, y: bottom },
      ];
      return { text: said, polygon, score: guess ? 0 : 0.9, line, ...(also.length > 0 && { also }) };
    }),
  );
}

interface Case {
  readonly known?: readonly (string | KnownValue)[];
  readonly carried?: readonly string[];
  readonly mode?: CoverMode;
  readonly options?: Partial<CoverOptions>;
}

async function decide(page: string, { known = [], carried = [], mode, options }: Case = {}): Promise<Covered> {
  const cover = coverText({
    detectors: [embedded],
    policy: policyOf("safe_harbor", { asOf: "2026-01-01" }),
    column: "scan",
    ...(mode && { mode }),
    ...options,
  });
  const values = known.map((value) => (typeof value === "string" ? { value } : value));
  const [covered] = await cover(
    [{ width: 1000, height: 400, words: wordsOf(page) }],
    { known: values, carried },
    runOf(),
  );
  return covered!;
}

/** The words that were covered, as the first reader saw them. */
async function covered(page: string, how: Case = {}): Promise<string> {
  const { words } = await decide(page, how);
  return wordsOf(page)
    .filter((_, at) => words[at])
    .map(({ text }) => text)
    .join(" ");
}

describe("what detectors find", () => {
  it.each([
    ["DAVIDSON DOUGLAS [M] 01.09.2012", "DAVIDSON DOUGLAS [M] 01.09.2012"],
    ["KAUFMAN SCOTT\n07.22.1943", "KAUFMAN SCOTT 07.22.1943"],
    ["seen by Dr. John\nStiles today", "John Stiles"],
    ["DOB O1.O9.2O12 kV 120", "O1.O9.2O12"],
    ["MRN 44321l8 L", "44321l8"],
    ["PORTABLE ERECT AP L\n120 kV 2.5 mm", ""],
    ["FR 32Hz 15cm 2D 56%", ""],
    ["", ""],
  ])("of %j covers %j", async (page, expected) => expect(await covered(page)).toBe(expected));

  it("covers what only the second reader made out", async () => {
    expect(await covered("Nane: J0hm~John Sti1e5~Stiles stable")).toBe("J0hm Sti1e5");
  });

  it("covers a word that nobody could read", async () => {
    expect(await covered("stable xq? today")).toBe("xq");
  });

  it("leaves allowed terms and covers denied ones", async () => {
    const options = { allow: { terms: ["Parkinson"] }, deny: { terms: ["Ward 7"] } };
    expect(await covered("Dr. Parkinson on Ward 7", { options })).toBe("Ward 7");
  });

  it("fails as text columns do where a detector fails", async () => {
    const broken: Detector = { name: "broken", version: "1", detect: () => Promise.reject(new Error("secret")) };
    await expect(decide("Jane", { options: { detectors: [broken] } })).rejects.toMatchObject({
      code: "DETECTOR_FAILED",
      message: expect.not.stringContaining("secret"),
    });
  });

  it("asks about the text of all pages at once, each reading once, and paid detectors about the first alone", async () => {
    const asked: string[] = [];
    const detect: Detector["detect"] = async (texts) => {
      asked.push(...texts);
      return texts.map(() => []);
    };
    const once: string[] = [];
    const paid: Detector["detect"] = async (texts) => {
      once.push(...texts);
      return texts.map(() => []);
    };
    const cover = coverText({
      detectors: [{ name: "spy", version: "1", detect }],
      paid: [{ name: "paid", version: "1", detect: paid }],
      policy: policyOf("safe_harbor"),
      column: "scan",
    });
    const pages = ["plain words", "AB\nx~y", ""].map((page) => ({ width: 1000, height: 400, words: wordsOf(page) }));
    await cover(pages, { known: [], carried: ["carried"] }, runOf());
    expect(asked).toEqual(["carried", "plain words", "AB\nx", "Ab x", "AB\ny", "Ab y"]);
    expect(once).toEqual(["carried", "plain words", "AB\nx"]);
  });
});

describe("known values", () => {
  it.each<[string, readonly (string | KnownValue)[], string]>([
    ["quiet Okafor here", ["Okafor"], "Okafor"],
    ["0KAF0R ADAEZE", ["Okafor", "Adaeze"], "0KAF0R ADAEZE"],
    ["Jarnes went home", ["James"], "Jarnes"],
    ["see Vvalker please", ["Walker"], "Vvalker"],
    ["SMITHJOHN M", ["Smith"], "SMITHJOHN"],
    ["seen Okafar here", ["Okafor"], "Okafar"],
    ["long walk", ["Long"], "long"],
    ["AB1O5SZ1 x", [{ value: "AB1055Z1", type: "ID" }], "AB1O5SZ1"],
    ["no 0O12B4S6", [{ value: "00128456", type: "ID" }], "0O12B4S6"],
    ["on O7/22/l943 seen", [{ value: "1943-07-22", type: "DATE" }], "O7/22/l943"],
    ["22 Jul 1943 seen", [{ value: "1943-07-22", type: "DATE" }], "22 Jul 1943"],
    ["Right Wrist L", ["Wright"], ""],
    ["Annual review", ["Ann"], ""],
    ["at 14:20 12.5 mm", [{ value: "1234", type: "ID" }], ""],
    ["Thorax", ["Theo"], ""],
  ])("in %j of %j covers %j", async (page, known, expected) => {
    expect(await covered(page, { known, options: { detectors: [] } })).toBe(expected);
  });

  it("covers what the file carries, where detectors find it there", async () => {
    const page = "Baker plain 5512";
    expect(await covered(page)).toBe("");
    expect(await covered(page, { carried: ["Patient Name: Baker, Anna"] })).toBe("Baker");
  });

  it.each([
    ["Zabrinskie KNEE", "NAME", "Zabrinskie"],
    ["LEFT KNEE Zabrinskie, Anna [F]", "NAME", "Zabrinskie, Anna [F]"],
    ["120 kV 80 mAs Zabrinskie", "ADDRESS", "Zabrinskie"],
    ["AP, PORTABLE Zabrinskie 2.5 mm", "NAME", "AP, PORTABLE Zabrinskie"],
    ["LEFT KNEE", "NAME", ""],
    ["Anna LEFT Zabrinskie", "NAME", "Anna LEFT Zabrinskie"],
    ["12 Knee Road", "ADDRESS", "12 Knee Road"],
    ["John Hand", "NAME", "John Hand"],
    ["120 kV", "ID", "120 kV"],
  ] as const)("of %j as one %s covers %j", async (page, type, expected) => {
    const whole: Detector = {
      name: "whole",
      version: "1",
      detect: async (texts) => texts.map((text) => [{ type, start: 0, end: text.length, score: 0.9 }]),
    };
    expect(await covered(page, { options: { detectors: [whole] } })).toBe(expected);
  });

  it("covers a marker that is a known value or denied, whatever stands beside it", async () => {
    expect(await covered("Zabrinskie KNEE", { known: ["Knee"] })).toContain("KNEE");
    expect(await covered("LEFT KNEE", { options: { deny: { terms: ["Knee"] } } })).toBe("KNEE");
  });

  it.each([
    ["cvandmlootmaiLeumpke~tvandendontyswud plain", "cvandmlootmaiLeumpke"],
    ["cardiomyopathy~cardiornyopatby plain", ""],
    ["plain~qxwz text", ""],
    ["electroencephalogram plain", ""],
  ])("of %j, which readers see more or less alike, covers %j", async (page, expected) => {
    expect(await covered(page, { options: { detectors: [] } })).toBe(expected);
  });

  it("covers a name broken over two lines", async () => {
    expect(await covered("x Mary\nAnn y", { known: ["Mary Ann"], options: { detectors: [] } })).toBe("Mary Ann");
  });
});

describe("modes", () => {
  it("all covers every word", async () => {
    expect(await covered("L plain 120 kV", { mode: "all" })).toBe("L plain 120 kV");
  });

  it.each([
    ["Zabrinskie, L PORTABLE AP 120 kV", "Zabrinskie,"],
    ["WL: 40 WW: 400 [R] 44120", "44120"],
    ["2.5 mm 56% MI 1.2 TIS 0.4 120/80", "120/80"],
    ["RIGHT, Kidney", "Kidney"],
    ["R. Miller", "R. Miller"],
  ])("unknown covers of %j: %j", async (page, expected) => {
    expect(await covered(page, { mode: "unknown" })).toBe(expected);
  });

  it("unknown leaves what the job allows, and covers it where it is a known value", async () => {
    const options = { allow: { terms: ["Kidney"] } };
    expect(await covered("Kidney Liver", { mode: "unknown", options })).toBe("Liver");
    expect(await covered("Kidney L", { mode: "unknown", options, known: ["Kidney"] })).toBe("Kidney");
  });
});

describe("boxes", () => {
  const page = (words: readonly Word[]) => ({ width: 200, height: 100, words });
  const area = (boxes: readonly Box[]) => boxes.reduce((sum, { width, height }) => sum + width * height, 0);

  it("grow by a margin, in whole pixels, and stay on the page", () => {
    const [word] = wordsOf("ab");
    expect(boxesOfWords(page([word!]), [true])).toEqual([{ x: 0, y: 0, width: 23, height: 23 }]);
  });

  it("cover the gap between neighbours, and not the room between columns", () => {
    const near = wordsOf("ab cd");
    expect(boxesOfWords(page(near), [true, true])).toContainEqual({ x: 20, y: 0, width: 10, height: 20 });
    const far = wordsOf("ab           cd");
    expect(boxesOfWords(page(far), [true, true])).toHaveLength(2);
  });

  it("drop what lies beside the page", () => {
    const [word] = wordsOf("ab");
    const polygon = word!.polygon.map(({ x, y }) => ({ x: x + 500, y }));
    expect(boxesOfWords(page([{ ...word!, polygon }]), [true])).toEqual([]);
  });

  it("of a slanted word are small, and hide its line whole", () => {
    const polygon = [
      { x: 20, y: 10 },
      { x: 90, y: 60 },
      { x: 85, y: 67 },
      { x: 15, y: 17 },
    ];
    const boxes = boxesOfWords(page([{ text: "slanted", polygon, score: 1, line: 0 }]), [true]);
    expect(area(boxes)).toBeLessThan(75 * 57 * 0.9);
    for (let i = 0; i <= 10; i += 1) {
      const [x, y] = [17.5 + 7 * i, 13.5 + 5 * i];
      const hides = boxes.some((box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height);
      expect(hides).toBe(true);
    }
  });

  it.each([
    [[], "no corner"],
    [
      [
        { x: Number.NaN, y: 0 },
        { x: 1, y: 0 },
        { x: 1, y: 1 },
        { x: 0, y: 1 },
      ],
      "a corner nowhere",
    ],
  ])("refuse a polygon with %s", (polygon) => {
    const word: Word = { text: "x", polygon, score: 1, line: 0 };
    expect(() => boxesOfWords(page([word]), [true])).toThrow(expect.objectContaining({ code: "IMAGE_UNREADABLE" }));
  });
});

describe("nearest", () => {
  it.each<[string, string, number, readonly string[]]>([
    ["xxsmithyy", "smith", 0, ["smith"]],
    ["xxsmthyy", "smith", 1, ["smth"]],
    ["sm1th smith", "smith", 1, ["smith", "sm1th"]],
    ["abc", "smith", 1, []],
    ["", "smith", 1, []],
    ["smith", "", 1, []],
  ])("in %j of %j within %i finds %j", (text, wanted, slack, expected) => {
    const hits = nearest(text, wanted, slack, () => true);
    expect(hits.map(({ start, end }) => text.slice(start, end))).toEqual(expected);
  });
});
