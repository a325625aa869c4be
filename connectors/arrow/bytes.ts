/** Bytes of a source by count rather than by chunk. */
import { MaskingError } from "../../src/errors.ts";

/** Bytes pulled as they are asked for; nothing is read ahead beyond the source's own chunk. */
export interface ByteReader {
  /** How many bytes were taken so far. */
  position(): number;
  /** Up to `count` bytes without taking them; fewer only at the end. */
  peek(count: number): Promise<Uint8Array>;
  /** Exactly `count` bytes, or INPUT_TRUNCATED. */
  take(count: number): Promise<Uint8Array>;
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
  return {
    position: () => position,
    async peek(count) {
      await fill(count);
      return front(Math.min(count, size));
    },
    async take(count) {
      await fill(count);
      if (size < count) throw new MaskingError("INPUT_TRUNCATED", { byte: position + size });
      const taken = gathered(held, count);
      size -= count;
      position += count;
      return taken;
    },
    async close() {
      await chunks.return?.();
    },
  };
}

/** The first `count` bytes out of the chunks, which lose them; copied only where they span chunks. */
function gathered(chunks: Uint8Array[], count: number): Uint8Array {
  const first = chunks[0];
  if (count === 0 || !first) return new Uint8Array(0);
  if (first.length > count) {
    chunks[0] = first.subarray(count);
    return first.subarray(0, count);
  }
  if (first.length === count) return chunks.shift()!;
  const bytes = Buffer.allocUnsafeSlow(count);
  let filled = 0;
  let used = 0;
  for (; filled < count; used++) {
    const part = chunks[used]!.subarray(0, count - filled);
    bytes.set(part, filled);
    filled += part.length;
    if (part.length < chunks[used]!.length) {
      chunks[used] = chunks[used]!.subarray(part.length);
      break;
    }
  }
  chunks.splice(0, used);
  return bytes;
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
