import type { ImageFormat, Redaction } from "../../src/image-types.ts";
import { once } from "../../src/stream.ts";
import { clean, readExif } from "./exif.ts";
import type { ImageLimits } from "./limits.ts";
import { type Chunk, chunksOf, SIGNATURE } from "./png/chunks.ts";
import { type Picture, readPicture, samplesOf, writePicture } from "./png/picture.ts";
import { readTexts } from "./png/texts.ts";
import { fillSamples, pageOf, turned } from "./samples.ts";

/**
 * PNG: grey, RGB, palette, with and without alpha, 1 to 16 bits, which all stay as they are; interlaced ones come out in
 * one pass. Pixels that no box touches keep their values, also those that are clear. Of the chunks only those that show
 * the picture are written again. Where text shows once transparency is left aside, it is covered too.
 */
export function pngFormat(limits: ImageLimits): ImageFormat {
  return {
    name: "png",
    suffix: ".png",
    headBytes: 8,
    matches: (head) => SIGNATURE.every((byte, i) => head[i] === byte),
    async open(bytes) {
      const stored = await readPicture(bytes, limits);
      const chunks = chunksOf(bytes);
      const { orientation, texts } = exifOf(chunks);
      const picture = upright(stored, orientation);
      return {
        carried: clean([...texts, ...(await readTexts(chunks))]),
        async *pages() {
          yield pageOf(samplesOf(picture));
        },
        async *redact(how: Redaction) {
          yield* once(await writePicture(filled(picture, how)));
        },
      };
    },
  };
}

function upright(picture: Picture, orientation: number): Picture {
  const { width, height, data } = turned(picture as Parameters<typeof turned>[0], orientation);
  return { ...picture, width, height, data };
}

function exifOf(chunks: readonly Chunk[]): { orientation: number; texts: readonly string[] } {
  const exif = chunks.find(({ type }) => type === "eXIf");
  return exif ? readExif(exif.data) : { orientation: 1, texts: [] };
}

function filled(picture: Picture, { boxes, fill }: Redaction): Picture {
  const own = boxes[0] ?? [];
  if (own.length === 0) return picture;
  const { colour, depth } = picture;
  const [{ palette, clear }, index] = colour === 3 ? withColour(picture, fill) : [picture, 0];
  const [r, g, b] = fill;
  const grey = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
  const most = (1 << depth) - 1;
  const whole = (colour & 2 ? [r, g, b, 255] : [grey, 255]).map((value) => Math.round((value / 255) * most));
  const data = picture.data.slice();
  fillSamples({ ...(picture as Parameters<typeof fillSamples>[0]), data }, own, colour === 3 ? [index] : whole);
  return { ...picture, palette, clear, data };
}

/** The palette with the colour in it, opaque, and its index: a place of its own, one that no pixel uses, or the nearest. */
function withColour(
  { palette, clear, data, depth }: Picture,
  fill: readonly number[],
): [Pick<Picture, "palette" | "clear">, number] {
  const used = new Set<number>(data);
  const count = palette.length / 3;
  const free = Array.from({ length: 1 << depth }, (_, i) => i).find((i) => !used.has(i));
  if (free === undefined) {
    const far = (i: number) =>
      fill.reduce((sum, value, c) => sum + Math.abs(value - palette[i * 3 + c]!), clear[i] === 0 ? 765 : 0);
    const nearest = [...used].reduce((best, i) => (far(i) < far(best) ? i : best));
    return [{ palette, clear }, nearest];
  }
  const room = Math.max(count, free + 1);
  const colours = new Uint8Array(room * 3);
  colours.set(palette);
  colours.set(fill, free * 3);
  const alphas = new Uint8Array(clear.length === 0 ? 0 : room).fill(255);
  alphas.set(clear);
  if (clear.length > 0) alphas[free] = 255;
  return [{ palette: colours, clear: alphas }, free];
}
