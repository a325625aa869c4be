import type { BrotliOptions, ZlibOptions } from "node:zlib";
import { MaskingError } from "../../src/errors.ts";
import {
  lz4Block,
  lz4Decoded,
  lz4Hadoop,
  lz4HadoopFrame,
  lz4Literals,
  snappyLength,
  snappyPreamble,
  snappySize,
  zstdRawFrame,
  zstdSize,
} from "./codecs-blocks.ts";

/** Numbers of the Thrift enum `CompressionCodec` of parquet-format. LZO (3) is refused. */
export const CODEC: {
  readonly UNCOMPRESSED: 0;
  readonly SNAPPY: 1;
  readonly GZIP: 2;
  readonly BROTLI: 4;
  readonly LZ4: 5;
  readonly ZSTD: 6;
  readonly LZ4_RAW: 7;
} = { UNCOMPRESSED: 0, SNAPPY: 1, GZIP: 2, BROTLI: 4, LZ4: 5, ZSTD: 6, LZ4_RAW: 7 };

interface Codec {
  /** May give any number of bytes; the caller holds it to `size`. Anything it throws means a corrupt block. */
  decompress(bytes: Uint8Array, size: number): Promise<Uint8Array>;
  /** The block, or its parts in order. */
  compress(bytes: Uint8Array): Promise<Uint8Array | readonly Uint8Array[]>;
}

const EMPTY = new Uint8Array(0);

/**
 * The block as it was before compression. `size` is the length that the page header promises: a block that holds
 * another number of bytes, or cannot be decoded, is INPUT_MALFORMED, and what is allocated is bounded by `size` and by
 * what a block of this length can hold. An unknown codec is INPUT_UNSUPPORTED. The answer may be `bytes` itself.
 */
export async function decompress(codec: number, bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const how = codecOf(codec);
  // Some writers leave nothing at all, not even a frame, for a page without values.
  if (size === 0 && bytes.length === 0) return EMPTY;
  let plain: Uint8Array;
  try {
    plain = await how.decompress(bytes, size);
  } catch {
    throw new MaskingError("INPUT_MALFORMED");
  }
  if (plain.length !== size) throw new MaskingError("INPUT_MALFORMED");
  return plain;
}

/** The block that a Parquet reader of any language decodes again. Every codec that `decompress` knows. */
export async function compress(codec: number, bytes: Uint8Array): Promise<Uint8Array> {
  const parts = await compressParts(codec, bytes);
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** As `compress`, in parts: whoever puts something before or behind them need not copy them twice. */
export async function compressParts(codec: number, bytes: Uint8Array): Promise<readonly Uint8Array[]> {
  const block = await codecOf(codec).compress(bytes);
  return block instanceof Uint8Array ? [block] : block;
}

function codecOf(codec: number): Codec {
  const found = CODECS[codec];
  if (found === undefined) throw new MaskingError("INPUT_UNSUPPORTED");
  return found;
}

const CODECS: Readonly<Record<number, Codec>> = {
  [CODEC.UNCOMPRESSED]: {
    decompress: async (bytes) => bytes,
    compress: async (bytes) => bytes,
  },
  [CODEC.SNAPPY]: { decompress: unsnap, compress: snap },
  [CODEC.GZIP]: {
    decompress: async (bytes, size) => zlib("unzip", bytes, { maxOutputLength: Math.max(size, 1) }),
    compress: async (bytes) => zlib("gzip", bytes, {}),
  },
  [CODEC.BROTLI]: {
    decompress: async (bytes, size) => zlib("brotliDecompress", bytes, { maxOutputLength: Math.max(size, 1) }),
    compress: brotli,
  },
  [CODEC.LZ4]: {
    decompress: async (bytes, size) => lz4Hadoop(bytes, size, (await lz4())?.uncompressSync),
    compress: async (bytes) => lz4HadoopFrame(bytes.length, await lz4Compressed(bytes)),
  },
  [CODEC.ZSTD]: { decompress: unzstd, compress: zstdCompressed },
  [CODEC.LZ4_RAW]: { decompress: unlz4, compress: lz4Compressed },
};

// Below this many bytes a trip to the thread pool costs more than the work.
const SMALL = 16 * 1024;
/** Up to this size a copy of what a binding gives costs less than what is lent. */
const COPIED = 4 << 20;
/** What is compressed at a time: whole blocks of Snappy, none of which refers back to another, in a small allocation. */
const SNAPPY_PIECE = 96 << 10;

async function unsnap(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  if (snappySize(bytes) !== size) throw new MaskingError("INPUT_MALFORMED");
  const native = await snappy();
  if (native === undefined) return (await import("hyparquet-compressors")).decompressSnappy(bytes, size);
  // On the thread pool the binding's allocator sets 32 MB aside in each thread, and keeps what other threads let go:
  // pages of 70 MB grew to a gigabyte. At once they take a tenth of a second and no more memory than one page. What the
  // binding lends is freed only when the event loop turns, so that it sets those 32 MB aside here too: a copy is not.
  return native.uncompressSync(bytes, { copyOutputData: size <= COPIED }) as Buffer;
}

async function snap(bytes: Uint8Array): Promise<Uint8Array | readonly Uint8Array[]> {
  const native = await snappy();
  if (native === undefined) return (await import("hyparquet-writer/src/snappy.js")).snappyCompress(bytes);
  if (bytes.length < SMALL) return native.compressSync(bytes, { copyOutputData: true });
  const blocks: Promise<Uint8Array>[] = [];
  for (let at = 0; at < bytes.length; at += SNAPPY_PIECE) {
    blocks.push(native.compress(bytes.subarray(at, at + SNAPPY_PIECE), { copyOutputData: true }));
  }
  const bodies = (await Promise.all(blocks)).map((block) => block.subarray(snappyPreamble(block)));
  return [snappyLength(bytes.length), ...bodies];
}

async function unlz4(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const native = await lz4();
  if (native === undefined) return lz4Decoded(bytes, size);
  return native.uncompressSync(lz4Block(bytes, size)); // see `unsnap`
}

async function lz4Compressed(bytes: Uint8Array): Promise<Uint8Array> {
  const native = await lz4();
  if (native === undefined) return lz4Literals(bytes);
  return (await native.compress(bytes)).subarray(4); // the binding puts the length in front; a Parquet block has none
}

async function unzstd(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const bound = zstdSize(bytes);
  if (bound.least > size || bound.most < size) throw new MaskingError("INPUT_MALFORMED");
  const native = await zstd();
  if (native === undefined) return (await import("hyparquet-compressors")).decompressZstd(bytes);
  return native.decompress(asBuffer(bytes));
}

async function zstdCompressed(bytes: Uint8Array): Promise<Uint8Array> {
  const native = await zstd();
  return native === undefined ? zstdRawFrame(bytes) : native.compress(asBuffer(bytes));
}

async function brotli(bytes: Uint8Array): Promise<Uint8Array> {
  const { constants } = await import("node:zlib");
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return zlib("brotliCompress", bytes, { params });
}

type Zlib = "gzip" | "unzip" | "brotliCompress" | "brotliDecompress";
type ZlibCall = (bytes: Uint8Array, options: object, done: (error: Error | null, answer: Buffer) => void) => void;

async function zlib(name: Zlib, bytes: Uint8Array, options: ZlibOptions | BrotliOptions): Promise<Buffer> {
  const call: ZlibCall = (await import("node:zlib"))[name];
  return new Promise((resolve, reject) => {
    call(bytes, options, (error, answer) => (error === null ? resolve(answer) : reject(error)));
  });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const snappy = optional(() => import("snappy"));
const lz4 = optional(() => import("lz4-napi"));
const zstd = optional(() => import("@mongodb-js/zstd"));

/** A module with a native binding, loaded on first use; undefined where this platform has no binding. */
function optional<T>(load: () => Promise<T>): () => Promise<T | undefined> {
  let loaded: Promise<T | undefined> | undefined;
  return () => {
    loaded ??= load().catch(() => undefined);
    return loaded;
  };
}
