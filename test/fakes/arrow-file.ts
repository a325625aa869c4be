import {
  type DataType,
  Field,
  type RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Schema,
  type Table,
  tableFromIPC,
  vectorFromArray,
} from "apache-arrow";
import { batchOf } from "../../src/batch.ts";

/** A batch of columns by name; cells as `vectorFromArray` takes them. */
export function batchFrom(
  columns: readonly (readonly [name: string, type: DataType, cells: readonly unknown[]])[],
  metadata = new Map<string, string>(),
): RecordBatch {
  const data = columns.map(([, type, cells]) => vectorFromArray(cells, type).data[0]!);
  const schema = new Schema(
    columns.map(([name, type]) => new Field(name, type, true, new Map([["of", name]]))),
    metadata,
  );
  return batchOf(schema, data, columns[0]?.[2].length ?? 0);
}

/** Bytes as apache-arrow writes them: a writer that shares no code with ours. */
export function foreign(batches: readonly RecordBatch[], container: "stream" | "file" = "stream"): Uint8Array {
  const writer = container === "stream" ? new RecordBatchStreamWriter() : new RecordBatchFileWriter();
  writer.reset(undefined, batches[0]!.schema);
  for (const batch of batches) writer.write(batch);
  return writer.finish().toUint8Array(true);
}

/** Rows as apache-arrow reads them, lists and structs as plain values. */
export function rowsOf(bytes: Uint8Array): readonly Record<string, unknown>[] {
  const table = tableFromIPC(bytes);
  return table
    .toArray()
    .map((row) => JSON.parse(JSON.stringify(row, (_, value) => (typeof value === "bigint" ? `${value}` : value))));
}

export function tableOf(bytes: Uint8Array): Table {
  return tableFromIPC(bytes);
}

/** Bytes a few at a time. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
