/** Makes the sample: four pictures of made-up people and a table that links to them. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { writeLetter } from "./letter.ts";
import { line } from "./text.ts";

export const DATA: string = fileURLToPath(new URL("./data/", import.meta.url));

/** Rows of the table: visit, patient, last name, first name, record number, file. */
const VISITS = [
  ["V1", "P1001", "Feeney", "Ana", "48210337", "film.png"],
  ["V2", "P1001", "Feeney", "Ana", "48210337", "card.jpg"],
  ["V3", "P1002", "Alvarez", "Jose", "30915526", "insurance.png"],
  ["V4", "P1002", "Alvarez", "Jose", "30915526", "letter.pdf"],
  ["V5", "P1003", "Lindqvist", "Ana", "77120943", ""],
] as const;

export async function makeScans(): Promise<void> {
  await mkdir(join(DATA, "scans"), { recursive: true });
  const put = (name: string, bytes: Uint8Array) => writeFile(join(DATA, "scans", name), bytes);
  await put("film.png", await film());
  await put("card.jpg", await card());
  await put("insurance.png", await insurance());
  await put("letter.pdf", writeLetter());
  const rows = VISITS.map(([visit, patient, last, first, mrn, file]) =>
    [visit, patient, last, first, mrn, file && `scans/${file}`].join(","),
  );
  await writeFile(join(DATA, "visits.csv"), `visit_id,patient_id,last_name,first_name,mrn,scan\n${rows.join("\n")}\n`);
}

/** A chest film: grey shapes, a name burned into its corners. */
async function film(): Promise<Buffer> {
  const ribs = Array.from({ length: 8 }, (_, i) =>
    [350, 650]
      .map(
        (x) =>
          `<ellipse cx="${x}" cy="${330 + i * 55}" rx="190" ry="${70 + i * 5}" fill="none" stroke="#909090" stroke-width="9" opacity="0.45"/>`,
      )
      .join(""),
  );
  const shapes = `<svg width="1000" height="1000"><rect width="1000" height="1000" fill="#0c0c0c"/>
    <ellipse cx="500" cy="540" rx="400" ry="430" fill="#3a3a3a"/><ellipse cx="350" cy="520" rx="140" ry="270" fill="#161616"/>
    <ellipse cx="650" cy="520" rx="140" ry="270" fill="#161616"/><ellipse cx="560" cy="640" rx="130" ry="150" fill="#6a6a6a"/>
    <rect x="478" y="150" width="44" height="720" fill="#777" opacity="0.6"/>${ribs.join("")}</svg>`;
  const white = { colour: "#f0f0f0" };
  const lines = [
    await line("FEENEY, ANA", { left: 30, top: 24 }, 42, white),
    await line("MRN 48210337", { left: 30, top: 74 }, 34, white),
    await line("DOB 03/14/1931", { left: 700, top: 24 }, 34, white),
    await line("PORTABLE AP", { left: 700, top: 930 }, 34, white),
    await line("L", { left: 930, top: 480 }, 60, white),
  ];
  const drawn = await sharp(Buffer.from(shapes)).blur(4).png().toBuffer();
  return sharp(drawn).composite(lines).toColourspace("b-w").png().toBuffer();
}

/** A card as a nurse would write it, photographed a quarter turn round as telephones do. */
async function card(): Promise<Buffer> {
  const hand = { font: "hand", colour: "#1a2a6c" } as const;
  const lines = [
    await line("Please call Ana Feeney", { left: 60, top: 60 }, 72, hand),
    await line("802-555-0142 after 5 pm", { left: 60, top: 180 }, 72, hand),
    await line("potassium 4.1, no change", { left: 60, top: 300 }, 72, hand),
    await line("seen March 14, 2025", { left: 60, top: 420 }, 72, hand),
  ];
  const paper = sharp({ create: { width: 1008, height: 608, channels: 3, background: "#f7f3e3" } });
  const upright = await paper.composite(lines).png().toBuffer();
  const stored = await sharp(upright).rotate(-90).jpeg({ quality: 90 }).toBuffer();
  return sharp(stored)
    .jpeg({ quality: 90 })
    .withMetadata({ orientation: 6 })
    .withExif({ IFD0: { ImageDescription: "Card of Ana Feeney", Artist: "Front desk" } })
    .toBuffer();
}

async function insurance(): Promise<Buffer> {
  const lines = [
    await line("Green Valley Health Plan", { left: 40, top: 30 }, 44, { colour: "white" }),
    await line("Member: Jose Alvarez", { left: 40, top: 150 }, 44),
    await line("Member ID: GVX 30915526", { left: 40, top: 215 }, 44),
    await line("Group: 8841    Plan: PPO", { left: 40, top: 280 }, 44),
    await line("Office visit $20    Emergency $150", { left: 40, top: 380 }, 36),
  ];
  const shape = `<svg width="900" height="480"><rect width="900" height="480" rx="28" fill="#eef6ef"/><path d="M0 28 Q0 0 28 0 H872 Q900 0 900 28 V104 H0 Z" fill="#2f7d4f"/></svg>`;
  return sharp(Buffer.from(shape)).composite(lines).png().toBuffer();
}
