import { type DataType, Int32, Utf8 } from "apache-arrow";
import type { Cell, Subject } from "../../src/types.ts";

/** What an operator does with whole values; `apply.ts` makes cells and findings of it. */
export interface ValueOperator {
  readonly name: string;
  /** True where the answer depends on nothing but the value. */
  readonly byValue: boolean;
  /** True where looking up an equal value's answer is cheaper than making it again. */
  readonly memo: boolean;
  /** True where the column leaves the table. */
  readonly drops: boolean;
  /** True where a blank text (nothing but white space) or NaN is masked like any value; elsewhere it stays. */
  readonly blanks: boolean;
  /** True where the answer is the same whatever the value. */
  readonly blind: boolean;
  /** The operator on a column of this type, never a dictionary. Throws COLUMN_TYPE, or RULE_UNFIT for the profile. */
  on(type: DataType): ValueMask;
}

/** An operator bound to a column's type. */
export interface ValueMask {
  /** The type of the answers. */
  readonly type: DataType;
  /** True where a value's answer may be null. */
  readonly nulls: boolean;
  /** The answer; undefined where the value cannot be read as what the operator works on. */
  mask(value: Cell, row: Subject): Cell | null | undefined;
}

/** An operator whose answer depends on the value alone, with the other flags at what most operators have. */
export function valueOperator(operator: Pick<ValueOperator, "name" | "on"> & Partial<ValueOperator>): ValueOperator {
  return { byValue: true, memo: true, drops: false, blanks: false, blind: false, ...operator };
}

/** Plain text, the type of findings and of text made from other types. */
export const TEXT: Utf8 = new Utf8();
/** Whole numbers made from other types. */
export const WHOLE: Int32 = new Int32();
