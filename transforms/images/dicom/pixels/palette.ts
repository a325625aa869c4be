import { MaskingError } from "../../../../src/errors.ts";
import type { Attributes } from "../attributes.ts";
import type { Element } from "../element.ts";
import type { DicomFile } from "../file.ts";
import { expandedSegments } from "./palette-segments.ts";

/** The colours of a palette, 8 bits a sample, and the value of the first of them. */
export interface Palette {
  readonly first: number;
  /** Red, green, blue, one after the other. */
  readonly colours: Uint8Array;
}

const CHANNELS = [1, 2, 3];

/** The palette that a header holds (PS3.3, C.7.9), also in segments. Throws IMAGE_UNREADABLE. */
export function paletteOf(file: DicomFile, header: Attributes): Palette {
  const [descriptor] = CHANNELS.map((channel) => header.numbers(0x00281100 + channel));
  const [count = 0, first = 0, bits = 16] = descriptor ?? [];
  const entries = count === 0 ? 65536 : count;
  const colours = new Uint8Array(entries * 3);
  for (const [c, channel] of CHANNELS.entries()) {
    const table = header.element(0x00281200 + channel);
    if (!table) {
      const segments = header.element(0x00281220 + channel);
      if (!segments) throw new MaskingError("IMAGE_UNREADABLE");
      const values = valuesOf(file, segments, bits > 8);
      for (const [i, entry] of expandedSegments(values, entries).entries()) {
        colours[i * 3 + c] = bits > 8 ? entry >> 8 : entry;
      }
      continue;
    }
    const bytes = file.data.subarray(table.from, table.to);
    // Tables of 8-bit entries are packed by some writers and widened to 16 bits by others.
    const wide = bytes.length >= entries * 2;
    if (!wide && bytes.length < entries) throw new MaskingError("IMAGE_UNREADABLE");
    const high = wide && bits > 8;
    for (let i = 0; i < entries; i++) {
      const at = file.syntax.encoding.little === high ? i * 2 + 1 : i * 2;
      colours[i * 3 + c] = wide ? bytes[at]! : bytes[i]!;
    }
  }
  return { first, colours };
}

function valuesOf({ data, syntax }: DicomFile, { from, to }: Element, wide: boolean): Uint8Array | Uint16Array {
  const bytes = Buffer.from(data.subarray(from, to - ((to - from) % 2)));
  if (!syntax.encoding.little) bytes.swap16();
  if (!wide) return bytes;
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16LE(i * 2));
}

/** The palette's value whose colour is nearest to one of 8 bits a sample. */
export function nearestIn({ first, colours }: Palette, [r, g, b]: readonly [number, number, number]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i * 3 < colours.length; i++) {
    const distance = (colours[i * 3]! - r) ** 2 + (colours[i * 3 + 1]! - g) ** 2 + (colours[i * 3 + 2]! - b) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return first + best;
}
