import sharp, { type Sharp } from "sharp";
import { newTally } from "../../src/report.ts";
import type { RunContext } from "../../src/types.ts";
import type { Samples } from "../../transforms/images/samples.ts";
import { type TiffPage, writeTiff } from "../../transforms/images/tiff/write.ts";
import { picture, pixels } from "./pixels.ts";

/** A run that nobody watches. */
export function quietRun(): RunContext {
  return { tally: newTally(), signal: new AbortController().signal };
}

const [WIDTH, HEIGHT] = [96, 64];

/** Samples of 16 bits that use the whole range. */
export function wideSamples(channels: Samples["channels"]): Samples {
  const data = Uint16Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => (i * 2654435761) >>> 16);
  return { width: WIDTH, height: HEIGHT, channels, data };
}

/** A TIFF of such pages. */
export async function tiffOf(...pages: readonly TiffPage[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  async function* each() {
    yield* pages;
  }
  for await (const part of writeTiff(each(), pages.length)) parts.push(part);
  return Buffer.concat(parts);
}

/** Frames of few colours, below each other. */
export function moving(frames: number): Sharp {
  const data = Buffer.concat(
    Array.from({ length: frames }, (_, i) =>
      pixels(WIDTH, HEIGHT, 4).map((v, at) => (at % 4 === 3 ? 255 : (v + i * 9) & 0xc0)),
    ),
  );
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT * frames, channels: 4, pageHeight: HEIGHT } });
}

/** Pictures by name, made by libvips or, where it cannot, by a writer that is checked elsewhere. */
export const made = {
  grey: (): Sharp => picture(WIDTH, HEIGHT, 1),
  rgb: (): Sharp => picture(WIDTH, HEIGHT, 3),
  rgba: (): Sharp => picture(WIDTH, HEIGHT, 4),
  palette: async (): Promise<Buffer> => picture(WIDTH, HEIGHT, 3).png({ palette: true, colours: 40 }).toBuffer(),
} as const;
