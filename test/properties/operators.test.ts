import { createHmac } from "node:crypto";
import { DateDay, Int64, TimestampNanosecond } from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cappedAge, policyOf } from "../../src/policy.ts";
import type { Finding, PhiType } from "../../src/types.ts";
import { mergeFindings } from "../../transforms/detect/merge.ts";
import { applyFindings } from "../../transforms/operators/apply.ts";
import { dayOf, daysOf } from "../../transforms/operators/calendar.ts";
import { dayText } from "../../transforms/operators/canonical.ts";
import { keyOf } from "../../transforms/operators/key.ts";
import { findingOperators, type OperatorRule, type SurrogateType } from "../../transforms/operators/operators.ts";
import { moveDate, readDate } from "../../transforms/operators/writtenDate.ts";
import { EXPERT, KEY, masked, masking, TEXT } from "../fakes/masking.ts";

const anyText = fc.string({ unit: "grapheme", maxLength: 60 });
const someText = anyText.filter((text) => /\S/.test(text));
const words = fc.string({ unit: fc.constantFrom(..."abcXYZ019 -./,'é"), minLength: 1, maxLength: 24 });

describe("key", () => {
  it("agrees with createHmac for any secret and text", () => {
    const secrets = fc
      .string({ unit: "grapheme", minLength: 32, maxLength: 90 })
      .filter((secret) => Buffer.byteLength(secret.trim()) >= 32);
    fc.assert(
      fc.property(secrets, fc.string({ unit: "binary", maxLength: 3000 }), (secret, text) => {
        const reference = createHmac("sha256", Buffer.from(secret.trim())).update(text).digest("hex");
        expect(keyOf(secret).hex(text)).toBe(reference);
        expect(keyOf(secret).hex(Buffer.from(text))).toBe(reference);
      }),
    );
  });
  it("never takes one list of parts for another", () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom("0", "1", ":", "a") }), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(Buffer.from(KEY.hmac("t", ...a)).equals(KEY.hmac("t", ...b))).toBe(same);
      }),
    );
  });
});

describe("whole cells", () => {
  it("hash is stable, of its length, and hexadecimal", () => {
    fc.assert(
      fc.property(someText, fc.integer({ min: 8, max: 64 }), (text, length) => {
        const hash = masked({ mask: "hash", length }, text);
        expect(hash).toMatch(new RegExp(`^[0-9a-f]{${length}}$`));
        expect(masked({ mask: "hash", length }, text)).toBe(hash);
      }),
    );
  });
  it("hash of a number is that of its digits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (number) => {
        expect(masked({ mask: "hash" }, number, new Int64())).toBe(masked({ mask: "hash" }, String(number)));
      }),
    );
  });
  it("label and redact hold nothing of the text", () => {
    fc.assert(
      fc.property(someText, (text) => {
        expect(masked({ mask: "label", type: "NAME" }, text)).toBe("[NAME]");
        expect(masked({ mask: "redact" }, text)).toBe("");
      }),
    );
  });
  it("mask keeps the count of characters and none of them", () => {
    fc.assert(
      fc.property(someText, (text) => {
        expect(masked({ mask: "mask" }, text)).toBe("*".repeat([...text].length));
      }),
    );
  });
  it("keep_last leaves half at most", () => {
    fc.assert(
      fc.property(
        someText.filter((text) => !text.includes("*")),
        fc.integer({ min: 1, max: 6 }),
        (text, keep_last) => {
          const answer = masked({ mask: "mask", keep_last }, text, TEXT, masking("limited_data_set")) as string;
          expect([...answer].filter((character) => character === "*").length * 2).toBeGreaterThanOrEqual(
            [...text].length,
          );
          expect([...answer]).toHaveLength([...text].length);
        },
      ),
    );
  });
  it("decrypt gives back what encrypt was given", () => {
    fc.assert(
      fc.property(someText, (text) => {
        expect(masked({ mask: "decrypt" }, masked({ mask: "encrypt" }, text) as string)).toBe(text);
      }),
    );
  });
  it("zip gives three digits that may stand, or cannot read", () => {
    const policy = policyOf("safe_harbor");
    fc.assert(
      fc.property(fc.oneof(words, fc.stringMatching(/^\d{3,9}$/)), (text) => {
        const answer = masked({ mask: "zip" }, text) as string;
        if (answer === "CELL_UNEXAMINED" || /^\s*$/.test(text)) return;
        expect(answer).toMatch(/^\d{3}$/);
        expect(policy.zip3.has(answer)).toBe(false);
      }),
    );
  });
  it("age says no number over 89", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 150 }),
        fc.constantFrom("", " years", "-year-old", " y/o", "yo", "F"),
        (age, unit) => {
          const capped = cappedAge(`${age}${unit}`)!;
          expect(capped.includes("90+")).toBe(age > 89);
          expect(Number(/\d+/.exec(capped)![0])).toBe(Math.min(age, 90));
        },
      ),
    );
  });
});

describe("dates", () => {
  const day = fc.integer({
    min: daysOf({ year: 1901, month: 1, day: 1 }),
    max: daysOf({ year: 2025, month: 12, day: 31 }),
  });
  const forms: readonly ((iso: string) => string)[] = [
    (iso) => iso,
    (iso) => iso.replaceAll("-", ""),
    (iso) => iso.replaceAll("-", "/"),
    (iso) => `${iso}T08:09:10Z`,
    (iso) => iso.replace(/(\d+)-(\d+)-(\d+)/, "$2/$3/$1"),
    (iso) => iso.replace(/(\d+)-0?(\d+)-0?(\d+)/, "$2/$3/$1 4:05 PM"),
    (iso) => iso.replace(/(\d+)-(\d+)-(\d+)/, "$3.$2.$1"),
    (iso) => new Date(iso).toLocaleDateString("en-US", { timeZone: "UTC", dateStyle: "long" }),
    (iso) => new Date(iso).toLocaleDateString("en-US", { timeZone: "UTC", dateStyle: "full" }),
    (iso) => new Date(iso).toLocaleDateString("en-US", { timeZone: "UTC", dateStyle: "medium" }),
    (iso) => new Date(iso).toLocaleDateString("en-GB", { timeZone: "UTC", dateStyle: "medium" }),
  ];
  it("are read in every form, and written as another day would be", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -364, max: 364 }), fc.constantFrom(...forms), (from, days, form) => {
        const date = readDate(form(dayText(from)), 2027)!;
        expect({ year: date.year, month: date.month, day: date.day }).toEqual(dayOf(from));
        const moved = readDate(moveDate(date, days), 2027)!;
        expect({ year: moved.year, month: moved.month, day: moved.day }).toEqual(dayOf(from + days));
        // Sept, and May, do not say how long other months' names would be written.
        const form3 = (text: string) =>
          text
            .toLowerCase()
            .replace(/\b0/g, "")
            .replace(/([a-z]{3})[a-z]+/g, "$1");
        expect(form3(moveDate(moved, -days))).toBe(form3(form(dayText(from))));
      }),
      { numRuns: 400 },
    );
  });
  it("shifted keep their intervals, in text and in instants", () => {
    fc.assert(
      fc.property(day, day, fc.string({ minLength: 1 }), (a, b, id) => {
        const shift: OperatorRule = { mask: "shift" };
        const inDays = (value: number) => masked(shift, value, new DateDay(), EXPERT, id) as number;
        expect(inDays(a) - inDays(b)).toBe(a - b);
        const tick = 86_400_000_000_000n;
        const at = masked(shift, BigInt(a) * tick + 7n, new TimestampNanosecond(), EXPERT, id) as bigint;
        expect(at - BigInt(inDays(a)) * tick).toBe(7n);
        expect(masked(shift, dayText(a), TEXT, EXPERT, id)).toBe(dayText(inDays(a)));
      }),
    );
  });
  it("are never read out of just any text, and reading never throws", () => {
    fc.assert(
      fc.property(words, (text) => {
        const date = readDate(text, 2027);
        if (date) expect(moveDate(date, -3)).toMatch(/\d/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("surrogates", () => {
  const shaped: readonly SurrogateType[] = ["ID", "OTHER", "SSN", "PHONE", "ZIP"];
  const ascii = fc.string({ unit: fc.constantFrom(..."abcXYZ0123456789-./ ()#+"), minLength: 1, maxLength: 24 });
  const shape = (text: string) => text.replace(/\d/g, "9").replace(/[a-z]/g, "a").replace(/[A-Z]/g, "A");
  it("of numbers keep their shape, and are not themselves", () => {
    fc.assert(
      fc.property(ascii, fc.constantFrom(...shaped), (text, type) => {
        const answer = masked({ mask: "surrogate", type }, text) as string;
        expect(shape(answer)).toBe(shape(text));
        if (type !== "ZIP" && /[a-z\d]/i.test(text)) expect(answer).not.toBe(text);
        expect(masked({ mask: "surrogate", type }, text)).toBe(answer);
      }),
      { numRuns: 500 },
    );
  });
  it("of names have no word of the name, whatever is in it", () => {
    const kept = /^(?:mr|mrs|ms|mx|miss|dr|md|rn|jr|sr|ii|iii|iv)$/;
    const wordsOf = (text: string) =>
      text
        .normalize("NFD")
        .replace(/[\p{M}'’]/gu, "")
        .toLowerCase()
        .match(/\p{L}+/gu) ?? [];
    fc.assert(
      fc.property(fc.oneof(anyText, words), (text) => {
        const left = new Set(wordsOf(masked({ mask: "surrogate", type: "NAME" }, text) as string));
        expect(
          wordsOf(text).filter(
            (word) => word.length > 1 && left.has(word) && !kept.test(word) && !/^(?:st|nd|rd|th)$/.test(word),
          ),
        ).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
  it("give text for every type and any text", () => {
    const types: readonly SurrogateType[] = [
      "NAME",
      "ADDRESS",
      "STREET",
      "CITY",
      "FACILITY",
      "ZIP",
      "PHONE_OR_FAX",
      "EMAIL",
      "URL",
      "IP",
      "SSN",
      "ID",
      "PROFESSION",
      "OTHER",
    ];
    fc.assert(
      fc.property(fc.oneof(anyText, words), fc.constantFrom(...types), (text, type) => {
        expect(typeof masked({ mask: "surrogate", type }, text)).toBe("string");
      }),
      { numRuns: 1500 },
    );
  });
});

describe("findings in text", () => {
  const types = fc.constantFrom<PhiType>("NAME", "DATE", "ID");
  const page = fc.string({ unit: fc.constantFrom(..."abcdefg "), minLength: 1, maxLength: 40 }).chain((text) =>
    fc.tuple(
      fc.constant(text),
      fc.array(
        fc
          .tuple(fc.nat({ max: text.length - 1 }), fc.nat({ max: text.length - 1 }), types)
          .map(([a, b, type]): Finding => ({ type, start: Math.min(a, b), end: Math.max(a, b) + 1, score: 1 })),
        { maxLength: 8 },
      ),
    ),
  );
  it("never leave a covered character, nor lose another", () => {
    const operators = findingOperators({ default: { mask: "mask", character: "#" } }, masking());
    fc.assert(
      fc.property(page, ([text, findings]) => {
        const out = applyFindings(text, mergeFindings(findings), operators, { id: null });
        const covered = (at: number) => findings.some(({ start, end }) => start <= at && at < end);
        const blank = (from: number, to: number) => !/\S/.test(text.slice(from, to));
        expect(out).toHaveLength(text.length);
        for (let at = 0; at < text.length; at++) {
          if (!covered(at)) expect(out[at]).toBe(text[at]);
          else if (!blank(at, at + 1)) expect(out[at]).toBe("#");
        }
      }),
      { numRuns: 500 },
    );
  });
});
