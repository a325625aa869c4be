/** What the rows of a batch say of their person: whom they are about, and values to look for in their texts. */
import { DataType, type RecordBatch, type Schema } from "apache-arrow";
import { cellsOf, leafType } from "../src/batch.ts";
import { MaskingError } from "../src/errors.ts";
import type { Leaf, PhiType } from "../src/types.ts";
import type { KnownValue } from "./detect/known.ts";
import { isBlank } from "./operators/apply.ts";
import { canonicalOf } from "./operators/canonical.ts";
import { readDate } from "./operators/writtenDate.ts";

/** A column whose values are looked for in the text of the same row. */
export interface KnownColumn {
  readonly leaf: Leaf;
  /** What its values are; told by their form and the column's name where left out. */
  readonly type?: PhiType | undefined;
}

/** Throws COLUMN_MISSING or COLUMN_TYPE where a column is not there or its values have no text. */
export function checkReadable(schema: Schema, leaf: Leaf): void {
  textsFor(schema, leaf);
}

/** The canonical text of the subject column in each row; null where it is null or blank. One value a row: no lists. */
export function subjectsOf(batch: RecordBatch, leaf: Leaf): readonly (string | null)[] {
  const canonical = textsFor(batch.schema, leaf);
  const { cells, rows } = cellsOf(batch, leaf);
  if (rows) throw new MaskingError("COLUMN_TYPE", { column: leaf, expected: "one subject a row" });
  return cells.map((cell) => (cell === null || isBlank(cell) ? null : canonical(cell)));
}

/** The values of known columns in each row, in the order of the columns; blanks left out. */
export function knownOf(batch: RecordBatch, columns: readonly KnownColumn[]): readonly (readonly KnownValue[])[] {
  const byRow: KnownValue[][] = Array.from({ length: batch.numRows }, () => []);
  for (const { leaf, type } of columns) {
    const canonical = textsFor(batch.schema, leaf);
    const { cells, rows } = cellsOf(batch, leaf);
    for (const [i, cell] of cells.entries()) {
      const row = rows ? rows[i]! : i;
      if (cell === null || row < 0 || isBlank(cell)) continue;
      const value = canonical(cell);
      byRow[row]!.push({ value, type: type ?? typeOf(value, leaf) });
    }
  }
  return byRow;
}

/** The place of a row, counted from 1; none where no row reaches the value. */
export function rowPlace(row: number): { readonly row?: number } {
  return row < 0 ? {} : { row: row + 1 };
}

/** A known value's kind: by its form, and where that leaves a choice by its column's name. */
function typeOf(value: string, leaf: Leaf): PhiType {
  const date = /\d/.test(value) ? readDate(value, 2100) : undefined;
  if (date?.year !== undefined && date.month !== undefined && date.day !== undefined) {
    // Eight digits are a date only in a column that says so.
    if (!/^\d+$/.test(value) || /date|birth|dob/i.test(leaf)) return "DATE";
  }
  if (value.includes("@")) return "EMAIL";
  if (/^https?:|^www\./i.test(value)) return "URL";
  if (/phone|fax|tel(?:$|_|ephone)|mobile|cell/i.test(leaf)) return "PHONE_OR_FAX";
  if (/addr|street|city|town|county/i.test(leaf)) return "ADDRESS";
  if (!/\d/.test(value)) return "NAME";
  if (/^[+(]?[\d\s().+-]{10,}$/.test(value) && /[\s().-]/.test(value.slice(1))) return "PHONE_OR_FAX";
  return /^\d+[a-z]?\s+\p{L}{2,}/iu.test(value) ? "ADDRESS" : "ID";
}

function textsFor(schema: Schema, leaf: Leaf): NonNullable<ReturnType<typeof canonicalOf>> {
  const found = leafType(schema, leaf);
  if (!found) throw new MaskingError("COLUMN_MISSING", { column: leaf });
  const type = DataType.isDictionary(found.type) ? (found.type.dictionary as DataType) : found.type;
  const canonical = DataType.isNull(type) ? String : canonicalOf(type);
  if (!canonical) throw new MaskingError("COLUMN_TYPE", { column: leaf });
  return canonical;
}
