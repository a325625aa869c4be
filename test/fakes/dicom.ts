/** DICOM files made element by element, by an encoder that shares nothing with ours. */
import { deflateRawSync } from "node:zlib";

/** A value as bytes, text, numbers of the VR, items of a sequence, or fragments of pixel data. */
export type Value =
  | string
  | Uint8Array
  | readonly number[]
  | { readonly items: readonly (readonly Made[])[] }
  | { readonly fragments: readonly Uint8Array[] };

export interface Made {
  readonly tag: number;
  readonly vr: string;
  readonly value: Value;
  /** Sequences and items without lengths. */
  readonly delimited?: boolean;
}

export interface Form {
  readonly big?: boolean;
  readonly implicit?: boolean;
}

const LONG = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];

export function made(tag: number, vr: string, value: Value, delimited = false): Made {
  return { tag, vr, value, delimited };
}

/** A file with preamble and meta in a transfer syntax, the data set's form as told. */
export function dicomOf(
  elements: readonly Made[],
  syntax = "1.2.840.10008.1.2.1",
  extra: readonly Made[] = [],
): Buffer {
  const form: Form = { big: syntax === "1.2.840.10008.1.2.2", implicit: syntax === "1.2.840.10008.1.2" };
  const find = (tag: number): string => String(elements.find((each) => each.tag === tag)?.value ?? "1.2.3");
  const meta = encoded(
    [
      made(0x00020001, "OB", Uint8Array.of(0, 1)),
      made(0x00020002, "UI", find(0x00080016)),
      made(0x00020003, "UI", find(0x00080018)),
      made(0x00020010, "UI", syntax),
      ...extra,
    ],
    {},
  );
  const length = encoded([made(0x00020000, "UL", [meta.length])], {});
  const data = encoded(elements, form);
  const body = syntax.endsWith(".1.99") ? even(deflateRawSync(data), 0) : data;
  return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), length, meta, body]);
}

/** Elements as bytes. */
export function encoded(elements: readonly Made[], form: Form): Buffer {
  return Buffer.concat(elements.map((element) => encodeOne(element, form)));
}

function encodeOne({ tag, vr, value, delimited = false }: Made, form: Form): Buffer {
  const isFragments = typeof value === "object" && "fragments" in value;
  const body = bodyOf(value, vr, form, delimited);
  const length = delimited || isFragments ? 0xffffffff : body.length;
  const end = delimited || isFragments ? mark(0xfffee0dd, 0, form) : Buffer.alloc(0);
  if (form.implicit) return Buffer.concat([mark(tag, length, form), body, end]);
  const header = Buffer.alloc(LONG.includes(vr) ? 12 : 8);
  mark(tag, 0, form).copy(header);
  header.write(vr, 4, "latin1");
  header.writeUInt16LE(0, 6);
  if (header.length === 12) form.big ? header.writeUInt32BE(length, 8) : header.writeUInt32LE(length, 8);
  else form.big ? header.writeUInt16BE(length, 6) : header.writeUInt16LE(length, 6);
  return Buffer.concat([header, body, end]);
}

function bodyOf(value: Value, vr: string, form: Form, delimited: boolean): Buffer {
  if (typeof value === "string") return even(Buffer.from(value, "utf8"), vr === "UI" ? 0 : 0x20);
  if (value instanceof Uint8Array) return even(Buffer.from(value), 0);
  if ("items" in value) {
    const inner: Form = vr === "UN" ? { implicit: true } : form;
    return Buffer.concat(
      value.items.map((item) => {
        const elements = encoded(item, inner);
        const start = mark(0xfffee000, delimited ? 0xffffffff : elements.length, inner);
        return Buffer.concat([start, elements, delimited ? mark(0xfffee00d, 0, inner) : Buffer.alloc(0)]);
      }),
    );
  }
  if ("fragments" in value)
    return Buffer.concat(value.fragments.map((each) => Buffer.concat([mark(0xfffee000, each.length, form), each])));
  return numbers(value, vr, form.big ?? false);
}

function numbers(values: readonly number[], vr: string, big: boolean): Buffer {
  const sizes: Record<string, number> = { OB: 1, US: 2, SS: 2, OW: 2, AT: 4, UL: 4, SL: 4, FL: 4, FD: 8, UV: 8, SV: 8 };
  const size = sizes[vr]!;
  const bytes = Buffer.alloc(values.length * size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [i, value] of values.entries()) {
    const at = i * size;
    if (vr === "FL") view.setFloat32(at, value, !big);
    else if (vr === "FD") view.setFloat64(at, value, !big);
    else if (vr === "AT") {
      view.setUint16(at, value >>> 16, !big);
      view.setUint16(at + 2, value & 0xffff, !big);
    } else if (size === 8) view.setBigInt64(at, BigInt(value), !big);
    else if (size === 4) view.setInt32(at, value | 0, !big);
    else if (size === 2) view.setUint16(at, value & 0xffff, !big);
    else view.setUint8(at, value & 0xff);
  }
  return even(bytes, 0);
}

function mark(tag: number, length: number, { big = false }: Form): Buffer {
  const bytes = Buffer.alloc(8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  view.setUint16(0, tag >>> 16, !big);
  view.setUint16(2, tag & 0xffff, !big);
  view.setUint32(4, length, !big);
  return bytes;
}

function even(bytes: Buffer, pad: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(pad)]);
}
