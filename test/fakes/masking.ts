import type { DataType } from "apache-arrow";
import { Utf8 } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { type Profile, policyOf } from "../../src/policy.ts";
import type { Cell, Finding, PhiType } from "../../src/types.ts";
import { type Key, keyOf } from "../../transforms/operators/key.ts";
import {
  cellOperator,
  findingOperator,
  type Masking,
  type OperatorRule,
} from "../../transforms/operators/operators.ts";

export const KEY: Key = keyOf("a made-up key of more than thirty-two bytes");
export const OTHER_KEY: Key = keyOf("another made-up key of more than 32 bytes");
export const TEXT: Utf8 = new Utf8();

/** What operators share in tests: all profiles count ages to 2026-01-01. */
export function masking(profile: Profile = "safe_harbor", options: Partial<Masking> = {}): Masking {
  return { key: KEY, subject: false, policy: policyOf(profile, { asOf: "2026-01-01" }), ...options };
}

/** `expert_determination` with a subject column. */
export const EXPERT: Masking = masking("expert_determination", { subject: true });

/** One cell masked; the code of the error where it throws. */
export function masked(
  rule: OperatorRule,
  cell: Cell,
  type: DataType = TEXT,
  how: Masking = masking(),
  id: string | null = null,
): unknown {
  try {
    return cellOperator(rule, how).on(type).mask(cell, { id });
  } catch (error) {
    if (error instanceof MaskingError) return error.code;
    throw error;
  }
}

/** One finding replaced; the code of the error where it throws. */
export function replaced(
  rule: OperatorRule,
  type: PhiType,
  text: string,
  how: Masking = masking(),
  id: string | null = null,
  detail?: string,
): string {
  const finding: Finding = { type, start: 0, end: text.length, score: 1, ...(detail !== undefined && { detail }) };
  try {
    return findingOperator(rule, how, type)(text, finding, { id });
  } catch (error) {
    if (error instanceof MaskingError) return error.code;
    throw error;
  }
}
