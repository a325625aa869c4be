import type { Dialect } from "./dialect.ts";
import { BYTE_ORDER_MARK } from "./encoding.ts";
import { type Break, columnAt } from "./place.ts";
import { type Rows, type Scanner, scannerOf } from "./scanner.ts";
import type { Window, Windows } from "./window.ts";

/** How much of a file is in memory at a time. */
export interface CsvSizes {
  /** Bytes that are read and scanned at once; a row that is longer makes its window longer. */
  readonly window: number;
  /** Rows in one batch, at most. */
  readonly rows: number;
  /** Bytes of the longest row; a file with a longer one is refused, which is how a quote that never closes ends. */
  readonly row: number;
}

export const CSV_SIZES: CsvSizes = { window: 1 << 18, rows: 8192, row: 256 << 20 };

/** Rows that stand next to each other in a window. */
export interface RowBatch {
  readonly bytes: Buffer;
  readonly rows: Rows;
  /** The number of the first row, from 1; 0 is the header. */
  readonly first: number;
  /** True where the file ends with the last of these rows. */
  readonly last: boolean;
}

/** What rows to look for. */
export interface Wanted {
  /** Columns, ascending, whose cells are to be found. */
  readonly columns: readonly number[];
  /** Cells of each row; undefined where the first row decides. */
  readonly width: number | undefined;
  readonly rows: number;
}

/** A place in a file that moves over whole rows, and stops before the first byte that cannot be one. */
export class Cursor {
  readonly #windows: Windows;
  readonly #dialect: Dialect;
  readonly #limit: number;
  readonly #scan: Scanner;
  #window: Window = { bytes: Buffer.alloc(0), final: false, broken: false };
  #at = 0;
  /** Where the window starts in the file. */
  #base = 0;
  #row: number;

  constructor(windows: Windows, dialect: Dialect, sizes: CsvSizes) {
    this.#windows = windows;
    this.#dialect = dialect;
    this.#limit = sizes.row;
    this.#scan = scannerOf(dialect);
    this.#row = dialect.header ? 0 : 1;
  }

  /** True, and past it, where the file starts with a byte order mark. */
  async skipMark(): Promise<boolean> {
    await this.#refill();
    const marked = this.#dialect.encoding.charset.name === "utf-8" && BYTE_ORDER_MARK.every(this.#isAt, this);
    if (marked) this.#at = BYTE_ORDER_MARK.length;
    return marked;
  }

  /** At least one row; undefined at the end of the file. The cursor stays where it is until `pass`. */
  async peek(wanted: Wanted): Promise<RowBatch | Break | undefined> {
    for (;;) {
      const { bytes, final, broken } = this.#window;
      const whole = final && !broken;
      const search = {
        wanted: wanted.columns,
        width: wanted.width,
        from: this.#at,
        maxRows: wanted.rows,
        final: whole,
      };
      const rows = this.#scan(bytes, search);
      const end = rows.starts[rows.count]!;
      const invalid = this.#dialect.encoding.charset.firstInvalid(bytes, this.#at, end);
      if (invalid >= 0) return this.#undecodable(rows, invalid);
      if (rows.count > 0 && !rows.fault) return { bytes, rows, first: this.#row, last: whole && end === bytes.length };
      if (rows.fault)
        return this.#break(rows.fault.code, rows.fault.offset, rows.fault.column, rows, rows.fault.expected);
      if (broken) return this.#undecodable(rows, bytes.length);
      if (final) return undefined;
      if (bytes.length - this.#at >= this.#limit) return this.#endless(rows);
      await this.#refill();
    }
  }

  pass({ rows }: RowBatch): void {
    this.#at = rows.starts[rows.count]!;
    this.#row += rows.count;
  }

  async #refill(): Promise<void> {
    this.#base += this.#at;
    this.#window = await this.#windows.next(this.#window.bytes.subarray(this.#at));
    this.#at = 0;
  }

  #isAt(byte: number, index: number): boolean {
    return this.#window.bytes[this.#at + index] === byte;
  }

  #break(code: Break["code"], offset: number, column: number | undefined, rows: Rows, expected?: string): Break {
    const row = this.#row + rows.count;
    return { code, offset: this.#base + offset, row, column, ...(expected !== undefined && { expected }) };
  }

  #undecodable(rows: Rows, offset: number): Break {
    let before = 0;
    while (before < rows.count && rows.starts[before + 1]! <= offset) before += 1;
    const column = columnAt(this.#window.bytes, rows.starts[before]!, offset, this.#dialect);
    return this.#break("CSV_ENCODING", offset, column, { ...rows, count: before });
  }

  #endless(rows: Rows): Break {
    const limit = `within ${this.#limit} bytes`;
    return rows.open
      ? this.#break("CSV_QUOTE", this.#at, undefined, rows, `a closing quote ${limit}`)
      : this.#break("INPUT_UNSUPPORTED", this.#at, undefined, rows, `the end of the row ${limit}`);
  }
}
