import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { parseJob } from "../../src/parse.ts";

const columns = "columns: {a: keep}";

describe("parseJob", () => {
  it.each([
    ["YAML", `version: 1\n${columns}`],
    ["JSON", `{"version": 1, "columns": {"a": "keep"}}`],
    ["a rule in full", `version: 1\ncolumns: {a: {mask: hash, length: 16}}`],
    ["a column named __proto__", `version: 1\ncolumns: {__proto__: drop}`],
    ["a column whose name is a number", `version: 1\ncolumns: {2019: keep}`],
    ["every operator by its name", `version: 1\n${columns}\noperators: {NAME: surrogate, default: label}`],
  ])("takes %s", (_, text) => {
    expect(parseJob(text).version).toBe(1);
  });

  it.each([
    ["text that is no YAML", "a: [", "JOB_UNREADABLE", ""],
    ["a list", "[]", "JOB_INVALID", "a mapping"],
    ["no version", columns, "JOB_INVALID", "key version"],
    ["an unknown version", `version: 2\n${columns}`, "JOB_INVALID", "key version"],
    ["no columns", "version: 1", "JOB_INVALID", "key columns"],
    ["an unknown key", `version: 1\n${columns}\ncolums: {}`, "JOB_INVALID", "key colums"],
    [
      "an unknown key of a rule",
      "version: 1\ncolumns: {a: {mask: hash, lenght: 9}}",
      "JOB_INVALID",
      "columns.a.lenght",
    ],
    ["an unknown mask", "version: 1\ncolumns: {a: kep}", "JOB_INVALID", "one of text, image, label"],
    ["a rule without a mask", "version: 1\ncolumns: {a: {}}", "JOB_INVALID", "columns.a.mask"],
    ["a length out of range", "version: 1\ncolumns: {a: {mask: hash, length: 3}}", "JOB_INVALID", "columns.a.length"],
    ["two rules for one column", "version: 1\ncolumns: {a: keep, a: drop}", "RULE_DUPLICATE", "line 2"],
    ["two spellings of one column", `version: 1\ncolumns: {null: keep, "null": drop}`, "RULE_DUPLICATE", "line 2"],
    ["a rule that is not written", "version: 1\ncolumns:\n  a:", "JOB_INVALID", "columns.a"],
    ["the same in JSON", `{"version":1,"columns":{"a":"keep","a":"drop"}}`, "RULE_DUPLICATE", "line 1"],
    ["another key twice", `version: 1\nversion: 1\n${columns}`, "JOB_INVALID", "each key once"],
    ["an unknown profile", `version: 1\npolicy: {profile: safe}\n${columns}`, "JOB_INVALID", "limited_data_set"],
    ["a day that is none", `version: 1\npolicy: {as_of: 2026-13-01}\n${columns}`, "JOB_INVALID", "policy.as_of"],
    [
      "shifts over two ranges",
      "version: 1\ncolumns: {a: shift, b: {mask: shift, days: [-9, -1]}}",
      "JOB_INVALID",
      "b.days",
    ],
    ["an unknown PHI type", `version: 1\noperators: {NAMES: label}\n${columns}`, "JOB_INVALID", "operators.NAMES"],
  ])("refuses %s with the key and what may stand there", (_, text, code, says) => {
    const error = thrown(() => parseJob(text));
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  });

  it("takes keys as they are written, and the mask null without quotes", () => {
    const job = parseJob(`version: 1
source: {path: a.csv, csv: {null: NA}}
columns: {null: keep, 007: {mask: null}, 1e3: null, yes: "null", zip: {mask: text, known: [null]}}
operators: {default: label}`);
    expect(job.source?.csv).toEqual({ null: "NA" });
    expect(job.columns).toEqual({
      null: "keep",
      "007": { mask: "null" },
      "1e3": "null",
      yes: "null",
      zip: { mask: "text", known: ["null"] },
    });
  });

  it("never repeats a value of the job, which may be a secret in the wrong place", () => {
    for (const text of [
      `version: 1\npolicy: {key: hunter2}\n${columns}`,
      `version: 1\npolicy: {key: {env: A, hunter2: 1}, profile: hunter2}\n${columns}`.replace("hunter2: 1", "file: b"),
      `version: hunter2\n${columns}`,
      `version: 1\n${columns}\nx: "hunter2`,
    ]) {
      expect(thrown(() => parseJob(text)).message).not.toContain("hunter2");
    }
  });

  it("applies settings, with values in YAML and keys made on the way", () => {
    const job = parseJob(`version: 1\n${columns}`, [
      "policy.as_of=2026-01-01",
      "columns.note.mask=text",
      "columns.a=drop",
    ]);
    expect(job).toMatchObject({ policy: { as_of: "2026-01-01" }, columns: { note: { mask: "text" }, a: "drop" } });
  });

  it.each(["nokey", "=x", "a..b=1", "__proto__.x=1", "version.x=1"])("refuses the setting %s", (setting) => {
    expect(thrown(() => parseJob(`version: 1\n${columns}`, [setting])).code).toBe("JOB_INVALID");
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

function thrown(work: () => unknown): MaskingError {
  try {
    work();
  } catch (error) {
    if (error instanceof MaskingError) return error;
    throw error;
  }
  return expect.unreachable();
}
