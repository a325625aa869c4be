import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readFreshNotes } from "../../scripts/corpora.ts";
import { NEUTRAL_TYPES } from "../../src/evaluate/neutral.ts";
import { agesIn, yearsIn } from "../../src/spans.ts";

const FOLDER = new URL("../../scripts/notes/", import.meta.url);
const RAW = readdirSync(FOLDER)
  .filter((name) => name.startsWith("fresh-"))
  .sort()
  .flatMap((name) => readFileSync(new URL(name, FOLDER), "utf8").split("\n=====\n"));
const NOTES = readFreshNotes();

/** What the labels may be. Of them ORG alone is neutral: no Safe Harbor identifier. */
const TYPES = "AGE CITY DATE EMAIL EMPLOYER FACILITY ID NAME ORG PHONE PLACE STREET URL ZIP".split(" ");

const values = (type: string): readonly string[] =>
  NOTES.flatMap(({ text, spans }) =>
    spans.filter((span) => span.type === type).map(({ start, end }) => text.slice(start, end)),
  );

describe("notes of another author", () => {
  it.each(RAW.map((note, at): [number, string] => [at, note]))(
    "note %i: each mark is parsed where it stands",
    (at, raw) => {
      const { text, spans } = NOTES[at]!;
      const said = spans.map(({ start, end, type }) => `<<${type}:${text.slice(start, end)}>>`);
      expect(
        raw
          .split("<<")
          .slice(1)
          .map((rest) => `<<${rest.split(">>")[0]}>>`),
      ).toEqual(said);
      expect(raw.split(">>")).toHaveLength(spans.length + 1);
      expect(text).not.toMatch(/<<|>>|=====/);
      expect(spans.reduceRight((so, { start, end }, i) => so.slice(0, start) + said[i] + so.slice(end), text)).toBe(
        raw.trim(),
      );
      for (const { start, end } of spans) expect(text.slice(start, end)).toMatch(/^\S(?:[^\n]*\S)?$/);
    },
  );

  it("are as many as told, a third of each length, one in three without PHI", () => {
    const long = NOTES.filter(({ text }) => text.length >= 1500).length;
    const short = NOTES.filter(({ text }) => text.length < 300).length;
    expect([NOTES.length, short, long]).toEqual([120, 40, 39]);
    expect(NOTES.filter(({ spans }) => spans.length === 0)).toHaveLength(40);
    expect(new Set(NOTES.map(({ text }) => text)).size).toBe(120);
  });

  it("have labels of known kinds, all of them in use", () => {
    expect([...new Set(NOTES.flatMap(({ spans }) => spans.map(({ type }) => type)))].sort()).toEqual(TYPES);
    expect(TYPES.filter((type) => NEUTRAL_TYPES.includes(type))).toEqual(["ORG"]);
  });

  it("label an age over 89 alone, and no bare year", () => {
    expect(values("AGE").filter((age) => !agesIn(age)?.some((years) => years > 89))).toEqual([]);
    expect(values("DATE").filter((date) => yearsIn(date) !== undefined)).toEqual([]);
  });
});
