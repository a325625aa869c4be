/**
 * The checksums that S3 knows, written from their definitions and not with the SDK's code, so that an error there
 * shows. CRCs are reflected with all ones before and after; CRC64NVME's polynomial is 0xad93d23594c93659.
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Content } from "./content.ts";

export type Algorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";
export const ALGORITHMS: readonly Algorithm[] = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];

/** The header that carries a checksum. */
export const headerOf = (algorithm: Algorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

const STEP = 1 << 20;

/** Base64 of the checksum over the content. */
export function checksumOf(algorithm: Algorithm, content: Content): string {
  const steps = function* () {
    for (let at = 0; at < content.size; at += STEP) yield content.read(at, Math.min(at + STEP, content.size));
  };
  if (algorithm === "SHA1" || algorithm === "SHA256") {
    const hash = createHash(algorithm.toLowerCase());
    for (const bytes of steps()) hash.update(bytes);
    return hash.digest("base64");
  }
  if (algorithm === "CRC32") {
    let crc = 0;
    for (const bytes of steps()) crc = crc32(bytes, crc);
    return word(crc).toString("base64");
  }
  return algorithm === "CRC32C" ? crc32c(steps()) : crc64nvme(steps());
}

/** Of a multipart upload whose parts are summed one by one: the checksum of their checksums, and how many. */
export function compositeOf(algorithm: Algorithm, parts: readonly string[]): string {
  const all = Buffer.concat(parts.map((part) => Buffer.from(part, "base64")));
  return `${checksumOf(algorithm, { size: all.length, read: (start, end) => all.subarray(start, end) })}-${parts.length}`;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

const CASTAGNOLI = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

function crc32c(steps: Iterable<Buffer>): string {
  let crc = 0xffffffff;
  for (const bytes of steps) for (const byte of bytes) crc = CASTAGNOLI[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return word(crc ^ 0xffffffff).toString("base64");
}

/** The reflected polynomial's table, high and low halves apart. */
const NVME: { readonly high: Uint32Array; readonly low: Uint32Array } = (() => {
  const [high, low] = [new Uint32Array(256), new Uint32Array(256)];
  for (let index = 0; index < 256; index++) {
    let crc = BigInt(index);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x9a6c9329ac4bc9b5n : crc >> 1n;
    high[index] = Number(crc >> 32n);
    low[index] = Number(crc & 0xffffffffn);
  }
  return { high, low };
})();

function crc64nvme(steps: Iterable<Buffer>): string {
  let [high, low] = [0xffffffff, 0xffffffff];
  for (const bytes of steps) {
    for (const byte of bytes) {
      const index = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ NVME.low[index]!;
      high = (high >>> 8) ^ NVME.high[index]!;
    }
  }
  return Buffer.concat([word(high ^ 0xffffffff), word(low ^ 0xffffffff)]).toString("base64");
}
