import type { Data } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { fromArrow } from "./convert.ts";
import { countOf, joinValues, type Values } from "./encodings.ts";
import type { NewRows } from "./page-writer.ts";
import type { MaskedLeaf } from "./rewrite-plan.ts";

/** Rows as they were read, without their values. */
export interface RowLevels {
  readonly rows: number;
  readonly definition?: Uint8Array;
  readonly repetition?: Uint8Array;
}

/** Present values, and which of the cells they stand for: absent where they stand for all. */
export interface Cells {
  readonly values: Values;
  readonly valid?: Uint8Array;
}

/** What Arrow holds, as the leaf stores it. At least one piece. */
export function cellsFrom(pieces: readonly Data[], leaf: MaskedLeaf): Cells {
  const parts = pieces.map((data) => fromArrow(data, leaf.physical, leaf.typeLength));
  const values = joinValues(parts.map((part) => part.values));
  if (parts.every(({ valid }) => !valid)) return { values };
  const valid = parts.map((part) => part.valid ?? new Uint8Array(countOf(part.values)).fill(1));
  return { values, valid: valid.length === 1 ? valid[0]! : Buffer.concat(valid) };
}

/** The elements of a List column: its rows must hold as many values as were handed over. */
export function elementsOf(pieces: readonly Data[], levels: RowLevels, leaf: MaskedLeaf): readonly Data[] {
  const counts = countsOf(levels, leaf);
  let row = 0;
  const elements = pieces.map((list) => {
    const { valueOffsets, children } = list;
    for (let i = 0; i < list.length; i++) {
      const length = Number(valueOffsets[i + 1]) - Number(valueOffsets[i]);
      if (length !== counts[row++]) throw refused(leaf, "as many values in a row as were handed over");
    }
    const start = Number(valueOffsets[0]);
    return children[0]!.slice(start, Number(valueOffsets[list.length]) - start);
  });
  return elements;
}

/** Present values of each row. */
function countsOf({ rows, definition, repetition }: RowLevels, { leaf }: MaskedLeaf): Int32Array {
  const counts = new Int32Array(rows);
  for (let i = 0, row = -1; i < repetition!.length; i++) {
    if (repetition![i] === 0) row++;
    if (!definition || definition[i] === leaf.maxDefinition) counts[row]!++;
  }
  return counts;
}

/** Flat rows with one cell a row: a value may become null, and the null of the leaf itself a value. */
export function remakeFlat(levels: RowLevels, { values, valid }: Cells, masked: MaskedLeaf): NewRows {
  const { leaf, nullable } = masked;
  const top = masked.levels.maxDefinition;
  const { rows, definition } = levels;
  if (top === 0) {
    if (valid && countOf(values) !== rows) throw refused(masked, "no null in a column without nulls");
    return { rows, values };
  }
  const next = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const before = definition ? definition[i]! : leaf.maxDefinition;
    const after = valid ? valid[i] === 1 : true;
    const own = before === leaf.maxDefinition || (leaf.nullable && before === leaf.maxDefinition - 1);
    if (after ? !own : before === leaf.maxDefinition && !nullable) throw refused(masked, "nulls where nulls may be");
    next[i] = after ? top : before === leaf.maxDefinition ? top - 1 : before;
  }
  return { rows, values, definition: next };
}

/** Rows with one cell a present value: each may become null. */
export function remakePresent<V extends NewRows["values"]>(
  levels: RowLevels,
  values: V,
  valid: Uint8Array | undefined,
  masked: MaskedLeaf,
): NewRows & { readonly values: V } {
  const { leaf, nullable } = masked;
  const top = masked.levels.maxDefinition;
  const repetition = levels.repetition && { repetition: levels.repetition };
  const definition = levels.definition && { definition: levels.definition };
  if (!valid && top === leaf.maxDefinition) return { rows: levels.rows, values, ...definition, ...repetition };
  if (valid?.includes(0) && !nullable) throw refused(masked, "no null in a column without nulls");
  const before = levels.definition ?? new Uint8Array(levels.repetition?.length ?? levels.rows).fill(leaf.maxDefinition);
  let at = 0;
  const after = before.map((level) => {
    if (level < leaf.maxDefinition) return level;
    return valid && valid[at++] === 0 ? top - 1 : top;
  });
  return { rows: levels.rows, values, definition: after, ...repetition };
}

function refused({ name }: MaskedLeaf, expected: string): MaskingError {
  return new MaskingError("CHECK_FAILED", { column: name, expected });
}
