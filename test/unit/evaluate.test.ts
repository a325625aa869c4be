import { describe, expect, it } from "vitest";
import { type GoldDocument, readGold } from "../../src/evaluate/gold.ts";
import { scoreTable, typeTable } from "../../src/evaluate/table.ts";
import { type Miss, ratesOf, scoreFindings } from "../../src/evaluate.ts";
import type { Finding } from "../../src/types.ts";

/** A text with `<TYPE:value>` for labels, and the values that a detector is said to mask. */
function gold(marked: string): GoldDocument {
  const spans: { start: number; end: number; type: string }[] = [];
  let text = "";
  let last = 0;
  for (const match of marked.matchAll(/<([A-Z_]+):([^>]*)>/g)) {
    text += marked.slice(last, match.index);
    spans.push({ start: text.length, end: text.length + match[2]!.length, type: match[1]! });
    text += match[2];
    last = match.index + match[0].length;
  }
  return { text: text + marked.slice(last), spans };
}

function masks({ text }: GoldDocument, ...values: readonly string[]): readonly Finding[] {
  return values.map((value) => {
    const start = text.indexOf(value);
    if (start < 0) throw new Error("no such value");
    return { type: "OTHER", start, end: start + value.length, score: 1 };
  });
}

function score(marked: string, ...values: readonly string[]) {
  const document = gold(marked);
  return scoreFindings([document], [masks(document, ...values)]);
}

describe("scoreFindings", () => {
  it.each([
    ["a value wholly masked", "Seen by <NAME:Jane Roe> again", ["Jane Roe"], { values: 1, full: 1, any: 1 }],
    ["masked by two findings", "Seen by <NAME:Jane Roe> again", ["Jane", "Roe"], { values: 1, full: 1, any: 1 }],
    ["a part", "Seen by <NAME:Jane Roe> again", ["Jane"], { values: 1, full: 0, any: 1 }],
    ["nothing", "Seen by <NAME:Jane Roe> again", [], { values: 1, full: 0, any: 0 }],
    ["marks that need no mask", "Call <PHONE:(206) 555-0134>", ["206", "555-0134"], { values: 1, full: 1, any: 1 }],
    ["an honorific in the label", "<NAME:Dr. Roe> came", ["Roe"], { values: 1, full: 1, any: 1 }],
    ["a credential in the label", "<NAME:Roe, MD> came", ["Roe"], { values: 1, full: 1, any: 1 }],
    ["an age to 89", "<AGE:45-year-old> man", [], { values: 0 }],
    ["an age over 89", "<AGE:93-year-old> man", [], { values: 1, full: 0 }],
    ["a bare year", "in <DATE:2019>", [], { values: 0 }],
    ["a relative date", "<DATE_TIME:two weeks ago>", [], { values: 0 }],
    ["a day", "on <DATE:3/4/2019>", [], { values: 1, full: 0 }],
    ["a time of day", "at <DATE_TIME:14:30>", [], { values: 0 }],
    ["a day with its time", "on <DATE_TIME:3/4/2019 at 2:30 pm>", ["3/4/2019"], { values: 1, full: 1 }],
    ["a state", "from <GPE:Ohio>", [], { values: 0 }],
    ["a town in a state", "from <GPE:Lima, Ohio>", ["Lima"], { values: 1, full: 1 }],
    ["a town and ZIP in a state", "<ADDRESS:12 Elm St, Lima, OH 45801>", ["12 Elm St, Lima", "45801"], { full: 1 }],
    ["a town alone", "from <GPE:Lima>", [], { values: 1, full: 0 }],
    ["a town that is a state as well", "from <GPE:Washington>", [], { values: 1, full: 0 }],
    ["an organisation", "works at <ORGANIZATION:Acme>", [], { values: 0 }],
  ] as const)("%s", (_, marked, values, expected) => {
    expect(score(marked, ...values)).toMatchObject(expected);
  });

  it.each([
    ["all right", "Seen by <NAME:Jane Roe>", ["Jane Roe"], { masked: 7, right: 7 }],
    ["a word too much", "Seen by <NAME:Jane Roe>", ["by Jane Roe"], { masked: 9, right: 7 }],
    ["an honorific without a label", "Seen by Dr. <NAME:Roe>", ["Dr. Roe"], { masked: 3, right: 3 }],
    ["an age with a label", "<AGE:45> years", ["45"], { masked: 0, right: 0 }],
    ["an age without one", "45 years", ["45"], { masked: 2, right: 0, free: 1, touched: 1 }],
    ["nothing in a text without PHI", "Stable.", [], { free: 1, touched: 0, withPhi: 0 }],
    ["letters outside the basic plane", "<NAME:𝒥ane>", ["𝒥ane"], { full: 1, masked: 5, right: 5 }],
  ] as const)("precision: %s", (_, marked, values, expected) => {
    expect(score(marked, ...values)).toMatchObject(expected);
  });

  it("adds texts up, by type too, and tells places of misses", () => {
    const documents = [gold("<NAME:Ann> and <DATE:May 3>"), gold("<NAME:Bo>"), gold("Well.")];
    const misses: Miss[] = [];
    const found = [masks(documents[0]!, "Ann", "and"), [], masks(documents[2]!, "Well")];
    const total = scoreFindings(documents, found, { onMiss: (miss) => misses.push(miss) });
    expect(total.byType).toEqual({ NAME: { values: 2, full: 1, any: 1 }, DATE: { values: 1, full: 0, any: 0 } });
    expect(ratesOf(total)).toEqual({ full: 33.3, any: 33.3, clean: 0, precision: 30, touched: 100 });
    expect(misses).toEqual([
      { document: 0, what: "missed", start: 8, end: 13, type: "DATE" },
      { document: 0, what: "wrong", start: 4, end: 7, type: "" },
      { document: 1, what: "missed", start: 0, end: 2, type: "NAME" },
      { document: 2, what: "wrong", start: 0, end: 4, type: "" },
    ]);
    expect(scoreTable([["made", total]])).toBe(
      "corpus  texts  values  full %  any %  clean texts %  precision %  PHI-free touched %\nmade        3       3    33.3   33.3            0.0         30.0               100.0\n",
    );
    expect(typeTable(total).split("\n")[1]).toBe("NAME       2    50.0   50.0");
  });

  it("leaves other labels out where told", () => {
    const document = gold("<PET:Rex> and <ORG:Acme>");
    expect(scoreFindings([document], [[]], { neutral: ["pet"] })).toMatchObject({ values: 1, byType: { ORG: {} } });
  });
});

describe("readGold", () => {
  it("reads documents and passes over other keys and empty lines", () => {
    const line = '{"text": "Ann", "spans": [{"start": 0, "end": 3, "type": "NAME", "by": "me"}], "note": 1}';
    expect(readGold(`${line}\n\n{"text": "", "spans": []}\n`)).toMatchObject([
      { text: "Ann", spans: [{ start: 0, end: 3, type: "NAME" }] },
      { text: "", spans: [] },
    ]);
  });

  it.each([
    ["no JSON", "Jane Roe"],
    ["no text", '{"spans": []}'],
    ["no spans", '{"text": "Jane Roe"}'],
    ["a span without a type", '{"text": "Jane Roe", "spans": [{"start": 0, "end": 4}]}'],
    ["a span past the end", '{"text": "Jane Roe", "spans": [{"start": 0, "end": 9, "type": "NAME"}]}'],
    ["an empty span", '{"text": "Jane Roe", "spans": [{"start": 4, "end": 4, "type": "NAME"}]}'],
  ])("refuses %s, by line and without its text", (_, line) => {
    const read = () => readGold(`{"text": "", "spans": []}\n${line}`);
    expect(read).toThrow(/line 2/);
    expect(read).not.toThrow(/Jane/);
  });
});
