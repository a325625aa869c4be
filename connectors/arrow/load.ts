/** Arrow arrays out of a message's buffers; only the buffers of the asked-for nodes are read or decompressed. */
import { type Data, DataType, type Field, makeData, type Vector } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { isList, withChildren } from "../../src/leaf.ts";
import { decompressed } from "./codecs.ts";
import type { ArrowMessage, Body } from "./input.ts";
import { type Layout, type Node, type Positions, positionsOf } from "./layout.ts";
import type { BatchTable } from "./metadata.ts";

/** One message's rows: what it says of its buffers, and the buffers. */
export interface Rows {
  readonly layout: Layout;
  readonly batch: BatchTable;
  readonly positions: Positions;
  readonly body: Body;
}

/** The dictionaries in force, by id. */
export type Dictionaries = ReadonlyMap<number, Vector>;

/** Throws INPUT_MALFORMED where the message does not fit its schema or a buffer lies outside of the body. */
export function rowsOf(layout: Layout, batch: BatchTable, { table, body }: ArrowMessage): Rows {
  const { buffers = [] } = batch;
  for (let i = 0; i < buffers.length; i += 2) {
    const end = buffers[i]! + buffers[i + 1]!;
    if (buffers[i]! < 0 || buffers[i + 1]! < 0 || end > body.length) {
      throw new MaskingError("INPUT_MALFORMED", { expected: "buffers within the body" });
    }
  }
  const lengths = layout.columns.map((column) => batch.nodes?.[column * 2] ?? batch.length);
  if (batch.length < 0 || lengths.some((length) => length !== batch.length)) {
    throw new MaskingError("INPUT_MALFORMED", { expected: "columns of the same length" });
  }
  return { layout, batch, positions: positionsOf(layout, batch, table.version), body };
}

/** A buffer as it was before compression. */
export async function bufferAt({ batch, body }: Rows, index: number): Promise<Uint8Array> {
  const start = batch.buffers![index * 2]!;
  const bytes = await body.load(start, start + batch.buffers![index * 2 + 1]!);
  return batch.compression ? decompressed(batch.compression.codec, bytes) : bytes;
}

/** More slots than any batch of rows that a machine can hold cell by cell; only a column without buffers can claim them. */
const MAX_BARE = 1 << 26;

/**
 * A node's array. With `only`, of its children those in it alone, and its type says so. Throws INPUT_UNSUPPORTED for a
 * type that apache-arrow cannot read, INPUT_MALFORMED for buffers shorter than the array.
 */
export async function loadNode(
  rows: Rows,
  index: number,
  dictionaries: Dictionaries,
  only?: ReadonlySet<number>,
): Promise<Data> {
  const node = rows.layout.nodes[index]!;
  if (!node.readable) throw new MaskingError("INPUT_UNSUPPORTED", { column: node.shown.name });
  const length = rows.batch.nodes![index * 2]!;
  const nulls = rows.batch.nodes![index * 2 + 1]!;
  if (length < 0 || length > 0x7fffffff) throw new MaskingError("INPUT_MALFORMED");
  const array: Loading = { rows, node, length, nulls, dictionaries, only };
  const { type } = node.shown;
  if (DataType.isNull(type) || DataType.isStruct(type) || DataType.isFixedSizeList(type)) refuseBare(array);
  if (DataType.isNull(type)) return makeData({ type, length });
  if (DataType.isUnion(type)) return loadUnion(array);
  const nullBitmap = await loadValidity(array);
  const common = { type, length, nullCount: nullBitmap ? nulls : 0, nullBitmap };
  if (DataType.isDictionary(type)) return loadIndices(array, common);
  if (DataType.isStruct(type) || isList(type)) return loadNested(array, common);
  if (isVariable(type)) {
    const valueOffsets = await loadOffsets(array);
    const data = await own(array, 2);
    if (Number(valueOffsets[length]) > data.length) throw short(array);
    return makeData({ ...common, valueOffsets, data } as never);
  }
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) return loadViews(array, common);
  return makeData({ ...common, data: await loadFixed(array, type) } as never);
}

interface Loading {
  readonly rows: Rows;
  readonly node: Node;
  readonly length: number;
  readonly nulls: number;
  readonly dictionaries: Dictionaries;
  readonly only: ReadonlySet<number> | undefined;
}

function refuseBare({ length, node }: Loading): void {
  if (length <= MAX_BARE) return;
  throw new MaskingError("INPUT_UNSUPPORTED", { column: node.shown.name, expected: "batches of fewer rows" });
}

function own({ rows, node }: Loading, index: number): Promise<Uint8Array> {
  return bufferAt(rows, rows.positions.first[node.index]! + index);
}

async function loadValidity(array: Loading): Promise<Uint8Array | undefined> {
  if (array.nulls === 0) return undefined;
  const bitmap = await own(array, 0);
  if (bitmap.length * 8 < array.length) throw short(array);
  return bitmap;
}

function isVariable(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isLargeUtf8(type) || DataType.isLargeBinary(type);
}

/** Offsets may be left out of an array without values. */
async function loadOffsets(array: Loading): Promise<Int32Array | BigInt64Array> {
  const type = array.node.shown.type;
  const large = DataType.isLargeUtf8(type) || DataType.isLargeBinary(type) || DataType.isLargeList(type);
  const bytes = await own(array, 1);
  if (array.length === 0) return large ? new BigInt64Array(1) : new Int32Array(1);
  const offsets = large
    ? typed(array, bytes, BigInt64Array, array.length + 1)
    : typed(array, bytes, Int32Array, array.length + 1);
  for (let i = 0; i < array.length; i++) if (offsets[i]! > offsets[i + 1]! || offsets[i]! < 0) throw short(array);
  return offsets;
}

async function loadFixed(array: Loading, type: DataType): Promise<ArrayBufferView> {
  const bytes = await own(array, 1);
  if (DataType.isBool(type)) return typed(array, bytes, Uint8Array, Math.ceil(array.length / 8));
  const stride = strideOf(type);
  return typed(array, bytes, type.ArrayType as unknown as Float64ArrayConstructor, array.length * stride);
}

/** How many numbers of its array one value takes. */
function strideOf(type: DataType): number {
  if (DataType.isDecimal(type)) return type.bitWidth / 32;
  if (DataType.isFixedSizeBinary(type)) return type.byteWidth;
  if (DataType.isInterval(type)) return [1, 2, 4][type.unit]!;
  return 1;
}

interface Common {
  readonly type: DataType;
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap: Uint8Array | undefined;
}

async function loadIndices(array: Loading, common: Common): Promise<Data> {
  const { type } = common;
  if (!DataType.isDictionary(type)) throw short(array);
  const indices = type.indices.ArrayType as unknown as Int32ArrayConstructor;
  const data = typed(array, await own(array, 1), indices, array.length);
  const dictionary = array.dictionaries.get(type.id);
  if (!dictionary) {
    throw new MaskingError("INPUT_UNSUPPORTED", {
      column: array.node.shown.name,
      expected: "a dictionary before its use",
    });
  }
  return makeData({ ...common, data, dictionary } as never);
}

async function loadNested(array: Loading, common: Common): Promise<Data> {
  const { only, node, rows, dictionaries } = array;
  const { type } = common;
  const valueOffsets = DataType.isStruct(type) || DataType.isFixedSizeList(type) ? undefined : await loadOffsets(array);
  const children: Data[] = [];
  const fields: Field[] = [];
  for (const [i, child] of node.children.entries()) {
    if (only && !only.has(child)) continue;
    children.push(await loadNode(rows, child, dictionaries, only));
    if (!covers(children.at(-1)!.length, type, array.length, valueOffsets)) throw short(array);
    const { name, nullable, metadata } = type.children[i]!;
    fields.push(type.children[i]!.clone({ name, nullable, metadata, type: children.at(-1)!.type }));
  }
  const pruned = only ? withChildren(type, fields) : type;
  return makeData({ ...common, type: pruned, valueOffsets, children, child: children[0] } as never);
}

/** Whether a child has the slots that its parent points at. */
function covers(
  slots: number,
  type: DataType,
  length: number,
  offsets: ArrayLike<number | bigint> | undefined,
): boolean {
  if (DataType.isFixedSizeList(type)) return slots >= length * type.listSize;
  return offsets ? slots >= Number(offsets[length]) : slots === length;
}

async function loadViews(array: Loading, common: Common): Promise<Data> {
  const views = typed(array, await own(array, 1), Uint8Array, array.length * 16);
  const variadicBuffers: Uint8Array[] = [];
  for (let i = 0; i < array.rows.positions.variadic[array.node.index]!; i++) {
    variadicBuffers.push(await own(array, 2 + i));
  }
  return makeData({ ...common, views, variadicBuffers } as never);
}

/** Before V5 a union had a null bitmap of its own; its children's bitmaps say the same. */
async function loadUnion(array: Loading): Promise<Data> {
  const { type } = array.node.shown;
  const dense = DataType.isDenseUnion(type);
  const ids = array.rows.positions.count[array.node.index]! - array.node.buffers;
  const typeIds = typed(array, await own(array, ids), Int8Array, array.length);
  const valueOffsets = dense ? typed(array, await own(array, ids + 1), Int32Array, array.length) : undefined;
  const children: Data[] = [];
  for (const child of array.node.children) {
    children.push(await loadNode(array.rows, child, array.dictionaries));
    if (!dense && children.at(-1)!.length !== array.length) throw short(array);
  }
  return makeData({ type, length: array.length, typeIds, valueOffsets, children } as never);
}

interface TypedArrayMaker<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, start: number, length: number): T;
}

/** The first `count` numbers of a buffer, copied where it does not stand at a multiple of their width. */
function typed<T>(array: Loading, bytes: Uint8Array, Numbers: TypedArrayMaker<T>, count: number): T {
  const width = Numbers.BYTES_PER_ELEMENT;
  if (bytes.length < count * width) throw short(array);
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes.subarray(0, count * width));
  return new Numbers(aligned.buffer, aligned.byteOffset, count);
}

function short({ node }: Loading): MaskingError {
  return new MaskingError("INPUT_MALFORMED", { column: node.shown.name, expected: "buffers as long as the column" });
}
