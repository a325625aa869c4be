/** Record batches as an Arrow stream or file. */
import { type Data, DataType, Dictionary, type RecordBatch } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { isList } from "../../src/leaf.ts";
import type { BatchStream, Piece } from "../../src/types.ts";
import { sameType, schemaTable } from "./edit.ts";
import { type Encoded, elementsOf, encoded } from "./encode.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { indexedRows, type MaskedDictionary, maskedDictionary } from "./masked-dictionary.ts";
import { type BatchHead, type FieldTable, HEADER, type SchemaTable, writeMessage } from "./metadata.ts";
import { arrowOutput, type Output } from "./output.ts";

/** Metadata version 5. */
const VERSION = 4;

/**
 * The table, one message a batch. Every dictionary column gets a dictionary of the values that its rows use, whatever
 * the batches' own hold: one for the whole of a file, in a stream one anew where a batch has a value that it lacks.
 */
export async function* writeArrow(
  { schema, batches }: BatchStream,
  container: "stream" | "file",
  compression: BatchHead["compression"],
): AsyncGenerator<Uint8Array, void, undefined> {
  const table = numbered(schemaTable(schema));
  const layout = layoutOf(table);
  const output = arrowOutput(container, VERSION);
  const dictionaries = dictionariesOf(layout, container === "file");
  const header = { version: VERSION, headerType: HEADER.schema, header: table, bodyLength: 0, metadata: undefined };
  yield* inMemory(output.begin(writeMessage(header)));
  for await (const batch of batches) {
    const renewed: Renewed[] = [];
    const columns = columnsOf(batch, layout).map((data, i) =>
      indexed(data, layout.columns[i]!, layout, dictionaries, renewed),
    );
    for (const one of renewed) yield* inMemory(await written(output, one, compression));
    const head = headOf(
      columns.map((data) => encoded([data])),
      batch.numRows,
      compression,
    );
    yield* inMemory(await output.batch(head.head, head.parts, { version: VERSION, metadata: metadataOf(batch) }));
  }
  if (container === "file") {
    for (const one of dictionaries.values()) yield* inMemory(await written(output, one, compression));
  }
  yield* inMemory(output.end(table, { marked: true }));
}

type Renewed = Pick<MaskedDictionary, "id" | "values">;

function inMemory(pieces: readonly Piece[]): Uint8Array[] {
  return pieces.filter((piece) => piece instanceof Uint8Array);
}

/** Each dictionary column under an id of its own: columns that share one need not share their values. */
function numbered(table: SchemaTable): SchemaTable {
  let id = 0;
  const visit = (field: FieldTable): FieldTable => ({
    ...field,
    dictionary: field.dictionary && { ...field.dictionary, id: id++ },
    children: field.children?.map(visit),
  });
  return { ...table, fields: table.fields?.map(visit) };
}

function columnsOf(batch: RecordBatch, layout: Layout): readonly Data[] {
  const columns = batch.data.children;
  for (const [i, index] of layout.columns.entries()) {
    const { name, type } = layout.nodes[index]!.shown;
    const data = columns[i];
    if (data?.length !== batch.numRows || !storedAlike(data.type, type))
      throw new MaskingError("COLUMN_TYPE", { column: name });
  }
  return columns;
}

/** A dictionary's indices are made anew, so of it only the values' type counts. */
function storedAlike(a: DataType, b: DataType): boolean {
  if (DataType.isDictionary(a) && DataType.isDictionary(b)) return sameType(a.dictionary, b.dictionary);
  if (!DataType.isStruct(a) && !isList(a)) return sameType(a, b);
  const [left, right] = [a.children, b.children ?? []];
  return (
    a.typeId === b.typeId &&
    left.length === right.length &&
    left.every((field, i) => storedAlike(field.type, right[i]!.type))
  );
}

function dictionariesOf(layout: Layout, grows: boolean): ReadonlyMap<number, MaskedDictionary> {
  const found = new Map<number, MaskedDictionary>();
  for (const { index, shown, field } of layout.nodes) {
    const { type } = shown;
    if (!(type instanceof Dictionary) || !field.dictionary) continue;
    if (type.dictionary.children?.length) throw new MaskingError("INPUT_UNSUPPORTED", { column: shown.name });
    found.set(index, maskedDictionary(field.dictionary.id, type, shown.name, grows));
  }
  return found;
}

/** The column with its dictionaries' indices made anew, wherever in it they are. */
function indexed(
  data: Data,
  index: number,
  layout: Layout,
  dictionaries: ReadonlyMap<number, MaskedDictionary>,
  renewed: Renewed[],
): Data {
  const { children, shown } = layout.nodes[index]!;
  const dictionary = dictionaries.get(index);
  if (dictionary) {
    const { indices, renewed: anew } = dictionary.point(indexedRows([data], shown.name));
    if (anew) renewed.push(dictionary);
    return indices;
  }
  if (children.length === 0) return data;
  const own = isList(data.type) ? [elementsOf(data)] : data.children;
  const below = own.map((child, i) => indexed(child, children[i]!, layout, dictionaries, renewed));
  if (below.every((child, i) => child === data.children[i])) return data;
  const { values, nullBitmap, typeIds } = data;
  const buffers = [startingAtZero(data.valueOffsets, data.length), values, nullBitmap, typeIds];
  return data.clone(data.type, data.offset, data.length, undefined, buffers as never, below);
}

/** A list's offsets into its own elements. */
function startingAtZero(offsets: Int32Array | BigInt64Array | undefined, length: number) {
  if (!offsets || Number(offsets[0] ?? 0) === 0) return offsets;
  if (offsets instanceof Int32Array) return offsets.slice(0, length + 1).map((offset) => offset - offsets[0]!);
  return offsets.slice(0, length + 1).map((offset) => offset - offsets[0]!);
}

async function written(
  output: Output,
  { id, values }: Renewed,
  compression: BatchHead["compression"],
): Promise<Piece[]> {
  const data = values();
  const { head, parts } = headOf([encoded([data])], data.length, compression);
  return output.dictionary(id, head, parts);
}

function headOf(columns: readonly Encoded[], length: number, compression: BatchHead["compression"]) {
  const variadic = columns.flatMap((column) => column.variadic);
  const head: BatchHead = {
    length,
    nodes: columns.flatMap(({ nodes }) => nodes),
    compression,
    variadic: variadic.length > 0 ? variadic : undefined,
  };
  return { head, parts: columns.flatMap(({ buffers }) => buffers.map((made) => ({ made }))) };
}

function metadataOf(batch: RecordBatch) {
  const bytes = (text: string) => Buffer.from(text, "utf8");
  const pairs = [...batch.metadata].map(([key, value]) => ({ key: bytes(key), value: bytes(value) }));
  return pairs.length > 0 ? pairs : undefined;
}
