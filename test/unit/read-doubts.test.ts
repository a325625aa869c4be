import { describe, expect, it } from "vitest";
import { doubtsOf } from "../../transforms/read/doubts.ts";
import type { Stretch } from "../../transforms/read/ink.ts";

/** Words of 80 columns with 20 between them, from column 0 on, as sure as told. */
const words = (...scores: readonly number[]) =>
  scores.map((score, i) => ({ text: "word", left: i * 100, right: i * 100 + 80, score }));
/** No ink between words, nor in the stretches told. */
const gaps = (count: number, ...others: readonly Stretch[]): readonly Stretch[] =>
  [...Array.from({ length: count }, (_, i) => ({ start: i * 100 + 80, end: i * 100 + 100 })), ...others].sort(
    (a, b) => a.start - b.start,
  );

describe("what a reader is not sure of", () => {
  it.each([
    ["none where all words are sure", words(0.95, 0.9, 0.99), gaps(3), 300, []],
    [
      "a word, with room that no sure word stands in",
      words(0.95, 0.9, 0.5, 0.99, 0.99),
      gaps(5),
      500,
      [{ start: 188, end: 292 }],
    ],
    ["two words side by side as one", words(0.95, 0.4, 0.5, 0.99, 0.99), gaps(5), 500, [{ start: 88, end: 292 }]],
    [
      "the first and the last",
      words(0.3, 0.9, 0.99, 0.99, 0.99, 0.6),
      gaps(6),
      600,
      [
        { start: 0, end: 92 },
        { start: 488, end: 592 },
      ],
    ],
    [
      "ink that no word lies on",
      words(0.95, 0.95, 0.95, 0.95),
      gaps(4, { start: 470, end: 600 }),
      600,
      [{ start: 380, end: 600 }],
    ],
    ["the whole line where most of it is doubtful", words(0.3, 0.9, 0.3, 0.3), gaps(4), 400, [{ start: 0, end: 400 }]],
    ["the whole line where no word was read", [], gaps(0), 400, [{ start: 0, end: 400 }]],
  ])("is %s", (_, parts, free, width, doubts) => {
    expect(doubtsOf(parts, free, width)).toEqual(doubts);
  });
});
