/**
 * `npx tsx bench/dicom-text.ts [images] [first]`: how much of the text burned into made DICOM images is covered. Every
 * photometric kind, one frame and two, letters of 8 to 40 pixels, in the corners; half of the texts stand in the header
 * too. A text counts as covered from 90 % of its box on: of `MRN 4711` the box of the number. People and numbers are made
 * up by a seed of the image: parts of a set (`40 0`, `40 40`) add up.
 */
import { createRequire } from "node:module";
import { faker } from "@faker-js/faker";
import sharp from "sharp";
import type { Box, ImageFormat } from "../src/image-types.ts";
import { openReader } from "../src/job/readers.ts";
import { openEmbedded } from "../src/job.ts";
import { policyOf } from "../src/policy.ts";
import type { RunContext, Tally } from "../src/types.ts";
import { dicomOf, made } from "../test/fakes/dicom.ts";
import { coverText } from "../transforms/images/boxes.ts";
import { dicomFormat } from "../transforms/images/dicom/format.ts";
import { headerRules } from "../transforms/images/dicom/rules.ts";
import { maskImageBytes } from "../transforms/images/redaction.ts";
import { maskTexts } from "../transforms/images/texts.ts";
import { keyOf } from "../transforms/operators/key.ts";
import { findingOperators } from "../transforms/operators/operators.ts";

const [COUNT, FIRST] = [Number(process.argv[2] ?? 40), Number(process.argv[3] ?? 0)];
const FONT = createRequire(import.meta.url).resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf");
const SIZES = [8, 12, 16, 24, 40];
const KINDS = [
  "MONOCHROME2",
  "MONOCHROME1",
  "MONOCHROME2 16",
  "RGB",
  "RGB planar",
  "YBR_FULL",
  "YBR_FULL_422",
  "PALETTE COLOR",
];
const [WIDTH, HEIGHT] = [512, 400];
const run: RunContext = { tally: { addCall: () => {} } as unknown as Tally, signal: new AbortController().signal };

interface Text {
  readonly text: string;
  readonly box: Box;
  readonly frame: number;
  readonly inHeader: boolean;
  readonly size: number;
}

const policy = policyOf("safe_harbor");
const masking = { key: keyOf("a made-up key of more than thirty-two bytes"), policy, subject: false };
const detectors = [await openEmbedded()];
const lists = { allow: {}, deny: {}, minScore: 0, column: "scan", policy };
let decided: readonly (readonly Box[])[] = [];
// On a busy machine an image may take long: the figure is not one of speed.
const reader = await openReader({ limitMs: () => 3_600_000 });
const format = watched(dicomFormat({ rules: headerRules({}, masking), limits: { megapixels: 100, pages: 100 } }));
const how = {
  formats: [format],
  readers: [reader],
  faces: [],
  cover: coverText({ ...lists, detectors }),
  fill: [0, 0, 0] as const,
  searchable: false,
  maskText: maskTexts({ ...lists, detectors, operators: findingOperators({}, masking) }),
};

const seen: { readonly text: Text; readonly kind: string; readonly covered: number }[] = [];
const rate = (of: typeof seen): string => `${of.filter(({ covered }) => covered >= 0.9).length} of ${of.length}`;
for (let i = FIRST; i < FIRST + COUNT; i++) {
  const kind = KINDS[i % KINDS.length]!;
  const { bytes, texts } = await image(i, kind);
  process.stderr.write(`${rate(seen)} before image ${i} ${Math.round(performance.now() / 1000)} s\n`);
  const masked = await maskImageBytes(bytes, { known: [], subject: null }, how, run);
  for await (const _ of masked.bytes);
  for (const text of texts) seen.push({ text, kind, covered: shareOf(text.box, decided[text.frame]!) });
}
console.log(`all texts: ${rate(seen)}; those in the header: ${rate(seen.filter(({ text }) => text.inHeader))}`);
for (const kind of KINDS) console.log(`${kind}: ${rate(seen.filter((each) => each.kind === kind))}`);
for (const size of SIZES) console.log(`${size} px: ${rate(seen.filter(({ text }) => text.size === size))}`);
console.log(
  seen
    .filter(({ covered }) => covered < 0.9)
    .map(
      ({ text, kind, covered }) =>
        `missed: ${text.text} (${text.size} px, ${kind}, ${covered.toFixed(2)} of it covered)`,
    )
    .join("\n"),
);
await reader.close();

/** The same format, noting what is to be covered. */
function watched(inner: ImageFormat): ImageFormat {
  return {
    ...inner,
    async open(bytes, context) {
      const image = await inner.open(bytes, context);
      return {
        ...image,
        redact(redaction) {
          decided = redaction.boxes;
          return image.redact(redaction);
        },
      };
    },
  };
}

async function image(seed: number, kind: string): Promise<{ bytes: Buffer; texts: readonly Text[] }> {
  faker.seed(4711 + seed);
  const [first, given] = [faker.person.firstName(), faker.person.firstName()];
  const [last, other] = [faker.person.lastName(), faker.person.lastName()];
  const mrn = faker.string.numeric(8);
  const size = SIZES[seed % SIZES.length]!;
  // What stands before the identifier tells nobody: it need not be covered.
  const written = [
    ["", `${last}, ${first}`],
    ["MRN ", mrn],
    ["Dr. ", `${given} ${other}`],
    ["Tel ", `${faker.string.numeric(3)}-555-${faker.string.numeric(4)}`],
  ] as const;
  const texts: Text[] = [];
  const frames: Buffer[] = [];
  for (let frame = 0; frame < 1 + (seed % 2); frame++) {
    const grey = Buffer.from(
      Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => 40 + ((i * 7919) % 23) + Math.floor((i % WIDTH) / 16)),
    );
    const placed: Box[] = [];
    for (const [i, [label, text]] of written.entries()) {
      const whole = await ink(`${label}${text}`, size);
      const place = placeOf((i + frame) % 4, whole, placed);
      if (!place) continue;
      const { x, y } = place;
      placed.push(place);
      paint(grey, whole, x, y);
      const own = label === "" ? whole : await ink(text, size);
      const box = { x: x + whole.width - own.width, y, width: own.width, height: whole.height };
      texts.push({ text, box, frame, inHeader: i < 2, size });
    }
    frames.push(grey);
  }
  return { bytes: fileOf(frames, kind, `${last}^${first}`, mrn), texts };
}

/** In a corner, or as near to it as no other text stands; undefined where it is wider than the image. */
function placeOf(corner: number, { width, height }: Ink, placed: readonly Box[]): Box | undefined {
  const x = corner % 2 === 0 ? 3 : WIDTH - width - 3;
  const step = (corner < 2 ? 1 : -1) * (height + 8);
  let y = corner < 2 ? 3 : HEIGHT - height - 3;
  while (placed.some((box) => x < box.x + box.width && box.x < x + width && Math.abs(y - box.y) < height + 4))
    y += step;
  return x < 0 ? undefined : { x, y, width, height };
}

function paint(grey: Buffer, { data, width, height }: Ink, x: number, y: number): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = (y + row) * WIDTH + x + column;
      grey[at] = Math.max(grey[at]!, data[row * width + column]!);
    }
  }
}

interface Ink {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

async function ink(text: string, size: number): Promise<Ink> {
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="white">${text}</span>`,
      fontfile: FONT,
      font: `Arimo ${Math.round(size * 0.75)}`,
      dpi: 96,
      rgba: true,
    },
  })
    .extractChannel(3)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function fileOf(frames: readonly Buffer[], kind: string, name: string, mrn: string): Buffer {
  const [photometric = "", form] = kind === "PALETTE COLOR" ? [kind] : kind.split(" ");
  const colour = /RGB|YBR/.test(photometric);
  const wide = form === "16";
  const ramp = Uint8Array.from({ length: 512 }, (_, i) => i >> 1);
  const palette = photometric === "PALETTE COLOR";
  return dicomOf([
    made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"),
    made(0x00080018, "UI", "1.2.3"),
    made(0x00100010, "PN", name),
    made(0x00100020, "LO", mrn),
    made(0x00280002, "US", [colour ? 3 : 1]),
    made(0x00280004, "CS", photometric),
    ...(colour ? [made(0x00280006, "US", [form === "planar" ? 1 : 0])] : []),
    made(0x00280008, "IS", String(frames.length)),
    made(0x00280010, "US", [HEIGHT]),
    made(0x00280011, "US", [WIDTH]),
    made(0x00280100, "US", [wide ? 16 : 8]),
    made(0x00280101, "US", [wide ? 12 : 8]),
    made(0x00280102, "US", [wide ? 11 : 7]),
    made(0x00280103, "US", [0]),
    ...(palette ? [1, 2, 3].map((c) => made(0x00281100 + c, "US", [256, 0, 16])) : []),
    ...(palette ? [1, 2, 3].map((c) => made(0x00281200 + c, "OW", ramp)) : []),
    made(0x7fe00010, wide ? "OW" : "OB", Buffer.concat(frames.map((grey) => stored(grey, kind)))),
  ]);
}

function stored(grey: Buffer, kind: string): Uint8Array {
  const each = [...grey];
  if (kind === "MONOCHROME1") return Uint8Array.from(each, (value) => 255 - value);
  if (kind === "MONOCHROME2 16") return new Uint8Array(Uint16Array.from(each, (value) => value * 16).buffer);
  if (kind === "RGB") return Uint8Array.from(each.flatMap((value) => [value, value, value]));
  if (kind === "RGB planar") return Uint8Array.from([...each, ...each, ...each]);
  if (kind === "YBR_FULL") return Uint8Array.from(each.flatMap((value) => [value, 128, 128]));
  if (kind === "YBR_FULL_422")
    return Uint8Array.from(each.flatMap((value, i) => (i % 2 === 0 ? [value, each[i + 1]!, 128, 128] : [])));
  return grey;
}

/** The share of a box that others cover. */
function shareOf({ x, y, width, height }: Box, boxes: readonly Box[]): number {
  let under = 0;
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      under += boxes.some(
        (box) =>
          column + 0.5 >= box.x &&
          column + 0.5 <= box.x + box.width &&
          row + 0.5 >= box.y &&
          row + 0.5 <= box.y + box.height,
      )
        ? 1
        : 0;
    }
  }
  return under / (width * height);
}
