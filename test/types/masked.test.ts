import type { RecordBatch } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { withCells } from "../../src/batch.ts";
import type { Masked, MaskedValue } from "../../src/types.ts";
import { maskColumn } from "../../transforms/column.ts";
import { applyFindings, WITHHELD } from "../../transforms/operators/apply.ts";
import {
  type CellOperator,
  cellOperator,
  findingOperators,
  type OperatorRule,
} from "../../transforms/operators/operators.ts";
import { masking, TEXT } from "../fakes/masking.ts";

/** The type checker reads it, nobody calls it: every `@ts-expect-error` below fails the check where a mistake would pass. */
function mistakes(batch: RecordBatch, name: string, operator: CellOperator): void {
  // @ts-expect-error a text that no operator has let pass does not get into a batch
  withCells(batch, "name", [name], TEXT);
  // @ts-expect-error nor does a number
  withCells(batch, "age", [92], TEXT);
  // @ts-expect-error a text is not masked by saying nothing
  const plain: Masked = name;
  // @ts-expect-error what is made of masked text is not masked by itself
  const joined: Masked = `${WITHHELD} ${name}`;
  // @ts-expect-error an operator's own answer is not masked before apply.ts has seen it
  const found: Masked = findingOperators({}, masking()).default(
    name,
    { type: "NAME", start: 0, end: 1, score: 1 },
    { id: null },
  );
  // @ts-expect-error there is no such operator
  const unknown: OperatorRule = { mask: "scramble" };
  // @ts-expect-error an option of another operator
  const misplaced: OperatorRule = { mask: "hash", keep_last: 4 };
  // @ts-expect-error a cell that cannot be examined must have a rule
  maskColumn({ leaf: "name", operator });
  void [plain, joined, found, unknown, misplaced];
}

describe("Masked", () => {
  it("comes out of operators, and goes into batches", () => {
    const { mask } = cellOperator({ mask: "label", type: "NAME" }, masking()).on(TEXT);
    const cell: MaskedValue | null = mask("Jane", { id: null });
    const text: Masked = applyFindings("Jane", [], findingOperators({}, masking()), { id: null });
    const cells: readonly (MaskedValue | null)[] = [cell, text, WITHHELD];
    expect(cells).toEqual(["[NAME]", "Jane", "[WITHHELD]"]);
    expect(mistakes).toHaveLength(3);
  });
});
