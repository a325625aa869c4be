/** Collects the bytes of one part after another. */
export interface PartBuffer {
  readonly length: number;
  /** Takes as many bytes as fit into a part of `limit` bytes; the count of those taken. */
  fill(bytes: Uint8Array, limit: number): number;
  /** The bytes so far, in memory that is the caller's until `release`. */
  take(): Uint8Array;
  /** Gives memory back once its part is sent, to be filled again. */
  release(part: Uint8Array): void;
}

const SMALLEST = 256 * 1024;
/** Full buffers are a little larger than their part, since the next part may be. */
const STEP = 1 << 20;

/** A buffer grows by doubling, so that a small object takes little; full ones go round, so that memory stays as it is. */
export function partBuffer(): PartBuffer {
  const spare: Buffer[] = [];
  let buffer: Buffer = Buffer.alloc(0);
  let length = 0;
  const grow = (wanted: number, limit: number) => {
    const most = Math.ceil(limit / STEP) * STEP;
    const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(wanted, buffer.length * 2, SMALLEST), most));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
  };
  return {
    get length() {
      return length;
    },
    fill(bytes, limit) {
      const count = Math.min(bytes.length, limit - length);
      if (length === 0 && buffer.length === 0) buffer = spare.pop() ?? buffer;
      if (length + count > buffer.length) grow(length + count, limit);
      buffer.set(bytes.subarray(0, count), length);
      length += count;
      return count;
    },
    take() {
      const part = buffer.subarray(0, length);
      buffer = Buffer.alloc(0);
      length = 0;
      return part;
    },
    release(part) {
      spare.push(Buffer.from(part.buffer));
    },
  };
}
