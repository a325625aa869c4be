import type { Dialect } from "./dialect.ts";

/** Complete rows of a window of bytes, as offsets into it. */
export interface Rows {
  readonly count: number;
  /** How many cells the last of them has. */
  readonly width: number;
  /** Where each row starts; one more at the end: where the last one ends, its line end included. */
  readonly starts: Int32Array;
  /**
   * Row by row, two numbers for each cell asked for: where it starts and where it ends, quotes included. The start is
   * complemented (`~start`) where the cell is quoted and holds doubled quotes.
   */
  readonly cells: Int32Array;
  /** What ended the scan before the window did; rows before it are complete. */
  readonly fault: Fault | undefined;
  /** True where the row after the last complete one ends the window inside a quoted cell. */
  readonly open: boolean;
}

/** A refusal at an offset of the window. `column` counts from 0. */
export interface Fault {
  readonly code: "CSV_QUOTE" | "CSV_RAGGED";
  readonly offset: number;
  readonly column: number;
  readonly expected: string;
}

/** What to look for in a window. */
export interface Search {
  /** Columns whose cells are asked for, ascending, from 0. */
  readonly wanted: readonly number[];
  /** The number of cells that each row must have; undefined where the first row decides. */
  readonly width: number | undefined;
  readonly from: number;
  /** True where no byte follows the window: its last row needs no line end. */
  readonly final: boolean;
  readonly maxRows: number;
}

export type Scanner = (window: Buffer, search: Search) => Rows;

const ORDINARY = 0;
const DELIMITER = 1;
const LINE_END = 2;
const QUOTE = 3;

const CR = 13;
const LF = 10;

/** Quoted cells shorter than this are looked through byte by byte: a call of the native search costs as much. */
const NATIVE_FROM = 24;

/**
 * The scanner of a dialect. It accepts what csv-parse accepts in its strict mode with line ends of LF, CRLF and CR:
 * a quote opens a cell only as its first byte, is doubled inside, and is closed before a delimiter or the end of the
 * row; every row has the same number of cells; a line without a byte is a row of one empty cell, except after the
 * last line end. The one difference: csv-parse takes a NUL byte after a closing quote, which is refused here.
 */
export function scannerOf(dialect: Pick<Dialect, "delimiter" | "quote">): Scanner {
  const marks = marksOf(dialect);
  let size = 1024; // numbers that the last rows took: the next ones are much alike
  return (window, search) => {
    const rows = new RowList(search.from, size);
    for (let at = search.from; rows.count < search.maxRows && at < window.length; ) {
      const end = scanRow(window, at, search, marks, rows);
      if (end < 0) break;
      rows.close(end);
      at = end;
    }
    size = Math.max(1024, rows.filled);
    return rows;
  };
}

interface Marks {
  readonly kinds: Uint8Array;
  readonly delimiter: Buffer;
  readonly quote: Buffer | null;
  /** One byte each, so that `kinds` alone decides. */
  readonly short: boolean;
  /** This many bytes decide what stands at an offset. */
  readonly ahead: number;
}

function marksOf({ delimiter, quote }: Pick<Dialect, "delimiter" | "quote">): Marks {
  const kinds = new Uint8Array(256);
  kinds[CR] = LINE_END;
  kinds[LF] = LINE_END;
  kinds[delimiter[0]!] = DELIMITER;
  if (quote) kinds[quote[0]!] = QUOTE;
  const longest = Math.max(delimiter.length, quote?.length ?? 0);
  return { kinds, delimiter, quote, short: longest === 1, ahead: Math.max(longest, 2) };
}

/** Grows with the rows that a scan finds. */
class RowList implements Rows {
  count = 0;
  width = 0;
  starts: Int32Array = new Int32Array(1024);
  cells: Int32Array;
  /** Numbers in `cells`. */
  filled = 0;
  fault: Fault | undefined = undefined;
  open = false;
  /** Whether the quoted cell that was passed last holds doubled quotes. */
  doubled = false;

  constructor(from: number, size: number) {
    this.starts[0] = from;
    this.cells = new Int32Array(size);
  }

  cell(start: number, end: number): void {
    if (this.filled + 2 > this.cells.length) this.cells = doubledSize(this.cells);
    this.cells[this.filled++] = start;
    this.cells[this.filled++] = end;
  }

  close(end: number): void {
    this.count += 1;
    if (this.count === this.starts.length) this.starts = doubledSize(this.starts);
    this.starts[this.count] = end;
  }
}

function doubledSize(numbers: Int32Array): Int32Array {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

/** The end of the row that starts at `start`, or -1 where it is not complete or not valid. */
function scanRow(window: Buffer, start: number, search: Search, marks: Marks, rows: RowList): number {
  const { wanted, width, final } = search;
  const length = window.length;
  let at = start;
  let next = 0;
  for (let column = 0; ; column++) {
    const cell = at;
    const quoted = at < length && kindAt(window, at, marks) === QUOTE;
    at = quoted ? quotedEnd(window, cell, marks, final, rows) : plainEnd(window, cell, marks);
    if (at < 0) return final ? refuse(rows, "CSV_QUOTE", cell, column, "a closing quote") : -1;
    if (column === wanted[next]) {
      rows.cell(quoted && rows.doubled ? ~cell : cell, at);
      next += 1;
    }
    const kind = at < length ? kindAt(window, at, marks) : LINE_END;
    if (kind === DELIMITER) {
      at += marks.delimiter.length;
      continue;
    }
    if (kind !== LINE_END) return refuse(rows, "CSV_QUOTE", at, column, misplaced(quoted));
    if (!final && at + 1 >= length) return -1;
    if (width !== undefined && column + 1 !== width) {
      return refuse(rows, "CSV_RAGGED", start, Math.min(column, width), `${width} cells`);
    }
    rows.width = column + 1;
    if (at >= length) return length;
    return window[at] === CR && window[at + 1] === LF ? at + 2 : at + 1;
  }
}

function misplaced(quoted: boolean): string {
  return quoted ? "a delimiter or a line end after the closing quote" : "quotes around the whole cell, doubled inside";
}

function refuse(rows: RowList, code: Fault["code"], offset: number, column: number, expected: string): -1 {
  rows.fault = { code, offset, column, expected };
  return -1;
}

/** The offset of the first delimiter, quote or line end, or the window's length. */
function plainEnd(window: Buffer, from: number, marks: Marks): number {
  const { kinds, short } = marks;
  const length = window.length;
  let at = from;
  for (;;) {
    while (at < length && kinds[window[at]!] === ORDINARY) at += 1;
    if (at >= length || short || kindAt(window, at, marks) !== ORDINARY) return at;
    at += 1;
  }
}

/** The offset after the closing quote of the cell that opens at `open`; -1 where the window does not show it. */
function quotedEnd(window: Buffer, open: number, marks: Marks, final: boolean, rows: RowList): number {
  const quote = marks.quote!;
  rows.doubled = false;
  for (let at = open + quote.length; ; ) {
    const close = indexOfQuote(window, at, quote, marks.short);
    const after = close + quote.length;
    if (close < 0 || (!final && after + marks.ahead > window.length)) {
      rows.open = close < 0;
      return -1;
    }
    if (after >= window.length || kindAt(window, after, marks) !== QUOTE) return after;
    rows.doubled = true;
    at = after + quote.length;
  }
}

function indexOfQuote(window: Buffer, from: number, quote: Buffer, short: boolean): number {
  if (!short) return window.indexOf(quote, from);
  const byte = quote[0]!;
  const near = Math.min(from + NATIVE_FROM, window.length);
  for (let at = from; at < near; at++) if (window[at] === byte) return at;
  return window.indexOf(byte, near);
}

function kindAt(window: Buffer, at: number, marks: Marks): number {
  const kind = marks.kinds[window[at]!]!;
  if (marks.short || kind === ORDINARY || kind === LINE_END) return kind;
  if (marks.quote && startsAt(window, at, marks.quote)) return QUOTE;
  return startsAt(window, at, marks.delimiter) ? DELIMITER : ORDINARY;
}

function startsAt(window: Buffer, at: number, mark: Buffer): boolean {
  for (let index = 0; index < mark.length; index++) if (window[at + index] !== mark[index]) return false;
  return true;
}
