import { MaskingError } from "../../../src/errors.ts";
import { vrOf } from "./dictionary.ts";
import {
  type Element,
  type Encoding,
  type Fragment,
  hasLongHeader,
  IMPLICIT_LITTLE,
  ITEM,
  ITEM_END,
  type Item,
  isVr,
  PIXEL_DATA,
  SEQUENCE_END,
  UNDEFINED,
} from "./element.ts";

/** Sequences within sequences; real files stay under ten, and a deeper one is made to exhaust the stack. */
const DEEPEST = 64;

/**
 * The elements of a data set, sequences and fragments included; nothing is copied. `from` to `to` must hold whole
 * elements, zeros after the last one allowed. Throws IMAGE_UNREADABLE with a byte offset where bytes cannot be
 * elements: a tag that is missed is a tag that is not masked.
 */
export function tokenize(bytes: Uint8Array, from: number, to: number, encoding: Encoding): readonly Element[] {
  const tokens: Tokens = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  const elements: Element[] = [];
  let at = from;
  while (at < to) {
    if (onlyZeros(bytes, at, to)) break;
    const element = readElement(tokens, at, to, encoding, 0);
    elements.push(element);
    at = element.end;
  }
  return elements;
}

/** The elements of a data set's beginning whose tags are not past `last`; undefined where the bytes end before that. */
export function tokenizeHead(
  bytes: Uint8Array,
  from: number,
  encoding: Encoding,
  last: number,
): readonly Element[] | undefined {
  const tokens: Tokens = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  const elements: Element[] = [];
  let at = from;
  while (at + 4 <= bytes.length) {
    if (tagAt(tokens.view, at, encoding.little) > last) return elements;
    const element = readElement(tokens, at, bytes.length, encoding, 0);
    elements.push(element);
    at = element.end;
  }
  return undefined;
}

interface Tokens {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

interface Header {
  readonly tag: number;
  readonly vr: string;
  readonly length: number;
  readonly from: number;
  readonly encoding: Encoding;
}

function readElement(tokens: Tokens, at: number, to: number, encoding: Encoding, depth: number): Element {
  const header = readHeader(tokens, at, to, encoding);
  const { tag, vr, length, from } = header;
  if (depth > DEEPEST) throw unreadable(at);
  const shape = { tag, vr, start: at, from, encoding: header.encoding };
  if (length === UNDEFINED) return readDelimited(tokens, shape, to, depth);
  const end = from + length;
  if (end > to) throw unreadable(at);
  const whole: Element = { ...shape, undefinedLength: false, to: end, end };
  if (vr === "SQ") return { ...whole, items: readItems(tokens, from, end, header.encoding, depth).items };
  if (vr === "UN" && length > 0 && vrOf(tag) === "SQ") return withItems(tokens, whole, depth);
  return whole;
}

/** A known sequence that was written as `UN`: its items are implicit little endian (PS3.5, 6.2.2), or nothing at all. */
function withItems(tokens: Tokens, element: Element, depth: number): Element {
  try {
    return { ...element, items: readItems(tokens, element.from, element.to, IMPLICIT_LITTLE, depth).items };
  } catch (error) {
    if (error instanceof MaskingError) return element;
    throw error;
  }
}

type Shape = Pick<Element, "tag" | "vr" | "start" | "from" | "encoding">;

function readDelimited(tokens: Tokens, shape: Shape, to: number, depth: number): Element {
  const { tag, vr, from } = shape;
  const isPixels = tag === PIXEL_DATA || vr === "OB" || vr === "OW";
  if (isPixels) {
    const { fragments, last, end } = readFragments(tokens, from, to);
    return { ...shape, undefinedLength: true, to: last, end, fragments };
  }
  if (vr !== "SQ" && vr !== "UN") throw unreadable(shape.start);
  const inner = vr === "UN" ? IMPLICIT_LITTLE : shape.encoding;
  const { items, last, end } = readItems(tokens, from, to, inner, depth, true);
  return { ...shape, undefinedLength: true, to: last, end, items };
}

/** Items up to the sequence's delimiter, or to `to` where the length was given. `last`: where the items end. */
function readItems(
  tokens: Tokens,
  from: number,
  to: number,
  encoding: Encoding,
  depth: number,
  delimited = false,
): { readonly items: readonly Item[]; readonly last: number; readonly end: number } {
  const items: Item[] = [];
  let at = from;
  while (at < to) {
    const { tag, length } = readMark(tokens, at, to, encoding.little);
    if (tag === SEQUENCE_END) {
      if (length !== 0 || (!delimited && at + 8 !== to)) throw unreadable(at);
      return { items, last: at, end: at + 8 };
    }
    if (tag !== ITEM) throw unreadable(at);
    const { item, end } = readItem(tokens, at + 8, length, to, encoding, depth);
    items.push(item);
    at = end;
  }
  if (delimited) throw unreadable(at);
  return { items, last: at, end: at };
}

function readItem(
  tokens: Tokens,
  from: number,
  length: number,
  to: number,
  encoding: Encoding,
  depth: number,
): { readonly item: Item; readonly end: number } {
  const elements: Element[] = [];
  const undefinedLength = length === UNDEFINED;
  const last = undefinedLength ? to : from + length;
  if (last > to) throw unreadable(from);
  let at = from;
  while (at < last) {
    if (undefinedLength && readTag(tokens, at, last, encoding.little) === ITEM_END) {
      if (readMark(tokens, at, last, encoding.little).length !== 0) throw unreadable(at);
      return { item: { elements, undefinedLength, encoding }, end: at + 8 };
    }
    const element = readElement(tokens, at, last, encoding, depth + 1);
    elements.push(element);
    at = element.end;
  }
  if (undefinedLength) throw unreadable(at);
  return { item: { elements, undefinedLength, encoding }, end: last };
}

/** Fragments are little endian whatever the file's byte order (PS3.5, A.4). */
function readFragments(
  tokens: Tokens,
  from: number,
  to: number,
): { readonly fragments: readonly Fragment[]; readonly last: number; readonly end: number } {
  const fragments: Fragment[] = [];
  let at = from;
  for (;;) {
    const { tag, length } = readMark(tokens, at, to, true);
    if (tag === SEQUENCE_END) return { fragments, last: at, end: at + 8 };
    if (tag !== ITEM || at + 8 + length > to) throw unreadable(at);
    fragments.push({ from: at + 8, to: at + 8 + length });
    at += 8 + length;
  }
}

function readMark({ view }: Tokens, at: number, to: number, little: boolean): { tag: number; length: number } {
  if (at + 8 > to) throw unreadable(at);
  return { tag: tagAt(view, at, little), length: view.getUint32(at + 4, little) };
}

function readTag({ view }: Tokens, at: number, to: number, little: boolean): number {
  if (at + 4 > to) throw unreadable(at);
  return tagAt(view, at, little);
}

function tagAt(view: DataView, at: number, little: boolean): number {
  return view.getUint16(at, little) * 0x10000 + view.getUint16(at + 2, little);
}

function readHeader(tokens: Tokens, at: number, to: number, encoding: Encoding): Header {
  const { view, bytes } = tokens;
  const { tag, length } = readMark(tokens, at, to, encoding.little);
  if (tag === ITEM || tag === ITEM_END || tag === SEQUENCE_END) throw unreadable(at);
  const letters = String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!);
  if (!encoding.explicit || !isLetters(letters)) {
    // Some writers switch to implicit elements within an explicit data set; other readers follow them.
    const implicit = encoding.explicit ? { ...encoding, explicit: false } : encoding;
    return { tag, vr: vrOf(tag), length, from: at + 8, encoding: implicit };
  }
  if (!isVr(letters)) throw unreadable(at);
  if (!hasLongHeader(letters)) {
    return { tag, vr: letters, length: view.getUint16(at + 6, encoding.little), from: at + 8, encoding };
  }
  if (at + 12 > to) throw unreadable(at);
  return { tag, vr: letters, length: view.getUint32(at + 8, encoding.little), from: at + 12, encoding };
}

function isLetters(pair: string): boolean {
  return /^[A-Z]{2}$/.test(pair);
}

/** Trailing padding that some writers leave; a data set has no element of tag zero. */
function onlyZeros(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

function unreadable(byte: number): MaskingError {
  return new MaskingError("IMAGE_UNREADABLE", { byte });
}
