import { isAscii } from "node:buffer";
import type { Charset } from "./charset.ts";

/** Texts laid end to end in one charset. */
export interface Packed {
  readonly bytes: Buffer;
  /** Where each text starts; one more at the end. */
  readonly offsets: Int32Array;
}

/** Texts that may be missing. */
export interface PackedColumn extends Packed {
  readonly length: number;
  readonly nullCount: number;
  /** One bit a text, lowest first, 1 where it is there; undefined where all are. */
  readonly valid: Uint8Array | undefined;
}

/** The same texts in UTF-8; `charset` gives one UTF-16 unit for each byte unless it is UTF-8 itself. */
export function toUtf8<P extends Packed>(packed: P, charset: Charset): P {
  const { bytes, offsets } = packed;
  if (charset.name === "utf-8" || isAscii(bytes)) return packed;
  const text = charset.text(bytes, 0, bytes.length);
  const moved = new Int32Array(offsets.length);
  for (let index = 1; index < offsets.length; index++) {
    let end = moved[index - 1]!;
    for (let at = offsets[index - 1]!; at < offsets[index]!; at++) {
      const unit = text.charCodeAt(at);
      end += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    }
    moved[index] = end;
  }
  return { ...packed, bytes: Buffer.from(text, "utf8"), offsets: moved };
}

/** The same texts in `charset`; undefined where it cannot hold one of them. */
export function fromUtf8(packed: Packed, charset: Charset): Packed | undefined {
  if (charset.name === "utf-8") return packed;
  const { offsets } = packed;
  const first = offsets[0]!;
  const bytes = packed.bytes.subarray(first, offsets.at(-1));
  if (isAscii(bytes)) return packed;
  const encoded = charset.bytes(bytes.toString("utf8"));
  if (!encoded) return undefined;
  const moved = new Int32Array(offsets.length);
  for (let index = 1; index < offsets.length; index++) {
    let end = moved[index - 1]!;
    for (let at = offsets[index - 1]! - first; at < offsets[index]! - first; at++) {
      if ((bytes[at]! & 0xc0) !== 0x80) end += 1;
    }
    moved[index] = end;
  }
  return { bytes: encoded, offsets: moved };
}

/** Texts as UTF-8, null for a missing one. */
export function packTexts(texts: readonly (string | null)[]): PackedColumn {
  const offsets = new Int32Array(texts.length + 1);
  let nullCount = 0;
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index]!;
    if (text === null) nullCount += 1;
    offsets[index + 1] = offsets[index]! + (text === null ? 0 : Buffer.byteLength(text, "utf8"));
  }
  const bytes = Buffer.allocUnsafeSlow(offsets.at(-1)!);
  const valid = nullCount > 0 ? new Uint8Array((texts.length + 7) >> 3) : undefined;
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index]!;
    if (text === null) continue;
    bytes.write(text, offsets[index]!, "utf8");
    if (valid) valid[index >> 3]! |= 1 << (index & 7);
  }
  return { bytes, offsets, length: texts.length, nullCount, valid };
}

export function isValid(valid: Uint8Array | undefined, index: number): boolean {
  return valid === undefined || ((valid[index >> 3]! >> (index & 7)) & 1) === 1;
}
