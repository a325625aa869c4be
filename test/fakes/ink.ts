/** Words painted so that a reader of a few lines reads them without a mistake: eight dots a letter, two pixels a dot. */
import sharp from "sharp";
import type { Raster, TextReader, Word } from "../../src/image-types.ts";

const DOT = 2;
const [START, STOP] = [0b10100110, 0b01011001];
const HEIGHT = 8 * DOT;

export interface Painted {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** A white picture of RGB with such words. */
export function painted(words: readonly Painted[], width = 240, height = 80): Raster {
  const data = new Uint8Array(width * height * 3).fill(255);
  for (const { text, x, y } of words) {
    const columns = [START, ...Buffer.from(text, "latin1"), STOP];
    for (const [i, bits] of columns.entries()) {
      for (let bit = 0; bit < 8; bit++) {
        if ((bits >> bit) & 1) dot(data, width, x + i * DOT, y + bit * DOT);
      }
    }
  }
  return { width, height, channels: 3, data };
}

/** The same as a PNG. */
export async function paintedPng(...words: readonly Painted[]): Promise<Buffer> {
  const { data, width, height } = painted(words);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

function dot(data: Uint8Array, width: number, x: number, y: number): void {
  for (let row = y; row < y + DOT; row++) data.fill(0, (row * width + x) * 3, (row * width + x + DOT) * 3);
}

/** Reads them, wherever they stand. `seen` counts the rasters that it was given. */
export function inkReader(): TextReader & { readonly seen: { count: number }; words: typeof wordsIn } {
  const seen = { count: 0 };
  return {
    name: "ink",
    version: "1",
    seen,
    words: wordsIn,
    async read(image) {
      seen.count += 1;
      return wordsIn(image);
    },
  };
}

function wordsIn(image: Raster): readonly Word[] {
  const words: Word[] = [];
  const column = (x: number, y: number): number => {
    let bits = 0;
    for (let bit = 0; bit < 8; bit++) {
      if (x < image.width && image.data[((y + bit * DOT) * image.width + x) * image.channels]! < 128) bits |= 1 << bit;
    }
    return bits;
  };
  for (let y = 0; y + HEIGHT <= image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      if (column(x, y) !== START || column(x + 1, y) !== START || (y > 0 && column(x, y - 1) === START)) continue;
      let end = x + DOT;
      let text = "";
      for (let bits = column(end, y); bits !== STOP && bits >= 32 && end < image.width; bits = column(end, y)) {
        text += String.fromCharCode(bits);
        end += DOT;
      }
      if (text === "" || column(end, y) !== STOP) continue;
      const [left, right, bottom] = [x, end + DOT, y + HEIGHT];
      const polygon = [
        { x: left, y },
        { x: right, y },
        { x: right, y: bottom },
        { x: left, y: bottom },
      ];
      words.push({ text, polygon, score: 1, line: y });
    }
  }
  return words;
}
