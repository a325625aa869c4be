import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { Finding } from "../../src/types.ts";
import { mergeFindings } from "../../transforms/detect/merge.ts";
import { compileAllow, compileDeny } from "../../transforms/detect/terms.ts";
import { marked } from "../corpus/lexicons.ts";

const name = (start: number, end: number, detail?: string): Finding => ({
  type: "NAME",
  start,
  end,
  score: 0.9,
  ...(detail && { detail }),
});

describe("allow", () => {
  const allow = compileAllow({ terms: ["Parkinson", "St. Mary"], patterns: ["CHADS\\d"] }, "allow");

  it("drops findings within an allowed term, in any case", () => {
    expect(allow("PARKINSON, CHADS2, St.  Mary", [name(0, 9), name(11, 17), name(19, 28)])).toEqual([]);
  });
  it("keeps a finding that reaches beyond it", () => {
    expect(allow("John Parkinson", [name(0, 14)])).toHaveLength(1);
  });
  it("keeps known values and denied terms", () => {
    expect(allow("Parkinson", [name(0, 9, "KNOWN"), name(0, 9, "DENIED")])).toHaveLength(2);
  });
  it("asks for whole words", () => {
    expect(allow("Parkinsons", [name(0, 9)])).toHaveLength(1);
  });
});

describe("deny", () => {
  it.each([
    [{ terms: ["Blue Wing"] }, "the {DENIED:blue\nwing} unit, Blue Wings"],
    [{ terms: [{ term: "ÅSE", type: "NAME" as const }] }, "{DENIED:åse} and Åsen"],
    [{ terms: ["a+b(c)"] }, "x {DENIED:a+b(c)} aab"],
    [{ patterns: ["ZX-\\d+"] }, "{DENIED:ZX-12} zx-12"],
  ])("%j", (list, expected) => {
    const text = expected.replace(/\{DENIED:([^}]*)\}/g, "$1");
    expect(marked(text, compileDeny(list, "deny")(text))).toBe(expected);
  });
  it("types a term as it says, else as ID", () => {
    const deny = compileDeny({ terms: ["one", { term: "two", type: "NAME" }] }, "deny");
    expect(deny("one two").map(({ type }) => type)).toEqual(["ID", "NAME"]);
    const typed = compileDeny({ patterns: [{ pattern: "Q\\d", type: "URL" }] }, "deny");
    expect(typed("Q1").map(({ type }) => type)).toEqual(["URL"]);
  });
});

describe("patterns of a job", () => {
  it.each(["(", "a**", "", "x*", "(a+)+", "(?:(\\d+)-?)*", "([a-z]{2,})+x", "(a*b){3,}", "y".repeat(501)])(
    "refuses %s",
    (pattern) => {
      const compile = (): unknown => compileDeny({ patterns: ["ok", pattern] }, "deny");
      expect(compile).toThrow(MaskingError);
      expect(compile).toThrow(/key deny\.patterns\.1/);
    },
  );
  it.each(["(?:ab)+", "[a-z]+\\d{2,}", "a{2,3}", "(\\(+)", "(a|b)+"])("takes %s", (pattern) => {
    expect(() => compileDeny({ patterns: [pattern] }, "deny")).not.toThrow();
  });
  it("refuses an empty term", () => {
    expect(() => compileAllow({ terms: ["a", " "] }, "allow")).toThrow(/allow\.terms\.1/);
  });
});

describe("merge", () => {
  it("joins what overlaps under the longest", () => {
    const street: Finding = { type: "ADDRESS", start: 0, end: 15, score: 0.5, detail: "STREET" };
    expect(mergeFindings([name(3, 8), street])).toEqual([{ ...street, score: 0.9 }]);
  });
  it("covers a chain as one", () => {
    expect(mergeFindings([name(8, 20), name(0, 10), name(19, 25)])).toEqual(
      [name(0, 25)].map((f) => ({ ...f, start: 0, end: 25 })),
    );
  });
  it("prefers what the row knows where lengths are equal", () => {
    const state: Finding = { type: "ADDRESS", start: 0, end: 8, score: 1, detail: "STATE" };
    expect(mergeFindings([state, name(0, 8, "KNOWN")])[0]?.detail).toBe("KNOWN");
  });
  it("leaves neighbours apart and empty ones out", () => {
    expect(mergeFindings([name(4, 8), name(0, 4), name(9, 9)])).toHaveLength(2);
  });
});
