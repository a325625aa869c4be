/** Bytes of a source by count rather than by chunk. */
import { MaskingError } from "../../src/errors.ts";
import { joinedBytes } from "./join.ts";

/** Bytes pulled as they are asked for; nothing is read ahead beyond the source's own chunk. */
export interface ByteReader {
  /** How many bytes were taken so far. */
  position(): number;
  /** Up to `count` bytes without taking them; fewer only at the end. */
  peek(count: number): Promise<Uint8Array>;
  /** Exactly `count` bytes, or INPUT_TRUNCATED. */
  take(count: number): Promise<Uint8Array>;
  /** As `take`, in the source's own chunks, none of them copied. */
  takeChunks(count: number): Promise<readonly Uint8Array[]>;
  close(): Promise<void>;
}

/** The magic at both ends of an Arrow file, and its padding at the start. */
export const MAGIC: Uint8Array = Buffer.from("ARROW1\0\0", "latin1");

export function byteReader(source: AsyncIterable<Uint8Array>, start = 0): ByteReader {
  const chunks = source[Symbol.asyncIterator]();
  let held: Uint8Array[] = [];
  let size = 0;
  let position = start;
  const fill = async (count: number) => {
    while (size < count) {
      const next = await chunks.next();
      if (next.done) return;
      if (next.value.length === 0) continue;
      held.push(next.value);
      size += next.value.length;
    }
  };
  const front = (count: number): Uint8Array => {
    if (held.length > 0 && held[0]!.length >= count) return held[0]!.subarray(0, count);
    held = [Buffer.concat(held)];
    return held[0]!.subarray(0, count);
  };
  const takeChunks = async (count: number): Promise<readonly Uint8Array[]> => {
    await fill(count);
    if (size < count) throw new MaskingError("INPUT_TRUNCATED", { byte: position + size });
    const taken = firstOf(held, count);
    size -= count;
    position += count;
    return taken;
  };
  return {
    position: () => position,
    async peek(count) {
      await fill(count);
      return front(Math.min(count, size));
    },
    take: async (count) => joinedBytes(await takeChunks(count)),
    takeChunks,
    async close() {
      await chunks.return?.();
    },
  };
}

/** The first `count` bytes out of the chunks, which lose them. */
function firstOf(chunks: Uint8Array[], count: number): readonly Uint8Array[] {
  const taken: Uint8Array[] = [];
  for (let left = count; left > 0; ) {
    const chunk = chunks[0]!;
    taken.push(chunk.length > left ? chunk.subarray(0, left) : chunk);
    if (chunk.length > left) chunks[0] = chunk.subarray(left);
    else chunks.shift();
    left -= taken.at(-1)!.length;
  }
  return taken;
}

export function endsWithMagic(bytes: Uint8Array): boolean {
  return bytes.length >= 6 && startsWith(bytes.subarray(bytes.length - 6), MAGIC.subarray(0, 6));
}

export function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}

export function int32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true);
}
