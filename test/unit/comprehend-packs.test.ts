import { describe, expect, it } from "vitest";
import { cached } from "../../connectors/cache.ts";
import { cutText } from "../../connectors/comprehend/cut.ts";
import { packed, textOf } from "../../connectors/comprehend/pack.ts";
import { unitsOf } from "../../connectors/comprehend/price.ts";
import { comprehendDetector } from "../../connectors/comprehend.ts";
import { COMPREHEND_MEDICAL } from "../../connectors/prices.ts";
import { newTally } from "../../src/report.ts";
import { KEY } from "../fakes/masking.ts";
import { phiClient } from "../fakes/phi-client.ts";
import { runOf } from "../fakes/rows.ts";

const FAST = { requestsPerSecond: 1e6, charactersPerSecond: 1e9 };

/** `count` cells of `length` characters in windows as a file comes, 40 of 100 of them equal to an earlier one. */
function windowsOf(count: number, length: number, windowBytes: number): readonly (readonly string[])[] {
  const cells = Array.from({ length: count }, (_, i) => {
    const number = i % 5 < 3 ? i : i - (i % 5);
    return `Visit ${number} `.padEnd(length, "lorem ipsum ").slice(0, length);
  });
  const size = Math.floor(windowBytes / length);
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => cells.slice(i * size, (i + 1) * size));
}

describe("what a million cells cost, measured on a part", () => {
  it.each([
    { length: 300, count: 25_000, windowBytes: 1 << 21, calls: 100, dollars: 1.65 },
    { length: 300, count: 25_000, windowBytes: 1 << 17, calls: 85, dollars: 1.65 },
    { length: 20, count: 50_000, windowBytes: 1 << 20, calls: 1000, dollars: 7 },
  ])(
    "$length characters a cell, $windowBytes bytes a window",
    async ({ length, count, windowBytes, calls, dollars }) => {
      const detector = cached(comprehendDetector({ client: phiClient(/never^/g), limits: FAST }), {
        hmac: (text) => KEY.hmac("findings", text),
      });
      const tally = newTally();
      for (const window of windowsOf(count, length, windowBytes)) await detector.detect(window, runOf(tally));
      const asked = tally.counts().calls["comprehend_medical"]!;
      const each = Math.max(Math.ceil(length / 100), 1) * COMPREHEND_MEDICAL.usd;
      expect(asked.usd).toBeCloseTo(asked.units * COMPREHEND_MEDICAL.usd, 6);
      expect(count / asked.calls).toBeGreaterThan(calls);
      expect((count * each) / asked.usd).toBeGreaterThan(dollars);
    },
  );
});

describe("packed", () => {
  it("fills packs in the order of the texts", () => {
    const texts = ["aaaa", "bbb", "", "ccccc", "d", "ee"];
    expect(packed(texts, 9).map(textOf)).toEqual(["aaaa\nbbb", "ccccc\nd", "ee"]);
    expect(
      packed(texts, 9)
        .flat()
        .map(({ cell }) => cell),
    ).toEqual([0, 1, 3, 4, 5]);
  });

  it("has no pack where there is nothing to see", () => {
    expect(packed([])).toEqual([]);
    expect(packed(["", " \n", "\u2003", "\0"])).toEqual([]);
  });

  it("measures bytes, and sends what may be sent", () => {
    expect(packed(["éé", "éé"], 9).map(textOf)).toEqual(["éé\néé"]);
    expect(packed(["éé", "éé"], 8).map(textOf)).toEqual(["éé", "éé"]);
    expect(packed(["a\ud800b\u0000\tc\n"]).map(textOf)).toEqual(["a\ufffdb \tc\n"]);
  });
});

describe("cutText", () => {
  const sentences = Array.from({ length: 40 }, (_, i) => `Sentence ${i} is here. `).join("");
  it.each([
    ["after sentences", sentences, /\. $/],
    ["after lines", sentences.replaceAll(". ", "\n"), /\n$/],
    ["at white space where no sentence ends", "word ".repeat(200), / $/],
    ["anywhere where there is no white space", "x".repeat(1000), /x$/],
    ["never within a character", "😀".repeat(300), /^(😀)+$/],
  ])("cuts %s", (_, text, end) => {
    const pieces = cutText(text, 100);
    expect(pieces.length).toBeGreaterThan(5);
    for (const { start, text: piece } of pieces) {
      expect(text.startsWith(piece, start)).toBe(true);
      expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(100);
    }
    for (const piece of pieces.slice(0, -1)) expect(piece.text).toMatch(end);
    pieces.slice(1).forEach(({ start }, i) => {
      expect(start).toBeLessThanOrEqual(pieces[i]!.start + pieces[i]!.text.length);
      expect(start).toBeGreaterThan(pieces[i]!.start);
    });
    expect(pieces.at(-1)!.start + pieces.at(-1)!.text.length).toBe(text.length);
  });

  it("leaves a text that fits", () => {
    expect(cutText("é".repeat(50), 100)).toEqual([{ start: 0, text: "é".repeat(50) }]);
  });
});

it.each([
  ["", 1],
  ["x", 1],
  ["x".repeat(100), 1],
  ["x".repeat(101), 2],
  ["😀".repeat(101), 2],
  ["😀".repeat(100), 1],
])("bills %j as units", (text, units) => {
  expect(unitsOf(text)).toBe(units);
});
