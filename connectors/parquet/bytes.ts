import { MaskingError } from "../../src/errors.ts";
import type { ByteRange, ReadableObject } from "../../src/types.ts";

/** The whole of a range at once. A file that ends within it is INPUT_TRUNCATED. */
export async function readRange(file: ReadableObject, range: ByteRange): Promise<Uint8Array> {
  const source = openRange(file, range);
  try {
    return await source.take(range.end - range.start);
  } finally {
    await source.close();
  }
}

/** A range read front to back, a piece at a time; one chunk of the store's own size is read ahead of the caller. */
export interface RangeReader {
  /** Byte offset in the file of what is read next. */
  readonly at: number;
  /** Bytes of the range still to come. */
  readonly left: number;
  /** The next bytes without taking them: `count` of them, or fewer where the range ends. */
  peek(count: number): Promise<Uint8Array>;
  /** Takes exactly `count` bytes; more than are left is INPUT_TRUNCATED, before anything is allocated. */
  take(count: number): Promise<Uint8Array>;
  skip(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens the range lazily: no request is made before the first byte is asked for. */
export function openRange(file: ReadableObject, range: ByteRange): RangeReader {
  let at = range.start;
  let chunks: AsyncIterator<Uint8Array> | undefined;
  let coming: Promise<IteratorResult<Uint8Array>> | undefined;
  const held: Uint8Array[] = [];
  let holding = 0;

  const fill = async (count: number): Promise<void> => {
    chunks ??= file.read(range)[Symbol.asyncIterator]();
    while (holding < count) {
      const next = await (coming ?? chunks.next());
      coming = undefined;
      if (next.done) throw new MaskingError("INPUT_TRUNCATED", { byte: at + holding });
      if (next.value.length > 0) held.push(next.value);
      holding += next.value.length;
      if (at + holding < range.end) {
        coming = chunks.next(); // the store works while what has come is masked
        coming.catch(() => {}); // thrown where it is awaited
      }
    }
  };
  const drop = (count: number): void => {
    let rest = count;
    while (rest > 0) {
      const first = held[0]!;
      if (first.length > rest) held[0] = first.subarray(rest);
      else held.shift();
      rest -= Math.min(rest, first.length);
    }
    at += count;
    holding -= count;
  };
  const front = (count: number): Uint8Array => {
    if (count === 0) return new Uint8Array(0);
    const first = held[0]!;
    if (first.length >= count) return first.subarray(0, count);
    return Buffer.concat(held, count); // no more of the chunks than is asked for
  };

  return {
    get at() {
      return at;
    },
    get left() {
      return range.end - at;
    },
    async peek(count) {
      const wanted = Math.min(count, range.end - at);
      await fill(wanted);
      return front(wanted);
    },
    async take(count) {
      if (count > range.end - at) throw new MaskingError("INPUT_TRUNCATED", { byte: range.end });
      await fill(count);
      const bytes = front(count);
      drop(count);
      return bytes;
    },
    async skip(count) {
      if (count > range.end - at) throw new MaskingError("INPUT_TRUNCATED", { byte: range.end });
      for (let rest = count; rest > 0; ) {
        const step = Math.min(rest, Math.max(holding, 1 << 16));
        await fill(Math.min(step, rest));
        drop(Math.min(step, rest));
        rest -= Math.min(step, rest);
      }
    },
    async close() {
      await chunks?.return?.();
    },
  };
}
