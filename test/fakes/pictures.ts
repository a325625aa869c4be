/** Pictures with text whose ink is known to the pixel: for readers to be measured by. */
import { createRequire } from "node:module";
import sharp from "sharp";
import type { Box, Raster } from "../../src/image-types.ts";

const require = createRequire(import.meta.url);

/** Fonts of packages, so that every machine draws alike; the first three as printed, the others as written by hand. */
export type Font = "Arimo" | "Tinos" | "Roboto Mono" | "Kalam" | "Patrick Hand" | "Caveat" | "Indie Flower";

const FILES: Readonly<Record<Font, string>> = {
  Arimo: "arimo/400Regular/Arimo_400Regular.ttf",
  Tinos: "tinos/400Regular/Tinos_400Regular.ttf",
  "Roboto Mono": "roboto-mono/400Regular/RobotoMono_400Regular.ttf",
  Kalam: "kalam/400Regular/Kalam_400Regular.ttf",
  "Patrick Hand": "patrick-hand/400Regular/PatrickHand_400Regular.ttf",
  Caveat: "caveat/400Regular/Caveat_400Regular.ttf",
  "Indie Flower": "indie-flower/400Regular/IndieFlower_400Regular.ttf",
};

export interface Style {
  readonly font: Font;
  /** Pixels of the em. */
  readonly size: number;
  readonly colour: readonly [number, number, number];
}

/** A word as it was drawn, and the box around its ink. */
export interface Drawn {
  readonly text: string;
  readonly box: Box;
}

export interface Picture {
  readonly raster: Raster;
  /** Draws the words of a line from `x` on, above `baseline`. */
  write(text: string, x: number, baseline: number, style: Style): Promise<readonly Drawn[]>;
}

/** A picture of one colour, RGB; or over pixels that are there. */
export function newPicture(
  width: number,
  height: number,
  ground: readonly [number, number, number] | Uint8Array,
): Picture {
  const data = ground instanceof Uint8Array ? ground : new Uint8Array(width * height * 3);
  if (!(ground instanceof Uint8Array)) for (let i = 0; i < data.length; i += 1) data[i] = ground[i % 3]!;
  const raster: Raster = { width, height, channels: 3, data };
  return {
    raster,
    async write(text, x, baseline, style) {
      const drawn: Drawn[] = [];
      let left = x;
      for (const word of text.split(" ").filter((each) => each !== "")) {
        const { mask, inkLeft, ...ink } = await inkOf(word, style);
        lay(raster, mask, Math.round(left) - PAD, Math.round(baseline) - mask.baseline, style.colour);
        const box = { x: Math.round(left) - PAD + inkLeft, y: Math.round(baseline) - mask.baseline + ink.top };
        drawn.push({ text: word, box: { ...box, width: ink.width, height: ink.height } });
        left = box.x + ink.width + style.size * (style.font === "Roboto Mono" ? 0.7 : 0.3);
      }
      return drawn;
    },
  };
}

interface Mask {
  readonly width: number;
  readonly height: number;
  readonly baseline: number;
  readonly data: Uint8Array;
}

interface Ink {
  readonly mask: Mask;
  readonly inkLeft: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const PAD = 8;
const loaded = new Set<Font>();
const inks = new Map<string, Ink>();

async function inkOf(word: string, { font, size }: Style): Promise<Ink> {
  const key = `${font} ${size} ${word}`;
  const ink = inks.get(key) ?? (await drawInk(word, font, size));
  inks.set(key, ink);
  return ink;
}

async function drawInk(word: string, font: Font, size: number): Promise<Ink> {
  await load(font);
  const [width, height, baseline] = [
    Math.ceil(word.length * size) + 2 * PAD,
    Math.ceil(size * 2),
    Math.ceil(size * 1.4),
  ];
  const escaped = word.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><text x="${PAD}" y="${baseline}" font-family="${font}" font-size="${size}">${escaped}</text></svg>`;
  const data = new Uint8Array(await sharp(Buffer.from(svg)).extractChannel("alpha").raw().toBuffer());
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0; i < data.length; i += 1) {
    if (data[i]! < 64) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  }
  if (right === 0) throw new Error(`nothing drawn of ${word}`);
  return { mask: { width, height, baseline, data }, inkLeft: left, top, width: right - left, height: bottom - top };
}

/** A font is known to drawings once a text was set in it. */
async function load(font: Font): Promise<void> {
  if (loaded.has(font)) return;
  const fontfile = require.resolve(`@expo-google-fonts/${FILES[font]}`);
  await sharp({ text: { text: "x", font, fontfile } })
    .raw()
    .toBuffer();
  loaded.add(font);
}

function lay(raster: Raster, mask: Mask, x0: number, y0: number, colour: readonly [number, number, number]): void {
  for (let y = 0; y < mask.height; y += 1) {
    for (let x = 0; x < mask.width; x += 1) {
      const alpha = mask.data[y * mask.width + x]! / 255;
      const [px, py] = [x0 + x, y0 + y];
      if (alpha === 0 || px < 0 || py < 0 || px >= raster.width || py >= raster.height) continue;
      const at = (py * raster.width + px) * 3;
      for (let c = 0; c < 3; c += 1) {
        raster.data[at + c] = Math.round(raster.data[at + c]! * (1 - alpha) + colour[c]! * alpha);
      }
    }
  }
}
