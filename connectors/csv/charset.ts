import { isAscii, isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";

/**
 * How the bytes that the scanner sees become text and back. Every charset here keeps ASCII as single bytes below 0x80
 * and never uses those bytes for anything else, so delimiters, quotes and line ends can be found without decoding.
 */
export interface Charset {
  /** `utf-8`, `latin1`, `ascii`, or the name that the WHATWG Encoding Standard gives. */
  readonly name: string;
  /** The text of `bytes[start, end)`, which must be valid. */
  text(bytes: Buffer, start: number, end: number): string;
  /** The bytes of a text; undefined where a character has none in this charset. */
  bytes(text: string): Buffer | undefined;
  /** Where in `bytes[start, end)` the first byte stands that no valid text has; -1 where all is valid. */
  firstInvalid(bytes: Buffer, start: number, end: number): number;
}

/** From the bytes of a file to those that the scanner sees, and back. */
export interface Coding {
  /** Yields null, and then ends, where the next bytes are not in this encoding. */
  inward(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array | null>;
  outward(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

export const UTF_8: Charset = {
  name: "utf-8",
  text: (bytes, start, end) => bytes.toString("utf8", start, end),
  bytes: (text) => (LONE_SURROGATE.test(text) ? undefined : Buffer.from(text, "utf8")),
  firstInvalid: (bytes, start, end) => (isUtf8(bytes.subarray(start, end)) ? -1 : firstInvalidUtf8(bytes, start, end)),
};

/** A surrogate that is no half of a pair: UTF-8 and UTF-16 have no valid bytes for it. */
export const LONE_SURROGATE: RegExp = /\p{Surrogate}/u;

/** ISO-8859-1 as it stands, C1 controls and all; the WHATWG's `latin1` is windows-1252 and so is not used here. */
export const LATIN_1: Charset = {
  name: "latin1",
  text: (bytes, start, end) => bytes.toString("latin1", start, end),
  bytes: (text) => (/[^\0-\xff]/.test(text) ? undefined : Buffer.from(text, "latin1")),
  firstInvalid: () => -1,
};

const ASCII: Charset = {
  name: "ascii",
  text: (bytes, start, end) => bytes.toString("latin1", start, end),
  bytes: (text) => (/[^\0-\x7f]/.test(text) ? undefined : Buffer.from(text, "latin1")),
  firstInvalid: (bytes, start, end) =>
    isAscii(bytes.subarray(start, end)) ? -1 : firstOf(bytes, start, end, (byte) => byte > 127),
};

/** 0x80 to 0x9F of windows-1252; the five bytes that the code page leaves open (here U+FFFD) are refused. */
const WINDOWS_1252 = "€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ";

const SINGLE_BYTE = /^(windows-(125[0-8]|874)|iso-8859-(\d+|8-i)|koi8-[ru]|macintosh|x-mac-cyrillic|ibm866)$/;

/** The charset of one byte a character that goes by this name, in lower case; undefined where there is none. */
export function singleByteCharset(label: string): Charset | undefined {
  if (/^(latin-?1|iso[-_]?8859-1|l1)$/.test(label)) return LATIN_1;
  if (/^(us-)?ascii$/.test(label)) return ASCII;
  if (/^(windows-1252|cp-?1252)$/.test(label)) return tableCharset("windows-1252", (byte) => cp1252(byte));
  const decoder = decoderOf(label);
  if (!decoder || !SINGLE_BYTE.test(decoder.encoding)) return undefined;
  if (decoder.encoding === "windows-1252") return tableCharset("windows-1252", (byte) => cp1252(byte));
  return tableCharset(decoder.encoding, (byte) => decodedOrOpen(decoder, byte));
}

/** A strict decoder by any name that the WHATWG Encoding Standard knows. */
export function decoderOf(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    return undefined; // the only thing a constructor of one string and one flag can refuse is the name
  }
}

function tableCharset(name: string, character: (byte: number) => string): Charset {
  const table = Array.from({ length: 256 }, (_, byte) => (byte < 128 ? String.fromCharCode(byte) : character(byte)));
  const open = Uint8Array.from(table, (text) => (text === "\ufffd" ? 1 : 0));
  const byteOf = new Map(table.flatMap((text, byte) => (open[byte] ? [] : [[text, byte] as const])));
  return {
    name,
    text: (bytes, start, end) =>
      bytes.toString("latin1", start, end).replace(/[\x80-\xff]/g, (high) => table[high.charCodeAt(0)]!),
    bytes(text) {
      const bytes = Buffer.allocUnsafe(text.length);
      for (let at = 0; at < text.length; at++) {
        const byte = byteOf.get(text[at]!);
        if (byte === undefined) return undefined;
        bytes[at] = byte;
      }
      return bytes;
    },
    firstInvalid: (bytes, start, end) =>
      isAscii(bytes.subarray(start, end)) ? -1 : firstOf(bytes, start, end, (byte) => open[byte] === 1),
  };
}

function cp1252(byte: number): string {
  return byte < 0xa0 ? WINDOWS_1252[byte - 0x80]! : String.fromCharCode(byte);
}

function decodedOrOpen(decoder: TextDecoder, byte: number): string {
  try {
    const text = decoder.decode(Uint8Array.of(byte));
    return decoder.encoding.startsWith("windows") && /[\x80-\x9f]/.test(text) ? "\ufffd" : text;
  } catch {
    return "\ufffd"; // the decoder is strict: this byte stands for nothing
  }
}

function firstOf(bytes: Buffer, start: number, end: number, wrong: (byte: number) => boolean): number {
  for (let at = start; at < end; at++) if (wrong(bytes[at]!)) return at;
  return -1;
}

/** Halves the range: a prefix decodes as the start of a stream exactly while it holds no invalid byte. */
function firstInvalidUtf8(bytes: Buffer, start: number, end: number): number {
  let valid = start;
  let invalid = end + 1;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodesAsPrefix(bytes.subarray(start, middle))) valid = middle;
    else invalid = middle;
  }
  return Math.min(valid, end - 1);
}

function decodesAsPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false; // a strict decoder's only failure
  }
}
