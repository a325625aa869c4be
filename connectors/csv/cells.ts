import type { RowBatch } from "./cursor.ts";
import type { Dialect } from "./dialect.ts";
import { type PackedColumn, toUtf8 } from "./packed.ts";

/** Shorter cells are copied byte by byte: a native copy costs as much as this many bytes. */
const NATIVE_FROM = 40;

/** One column's cells as UTF-8 text: `slot` counts the columns that the rows were searched for. Quotes are taken off. */
export function textColumn(batch: RowBatch, slot: number, slots: number, dialect: Dialect): PackedColumn {
  return toUtf8(rawColumn(batch, slot, slots, dialect), dialect.encoding.charset);
}

function rawColumn({ bytes, rows }: RowBatch, slot: number, slots: number, dialect: Dialect): PackedColumn {
  const { cells, count } = rows;
  const { quote, nullText } = dialect;
  const packed = Buffer.allocUnsafeSlow(sizeOf(cells, slot, slots, count));
  const offsets = new Int32Array(count + 1);
  let valid: Uint8Array | undefined;
  let nullCount = 0;
  let length = 0;
  for (let row = 0, at = slot * 2; row < count; row++, at += slots * 2) {
    const start = cells[at]!;
    const end = cells[at + 1]!;
    if (start < 0) length = copyUndoubled(bytes, ~start, end, quote!, packed, length);
    else if (quote && isQuoted(bytes, start, end, quote)) {
      length = copy(bytes, start + quote.length, end - quote.length, packed, length);
    } else if (end - start === nullText.length && matches(bytes, start, nullText)) {
      valid ??= new Uint8Array((count + 7) >> 3).fill(0xff);
      valid[row >> 3]! &= ~(1 << (row & 7));
      nullCount += 1;
    } else length = copy(bytes, start, end, packed, length);
    offsets[row + 1] = length;
  }
  return { bytes: packed.subarray(0, length), offsets, length: count, nullCount, valid };
}

/** Bytes that the cells take with their quotes, which is never less than without. */
function sizeOf(cells: Int32Array, slot: number, slots: number, count: number): number {
  let size = 0;
  for (let row = 0, at = slot * 2; row < count; row++, at += slots * 2) {
    const start = cells[at]!;
    size += cells[at + 1]! - (start < 0 ? ~start : start);
  }
  return size;
}

/** Whether a cell as it stands in the file is in quotes. */
export function isQuoted(bytes: Buffer, start: number, end: number, quote: Buffer): boolean {
  return end > start && bytes[start] === quote[0] && (quote.length === 1 || matches(bytes, start, quote));
}

function matches(bytes: Buffer, start: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[start + index] !== text[index]) return false;
  return true;
}

/** Copies `from[start, end)` to `to[at, ...)`; the answer is where the copy ends. */
export function copy(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  if (end - start >= NATIVE_FROM) from.copy(to, at, start, end);
  else for (let index = start, target = at; index < end; index++, target++) to[target] = from[index]!;
  return at + end - start;
}

function copyUndoubled(from: Buffer, start: number, end: number, quote: Buffer, to: Buffer, at: number): number {
  const last = end - quote.length;
  const mark = quote.length === 1 ? quote[0]! : quote;
  let target = at;
  for (let next = start + quote.length; next < last; ) {
    const found = from.indexOf(mark, next);
    const stop = Math.min(found + quote.length, last);
    target = copy(from, next, stop, to, target);
    next = stop + quote.length;
  }
  return target;
}
