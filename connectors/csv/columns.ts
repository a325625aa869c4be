import { MaskingError } from "../../src/errors.ts";
import type { Leaf } from "../../src/types.ts";

/** A column that is asked for by name. */
export interface CsvColumn {
  readonly leaf: Leaf;
  /** From 0. */
  readonly column: number;
}

/** The columns of these names in the order of the file. Throws COLUMN_MISSING, and COLUMN_DUPLICATE for a name in doubt. */
export function columnsOf(names: readonly string[], leaves: readonly Leaf[]): CsvColumn[] {
  const columns = new Map<string, number>();
  const twice = new Set<string>();
  names.forEach((name, column) => {
    if (columns.has(name)) twice.add(name);
    else columns.set(name, column);
  });
  const found = [...new Set(leaves)].map((leaf) => {
    const column = columns.get(leaf);
    if (column === undefined) throw new MaskingError("COLUMN_MISSING", { column: leaf });
    if (twice.has(leaf)) throw new MaskingError("COLUMN_DUPLICATE", { column: leaf });
    return { leaf, column };
  });
  return found.sort((one, other) => one.column - other.column);
}
