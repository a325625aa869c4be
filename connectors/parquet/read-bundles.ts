import type { ByteRange, ReadableObject } from "../../src/types.ts";
import { readRange } from "./bytes.ts";

/** Ranges are read as one while they, and what lies between them, stay below this many bytes. */
const BUNDLE = 1 << 20;

/**
 * The file, for someone who will read each of these ranges once: small ones that lie close together come by a single
 * read, so that a table of thousands of columns does not take thousands of requests or open files.
 */
export function bundled(file: ReadableObject, ranges: readonly ByteRange[]): ReadableObject {
  const bundles = new Map<number, Bundle>();
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  for (let i = 0; i < sorted.length; ) {
    const { start } = sorted[i]!;
    const bundle: Bundle = { start, end: sorted[i]!.end, left: 0 };
    for (; i < sorted.length && sorted[i]!.end - start <= BUNDLE; i++) {
      bundle.end = Math.max(bundle.end, sorted[i]!.end);
      bundle.left++;
      bundles.set(sorted[i]!.start, bundle);
    }
    if (bundle.left === 0) i++; // too large for any bundle
  }
  const read = (range?: ByteRange): AsyncIterable<Uint8Array> => {
    const bundle = range && bundles.get(range.start);
    return bundle && range.end <= bundle.end ? partOf(file, bundle, range) : file.read(range);
  };
  return { ...file, read };
}

interface Bundle {
  readonly start: number;
  end: number;
  /** Ranges still to be read. */
  left: number;
  bytes?: Promise<Uint8Array>;
}

async function* partOf(file: ReadableObject, bundle: Bundle, range: ByteRange): AsyncGenerator<Uint8Array, void> {
  bundle.bytes ??= readRange(file, bundle);
  const bytes = await bundle.bytes;
  bundle.left--;
  if (bundle.left <= 0) delete bundle.bytes;
  yield bytes.subarray(range.start - bundle.start, range.end - bundle.start);
}
