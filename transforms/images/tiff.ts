import type { Metadata } from "sharp";
import { MaskingError } from "../../src/errors.ts";
import type { Box, ImageFormat, Redaction } from "../../src/image-types.ts";
import { clean, readExif, readRuns, readXmp } from "./exif.ts";
import { checkSize, type ImageLimits } from "./limits.ts";
import { fillSamples, fillValues, pageOf, type Samples, turned } from "./samples.ts";
import { openSharp, reading } from "./sharp.ts";
import { type TiffPage, writeTiff } from "./tiff/write.ts";

/** Byte orders of TIFF and BigTIFF. */
const HEADS = ["II*\0", "MM\0*", "II+\0", "MM\0+"];

/**
 * TIFF: every page, grey and RGB of 1, 8 and 16 bits with and without alpha, whatever its compression; CMYK and palettes
 * come out as RGB. Written anew without loss by a writer that knows no tag but those of the pixels and their density:
 * private tags, sub-pictures and EXIF stay behind.
 */
export function tiffFormat(limits: ImageLimits): ImageFormat {
  return {
    name: "tiff",
    suffix: ".tif",
    headBytes: 4,
    matches: (head) => HEADS.includes(Buffer.from(head.subarray(0, 4)).toString("latin1")),
    async open(bytes) {
      const first = await describe(bytes, 0);
      const count = first.pages ?? 1;
      checkSize(first.width, first.height, count, limits);
      const texts = [
        first.xmp ? readXmp(first.xmp) : [],
        first.iptc ? readRuns(first.iptc) : [],
        readExif(bytes).texts,
      ];
      return {
        carried: clean(texts.flat()),
        async *pages() {
          for (let number = 0; number < count; number++) yield pageOf(await readPage(bytes, number, limits));
        },
        redact: (how: Redaction) => writeTiff(filledPages(bytes, count, limits, how), count),
      };
    },
  };
}

async function* filledPages(
  bytes: Uint8Array,
  count: number,
  limits: ImageLimits,
  { boxes, fill }: Redaction,
): AsyncGenerator<TiffPage, void, undefined> {
  for (let number = 0; number < count; number++) {
    const page = await readPage(bytes, number, limits);
    fillPage(page, boxes[number] ?? [], fill);
    yield page;
  }
}

function fillPage(page: TiffPage, boxes: readonly Box[], fill: Redaction["fill"]): void {
  const values = fillValues(page, fill);
  fillSamples(page, boxes, page.bilevel ? values.map((value) => (value < 128 ? 0 : 255)) : values);
}

async function describe(bytes: Uint8Array, page: number): Promise<Metadata> {
  return reading((await openSharp(bytes, { page })).metadata());
}

async function readPage(bytes: Uint8Array, number: number, limits: ImageLimits): Promise<TiffPage> {
  const { width, height, space, depth, bitsPerSample, density, orientation } = await describe(bytes, number);
  checkSize(width, height, 1, limits);
  if (depth !== "uchar" && depth !== "ushort") throw new MaskingError("IMAGE_UNSUPPORTED");
  const wide = depth === "ushort";
  const grey = space === "b-w" || space === "grey16";
  if (!grey && !["srgb", "rgb", "rgb16", "cmyk"].includes(space)) throw new MaskingError("IMAGE_UNSUPPORTED");
  const colours = grey ? (wide ? "grey16" : "b-w") : wide ? "rgb16" : "srgb";
  const { data, info } = await reading(
    (await openSharp(bytes, { page: number }))
      .toColourspace(colours)
      .raw({ depth })
      .toBuffer({ resolveWithObject: true }),
  );
  const samples = turned(samplesOf(data, info, wide), orientation ?? 1);
  const bilevel =
    bitsPerSample === 1 && samples.channels === 1 && samples.data.every((value) => value === 0 || value === 255);
  return { ...samples, bilevel, ...(density !== undefined && { density }) };
}

function samplesOf(bytes: Buffer, info: { width: number; height: number; channels: number }, wide: boolean): Samples {
  const { width, height, channels } = info;
  if (channels > 4) throw new MaskingError("IMAGE_UNSUPPORTED");
  // A copy of its own: the words of 16 bits must lie at an even place.
  const data = wide ? new Uint16Array(new Uint8Array(bytes).buffer) : new Uint8Array(bytes);
  return { width, height, channels: channels as Samples["channels"], data };
}
