import { inflateRawSync } from "node:zlib";
import { MaskingError } from "../../../src/errors.ts";
import { type Element, type Encoding, EXPLICIT_LITTLE, hasLongHeader, IMPLICIT_LITTLE, isVr } from "./element.ts";
import { EXPLICIT_BIG_UID, EXPLICIT_LITTLE_UID, IMPLICIT_LITTLE_UID, type Syntax, syntaxOf } from "./syntax.ts";
import { tokenize, tokenizeHead } from "./tokenizer.ts";

/** A DICOM file, tokenized. */
export interface DicomFile {
  /** The file as it was given. */
  readonly bytes: Uint8Array;
  /** File meta information (group 0002), offsets in `bytes`; empty where the file has none. */
  readonly meta: readonly Element[];
  /** True where the file starts with 128 bytes and `DICM`. */
  readonly preamble: boolean;
  readonly syntax: Syntax;
  /** What the offsets of `elements` count in: `bytes`, or its inflated data set. */
  readonly data: Uint8Array;
  readonly elements: readonly Element[];
}

/** A deflated data set may not grow past this: what a study of the largest frames needs, and no bomb. */
const LARGEST_INFLATED = 2 ** 31 - 1;

/**
 * Whether bytes look like a DICOM file: the preamble's `DICM`, or the first elements of a file without one. `head` needs
 * 132 bytes where the file has them.
 */
export function isDicom(head: Uint8Array): boolean {
  return hasPreamble(head) || bareEncoding(head) !== undefined;
}

/** The file's elements. Throws IMAGE_UNREADABLE where they cannot be told, IMAGE_UNSUPPORTED for another transfer syntax. */
export function openDicom(bytes: Uint8Array): DicomFile {
  const { uid, dataFrom, ...start } = openMeta(bytes);
  const syntax = uid === undefined ? undefined : syntaxOf(uid);
  if (!syntax) throw new MaskingError("IMAGE_UNSUPPORTED", { expected: "a transfer syntax that phimask reads" });
  if (syntax.deflated) {
    const data = inflated(bytes.subarray(dataFrom));
    return { ...start, syntax, data, elements: tokenize(data, 0, data.length, syntax.encoding) };
  }
  return { ...start, syntax, data: bytes, elements: tokenize(bytes, dataFrom, bytes.length, syntax.encoding) };
}

/**
 * The elements up to the tag `last` by the first bytes of a file, whatever its pixels are in; undefined where they end
 * before it, or cannot be told apart from there on.
 */
export function openDicomHead(bytes: Uint8Array, last: number): DicomFile | undefined {
  try {
    const { uid, dataFrom, ...start } = openMeta(bytes);
    // Every transfer syntax that is not read here has its data set in explicit little endian (PS3.5, A.4).
    const syntax = uid === undefined ? undefined : (syntaxOf(uid) ?? { ...syntaxOf(EXPLICIT_LITTLE_UID)!, uid });
    if (!syntax || syntax.deflated) return undefined;
    const elements = tokenizeHead(bytes, dataFrom, syntax.encoding, last);
    return elements && { ...start, syntax, data: bytes, elements };
  } catch (error) {
    if (error instanceof MaskingError) return undefined;
    throw error;
  }
}

/** Preamble and meta, the UID of the transfer syntax if there is one, and where the data set starts. */
function openMeta(bytes: Uint8Array): Pick<DicomFile, "bytes" | "meta" | "preamble"> & {
  readonly uid: string | undefined;
  readonly dataFrom: number;
} {
  const preamble = hasPreamble(bytes);
  const metaFrom = preamble ? 132 : 0;
  const dataFrom = endOfMeta(bytes, metaFrom);
  const meta = tokenize(bytes, metaFrom, dataFrom, EXPLICIT_LITTLE);
  return {
    bytes,
    meta,
    preamble,
    dataFrom,
    uid: metaText(bytes, meta, 0x00020010) ?? bareSyntax(bytes.subarray(dataFrom)),
  };
}

/** A text of the file's meta information; undefined where it lacks the element. */
export function metaText(bytes: Uint8Array, meta: readonly Element[], tag: number): string | undefined {
  const written = meta.find((element) => element.tag === tag);
  return (
    written &&
    Buffer.from(bytes.subarray(written.from, written.to))
      .toString("latin1")
      .replace(/[\0 ]+$/, "")
  );
}

function hasPreamble(bytes: Uint8Array): boolean {
  return bytes.length >= 132 && String.fromCharCode(...bytes.subarray(128, 132)) === "DICM";
}

/** The encoding of a file that starts with an element of group 0002 or 0008; undefined where it does not. */
function bareEncoding(head: Uint8Array): Encoding | undefined {
  if (head.length < 8) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const little = view.getUint16(0, true) === 0x0002 || view.getUint16(0, true) === 0x0008;
  if (!little && view.getUint16(0, false) !== 0x0008) return undefined;
  const explicit = isVr(String.fromCharCode(head[4]!, head[5]!));
  if (explicit) return { little, explicit };
  // The first element of a data set is short; anything else is some other file.
  return little && view.getUint32(4, true) <= 64 && view.getUint16(2, true) <= 0x0018 ? IMPLICIT_LITTLE : undefined;
}

/** Where group 0002 ends. Its own length is not asked: files are known whose length lies. */
function endOfMeta(bytes: Uint8Array, from: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = from;
  while (at + 8 <= bytes.length && view.getUint16(at, true) === 0x0002) {
    const vr = String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!);
    if (!isVr(vr)) throw new MaskingError("IMAGE_UNREADABLE", { byte: at });
    if (at + 12 > bytes.length) throw new MaskingError("IMAGE_UNREADABLE", { byte: at });
    at += hasLongHeader(vr) ? 12 + view.getUint32(at + 8, true) : 8 + view.getUint16(at + 6, true);
    if (at > bytes.length) throw new MaskingError("IMAGE_UNREADABLE", { byte: from });
  }
  return at;
}

function bareSyntax(data: Uint8Array): string | undefined {
  const encoding = bareEncoding(data);
  if (!encoding) return undefined;
  if (!encoding.explicit) return IMPLICIT_LITTLE_UID;
  return encoding.little ? EXPLICIT_LITTLE_UID : EXPLICIT_BIG_UID;
}

function inflated(deflated: Uint8Array): Buffer {
  try {
    return inflateRawSync(deflated, { maxOutputLength: LARGEST_INFLATED });
  } catch {
    throw new MaskingError("IMAGE_UNREADABLE");
  }
}
