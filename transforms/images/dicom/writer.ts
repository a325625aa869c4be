import { deflateRawSync } from "node:zlib";
import {
  type Element,
  type Encoding,
  EXPLICIT_LITTLE,
  groupOf,
  hasLongHeader,
  ITEM,
  ITEM_END,
  SEQUENCE_END,
  UNDEFINED,
} from "./element.ts";
import type { DicomFile } from "./file.ts";

/** Bytes that are made when their turn comes, so that not all of them are in memory at once. */
export interface LateBytes {
  readonly length: number;
  bytes(): Promise<Uint8Array>;
}

/** A piece of a file. */
export type Chunk = Uint8Array | LateBytes;

/** An element that is written anew; exactly one of value, parts, items and fragments is there. */
export interface NewElement {
  readonly tag: number;
  readonly vr: string;
  readonly encoding: Encoding;
  readonly undefinedLength: boolean;
  /** In the encoding's byte order, of an even number of bytes. */
  readonly value?: Uint8Array;
  /** A value in parts, of an even number of bytes all together. */
  readonly parts?: readonly Chunk[];
  readonly items?: readonly NewItem[];
  /** Of an even number of bytes each, the basic offset table first. */
  readonly fragments?: readonly Uint8Array[];
}

export interface NewItem {
  readonly elements: readonly Written[];
  readonly undefinedLength: boolean;
  readonly encoding: Encoding;
}

/** An element as it was read, whose bytes are copied, or a new one. */
export type Written = Element | NewElement;

/** Bytes in order, with their number. */
interface Chunks {
  readonly pieces: readonly Chunk[];
  readonly length: number;
}

/** True where the element's bytes stay as they were read. */
export function isAsRead(element: Written): element is Element {
  return "start" in element;
}

/**
 * A DICOM file in pieces: a preamble of zeros, `meta` with its length, and the elements in the file's own encoding.
 * Elements as read are pieces of the buffer they were read from: nothing of them is copied but where the data set is
 * deflated. Group lengths (gggg,0000) must not be among the elements: they would not be true any more.
 */
export function writeDicom(file: DicomFile, meta: readonly Written[], elements: readonly Written[]): readonly Chunk[] {
  const metaChunks = encodeAll(meta, file.bytes);
  const length: NewElement = newValue(0x00020000, "UL", EXPLICIT_LITTLE, uint32(metaChunks.length, true));
  const head = Buffer.alloc(132);
  head.write("DICM", 128, "latin1");
  const data = encodeAll(elements, file.data);
  const written = file.syntax.deflated
    ? [{ length: Number.NaN, bytes: () => deflated(data.pieces) }]
    : joined(data.pieces);
  return [head, ...encode(length, file.bytes).pieces, ...joined(metaChunks.pieces), ...written];
}

/** The elements alone, without preamble and meta; what `writeDicom` writes after them, not deflated. */
export function encodeElements(elements: readonly Written[], data: Uint8Array): readonly Chunk[] {
  return joined(encodeAll(elements, data).pieces);
}

/** A new element with this value, padded to an even length as its VR has it. */
export function newValue(tag: number, vr: string, encoding: Encoding, value: Uint8Array): NewElement {
  return { tag, vr, encoding, undefinedLength: false, value: padded(vr, value) };
}

/** The element with another value. */
export function withValue({ tag, vr, encoding }: Element | NewElement, value: Uint8Array): NewElement {
  return newValue(tag, vr, encoding, value);
}

/** The sequence with other items. */
export function withItems({ tag, vr, encoding, undefinedLength }: Element, items: readonly NewItem[]): NewElement {
  return { tag, vr, encoding, undefinedLength, items };
}

function padded(vr: string, value: Uint8Array): Uint8Array {
  if (value.length % 2 === 0) return value;
  const even = new Uint8Array(value.length + 1);
  even.set(value);
  even[value.length] = vr === "UI" || vr === "OB" || vr === "UN" ? 0 : 0x20;
  return even;
}

function encodeAll(elements: readonly Written[], data: Uint8Array): Chunks {
  const pieces: Chunk[] = [];
  let length = 0;
  for (const element of elements) {
    const encoded = encode(element, data);
    for (const piece of encoded.pieces) pieces.push(piece);
    length += encoded.length;
  }
  return { pieces, length };
}

function encode(element: Written, data: Uint8Array): Chunks {
  if (isAsRead(element)) {
    return { pieces: [data.subarray(element.start, element.end)], length: element.end - element.start };
  }
  const { items, fragments, value, parts, encoding, undefinedLength } = element;
  const body = items
    ? encodeItems(items, encoding, data)
    : fragments
      ? encodeFragments(fragments)
      : whole(parts ?? [value!]);
  const delimited = undefinedLength || fragments !== undefined;
  const header = headerOf(element, delimited ? UNDEFINED : body.length);
  const end = delimited ? [mark(SEQUENCE_END, 0, fragments ? true : encoding.little)] : [];
  return { pieces: [header, ...body.pieces, ...end], length: header.length + body.length + (delimited ? 8 : 0) };
}

function encodeItems(items: readonly NewItem[], { little }: Encoding, data: Uint8Array): Chunks {
  const pieces: Chunk[] = [];
  let length = 0;
  for (const item of items) {
    const body = encodeAll(item.elements, data);
    pieces.push(mark(ITEM, item.undefinedLength ? UNDEFINED : body.length, little));
    for (const piece of body.pieces) pieces.push(piece);
    if (item.undefinedLength) pieces.push(mark(ITEM_END, 0, little));
    length += body.length + (item.undefinedLength ? 16 : 8);
  }
  return { pieces, length };
}

function encodeFragments(fragments: readonly Uint8Array[]): Chunks {
  return {
    pieces: fragments.flatMap((fragment) => [mark(ITEM, fragment.length, true), fragment]),
    length: fragments.reduce((sum, fragment) => sum + 8 + fragment.length, 0),
  };
}

function whole(parts: readonly Chunk[]): Chunks {
  return { pieces: parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

function headerOf({ tag, vr, encoding }: NewElement, length: number): Uint8Array {
  const { little, explicit } = encoding;
  if (!explicit) return mark(tag, length, little);
  // A value too long for a short header is written as UN (PS3.5, 6.2.2).
  const written = !hasLongHeader(vr) && length > 0xfffe ? "UN" : vr;
  const header = new Uint8Array(hasLongHeader(written) ? 12 : 8);
  header.set(mark(tag, 0, little));
  header[4] = written.charCodeAt(0);
  header[5] = written.charCodeAt(1);
  const view = new DataView(header.buffer);
  if (header.length === 12) view.setUint32(8, length, little);
  else view.setUint16(6, length, little);
  return header;
}

/** A tag and a length of four bytes. */
function mark(tag: number, length: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, groupOf(tag), little);
  view.setUint16(2, tag & 0xffff, little);
  view.setUint32(4, length, little);
  return bytes;
}

function uint32(value: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, little);
  return bytes;
}

/** Neighbours in one buffer as one piece. */
function joined(pieces: readonly Chunk[]): readonly Chunk[] {
  const out: Chunk[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (last instanceof Uint8Array && piece instanceof Uint8Array && follows(last, piece)) {
      out[out.length - 1] = new Uint8Array(piece.buffer, last.byteOffset, last.length + piece.length);
    } else out.push(piece);
  }
  return out;
}

function follows(first: Uint8Array, second: Uint8Array): boolean {
  return first.buffer === second.buffer && first.byteOffset + first.length === second.byteOffset;
}

/** All of the pieces in one. */
export async function wholeOf(pieces: readonly Chunk[]): Promise<Buffer> {
  const made: Uint8Array[] = [];
  for (const piece of pieces) made.push(piece instanceof Uint8Array ? piece : await piece.bytes());
  return Buffer.concat(made);
}

async function deflated(pieces: readonly Chunk[]): Promise<Uint8Array> {
  const bytes = deflateRawSync(await wholeOf(pieces));
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Uint8Array.of(0)]);
}
