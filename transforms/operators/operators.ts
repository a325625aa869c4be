/** Rules of a job and the operators that they name. */
import { MaskingError } from "../../src/errors.ts";
import type { Operator, PhiType } from "../../src/types.ts";
import { age } from "./age.ts";
import { type CellOperator, cellsBy, type FindingOperators } from "./apply.ts";
import { date } from "./date.ts";
import { decrypt, encrypt } from "./encrypt.ts";
import { type DateWidth, generalize } from "./generalize.ts";
import { hash } from "./hash.ts";
import type { Key } from "./key.ts";
import { label, labelFinding } from "./label.ts";
import { mask } from "./mask.ts";
import type { Masking } from "./masking.ts";
import { drop, keep, nullify } from "./plain.ts";
import { redact } from "./redact.ts";
import { shift } from "./shift.ts";
import { type SurrogateType, surrogate, surrogateFinding } from "./surrogate.ts";
import { uid } from "./uid.ts";
import { TEXT, type ValueOperator } from "./value.ts";
import { year } from "./year.ts";
import { zip } from "./zip.ts";

export type { CellMask, CellOperator, FindingOperators } from "./apply.ts";
export type { Masking } from "./masking.ts";
export { SURROGATE_TYPES, type SurrogateType } from "./surrogate.ts";

/** An operator by its name in a job, with its options; each operator's own file says what they mean. */
export type OperatorRule =
  | { readonly mask: "label"; readonly type?: PhiType | undefined }
  | { readonly mask: "redact" }
  | { readonly mask: "mask"; readonly character?: string | undefined; readonly keep_last?: number | undefined }
  | { readonly mask: "hash"; readonly length?: number | undefined }
  | { readonly mask: "uid" }
  | { readonly mask: "surrogate"; readonly type?: SurrogateType | undefined }
  | { readonly mask: "shift"; readonly days?: readonly [number, number] | undefined }
  | { readonly mask: "date" }
  | { readonly mask: "year" }
  | { readonly mask: "age" }
  | { readonly mask: "zip" }
  | {
      readonly mask: "generalize";
      readonly width?: number | DateWidth | undefined;
      readonly bins?: readonly number[] | undefined;
    }
  | { readonly mask: "encrypt" }
  | { readonly mask: "decrypt" }
  | { readonly mask: "null" }
  | { readonly mask: "drop" }
  | { readonly mask: "keep" };

/**
 * The operator for whole cells. Throws KEY_MISSING where it needs a key and there is none, and RULE_UNFIT where the
 * profile refuses it or an option is out of its range.
 */
export function cellOperator(rule: OperatorRule, masking: Masking): CellOperator {
  return cellsBy(valuesBy(rule, masking));
}

/**
 * The operator for findings of `type` in text. A finding that it cannot read gets its label, so no note is lost to one
 * odd date. Throws as `cellOperator` does; `null`, `drop` and `decrypt` are RULE_UNFIT, and so is `keep` under
 * `safe_harbor` and `strict` for all but professions, which are not among the 18 identifiers.
 */
export function findingOperator(rule: OperatorRule, masking: Masking, type?: PhiType): Operator {
  switch (rule.mask) {
    case "label":
      return labelFinding(rule.type);
    case "surrogate":
      return surrogateFinding(rule.type, keyOf(masking), masking);
    case "null":
    case "drop":
    case "decrypt":
      throw new MaskingError("RULE_UNFIT", { expected: "an operator for text" });
    case "keep":
      if (type !== "PROFESSION" && masking.policy.dates === "year") {
        throw new MaskingError("RULE_UNFIT", { expected: "an operator that masks under this profile" });
      }
      return (text) => text;
    default: {
      const bound = valuesBy(rule, masking).on(TEXT);
      return (text, finding, row) => {
        const answer = bound.mask(text, row);
        return typeof answer === "string" ? answer : `[${finding.type}]`;
      };
    }
  }
}

/**
 * What becomes of the findings of a text column. A type without a rule has the default's, and without a default its
 * label; dates are shifted under `expert_determination` where there are a subject and a key.
 */
export function findingOperators(
  rules: Readonly<Partial<Record<PhiType | "default", OperatorRule>>>,
  masking: Masking,
): FindingOperators {
  const shifts = masking.policy.dates === "shift" && masking.subject && masking.key !== undefined;
  const all = { ...(shifts && !rules.default && { DATE: { mask: "shift" } as const }), ...rules };
  const types = new Map<PhiType, Operator>();
  let bySubject = false;
  for (const [type, rule] of Object.entries(all) as [PhiType | "default", OperatorRule][]) {
    if (type !== "default") types.set(type, findingOperator(rule, masking, type));
    bySubject ||= asksSubject(rule, masking);
  }
  return { types, default: findingOperator(all.default ?? { mask: "label" }, masking), bySubject };
}

function asksSubject({ mask }: OperatorRule, { subject, policy }: Masking): boolean {
  return subject && (mask === "surrogate" || mask === "shift" || (mask === "date" && policy.dates === "shift"));
}

function valuesBy(rule: OperatorRule, masking: Masking): ValueOperator {
  const { policy } = masking;
  switch (rule.mask) {
    case "label":
      return label(rule.type);
    case "redact":
      return redact();
    case "mask":
      return mask(given(rule), policy);
    case "hash":
      return hash(given(rule), keyOf(masking));
    case "uid":
      return uid(keyOf(masking));
    case "surrogate":
      return surrogate(rule.type ?? "ID", keyOf(masking), masking);
    case "shift":
      return shift(given(rule), keyOf(masking), masking);
    case "date":
      return date(() => keyOf(masking), masking);
    case "year":
      return year(masking);
    case "age":
      return age(masking);
    case "zip":
      return zip(policy);
    case "generalize":
      return generalize(given(rule), masking);
    case "encrypt":
      return encrypt(keyOf(masking));
    case "decrypt":
      return decrypt(keyOf(masking));
    case "null":
      return nullify();
    case "drop":
      return drop();
    case "keep":
      return keep();
  }
}

function keyOf({ key }: Masking): Key {
  if (!key) throw new MaskingError("KEY_MISSING");
  return key;
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The options that are there: parsers give the others as undefined. */
function given<T extends object>(rule: T): Given<T> {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as Given<T>;
}
