import type { Box } from "../../../src/image-types.ts";
import { decodeJpeg } from "./decode.ts";
import { encodeJpeg } from "./encode.ts";
import type { Frame, FrameLimit } from "./frame.ts";

export interface BlankOptions {
  /** Red, green, blue, 0 to 255; of a grey picture its lightness is taken. */
  readonly fill: readonly [number, number, number];
  /**
   * What three components mean, where the file itself does not decide it (DICOM: its Photometric Interpretation).
   * Where left out: as Adobe's marker says, RGB for components named R, G, B, else YCbCr, as libjpeg does.
   */
  readonly colour?: "rgb" | "ycbcr";
  /** Pixels that a picture may have; 2^28 where left out. */
  readonly limit?: FrameLimit;
}

const DEFAULT_LIMIT: FrameLimit = { pixels: 2 ** 28 };

/**
 * The picture with every unit that a box touches in one colour, and nothing of the file but pixels: no EXIF, XMP,
 * comments, thumbnails, nothing after the end marker. Units (8 or 16 pixels wide and high) that no box touches keep
 * their coefficients, so every decoder shows the same for them. Baseline, extended (8 and 12 bit) and progressive
 * Huffman files; the answer is sequential. Throws IMAGE_UNREADABLE, IMAGE_UNSUPPORTED, IMAGE_TOO_LARGE.
 */
export function blankJpeg(bytes: Uint8Array, boxes: readonly Box[], options: BlankOptions): Uint8Array {
  const frame = decodeJpeg(bytes, options.limit ?? DEFAULT_LIMIT);
  blankFrame(frame, boxes, options);
  return encodeJpeg(frame);
}

/** Overwrites the coefficients of the units that the boxes touch; boxes are in pixels of the frame as it is stored. */
export function blankFrame(frame: Frame, boxes: readonly Box[], options: Pick<BlankOptions, "fill" | "colour">): void {
  const { width, height, hMax, vMax } = frame;
  const levels = levelsOf(frame, options);
  for (const box of boxes) {
    const [x, y] = [Math.max(0, box.x), Math.max(0, box.y)];
    const [endX, endY] = [Math.min(width, box.x + box.width), Math.min(height, box.y + box.height)];
    if (!(x < endX && y < endY)) continue;
    const [left, top] = [Math.floor(x / (8 * hMax)), Math.floor(y / (8 * vMax))];
    const [right, bottom] = [Math.ceil(endX / (8 * hMax)), Math.ceil(endY / (8 * vMax))];
    for (const [i, { h, v, columns, blocks }] of frame.components.entries()) {
      for (let row = top * v; row < bottom * v; row++) {
        const from = (row * columns + left * h) * 64;
        const to = (row * columns + right * h) * 64;
        blocks.fill(0, from, to);
        for (let at = from; at < to; at += 64) blocks[at] = levels[i]!;
      }
    }
  }
}

/** The quantised DC coefficient of a solid block, by component: eight times the level, by the table's first divisor. */
function levelsOf(frame: Frame, { fill, colour }: Pick<BlankOptions, "fill" | "colour">): number[] {
  const scale = 2 ** (frame.precision - 8);
  return samplesOf(frame, fill, colour).map((sample, i) => {
    const divisor = frame.tables.get(frame.components[i]!.table)![0]!;
    const level = Math.round(((sample - 128) * scale * 8) / divisor);
    return Math.max(-32768, Math.min(32767, level));
  });
}

/** The fill in the frame's own components, 0 to 255 each. YCbCr as JFIF has it; Adobe's CMYK is stored inverted. */
function samplesOf(
  { components, transform }: Frame,
  [r, g, b]: readonly [number, number, number],
  colour: BlankOptions["colour"],
): readonly number[] {
  const luma = 0.299 * r + 0.587 * g + 0.114 * b;
  const ycc = (red: number, green: number, blue: number) => {
    const y = 0.299 * red + 0.587 * green + 0.114 * blue;
    return [y, 128 + (blue - y) / 1.772, 128 + (red - y) / 1.402] as const;
  };
  if (components.length < 3) return components.map(() => luma);
  if (components.length === 3) {
    const named = String.fromCharCode(...components.map(({ id }) => id)) === "RGB";
    const told = transform !== undefined ? transform === 0 : named;
    return (colour ? colour === "rgb" : told) ? [r, g, b] : ycc(r, g, b);
  }
  // No black ink: the three colours make the fill. Without Adobe's marker four components are ink as it is.
  if (transform === undefined) return [255 - r, 255 - g, 255 - b, 0];
  return transform === 2 ? [...ycc(r, g, b), 255] : [r, g, b, 255];
}
