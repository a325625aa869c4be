import { Field, Int32, List, Map_, Schema, Struct, Utf8 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { withLeafType, withoutLeaf } from "../../src/batch.ts";
import { type ColumnRule, type ColumnRules, planTable } from "../../src/rules.ts";
import type { Transform } from "../../src/types.ts";

const text = (name: string): Field => new Field(name, new Utf8(), true);
const schema = new Schema([
  new Field("id", new Int32(), false),
  text("note"),
  text("twin"),
  text("twin"),
  new Field("home", new Struct([text("line"), text("city")]), true),
  new Field("past", new List(new Field("item", new Struct([text("line"), text("city")]), true)), true),
  new Field(
    "tags",
    new Map_(
      new Field(
        "entries",
        new Struct<{ key: Utf8; value: Utf8 }>([new Field("key", new Utf8()), new Field("value", new Utf8())]),
        false,
      ),
    ),
    true,
  ),
]);

const KEEP: ColumnRule = { mask: "keep" };
const masking = (leaf: string, reads: readonly string[] = []): ColumnRule => {
  const transform: Transform = {
    name: leaf,
    reads: [leaf, ...reads],
    writes: [leaf],
    byValue: reads.length === 0,
    plan: (before) => withLeafType(before, leaf, new Utf8(), true),
    apply: async (batch) => batch,
  };
  return { mask: "hash", transform, partition: (value) => value && `#${value}` };
};
const drop = (leaf: string): Transform => ({
  ...masking(leaf).transform!,
  plan: (before) => withoutLeaf(before, leaf),
});
const rules = (
  byColumn: Readonly<Record<string, ColumnRule>>,
  unlisted: ColumnRules["unlisted"] = "keep",
): ColumnRules => ({
  byColumn: new Map(Object.entries(byColumn)),
  unlisted,
  dropping: drop,
});
const all = { id: KEEP, note: KEEP, twin: KEEP, home: KEEP, past: KEEP, tags: KEEP };

describe("planTable", () => {
  it("covers nested columns by their parent or leaf by leaf, in any spelling", () => {
    const { past: _, home: __, ...rest } = all;
    const spelled = {
      ...rest,
      "home.line": masking("home.line"),
      "home.city": KEEP,
      "past.list.element.line": masking("past.list.element.line"),
      "past.city": KEEP,
    };
    const plan = planTable(schema, [], rules(spelled, "fail"));
    expect(plan.transforms.map(({ name }) => name)).toEqual(["home.line", "past.list.element.line"]);
    expect(plan.columns.find(({ column }) => column === "past.list.element.line")?.mask).toBe("hash");
    expect(plan.columns.find(({ column }) => column === "past.list.element.city")?.mask).toBe("keep");
  });

  it.each([
    ["a column without a rule", { id: KEEP }, "COLUMN_UNLISTED", "note"],
    [
      "a nested leaf without a rule",
      { ...all, home: undefined, "home.line": masking("home.line") },
      "COLUMN_UNLISTED",
      "home.city",
    ],
    ["a rule without its column", { ...all, phone: KEEP }, "COLUMN_MISSING", "phone"],
    ["a known column that is not there", { ...all, note: masking("note", ["phone"]) }, "COLUMN_MISSING", "phone"],
    [
      "two spellings of one column",
      { ...all, past: undefined, "past.line": masking("past.line"), "past.list.element.line": KEEP },
      "RULE_DUPLICATE",
      "past.list.element.line",
    ],
    ["a masked column that stands twice", { ...all, twin: masking("twin") }, "COLUMN_DUPLICATE", "twin"],
  ])("refuses %s", (_, columns, code, column) => {
    const defined = Object.fromEntries(Object.entries(columns).filter(([, rule]) => rule !== undefined)) as Record<
      string,
      ColumnRule
    >;
    expect(() => planTable(schema, [], rules(defined, "fail"), "a.csv")).toThrow(
      expect.objectContaining({ code, place: { file: "a.csv", column } }),
    );
  });

  it("drops what is unlisted where the job says so", () => {
    const plan = planTable(schema, [], rules({ id: KEEP, twin: KEEP, home: KEEP, past: KEEP, tags: KEEP }, "drop"));
    expect(plan.schema.fields.map(({ name }) => name)).toEqual(["id", "twin", "twin", "home", "past", "tags"]);
    expect(plan.columns.find(({ column }) => column === "note")).toEqual({
      column: "note",
      type: "Utf8",
      mask: "drop",
    });
  });

  it("plans partition columns", () => {
    const partition = [
      ["region", "north"],
      ["clinic", "Mercy"],
      ["year", null],
    ] as const;
    const columns = {
      ...all,
      region: KEEP,
      clinic: masking("clinic"),
      year: { mask: "drop", partition: () => undefined, transform: drop("year") },
    };
    expect(planTable(schema, partition, rules(columns, "fail")).partition).toEqual([
      { from: "region", mask: "keep", changes: false, value: "north" },
      { from: "clinic", mask: "hash", changes: true, value: "#Mercy" },
      { from: "year", mask: "drop", changes: true },
    ]);
    expect(() => planTable(schema, [["region", "x"]], rules(all, "fail"))).toThrow(
      expect.objectContaining({ code: "COLUMN_UNLISTED" }),
    );
  });

  it("says what a column becomes", () => {
    const plan = planTable(schema, [], rules({ ...all, id: masking("id") }));
    expect(plan.columns[0]).toEqual({ column: "id", type: "Int32", mask: "hash", becomes: "Utf8" });
  });
});
