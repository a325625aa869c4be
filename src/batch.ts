/** Arrow record batches: one leaf's values out, masked values back in, all other buffers shared. */
import { type Data, DataType, type Field, makeData, RecordBatch, Schema, Struct } from "apache-arrow";
import { readCells } from "./cells.ts";
import { withoutNulls, writeCells } from "./columns.ts";
import { MaskingError } from "./errors.ts";
import { droppedColumn, isList, leafTrail, type Trail, withLeafType, withoutLeaf } from "./leaf.ts";
import type { Cell, Leaf, MaskedValue } from "./types.ts";

export { type LeafType, leafTrail, leafType, withLeafType, withoutLeaf } from "./leaf.ts";

/** Reserved column name (Int32): how often each distinct value of a by-value batch occurs. */
export const COUNTS: string = "phimask:count";

/** The values of one leaf. */
export interface LeafCells {
  /** One for each slot of the leaf's array: a row, or, under lists, an element of the whole child array. */
  readonly cells: readonly (Cell | null)[];
  /** The row of each cell, counted from 0 in the batch; -1 where no row reaches it. Absent where cell i is row i. */
  readonly rows?: Int32Array;
}

/**
 * The values of one leaf, dictionaries looked up. A null struct, list or map around a slot makes its cell null, and a
 * slot that no row reaches is null too. `unseen`: nobody looks at the values, so that `*` may stand for any text that
 * is not empty, which takes far less time. Throws COLUMN_MISSING, COLUMN_TYPE, INPUT_MALFORMED.
 */
export function cellsOf(batch: RecordBatch, leaf: Leaf, unseen = false): LeafCells {
  const [column, ...below] = trailOf(batch.schema, leaf).indexes;
  return cellsBelow(batch.data.children[column!]!, below, leaf, unseen);
}

/** As `cellsOf`, of a column by the children that lead to the leaf; `leaf` is for errors alone. */
export function cellsBelow(column: Data, below: readonly number[], leaf: Leaf, unseen = false): LeafCells {
  const { data, rows, hidden } = slotsBelow(column, below, leaf);
  const cells = readCells(data, leaf, unseen);
  if (hidden) for (let i = 0; i < cells.length; i++) if (hidden[i]) cells[i] = null;
  return rows ? { cells, rows } : { cells };
}

/**
 * The batch with one leaf replaced by `cells`, as many as `cellsOf` gave, stored as `type`. All other buffers are
 * shared with `batch`, and none of the leaf's own survives: not its texts, its dictionary or its null bitmap. The
 * leaf's field becomes nullable where a cell that had a place is null.
 */
export function withCells(
  batch: RecordBatch,
  leaf: Leaf,
  cells: readonly (MaskedValue | null)[],
  type: DataType,
): RecordBatch {
  const trail = trailOf(batch.schema, leaf);
  const { data, hidden } = slotsOf(batch, trail, leaf);
  if (cells.length !== data.length) throw new MaskingError("COLUMN_TYPE", { column: leaf, expected: "as many cells" });
  const { nullable } = trail.fields.at(-1)!;
  const emptied = !nullable && cells.some((cell, i) => cell === null && !hidden?.[i]);
  let array = writeCells(cells, type, leaf);
  if (!nullable && !emptied && array.nullCount > 0) array = withoutNulls(array);
  const schema = withLeafType(batch.schema, leaf, array.type, nullable || emptied);
  return batchOf(
    schema,
    rebuilt(batch.data.children, schema.fields, trail.indexes, array),
    batch.numRows,
    batch.metadata,
  );
}

/** The batch without a column, the rest shared; see `withoutLeaf` for what goes with it. */
export function dropLeaf(batch: RecordBatch, leaf: Leaf): RecordBatch {
  const trail = droppedColumn(batch.schema, leaf);
  const schema = withoutLeaf(batch.schema, leaf);
  return batchOf(
    schema,
    rebuilt(batch.data.children, schema.fields, trail.indexes, undefined),
    batch.numRows,
    batch.metadata,
  );
}

/**
 * `into` with one leaf taken over from `from`, a batch of the same rows and nesting; the rest is shared with `into`.
 * Throws COLUMN_MISSING where either lacks it.
 */
export function graftLeaf(into: RecordBatch, from: RecordBatch, leaf: Leaf): RecordBatch {
  const taken = trailOf(from.schema, leaf);
  const { data } = slotsOf(from, taken, leaf);
  const schema = withLeafType(into.schema, leaf, data.type, taken.fields.at(-1)!.nullable);
  const trail = trailOf(into.schema, leaf);
  return batchOf(schema, rebuilt(into.data.children, schema.fields, trail.indexes, data), into.numRows, into.metadata);
}

/** How often each value of a by-value batch occurs; undefined for a batch of rows. */
export function countsOf(batch: RecordBatch): Int32Array | undefined {
  const index = batch.schema.fields.findIndex(({ name }) => name === COUNTS);
  return index < 0 ? undefined : (batch.data.children[index]!.values as Int32Array).subarray(0, batch.numRows);
}

/**
 * A batch of exactly these columns. Arrow's own constructor merges columns of one name and compares every pair of
 * names; this one does neither, so duplicate names and thousands of columns are safe.
 */
export function batchOf(
  schema: Schema,
  columns: readonly Data[],
  rows: number,
  metadata?: Map<string, string>,
): RecordBatch {
  const type = new Struct(schema.fields);
  const data = makeData({ type, length: rows, nullCount: 0, children: columns as Data[] });
  const bare = new RecordBatch(new Schema([]), makeData({ type: new Struct([]), length: rows, nullCount: 0 }));
  return Object.assign(bare, { schema, data, _metadata: metadata ?? new Map() });
}

/** The leaf's own array, the row of each slot (absent: its own number) and the slots that a null parent hides. */
interface Slots {
  readonly data: Data;
  readonly rows: Int32Array | undefined;
  readonly hidden: Uint8Array | undefined;
}

function trailOf(schema: Schema, leaf: Leaf): Trail {
  const trail = leafTrail(schema, leaf);
  if (!trail) throw new MaskingError("COLUMN_MISSING", { column: leaf });
  return trail;
}

function slotsOf(batch: RecordBatch, { indexes }: Trail, leaf: Leaf): Slots {
  return slotsBelow(batch.data.children[indexes[0]!]!, indexes.slice(1), leaf);
}

function slotsBelow(column: Data, below: readonly number[], leaf: Leaf): Slots {
  let slots: Slots = { data: column, rows: undefined, hidden: undefined };
  for (const index of below) {
    const child = slots.data.children[index]!;
    if (isList(slots.data.type)) slots = elements(slots, child, leaf);
    else if (DataType.isStruct(slots.data.type)) slots = members(slots, child, leaf);
    else throw new MaskingError("COLUMN_TYPE", { column: leaf });
  }
  return slots;
}

function members(parent: Slots, data: Data, leaf: Leaf): Slots {
  if (data.length < parent.data.length) throw malformed(leaf);
  let { rows, hidden } = parent;
  if (parent.data.nullCount > 0) {
    hidden = Uint8Array.from({ length: data.length }, (_, i) => (hidden?.[i] || !parent.data.getValid(i) ? 1 : 0));
  }
  if (data.length > parent.data.length) {
    rows = Int32Array.from({ length: data.length }, (_, i) => (i < parent.data.length ? (rows?.[i] ?? i) : -1));
    hidden = Uint8Array.from(rows, (row, i) => (row < 0 || hidden?.[i] ? 1 : 0));
  }
  return { data, rows, hidden };
}

function elements(parent: Slots, data: Data, leaf: Leaf): Slots {
  const rows = new Int32Array(data.length).fill(-1);
  const hidden = new Uint8Array(data.length).fill(1);
  const list = parent.data;
  const { valueOffsets, stride } = list;
  for (let slot = 0; slot < list.length; slot++) {
    if (parent.hidden?.[slot] || !list.getValid(slot)) continue;
    const start = valueOffsets ? Number(valueOffsets[slot]) : slot * stride;
    const end = valueOffsets ? Number(valueOffsets[slot + 1]) : start + stride;
    if (!(start >= 0 && end >= start && end <= data.length)) throw malformed(leaf);
    rows.fill(parent.rows ? parent.rows[slot]! : slot, start, end);
    hidden.fill(0, start, end);
  }
  return { data, rows, hidden };
}

/** The columns with the array that the indexes lead to replaced or, where there is none, taken out. */
function rebuilt(
  columns: readonly Data[],
  fields: readonly Field[],
  [index, ...below]: readonly number[],
  leaf: Data | undefined,
): Data[] {
  const after = [...columns];
  if (below.length === 0) after.splice(index!, 1, ...(leaf ? [leaf] : []));
  else {
    const data = columns[index!]!;
    const { type } = fields[index!]!;
    const children = rebuilt(data.children, type.children, below, leaf);
    after[index!] = data.clone(type, data.offset, data.length, undefined, data as never, children);
  }
  return after;
}

function malformed(column: Leaf): MaskingError {
  return new MaskingError("INPUT_MALFORMED", { column, expected: "children that cover their parent" });
}
