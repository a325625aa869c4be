import { MaskingError } from "../../src/errors.ts";
import { CODEC, compress as compressBlock, decompress as decompressBlock } from "../parquet/codecs.ts";

/** Numbers of `CompressionType` in format/Message.fbs. */
const LZ4_FRAME = 0;
const ZSTD = 1;

/** Bytes before each buffer of a compressed body: its length before compression, or -1 where it is stored as it is. */
const PREFIX = 8;

/**
 * A buffer of a compressed body as it was before. Throws INPUT_MALFORMED for bytes that are not what their prefix
 * says and INPUT_UNSUPPORTED for an unknown codec.
 */
export async function decompressed(codec: number, bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length === 0) return bytes;
  if (bytes.length < PREFIX) throw new MaskingError("INPUT_MALFORMED");
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset, PREFIX).getBigInt64(0, true));
  const body = bytes.subarray(PREFIX);
  if (size === -1) return body;
  if (!Number.isSafeInteger(size) || size < 0) throw new MaskingError("INPUT_MALFORMED");
  if (codec === ZSTD) return decompressBlock(CODEC.ZSTD, body, size);
  if (codec !== LZ4_FRAME) throw new MaskingError("INPUT_UNSUPPORTED", { expected: "LZ4 or ZSTD buffers" });
  const { decompressFrame } = await lz4();
  const plain = await decompressFrame(body).catch(() => undefined);
  if (plain?.length !== size) throw new MaskingError("INPUT_MALFORMED");
  return plain;
}

/** A buffer for a compressed body, stored as it is where compression gains nothing. */
export async function compressed(codec: number, bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length === 0) return bytes;
  const smaller =
    codec === ZSTD ? await compressBlock(CODEC.ZSTD, bytes) : await (await lz4()).compressFrame(Buffer.from(bytes));
  const gains = smaller.length < bytes.length;
  const body = gains ? smaller : bytes;
  const buffer = Buffer.allocUnsafeSlow(PREFIX + body.length);
  buffer.writeBigInt64LE(gains ? BigInt(bytes.length) : -1n);
  buffer.set(body, PREFIX);
  return buffer;
}

/** `CompressionType` of a name. */
export function codecNumber(name: "lz4" | "zstd"): number {
  return name === "lz4" ? LZ4_FRAME : ZSTD;
}

let loaded: Promise<typeof import("lz4-napi")> | undefined;

function lz4(): Promise<typeof import("lz4-napi")> {
  loaded ??= import("lz4-napi");
  return loaded;
}
