import { DataType, type RecordBatch, type Schema } from "apache-arrow";
import { cellsOf, countsOf, dropLeaf, leafType, withCells, withLeafType, withoutLeaf } from "../src/batch.ts";
import { MaskingError } from "../src/errors.ts";
import type { Cell, ColumnCounts, Leaf, MaskedValue, Subject, Transform } from "../src/types.ts";
import { type CellMask, type CellOperator, WITHHELD } from "./operators/apply.ts";
import { isText } from "./operators/canonical.ts";
import { checkReadable, rowPlace, subjectsOf } from "./rows.ts";

export interface MaskColumnOptions {
  readonly leaf: Leaf;
  readonly operator: CellOperator;
  /** The column that names the person; read only where the operator's answer depends on it. */
  readonly subject?: Leaf;
  /** What becomes of a cell that cannot be examined: `withhold` writes `[WITHHELD]`, or null where the column is not text. */
  readonly onError: "fail" | "withhold";
}

/**
 * Masks every cell of one column. Null cells stay null. With `fail`, a cell that the operator cannot read throws
 * CELL_UNEXAMINED with its row counted from 1 within the batch; there is none for a batch of distinct values.
 */
export function maskColumn({ leaf, operator, subject, onError }: MaskColumnOptions): Transform {
  const name = `${operator.name} ${leaf}`;
  if (operator.name === "keep") return keeping(name);
  if (operator.drops) return dropping(name, leaf);
  if (!operator.byValue && subject === undefined) {
    throw new MaskingError("RULE_UNFIT", { column: leaf, expected: "policy.subject for this mask" });
  }
  const asks = operator.byValue ? undefined : subject;
  return {
    name,
    reads: asks === undefined || asks === leaf ? [leaf] : [leaf, asks],
    writes: [leaf],
    byValue: operator.byValue,
    plan(schema) {
      if (asks !== undefined) checkReadable(schema, asks);
      const { nullable } = found(schema, leaf);
      const bound = boundTo(operator, schema, leaf);
      const empties = bound.nulls || (onError === "withhold" && !holdsText(bound.type));
      return withLeafType(schema, leaf, bound.type, nullable || empties);
    },
    async apply(batch, run) {
      const bound = boundTo(operator, batch.schema, leaf);
      const { cells, rows } = cellsOf(batch, leaf, operator.blind);
      const counts = countsOf(batch);
      const subjects = asks === undefined ? undefined : subjectsOf(batch, asks);
      const masked = maskCells(cells, {
        bound: operator.memo && operator.byValue && !counts ? remembering(bound) : bound,
        subjectAt: (i) => subjects?.[rows ? rows[i]! : i] ?? null,
        placeOf: (i) => ({ column: leaf, ...(counts ? {} : rowPlace(rows ? rows[i]! : i)) }),
        withheld: onError === "fail" ? undefined : holdsText(bound.type) ? WITHHELD : null,
        weigh: (i) => counts?.[i] ?? 1,
        tally: run.tally.column(leaf),
      });
      return withCells(batch, leaf, masked, bound.type);
    },
  };
}

interface Work {
  readonly bound: CellMask;
  subjectAt(index: number): string | null;
  placeOf(index: number): { readonly column: Leaf; readonly row?: number };
  /** What stands in place of a cell that cannot be examined; undefined: it throws. */
  readonly withheld: MaskedValue | null | undefined;
  weigh(index: number): number;
  readonly tally: ColumnCounts;
}

function maskCells(cells: readonly (Cell | null)[], work: Work): (MaskedValue | null)[] {
  const { bound, tally, withheld } = work;
  const masked = new Array<MaskedValue | null>(cells.length);
  const row: { id: string | null } = { id: null };
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    const weight = work.weigh(i);
    tally.cells += weight;
    masked[i] = null;
    if (cell === null) continue;
    row.id = work.subjectAt(i);
    try {
      const answer = bound.mask(cell, row);
      masked[i] = answer;
      if (answer !== cell) tally.masked += weight;
    } catch (error) {
      if (!(error instanceof MaskingError) || error.code !== "CELL_UNEXAMINED") throw error;
      if (withheld === undefined) throw error.at(work.placeOf(i));
      masked[i] = withheld;
      tally.masked += weight;
      tally.withheld += weight;
    }
  }
  return masked;
}

/** Longer texts are seldom the same, and remembering them took a sixth of the time that hashing notes takes (measured). */
const LONG_TEXT = 100;

/** The same answers, each made once for equal values. Only for operators that mask by value. */
function remembering(bound: CellMask): CellMask {
  const answers = new Map<Cell, MaskedValue | null>();
  return {
    ...bound,
    mask(cell: Cell, row: Subject) {
      if (typeof cell === "object" || (typeof cell === "string" && cell.length > LONG_TEXT))
        return bound.mask(cell, row);
      const made = answers.get(cell);
      if (made !== undefined) return made;
      const answer = bound.mask(cell, row);
      answers.set(cell, answer);
      return answer;
    },
  };
}

function keeping(name: string): Transform {
  return { name, reads: [], writes: [], byValue: true, plan: (schema) => schema, apply: async (batch) => batch };
}

function dropping(name: string, leaf: Leaf): Transform {
  return {
    name,
    reads: [leaf],
    writes: [leaf],
    byValue: true,
    plan: (schema) => withoutLeaf(schema, leaf),
    apply: async (batch: RecordBatch) => dropLeaf(batch, leaf),
  };
}

function boundTo(operator: CellOperator, schema: Schema, leaf: Leaf): CellMask {
  const { type } = found(schema, leaf);
  try {
    return operator.on(type);
  } catch (error) {
    throw error instanceof MaskingError ? error.at({ column: leaf }) : error;
  }
}

function found(schema: Schema, leaf: Leaf): NonNullable<ReturnType<typeof leafType>> {
  const type = leafType(schema, leaf);
  if (!type) throw new MaskingError("COLUMN_MISSING", { column: leaf });
  return type;
}

function holdsText(type: DataType): boolean {
  return isText(DataType.isDictionary(type) ? (type.dictionary as DataType) : type);
}
