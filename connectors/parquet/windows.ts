import { type Data, Field, type Schema } from "apache-arrow";
import { batchOf } from "../../src/batch.ts";
import { toArrow } from "./convert.ts";
import { countOf, type Values } from "./encodings.ts";
import type { HandedLeaf } from "./rewrite-plan.ts";
import type { ParquetLeaf } from "./schema.ts";

/**
 * Bytes of values that are handed to the mask at once, about: few enough that their strings and buffers are small
 * allocations, which are reused, and large enough that a batch's own cost does not show. Both measured.
 */
export const WINDOW_BYTES: number = 1 << 18;

/** The column of a leaf that is handed over value by value: flat, whatever lists the leaf stands in. */
export function valueField({ name, leaf }: HandedLeaf): Field {
  return new Field(name, leaf.type, leaf.nullable);
}

/** Present values as an Arrow array. */
export function valueColumn(leaf: ParquetLeaf, values: Values): Data {
  return toArrow({ ...leaf, maxDefinition: 0, maxRepetition: 0 }, { rows: countOf(values), values });
}

/** A batch of columns of one length. */
export function windowOf(schema: Schema, columns: readonly Data[]): ReturnType<typeof batchOf> {
  return batchOf(schema, columns, columns[0]!.length);
}

/** Where a window of about so many bytes ends that starts at `from`. */
export function windowEnd(values: Values, from: number, bytes: number): number {
  const count = countOf(values);
  if (values.kind !== "bytes") return Math.min(count, from + bytes / 16);
  let to = from + 1;
  while (to < count && values.offsets[to + 1]! - values.offsets[from]! <= bytes) to++;
  return to;
}
