import type { ReadableObject, TableFormat } from "../../src/types.ts";
import { CSV_SIZES, type CsvSizes } from "./cursor.ts";
import { type CsvDialect, resolveDialect } from "./dialect.ts";
import { inferTypes } from "./infer.ts";
import { type CsvTypes, csvSchema, readCsv } from "./read.ts";
import { rewriteCsv } from "./rewrite.ts";
import { writeCsv } from "./write.ts";

export type { CsvSizes } from "./cursor.ts";
export type { CsvDialect } from "./dialect.ts";
export { inferTypes } from "./infer.ts";

/**
 * CSV files of one dialect. `schema` and `read` know the declared types; `rewrite` hands every column over as text, and
 * leaves all that it does not mask byte for byte as it was. What is not CSV in the sense of csv-parse's strict mode is
 * refused with a row, line and column. Throws JOB_INVALID for a dialect that contradicts itself.
 *
 * A file that is packed by gzip, whatever its name, is read as what is in it; what is written is not packed.
 *
 * Blank lines are rows of one empty cell, so only a table of one column has them. A file of no bytes is a table of no
 * columns; so is the answer where every column is dropped.
 */
export function csvFormat(dialect: CsvDialect = {}, sizes: Partial<CsvSizes> = {}): TableFormat {
  const resolved = resolveDialect(dialect);
  const memory = { ...CSV_SIZES, ...sizes };
  const typesOf = typesFrom(dialect, memory);
  return {
    name: "csv",
    schema: async (file) => csvSchema(file, await typesOf(file), resolved, memory),
    read: async (file, leaves) => readCsv(file, leaves, await typesOf(file), resolved, memory),
    write: (stream) => writeCsv(stream, resolved),
    rewrite: (file, touched, mask, onRows = () => {}) => rewriteCsv(file, { touched, mask, onRows }, resolved, memory),
  };
}

/** Declared types, or those inferred from the file; what was inferred of a file is kept until its content changes. */
function typesFrom(dialect: CsvDialect, sizes: CsvSizes): (file: ReadableObject) => Promise<CsvTypes> {
  const { types = {} } = dialect;
  if (types !== "infer") {
    const declared = new Map(Object.entries(types));
    return async () => declared;
  }
  const inferred = new Map<string, Promise<CsvTypes>>();
  return (file) => {
    const key = JSON.stringify([file.uri, file.etag]);
    const found =
      inferred.get(key) ??
      inferTypes([file], dialect, Number.POSITIVE_INFINITY, sizes).then((types) => new Map(Object.entries(types)));
    inferred.set(key, found);
    return found;
  };
}
