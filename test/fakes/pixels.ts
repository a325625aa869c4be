import sharp, { type Sharp } from "sharp";

/** Pixels that differ everywhere, smooth enough for lossy codecs: 8 bits a sample. */
export function pixels(width: number, height: number, channels: 1 | 3 | 4): Buffer {
  const data = Buffer.alloc(width * height * channels);
  for (let i = 0; i < data.length; i++) {
    const at = Math.floor(i / channels);
    const [x, y] = [at % width, Math.floor(at / width)];
    data[i] = 128 + 60 * Math.sin(x / 7 + (i % channels)) + 60 * Math.cos(y / 5) + ((x * 31 + y * 17) % 8);
  }
  return data;
}

/** A picture of such pixels, ready to be written in any format. */
export function picture(width: number, height: number, channels: 1 | 3 | 4 = 3): Sharp {
  const made = sharp(pixels(width, height, channels), { raw: { width, height, channels } });
  return channels === 1 ? made.toColourspace("b-w") : made;
}

/** Samples of the first page as they are stored, colours not converted. */
export async function samples(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes, { failOn: "warning", ignoreIcc: true }).raw().toBuffer();
}
