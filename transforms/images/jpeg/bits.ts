import type { Decoder } from "./huffman.ts";
import { unreadable } from "./markers.ts";

/** Reads codes and numbers off the bytes of one stretch between restarts. */
export interface BitReader {
  /** The symbol of the next code. Throws IMAGE_UNREADABLE where no code starts so. */
  symbol(decoder: Decoder): number;
  /** The next `count` bits, 0 to 16, as a number. */
  bits(count: number): number;
  /** A number of `size` bits, 0 to 16, by T.81's EXTEND: the lower half of the range stands for negative ones. */
  signed(size: number): number;
  /** Throws IMAGE_UNREADABLE where more was read than there is. To be asked at least once a block. */
  check(): void;
}

/** A reader from the first byte on. Past the end it gives ones until `check` is asked. */
export function bitReader(bytes: Uint8Array): BitReader {
  let at = 0;
  let held = 0;
  let count = 0;
  const fill = (): void => {
    while (count <= 16) {
      held = (held << 8) | (at < bytes.length ? bytes[at]! : 0xff);
      at++;
      count += 8;
    }
  };
  const bits = (wanted: number): number => {
    if (wanted === 0) return 0;
    if (count < 16) fill();
    count -= wanted;
    return (held >>> count) & ((1 << wanted) - 1);
  };
  return {
    symbol(decoder) {
      if (count < 16) fill();
      const entry = decoder[(held >>> (count - 16)) & 0xffff]!;
      if (entry === 0) throw unreadable();
      count -= entry >> 8;
      return entry & 0xff;
    },
    bits,
    signed(size) {
      if (size === 0) return 0;
      const value = bits(size);
      return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    },
    check() {
      if (at * 8 - count > bytes.length * 8) throw unreadable();
    },
  };
}

/** Writes codes into bytes that grow as they must, a zero stuffed after each byte of ones. */
export interface BitWriter {
  /** The low `size` bits of `code`, 0 to 16. */
  put(code: number, size: number): void;
  /** All that was written, the last byte filled up with ones. */
  end(): Uint8Array;
}

/** `expected`: bytes that the answer is likely to take. */
export function bitWriter(expected: number): BitWriter {
  let bytes = new Uint8Array(Math.max(1024, expected));
  let length = 0;
  let held = 0;
  let count = 0;
  const put = (code: number, size: number): void => {
    held = (held << size) | (code & ((1 << size) - 1));
    count += size;
    while (count >= 8) {
      count -= 8;
      const byte = (held >>> count) & 0xff;
      if (length + 2 > bytes.length) {
        const more = new Uint8Array(bytes.length * 2);
        more.set(bytes);
        bytes = more;
      }
      bytes[length++] = byte;
      if (byte === 0xff) bytes[length++] = 0;
    }
  };
  return {
    put,
    end() {
      if (count > 0) put(0xff, 8 - count);
      return bytes.subarray(0, length);
    },
  };
}
