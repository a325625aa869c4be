/** The mask's answers for one message, put in the place of what they mask. */
import { type Data, type DataType, type RecordBatch, Schema } from "apache-arrow";
import { batchOf, cellsOf } from "../../src/batch.ts";
import { readCells } from "../../src/cells.ts";
import { withoutNulls, writeCells } from "../../src/columns.ts";
import { MaskingError } from "../../src/errors.ts";
import type { Cell, Leaf } from "../../src/types.ts";
import { type Asked, answersOf, type Lanes, ROWS } from "./ask.ts";
import { type FieldChange, sameType } from "./edit.ts";
import { type Encoded, encoded } from "./encode.ts";
import type { RewritePlan, TouchedLeaf } from "./leaves.ts";
import type { Indexed, MaskedDictionary } from "./masked-dictionary.ts";
import { indexedRows } from "./masked-dictionary.ts";
import type { BatchHead } from "./metadata.ts";
import type { Part } from "./output.ts";

/** A message's rows anew. `renewed` are dictionaries that must be written before it. */
export interface Answered {
  readonly head: BatchHead;
  readonly parts: readonly Part[];
  readonly renewed: readonly MaskedDictionary[];
}

/** Waits for the answers to `asked`. `dictionaries` are by node. Throws what the mask throws. */
export async function answered(
  asked: Asked,
  plan: RewritePlan,
  lanes: Lanes,
  dictionaries: ReadonlyMap<number, MaskedDictionary>,
): Promise<Answered> {
  const made = new Map<number, Encoded>();
  const renewed: MaskedDictionary[] = [];
  const put = ({ leaf, node }: TouchedLeaf, column: Column) => {
    const dictionary = dictionaries.get(node.index);
    const { type, nullable } = plan.changes.fields.get(node.index)!;
    if (dictionary) {
      const { indices, renewed: anew } = dictionary.point(indexedOf(column, leaf));
      if (anew) renewed.push(dictionary);
      made.set(node.index, encoded([indices]));
    } else made.set(node.index, encoded(arraysOf(column, type, leaf)));
    if (!nullable && made.get(node.index)!.nodes[1]! > 0) throw new MaskingError("COLUMN_TYPE", { column: leaf });
  };
  const batches = await answersOf(lanes, ROWS, asked.windows);
  for (const leaf of plan.rows) {
    const change = plan.changes.fields.get(leaf.node.index);
    if (!change) continue;
    const pieces = batches.map((batch) => columnNamed(batch, leaf.leaf));
    put(leaf, leaf.lists > 0 ? { cells: scattered(pieces, batches, asked, leaf, change) } : { pieces });
  }
  for (const leaf of plan.alone) {
    const { indexed, windows } = asked.alone.get(leaf.leaf)!;
    const pieces = (await answersOf(lanes, leaf.leaf, windows)).map((batch) => columnNamed(batch, leaf.leaf));
    const masked = pieces.flatMap((piece) => readCells(piece, leaf.leaf))[Symbol.iterator]();
    const values = indexed.values.map((cell) => (cell === null ? null : (masked.next().value ?? null)));
    put(leaf, { indexed: { values, rows: indexed.rows } });
  }
  return { ...rebuilt(asked, plan, made), renewed };
}

/** A masked column: as arrays of the mask, as cells of the leaf's own array, or as rows that share values. */
type Column = { readonly pieces: readonly Data[] } | { readonly cells: Slots } | { readonly indexed: Indexed };

/** Cells of a leaf's own array under lists; `optional` is false where no slot may be null. */
interface Slots {
  readonly cells: readonly (Cell | null)[];
  readonly optional: boolean;
}

function columnNamed(batch: RecordBatch, leaf: Leaf): Data {
  const index = batch.schema.fields.findIndex(({ name }) => name === leaf);
  const data = batch.data.children[index];
  if (!data) throw new MaskingError("CHECK_FAILED", { column: leaf });
  return data;
}

function indexedOf(column: Column, leaf: Leaf): Indexed {
  if ("indexed" in column) return column.indexed;
  if ("pieces" in column) return indexedRows(column.pieces, leaf);
  const { cells } = column.cells;
  return { values: cells, rows: Int32Array.from(cells, (cell, i) => (cell === null ? -1 : i)) };
}

function arraysOf(column: Column, type: DataType, leaf: Leaf): readonly Data[] {
  if ("pieces" in column) {
    if (column.pieces.every((piece) => sameType(piece.type, type))) return column.pieces;
    throw new MaskingError("COLUMN_TYPE", { column: leaf });
  }
  if ("cells" in column) {
    const data = writeCells(column.cells.cells, type, leaf);
    return [column.cells.optional ? data : withoutNulls(data)];
  }
  const { values, rows } = column.indexed;
  return [
    writeCells(
      Array.from(rows, (row) => (row < 0 ? null : values[row]!)),
      type,
      leaf,
    ),
  ];
}

/** The values of the rows' lists back in the slots they came from; the other slots are null. */
function scattered(
  pieces: readonly Data[],
  batches: readonly RecordBatch[],
  asked: Asked,
  { leaf, node }: TouchedLeaf,
  { nullable }: FieldChange,
): Slots {
  const slots = asked.slots.get(leaf)!;
  const cells = new Array<Cell | null>(asked.rows.batch.nodes![node.index * 2]!).fill(null);
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    const field = batches[i]!.schema.fields.find(({ name }) => name === leaf)!;
    const { cells: masked, rows } = cellsOf(batchOf(new Schema([field]), [piece], piece.length), leaf);
    for (let value = 0; value < masked.length; value++) {
      if (rows![value]! < 0) continue;
      if (!nullable && masked[value] === null) throw new MaskingError("COLUMN_TYPE", { column: leaf });
      cells[slots[at++] ?? cells.length] = masked[value]!;
    }
  }
  if (at !== slots.length)
    throw new MaskingError("CHECK_FAILED", { column: leaf, expected: "as many values as were given" });
  return { cells, optional: nullable };
}

/** The message's nodes and buffers in the order of the new schema. */
function rebuilt({ rows, message }: Asked, { layout, changes }: RewritePlan, made: ReadonlyMap<number, Encoded>) {
  refuseOverlaps(rows.batch.buffers ?? []);
  const nodes: number[] = [];
  const parts: Part[] = [];
  const variadic: number[] = [];
  for (let index = 0; index < layout.nodes.length; ) {
    const node = layout.nodes[index]!;
    const masked = made.get(index);
    if (masked) {
      nodes.push(...masked.nodes);
      parts.push(...masked.buffers.map((bytes) => ({ made: bytes })));
      variadic.push(...masked.variadic);
    } else if (!changes.dropped.has(index)) {
      nodes.push(rows.batch.nodes![index * 2]!, rows.batch.nodes![index * 2 + 1]!);
      const first = rows.positions.first[index]!;
      for (let i = first; i < first + rows.positions.count[index]!; i++) {
        const start = rows.batch.buffers![i * 2]!;
        parts.push({ kept: { body: message.body, start, end: start + rows.batch.buffers![i * 2 + 1]! } });
      }
      if (node.views) variadic.push(rows.positions.variadic[index]!);
    }
    index = masked || changes.dropped.has(index) ? node.end : index + 1;
  }
  const { length, compression } = rows.batch;
  return { head: { length, nodes, compression, variadic: variadic.length > 0 ? variadic : undefined }, parts };
}

/** Were a kept buffer to share bytes with a masked one, those would come out unmasked. No writer makes such files. */
function refuseOverlaps(buffers: readonly number[]): void {
  const ranges: [number, number][] = [];
  for (let i = 0; i < buffers.length; i += 2) {
    if (buffers[i + 1]! > 0) ranges.push([buffers[i]!, buffers[i]! + buffers[i + 1]!]);
  }
  ranges.sort((a, b) => a[0] - b[0]);
  for (let i = 1; i < ranges.length; i++) {
    if (ranges[i]![0] < ranges[i - 1]![1]) throw new MaskingError("INPUT_MALFORMED", { expected: "buffers apart" });
  }
}
