import { MaskingError } from "../../../src/errors.ts";
import type { Box, Raster } from "../../../src/image-types.ts";
import { type Attributes, attributesOf } from "./attributes.ts";
import type { Element } from "./element.ts";
import type { DicomFile } from "./file.ts";
import { wholePixels } from "./pixels/paint.ts";
import { isOverlay } from "./profile.ts";
import { type Written, withValue } from "./writer.ts";

/** A plane of graphics over an image, a bit a pixel (PS3.3, C.9.2). */
export interface Overlay {
  readonly element: Element;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** Bits from the lowest of each byte, frame after frame; a copy where the file turns words round. */
  readonly bits: Uint8Array;
  readonly swapped: boolean;
}

/** True for Overlay Data of any plane. */
export function isPlane(tag: number): boolean {
  return isOverlay(tag) && (tag & 0xffff) === 0x3000;
}

/**
 * The overlay planes of a file; retired ones that stand in unused bits of the pixels are none, and are taken out of them.
 * Throws IMAGE_UNREADABLE where a plane is shorter than it says.
 */
export function overlaysOf(file: DicomFile): readonly Overlay[] {
  const header = attributesOf(file);
  return file.elements.filter(({ tag }) => isPlane(tag)).map((element) => overlayOf(file, header, element));
}

function overlayOf({ data, syntax }: DicomFile, header: Attributes, element: Element): Overlay {
  const group = element.tag - 0x3000;
  const rows = header.number(group + 0x0010, 0);
  const columns = header.number(group + 0x0011, 0);
  const frames = header.number(group + 0x0015, 1);
  const { from, to, vr } = element;
  if (!(rows > 0 && columns > 0 && frames > 0) || (to - from) * 8 < rows * columns * frames) {
    throw new MaskingError("IMAGE_UNREADABLE");
  }
  const swapped = !syntax.encoding.little && vr === "OW" && (to - from) % 2 === 0;
  const bytes = data.subarray(from, to);
  return { element, rows, columns, frames, swapped, bits: swapped ? Buffer.from(bytes).swap16() : bytes };
}

/** A frame of the plane, white on black. */
export function overlayPage({ rows, columns, bits }: Overlay, frame: number): Raster {
  const data = new Uint8Array(rows * columns);
  const from = rows * columns * frame;
  for (let i = 0; i < data.length; i++) data[i] = (bits[(from + i) >> 3]! >> ((from + i) & 7)) & 1 ? 255 : 0;
  return { width: columns, height: rows, channels: 1, data };
}

/** The plane without what the boxes touch, one list a frame; and without bits behind its last. Undefined where all stays. */
export function clearedOverlay(overlay: Overlay, boxes: readonly (readonly Box[])[]): Written | undefined {
  const { element, rows, columns, frames, bits, swapped } = overlay;
  if (boxes.every((list) => list.length === 0)) return undefined;
  const cleared = Buffer.from(bits);
  for (let frame = 0; frame < frames; frame++) {
    for (const box of boxes[frame] ?? []) {
      const { left, right, top, bottom } = wholePixels(box, columns, rows);
      for (let row = top; row < bottom; row++) {
        for (let at = (frame * rows + row) * columns + left; at < (frame * rows + row) * columns + right; at++) {
          cleared[at >> 3] = cleared[at >> 3]! & ~(1 << (at & 7));
        }
      }
    }
  }
  return withValue(element, swapped ? cleared.swap16() : cleared);
}
