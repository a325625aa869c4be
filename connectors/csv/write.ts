import type { Schema } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream, ByteRange } from "../../src/types.ts";
import type { Charset } from "./charset.ts";
import type { Dialect } from "./dialect.ts";
import { Output } from "./output.ts";
import { fromUtf8, packTexts } from "./packed.ts";
import { printerOf } from "./print.ts";
import { cellWriterOf } from "./quote.ts";
import { type FileTexts, fileTexts } from "./texts.ts";

/** Rows after which a chunk that is full is handed over. */
const ROWS = 1024;

const LINE_END = Buffer.from("\n");

/** A new file; see `TableFormat.write` and `printerOf`. Lines end in LF, cells are in quotes only where they need it. */
export function writeCsv(stream: BatchStream, dialect: Dialect): AsyncIterable<Uint8Array> {
  return dialect.encoding.outward(rowsOf(stream, dialect));
}

async function* rowsOf(
  { schema, batches }: BatchStream,
  dialect: Dialect,
): AsyncGenerator<Uint8Array, void, undefined> {
  refuseUnfit(schema);
  const names = schema.fields.map(({ name }) => name);
  const { charset } = dialect.encoding;
  const output = new Output();
  if (dialect.header) {
    const header = names.map((name) => textOf(name, charset));
    writeRows(output, header, { start: 0, end: 1 }, 0, dialect);
  }
  let row = 1;
  for await (const batch of batches) {
    const columns = names.map((_, index) => fileTexts(batch, index, row, charset));
    for (let index = 0; index < batch.numRows; index += ROWS) {
      const range = { start: index, end: Math.min(index + ROWS, batch.numRows) };
      writeRows(output, columns, range, row, dialect);
      yield* output.take();
    }
    row += batch.numRows;
  }
  yield* output.end();
}
/** A type without a text form fails before a row is read, and so does a name that two columns share. */
function refuseUnfit(schema: Schema): void {
  const names = new Set<string>();
  for (const { name, type } of schema.fields) {
    if (names.has(name)) throw new MaskingError("COLUMN_DUPLICATE", { column: name });
    names.add(name);
    printerOf(type, name);
  }
}

/** Rows `start` to `end` of the columns; `first` is the number of row 0 in the file. */
function writeRows(
  output: Output,
  columns: readonly FileTexts[],
  { start, end }: ByteRange,
  first: number,
  dialect: Dialect,
): void {
  if (columns.length === 0) return;
  const { delimiter } = dialect;
  const write = cellWriterOf(dialect);
  const quotes = columns.map(() => -1);
  for (let row = start; row < end; row++) {
    for (let column = 0; column < columns.length; column++) {
      if (column > 0) output.write(delimiter, 0, delimiter.length);
      quotes[column] = write(output, columns[column]!, row, false, quotes[column]!, first + row);
    }
    output.write(LINE_END, 0, 1);
  }
}

/** A column of one text. */
function textOf(text: string, charset: Charset): FileTexts {
  const packed = packTexts([text]);
  const encoded = fromUtf8(packed, charset);
  if (!encoded)
    throw new MaskingError("CSV_ENCODING", { column: text, expected: `characters that ${charset.name} has` });
  return { ...packed, column: text, encoded };
}
