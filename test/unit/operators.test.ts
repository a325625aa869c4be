import { createHmac } from "node:crypto";
import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationSecond,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  LargeUtf8,
  Null,
  TimeMicrosecond,
  TimeMillisecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint64,
  Utf8,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import type { Cell } from "../../src/types.ts";
import { canonicalOf } from "../../transforms/operators/canonical.ts";
import { keyOf } from "../../transforms/operators/key.ts";
import { cellOperator, findingOperators, type OperatorRule } from "../../transforms/operators/operators.ts";
import { EXPERT, KEY, masked, masking, OTHER_KEY, replaced, TEXT } from "../fakes/masking.ts";

describe("canonical text", () => {
  it.each<[DataType, Cell, string]>([
    [TEXT, "Róe ", "Róe "],
    [new Int8(), -5, "-5"],
    [new Int64(), 5n, "5"],
    [new Uint64(), 18446744073709551615n, "18446744073709551615"],
    [new Float64(), 5, "5"],
    [new Float64(), 0.1, "0.1"],
    [new Float64(), -0, "0"],
    [new Float64(), 1e21, "1000000000000000000000"],
    [new Float64(), 1.5e-7, "0.00000015"],
    [new Float64(), -2.5e22, "-25000000000000000000000"],
    [new Float32(), Math.fround(0.1), "0.1"],
    [new Float32(), Math.fround(16777216), "16777216"],
    [new Float32(), Math.fround(3.4028235e38), `34028235${"0".repeat(31)}`],
    [new Decimal(2, 10), 500n, "5"],
    [new Decimal(2, 10), -5n, "-0.05"],
    [new Decimal(2, 10), 1230n, "12.3"],
    [new Decimal(0, 10), 123n, "123"],
    [new Bool(), true, "true"],
    [new DateDay(), 0, "1970-01-01"],
    [new DateDay(), -1, "1969-12-31"],
    [new DateDay(), 19782, "2024-02-29"],
    [new DateDay(), -719529, "-000001-12-31"],
    [new DateMillisecond(), 86_400_000n, "1970-01-02"],
    [new TimestampSecond(), 0n, "1970-01-01T00:00:00"],
    [new TimestampMillisecond(), -1n, "1969-12-31T23:59:59.999"],
    [new TimestampMicrosecond(), 1_500_000n, "1970-01-01T00:00:01.5"],
    [new TimestampNanosecond(), 1n, "1970-01-01T00:00:00.000000001"],
    [new TimestampMicrosecond("UTC"), 0n, "1970-01-01T00:00:00Z"],
    [new TimeMillisecond(), 3_600_500, "01:00:00.5"],
    [new TimeMicrosecond(), 86_399_000_000n, "23:59:59"],
  ])("of %s %s is %s", (type, cell, text) => expect(canonicalOf(type)!(cell)).toBe(text));

  it.each([new Binary(), new DurationSecond()])("of %s there is none", (type) =>
    expect(canonicalOf(type)).toBeUndefined(),
  );
});

describe("keyOf", () => {
  it.each(["", "short", `  ${"x".repeat(31)}\n`])("refuses a weak key", (secret) =>
    expect(() => keyOf(secret)).toThrow(expect.objectContaining({ code: "KEY_WEAK" })),
  );
  it("counts bytes, and no white space around", () => {
    expect(keyOf("ü".repeat(16)).fingerprint).toMatch(/^[0-9a-f]{16}$/);
    const secret = "k".repeat(32);
    expect(keyOf(` ${secret}\r\n`).hex("5")).toBe(keyOf(secret).hex("5"));
    expect(keyOf(` ${secret}\r\n`).fingerprint).toBe(keyOf(secret).fingerprint);
  });
  it("keeps parts and purposes apart", () => {
    const hex = (...parts: [string, ...string[]]) => Buffer.from(KEY.hmac(...parts)).toString("hex");
    const all = [
      hex("a", "bc"),
      hex("a", "b", "c"),
      hex("a", "", "bc"),
      hex("b", "bc"),
      hex("a", "1:b", "c"),
      hex("a"),
    ];
    expect(new Set([...all, KEY.hex("bc"), Buffer.from(KEY.derive("a")).toString("hex")]).size).toBe(8);
    expect(KEY.hmac("a")).toHaveLength(32);
  });
});

describe("label", () => {
  it.each<[OperatorRule, DataType, Cell, unknown]>([
    [{ mask: "label" }, TEXT, "Jane Roe", "[PHI]"],
    [{ mask: "label", type: "NAME" }, TEXT, "Jane Roe", "[NAME]"],
    [{ mask: "label", type: "DATE" }, new DateDay(), 1, "[DATE]"],
    [{ mask: "label", type: "ID" }, new Binary(), new Uint8Array([1]), "[ID]"],
    [{ mask: "label", type: "NAME" }, TEXT, "", ""],
    [{ mask: "label", type: "NAME" }, TEXT, " \t ", " \t "],
  ])("%o on %s %s gives %s", (rule, type, cell, answer) => expect(masked(rule, cell, type)).toBe(answer));
  it("names a finding by its type", () => {
    expect(replaced({ mask: "label" }, "NAME", "Jane")).toBe("[NAME]");
    expect(replaced({ mask: "label", type: "OTHER" }, "NAME", "Jane")).toBe("[OTHER]");
  });
});

describe("redact, null, keep", () => {
  it.each<[OperatorRule, DataType, Cell, unknown]>([
    [{ mask: "redact" }, TEXT, "Jane", ""],
    [{ mask: "redact" }, TEXT, " ", ""],
    [{ mask: "redact" }, new Int32(), 5, null],
    [{ mask: "null" }, TEXT, "Jane", null],
    [{ mask: "null" }, TEXT, "", null],
    [{ mask: "null" }, new TimestampNanosecond(), 5n, null],
    [{ mask: "keep" }, TEXT, "north", "north"],
    [{ mask: "keep" }, new Int64(), 5n, 5n],
  ])("%o on %s %s gives %s", (rule, type, cell, answer) => expect(masked(rule, cell, type)).toBe(answer));
  it("are for findings where they mask", () => {
    expect(replaced({ mask: "redact" }, "NAME", "Jane")).toBe("");
    expect(replaced({ mask: "null" }, "NAME", "Jane")).toBe("RULE_UNFIT");
    expect(replaced({ mask: "drop" }, "NAME", "Jane")).toBe("RULE_UNFIT");
    expect(replaced({ mask: "keep" }, "NAME", "Jane")).toBe("RULE_UNFIT");
    expect(replaced({ mask: "keep" }, "AGE", "95", masking("strict"))).toBe("RULE_UNFIT");
    expect(replaced({ mask: "keep" }, "PROFESSION", "baker")).toBe("baker");
    expect(replaced({ mask: "keep" }, "DATE", "3/4", masking("limited_data_set"))).toBe("3/4");
  });
});

describe("mask", () => {
  const open = masking("limited_data_set");
  it.each<[OperatorRule, DataType, Cell, unknown]>([
    [{ mask: "mask" }, TEXT, "Jane Roe", "********"],
    [{ mask: "mask", character: "x" }, TEXT, "a-b", "xxx"],
    [{ mask: "mask", character: "•" }, TEXT, "ab", "••"],
    [{ mask: "mask" }, TEXT, "Zoë 😀", "*****"],
    [{ mask: "mask" }, new Int32(), 1234, "****"],
    [{ mask: "mask" }, new DateDay(), 0, "**********"],
    [{ mask: "mask" }, TEXT, "x".repeat(5000), "*".repeat(5000)],
    [{ mask: "mask" }, TEXT, "", ""],
    [{ mask: "mask" }, new Binary(), new Uint8Array([1]), "COLUMN_TYPE"],
    [{ mask: "mask", keep_last: 4 }, TEXT, "123-45-6789", "*******6789"],
    [{ mask: "mask", keep_last: 4 }, TEXT, "12345678", "****5678"],
    [{ mask: "mask", keep_last: 4 }, TEXT, "1234567", "*******"],
    [{ mask: "mask", keep_last: 1 }, TEXT, "a😀", "*😀"],
    [{ mask: "mask", keep_last: 0 }, TEXT, "ab", "**"],
    [{ mask: "mask", character: "ab" }, TEXT, "x", "RULE_UNFIT"],
    [{ mask: "mask", character: "" }, TEXT, "x", "RULE_UNFIT"],
    [{ mask: "mask", keep_last: -1 }, TEXT, "x", "RULE_UNFIT"],
    [{ mask: "mask", keep_last: 1.5 }, TEXT, "x", "RULE_UNFIT"],
  ])("%o on %s %s gives %s", (rule, type, cell, answer) => expect(masked(rule, cell, type, open)).toBe(answer));
  it.each(["safe_harbor", "strict"] as const)("leaves no part of an identifier under %s", (profile) =>
    expect(masked({ mask: "mask", keep_last: 4 }, "123456789", TEXT, masking(profile))).toBe("RULE_UNFIT"),
  );
});

describe("hash", () => {
  const plain = (value: string) =>
    createHmac("sha256", "a made-up key of more than thirty-two bytes").update(value).digest("hex");
  const hash = { mask: "hash" } as const;
  it("is HMAC-SHA-256 of the canonical text under the key, so others can rebuild it", () => {
    expect(masked(hash, "5")).toBe(plain("5").slice(0, 32));
    expect(masked({ mask: "hash", length: 64 }, "Zoë")).toBe(plain("Zoë"));
    expect(masked({ mask: "hash", length: 8 }, "x".repeat(9999))).toBe(plain("x".repeat(9999)).slice(0, 8));
  });
  it.each<[DataType, Cell]>([
    [new Int8(), 5],
    [new Int64(), 5n],
    [new Float32(), 5],
    [new Float64(), 5],
    [new Decimal(3, 12), 5000n],
    [new LargeUtf8(), "5"],
    [new Binary(), new Uint8Array([0x35])],
    [new Dictionary(new Utf8(), new Int8()), "5"],
  ])("of %s %s is that of the text 5", (type, cell) => expect(masked(hash, cell, type)).toBe(masked(hash, "5")));
  it.each<[Cell, Cell]>([
    ["5", "5 "],
    ["Roe", "roe"],
    ["05", "5"],
  ])("%j and %j differ", (a, b) => expect(masked(hash, a)).not.toBe(masked(hash, b)));
  it("differs by key, not by subject", () => {
    expect(masked(hash, "5", TEXT, masking("strict", { key: OTHER_KEY }))).not.toBe(masked(hash, "5"));
    expect(masked(hash, "5", TEXT, EXPERT, "a")).toBe(masked(hash, "5", TEXT, EXPERT, "b"));
    expect(cellOperator(hash, EXPERT).byValue).toBe(true);
  });
  it("leaves blanks, refuses odd lengths and types, and needs a key", () => {
    expect(masked(hash, "")).toBe("");
    expect(masked(hash, Number.NaN, new Float64())).toBe(masked(hash, "NaN"));
    expect(masked({ mask: "label", type: "ID" }, Number.NaN, new Float64())).toBe("[ID]");
    for (const length of [7, 65, 16.5]) expect(masked({ mask: "hash", length }, "x")).toBe("RULE_UNFIT");
    expect(masked(hash, 5n, new DurationSecond())).toBe("COLUMN_TYPE");
    expect(masked(hash, "x", TEXT, masking("strict", { key: undefined }))).toBe("KEY_MISSING");
  });
});

describe("encrypt and decrypt", () => {
  const encrypt = { mask: "encrypt" } as const;
  const decrypt = { mask: "decrypt" } as const;
  it.each<[DataType, Cell, string]>([
    [TEXT, "Jane Roe", "Jane Roe"],
    [TEXT, "😀", "😀"],
    [new Int64(), -5n, "-5"],
    [new DateDay(), 0, "1970-01-01"],
  ])("%s %s comes back as %s", (type, cell, text) => {
    const sealed = masked(encrypt, cell, type) as string;
    expect(sealed).toMatch(/^pm1\.[\w-]+$/);
    expect(masked(decrypt, sealed)).toBe(text);
    expect(masked(encrypt, cell, type)).toBe(sealed);
  });
  it("opens nothing that this key did not seal", () => {
    const sealed = masked(encrypt, "Jane Roe") as string;
    const flipped = sealed.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    for (const cell of [
      "Jane Roe",
      "pm1.",
      "pm1.AAAA",
      flipped,
      `${sealed}=`,
      sealed.replace("pm1", "pm2"),
      sealed.slice(0, -4),
    ]) {
      expect(masked(decrypt, cell)).toBe("CELL_UNEXAMINED");
    }
    expect(masked(decrypt, sealed, TEXT, masking("strict", { key: OTHER_KEY }))).toBe("CELL_UNEXAMINED");
  });
  it("works in text one way", () => {
    expect(masked(decrypt, replaced(encrypt, "NAME", "Jane"))).toBe("Jane");
    expect(replaced(decrypt, "NAME", "pm1.AAAA")).toBe("RULE_UNFIT");
    expect(masked(decrypt, 5, new Int16())).toBe("COLUMN_TYPE");
    expect(masked(encrypt, new Uint8Array([1]), new Binary())).toBe("COLUMN_TYPE");
  });
});

describe("types", () => {
  const after = (rule: OperatorRule, type: DataType) => String(cellOperator(rule, EXPERT).on(type).type);
  it.each<[OperatorRule, DataType, string]>([
    [{ mask: "hash" }, new Int64(), "Utf8"],
    [{ mask: "hash" }, new LargeUtf8(), "LargeUtf8"],
    [{ mask: "label" }, new Dictionary(new Utf8(), new Int8()), "Dictionary<Int8, Utf8>"],
    [{ mask: "label" }, new Dictionary(new Int32(), new Int8()), "Utf8"],
    [{ mask: "surrogate", type: "NAME" }, new Dictionary(new Utf8(), new Int8()), "Dictionary<Int32, Utf8>"],
    [{ mask: "surrogate", type: "ID" }, new Dictionary(new Utf8(), new Int8()), "Dictionary<Int8, Utf8>"],
    [{ mask: "date" }, new DateDay(), "Date32<DAY>"],
    [{ mask: "shift" }, new TimestampMicrosecond("UTC"), "Timestamp<MICROSECOND, UTC>"],
    [{ mask: "year" }, new Int32(), "Int32"],
    [{ mask: "age" }, new Float64(), "Float64"],
    [{ mask: "age" }, new DateDay(), "Int32"],
    [{ mask: "zip" }, new Int32(), "Int32"],
    [{ mask: "null" }, new Bool(), "Bool"],
    [{ mask: "hash" }, new Null(), "Null"],
  ])("%o makes %s %s", (rule, type, name) => expect(after(rule, type)).toBe(name));
});

describe("findingOperators", () => {
  const finding = { type: "DATE", start: 0, end: 10, score: 1 } as const;
  it("labels unless told otherwise", () => {
    const { types, default: other, bySubject } = findingOperators({}, masking());
    expect([types.size, bySubject, other("2021-03-04", finding, { id: null })]).toEqual([0, false, "[DATE]"]);
  });
  it("shifts dates under expert_determination where there are a subject and no other rule", () => {
    const shifting = findingOperators({}, EXPERT);
    expect(shifting.bySubject).toBe(true);
    expect(shifting.types.get("DATE")!("2021-03-04", finding, { id: "p1" })).toMatch(/^202[01]-\d\d-\d\d$/);
    expect(findingOperators({ default: { mask: "redact" } }, EXPERT).types.size).toBe(0);
    expect(findingOperators({ DATE: { mask: "year" } }, EXPERT).bySubject).toBe(false);
    expect(findingOperators({}, masking("expert_determination")).types.size).toBe(0);
  });
});
