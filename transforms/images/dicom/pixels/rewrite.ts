import type { Box } from "../../../../src/image-types.ts";
import { blankJpeg } from "../../jpeg/blank.ts";
import type { DicomFile } from "../file.ts";
import { type Chunk, newValue, type Written } from "../writer.ts";
import { type FrameCodec, isLossyJpeg } from "./codec.ts";
import { frameBits, type PixelFormat } from "./format.ts";
import { encapsulated, extendedTables, type FrameFragments, joinedFrame } from "./frames.ts";
import { isSwapped, type Pixels } from "./open.ts";
import { type Fill, paint } from "./paint.ts";
import { bytesOfSamples, type Samples } from "./samples.ts";
import { withoutComments } from "./streams.ts";

/** What of each frame is covered, and with which colour. */
export interface Covering {
  readonly boxes: readonly (readonly Box[])[];
  readonly fill: Fill;
}

/**
 * The elements that take the place of pixel data and of what describes its encoding; none where nothing changes. A frame
 * without boxes keeps its bytes, but for comments in its stream. Lossless frames are encoded again in the same syntax
 * and read back; lossy JPEG 2000, HTJ2K and JPEG-LS ones too, without further loss. In lossy JPEG the touched blocks alone
 * change. Throws IMAGE_UNSUPPORTED where a frame that must change cannot be encoded as it was.
 */
export async function rewritePixels(
  file: DicomFile,
  pixels: Pixels,
  covering: Covering,
  codec: FrameCodec,
): Promise<readonly Written[]> {
  const { element } = pixels;
  if (pixels.native) {
    const parts = nativeParts(file, pixels, pixels.native, covering);
    return parts ? [{ ...shapeOf(pixels), undefinedLength: false, parts }] : [];
  }
  const frames: FrameFragments[] = [];
  let changed = false;
  for (const [i, fragments] of pixels.compressed!.entries()) {
    const frame = await compressedFrame(file, pixels, i, fragments, covering, codec);
    changed ||= frame !== fragments;
    frames.push(frame);
  }
  if (!changed) return [];
  const hadTable = element.fragments![0]!.to > element.fragments![0]!.from;
  const fragments = encapsulated(frames, hadTable);
  return [{ ...shapeOf(pixels), undefinedLength: true, fragments }, ...tablesOf(pixels, frames)];
}

function shapeOf({ element: { tag, vr, encoding } }: Pixels): Pick<Pixels["element"], "tag" | "vr" | "encoding"> {
  return { tag, vr, encoding };
}

/** The extended offset table and lengths, where the file has them. */
function tablesOf({ header }: Pixels, frames: readonly FrameFragments[]): readonly Written[] {
  const [offsets, lengths] = [header.element(0x7fe00001), header.element(0x7fe00002)];
  if (!offsets || !lengths) return [];
  const [newOffsets, newLengths] = extendedTables(frames);
  return [
    newValue(offsets.tag, "OV", offsets.encoding, newOffsets),
    newValue(lengths.tag, "OV", lengths.encoding, newLengths),
  ];
}

async function compressedFrame(
  file: DicomFile,
  pixels: Pixels,
  index: number,
  fragments: FrameFragments,
  { boxes, fill }: Covering,
  codec: FrameCodec,
): Promise<FrameFragments> {
  const { compression, uid } = file.syntax;
  const mine = boxes[index] ?? [];
  if (mine.length === 0 && !pixels.unclean.has(index)) return withoutComments(fragments, compression);
  const { photometric } = pixels.format;
  if (isLossyJpeg(compression)) {
    const colour = photometric === "RGB" ? "rgb" : "ycbcr";
    return [blankJpeg(joinedFrame(fragments), mine, { fill: shownAs(fill, pixels.format), colour })];
  }
  const samples = await painted(pixels, index, { boxes, fill });
  const mct = photometric === "YBR_RCT" || photometric === "YBR_ICT";
  return withoutComments([await codec.encode(samples, compression, { rpcl: uid.endsWith(".202"), mct })], compression);
}

/** JPEG knows no MONOCHROME1: there white is what looks black. */
function shownAs(fill: Fill, { photometric }: PixelFormat): Fill {
  return photometric === "MONOCHROME1" ? [255 - fill[0], 255 - fill[1], 255 - fill[2]] : fill;
}

/** All frames in order, those that change made when they are written; undefined where all bytes stay. */
function nativeParts(
  file: DicomFile,
  pixels: Pixels,
  native: Uint8Array,
  covering: Covering,
): readonly Chunk[] | undefined {
  const { element, format } = pixels;
  const padding = native.length % 2 === 0 ? [] : [new Uint8Array(1)];
  const hasTail = element.to - element.from > native.length + padding.length;
  const { boxes } = covering;
  const stays = (i: number): boolean => !boxes[i]?.length && !pixels.unclean.has(i);
  if (!hasTail && boxes.every((_, i) => stays(i))) return undefined;
  const size = frameBits(format) / 8;
  const little = file.syntax.encoding.little;
  if (format.bitsAllocated === 1 || isSwapped(file.syntax, element.vr, format)) {
    return [{ length: native.length + padding.length, bytes: () => paintedWhole(file, pixels, native, covering) }];
  }
  const frames = Array.from({ length: format.frames }, (_, i): Chunk => {
    const bytes = native.subarray(i * size, (i + 1) * size);
    if (stays(i)) return bytes;
    return { length: size, bytes: async () => bytesOfSamples(await painted(pixels, i, covering), little) };
  });
  return [...frames, ...padding];
}

async function painted(pixels: Pixels, index: number, { boxes, fill }: Covering): Promise<Samples> {
  const samples = await pixels.frame(index);
  paint(samples, boxes[index] ?? [], fill, pixels.palette);
  return samples;
}

/** Single bits, whose frames may share bytes, or whose bytes stand in words the other way round: rare, and done in one piece. */
async function paintedWhole(
  file: DicomFile,
  pixels: Pixels,
  native: Uint8Array,
  covering: Covering,
): Promise<Uint8Array> {
  const { element, format } = pixels;
  const whole = Buffer.alloc(native.length + (native.length % 2));
  whole.set(native);
  const bits = frameBits(format);
  for (let i = 0; i < format.frames; i++) {
    if (!covering.boxes[i]?.length && !pixels.unclean.has(i)) continue;
    const samples = await painted(pixels, i, covering);
    if (format.bitsAllocated === 1) setBits(whole, bits * i, samples.values);
    else whole.set(bytesOfSamples(samples, file.syntax.encoding.little), (bits * i) / 8);
  }
  return isSwapped(file.syntax, element.vr, format) ? whole.swap16() : whole;
}

function setBits(bytes: Uint8Array, from: number, values: Samples["values"]): void {
  for (let i = 0; i < values.length; i++) {
    const [at, bit] = [(from + i) >> 3, 1 << ((from + i) & 7)];
    bytes[at] = values[i] ? bytes[at]! | bit : bytes[at]! & ~bit;
  }
}
