/** Record batches as plain objects that one thread may post to another: their buffers are copied, then moved. */
import {
  Data,
  DataType,
  type Dictionary,
  type RecordBatch,
  RecordBatchReader,
  RecordBatchStreamWriter,
  type Schema,
  Vector,
} from "apache-arrow";
import { batchOf } from "../batch.ts";

/** A batch without the classes of its types. */
export interface PackedBatch {
  /** The schema as an Arrow stream without batches. */
  readonly schema: Uint8Array;
  readonly rows: number;
  readonly columns: readonly PackedData[];
}

/** One array; types are those of the schema, by position. */
export interface PackedData {
  readonly length: number;
  readonly offset: number;
  readonly nullCount: number;
  /** In Arrow's own order: offsets, values, null bitmap, type ids. */
  readonly buffers: readonly (Uint8Array | Int32Array | undefined)[];
  readonly views: readonly Uint8Array[];
  readonly children: readonly PackedData[];
  readonly dictionary: readonly PackedData[] | undefined;
}

/** What goes over, and the memory that goes with it. */
export interface Parcel {
  readonly batch: PackedBatch;
  readonly moved: readonly ArrayBuffer[];
}

/** The batch with buffers of its own: what `batch` holds may be larger, shared, or used again before it is read. */
export function packBatch(batch: RecordBatch): Parcel {
  const moved: ArrayBuffer[] = [];
  const columns = batch.data.children.map((data) => packed(data, moved));
  return { batch: { schema: schemaBytes(batch.schema), rows: batch.numRows, columns }, moved };
}

export function unpackBatch({ schema: bytes, rows, columns }: PackedBatch): RecordBatch {
  const schema = schemaOf(bytes);
  return batchOf(
    schema,
    columns.map((column, i) => unpacked(schema.fields[i]!.type, column)),
    rows,
  );
}

function packed(data: Data, moved: ArrayBuffer[]): PackedData {
  const own = <T extends Uint8Array | Int32Array>(view: T | undefined): T | undefined => {
    if (!view) return undefined;
    // `slice` of Node's own class gives a view.
    const copy = view instanceof Uint8Array ? new Uint8Array(view) : view.slice();
    moved.push(copy.buffer as ArrayBuffer);
    return copy as T;
  };
  const { length, offset, nullCount, nullBitmap, typeIds } = data;
  const { offsets, values } = trimmed(data);
  return {
    ...{ length, offset, nullCount },
    buffers: [own(offsets), own(values), nullCount > 0 ? own(nullBitmap) : undefined, own(typeIds)],
    views: data.variadicBuffers.map((view) => own(view)!),
    children: data.children.map((child) => packed(child, moved)),
    dictionary: data.dictionary?.data.map((chunk) => packed(chunk, moved)),
  };
}

/** A slice of texts refers to the bytes of all: only its own go over. */
function trimmed({ type, length, valueOffsets: offsets, values }: Data): {
  readonly offsets: Int32Array | undefined;
  readonly values: Uint8Array | undefined;
} {
  if (!(DataType.isUtf8(type) || DataType.isBinary(type)) || length === 0) return { offsets, values };
  const first = offsets[0]!;
  const last = offsets[length]!;
  if (first < 0 || last < first || last > values.length) return { offsets, values }; // refused where it is read
  if (first === 0) return { offsets, values: values.subarray(0, last) };
  return { offsets: offsets.map((at: number) => at - first), values: values.subarray(first, last) };
}

function unpacked(type: DataType, { length, offset, nullCount, buffers, views, ...nested }: PackedData): Data {
  const children = nested.children.map((child, i) => unpacked(type.children[i]!.type, child));
  const dictionary =
    nested.dictionary && new Vector(nested.dictionary.map((chunk) => unpacked((type as Dictionary).dictionary, chunk)));
  return new Data(type, offset, length, nullCount, [...buffers] as never, children, dictionary, [...views]);
}

const written = new WeakMap<Schema, Uint8Array>();

/** Made once for all batches of a stream. */
function schemaBytes(schema: Schema): Uint8Array {
  const known = written.get(schema);
  if (known) return known;
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  const bytes = writer.finish().toUint8Array(true);
  written.set(schema, bytes);
  return bytes;
}

function schemaOf(bytes: Uint8Array): Schema {
  return RecordBatchReader.from(bytes).open().schema;
}
