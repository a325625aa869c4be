/** The only maker of `Masked` and `MaskedValue`: whatever else gets into a masked column has come through here. */
import { DataType, Dictionary, Int32 } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { Cell, Finding, Masked, MaskedValue, Operator, PhiType, Subject } from "../../src/types.ts";
import type { ValueOperator } from "./value.ts";

/** What stands where a text could not be examined. */
export const WITHHELD: Masked = "[WITHHELD]" as Masked;

/** The reference to a masked image, made of a keyed hash. */
export function maskedReference(reference: string): Masked {
  return reference as Masked;
}

/** The bytes of a masked image. */
export function maskedBytes(bytes: Uint8Array): MaskedValue {
  return bytes as MaskedValue;
}

/** A text in which nothing was found. */
export function unchanged(text: string): Masked {
  return text as Masked;
}

/** What becomes of findings in text, by their type. */
export interface FindingOperators {
  readonly types: ReadonlyMap<PhiType, Operator>;
  /** For types that `types` lacks. */
  readonly default: Operator;
  /** True where an operator asks whom the row is about. */
  readonly bySubject: boolean;
}

/** What becomes of whole cells. */
export interface CellOperator {
  readonly name: string;
  /** True where the answer depends on nothing but the value. */
  readonly byValue: boolean;
  /** True where looking up an equal value's answer is cheaper than making it again. */
  readonly memo: boolean;
  /** True where the column leaves the table. */
  readonly drops: boolean;
  /** True where the answer is the same whatever the value. */
  readonly blind: boolean;
  /** The operator on a column of this type. Throws COLUMN_TYPE, or RULE_UNFIT where the profile refuses it. */
  on(type: DataType): CellMask;
}

/** A cell operator bound to a column's type. */
export interface CellMask {
  /** The column's type afterwards. A dictionary stays one where its values keep their type. */
  readonly type: DataType;
  /** True where a value may become null. */
  readonly nulls: boolean;
  /** The cell masked. Throws CELL_UNEXAMINED where it cannot be read as what the operator works on. */
  mask(cell: Cell, row: Subject): MaskedValue | null;
}

/**
 * The text with every finding replaced, by offset. Findings are sorted and do not overlap, as `mergeFindings` leaves
 * them; others are DETECTOR_FAILED, since a character could stay uncovered.
 */
export function applyFindings(
  text: string,
  findings: readonly Finding[],
  operators: FindingOperators,
  row: Subject,
): Masked {
  let out = "";
  let at = 0;
  for (const finding of findings) {
    const { start, end, type } = finding;
    if (!(start >= at && end >= start && end <= text.length)) throw new MaskingError("DETECTOR_FAILED");
    const operator = operators.types.get(type) ?? operators.default;
    out += text.slice(at, start) + operator(text.slice(start, end), finding, row);
    at = end;
  }
  return (out + text.slice(at)) as Masked;
}

/** A value operator as it works on cells: blanks stay, what it cannot read throws, dictionaries are looked through. */
export function cellsBy(operator: ValueOperator): CellOperator {
  const { name, byValue, memo, drops, blanks, blind } = operator;
  return {
    name,
    byValue,
    memo,
    drops,
    blind,
    on(type) {
      if (DataType.isNull(type)) return { type, nulls: true, mask: () => null };
      const valueType = type instanceof Dictionary ? (type.dictionary as DataType) : type;
      const bound = operator.on(valueType);
      // A float that is no number cannot stay where the answers are text.
      const stays = (cell: Cell): boolean =>
        !blanks && isBlank(cell) && (typeof cell === "string" || bound.type === valueType);
      return {
        type: bound.type === valueType ? roomy(type, byValue) : bound.type,
        nulls: bound.nulls,
        mask(cell, row) {
          if (stays(cell)) return cell as MaskedValue;
          const answer = bound.mask(cell, row);
          if (answer === undefined) throw new MaskingError("CELL_UNEXAMINED");
          return answer as MaskedValue | null;
        },
      };
    },
  };
}

/** No value at all: white space, or a float that is no number. */
export function isBlank(cell: Cell): boolean {
  if (typeof cell === "string") return !/\S/.test(cell);
  return typeof cell === "number" && Number.isNaN(cell);
}

/** The column's type, a dictionary with indices of 32 bits where equal values may get different answers: it may need more entries. */
export function roomy(type: DataType, byValue: boolean): DataType {
  if (!(type instanceof Dictionary) || byValue || type.indices.bitWidth >= 32) return type;
  return new Dictionary(type.dictionary, new Int32(), type.id, type.isOrdered);
}
