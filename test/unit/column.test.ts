import {
  DateDay,
  Dictionary,
  Field,
  Int8,
  Int32,
  List,
  Schema,
  Struct,
  TimeMillisecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { batchOf, cellsOf, leafType } from "../../src/batch.ts";
import { maskColumn } from "../../transforms/column.ts";
import { cellOperator, type OperatorRule } from "../../transforms/operators/operators.ts";
import { EXPERT, masked, masking, TEXT } from "../fakes/masking.ts";
import { applied, batchFrom, distinctFrom, runOf, thrown } from "../fakes/rows.ts";

const column = (
  leaf: string,
  rule: OperatorRule,
  onError: "fail" | "withhold" = "fail",
  how = masking(),
  subject?: string,
) => maskColumn({ leaf, operator: cellOperator(rule, how), onError, ...(subject !== undefined && { subject }) });

describe("maskColumn", () => {
  it("masks every cell but null and blank ones, and counts", async () => {
    const { cells, tally } = await applied(
      column("name", { mask: "label", type: "NAME" }),
      batchFrom({ name: ["Jane", null, "", " ", "Jane"] }),
      "name",
    );
    expect(cells).toEqual(["[NAME]", null, "", " ", "[NAME]"]);
    expect(tally.counts().columns["name"]).toEqual({ cells: 5, masked: 2, withheld: 0, found: {} });
  });
  it.each([
    ["redact", ["", null, "", "", "", ""], 3],
    ["null", [null, null, null, null, null, null], 5],
  ] as const)("%s counts what changed without a look at it", async (mask, expected, changed) => {
    const rows = { name: ["Jane", null, "", " ", "Zoë", ""] };
    const { cells, tally } = await applied(column("name", { mask }), batchFrom(rows), "name");
    expect(cells).toEqual(expected);
    expect(tally.counts().columns["name"]).toEqual({ cells: 6, masked: changed, withheld: 0, found: {} });
  });
  it("counts a distinct value as often as it occurs", async () => {
    const { cells, tally } = await applied(
      column("age", { mask: "age" }),
      distinctFrom("age", ["95", "45", null], [3, 2, 4]),
      "age",
    );
    expect(cells).toEqual(["90+", "45", null]);
    expect(tally.counts().columns["age"]).toEqual({ cells: 9, masked: 3, withheld: 0, found: {} });
  });
  it("gives each row its subject's answer", async () => {
    const batch = batchFrom({ seen: ["2021-06-30", "2021-06-30", "2021-07-02"], who: [1, 2, 1] }, { who: new Int32() });
    const step = column("seen", { mask: "shift" }, "fail", EXPERT, "who");
    expect([step.reads, step.writes, step.byValue]).toEqual([["seen", "who"], ["seen"], false]);
    const { cells } = await applied(step, batch, "seen");
    expect(cells[0]).toBe(masked({ mask: "shift" }, "2021-06-30", TEXT, EXPERT, "1"));
    expect(cells[1]).not.toBe(cells[0]);
    expect(Date.parse(cells[2] as string) - Date.parse(cells[0] as string)).toBe(2 * 86_400_000);
  });
  it("gives equal values of two subjects answers of their own, as each row alone would get", async () => {
    const rule = { mask: "surrogate", type: "NAME" } as const;
    const how = masking("safe_harbor", { subject: true });
    const names = ["Ana", "Ana", "Feeney", "Ana", "Feeney"];
    const batch = batchFrom({ name: names, who: [1, 2, 1, 1, 3] }, { who: new Int32() });
    const { cells } = await applied(column("name", rule, "fail", how, "who"), batch, "name");
    expect(cells).toEqual(["1", "2", "1", "1", "3"].map((id, row) => masked(rule, names[row]!, TEXT, how, id)));
    expect(new Set(cells).size).toBe(4);
  });
  it("reads the subject only where the answer depends on it", () => {
    expect(column("id", { mask: "hash" }, "fail", EXPERT, "who").reads).toEqual(["id"]);
    expect(column("who", { mask: "surrogate", type: "NAME" }, "fail", EXPERT, "who").reads).toEqual(["who"]);
    expect(column("id", { mask: "hash" }, "fail", EXPERT, "who").byValue).toBe(true);
  });
  it("gives the same answers however many cells come at once", async () => {
    const values = Array.from({ length: 9000 }, (_, i) => `v${i % 6000}`);
    const step = column("id", { mask: "hash" });
    const { cells } = await applied(step, batchFrom({ id: values }), "id");
    for (const i of [0, 1, 4095, 4096, 5999, 6000, 8999]) expect(cells[i]).toBe(masked({ mask: "hash" }, values[i]!));
  });

  it.each<[OperatorRule, boolean]>([
    [{ mask: "year" }, true],
    [{ mask: "null" }, true],
    [{ mask: "age" }, false],
  ])("plans %o", (rule, nullable) => {
    const schema = new Schema([new Field("born", new DateDay(), false)]);
    expect(column("born", rule).plan(schema).fields[0]!.nullable).toBe(nullable);
    expect(column("born", rule, "withhold").plan(schema).fields[0]!.nullable).toBe(true);
  });
  it("plans what it writes", async () => {
    const types = { id: new Int32(), ward: new Dictionary(new Utf8(), new Int8()) };
    const batch = batchFrom({ id: [5, null], ward: ["a", "b"] }, types);
    for (const [leaf, rule] of [
      ["id", { mask: "hash" }],
      ["ward", { mask: "hash" }],
      ["ward", { mask: "redact" }],
    ] as const) {
      const step = column(leaf, rule);
      const written = (await step.apply(batch, runOf())).schema;
      expect(String(leafType(step.plan(batch.schema), leaf)!.type)).toBe(String(leafType(written, leaf)!.type));
    }
    expect(String(leafType(column("ward", { mask: "hash" }).plan(batch.schema), "ward")!.type)).toBe(
      "Dictionary<Int8, Utf8>",
    );
  });
  it("drops and keeps", async () => {
    const batch = batchFrom({ a: ["x"], b: ["y"] });
    const drop = column("a", { mask: "drop" });
    expect(drop.plan(batch.schema).fields.map(({ name }) => name)).toEqual(["b"]);
    expect((await drop.apply(batch, runOf())).schema.fields.map(({ name }) => name)).toEqual(["b"]);
    const keep = column("a", { mask: "keep" });
    expect([keep.reads, keep.writes, await keep.apply(batch, runOf())]).toEqual([[], [], batch]);
  });
  it("masks values inside lists, each by the subject of its row", async () => {
    const item = new Struct([new Field("day", new Utf8(), true)]);
    const type = new List(new Field("item", item, true));
    const visits = [[{ day: "2021-06-30" }, { day: null }], null, [{ day: "2021-06-30" }]];
    const fields = [new Field("visits", type, true), new Field("who", new Utf8(), true)];
    const data = [vectorFromArray(visits, type).data[0]!, vectorFromArray(["p1", "p2", "p3"], new Utf8()).data[0]!];
    const batch = batchOf(new Schema(fields), data, 3);
    const leaf = "visits.list.element.day";
    const { cells } = await applied(column(leaf, { mask: "shift" }, "fail", EXPERT, "who"), batch, leaf);
    const by = (id: string) => masked({ mask: "shift" }, "2021-06-30", TEXT, EXPERT, id);
    expect(cells).toEqual([by("p1"), null, by("p3")]);
    expect(await thrown(() => column(leaf, { mask: "shift" }, "fail", EXPERT, leaf).apply(batch, runOf()))).toEqual([
      "COLUMN_TYPE",
      { column: leaf, expected: "one subject a row" },
    ]);
  });
});

describe("a cell that cannot be examined", () => {
  const batch = batchFrom({ zip: ["02139", "Jane Roe"], who: ["p1", null] });
  it("stops the run with its place and nothing of itself", async () => {
    const error = await column("zip", { mask: "zip" })
      .apply(batch, runOf())
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "CELL_UNEXAMINED", place: { column: "zip", row: 2 } });
    expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain("Roe");
  });
  it("has no row among distinct values", async () => {
    const distinct = distinctFrom("zip", ["02139", "Jane Roe"], [1, 1]);
    expect(await thrown(() => column("zip", { mask: "zip" }).apply(distinct, runOf()))).toEqual([
      "CELL_UNEXAMINED",
      { column: "zip" },
    ]);
  });
  it("is withheld where the job says so", async () => {
    const { cells, tally } = await applied(column("zip", { mask: "zip" }, "withhold"), batch, "zip");
    expect(cells).toEqual(["021", "[WITHHELD]"]);
    expect(tally.counts().columns["zip"]).toEqual({ cells: 2, masked: 2, withheld: 1, found: {} });
  });
  it("is null where the column is not text", async () => {
    const { cells } = await applied(
      column("age", { mask: "age" }, "withhold"),
      batchFrom({ age: [45, -3] }, { age: new Int32() }),
      "age",
    );
    expect(cells).toEqual([45, null]);
  });
  it("is a date whose row names no subject", async () => {
    const seen = batchFrom({ seen: ["2021-06-30", "2021-06-30"], who: ["p1", " "] });
    const step = (onError: "fail" | "withhold") => column("seen", { mask: "shift" }, onError, EXPERT, "who");
    expect(await thrown(() => step("fail").apply(seen, runOf()))).toMatchObject([
      "CELL_UNEXAMINED",
      { column: "seen", row: 2 },
    ]);
    expect((await applied(step("withhold"), seen, "seen")).cells[1]).toBe("[WITHHELD]");
  });
});

describe("a rule that does not fit", () => {
  const schema = batchFrom({ a: ["x"], t: [5] }, { t: new TimeMillisecond() }).schema;
  it.each([
    ["a missing column", () => column("b", { mask: "hash" }).plan(schema), ["COLUMN_MISSING", { column: "b" }]],
    [
      "a missing subject column",
      () => column("a", { mask: "shift" }, "fail", EXPERT, "who").plan(schema),
      ["COLUMN_MISSING", { column: "who" }],
    ],
    [
      "no subject",
      () => column("a", { mask: "shift" }, "fail", EXPERT),
      ["RULE_UNFIT", { column: "a", expected: "policy.subject for this mask" }],
    ],
    ["another type", () => column("t", { mask: "zip" }).plan(schema), ["COLUMN_TYPE", { column: "t" }]],
  ] as const)("is refused before a row is read: %s", async (_, call, error) =>
    expect(await thrown(call)).toEqual(error),
  );
  it("leaves other columns as they are", async () => {
    const batch = batchFrom({ a: ["x"], b: ["y"] });
    const { batch: after } = await applied(column("a", { mask: "hash" }), batch, "a");
    expect(cellsOf(after, "b").cells).toEqual(["y"]);
  });
});
