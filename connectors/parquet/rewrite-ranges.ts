import { MaskingError } from "../../src/errors.ts";
import type { ByteRange } from "../../src/types.ts";
import { textsOf } from "./fields.ts";
import { type Footer, MAGIC } from "./footer.ts";
import { besides } from "./rewrite-indexes.ts";
import type { RewritePlan } from "./rewrite-plan.ts";
import type { ParquetLeaf } from "./schema.ts";

/**
 * Refuses a file whose chunks are not in the order of its schema, or not of its types: some readers find a column by
 * its place and some by its path, and both must find the masked one.
 */
export function checkColumns({ rowGroups }: Footer, leaves: readonly ParquetLeaf[]): void {
  for (const { chunks } of rowGroups) {
    for (const [column, { meta, type, start }] of chunks.entries()) {
      const { path, physical } = leaves[column]!;
      const told = textsOf(meta, 3);
      const same = told.length === path.length && told.every((part, i) => part === path[i]);
      if (type !== physical || !same) {
        throw new MaskingError("INPUT_MALFORMED", { byte: start, expected: "columns in the order of the schema" });
      }
    }
  }
}

/**
 * Refuses a file in which a range that would be copied lies outside of the data or shares a byte with a column that is
 * masked or dropped: a footer can lie about where a column is.
 */
export function checkRanges({ rowGroups, start }: Footer, { alone, aligned, dropped }: RewritePlan): void {
  const copied: ByteRange[] = [];
  const touched: ByteRange[] = [];
  for (const { chunks } of rowGroups) {
    for (const [column, chunk] of chunks.entries()) {
      const isTouched = alone.has(column) || aligned.has(column) || dropped.has(column);
      (isTouched ? touched : copied).push(chunk, ...besides(chunk));
    }
  }
  const secret = merged(touched);
  for (const range of copied) {
    if (range.end === range.start) continue;
    const outside = range.start < MAGIC.length || range.end < range.start || range.end > start;
    if (outside || overlaps(secret, range)) {
      throw new MaskingError("INPUT_MALFORMED", { byte: range.start, expected: "columns that do not overlap" });
    }
  }
}

function merged(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const sorted = ranges.filter(({ start, end }) => end > start).sort((one, two) => one.start - two.start);
  const result: ByteRange[] = [];
  for (const { start, end } of sorted) {
    const last = result.at(-1);
    if (last && start <= last.end) result[result.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else result.push({ start, end });
  }
  return result;
}

/** `ranges`: in order and apart. */
function overlaps(ranges: readonly ByteRange[], { start, end }: ByteRange): boolean {
  let low = 0;
  for (let high = ranges.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end <= start) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low]!.start < end;
}
