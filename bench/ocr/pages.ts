/** Made pages of text whose every word is known: eleven families, and pictures without any text. The same from any machine. */
import sharp from "sharp";
import type { Point, Raster } from "../../src/image-types.ts";
import { type Drawn, type Font, newPicture, type Picture, type Style } from "../../test/fakes/pictures.ts";

export interface GoldWord {
  readonly text: string;
  /** Corners of the box around its ink, before the page was turned. */
  readonly polygon: readonly Point[];
  /** A name, a date, a number: what must be covered. */
  readonly phi: boolean;
}

export interface GoldPage {
  readonly family: string;
  readonly raster: Raster;
  readonly words: readonly GoldWord[];
}

type Random = () => number;

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FIRST = "Maria James Aisha Wei Robert Priya Carlos Linda Oluwaseun Ingrid Tomasz Fatima Kevin Yuki Deborah".split(
  " ",
);
const LAST =
  "Kowalski Okafor Nguyen Hernandez Johansson Whitfield Abernathy Castellano McAllister Rosenberg Delacroix".split(" ");
const CLINICAL =
  `patient seen in clinic today with mild shortness of breath and chest pain on exertion no fever or cough vital signs stable heart
  regular rate without murmur lungs clear abdomen soft extremities no edema plan continue current medication and return in two weeks
  for follow up blood pressure improved since last visit discussed diet and exercise labs reviewed potassium normal`.split(
    /\s+/,
  );

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => Math.floor(random() * 10)).join("");
const dateOf = (random: Random): string => {
  const [month, day, year] = [
    1 + Math.floor(random() * 12),
    1 + Math.floor(random() * 28),
    1930 + Math.floor(random() * 90),
  ];
  const two = (value: number) => String(value).padStart(2, "0");
  return pick(random, [
    `${two(month)}/${two(day)}/${year}`,
    `${year}-${two(month)}-${two(day)}`,
    `${two(day)}.${two(month)}.${year}`,
  ]);
};

/** Words that are PHI stand between bars: `Name: |Jane| |Roe|`. */
async function write(
  picture: Picture,
  marked: string,
  x: number,
  y: number,
  style: Style,
): Promise<readonly GoldWord[]> {
  const words = marked.split(" ");
  const drawn = await picture.write(words.map((word) => word.replaceAll("|", "")).join(" "), x, y, style);
  return drawn.map((each, i) => ({ text: each.text, polygon: cornersOf(each), phi: words[i]!.includes("|") }));
}

function cornersOf({ box: { x, y, width, height } }: Drawn): readonly Point[] {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

function headLines(random: Random): readonly string[] {
  const name = `|${pick(random, FIRST)}| |${pick(random, LAST)}|`;
  return [`Name: ${name}`, `DOB: |${dateOf(random)}|`, `MRN: |${digits(random, 8)}|`, `Date: |${dateOf(random)}|`];
}

function prose(random: Random, words: number): string {
  const start = Math.floor(random() * CLINICAL.length);
  const text = Array.from({ length: words }, (_, i) => CLINICAL[(start + i) % CLINICAL.length]!);
  text.splice(Math.floor(random() * words), 0, `|${pick(random, LAST)}|`);
  return text.join(" ");
}

async function letter(
  random: Random,
  size: number,
  lines: number,
  font: Font,
): Promise<[Picture, readonly GoldWord[]]> {
  const picture = newPicture(Math.round(size * 38), Math.round(size * 1.7 * (lines + 7)), [255, 255, 255]);
  const style: Style = { font, size, colour: [20, 20, 20] };
  const words: GoldWord[] = [];
  let y = size * 2.5;
  for (const line of [...headLines(random), ...Array.from({ length: lines }, () => prose(random, 7))]) {
    words.push(...(await write(picture, line, size * 2, Math.round(y), style)));
    y += size * 1.7;
  }
  return [picture, words];
}

/** A soft picture such as a film or a fan of ultrasound: slow waves, and noise. */
export function film(
  width: number,
  height: number,
  random: Random,
  low: number,
  high: number,
  noise: number,
): Uint8Array {
  const waves = Array.from({ length: 5 }, () => [random() * 4, random() * 4, random() * 6.3] as const);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (const [a, b, c] of waves) sum += Math.sin((a * x * 6.3) / width + (b * y * 6.3) / height + c);
      const value =
        low + ((sum / waves.length + 1) / 2) * (high - low) + (random() + random() + random() - 1.5) * noise;
      data.fill(Math.min(255, Math.max(0, value)), (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return data;
}

async function overlay(
  random: Random,
  size: number,
  how: {
    width: number;
    height: number;
    low: number;
    high: number;
    noise: number;
    ink: readonly [number, number, number];
    font: Font;
  },
): Promise<[Picture, GoldWord[]]> {
  const picture = newPicture(how.width, how.height, film(how.width, how.height, random, how.low, how.high, how.noise));
  const style: Style = { font: how.font, size, colour: how.ink };
  const name = `|${pick(random, LAST).toUpperCase()}| |${pick(random, FIRST).toUpperCase()}|`;
  const words: GoldWord[] = [];
  const put = async (text: string, x: number, y: number) =>
    void words.push(...(await write(picture, text, Math.round(x), Math.round(y), style)));
  await put(`${name} [${pick(random, ["M", "F"])}]`, 2, size * 0.8);
  await put(`ID |${digits(random, 7)}|`, 2, size * 2.2);
  await put(`|${dateOf(random)}|`, how.width - size * 7.5, size * 1);
  await put("General Clinic", how.width - size * 9, size * 2.5);
  await put(pick(random, ["FR 32Hz 15cm", "120 kV 80 mAs", "MI 1.2 TIS 0.4"]), size, how.height - size * 0.6);
  return [picture, words];
}

type Maker = (random: Random) => Promise<[Picture, readonly GoldWord[]]>;

const PRINT: readonly Font[] = ["Arimo", "Tinos"];
const HANDS: readonly Font[] = ["Kalam", "Patrick Hand", "Caveat", "Indie Flower"];
const WHITE = [255, 255, 255] as const;

const FAMILIES: Readonly<Record<string, Maker>> = {
  "document 24 px": (random) => letter(random, 24, 14, pick(random, PRINT)),
  "document 11 px": (random) => letter(random, 11, 14, pick(random, PRINT)),
  "ultrasound 16 px": (random) =>
    overlay(random, 16, {
      width: 640,
      height: 480,
      low: 0,
      high: 60,
      noise: 20,
      ink: [230, 230, 230],
      font: "Roboto Mono",
    }),
  "ultrasound 11 px": (random) =>
    overlay(random, 11, { width: 640, height: 480, low: 0, high: 60, noise: 20, ink: [230, 230, 230], font: "Arimo" }),
  "film with marker": async (random) => {
    const [picture, words] = await overlay(random, 28, {
      width: 1100,
      height: 1300,
      low: 10,
      high: 200,
      noise: 12,
      ink: WHITE,
      font: "Arimo",
    });
    return [
      picture,
      [
        ...words,
        ...(await write(picture, pick(random, ["L", "R"]), 900, 400, { font: "Arimo", size: 90, colour: WHITE })),
      ],
    ];
  },
  "low contrast": (random) =>
    overlay(random, 18, {
      width: 640,
      height: 480,
      low: 90,
      high: 120,
      noise: 25,
      ink: [150, 150, 150],
      font: "Arimo",
    }),
  "document on its side": async (random) => turned(await letter(random, 20, 10, "Tinos"), random() < 0.5 ? 1 : 3),
  "document askew": async (random) => askew(await letter(random, 20, 10, "Arimo"), 4),
  "written by hand": (random) => letter(random, 30, 5, pick(random, HANDS)),
  "card, JPEG 25": async (random) => {
    const picture = newPicture(640, 400, [214, 226, 240]);
    const words: GoldWord[] = [];
    const lines = [
      "CLINIC HEALTH PLAN",
      ...headLines(random),
      `Member |${digits(random, 3)}-${digits(random, 2)}-${digits(random, 4)}|`,
    ];
    for (const [i, line] of lines.entries())
      words.push(...(await write(picture, line, 30, 60 + i * 52, { font: "Arimo", size: 22, colour: [30, 40, 90] })));
    const jpeg = await sharp(picture.raster.data, { raw: picture.raster }).jpeg({ quality: 25 }).toBuffer();
    return [newPicture(640, 400, new Uint8Array(await sharp(jpeg).raw().toBuffer())), words];
  },
  "colour on grey": (random) =>
    overlay(random, 15, { width: 512, height: 512, low: 60, high: 150, noise: 10, ink: [255, 220, 60], font: "Arimo" }),
};

export const FAMILY_NAMES: readonly string[] = Object.keys(FAMILIES);

/** The pages of all families, `each` of a family, in order. */
export async function* goldPages(each: number, only = /./): AsyncGenerator<GoldPage> {
  for (const [index, [family, make]] of Object.entries(FAMILIES).entries()) {
    for (let i = 0; i < each && only.test(family); i += 1) {
      const [{ raster }, words] = await make(randomOf(1000 * index + i + 1));
      yield { family, raster, words };
    }
  }
}

/** Pictures with nothing to read: films, noise, circles, rulings. */
export function* blankPages(): Generator<Raster> {
  for (let i = 0; i < 3; i += 1)
    yield { width: 700, height: 600, channels: 3, data: film(700, 600, randomOf(i + 50), 0, 220, 10 + i * 20) };
  const shapes = newPicture(700, 600, [255, 255, 255]).raster;
  for (let y = 0; y < 600; y += 1) {
    for (let x = 0; x < 700; x += 1) {
      const at = (y * 700 + x) * 3;
      const ring = Math.hypot(x - 350, y - 300);
      if (ring < 200) shapes.data.fill(Math.atan2(y - 300, x - 350) > 1 ? 90 : 180, at, at + 3);
      else if (x % 70 < 2 || y % 60 < 2) shapes.data.fill(120, at, at + 3);
    }
  }
  yield shapes;
}

/** Quarter turns clockwise. */
function turned([{ raster }, words]: [Picture, readonly GoldWord[]], turns: number): [Picture, readonly GoldWord[]] {
  const { width, height, data } = raster;
  const out = new Uint8Array(data.length);
  const [wide, high] = [height, width];
  const place = ({ x, y }: Point): Point => (turns === 1 ? { x: height - y, y: x } : { x: y, y: width - x });
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [px, py] = turns === 1 ? [height - 1 - y, x] : [y, width - 1 - x];
      out.set(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), (py * wide + px) * 3);
    }
  }
  return [newPicture(wide, high, out), words.map((word) => ({ ...word, polygon: word.polygon.map(place) }))];
}

async function askew(
  [{ raster }, words]: [Picture, readonly GoldWord[]],
  degrees: number,
): Promise<[Picture, readonly GoldWord[]]> {
  const { data, info } = await sharp(raster.data, { raw: raster })
    .rotate(degrees, { background: "white" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const place = ({ x, y }: Point): Point => {
    const [dx, dy] = [x - raster.width / 2, y - raster.height / 2];
    return { x: dx * cos - dy * sin + info.width / 2, y: dx * sin + dy * cos + info.height / 2 };
  };
  return [
    newPicture(info.width, info.height, new Uint8Array(data)),
    words.map((word) => ({ ...word, polygon: word.polygon.map(place) })),
  ];
}
