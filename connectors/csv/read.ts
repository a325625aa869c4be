import { type Data, type DataType, Field, type RecordBatch, Schema, Utf8 } from "apache-arrow";
import { batchOf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream, Leaf, ReadableObject } from "../../src/types.ts";
import { textColumn } from "./cells.ts";
import { type CsvColumn, columnsOf } from "./columns.ts";
import type { CsvSizes } from "./cursor.ts";
import { declaredType } from "./declared.ts";
import type { Dialect } from "./dialect.ts";
import type { PackedColumn } from "./packed.ts";
import { parseColumn, parserOf } from "./parse.ts";
import { type ColumnLabel, columnLabels } from "./place.ts";
import { openRows } from "./rows.ts";
import { textData } from "./texts.ts";

/** Types of columns by name, as a job spells them; a column that is not here is text. */
export type CsvTypes = ReadonlyMap<string, string>;

/** The columns of a file by its header. Throws COLUMN_MISSING for a type of no column. */
export async function csvSchema(
  file: ReadableObject,
  types: CsvTypes,
  dialect: Dialect,
  sizes: CsvSizes,
): Promise<Schema> {
  const reader = await openRows(file, dialect, sizes, new Set(types.keys()));
  await reader.close();
  if (reader.names.length > 0) columnsOf(reader.names, [...types.keys()]);
  return new Schema(reader.names.map((name) => fieldOf(name, types)));
}

/**
 * The table, or the given columns of it, in the order of the file. Throws CSV_TYPE with row and column for a cell that
 * is no value of its declared type, and COLUMN_DUPLICATE where two of the columns share a name.
 */
export async function readCsv(
  file: ReadableObject,
  leaves: readonly Leaf[] | undefined,
  types: CsvTypes,
  dialect: Dialect,
  sizes: CsvSizes,
): Promise<BatchStream> {
  const { fields } = await csvSchema(file, types, dialect, sizes);
  const names = fields.map(({ name }) => name);
  const known = new Set([...types.keys(), ...(leaves ?? [])]);
  const label = columnLabels(names, known);
  const columns = leaves ? columnsOf(names, leaves) : allColumns(names, label);
  const schema = new Schema(columns.map(({ column }) => fields[column]!));
  async function* batches(): AsyncGenerator<RecordBatch, void, undefined> {
    const reader = await openRows(file, dialect, sizes, known);
    try {
      for await (const batch of reader.batches(columns.map(({ column }) => column))) {
        const data = columns.map(({ column }, slot) => {
          const texts = textColumn(batch, slot, columns.length, dialect);
          return typed(fields[column]!.type, texts, batch.first, label(column));
        });
        yield batchOf(schema, data, batch.rows.count);
      }
    } finally {
      await reader.close();
    }
  }
  return { schema, batches: batches() };
}

function fieldOf(name: string, types: CsvTypes): Field {
  const declared = types.get(name);
  return new Field(name, declared === undefined ? new Utf8() : declaredType(declared, name), true);
}

function allColumns(names: readonly string[], label: ColumnLabel): CsvColumn[] {
  const seen = new Set<string>();
  return names.map((leaf, column) => {
    if (seen.has(leaf)) throw new MaskingError("COLUMN_DUPLICATE", { column: label(column) });
    seen.add(leaf);
    return { leaf, column };
  });
}

function typed(type: DataType, texts: PackedColumn, first: number, column: string): Data {
  const parse = parserOf(type);
  if (!parse) return textData(texts);
  return parseColumn(type, texts, parse, (row) => {
    throw new MaskingError("CSV_TYPE", { row: first + row, column, expected: String(type) });
  });
}
