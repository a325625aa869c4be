import { DataType } from "apache-arrow";
import type { ColumnRule, OperatorOptions } from "../jobfile.ts";
import { valueType } from "../leaf.ts";
import type { PhiType } from "../types.ts";
import { hintOf } from "./names.ts";
import { DATE, type Sample } from "./sample.ts";

/** A rule that is proposed for one column. */
export interface Proposal {
  readonly rule: ColumnRule;
  readonly why: string;
}

/** Shares of a sample from which on a column is taken for what its cells look like, and a key for a key. */
const MOST = 0.6;
const NEARLY_ALL = 0.95;
/** Fewer cells than these prove nothing. */
const ENOUGH = 20;
/** As many values as a category has, and as long as one is. */
const CATEGORIES = 30;
const CATEGORY_LENGTH = 40;
/** Digits from which on a number that never comes twice is taken for a key. */
const KEY_LENGTH = 5;

/** Digits of a date as a number: 20250314, or seconds since 1970. */
const DATE_DIGITS = 8;

const HASH: OperatorOptions = { mask: "hash", length: 32 };

/** What a column that is one kind of PHI from cell to cell becomes. */
const WHOLE: Readonly<Partial<Record<PhiType, ColumnRule>>> = {
  NAME: { mask: "surrogate", type: "NAME" },
  EMAIL: { mask: "surrogate", type: "EMAIL" },
  PHONE_OR_FAX: { mask: "surrogate", type: "PHONE_OR_FAX" },
  ADDRESS: { mask: "surrogate", type: "ADDRESS" },
  DATE: { mask: "date" },
  ID: HASH,
  URL: { mask: "redact" },
};

/**
 * The rule that is proposed for a column, by its name, its type and, where there is one, a sample of its texts. What
 * nothing speaks for is taken for free text where it is text, and left out where it is bytes.
 */
export function proposalFor(leaf: string, type: DataType, sample?: Sample): Proposal {
  const value = valueType(type);
  const hint = hintOf(leaf);
  const image = hint?.rule.mask === "image";
  if (isText(value)) {
    const prose = image && sample && sample.links < sample.cells * MOST;
    return hint && !hint.doubtful && !prose ? hint : ofText(prose ? undefined : hint, sample);
  }
  if (DataType.isBinary(value) || DataType.isLargeBinary(value) || DataType.isFixedSizeBinary(value)) {
    return image
      ? { rule: { mask: "image" }, why: hint.why }
      : { rule: { mask: "drop" }, why: "bytes, which nobody can look at" };
  }
  if (DataType.isDate(value) || DataType.isTimestamp(value)) {
    return hint && !hint.doubtful && hint.rule.mask !== "image" ? hint : { rule: { mask: "date" }, why: "date" };
  }
  if (isNumber(value)) return ofNumber(hint, DataType.isInt(value), sample);
  if (DataType.isBool(value) || DataType.isTime(value) || DataType.isNull(value) || DataType.isDuration(value)) {
    return { rule: { mask: "keep" }, why: "no identifier by its type" };
  }
  return { rule: { mask: "drop" }, why: `a type that no mask looks into, ${String(value)}` };
}

/** True for columns whose cells are worth a look: texts and whole numbers. */
export function isSampled(type: DataType): boolean {
  return isText(valueType(type)) || DataType.isInt(type);
}

/** The rule for a column that is a part of folder names, by its values there. */
export function proposalForFolder(column: string, values: readonly string[]): Proposal {
  const hint = hintOf(column);
  if (hint && !hint.doubtful && FOLDER_MASKS.includes(hint.rule.mask)) return hint;
  const dates = values.every((value) => DATE.test(value));
  return dates ? { rule: { mask: "date" }, why: "dates in folder names" } : plain("in folder names");
}

/** Masks that work on a value alone. */
const FOLDER_MASKS = ["hash", "surrogate", "date", "zip", "age"];

function ofText(hint: Proposal | undefined, sample: Sample | undefined): Proposal {
  const text: Proposal = hint?.rule.mask === "text" ? hint : { rule: { mask: "text" }, why: "text" };
  if (!sample || sample.cells === 0) return hint ?? { ...text, why: "text; no cell was looked at" };
  const { cells, distinct, longest, numbers, dates, holding, whole } = sample;
  if (dates >= cells * NEARLY_ALL) return { rule: { mask: "date" }, why: "dates" };
  if (numbers >= cells * NEARLY_ALL) return looksLikeKey(sample) ? key() : plain("numbers");
  if (hint?.rule.mask === "text") return { ...hint, why: `free text${told(holding, cells)}` };
  const [type, most] = [...whole].sort(([, a], [, b]) => b - a)[0] ?? [undefined, 0];
  if (type && most >= cells * MOST && WHOLE[type])
    return { rule: WHOLE[type], why: `looks like ${type}${told(holding, cells)}` };
  if (holding.size > 0) return { ...text, why: `PHI was found in it${told(holding, cells)}` };
  const few = cells >= ENOUGH && distinct <= CATEGORIES && distinct <= cells / 2 && longest <= CATEGORY_LENGTH;
  if (few) return plain(`${distinct} values in ${cells} cells`);
  return hint ?? text;
}

function ofNumber(
  hint: (Proposal & { readonly doubtful?: boolean }) | undefined,
  whole: boolean,
  sample: Sample | undefined,
): Proposal {
  const mask = hint?.rule.mask;
  const fits =
    mask === "hash" || mask === "zip" || mask === "age" || mask === "surrogate" || mask === "null" || mask === "redact";
  if (hint && fits && (whole || mask !== "hash")) return hint;
  if (hint && mask === "date" && whole && (!sample || sample.longest >= DATE_DIGITS))
    return { rule: { mask: "null" }, why: `${hint.why} as a number` };
  if (whole && sample && looksLikeKey(sample)) return key();
  return plain("a number");
}

/** Numbers that hardly ever come twice, long enough to tell a person. */
function looksLikeKey({ cells, distinct, longest, wholeNumbers }: Sample): boolean {
  return (
    cells >= ENOUGH && wholeNumbers >= cells * NEARLY_ALL && distinct >= cells * NEARLY_ALL && longest >= KEY_LENGTH
  );
}

function key(): Proposal {
  return { rule: HASH, why: "every value differs: an identifier?" };
}

function plain(why: string): Proposal {
  return { rule: { mask: "keep" }, why: `${why}; look before you keep it` };
}

function told(holding: ReadonlyMap<PhiType, number>, cells: number): string {
  const found = [...holding].sort(([, a], [, b]) => b - a).map(([type, count]) => `${type} in ${count}`);
  return found.length > 0 ? `: ${found.join(", ")} of ${cells} cells` : "";
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

function isNumber(type: DataType): boolean {
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type);
}
