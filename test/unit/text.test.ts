import { Dictionary, Field, Int8, Int32, List, Schema, Utf8, vectorFromArray } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { batchOf, leafType } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { Profile } from "../../src/policy.ts";
import type { Detector, Finding } from "../../src/types.ts";
import { findingOperators } from "../../transforms/operators/operators.ts";
import { type MaskTextOptions, maskText } from "../../transforms/text.ts";
import { EXPERT, masked, masking, TEXT } from "../fakes/masking.ts";
import { applied, batchFrom, distinctFrom, patternDetector, runOf, thrown } from "../fakes/rows.ts";

const patterns = () =>
  patternDetector([
    ["NAME", /Jane|Roe/g],
    ["DATE", /\d\d?\/\d\d?\/\d{4}|\b\d{4}\b/g],
    ["AGE", /\b\d\d(?= y)/g],
    ["ID", /\bQ\d+/g, 0.3],
  ]);

function text(options: Partial<MaskTextOptions> & { readonly profile?: Profile } = {}) {
  const how = masking(options.profile ?? "safe_harbor");
  return maskText({
    leaf: "note",
    detectors: [patterns()],
    policy: how.policy,
    operators: findingOperators({}, how),
    onError: "fail",
    ...options,
  });
}

const notes = (...cells: (string | null)[]) => batchFrom({ note: cells });

describe("maskText", () => {
  it("masks what is found and leaves the rest, nulls and blanks", async () => {
    const { cells, tally } = await applied(
      text(),
      notes("Jane Roe, 45 y, seen 3/4/2021.", null, "", " \n", "well"),
      "note",
    );
    expect(cells).toEqual(["[NAME] [NAME], 45 y, seen [DATE].", null, "", " \n", "well"]);
    expect(tally.counts().columns["note"]).toEqual({ cells: 5, masked: 1, withheld: 0, found: { NAME: 2, DATE: 1 } });
  });
  it("asks a detector once for each distinct text", async () => {
    const detector = patterns();
    const { tally } = await applied(text({ detectors: [detector] }), notes("Jane", "a", "Jane", null, " "), "note");
    expect(detector.seen).toEqual([["Jane", "a"]]);
    expect(tally.counts().columns["note"]).toMatchObject({ masked: 2, found: { NAME: 2 } });
  });
  it("asks nobody about nothing", async () => {
    const detector = patterns();
    await applied(text({ detectors: [detector] }), notes(null, ""), "note");
    expect(detector.seen).toEqual([]);
  });
  it("weighs distinct values by how often they occur", async () => {
    const { tally } = await applied(text(), distinctFrom("note", ["Jane", "well", null], [5, 2, 1]), "note");
    expect(tally.counts().columns["note"]).toEqual({ cells: 8, masked: 5, withheld: 0, found: { NAME: 5 } });
  });
  it("masks the union of what several detectors find", async () => {
    const other = patternDetector([
      ["ADDRESS", /e Roe l/g],
      ["ID", /45/g],
    ]);
    const { cells } = await applied(text({ detectors: [patterns(), other] }), notes("Jane Roe left, 45 y"), "note");
    expect(cells).toEqual([expect.stringMatching(/^\[[A-Z]+\]eft, \[ID\] y$/)]);
  });
  it("works without a detector", async () => {
    const { cells } = await applied(text({ detectors: [], deny: { terms: ["Jane"] } }), notes("Jane Roe"), "note");
    expect(cells).toEqual(["[ID] Roe"]);
  });
  it.each<[Profile, string]>([
    ["safe_harbor", "[NAME] 45 y in 2021, [DATE]"],
    ["expert_determination", "[NAME] 45 y in 2021, [DATE]"],
    ["limited_data_set", "[NAME] 45 y in 2021, 3/4/2021"],
    ["strict", "[NAME] [AGE] y in [DATE], [DATE]"],
  ])("lets stand what %s permits", async (profile, answer) =>
    expect((await applied(text({ profile }), notes("Jane 45 y in 2021, 3/4/2021"), "note")).cells).toEqual([answer]),
  );
  it.each([
    [0, "[ID] [NAME]"],
    [0.3, "[ID] [NAME]"],
    [0.5, "Q77 [NAME]"],
    [0.95, "Q77 Jane"],
  ])("leaves findings below a score of %d", async (minScore, answer) =>
    expect((await applied(text({ minScore }), notes("Q77 Jane"), "note")).cells).toEqual([answer]),
  );
  it("takes a score that is no number for sure", async () => {
    const odd: Detector = {
      name: "odd",
      version: "1",
      detect: async (texts) => texts.map(() => [{ type: "NAME", start: 0, end: 4, score: Number.NaN }]),
    };
    expect((await applied(text({ detectors: [odd], minScore: 0.9 }), notes("Jane"), "note")).cells).toEqual(["[NAME]"]);
  });
});

describe("known values, allow and deny", () => {
  const known = [{ leaf: "last" }];
  const rows = batchFrom({ note: ["Marlowe came", "Marlowe came", "Marlowe came"], last: ["Marlowe", "Oakes", null] });
  it("are looked for in their own row alone", async () => {
    const step = text({ known });
    expect([step.reads, step.byValue]).toEqual([["note", "last"], false]);
    const { cells, tally } = await applied(step, rows, "note");
    expect(cells).toEqual(["[NAME] came", "Marlowe came", "Marlowe came"]);
    expect(tally.counts().columns["note"]).toMatchObject({ masked: 1, found: { NAME: 1 } });
  });
  it("are masked whatever allow, score and profile say", async () => {
    const { cells } = await applied(
      text({ known, allow: { terms: ["Marlowe"] }, minScore: 1.1, profile: "limited_data_set" }),
      rows,
      "note",
    );
    expect(cells[0]).toBe("[NAME] came");
  });
  it("may be numbers and dates", async () => {
    const batch = batchFrom(
      { note: ["MRN 482913, born March 4, 1980"], mrn: [482913], born: ["1980-03-04"] },
      { mrn: new Int32() },
    );
    const { cells } = await applied(text({ detectors: [], known: [{ leaf: "mrn" }, { leaf: "born" }] }), batch, "note");
    expect(cells).toEqual(["MRN [ID], born [DATE]"]);
  });
  it("take the type that the job gives them", async () => {
    const { cells } = await applied(text({ known: [{ leaf: "last", type: "OTHER" }] }), rows, "note");
    expect(cells[0]).toBe("[OTHER] came");
  });
  it("allow leaves a term, deny adds one, and deny wins", async () => {
    const { cells } = await applied(
      text({ allow: { terms: ["Jane"] }, deny: { terms: [{ term: "ward 9", type: "OTHER" }] } }),
      notes("Jane Roe of ward 9"),
      "note",
    );
    expect(cells).toEqual(["Jane [NAME] of [OTHER]"]);
    const both = text({ allow: { terms: ["Jane"] }, deny: { terms: ["Jane"] } });
    expect((await applied(both, notes("Jane"), "note")).cells).toEqual(["[ID]"]);
  });
});

describe("operators in text", () => {
  it("know the row's subject", async () => {
    const operators = findingOperators({ NAME: { mask: "surrogate" } }, EXPERT);
    const step = text({ operators, policy: EXPERT.policy, subject: "who" });
    const batch = batchFrom({ note: ["Roe 3/4/2021", "Roe 3/4/2021", "Roe"], who: ["p1", "p2", null] });
    const { cells } = await applied(step, batch, "note");
    const name = (id: string | null) => masked({ mask: "surrogate", type: "NAME" }, "Roe", TEXT, EXPERT, id);
    const day = (id: string) => masked({ mask: "shift" }, "3/4/2021", TEXT, EXPERT, id);
    expect(cells).toEqual([`${name("p1")} ${day("p1")}`, `${name("p2")} ${day("p2")}`, name(null)]);
  });
  it("read the subject only where they depend on it", async () => {
    const step = text({ subject: "who" });
    expect([step.reads, step.byValue]).toEqual([["note"], true]);
    const operators = findingOperators({}, EXPERT);
    expect(await thrown(() => text({ operators }))).toMatchObject(["RULE_UNFIT", { column: "note" }]);
  });
  it("that cannot examine stop the run or withhold the cell", async () => {
    const batch = batchFrom({ note: ["well", "on 3/4/2021"], who: ["p1", null] });
    const step = (onError: "fail" | "withhold") =>
      text({ operators: findingOperators({}, EXPERT), policy: EXPERT.policy, subject: "who", onError });
    expect(await thrown(() => step("fail").apply(batch, runOf()))).toMatchObject([
      "CELL_UNEXAMINED",
      { column: "note", row: 2 },
    ]);
    const { cells, tally } = await applied(step("withhold"), batch, "note");
    expect(cells).toEqual(["well", "[WITHHELD]"]);
    expect(tally.counts().columns["note"]).toMatchObject({ masked: 1, withheld: 1, found: {} });
  });
});

describe("a detector that answers amiss", () => {
  const answering = (detect: Detector["detect"]): Detector => ({ name: "bad", version: "1", detect });
  const found = (start: number, end: number): Finding => ({ type: "NAME", start, end, score: 1 });
  const failed = ["DETECTOR_FAILED", { column: "note" }] as const;
  const error = (detector: Detector, signal?: AbortSignal) =>
    thrown(() => text({ detectors: [patterns(), detector] }).apply(notes("Jane Roe", "a"), runOf(undefined, signal)));
  it.each<[string, Detector["detect"]]>([
    ["throws", async () => Promise.reject(new Error("Jane Roe"))],
    [
      "throws at once",
      () => {
        throw new TypeError("Jane Roe");
      },
    ],
    ["answers too few", async () => [[]]],
    ["answers too many", async () => [[], [], []]],
    ["answers nothing", async () => undefined as never],
    ["answers no list", async () => [[], undefined as never]],
    ["starts before the text", async () => [[found(-1, 2)], []]],
    ["ends after the text", async () => [[], [found(0, 2)]]],
    ["ends before it starts", async () => [[found(3, 2)], []]],
    ["finds nothing at a place", async () => [[found(2, 2)], []]],
    ["has half offsets", async () => [[found(0.5, 2)], []]],
    ["has no offsets", async () => [[found(Number.NaN, 2)], []]],
  ])("%s", async (_, detect) => expect(await error(answering(detect))).toEqual(failed));
  it("passes its own error on, with the column", async () => {
    const denied = answering(async () => Promise.reject(new MaskingError("STORE_DENIED", { row: 3 })));
    expect(await error(denied)).toEqual(["STORE_DENIED", { column: "note", row: 3 }]);
  });
  it("that was stopped says so", async () => {
    const stopped = answering(async () => Promise.reject(new Error("aborted")));
    expect(await error(stopped, AbortSignal.abort())).toEqual(["STOPPED", {}]);
  });
  it("never cuts a character in two", async () => {
    const half = answering(async (texts) => texts.map(() => [found(1, 2)]));
    expect((await applied(text({ detectors: [half] }), notes("😀b"), "note")).cells).toEqual(["[NAME]b"]);
  });
  it("cannot name an operator by accident", async () => {
    const odd = answering(async (texts) => texts.map(() => [{ ...found(0, 1), type: "constructor" as "NAME" }]));
    expect((await applied(text({ detectors: [odd] }), notes("ab"), "note")).cells).toEqual(["[constructor]b"]);
  });
});

describe("columns of text", () => {
  it("are text, of any kind, and there", async () => {
    const schema = batchFrom({ note: ["x"], n: [1] }, { n: new Int32() }).schema;
    expect(await thrown(() => text({ leaf: "gone" }).plan(schema))).toEqual(["COLUMN_MISSING", { column: "gone" }]);
    expect(await thrown(() => text({ leaf: "n" }).plan(schema))).toEqual([
      "COLUMN_TYPE",
      { column: "n", expected: "text" },
    ]);
    expect(await thrown(() => text({ known: [{ leaf: "gone" }] }).plan(schema))).toEqual([
      "COLUMN_MISSING",
      { column: "gone" },
    ]);
  });
  it("stay dictionaries, roomier where rows may differ", async () => {
    const batch = batchFrom(
      { note: ["Jane", "Jane", "a"], last: ["x", "y", "z"] },
      { note: new Dictionary(new Utf8(), new Int8()) },
    );
    const typeAfter = async (step: ReturnType<typeof text>) => {
      expect(String(leafType(step.plan(batch.schema), "note")!.type)).toBe(
        String(leafType((await step.apply(batch, runOf())).schema, "note")!.type),
      );
      return String(leafType(step.plan(batch.schema), "note")!.type);
    };
    expect(await typeAfter(text())).toBe("Dictionary<Int8, Utf8>");
    expect(await typeAfter(text({ known: [{ leaf: "last" }] }))).toBe("Dictionary<Int32, Utf8>");
  });
  it("may be inside lists, with the known values of their row", async () => {
    const type = new List(new Field("item", new Utf8(), true));
    const data = [
      vectorFromArray([["Marlowe came", "Oakes came"], ["Marlowe came"]], type).data[0]!,
      vectorFromArray(["Marlowe", "Oakes"], new Utf8()).data[0]!,
    ];
    const batch = batchOf(new Schema([new Field("note", type, true), new Field("last", new Utf8(), true)]), data, 2);
    const { cells } = await applied(text({ known: [{ leaf: "last" }] }), batch, "note");
    expect(cells).toEqual(["[NAME] came", "Oakes came", "Marlowe came"]);
  });
});
