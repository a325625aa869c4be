import { MaskingError } from "../../../../src/errors.ts";
import { checkSize, type ImageLimits } from "../../limits.ts";
import type { Attributes } from "../attributes.ts";

/** What colours the samples stand for (PS3.3, C.7.6.3.1.2). */
export type Photometric =
  | "MONOCHROME1"
  | "MONOCHROME2"
  | "PALETTE COLOR"
  | "RGB"
  | "YBR_FULL"
  | "YBR_FULL_422"
  | "YBR_ICT"
  | "YBR_RCT";

/** How the samples of a frame are stored. */
export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** Samples of a pixel. */
  readonly samples: 1 | 3;
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** True where a frame holds all red samples, then all green, then all blue ones. */
  readonly planar: boolean;
  readonly photometric: Photometric;
}

const KNOWN: ReadonlySet<string> = new Set<Photometric>([
  "MONOCHROME1",
  "MONOCHROME2",
  "PALETTE COLOR",
  "RGB",
  "YBR_FULL",
  "YBR_FULL_422",
  "YBR_ICT",
  "YBR_RCT",
]);

/**
 * The format of the pixels that the header describes. Throws IMAGE_UNSUPPORTED for one that is not read (other bits,
 * YBR_PARTIAL, samples whose bits do not start at the lowest), IMAGE_UNREADABLE, IMAGE_TOO_LARGE.
 */
export function pixelFormatOf(header: Attributes, limits: ImageLimits): PixelFormat {
  const rows = header.number(0x00280010, 0);
  const columns = header.number(0x00280011, 0);
  const frames = header.number(0x00280008, 1);
  if (!Number.isInteger(frames)) throw new MaskingError("IMAGE_UNREADABLE");
  checkSize(columns, rows, frames, limits);
  const samples = header.number(0x00280002, 1);
  const bitsAllocated = header.number(0x00280100, 8);
  const bitsStored = header.number(0x00280101, bitsAllocated);
  const photometric = header.texts(0x00280004)[0] ?? (samples === 1 ? "MONOCHROME2" : "RGB");
  const isColour = photometric === "RGB" || photometric.startsWith("YBR");
  const fits =
    KNOWN.has(photometric) &&
    samples === (isColour ? 3 : 1) &&
    (bitsAllocated === 1 || bitsAllocated === 8 || bitsAllocated === 16 || bitsAllocated === 32) &&
    bitsStored >= 1 &&
    bitsStored <= bitsAllocated &&
    header.number(0x00280102, bitsStored - 1) === bitsStored - 1 &&
    !(bitsAllocated === 1 && samples === 3);
  if (!fits) throw new MaskingError("IMAGE_UNSUPPORTED", { expected: "pixels of a kind that phimask reads" });
  return {
    rows,
    columns,
    frames,
    samples: samples as 1 | 3,
    bitsAllocated: bitsAllocated as 1 | 8 | 16 | 32,
    bitsStored,
    signed: header.number(0x00280103, 0) === 1,
    planar: samples === 3 && header.number(0x00280006, 0) === 1,
    photometric: photometric as Photometric,
  };
}

/** Bits of a frame that is not compressed. YBR_FULL_422 has two samples a pixel: its chroma is shared by two. */
export function frameBits({ rows, columns, samples, bitsAllocated, photometric }: PixelFormat): number {
  return rows * columns * (photometric === "YBR_FULL_422" ? 2 : samples) * bitsAllocated;
}
