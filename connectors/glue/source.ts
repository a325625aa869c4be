/** A table of the catalog as something to read: where its files are and how they are written. */
import type { Partition, StorageDescriptor, Table } from "@aws-sdk/client-glue";
import { MaskingError } from "../../src/errors.ts";
import { type GlueTable, glueAccess } from "./client.ts";
import { listPartitions, NO_VALUE } from "./partitions.ts";
import { otherKind, readTable } from "./table.ts";

export interface CatalogedFiles {
  /** URI of the table's folder; ends with a slash. */
  readonly location: string;
  readonly format: "csv" | "parquet";
  /** How the files are written, where they are CSV. */
  readonly csv?: CatalogedCsv;
  readonly partitionBy: readonly string[];
  /** The partitions that were asked for, in order of their values; absent where the table has no partition columns. */
  readonly partitions?: readonly CatalogedFolder[];
}

export interface CatalogedFolder {
  /** One for each partition column; null for none. */
  readonly values: readonly (string | null)[];
  /** Anywhere, not only below the table's; ends with a slash. */
  readonly location: string;
}

export interface CatalogedCsv {
  readonly delimiter: string;
  readonly quote: string | null;
  readonly header: boolean;
  readonly null?: string;
}

/** Where a job names the table. */
const KEY = "source.glue";

/**
 * The files that the catalog lists for a table, those of partitions that `expression` does not let pass left out: a
 * filter over partition columns as GetPartitions takes it, such as `year = 2025 AND region IN ('north', 'south')`.
 * Throws CATALOG_MISSING, CATALOG_UNFIT (an expression that Glue does not take), INPUT_UNSUPPORTED (a view, Iceberg,
 * ORC, JSON), SERVICE_DENIED, CATALOG_FAILED.
 */
export async function catalogedFiles(options: GlueTable, expression?: string): Promise<CatalogedFiles> {
  const access = glueAccess(options, KEY);
  const table = await readTable(access);
  if (!table) throw new MaskingError("CATALOG_MISSING", { key: KEY, expected: "a table that is there" });
  const other = otherKind(table);
  if (other !== undefined) throw unsupported(`plain files (the table is ${other}: export it first)`);
  const { StorageDescriptor: storage = {}, PartitionKeys: keys = [] } = table;
  const files = { location: folderUri(storage.Location), ...layoutOf(storage, table) };
  const partitionBy = keys.map(({ Name }) => Name!);
  if (partitionBy.length === 0) {
    if (expression === undefined) return { ...files, partitionBy };
    throw new MaskingError("CATALOG_UNFIT", { key: `${KEY}.expression`, expected: "a table with partition columns" });
  }
  const partitions: CatalogedFolder[] = [];
  for await (const partition of listPartitions(access, expression)) partitions.push(folderOf(partition, storage));
  return { ...files, partitionBy, partitions: partitions.sort(byValues) };
}

function folderOf(
  { Values = [], StorageDescriptor: storage = {} }: Partition,
  table: StorageDescriptor,
): CatalogedFolder {
  const library = storage.SerdeInfo?.SerializationLibrary;
  if (library !== undefined && library !== table.SerdeInfo?.SerializationLibrary) {
    throw unsupported("partitions in the format of their table");
  }
  return { values: Values.map((value) => (value === NO_VALUE ? null : value)), location: folderUri(storage.Location) };
}

function byValues({ values: a }: CatalogedFolder, { values: b }: CatalogedFolder): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Hadoop's names of S3 mean the same place. */
function folderUri(location: string | undefined): string {
  const uri = (location ?? "").replace(/^s3[an]:\/\//, "s3://");
  if (!uri.startsWith("s3://")) throw unsupported("files on S3");
  return uri.endsWith("/") ? uri : `${uri}/`;
}

function layoutOf(
  { SerdeInfo }: StorageDescriptor,
  { Parameters = {} }: Table,
): Pick<CatalogedFiles, "format" | "csv"> {
  const { SerializationLibrary: library = "", Parameters: serde = {} } = SerdeInfo ?? {};
  if (library.endsWith(".ParquetHiveSerDe")) return { format: "parquet" };
  const skipped = Parameters["skip.header.line.count"] ?? serde["skip.header.line.count"] ?? "0";
  if (!/^[01]$/.test(skipped)) throw unsupported("files with one line of header at most");
  const header = skipped === "1";
  if (library.endsWith(".OpenCSVSerde")) {
    const { separatorChar: delimiter = ",", quoteChar: quote = '"' } = serde;
    return { format: "csv", csv: { delimiter, quote, header } };
  }
  if (library.endsWith(".LazySimpleSerDe")) {
    const delimiter = serde["field.delim"] ?? "\u0001";
    return {
      format: "csv",
      csv: { delimiter, quote: null, header, null: serde["serialization.null.format"] ?? "\\N" },
    };
  }
  throw unsupported("Parquet or CSV files");
}

function unsupported(expected: string): MaskingError {
  return new MaskingError("INPUT_UNSUPPORTED", { key: KEY, expected });
}
