import { MaskingError } from "../../src/errors.ts";
import { unpacked } from "../../src/gzip.ts";
import type { ReadableObject } from "../../src/types.ts";
import type { Dialect } from "./dialect.ts";
import { type Scanner, scannerOf } from "./scanner.ts";

/** Where a file breaks off, before its line is known. */
export interface Break {
  readonly code: "CSV_QUOTE" | "CSV_RAGGED" | "CSV_ENCODING" | "INPUT_UNSUPPORTED";
  /** In the bytes that the scanner sees, from the start of the file. */
  readonly offset: number;
  /** From 1; 0 is the header. */
  readonly row: number;
  /** From 0; undefined where the whole row is meant. */
  readonly column: number | undefined;
  readonly expected?: string;
}

/** What an error may call a column by: its name where the job has it, else its number, from 1. Headers may be cells. */
export type ColumnLabel = (column: number) => string;

/** The columns of a file by the names that the job has. */
export function columnLabels(names: readonly string[], known: ReadonlySet<string>): ColumnLabel {
  return (column) => {
    const name = names[column];
    return name !== undefined && known.has(name) ? name : `${column + 1}`;
  };
}

/** The error of a break. The line is counted by reading the file again up to it: rows that are whole cost nothing. */
export async function errorAt(
  at: Break,
  label: ColumnLabel,
  file: ReadableObject,
  dialect: Dialect,
): Promise<MaskingError> {
  const line = await lineOf(file, dialect, at.offset);
  return new MaskingError(at.code, {
    ...(at.row > 0 && { row: at.row }),
    ...(line !== undefined && { line }),
    ...(at.column !== undefined && { column: label(at.column) }),
    ...(at.expected !== undefined && { expected: at.expected }),
  });
}

/** Lines end in LF, CRLF or CR, in quoted cells too. Undefined where the file cannot be read a second time. */
async function lineOf(file: ReadableObject, dialect: Dialect, offset: number): Promise<number | undefined> {
  try {
    const { chunks } = await dialect.encoding.open(unpacked(file.read()));
    let line = 1;
    let before = 0;
    let at = 0;
    for await (const chunk of chunks) {
      if (chunk === null) break;
      for (let index = 0; index < chunk.length && at < offset; index++, at++) {
        const byte = chunk[index]!;
        if (byte === 13 || (byte === 10 && before !== 13)) line += 1;
        before = byte;
      }
      if (at >= offset) break;
    }
    return line;
  } catch {
    return undefined; // the break itself is what the caller has to hear of
  }
}

/** The column, from 0, of the byte at `offset` in the row that starts at `start`. */
export function columnAt(bytes: Buffer, start: number, offset: number, dialect: Dialect): number {
  const scan: Scanner = scannerOf(dialect);
  const search = { wanted: [], width: undefined, from: start, maxRows: 1, final: true };
  const { width, fault } = scan(bytes.subarray(0, Math.max(start, offset)), search);
  return fault?.column ?? Math.max(0, width - 1);
}
