import { DataType, Field, RecordBatchReader, Schema, Table, tableToIPC } from "apache-arrow";
import { MaskingError } from "./errors.ts";
import type { TablePlan } from "./rules.ts";
import type { FormatName } from "./source.ts";
import type { Leaf } from "./types.ts";

/** What a manifest keeps of a dataset's schema: for catalogs, and to see when the source changes. */
export interface RecordedTable {
  readonly format: FormatName;
  /** After masking, as an Arrow IPC stream of no rows in base64. Holds no metadata and no dictionary. */
  readonly arrow_schema: string;
  /** Every leaf and every column in folder names, as it was read. */
  readonly columns: readonly RecordedColumn[];
}

export interface RecordedColumn {
  readonly column: Leaf;
  /** Types that files of the dataset have it as; `(folder)` for one in folder names. */
  readonly types: readonly string[];
  readonly mask: string;
  /** False where the mask takes the column out. */
  readonly stays: boolean;
}

/** The type of a column that is in folder names. */
export const FOLDER = "(folder)";

/** What is known of the dataset once these files are part of it; columns that only older files have stay. */
export function recordTables(
  before: RecordedTable | undefined,
  files: readonly { readonly table: TablePlan; readonly format: FormatName }[],
): RecordedTable | undefined {
  const first = files[0];
  if (!first) return before;
  const fields = new Map((before ? recordedSchema(before) : new Schema([])).fields.map((field) => [field.name, field]));
  const columns = new Map((before?.columns ?? []).map((column) => [column.column, column]));
  for (const { table } of files) {
    for (const field of table.schema.fields) if (!fields.has(field.name)) fields.set(field.name, bare(field));
    for (const column of columnsOf(table)) columns.set(column.column, joined(columns.get(column.column), column));
  }
  const schema = new Schema([...fields.values()]);
  return {
    format: before?.format ?? first.format,
    arrow_schema: Buffer.from(tableToIPC(new Table(schema), "stream")).toString("base64"),
    columns: [...columns.values()],
  };
}

/** The masked schema. Throws INPUT_MALFORMED where the record is damaged. */
export function recordedSchema({ arrow_schema }: RecordedTable): Schema {
  try {
    const { schema } = RecordBatchReader.from(Buffer.from(arrow_schema, "base64")).open();
    if (schema) return schema;
  } catch {} // said below
  throw new MaskingError("INPUT_MALFORMED", { file: "_phimask/manifest.json" });
}

function columnsOf({ columns, partition }: TablePlan): readonly RecordedColumn[] {
  return [
    ...columns.map(({ column, type, mask, becomes }) => ({
      column,
      types: [type],
      mask,
      stays: becomes !== undefined,
    })),
    ...partition.map(({ from, mask, changes, value }) => ({
      column: from,
      types: [FOLDER],
      mask,
      stays: !changes || value !== undefined,
    })),
  ];
}

function joined(before: RecordedColumn | undefined, column: RecordedColumn): RecordedColumn {
  if (!before) return column;
  return { ...column, types: [...new Set([...before.types, ...column.types])] };
}

/** Without metadata, which may hold anything, and with dictionaries as what they hold. */
function bare({ name, type, nullable }: Field): Field {
  return new Field(name, bareType(type), nullable);
}

function bareType(type: DataType): DataType {
  if (DataType.isDictionary(type)) return bareType(type.dictionary);
  if (!type.children?.length) return type;
  return Object.assign(Object.create(Object.getPrototypeOf(type)), type, { children: type.children.map(bare) });
}
