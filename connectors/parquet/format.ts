import type { TableFormat } from "../../src/types.ts";
import { parquetTextSize, readParquet, readParquetSchema } from "./read.ts";
import { rewriteParquet } from "./rewrite.ts";
import { writeParquet } from "./write.ts";

export interface ParquetOptions {
  /** Bytes of values that a mask is given at once, about: a window is held whole. `WINDOW_BYTES` where left out. */
  readonly windowBytes?: number;
}

/** Parquet files, of any writer and version; see `rewriteParquet` for what of a file is copied and what is not. */
export function parquetFormat({ windowBytes }: ParquetOptions = {}): TableFormat {
  return {
    name: "parquet",
    schema: readParquetSchema,
    textSize: parquetTextSize,
    read: readParquet,
    write: (stream) => writeParquet(stream),
    rewrite: (file, touched, mask, onRows) => rewriteParquet(file, touched, mask, onRows, windowBytes),
  };
}
