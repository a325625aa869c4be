import { MaskingError } from "../../src/errors.ts";
import { unpacked } from "../../src/gzip.ts";
import type { ReadableObject } from "../../src/types.ts";
import { type CsvSizes, Cursor, type RowBatch, type Wanted } from "./cursor.ts";
import type { Dialect } from "./dialect.ts";
import { BYTE_ORDER_MARK, type OpenText } from "./encoding.ts";
import { columnLabels, errorAt } from "./place.ts";
import { windowsOf } from "./window.ts";

/** A CSV file that is being read. Every byte up to the last row handed over is valid and well formed. */
export interface RowReader {
  /** The column names: the header's, as they stand there, or `column_1`, ... Empty for a file without a row. */
  readonly names: readonly string[];
  /** The header row with all its cells; undefined where the dialect has none or the file no row. */
  readonly header: RowBatch | undefined;
  /** The byte order mark as the scanner sees it, or nothing. */
  readonly mark: Uint8Array;
  /** How the first row ends: LF, CRLF or CR; LF where it does not end or is not there. */
  readonly lineEnd: Buffer;
  /** From the scanner's bytes back to the encoding of the file. */
  readonly outward: OpenText["outward"];
  /** Every row after the header, once. `columns`: those whose cells are to be found, ascending. */
  batches(columns: readonly number[]): AsyncGenerator<RowBatch, void, undefined>;
  /** Gives the memory of rows back that nobody will look at again; optional. */
  release(bytes: Buffer): void;
  close(): Promise<void>;
}

/**
 * Opens a file and reads its header. `known`: column names that errors may say. Throws CSV_ENCODING, CSV_QUOTE,
 * CSV_RAGGED and INPUT_UNSUPPORTED with a place, here and from `batches`, and what `unpacked` throws.
 */
export async function openRows(
  file: ReadableObject,
  dialect: Dialect,
  sizes: CsvSizes,
  known: ReadonlySet<string>,
): Promise<RowReader> {
  const text = await dialect.encoding.open(unpacked(file.read()));
  const windows = windowsOf(text.chunks, sizes.window);
  const cursor = new Cursor(windows, dialect, sizes);
  let names: readonly string[] = [];
  const peek = async (wanted: Wanted): Promise<RowBatch | undefined> => {
    const found = await cursor.peek(wanted);
    if (found && "code" in found) throw await errorAt(found, columnLabels(names, known), file, dialect);
    return found;
  };
  try {
    const marked = await cursor.skipMark();
    const first = await firstRow(peek);
    if (first) {
      names = dialect.header ? namesOf(first, dialect) : numbered(first.rows.width);
      if (dialect.header) cursor.pass(first);
    }
    return {
      names,
      header: dialect.header ? first : undefined,
      mark: marked ? BYTE_ORDER_MARK : new Uint8Array(0),
      lineEnd: lineEndOf(first),
      outward: text.outward,
      async *batches(columns) {
        const wanted = { columns, width: names.length, rows: sizes.rows };
        for (let batch = await peek(wanted); batch; batch = await peek(wanted)) {
          cursor.pass(batch);
          yield batch;
        }
      },
      release: windows.release,
      close: windows.close,
    };
  } catch (error) {
    await windows.close();
    throw error;
  }
}

/** A NUL there is refused: it is what UTF-16 without a byte order mark looks like to a reader of another encoding. */
async function firstRow(peek: (wanted: Wanted) => Promise<RowBatch | undefined>): Promise<RowBatch | undefined> {
  const counted = await peek({ columns: [], width: undefined, rows: 1 });
  if (!counted) return undefined;
  const { bytes, rows } = counted;
  if (bytes.subarray(rows.starts[0]!, rows.starts[1]!).includes(0)) {
    throw new MaskingError("CSV_ENCODING", { line: 1, expected: "no NUL characters (UTF-16 is full of them)" });
  }
  const columns = Array.from({ length: rows.width }, (_, column) => column);
  return peek({ columns, width: rows.width, rows: 1 });
}

function lineEndOf(row: RowBatch | undefined): Buffer {
  const { bytes, rows } = row ?? { bytes: undefined, rows: undefined };
  const end = bytes?.subarray(rows.cells[rows.width * 2 - 1], rows.starts[1]);
  return Buffer.from(end?.length ? end : "\n");
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, column) => `column_${column + 1}`);
}

function namesOf({ bytes, rows }: RowBatch, dialect: Dialect): string[] {
  const { charset } = dialect.encoding;
  const quote = dialect.quote ? charset.text(dialect.quote, 0, dialect.quote.length) : undefined;
  return Array.from({ length: rows.width }, (_, column) => {
    const start = rows.cells[column * 2]!;
    const text = charset.text(bytes, start < 0 ? ~start : start, rows.cells[column * 2 + 1]!);
    if (quote === undefined || !text.startsWith(quote)) return text;
    return text.slice(quote.length, -quote.length).replaceAll(quote + quote, quote);
  });
}
