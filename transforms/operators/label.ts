import type { Operator, PhiType } from "../../src/types.ts";
import { textType } from "./canonical.ts";
import { type ValueOperator, valueOperator } from "./value.ts";

/** `[NAME]`, for cells of any type; `[PHI]` where no type is told. */
export function label(type?: PhiType): ValueOperator {
  const text = `[${type ?? "PHI"}]`;
  return valueOperator({
    name: "label",
    memo: false,
    on: (column) => ({ type: textType(column), nulls: false, mask: () => text }),
  });
}

/** `[NAME]` in place of a finding, by its own type unless one is told. */
export function labelFinding(type?: PhiType): Operator {
  return (_, finding) => `[${type ?? finding.type}]`;
}
