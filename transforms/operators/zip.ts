import { DataType } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { type Policy, zip3Of } from "../../src/policy.ts";
import { canonicalOf, isText } from "./canonical.ts";
import { sized } from "./shift.ts";
import { type ValueMask, type ValueOperator, valueOperator } from "./value.ts";

/**
 * The first three digits of a ZIP code, 000 where 20,000 people or fewer live there or nobody does
 * (45 CFR 164.514(b)(2)(i)(B)). Reads ZIP and ZIP+4 as text or number, leading zeros lost or not: 2139 is 02139.
 * Text gives text; numbers stay numbers, so 021 is 21 and 000 is 0. Canadian postal codes are no ZIP codes and give
 * 000; any other text cannot be read.
 */
export function zip(policy: Policy): ValueOperator {
  return valueOperator({ name: "zip", on: (type) => ({ type, nulls: false, mask: prefixOf(type, policy) }) });
}

function prefixOf(type: DataType, policy: Policy): ValueMask["mask"] {
  if (isText(type)) return (cell) => ofText((cell as string).trim(), policy);
  if (!DataType.isInt(type) && !DataType.isFloat(type) && !DataType.isDecimal(type))
    throw new MaskingError("COLUMN_TYPE");
  const canonical = canonicalOf(type)!;
  const scale = DataType.isDecimal(type) ? 10n ** BigInt(type.scale) : 1n;
  return (cell) => {
    const prefix = ofDigits(canonical(cell), policy);
    if (prefix === undefined) return undefined;
    return typeof cell === "bigint" ? BigInt(prefix) * scale : sized(prefix, cell);
  };
}

function ofText(text: string, policy: Policy): string | undefined {
  if (/^\d{3}(?:\*\*|xx)?$/i.test(text)) return zip3Of(text, policy);
  if (/^[a-z]\d[a-z](?:[ -]?\d[a-z]\d)?$/i.test(text)) return "000";
  const digits = /^(\d{4,5})(?:[- ]?(\d{4}))?(?:\.0)?$/.exec(text);
  if (!digits) return undefined;
  return zip3Of(digits[1]!.padStart(5, "0"), policy);
}

/** A number cannot say how many zeros it has lost: up to five digits are a ZIP code, more are one with its four. */
function ofDigits(digits: string, policy: Policy): string | undefined {
  if (!/^\d{1,9}$/.test(digits)) return undefined;
  return zip3Of(digits.padStart(digits.length <= 5 ? 5 : 9, "0"), policy);
}
