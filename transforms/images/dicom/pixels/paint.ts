import type { Box } from "../../../../src/image-types.ts";
import { nearestIn, type Palette } from "./palette.ts";
import { type Samples, storedValue } from "./samples.ts";

/** Red, green, blue, 0 to 255. */
export type Fill = readonly [number, number, number];

/**
 * Overwrites what the boxes touch, in place, with values that look like the fill: of grey ones the darkest or lightest
 * of the frame (or one between), so that no reader's window moves; of a palette the nearest colour.
 */
export function paint(samples: Samples, boxes: readonly Box[], fill: Fill, palette: Palette | undefined): void {
  const { format, values } = samples;
  const { rows, columns, samples: channels } = format;
  const colour = colourOf(samples, fill, palette);
  for (const { left, top, right, bottom } of boxes.map((box) =>
    wholePixels(box, columns, rows, format.photometric === "YBR_FULL_422"),
  )) {
    for (let row = top; row < bottom; row++) {
      for (let at = (row * columns + left) * channels; at < (row * columns + right) * channels; at++) {
        values[at] = colour[at % channels]!;
      }
    }
  }
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Every pixel that a box touches; in pairs where two share their chroma. */
export function wholePixels({ x, y, width, height }: Box, columns: number, rows: number, paired = false): Area {
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));
  const left = clamp(Math.floor(x), columns);
  const right = clamp(Math.ceil(x + width), columns);
  return {
    left: paired ? left - (left % 2) : left,
    right: paired ? clamp(right + (right % 2), columns) : right,
    top: clamp(Math.floor(y), rows),
    bottom: clamp(Math.ceil(y + height), rows),
  };
}

function colourOf(samples: Samples, [r, g, b]: Fill, palette: Palette | undefined): readonly number[] {
  const { format } = samples;
  const luma = 0.299 * r + 0.587 * g + 0.114 * b;
  if (format.samples === 3) {
    const scale = (2 ** format.bitsStored - 1) / 255;
    const isYbr = format.photometric === "YBR_FULL" || format.photometric === "YBR_FULL_422";
    const parts = isYbr ? [luma, 128 + (b - luma) * 0.564334, 128 + (r - luma) * 0.713267] : [r, g, b];
    return parts.map((part) => Math.max(0, Math.min(2 ** format.bitsStored - 1, Math.round(part * scale))));
  }
  if (format.photometric === "PALETTE COLOR" && palette) return [nearestIn(palette, [r, g, b])];
  const [low, high] = rangeOf(samples);
  const light = format.photometric === "MONOCHROME1" ? 1 - luma / 255 : luma / 255;
  return [Math.round(low + (high - low) * light)];
}

function rangeOf({ values, format }: Samples): readonly [number, number] {
  if (format.bitsAllocated === 1) return [0, 1];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = storedValue(values[i]!, format);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
