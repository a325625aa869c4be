/** Palettes that are stored as steps and slopes (PS3.3, C.7.9.2). */
import { MaskingError } from "../../../../src/errors.ts";

const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;

/**
 * The entries of a segmented table, `count` of them. `values`: its bytes or 16-bit words, as wide as the entries are.
 * Throws IMAGE_UNREADABLE where the segments give another number of entries.
 */
export function expandedSegments(values: Uint8Array | Uint16Array, count: number): readonly number[] {
  const entries: number[] = [];
  const end = expand(values, 0, Number.POSITIVE_INFINITY, entries, count);
  if (entries.length !== count || end > values.length) throw new MaskingError("IMAGE_UNREADABLE");
  return entries;
}

/** Adds so many segments from `at` on, or all; where they end. An indirect one points at others before it. */
function expand(
  values: Uint8Array | Uint16Array,
  at: number,
  segments: number,
  entries: number[],
  most: number,
  within = false,
): number {
  let next = at;
  for (let i = 0; i < segments && next < values.length && entries.length < most; i++) {
    const [code, length = 0] = values.subarray(next, next + 2);
    if (code === DISCRETE) {
      for (const value of values.subarray(next + 2, next + 2 + length)) entries.push(value);
      next += 2 + length;
    } else if (code === LINEAR && entries.length > 0) {
      const from = entries.at(-1)!;
      const to = values[next + 2] ?? 0;
      for (let step = 1; step <= length; step++) entries.push(Math.round(from + ((to - from) * step) / length));
      next += 3;
    } else if (code === INDIRECT && !within) {
      const { BYTES_PER_ELEMENT: size } = values;
      const parts = [...values.subarray(next + 2, next + 2 + 4 / size)];
      const offset = parts.reduce((sum, part, place) => sum + part * 2 ** (8 * size * place), 0);
      expand(values, offset / size, length, entries, most, true);
      next += 2 + parts.length;
    } else throw new MaskingError("IMAGE_UNREADABLE");
  }
  return next;
}
