import { isText } from "./canonical.ts";
import { type ValueOperator, valueOperator } from "./value.ts";

/** Nothing in place of the value: an empty text, null where the column is not text. */
export function redact(): ValueOperator {
  return valueOperator({
    name: "redact",
    memo: false,
    blanks: true,
    blind: true,
    on: (type) => (isText(type) ? { type, nulls: false, mask: () => "" } : { type, nulls: true, mask: () => null }),
  });
}
