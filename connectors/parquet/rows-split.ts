import { countOf, sliceValues, type Values } from "./encodings.ts";
import type { Levels } from "./pages.ts";
import type { LeafRows } from "./rows.ts";

/** The first `rows` rows of a part, fewer than it has, and the rest. All are views. */
export function splitRows(part: LeafRows, rows: number, leaf: Levels): readonly [LeafRows, LeafRows] {
  const { definition, repetition, values } = part;
  const level = repetition ? startOf(repetition, rows) : rows;
  let value = definition ? 0 : level;
  for (let i = 0; definition && i < level; i++) if (definition[i] === leaf.maxDefinition) value++;
  const piece = (rowCount: number, from: number, to: number, of: Values): LeafRows => ({
    rows: rowCount,
    values: of,
    ...(definition && { definition: definition.subarray(from, to) }),
    ...(repetition && { repetition: repetition.subarray(from, to) }),
  });
  const end = definition?.length ?? part.rows;
  return [
    piece(rows, 0, level, sliceValues(values, 0, value)),
    piece(part.rows - rows, level, end, sliceValues(values, value, countOf(values))),
  ];
}

/** Where the row begins that `rows` rows come before. */
function startOf(repetition: Uint8Array, rows: number): number {
  let at = 0;
  for (let seen = 0; at < repetition.length; at++) {
    if (repetition[at] !== 0) continue;
    if (seen === rows) break;
    seen++;
  }
  return at;
}

/** Bytes of the values. */
export function sizeOf(values: Values): number {
  if (values.kind === "bytes") return values.offsets.at(-1)! - values.offsets[0]!;
  return values.kind === "fixed" ? values.bytes.length : values.array.byteLength;
}
