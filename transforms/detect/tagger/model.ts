import { createHash } from "node:crypto";
import { brotliDecompressSync } from "node:zlib";
import { BITS, FEATURES } from "./features.ts";
import { LABELS } from "./labels.ts";

/** A trained linear-chain model: whole numbers on one scale, so that sums are exact everywhere. */
export interface Model {
  /** SHA-256 of the bytes, first 12 hex digits. */
  readonly digest: string;
  /** `LABELS` weights for each row of features. */
  readonly weights: Int8Array;
  /** From label to label; the first `LABELS` are from outside. */
  readonly transitions: Int32Array;
  /** How many units make one of the model's own (log-odds). */
  readonly scale: number;
}

const MAGIC = 0x50485447;
const LAYOUT = 1;
const HEAD = 6;

/**
 * Opens what `scripts/train.ts` wrote, Brotli-compressed. Little-endian: magic, layout, bits, features, labels, scale as
 * 32-bit words; transitions as 32-bit integers; weights as bytes. Other bytes throw a TypeError.
 */
export function openModel(compressed: Uint8Array): Model {
  const bytes = brotliDecompressSync(compressed);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const head = new Uint32Array(aligned.buffer, aligned.byteOffset, HEAD);
  const expected = [MAGIC, LAYOUT, BITS, FEATURES, LABELS];
  if (expected.some((value, at) => head[at] !== value)) throw new TypeError("not a tagger model of this version");
  const from = aligned.byteOffset + HEAD * 4;
  return {
    digest: createHash("sha256").update(compressed).digest("hex").slice(0, 12),
    scale: head[5] as number,
    transitions: new Int32Array(aligned.buffer, from, LABELS * LABELS),
    weights: new Int8Array(aligned.buffer, from + LABELS * LABELS * 4, LABELS << BITS),
  };
}

/** The bytes that `openModel` reads, before compression. */
export function modelBytes({ weights, transitions, scale }: Omit<Model, "digest">): Uint8Array {
  const bytes = new Uint8Array(HEAD * 4 + transitions.byteLength + weights.byteLength);
  new Uint32Array(bytes.buffer, 0, HEAD).set([MAGIC, LAYOUT, BITS, FEATURES, LABELS, scale]);
  new Int32Array(bytes.buffer, HEAD * 4, transitions.length).set(transitions);
  new Int8Array(bytes.buffer, HEAD * 4 + transitions.byteLength).set(weights);
  return bytes;
}
