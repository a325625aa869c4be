import type { TableFormat } from "../../src/types.ts";
import { parquetTextSize, readParquet, readParquetSchema } from "./read.ts";
import { rewriteParquet } from "./rewrite.ts";
import { writeParquet } from "./write.ts";

/** Parquet files, of any writer and version; see `rewriteParquet` for what of a file is copied and what is not. */
export function parquetFormat(): TableFormat {
  return {
    name: "parquet",
    schema: readParquetSchema,
    textSize: parquetTextSize,
    read: readParquet,
    write: (stream) => writeParquet(stream),
    rewrite: rewriteParquet,
  };
}
