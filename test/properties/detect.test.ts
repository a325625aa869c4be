import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/types.ts";
import { fold } from "../../transforms/detect/fold.ts";
import { findKnown } from "../../transforms/detect/known.ts";
import { mergeFindings } from "../../transforms/detect/merge.ts";
import { quietRun, testDetector } from "../corpus/lexicons.ts";

const findings: fc.Arbitrary<Finding[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom("NAME" as const, "DATE" as const, "ID" as const),
      start: fc.nat(60),
      length: fc.nat(12),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      detail: fc.constantFrom("KNOWN", "MRN", "YEAR"),
    }),
    { maxLength: 20 },
  )
  .map((all) => all.map(({ length, ...finding }) => ({ ...finding, end: finding.start + length })));

function covered(all: readonly Finding[]): Set<number> {
  const units = new Set<number>();
  for (const { start, end } of all) for (let at = start; at < end; at += 1) units.add(at);
  return units;
}

/** Pieces of notes, hostile and plain, glued at random. */
const piece = fc.constantFrom(
  ..."John Smith|Dr. |MRN: |00123|-|/|, |\n|\n\n|3/4/2021|(|)|+1 |415-555-0199|@|example.com|http://|www.|José|\u0301|\u200b|😀|\ud83d|\udc00|ſ|ﬁ|İ|ß|Ω|Иван|王芳|92-year-old|'s|'|#|:|12 Oak Street|Apt|IL|62704|JANE ROE|of|the|pain|5/10|Hospital|St. |March|14th|two thousand|a|b|1|.|\u00a0|\t|–|“|٣|𝐉𝐨".split(
    "|",
  ),
);
const note = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

describe("merge", () => {
  it("covers the same characters, in order, without overlap", () => {
    fc.assert(
      fc.property(findings, (all) => {
        const merged = mergeFindings(all);
        expect(covered(merged)).toEqual(covered(all));
        merged.forEach((finding, at) => {
          expect(finding.end).toBeGreaterThan(finding.start);
          if (at > 0) expect(finding.start).toBeGreaterThanOrEqual((merged[at - 1] as Finding).end);
        });
      }),
    );
  });
  it("changes nothing a second time", () => {
    fc.assert(
      fc.property(findings, (all) => {
        expect(mergeFindings(mergeFindings(all))).toEqual(mergeFindings(all));
      }),
    );
  });
});

describe("detector", () => {
  it("answers offsets within the text that part no surrogate pair", async () => {
    await fc.assert(
      fc.asyncProperty(note, async (text) => {
        const [found] = await testDetector().detect([text], quietRun());
        for (const { start, end } of [
          ...(found as readonly Finding[]),
          ...findKnown(text, [{ value: "John" }, { value: "𝐉𝐨hn" }]),
        ]) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(start).toBeLessThan(end);
          for (const edge of [start, end]) {
            const inside = /[\ud800-\udbff]/.test(text[edge - 1] ?? "") && /[\udc00-\udfff]/.test(text[edge] ?? "");
            expect(inside).toBe(false);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("answers each text by itself: neighbours and order change nothing", async () => {
    await fc.assert(
      fc.asyncProperty(note, note, async (first, second) => {
        const [together] = await testDetector().detect([first, second], quietRun());
        const [alone] = await testDetector().detect([first], quietRun());
        expect(together).toEqual(alone);
      }),
      { numRuns: 200 },
    );
  });
});

describe("known values", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."bcdfghjklmnpqrstvwxz"), minLength: 6, maxLength: 12 });

  it("finds a planted value whatever its case and surroundings", () => {
    fc.assert(
      fc.property(letters, note, note, fc.constantFrom("upper", "lower", "as is"), (value, before, after, how) => {
        const written = how === "upper" ? value.toUpperCase() : how === "lower" ? value.toLowerCase() : value;
        const text = `${before} ${written} ${after}`;
        const found = findKnown(text, [{ value }]);
        const start = before.length + 1;
        expect(found.some((finding) => finding.start <= start && finding.end >= start + value.length)).toBe(true);
      }),
    );
  });

  it("finds digits however they are parted", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[1-9]\d{6,9}$/),
        fc.constantFrom("-", " ", ".", ""),
        fc.integer({ min: 1, max: 6 }),
        (digits, mark, cut) => {
          const text = `ref ${digits.slice(0, cut)}${mark}${digits.slice(cut)} end`;
          expect(findKnown(text, [{ value: digits, type: "ID" }])).toHaveLength(1);
        },
      ),
    );
  });
});

describe("folding", () => {
  it("maps every folded unit to a stretch of the original", () => {
    fc.assert(
      fc.property(fc.oneof(note, fc.string({ unit: "grapheme" })), (text) => {
        const { text: folded, from, to } = fold(text);
        if (from === undefined || to === undefined) return;
        expect(from.length).toBe(folded.length);
        for (let at = 0; at < folded.length; at += 1) {
          expect(from[at] as number).toBeLessThan(to[at] as number);
          if (at > 0) expect(from[at] as number).toBeGreaterThanOrEqual(from[at - 1] as number);
        }
      }),
    );
  });
});
