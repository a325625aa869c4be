/** Columns of a file, nested as deep as they are, out of the levels and values of their leaves. */
import { type Data, DataType, makeData, Vector } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { dataOf, type Slots, slotsOf } from "./convert.ts";
import { distinct } from "./dictionary-builder.ts";
import { gather, type Values } from "./encodings.ts";
import type { LeafRows } from "./rows.ts";
import { type Column, type LeafColumn, type ListColumn, leavesOf, type StructColumn } from "./schema.ts";

/** The rows of a leaf, by its index. All leaves of a column hold the same rows. */
export type RowsOf = (leaf: number) => LeafRows;

/** One array of the column's type, a slot a row. Leaves that do not agree on their lists are INPUT_MALFORMED. */
export function assembled(column: Column, rowsOf: RowsOf): Data {
  return build(column, rowsOf, 0);
}

/** `above`: the definition level from which on the innermost list around has an element; 0 where there is no list. */
function build(column: Column, rowsOf: RowsOf, above: number): Data {
  switch (column.kind) {
    case "leaf":
      return leafData(column, rowsOf, above);
    case "struct":
      return structData(column, rowsOf, above);
    case "list":
      return listData(column, rowsOf, above);
  }
}

function leafData({ leaf, field, definition }: LeafColumn, rowsOf: RowsOf, above: number): Data {
  const rows = rowsOf(leaf.index);
  const { length, valid } = validity(rows, leaf.maxRepetition, definition, above);
  if (!DataType.isDictionary(field.type)) return dataOf(leaf.type, rows.values, length, valid);
  const slots = slotsOf(length, valid);
  return dictionaryData(field.type, rows.values, slots, valid);
}

/** A dictionary of the values that are there, each once, in order of first use. */
function dictionaryData(type: DataType, values: Values, slots: Slots, valid: Uint8Array | undefined): Data {
  if (!DataType.isDictionary(type)) throw new MaskingError("COLUMN_TYPE");
  const { indices, firsts } = distinct(values);
  const entries = dataOf(type.dictionary, gather(values, Int32Array.from(firsts)), firsts.length);
  const spread = dataOf(type.indices, { kind: "int32", array: indices }, slots.length, valid);
  return makeData({ ...slots, type, data: spread.values, dictionary: new Vector([entries]) } as never);
}

function structData(column: StructColumn, rowsOf: RowsOf, above: number): Data {
  const { length, valid } = agreed(column, rowsOf, above);
  const children = column.children.map((child) => build(child, rowsOf, above));
  for (const child of children) if (child.length !== length) throw disagreeing();
  return makeData({ ...slotsOf(length, valid), type: column.field.type, children } as never);
}

function listData(column: ListColumn, rowsOf: RowsOf, above: number): Data {
  const { length, valid } = agreed(column, rowsOf, above);
  const [first, ...others] = leavesOf(column).map(({ index }) => offsetsOf(rowsOf(index), column, above, length));
  const offsets = first!;
  for (const other of others) if (!same(offsets, other)) throw disagreeing();
  const child = build(column.child, rowsOf, column.definition + 1);
  if (child.length !== offsets[length]) throw disagreeing();
  return makeData({ ...slotsOf(length, valid), type: column.field.type, valueOffsets: offsets, child } as never);
}

/** The slots of a group, on which all leaves below it must agree: each tells of them by its own levels. */
function agreed(column: StructColumn | ListColumn, rowsOf: RowsOf, above: number): Placed {
  const [first, ...others] = leavesOf(column).map(({ index }) =>
    validity(rowsOf(index), column.repetition, column.definition, above),
  );
  for (const { length, valid } of others) {
    if (length !== first!.length || !same(valid, first!.valid)) throw disagreeing();
  }
  return first!;
}

function same(one: Uint8Array | Int32Array | undefined, two: Uint8Array | Int32Array | undefined): boolean {
  if (!one || !two) return one === two;
  return one.length === two.length && one.every((value, i) => value === two[i]);
}

function disagreeing(): MaskingError {
  return new MaskingError("INPUT_MALFORMED", { expected: "lists of one length in all columns of a group" });
}

/** How many slots, and which of them are there: absent where all are. */
interface Placed {
  readonly length: number;
  readonly valid?: Uint8Array;
}

/** A slot begins wherever no deeper list goes on and the list around has an element; it is there from `level` on. */
function validity({ rows, definition, repetition }: LeafRows, lists: number, level: number, above: number): Placed {
  if (!definition) return { length: rows };
  const valid = new Uint8Array(definition.length);
  let length = 0;
  for (let i = 0; i < definition.length; i++) {
    if (definition[i]! < above || (repetition && repetition[i]! > lists)) continue;
    valid[length++] = definition[i]! >= level ? 1 : 0;
  }
  return { length, valid: valid.subarray(0, length) };
}

function offsetsOf(
  { definition, repetition }: LeafRows,
  column: ListColumn,
  above: number,
  length: number,
): Int32Array {
  const offsets = new Int32Array(length + 1);
  const element = column.definition + 1;
  let slot = 0;
  let count = 0;
  for (let i = 0; i < definition!.length; i++) {
    const level = definition![i]!;
    const goesOn = repetition![i]!;
    if (goesOn <= column.repetition && level >= above) offsets[slot++] = count;
    if (goesOn <= column.repetition + 1 && level >= element) count++;
  }
  offsets[slot] = count;
  return offsets;
}
