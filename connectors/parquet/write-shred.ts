/** Arrow arrays taken apart into the levels and values of their leaves: what `read-assemble.ts` puts together. */
import { type Data, DataType } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { fromArrow, validOf } from "./convert.ts";
import { gather, sliceValues, type Values } from "./encodings.ts";
import type { LeafRows } from "./rows.ts";
import type { Column, LeafColumn, ListColumn, StructColumn } from "./schema.ts";

/** The rows of each leaf of a column, in order. A null where the field allows none is COLUMN_TYPE. */
export function shredded(column: Column, data: Data): readonly LeafRows[] {
  if (column.kind === "leaf") return [flatRows(column, data)];
  const slots = Int32Array.from({ length: data.length }, (_, i) => i);
  const entries = { definition: new Uint8Array(data.length), repetition: new Uint8Array(data.length), slots };
  return [...shred(column, data, entries, data.length)];
}

/** A column of its own: its nulls are its levels. */
function flatRows(column: LeafColumn, data: Data): LeafRows {
  const { leaf } = column;
  const { values, valid } = fromArrow(data, leaf.physical, leaf.typeLength);
  if (leaf.maxDefinition > 0)
    return { rows: data.length, values, definition: valid ?? new Uint8Array(data.length).fill(1) };
  if (valid?.includes(0)) throw refused(column);
  return { rows: data.length, values };
}

/** One for each value, null or empty list to be written: its levels so far, and its slot in the array or -1. */
interface Entries {
  readonly definition: Uint8Array;
  readonly repetition: Uint8Array;
  readonly slots: Int32Array;
}

function shred(column: Column, data: Data, entries: Entries, rows: number): Iterable<LeafRows> {
  switch (column.kind) {
    case "leaf":
      return [leafRows(column, data, entries, rows)];
    case "struct":
      return structRows(column, data, entries, rows);
    case "list":
      return shred(column.child, data.children[0]!, elements(column, data, entries), rows);
  }
}

function* structRows(column: StructColumn, data: Data, entries: Entries, rows: number): Generator<LeafRows> {
  const below = present(column, data, entries);
  for (const [i, child] of column.children.entries()) yield* shred(child, data.children[i]!, below, rows);
}

/** The entries one level down: those whose slot is null end here. */
function present(column: Column, data: Data, { definition, repetition, slots }: Entries): Entries {
  const valid = validOf(data);
  const level = column.definition;
  const next = { definition: definition.slice(), repetition, slots: slots.slice() };
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!;
    if (slot < 0) continue;
    if (!valid || valid[slot] === 1) next.definition[i] = level;
    else if (definition[i] === level) throw refused(column);
    else next.slots[i] = -1;
  }
  return next;
}

function refused({ field }: Column): MaskingError {
  return new MaskingError("COLUMN_TYPE", { column: field.name, expected: "no null in a column without nulls" });
}

/** Every element becomes an entry; an empty list stays one that ends here. */
function elements(column: ListColumn, data: Data, above: Entries): Entries {
  const lists = present(column, data, above);
  const startOf = rangesOf(data);
  let length = 0;
  for (const slot of lists.slots) length += slot < 0 ? 1 : Math.max(1, startOf(slot + 1) - startOf(slot));
  const definition = new Uint8Array(length);
  const repetition = new Uint8Array(length);
  const slots = new Int32Array(length).fill(-1);
  let at = 0;
  for (let i = 0; i < lists.slots.length; i++) {
    const slot = lists.slots[i]!;
    const start = slot < 0 ? 0 : startOf(slot);
    const end = slot < 0 ? 0 : startOf(slot + 1);
    definition[at] = lists.definition[i]!;
    repetition[at] = lists.repetition[i]!;
    if (end === start) at++;
    for (let element = start; element < end; element++, at++) {
      definition[at] = column.definition + 1;
      if (element > start) repetition[at] = column.repetition + 1;
      slots[at] = element;
    }
  }
  return { definition, repetition, slots };
}

/** Where the elements of a slot begin in the child array. Offsets that lead outside of it are INPUT_MALFORMED. */
function rangesOf(data: Data): (slot: number) => number {
  const size = data.children[0]!.length;
  if (DataType.isFixedSizeList(data.type)) {
    const { listSize } = data.type;
    return (slot) => slot * listSize;
  }
  const { valueOffsets, length } = data;
  for (let i = 0, before = 0; length > 0 && i <= length; i++) {
    const offset = Number(valueOffsets[i]);
    if (!(offset >= before && offset <= size))
      throw new MaskingError("INPUT_MALFORMED", { expected: "offsets in order" });
    before = offset;
  }
  return (slot) => Number(valueOffsets[slot]);
}

function leafRows(column: LeafColumn, data: Data, entries: Entries, rows: number): LeafRows {
  const { leaf } = column;
  const { definition, repetition, slots } = present(column, data, entries);
  const { values, valid } = fromArrow(data, leaf.physical, leaf.typeLength);
  return {
    rows,
    values: picked(values, valid, slots),
    ...(leaf.maxDefinition > 0 && { definition }),
    ...(leaf.maxRepetition > 0 && { repetition }),
  };
}

/** The values of the slots that are left: a view where they follow each other, as they nearly always do. */
function picked(values: Values, valid: Uint8Array | undefined, slots: Int32Array): Values {
  const ranks = valid && ranksOf(valid);
  const picks = new Int32Array(slots.length);
  let count = 0;
  let follow = true;
  for (const slot of slots) {
    if (slot < 0) continue;
    const rank = ranks ? ranks[slot]! : slot;
    if (count > 0 && rank !== picks[count - 1]! + 1) follow = false;
    picks[count++] = rank;
  }
  const first = count > 0 ? picks[0]! : 0;
  return follow ? sliceValues(values, first, first + count) : gather(values, picks.subarray(0, count));
}

/** For each slot, how many values that are not null come before it. */
function ranksOf(valid: Uint8Array): Int32Array {
  const ranks = new Int32Array(valid.length);
  for (let i = 0, rank = 0; i < valid.length; i++) {
    ranks[i] = rank;
    rank += valid[i]!;
  }
  return ranks;
}
