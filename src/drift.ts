import { MaskingError } from "./errors.ts";
import { FOLDER, type RecordedTable } from "./recorded.ts";
import type { TablePlan } from "./rules.ts";

/**
 * Throws SCHEMA_DRIFT where a column has a type that no file of the dataset had it as: a number that became text may
 * hold anything, and files of two types are no table. A column that is new or gone is for the rules to judge. Text is
 * text and bytes are bytes, however Arrow holds them.
 */
export function refuseDrift(before: RecordedTable, { columns }: TablePlan, file: string): void {
  const known = new Map(before.columns.map(({ column, types }) => [column, types.filter((type) => type !== FOLDER)]));
  for (const { column, type } of columns) {
    const types = known.get(column) ?? [];
    if (types.length === 0 || types.some((each) => kindOf(each) === kindOf(type))) continue;
    throw new MaskingError("SCHEMA_DRIFT", { file, column, expected: `${types.join(" or ")}, not ${type}` });
  }
}

function kindOf(type: string): string {
  const held = /^Dictionary<[^,]+, (.+)>$/.exec(type)?.[1] ?? type;
  if (/^(Large)?Utf8(View)?$/.test(held)) return "text";
  return /^(Large)?Binary(View)?$/.test(held) ? "bytes" : held;
}
