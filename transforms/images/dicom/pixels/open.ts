import { MaskingError } from "../../../../src/errors.ts";
import type { ImageLimits } from "../../limits.ts";
import { type Attributes, attributesOf } from "../attributes.ts";
import { type Element, PIXEL_DATA } from "../element.ts";
import type { DicomFile } from "../file.ts";
import type { Syntax } from "../syntax.ts";
import type { FrameCodec } from "./codec.ts";
import { frameBits, type PixelFormat, pixelFormatOf } from "./format.ts";
import { type FrameFragments, fragmentsByFrame, joinedFrame } from "./frames.ts";
import { type Palette, paletteOf } from "./palette.ts";
import { clearUnused, type Samples, samplesOf } from "./samples.ts";

/** The pixel data of a file, frame by frame; one frame at a time is decoded. */
export interface Pixels {
  readonly element: Element;
  readonly format: PixelFormat;
  readonly palette: Palette | undefined;
  readonly header: Attributes;
  /** All frames, where the pixel data is not compressed. */
  readonly native: Uint8Array | undefined;
  /** By frame, where the pixel data is compressed. */
  readonly compressed: readonly FrameFragments[] | undefined;
  /** A frame's samples, without what stands in unused bits; a copy that may be written to. Throws IMAGE_UNREADABLE. */
  frame(index: number): Promise<Samples>;
  /** Frames asked for so far in whose unused bits something stood. */
  readonly unclean: ReadonlySet<number>;
}

/**
 * The pixels of a file; undefined where it has none. Throws IMAGE_UNREADABLE where frames and header disagree,
 * IMAGE_UNSUPPORTED for pixels of another kind (floating point, video), IMAGE_TOO_LARGE.
 */
export function openPixels(file: DicomFile, limits: ImageLimits, codec: FrameCodec): Pixels | undefined {
  const header = attributesOf(file);
  if (header.element(0x7fe00008) || header.element(0x7fe00009) || header.element(0x00287fe0)) {
    throw new MaskingError("IMAGE_UNSUPPORTED", { expected: "pixels of whole numbers within the file" });
  }
  const element = header.element(PIXEL_DATA);
  if (!element || element.from === element.to) return undefined;
  const format = pixelFormatOf(header, limits);
  const palette = format.photometric === "PALETTE COLOR" ? paletteOf(file, header) : undefined;
  const unclean = new Set<number>();
  const shared = { element, format, palette, header, unclean };
  const cleared = (samples: Samples, index: number): Samples => {
    if (clearUnused(samples)) unclean.add(index);
    return samples;
  };
  const { compression, encoding } = file.syntax;
  if (compression === "none") {
    if (element.fragments) throw new MaskingError("IMAGE_UNREADABLE");
    const native = nativeBytes(file, element, format);
    const frame = async (i: number): Promise<Samples> => cleared(nativeFrame(native, format, i, encoding.little), i);
    return { ...shared, compressed: undefined, native, frame };
  }
  if (!element.fragments) throw new MaskingError("IMAGE_UNREADABLE");
  const compressed = fragmentsByFrame(file, element, header, format.frames);
  const frame = async (i: number): Promise<Samples> => {
    if (compressed[i]!.length === 0) throw new MaskingError("IMAGE_UNREADABLE");
    return cleared(await codec.decode(joinedFrame(compressed[i]!), compression, format), i);
  };
  return { ...shared, compressed, native: undefined, frame };
}

/**
 * The samples of all frames, byte by byte. What follows them is left out: samples that the header does not account for
 * are pixels that nobody has looked at.
 */
function nativeBytes({ data, syntax }: DicomFile, { from, to, vr }: Element, format: PixelFormat): Uint8Array {
  const needed = Math.ceil((frameBits(format) * format.frames) / 8);
  if (to - from < needed) throw new MaskingError("IMAGE_UNREADABLE");
  if (!isSwapped(syntax, vr, format)) return data.subarray(from, from + needed);
  return Buffer.from(data.subarray(from, from + needed + (needed % 2)))
    .swap16()
    .subarray(0, needed);
}

/** Bytes written as words of 16 bits, which a big-endian file turns round (PS3.5, 8.1.1 and annex D). */
export function isSwapped({ encoding }: Syntax, vr: string, { bitsAllocated }: PixelFormat): boolean {
  return !encoding.little && vr === "OW" && bitsAllocated <= 8;
}

function nativeFrame(native: Uint8Array, format: PixelFormat, index: number, little: boolean): Samples {
  const bits = frameBits(format);
  const first = bits * index;
  return samplesOf(native.subarray(first >> 3, Math.ceil((first + bits) / 8)), format, little, first & 7);
}
