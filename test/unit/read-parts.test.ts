import { describe, expect, it } from "vitest";
import { combined } from "../../transforms/read/combine.ts";
import { gapsOf, tallOf } from "../../transforms/read/ink.ts";
import { alphabetOf, lettersOf } from "../../transforms/read/letters.ts";
import { inOrder, lineOf } from "../../transforms/read/lines.ts";
import { cutsOf } from "../../transforms/read/page.ts";
import { type Part, partsOf } from "../../transforms/read/parts.ts";
import { resized } from "../../transforms/read/plane.ts";
import { hullOf, quadOf, smallestRect } from "../../transforms/read/rects.ts";
import { spotsOf } from "../../transforms/read/spots.ts";

/** A strip whose columns are ink where the picture has a mark. */
function stripOf(picture: string): { width: number; height: number; data: Uint8Array } {
  const [width, height] = [picture.length, 48];
  const data = new Uint8Array(width * height).fill(255);
  for (let y = 10; y < 40; y += 1)
    for (const [x, mark] of [...picture].entries()) if (mark !== ".") data[y * width + x] = 0;
  return { width, height, data };
}

describe("ink", () => {
  it("has gaps where columns are bare, at the ends too", () => {
    const strip = stripOf("..##...#.#");
    expect(gapsOf(strip)).toEqual([
      { start: 0, end: 2 },
      { start: 4, end: 7 },
      { start: 8, end: 9 },
    ]);
    expect(tallOf(strip)).toBe(30);
  });
});

describe("partsOf", () => {
  const read = (text: string, pitch: number) =>
    [...text].map((char, i) => ({ char, x: (i + 0.5) * pitch, score: 0.9 }));
  const words = (parts: readonly Part[]) => parts.map(({ text, left, right }) => `${text}@${left}-${right}`);

  it("parts words at the blanks that the reader saw, ends at the ink", () => {
    const gaps = [
      { start: 0, end: 2 },
      { start: 40, end: 58 },
      { start: 97, end: 100 },
    ];
    expect(words(partsOf(read("ab cd", 20), { width: 100, gaps, tall: 30 }))).toEqual(["ab@2-40", "cd@58-97"]);
  });

  it("parts at a wide gap where the reader lost the blank, and not between letters", () => {
    const gaps = [
      { start: 18, end: 22 },
      { start: 38, end: 60 },
      { start: 76, end: 80 },
    ];
    const letters = read("abxcd", 20).filter(({ char }) => char !== "x");
    expect(words(partsOf(letters, { width: 100, gaps, tall: 30 }))).toEqual(["ab@0-38", "cd@60-100"]);
  });

  it("parts at a narrower gap only where the other reader does", () => {
    const gaps = [{ start: 38, end: 46 }];
    const letters = read("abcd", 20);
    const ink = { width: 80, gaps, tall: 30 };
    expect(words(partsOf(letters, ink))).toEqual(["abcd@0-80"]);
    const others = [
      { text: "ab", left: 0, right: 38, score: 0.9 },
      { text: "cd", left: 46, right: 80, score: 0.9 },
    ];
    expect(words(partsOf(letters, ink, others))).toEqual(["ab@0-38", "cd@46-80"]);
  });

  it("makes nothing of nothing", () => {
    expect(partsOf([], { width: 10, gaps: [], tall: 5 })).toEqual([]);
    expect(partsOf(read("  ", 5), { width: 10, gaps: [], tall: 5 })).toEqual([]);
  });
});

describe("lettersOf", () => {
  const alphabet = alphabetOf("a\n中\nＢ\n");
  const steps = (rows: readonly (readonly number[])[]) => ({
    count: rows.length,
    classes: 5,
    data: Float32Array.from(rows.flat()),
  });

  it("drops repeats and what is no letter, and folds wide forms", () => {
    const rows = [
      [0.1, 0.9, 0, 0, 0],
      [0.1, 0.9, 0, 0, 0],
      [1, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 0, 0.8, 0.2],
      [0, 0, 0, 0, 1],
    ];
    const letters = lettersOf(steps(rows), alphabet, 48);
    expect(letters.map(({ char, x }) => `${char}${x}`)).toEqual(["a4", "a28", "B36", " 44"]);
  });

  it("believes another script only where it is sure", () => {
    expect(lettersOf(steps([[0.1, 0.3, 0.6, 0, 0]]), alphabet, 8).map(({ char }) => char)).toEqual(["a"]);
    expect(lettersOf(steps([[0.05, 0, 0.95, 0, 0]]), alphabet, 8).map(({ char }) => char)).toEqual(["中"]);
  });
});

describe("combined", () => {
  const part = (text: string, left: number, right: number, score: number): Part => ({ text, left, right, score });

  it("keeps what the second reader saw at a word's place", () => {
    const [word, ...rest] = combined([part("J0hn", 0, 40, 0.9)], [part("John", 2, 38, 0.8)]);
    expect(word).toMatchObject({ text: "J0hn", also: ["John"], left: 0, right: 40, score: 0.9 });
    expect(rest).toEqual([]);
  });

  it("takes the surer reading, and words that only the other saw", () => {
    const words = combined([part("??", 0, 40, 0.4)], [part("Jane", 0, 40, 0.9), part("Roe", 60, 90, 0.9)]);
    expect(words.map(({ text, also }) => [text, ...also])).toEqual([["Jane", "??"], ["Roe"]]);
  });

  it("is sure of what both saw alike", () => {
    expect(combined([part("Roe,", 0, 9, 0.6)], [part("roe", 0, 9, 0.5)])[0]!.score).toBe(0.95);
  });

  it("joins two words that the other saw over one", () => {
    expect(
      combined([part("JaneRoe", 0, 90, 0.9)], [part("Jane", 0, 40, 0.8), part("Roe", 50, 90, 0.8)])[0]!.also,
    ).toEqual(["Jane Roe"]);
  });
});

describe("rectangles and lines", () => {
  it.each([0, 0.3, 1.2, -1.4])("around a turned rectangle of angle %f are that rectangle", (angle) => {
    const made = quadOf({ x: 50, y: 40, long: 60, short: 12, angle });
    const inside = made.map(({ x, y }) => ({ x: (x + 50) / 2, y: (y + 40) / 2 }));
    const rect = smallestRect(hullOf([...made, ...inside]));
    expect([rect.x, rect.y, rect.long, rect.short]).toEqual([50, 40, 60, 12].map((value) => expect.closeTo(value, 6)));
    expect(Math.sin(2 * rect.angle)).toBeCloseTo(Math.sin(2 * angle));
  });

  it("grow around what the network marked, and pass over faint spots", () => {
    const data = new Uint8Array(100 * 40);
    for (let y = 15; y < 23; y += 1) data.fill(230, y * 100 + 20, y * 100 + 80);
    for (let y = 30; y < 34; y += 1) data.fill(90, y * 100 + 10, y * 100 + 30);
    const spots = spotsOf({ width: 100, height: 40, data });
    expect(spots).toHaveLength(1);
    expect(spots[0]!.score).toBeCloseTo(0.9, 1);
    expect(spots[0]!.rect).toMatchObject({ x: 50, y: 19 });
    expect(spots[0]!.rect.short).toBeGreaterThan(14);
  });

  it("come row by row, turned ones after", () => {
    const line = (x: number, y: number, angle = 0) => lineOf({ rect: { x, y, long: 40, short: 10, angle }, score: 1 });
    const lines = [line(100, 52), line(30, 10), line(30, 50), line(200, 80, Math.PI / 2), line(90, 11), line(500, 50)];
    const order = inOrder(lines).map(({ line: each, row }) => `${lines.indexOf(each)}/${row}`);
    expect(order).toEqual(["1/0", "4/0", "2/1", "0/1", "5/2", "3/3"]);
  });

  it("of a short tall box stand upright", () => {
    expect(lineOf({ rect: { x: 0, y: 0, long: 12, short: 10, angle: Math.PI / 2 }, score: 1 }).turns).toBe(0);
    expect(lineOf({ rect: { x: 0, y: 0, long: 60, short: 10, angle: Math.PI / 2 }, score: 1 }).turns).toBe(1);
  });
});

describe("tiles", () => {
  it.each([1, 1280, 1281, 5000])("of %i pixels keep each once, and are small enough", (length) => {
    const cuts = cutsOf(length);
    expect(cuts[0]!.keepFrom).toBe(0);
    expect(cuts.at(-1)!.keepTo).toBe(length);
    for (const [i, { from, to, keepFrom, keepTo }] of cuts.entries()) {
      if (i > 0) expect(keepFrom).toBe(cuts[i - 1]!.keepTo);
      expect(from <= keepFrom && keepTo <= to).toBe(true);
      expect(to - from).toBeLessThanOrEqual(1280);
    }
  });
});

describe("resized", () => {
  it.each([
    [10, 3],
    [3, 10],
    [7, 7],
  ])("from %i to %i keeps an even plane even", (from, to) => {
    const plane = { width: from, height: from, data: new Uint8Array(from * from).fill(77) };
    const answer = resized(plane, { x: 0, y: 0, width: from, height: from }, to, to);
    expect([...new Set(answer.data)]).toEqual([77]);
    expect(answer.data).toHaveLength(to * to);
  });
});
