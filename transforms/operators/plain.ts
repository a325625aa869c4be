import { type ValueOperator, valueOperator } from "./value.ts";

/** Null in place of every value, of any type. */
export function nullify(): ValueOperator {
  return valueOperator({
    name: "null",
    memo: false,
    blanks: true,
    blind: true,
    on: (type) => ({ type, nulls: true, mask: () => null }),
  });
}

/** The column leaves the table. */
export function drop(): ValueOperator {
  return { ...nullify(), name: "drop", drops: true };
}

/** Every value as it is. */
export function keep(): ValueOperator {
  return valueOperator({
    name: "keep",
    memo: false,
    blanks: true,
    on: (type) => ({ type, nulls: false, mask: (value) => value }),
  });
}
