import { type Data, DataType, Field, makeData, type RecordBatch, Schema, Utf8 } from "apache-arrow";
import { batchOf, cellsOf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { Leaf } from "../../src/types.ts";
import type { Charset } from "./charset.ts";
import { fromUtf8, type Packed, type PackedColumn, packTexts } from "./packed.ts";
import { printerOf } from "./print.ts";

/** Columns of text by these names. */
export function textSchema(names: readonly string[]): Schema {
  return new Schema(names.map((name) => new Field(name, new Utf8(), true)));
}

/** A batch of text columns, which shares their bytes. */
export function textBatch(schema: Schema, columns: readonly PackedColumn[], rows: number): RecordBatch {
  return batchOf(schema, columns.map(textData), rows);
}

/** Texts as an Arrow array that shares their bytes. */
export function textData({ bytes, offsets, length, nullCount, valid }: PackedColumn): Data<Utf8> {
  return makeData({ type: new Utf8(), length, nullCount, nullBitmap: valid, valueOffsets: offsets, data: bytes });
}

/** A column's texts in UTF-8, and in the charset of a file. */
export interface FileTexts extends PackedColumn {
  readonly column: Leaf;
  readonly encoded: Packed;
}

/**
 * The column at `index` of a batch as the texts that a CSV file holds; `row` is the number of its first row there. Throws
 * COLUMN_TYPE where the type has no text, and CSV_ENCODING where the charset cannot hold one.
 */
export function fileTexts(batch: RecordBatch, index: number, row: number, charset: Charset): FileTexts {
  const column = batch.schema.fields[index]!.name;
  const texts = textsOf(batch, index, column);
  const encoded = fromUtf8(texts, charset);
  if (encoded) return { ...texts, column, encoded };
  const { bytes, offsets, length } = texts;
  let bad = 0;
  while (bad < length && charset.bytes(bytes.toString("utf8", offsets[bad]!, offsets[bad + 1]!))) bad += 1;
  throw new MaskingError("CSV_ENCODING", { row: row + bad, column, expected: `characters that ${charset.name} has` });
}

function textsOf(batch: RecordBatch, index: number, column: Leaf): PackedColumn {
  const data = batch.data.children[index]!;
  if (DataType.isUtf8(data.type)) return packedUtf8(data as Data<Utf8>);
  const print = printerOf(data.type, column);
  return packTexts(cellsOf(batch, column).cells.map((cell) => (cell === null ? null : print(cell))));
}

function packedUtf8(data: Data<Utf8>): PackedColumn {
  const { length, nullCount, values, valueOffsets } = data;
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const valid = nullCount > 0 ? validBits(data) : undefined;
  return { bytes, offsets: valueOffsets.subarray(0, length + 1), length, nullCount, valid };
}

/** Bits from 0 on: those of a slice may start inside a byte. */
function validBits(data: Data): Uint8Array {
  if (data.offset === 0) return data.nullBitmap;
  const bits = new Uint8Array((data.length + 7) >> 3);
  for (let index = 0; index < data.length; index++) if (data.getValid(index)) bits[index >> 3]! |= 1 << (index & 7);
  return bits;
}
