import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText } from "../../connectors/comprehend/cut.ts";
import { packed, textOf } from "../../connectors/comprehend/pack.ts";
import { comprehendDetector } from "../../connectors/comprehend.ts";
import type { Finding } from "../../src/types.ts";
import { entitiesIn, phiClient, sdkError } from "../fakes/phi-client.ts";
import { runOf } from "../fakes/rows.ts";

const FAST = { requestsPerSecond: 1e6, charactersPerSecond: 1e9, random: () => 0.001 };
const NAME = /Ana|Zoë|😀Bo/g;

/** Texts of all sorts of characters, halves of characters among them, with names in between. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom("Ana", "Zoë", "😀Bo", " ", ". ", "\n", "\0", "\ud800", "\udc00", "é"),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));
const long = fc.tuple(text, fc.integer({ min: 1, max: 800 })).map(([part, times]) => part.repeat(times));
const texts = fc.array(fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: long }), { maxLength: 12 });

const covered = (findings: readonly Finding[], start: number, end: number) =>
  findings.some((finding) => finding.start <= start && finding.end >= end);

const bytes = (value: string) => Buffer.byteLength(value);

describe("comprehendDetector", () => {
  it("finds every name in every text, where it stands, and sends nothing too long or ill-formed", async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (given) => {
        const client = phiClient(NAME);
        const answers = await comprehendDetector({ client, limits: FAST }).detect(given, runOf());
        expect(answers).toHaveLength(given.length);
        given.forEach((value, i) => {
          for (const match of value.matchAll(NAME)) {
            expect(covered(answers[i]!, match.index, match.index + match[0].length)).toBe(true);
          }
          for (const { start, end } of answers[i]!) {
            expect(start >= 0 && end > start && end <= value.length).toBe(true);
            expect(value.slice(start, end)).toMatch(/^((Ana|Zoë|😀Bo)+)$/);
          }
        });
        for (const sent of client.sent) {
          expect(bytes(sent)).toBeLessThanOrEqual(19_500);
          expect(sent).not.toMatch(/\p{Cs}/u);
          expect(sent.trim()).not.toBe("");
        }
      }),
      { numRuns: 60 },
    );
  });

  it("covers every name whatever goes wrong with the answers, or throws", async () => {
    const harm = fc.constantFrom("none", "shifted", "foreign", "more", "unfit", "throttled", "cut short", "wild");
    await fc.assert(
      fc.asyncProperty(texts, fc.array(harm, { minLength: 1, maxLength: 8 }), async (given, harms) => {
        const client = phiClient(NAME, (sent, call) => {
          const what = harms[call % harms.length];
          const own = entitiesIn(sent, NAME);
          const shift = (by: number) =>
            own.map((entity) => ({
              ...entity,
              BeginOffset: (entity.BeginOffset as number) + by,
              EndOffset: (entity.EndOffset as number) + by,
            }));
          if (what === "shifted") return { Entities: shift(1) };
          if (what === "wild") return { Entities: shift(1e6) };
          if (what === "foreign") return { Entities: own.map((entity) => ({ ...entity, Text: "\u2603" })) };
          if (what === "more") return { Entities: own.slice(1), PaginationToken: "more" };
          if (what === "unfit") throw sdkError("InvalidRequestException", 400);
          if (what === "throttled") throw sdkError("TooManyRequestsException", 429);
          if (what === "cut short") throw new SyntaxError("Unexpected end of JSON input");
          return undefined;
        });
        const limits = { ...FAST, deadlineMs: 20 };
        const answers = await comprehendDetector({ client, limits })
          .detect(given, runOf())
          .catch((error: { code?: string }) => error.code);
        if (!Array.isArray(answers)) {
          expect(answers).toBe("DETECTOR_FAILED");
          return;
        }
        given.forEach((value, i) => {
          for (const match of value.matchAll(NAME)) {
            expect(covered(answers[i], match.index, match.index + match[0].length)).toBe(true);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it("masks on both sides what crosses borders", async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(), fc.nat(), async (given, a, b) => {
        const client = phiClient(NAME, (sent) => {
          const points = [...sent];
          const [from, to] = [a % points.length, b % points.length].sort((x, y) => x - y) as [number, number];
          const Text = points.slice(from, to + 1).join("");
          return { Entities: [{ BeginOffset: from, EndOffset: to + 1, Text, Type: "NAME", Score: 1 }] };
        });
        const answers = await comprehendDetector({ client, limits: FAST }).detect(given, runOf());
        const visible = (value: string) => value.replace(/[\s\p{Cc}]/gu, "").length;
        const masked = answers.flatMap((findings, i) =>
          findings.map(({ start, end }) => visible(given[i]!.slice(start, end))),
        );
        const seen = client.sent.map((sent) => {
          const points = [...sent];
          const [from, to] = [a % points.length, b % points.length].sort((x, y) => x - y) as [number, number];
          return visible(points.slice(from, to + 1).join(""));
        });
        const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
        // Pieces of a long text overlap, so what is found twice there counts once.
        if (given.every((value) => bytes(value) <= 19_500)) expect(sum(masked)).toBe(sum(seen));
        else expect(sum(masked)).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe("packs", () => {
  it("hold every visible text once, in order, within the limit, and as few as the order allows", () => {
    fc.assert(
      fc.property(fc.array(text), fc.integer({ min: 400, max: 2000 }), (given, limit) => {
        const packs = packed(given, limit);
        const cells = packs.flat().map(({ cell }) => cell);
        expect(cells).toEqual([...cells].sort((a, b) => a - b));
        for (const pack of packs) expect(bytes(textOf(pack))).toBeLessThanOrEqual(limit);
        packs.slice(1).forEach((pack, i) => {
          expect(bytes(textOf([...packs[i]!, pack[0]!]))).toBeGreaterThan(limit);
        });
      }),
    );
  });

  it("cut texts into pieces that cover them", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 16, max: 200 }), (value, limit) => {
        const sent = value.replace(/\p{Cs}/gu, "\ufffd");
        let reach = 0;
        for (const { start, text: piece } of cutText(sent, limit)) {
          expect(start).toBeLessThanOrEqual(reach);
          expect(sent.startsWith(piece, start)).toBe(true);
          expect(bytes(piece)).toBeLessThanOrEqual(limit);
          expect(piece).not.toMatch(/\p{Cs}/u);
          reach = start + piece.length;
        }
        expect(reach).toBe(sent.length);
      }),
    );
  });
});
