/**
 * What can be told of a compressed block before anything is allocated for it, and the blocks that are written where
 * no native binding is there. Anything malformed throws INPUT_MALFORMED.
 */
import { MaskingError } from "../../src/errors.ts";

function malformed(): MaskingError {
  return new MaskingError("INPUT_MALFORMED");
}

/**
 * The length that a raw Snappy block promises (format_description.txt of google/snappy, section 1). A copy of three
 * bytes gives at most 64, so a promise that the block is too short for throws.
 */
export function snappySize(bytes: Uint8Array): number {
  let size = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[i];
    if (byte === undefined) throw malformed();
    size += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      if (size > bytes.length * 32) throw malformed();
      return size;
    }
  }
  throw malformed();
}

/** How many bytes the length in front of a raw Snappy block takes. */
export function snappyPreamble(bytes: Uint8Array): number {
  let end = 0;
  while (bytes[end]! >= 0x80) end++;
  return end + 1;
}

/** The length that stands in front of a raw Snappy block. */
export function snappyLength(size: number): Uint8Array {
  const bytes: number[] = [];
  let rest = size;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

/** An LZ4 block with its length in front, as the binding wants it. A byte of a block gives at most 255. */
export function lz4Block(bytes: Uint8Array, size: number): Uint8Array {
  if (size > bytes.length * 255) throw malformed();
  const block = new Uint8Array(bytes.length + 4);
  new DataView(block.buffer).setUint32(0, size, true);
  block.set(bytes, 4);
  return block;
}

/** The content of an LZ4 block of exactly `size` bytes (lz4_Block_format.md of lz4/lz4). */
export function lz4Decoded(bytes: Uint8Array, size: number): Uint8Array {
  if (size > bytes.length * 255) throw malformed();
  const out = new Uint8Array(size);
  let at = 0;
  let end = 0;
  const length = (nibble: number): number => {
    let sum = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; sum += byte) byte = bytes[at++] ?? Number.NaN;
    return sum;
  };
  for (;;) {
    const token = bytes[at++] ?? Number.NaN;
    const literals = length(token >>> 4);
    if (!(at + literals <= bytes.length && end + literals <= size)) throw malformed();
    out.set(bytes.subarray(at, at + literals), end);
    at += literals;
    end += literals;
    if (at === bytes.length) break; // a block ends with literals
    const distance = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    const match = length(token & 15) + 4;
    if (!(distance > 0 && distance <= end && end + match <= size)) throw malformed();
    if (distance >= match) out.copyWithin(end, end - distance, end - distance + match);
    else for (let i = 0; i < match; i++) out[end + i] = out[end + i - distance]!;
    end += match;
  }
  if (end !== size) throw malformed();
  return out;
}

/** The bytes as one LZ4 run of literals: a valid block that saves nothing. */
export function lz4Literals(bytes: Uint8Array): Uint8Array {
  const count = bytes.length;
  const rest = count - 15;
  const head = rest < 0 ? 1 : 2 + Math.floor(rest / 255);
  const block = new Uint8Array(head + count).fill(255, 1, head);
  block[0] = Math.min(count, 15) << 4;
  if (rest >= 0) block[head - 1] = rest % 255;
  block.set(bytes, head);
  return block;
}

/**
 * The content of a page of the deprecated codec LZ4: Hadoop's frames (two big-endian lengths, then a block), or a
 * bare block, which older Arrow wrote. `uncompress` is the native decoder of a block with its length in front.
 */
export function lz4Hadoop(bytes: Uint8Array, size: number, uncompress?: (block: Uint8Array) => Uint8Array): Uint8Array {
  const decode = (block: Uint8Array, length: number) =>
    uncompress === undefined ? lz4Decoded(block, length) : uncompress(lz4Block(block, length));
  const frames = hadoopFrames(bytes, size);
  if (frames === undefined) return decode(bytes, size);
  return Buffer.concat(frames.map((frame) => held(decode(frame.block, frame.size), frame.size)));
}

function held(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length !== size) throw malformed();
  return bytes;
}

interface Frame {
  readonly size: number;
  readonly block: Uint8Array;
}

function hadoopFrames(bytes: Uint8Array, size: number): readonly Frame[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Frame[] = [];
  let sum = 0;
  let at = 0;
  while (at + 8 <= bytes.length) {
    const plain = view.getUint32(at);
    const end = at + 8 + view.getUint32(at + 4);
    sum += plain;
    if (end > bytes.length || sum > size) return undefined;
    frames.push({ size: plain, block: bytes.subarray(at + 8, end) });
    at = end;
  }
  return at === bytes.length && sum === size ? frames : undefined;
}

/** One Hadoop frame around an LZ4 block of `size` bytes of content. */
export function lz4HadoopFrame(size: number, block: Uint8Array): Uint8Array {
  const frame = new Uint8Array(block.length + 8);
  const view = new DataView(frame.buffer);
  view.setUint32(0, size);
  view.setUint32(4, block.length);
  frame.set(block, 8);
  return frame;
}

const ZSTD_MAGIC = 0xfd2fb528;
/** RFC 8878, section 3.1.1.2.3: no block holds more. */
const ZSTD_BLOCK = 128 * 1024;

/**
 * The least and the most bytes that a Zstandard block can hold, from its frame and block headers alone (RFC 8878):
 * what raw and run-length blocks hold is known, a compressed block holds up to 128 KiB.
 */
export function zstdSize(bytes: Uint8Array): { readonly least: number; readonly most: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let least = 0;
  let most = 0;
  let at = 0;
  while (at < bytes.length) {
    if (at + 5 > bytes.length) throw malformed();
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === 0x184d2a5) {
      if (at + 8 > bytes.length) throw malformed();
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== ZSTD_MAGIC) throw malformed();
    const descriptor = bytes[at + 4]!;
    const single = (descriptor >>> 5) & 1;
    at += 5 + (1 - single) + [0, 1, 2, 4][descriptor & 3]! + [single, 2, 4, 8][descriptor >>> 6]!;
    for (let last = false; !last; ) {
      if (at + 3 > bytes.length) throw malformed();
      const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      const type = (header >>> 1) & 3;
      const size = header >>> 3;
      last = (header & 1) === 1;
      at += 3 + (type === 1 ? 1 : size);
      least += type === 2 ? 0 : size;
      most += type === 2 ? ZSTD_BLOCK : size;
    }
    at += descriptor & 4;
  }
  if (at > bytes.length) throw malformed();
  return { least, most };
}

/** The bytes as a Zstandard frame of raw blocks: valid everywhere, and saves nothing. */
export function zstdRawFrame(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / ZSTD_BLOCK));
  const frame = new Uint8Array(9 + blocks * 3 + bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, ZSTD_MAGIC, true);
  view.setUint8(4, 0xa0); // one segment, so no window; a content size of four bytes
  view.setUint32(5, bytes.length, true);
  for (let i = 0, at = 9; i < blocks; i++) {
    const piece = bytes.subarray(i * ZSTD_BLOCK, (i + 1) * ZSTD_BLOCK);
    const header = (piece.length << 3) | (i === blocks - 1 ? 1 : 0);
    frame.set([header & 255, (header >>> 8) & 255, header >>> 16], at);
    frame.set(piece, at + 3);
    at += 3 + piece.length;
  }
  return frame;
}
