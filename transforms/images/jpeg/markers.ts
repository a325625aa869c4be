/** JPEG files as lists of segments: ITU-T T.81, annex B. */
import { MaskingError } from "../../../src/errors.ts";

/** A marker with its payload, and for a start of scan the entropy-coded bytes after it. */
export interface Segment {
  /** The marker's second byte. */
  readonly marker: number;
  readonly payload: Uint8Array;
  /** Entropy-coded bytes between restarts, without the zeros stuffed into them. There for a start of scan alone. */
  readonly scan?: readonly Uint8Array[];
}

/** Second bytes of the markers that are spoken of by name. */
export const MARKER = {
  SOF0: 0xc0,
  SOF1: 0xc1,
  SOF2: 0xc2,
  DHT: 0xc4,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DRI: 0xdd,
  APP0: 0xe0,
  APP1: 0xe1,
  APP13: 0xed,
  APP14: 0xee,
  COM: 0xfe,
} as const;

/**
 * The segments up to the end marker; what follows it is not looked at. A file that ends without one is taken as it is:
 * whether all of the picture is there shows when it is decoded. Throws IMAGE_UNREADABLE.
 */
export function segmentsOf(bytes: Uint8Array): readonly Segment[] {
  if (bytes[0] !== 0xff || bytes[1] !== MARKER.SOI) throw unreadable();
  const segments: Segment[] = [];
  let at = 2;
  while (at < bytes.length) {
    if (bytes[at] !== 0xff) throw unreadable();
    while (bytes[at] === 0xff) at++; // fill bytes may stand before a marker
    const marker = bytes[at++];
    if (marker === undefined || marker === MARKER.EOI) break;
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) throw unreadable();
    const length = (bytes[at]! << 8) | bytes[at + 1]!;
    if (!(length >= 2 && at + length <= bytes.length)) throw unreadable();
    const payload = bytes.subarray(at + 2, at + length);
    at += length;
    if (marker !== MARKER.SOS) segments.push({ marker, payload });
    else {
      const { scan, end } = scanFrom(bytes, at);
      segments.push({ marker, payload, scan });
      at = end;
    }
  }
  return segments;
}

/** What cannot be read as JPEG. */
export function unreadable(): MaskingError {
  return new MaskingError("IMAGE_UNREADABLE");
}

function scanFrom(bytes: Uint8Array, start: number): { scan: Uint8Array[]; end: number } {
  const scan: Uint8Array[] = [];
  let from = start;
  for (let at = start; ; ) {
    const mark = bytes.indexOf(0xff, at);
    const next = mark < 0 ? undefined : bytes[mark + 1];
    if (next === undefined) {
      scan.push(unstuffed(bytes.subarray(from, mark < 0 ? bytes.length : mark)));
      return { scan, end: bytes.length };
    }
    at = mark + 2;
    if (next === 0) continue;
    if (next === 0xff) {
      at = mark + 1;
      continue;
    }
    scan.push(unstuffed(bytes.subarray(from, mark)));
    if (next < 0xd0 || next > 0xd7) return { scan, end: mark };
    from = at;
  }
}

function unstuffed(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  let from = 0;
  for (let mark = bytes.indexOf(0xff); mark >= 0; mark = bytes.indexOf(0xff, from)) {
    out.set(bytes.subarray(from, mark + 1), length);
    length += mark + 1 - from;
    from = mark + 1;
    if (bytes[from] === 0) from++;
    else while (bytes[from] === 0xff) from++;
  }
  out.set(bytes.subarray(from), length);
  return out.subarray(0, length + bytes.length - from);
}
