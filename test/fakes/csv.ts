import { Utf8 } from "apache-arrow";
import { type CsvError, parse } from "csv-parse/sync";
import { cellsOf, withCells } from "../../src/batch.ts";
import { collect } from "../../src/stream.ts";
import type { BatchStream, MaskedValue, TableFormat, Touched } from "../../src/types.ts";
import { joined, memoryObject } from "./object.ts";

/** A dialect as the reference parser is told of it. */
export interface ReferenceDialect {
  readonly delimiter?: string | undefined;
  readonly quote?: string | null | undefined;
}

/** All records of a text by csv-parse in its strict mode; undefined where it refuses. */
export function reference(text: string, { delimiter = ",", quote = '"' }: ReferenceDialect): string[][] | undefined {
  try {
    return parse(Buffer.from(text, "utf8"), {
      bom: true,
      columns: false,
      delimiter,
      quote: quote || false,
      escape: quote || '"',
      record_delimiter: ["\r\n", "\n", "\r"],
    });
  } catch (error) {
    if (!(error as CsvError).code?.startsWith("CSV_") && (error as CsvError).code !== "INVALID_OPENING_QUOTE")
      throw error;
    return undefined;
  }
}

/** All rows of a file, null for a missing cell. */
export async function rowsOf(format: TableFormat, file: ReturnType<typeof memoryObject>): Promise<(string | null)[][]> {
  const { schema, batches } = await format.read(file);
  return (await collect(batches)).flatMap((batch) => {
    const columns = schema.fields.map(({ name }) => cellsOf(batch, name).cells);
    return Array.from({ length: batch.numRows }, (_, row) => columns.map((cells) => cells[row] as string | null));
  });
}

export function touching(...leaves: readonly string[]): Touched {
  return { reads: leaves, writes: leaves, byValue: [] };
}

/** A mask that gives each text of a column, with its row from 0, a new one. */
export function changing(
  leaf: string,
  change: (text: string | null, row: number) => string | null,
): (stream: BatchStream) => BatchStream {
  let row = 0;
  return ({ schema, batches }) => ({
    schema,
    batches: mapped(batches, (batch) => {
      const cells = cellsOf(batch, leaf).cells.map((cell) => change(cell as string | null, row++));
      return withCells(batch, leaf, cells as (MaskedValue | null)[], new Utf8());
    }),
  });
}

/** A file's text after a rewrite of one column. */
export async function rewritten(
  format: TableFormat,
  bytes: Uint8Array,
  leaf: string,
  change: (text: string | null, row: number) => string | null,
  chunk = 7,
): Promise<Buffer> {
  const output = format.rewrite(memoryObject(bytes, { chunk }), touching(leaf), changing(leaf, change));
  return Buffer.from(await joined(output));
}

async function* mapped<A, B>(items: AsyncIterable<A>, map: (item: A) => B): AsyncGenerator<B> {
  for await (const item of items) yield map(item);
}
