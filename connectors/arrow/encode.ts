/** Arrow arrays into the nodes and buffers of a message: exactly the slots of the arrays, whatever they are slices of. */
import { type Data, DataType } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { isList } from "../../src/leaf.ts";
import { type Bytes, joinedBits, joinedBytes, joinedViews } from "./join.ts";

/** Parts of a message's body, in its order. `nodes` are (length, nulls) in turn. */
export interface Encoded {
  readonly nodes: number[];
  /** Large ones in pieces, one for each array: to join them would cost as much as all the rest. */
  readonly buffers: Bytes[];
  readonly variadic: number[];
}

const NONE = new Uint8Array(0);
const MAX_INT32 = 0x7fffffff;

/** One column out of its pieces, which share one type. Of a dictionary only the indices are written. */
export function encoded(pieces: readonly Data[]): Encoded {
  const out: Encoded = { nodes: [], buffers: [], variadic: [] };
  encode(pieces, out);
  return out;
}

function encode(pieces: readonly Data[], out: Encoded): void {
  const { type } = pieces[0]!;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (DataType.isNull(type)) out.nodes.push(length, length);
  else if (DataType.isUnion(type)) encodeUnion(pieces, length, out);
  else {
    const nulls = pieces.reduce((sum, piece) => sum + piece.nullCount, 0);
    out.nodes.push(length, nulls);
    out.buffers.push(nulls === 0 ? NONE : validity(pieces));
    encodeValues(pieces, out);
  }
}

function encodeValues(pieces: readonly Data[], out: Encoded): void {
  const { type, valueOffsets } = pieces[0]!;
  if (DataType.isStruct(type)) encodeChildren(pieces, out);
  else if (isList(type)) encodeList(pieces, out);
  else if (valueOffsets) encodeVariable(pieces, out);
  else if (DataType.isBool(type)) {
    out.buffers.push(joinedBits(pieces.map(({ values, offset, length }) => ({ bits: values, offset, length }))));
  } else if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) {
    const { views, variadic } = joinedViews(pieces);
    out.variadic.push(variadic.length);
    out.buffers.push(views, ...variadic);
  } else {
    out.buffers.push(pieces.map(({ values, length, stride }) => bytesOf(values, 0, length * stride)));
  }
}

function validity(pieces: readonly Data[]): Uint8Array {
  return joinedBits(
    pieces.map(({ nullBitmap, nullCount, offset, length }) => ({
      bits: nullCount > 0 ? nullBitmap : undefined,
      offset,
      length,
    })),
  );
}

function encodeVariable(pieces: readonly Data[], out: Encoded): void {
  out.buffers.push(rebased(pieces));
  out.buffers.push(
    pieces.map(({ values, valueOffsets, length }) =>
      bytesOf(values, Number(valueOffsets[0] ?? 0), Number(valueOffsets[length] ?? 0)),
    ),
  );
}

/** Offsets that start at 0 and run on from piece to piece. */
function rebased(pieces: readonly Data[]): Uint8Array {
  const [only, ...more] = pieces;
  const { valueOffsets: first, length: count } = only!;
  if (more.length === 0 && Number(first[0] ?? 0) === 0 && first.length > count) return bytesOf(first, 0, count + 1);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const large = first instanceof BigInt64Array;
  const offsets = large ? new BigInt64Array(length + 1) : new Int32Array(length + 1);
  let at = 0;
  let base = 0;
  for (const { valueOffsets, length: slots } of pieces) {
    const start = Number(valueOffsets[0] ?? 0);
    const end = base + Number(valueOffsets[slots] ?? 0) - start;
    if (!large && end > MAX_INT32)
      throw new MaskingError("INPUT_UNSUPPORTED", { expected: "columns below 2 GB a batch" });
    for (let i = 0; i < slots; i++) {
      const offset = base + Number(valueOffsets[i]) - start;
      offsets[at++] = (large ? BigInt(offset) : offset) as never;
    }
    base = end;
  }
  offsets[at] = (large ? BigInt(base) : base) as never;
  return bytesOf(offsets, 0, offsets.length);
}

function encodeList(pieces: readonly Data[], out: Encoded): void {
  const { type } = pieces[0]!;
  if (!DataType.isFixedSizeList(type)) out.buffers.push(rebased(pieces));
  encode(pieces.map(elementsOf), out);
}

/** The elements of a list array's own slots: its child holds those of every slot that was sliced away, too. */
export function elementsOf({ valueOffsets, length, stride, children }: Data): Data {
  const start = valueOffsets ? Number(valueOffsets[0] ?? 0) : 0;
  const end = valueOffsets ? Number(valueOffsets[length] ?? 0) : length * stride;
  return within(children[0]!, start, end);
}

function encodeChildren(pieces: readonly Data[], out: Encoded): void {
  for (let child = 0; child < pieces[0]!.children.length; child++) {
    encode(
      pieces.map((piece) => within(piece.children[child]!, 0, piece.length)),
      out,
    );
  }
}

/** A dense union's children stay whole: its own offsets say which of their slots it uses. */
function encodeUnion(pieces: readonly Data[], length: number, out: Encoded): void {
  const { type } = pieces[0]!;
  out.nodes.push(length, 0);
  out.buffers.push(joinedBytes(pieces.map(({ typeIds, length: count }) => bytesOf(typeIds, 0, count))));
  if (DataType.isDenseUnion(type)) {
    if (pieces.length > 1) throw new MaskingError("INPUT_UNSUPPORTED");
    out.buffers.push(bytesOf(pieces[0]!.valueOffsets, 0, length));
    for (const child of pieces[0]!.children) encode([child], out);
  } else encodeChildren(pieces, out);
}

function within(data: Data, start: number, end: number): Data {
  return start === 0 && end === data.length ? data : data.slice(start, end - start);
}

/** The bytes of some of an array's numbers. */
function bytesOf(
  numbers: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number },
  start: number,
  end: number,
): Uint8Array {
  const width = numbers.BYTES_PER_ELEMENT;
  return new Uint8Array(numbers.buffer, numbers.byteOffset + start * width, (end - start) * width);
}
