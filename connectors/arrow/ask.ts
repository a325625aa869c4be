/** The touched leaves of one message, handed to the mask. */
import { type Data, Field, Int32, type List, makeData, type RecordBatch, Schema } from "apache-arrow";
import { batchOf, COUNTS, cellsBelow } from "../../src/batch.ts";
import { writeCells } from "../../src/columns.ts";
import { valueType } from "../../src/leaf.ts";
import type { Cell, Leaf } from "../../src/types.ts";
import type { ArrowMessage } from "./input.ts";
import type { Lane } from "./lanes.ts";
import { type RewritePlan, schemaOf, type TouchedLeaf } from "./leaves.ts";
import { type Dictionaries, loadNode, type Rows, rowsOf } from "./load.ts";
import { type Indexed, indexedRows } from "./masked-dictionary.ts";
import type { BatchTable } from "./metadata.ts";

/** The lanes to the mask: of rows under `ROWS`, of a leaf that comes alone under its path. */
export type Lanes = ReadonlyMap<Leaf, Lane>;
export const ROWS = "";

/** What was handed over of one message, and what is needed to put the answers back. */
export interface Asked {
  readonly message: ArrowMessage;
  readonly rows: Rows;
  /** Batches given to the lane of rows. */
  readonly windows: number;
  /** For a leaf under lists: the slot of its own array that each value given came from. */
  readonly slots: ReadonlyMap<Leaf, Int32Array>;
  /** For a leaf that comes alone: which of its dictionary's values each row has, and in how many batches they went. */
  readonly alone: ReadonlyMap<Leaf, { readonly indexed: Indexed; readonly windows: number }>;
}

/** Rows handed over at once, at most, and at least: strings of so many cells are alive together. */
const MOST_ROWS = 1 << 14;
const LEAST_ROWS = 1 << 8;
/** Bytes handed over at once, about: fewer strings that are alive together are less memory, and take no longer. */
const WINDOW_BYTES = 1 << 19;

/** The schema of each lane. */
export function laneSchemas(plan: RewritePlan): ReadonlyMap<Leaf, Schema> {
  const schemas = new Map(plan.alone.map((leaf) => [leaf.leaf, valuesSchema(leaf)]));
  if (plan.rows.length > 0) schemas.set(ROWS, schemaOf(plan.rows));
  return schemas;
}

/** Throws INPUT_MALFORMED for a message whose buffers do not fit the schema. */
export async function ask(
  message: ArrowMessage,
  plan: RewritePlan,
  dictionaries: Dictionaries,
  lanes: Lanes,
): Promise<Asked> {
  const rows = rowsOf(plan.layout, message.table.header as BatchTable, message);
  const slots = new Map<Leaf, Int32Array>();
  const columns: Data[] = [];
  for (const leaf of plan.rows) columns.push(await shownColumn(rows, leaf, dictionaries, slots));
  const windows = give(lanes.get(ROWS), schemaOf(plan.rows), columns, rows.batch.length);
  const alone = new Map<Leaf, { indexed: Indexed; windows: number }>();
  for (const leaf of plan.alone) {
    const indexed = indexedRows([await loadNode(rows, leaf.node.index, dictionaries)], leaf.leaf);
    const [values, counts] = counted(indexed);
    const data = [
      writeCells(values, valueType(leaf.given.type), leaf.leaf),
      makeData({ type: new Int32(), data: counts }),
    ];
    alone.set(leaf.leaf, { indexed, windows: give(lanes.get(leaf.leaf), valuesSchema(leaf), data, values.length) });
  }
  return { message, rows, windows, slots, alone };
}

function valuesSchema({ leaf, given }: TouchedLeaf): Schema {
  return new Schema([new Field(leaf, valueType(given.type), false), new Field(COUNTS, new Int32(), false)]);
}

/** The values that are not null, and how many rows have each. */
function counted({ values, rows }: Indexed): [Cell[], Int32Array] {
  const counts = new Int32Array(values.length);
  for (const row of rows) if (row >= 0) counts[row]!++;
  return [values.filter((cell) => cell !== null), counts.filter((_, i) => values[i] !== null)];
}

function give(lane: Lane | undefined, schema: Schema, columns: readonly Data[], length: number): number {
  if (!lane) return 0;
  const bytes = columns.reduce((sum, data) => sum + data.byteLength, 0);
  const rows = Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor((length * WINDOW_BYTES) / bytes) || 0));
  let windows = 0;
  for (let start = 0; start < length || windows === 0; start += rows, windows++) {
    const size = Math.min(rows, length - start);
    const part = size === length ? columns : columns.map((data) => data.slice(start, size));
    lane.give(batchOf(schema, part, size));
  }
  return windows;
}

/** The column as the mask is shown it; `slots` hears where a leaf under lists has its values from. */
export async function shownColumn(
  rows: Rows,
  leaf: TouchedLeaf,
  dictionaries: Dictionaries,
  slots: Map<Leaf, Int32Array> = new Map(),
): Promise<Data> {
  const { node, trail, lists, given } = leaf;
  const { length } = rows.batch;
  if (given.type.typeId === 1) return makeData({ type: given.type, length }); // a stand-in for what is dropped unread
  if (trail.length === 1) return loadNode(rows, node.index, dictionaries);
  const column = await loadNode(rows, trail[0]!, dictionaries, new Set(trail));
  const below = trail.slice(1).map(() => 0); // each has the one child that was loaded
  const { cells, rows: owners } = cellsBelow(column, below, leaf.leaf);
  if (lists === 0) return writeCells(cells, given.type, leaf.leaf);
  const live: number[] = [];
  const offsets = new Int32Array(length + 1);
  for (let slot = 0; slot < cells.length; slot++) {
    if (cells[slot] === null || owners![slot]! < 0) continue;
    live.push(slot);
    offsets[owners![slot]! + 1]!++;
  }
  for (let row = 0; row < length; row++) offsets[row + 1]! += offsets[row]!;
  slots.set(leaf.leaf, Int32Array.from(live));
  const type = given.type as List;
  const child = writeCells(
    live.map((slot) => cells[slot]!),
    type.valueType,
    leaf.leaf,
  );
  return makeData({ type, length, nullCount: 0, valueOffsets: offsets, child });
}

/** The batches of a message that a lane has answered, in order. */
export async function answersOf(lanes: Lanes, lane: Leaf, count: number): Promise<readonly RecordBatch[]> {
  const answers: RecordBatch[] = [];
  for (let i = 0; i < count; i++) answers.push(await lanes.get(lane)!.take());
  return answers;
}
