/** How readers of a lake are told to read files: input format, SerDe and its parameters, as Athena documents them. */
import type { StorageDescriptor } from "@aws-sdk/client-glue";
import type { Dataset } from "../../src/catalog-types.ts";
import { MaskingError } from "../../src/errors.ts";

/** How the dataset's files are written, where they are CSV. */
export interface CsvShape {
  readonly delimiter: string;
  /** Empty where cells are never quoted. */
  readonly quote: string;
  readonly header: boolean;
  /** Name of the encoding, such as `utf-8`. */
  readonly encoding: string;
}

/** What of a table's description depends on the files' format. */
export interface Layout {
  readonly storage: Pick<StorageDescriptor, "InputFormat" | "OutputFormat" | "SerdeInfo">;
  readonly parameters: Readonly<Record<string, string>>;
  /** Every column is text, whatever the schema says. */
  readonly textOnly: boolean;
}

/** Names of the table parameters that `layoutOf` may set: those of an earlier layout must not survive. */
export const LAYOUT_PARAMETERS: readonly string[] = ["classification", "skip.header.line.count"];

const HIVE = "org.apache.hadoop";
const PARQUET = `${HIVE}.hive.ql.io.parquet`;
const OPEN_CSV = `${HIVE}.hive.serde2.OpenCSVSerde`;
const LAZY = `${HIVE}.hive.serde2.lazy.LazySimpleSerDe`;

/** Throws CATALOG_UNFIT where no reader of the lake reads such files as they are. */
export function layoutOf(format: Dataset["format"], csv: CsvShape | undefined): Layout {
  if (format === "parquet") {
    return {
      storage: {
        InputFormat: `${PARQUET}.MapredParquetInputFormat`,
        OutputFormat: `${PARQUET}.MapredParquetOutputFormat`,
        SerdeInfo: serde(`${PARQUET}.serde.ParquetHiveSerDe`, { "serialization.format": "1" }),
      },
      parameters: { classification: "parquet" },
      textOnly: false,
    };
  }
  if (format === "csv" && csv) return csvLayout(csv);
  throw unfitFiles("parquet, or csv (no reader of the catalog reads Arrow files)");
}

/**
 * Cells are text alone: OpenCSVSerde reads an empty number as an error. Its escape character is one that no cell holds,
 * since with the usual backslash it would drop every backslash of the cells.
 */
function csvLayout({ delimiter, quote, header, encoding }: CsvShape): Layout {
  if (!/^utf-?8$/i.test(encoding)) throw unfitFiles("files in UTF-8 (set target.format to parquet)");
  if (delimiter.length !== 1) throw unfitFiles("a delimiter of one character (set target.format to parquet)");
  return {
    storage: {
      InputFormat: `${HIVE}.mapred.TextInputFormat`,
      OutputFormat: `${HIVE}.hive.ql.io.HiveIgnoreKeyTextOutputFormat`,
      SerdeInfo:
        quote === ""
          ? serde(LAZY, { "field.delim": delimiter, "serialization.format": delimiter })
          : serde(OPEN_CSV, { separatorChar: delimiter, quoteChar: quote, escapeChar: "\u0001" }),
    },
    parameters: { classification: "csv", ...(header && { "skip.header.line.count": "1" }) },
    textOnly: true,
  };
}

function serde(library: string, parameters: Record<string, string>): StorageDescriptor["SerdeInfo"] {
  return { SerializationLibrary: library, Parameters: parameters };
}

/** That no reader of the catalog reads such files as they are meant. */
export function unfitFiles(expected: string): MaskingError {
  return new MaskingError("CATALOG_UNFIT", { key: "target.glue", expected });
}
