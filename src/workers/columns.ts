import { type RecordBatch, Schema } from "apache-arrow";
import { batchOf, COUNTS, leafTrail } from "../batch.ts";
import type { Leaf } from "../types.ts";

/**
 * Batches cut down to the columns that hold these leaves, and to how often each distinct value occurs where that is
 * told. A leaf that is not there is passed over.
 */
export function columnsOf(leaves: readonly Leaf[]): (batch: RecordBatch) => RecordBatch {
  let last: { readonly of: Schema; readonly columns: readonly number[]; readonly schema: Schema } | undefined;
  const found = (schema: Schema) => {
    const wanted = new Set(leaves.map((leaf) => leafTrail(schema, leaf)?.indexes[0]));
    const columns = schema.fields.flatMap(({ name }, i) => (wanted.has(i) || name === COUNTS ? [i] : []));
    return { of: schema, columns, schema: new Schema(columns.map((i) => schema.fields[i]!)) };
  };
  return ({ schema, data, numRows }) => {
    if (last?.of !== schema) last = found(schema);
    return batchOf(
      last.schema,
      last.columns.map((i) => data.children[i]!),
      numRows,
    );
  };
}
