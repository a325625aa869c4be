import { readdirSync, readFileSync } from "node:fs";
import { DateDay, Dictionary, Int8, Int32, Table, tableToIPC, Utf8 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { maskColumn } from "../../transforms/column.ts";
import { cellOperator, type OperatorRule } from "../../transforms/operators/operators.ts";
import { EXPERT, masking } from "../fakes/masking.ts";
import { batchFrom, runOf } from "../fakes/rows.ts";

const PLANTED = ["Quillfeather", "Zanzibar", "Quillfeather"];
const DAY = "1987-05-20";

/** The bytes that a reader of the masked batch would get. */
async function bytesAfter(
  rule: OperatorRule,
  cells: readonly unknown[],
  how = masking(),
  subject?: string,
): Promise<string> {
  const batch = batchFrom(
    { secret: cells, who: ["p1", "p2", "p1"] },
    { secret: new Dictionary(new Utf8(), new Int8()) },
  );
  const step = maskColumn({
    leaf: "secret",
    operator: cellOperator(rule, how),
    onError: "withhold",
    ...(subject !== undefined && { subject }),
  });
  const masked = await step.apply(batch, runOf());
  return Buffer.from(tableToIPC(new Table([masked]))).toString("latin1");
}

describe("no operator leaves a value in the bytes of its column", () => {
  const whole: readonly OperatorRule[] = [
    { mask: "label", type: "NAME" },
    { mask: "redact" },
    { mask: "mask" },
    { mask: "hash" },
    { mask: "surrogate", type: "NAME" },
    { mask: "surrogate", type: "ID" },
    { mask: "encrypt" },
    { mask: "null" },
    { mask: "drop" },
    { mask: "year" },
    { mask: "date" },
    { mask: "age" },
    { mask: "zip" },
    { mask: "generalize", width: 10 },
  ];
  it("finds what was planted where it was kept", async () => {
    expect(await bytesAfter({ mask: "keep" }, PLANTED)).toContain("Quillfeather");
  });
  it.each(whole)("%o", async (rule) => {
    const bytes = await bytesAfter(rule, PLANTED);
    for (const planted of PLANTED) expect(bytes.toLowerCase()).not.toContain(planted.toLowerCase());
  });
  it.each<OperatorRule>([{ mask: "shift" }, { mask: "surrogate", type: "DATE" }, { mask: "date" }])(
    "%o of a date",
    async (rule) => {
      expect(await bytesAfter(rule, [DAY, DAY, DAY], EXPERT, "who")).not.toContain(DAY);
    },
  );
  it.each<OperatorRule>([{ mask: "year" }, { mask: "surrogate", type: "DATE" }, { mask: "generalize", width: "year" }])(
    "%o of a date under safe_harbor",
    async (rule) => expect(await bytesAfter(rule, [DAY, DAY, DAY])).not.toContain("-05-20"),
  );
});

describe("no error holds a value", () => {
  const rules: readonly OperatorRule[] = [
    { mask: "zip" },
    { mask: "age" },
    { mask: "year" },
    { mask: "decrypt" },
    { mask: "generalize", width: 5 },
  ];
  it.each(rules)("%o", async (rule) => {
    const batch = batchFrom({ secret: ["Quillfeather 4821"] });
    const step = maskColumn({ leaf: "secret", operator: cellOperator(rule, masking()), onError: "fail" });
    const error = await step.apply(batch, runOf()).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(MaskingError);
    const said = `${(error as Error).stack} ${JSON.stringify(error)} ${String((error as Error).cause)}`;
    expect(said).not.toMatch(/Quillfeather|4821/);
  });
  it.each([
    ["age", new Int32(), 4821],
    ["age", new DateDay(), new Date("2101-12-31")],
  ] as const)("%s of %s", async (mask, type, cell) => {
    const batch = batchFrom({ secret: [cell] }, { secret: type });
    const step = maskColumn({ leaf: "secret", operator: cellOperator({ mask }, masking()), onError: "fail" });
    const error = (await step.apply(batch, runOf()).catch((error: unknown) => error)) as Error;
    expect(error, String(cell)).toBeInstanceOf(MaskingError);
    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/4821|2101|48211/);
  });
});

describe("Masked is made in one place", () => {
  it("apply.ts", () => {
    const makers = ["src", "connectors", "transforms"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter(
          (file) =>
            file.endsWith(".ts") &&
            /\bas (?:unknown as )?\(?(?:readonly )?\(?Masked/.test(readFileSync(`${folder}/${file}`, "utf8")),
        )
        .map((file) => `${folder}/${file}`),
    );
    expect(makers).toEqual(["transforms/operators/apply.ts"]);
  });
});
