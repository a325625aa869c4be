import type { Page, Raster } from "../../../../src/image-types.ts";
import type { Attributes } from "../attributes.ts";
import type { Palette } from "./palette.ts";
import { type Samples, storedValue } from "./samples.ts";

/** What of the header says how samples are shown. */
export interface Look {
  readonly palette: Palette | undefined;
  /** Centre and width of the window in stored values, where the header has one. */
  readonly window: readonly [low: number, high: number] | undefined;
}

/** The header's first window, in stored values: Rescale Slope and Intercept are taken back. */
export function lookOf(header: Attributes, palette: Palette | undefined): Look {
  const [centre] = header.numbers(0x00281050);
  const [width] = header.numbers(0x00281051);
  const slope = header.number(0x00281053, 1) || 1;
  const intercept = header.number(0x00281052, 0);
  if (!Number.isFinite(centre) || !(width! > 1)) return { palette, window: undefined };
  const ends = [centre! - width! / 2, centre! + width! / 2].map((value) => (value - intercept) / slope);
  return { palette, window: [Math.min(...ends), Math.max(...ends)] };
}

/**
 * A frame as readers of text see it, 8 bits. Grey values are seen over their whole range, which hides nothing, and
 * through the header's window and over the range of most values where these are narrower: faint text shows there.
 */
export function pageOfSamples(samples: Samples, look: Look): Page {
  const { format } = samples;
  if (format.samples === 3) return coloured(samples);
  if (format.photometric === "PALETTE COLOR" && look.palette) return painted(samples, look.palette);
  const { whole, most } = rangesOf(samples);
  const span = whole[1] - whole[0];
  const narrow = [most, ...(look.window ? [look.window] : [])].filter(([low, high]) => high - low < span * 0.7);
  const [page, ...views] = [whole, ...distinct(narrow)].map((range) => windowed(samples, range));
  return { ...page!, ...(views.length > 0 && { views }) };
}

type Range = readonly [number, number];

/** Windows that differ enough to show other things. */
function distinct([first, second]: readonly Range[]): readonly Range[] {
  if (!first) return [];
  if (!second) return [first];
  const apart = Math.abs(first[0] - second[0]) + Math.abs(first[1] - second[1]);
  return apart < (first[1] - first[0]) * 0.3 ? [first] : [first, second];
}

interface Ranges {
  readonly whole: Range;
  /** Without the darkest and the lightest two hundredth. */
  readonly most: Range;
}
const SHARE = 0.005;

function rangesOf(samples: Samples): Ranges {
  return samples.format.bitsStored <= 16 ? countedRanges(samples) : sortedRanges(samples);
}

/** By how often each value occurs: far less work than to sort them, which takes longer than all else that a file takes. */
function countedRanges({ values, format }: Samples): Ranges {
  const counts = new Uint32Array(2 ** format.bitsStored);
  const lowest = format.signed ? -counts.length / 2 : 0;
  for (let i = 0; i < values.length; i++) {
    const at = storedValue(values[i]!, format) - lowest;
    counts[at] = counts[at]! + 1;
  }
  const after = (count: number): number => {
    let [value, passed] = [0, counts[0]!];
    while (passed <= count && value < counts.length - 1) passed += counts[++value]!;
    return value + lowest;
  };
  const last = values.length - 1;
  return {
    whole: [after(0), after(last)],
    most: [after(Math.floor(SHARE * last)), after(Math.floor((1 - SHARE) * last))],
  };
}

function sortedRanges({ values, format }: Samples): Ranges {
  const kept = Float64Array.from(values, (value) => storedValue(value, format)).sort();
  const at = (share: number): number => kept[Math.floor(share * (kept.length - 1))]!;
  return { whole: [at(0), at(1)], most: [at(SHARE), at(1 - SHARE)] };
}

function windowed({ values, format }: Samples, [low, high]: Range): Raster {
  const data = new Uint8Array(values.length);
  const scale = 255 / Math.max(1e-9, high - low);
  const inverse = format.photometric === "MONOCHROME1";
  for (let i = 0; i < values.length; i++) {
    const shown = (storedValue(values[i]!, format) - low) * scale;
    const grey = shown < 0 ? 0 : Math.min(shown, 255);
    data[i] = inverse ? 255 - grey : grey;
  }
  return { width: format.columns, height: format.rows, channels: 1, data };
}

function painted({ values, format }: Samples, { first, colours }: Palette): Raster {
  const data = new Uint8Array(values.length * 3);
  const last = colours.length / 3 - 1;
  for (let i = 0; i < values.length; i++) {
    const entry = Math.max(0, Math.min(last, storedValue(values[i]!, format) - first)) * 3;
    for (let c = 0; c < 3; c++) data[i * 3 + c] = colours[entry + c]!;
  }
  return { width: format.columns, height: format.rows, channels: 3, data };
}

function coloured({ values, format }: Samples): Raster {
  const data = new Uint8Array(values.length);
  const shift = 2 ** Math.max(0, format.bitsStored - 8);
  const isYbr = format.photometric === "YBR_FULL" || format.photometric === "YBR_FULL_422";
  for (let i = 0; i < values.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((at) => Math.floor((values[i + at] as number) / shift)) as [number, number, number];
    const rgb = isYbr ? rgbOf(a, b, c) : [a, b, c];
    for (let at = 0; at < 3; at++) data[i + at] = Math.max(0, Math.min(255, rgb[at]!));
  }
  return { width: format.columns, height: format.rows, channels: 3, data };
}

function rgbOf(y: number, cb: number, cr: number): readonly number[] {
  return [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)];
}
