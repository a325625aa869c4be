/**
 * What the embedded reader sees of made pages, of pages without text and of Presidio's pictures, and how long it takes
 * beside the native command: `npm run bench:ocr -- [--each n] [--only family] [--misses] [--time]`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import type { Box, Point, Raster, TextReader, Word } from "../../src/image-types.ts";
import { openEmbedded } from "../../src/job/detectors.ts";
import { openReader } from "../../src/job/readers.ts";
import { policyOf } from "../../src/policy.ts";
import { newTally } from "../../src/report.ts";
import { coverText } from "../../transforms/images/boxes.ts";
import { boxesOfWords } from "../../transforms/images/boxesShape.ts";
import { blankPages, type GoldPage, goldPages } from "./pages.ts";
import { newScore, type Score, scorePage, shareUnder } from "./score.ts";

const { values } = parseArgs({
  options: {
    each: { type: "string", default: "4" },
    only: { type: "string", default: "." },
    misses: { type: "boolean", default: false },
    time: { type: "boolean", default: false },
  },
});
const IMAGING = process.env["PHIMASK_IMAGING"] ?? "../shared/imaging";
const run = { tally: newTally(), signal: new AbortController().signal };
const share = (part: number, of: number): string => (of === 0 ? "-" : (part / of).toFixed(3));

const reader = await openReader({ threads: 2 });
const pages: GoldPage[] = [];
for await (const page of goldPages(Number(values.each), new RegExp(values.only))) pages.push(page);
await made();
await blank();
await presidio();
if (values.time) await timed();
process.exit(0);

async function made(): Promise<void> {
  const scores = new Map<string, Score>();
  const all = newScore();
  const answers = await Promise.all(pages.map(async (page) => ({ page, words: await reader.read(page.raster, run) })));
  for (const { page, words } of answers) {
    const score = scores.get(page.family) ?? newScore();
    scores.set(page.family, score);
    const missed = scorePage(score, page, words, allBoxes(page.raster, words));
    scorePage(all, page, words, allBoxes(page.raster, words));
    if (values.misses) for (const line of missed) console.log(`  ${page.family}: ${line}`);
  }
  console.log("family                 words  covered whole within | phi   covered whole | stray/page");
  for (const [family, score] of [...scores, ["all", all] as const]) {
    const { words, covered, whole, within, phi, phiCovered, phiWhole, stray, pages: count } = score;
    const parts = [share(covered, words), share(whole, words), share(within, words), "|", String(phi).padEnd(5)];
    const rest = [share(phiCovered, phi), share(phiWhole, phi), "|", (stray / count).toFixed(2)];
    console.log(`${family.padEnd(22)} ${String(words).padEnd(6)} ${[...parts, ...rest].join(" ")}`);
  }
}

function allBoxes({ width, height }: Raster, words: readonly Word[]): readonly Box[] {
  return boxesOfWords(
    { width, height, words },
    words.map(() => true),
  );
}

async function blank(): Promise<void> {
  const found: number[] = [];
  for (const raster of blankPages()) found.push((await reader.read(raster, run)).length);
  const picture = join(IMAGING, "presidio/no_ocr.jpg");
  if (existsSync(picture)) found.push((await reader.read(await rasterOf(picture), run)).length);
  console.log(`pages without text: words seen ${found.join(" ")}`);
}

async function presidio(): Promise<void> {
  const file = join(IMAGING, "presidio/boxes_unpadded.json");
  if (!existsSync(file)) return console.error(`no ${file}: Presidio's pictures are not measured`);
  const cover = coverText({ detectors: [await openEmbedded()], policy: policyOf("safe_harbor"), column: "" });
  const gold = JSON.parse(readFileSync(file, "utf8")) as Record<string, readonly Gold[]>;
  for (const [name, boxes] of Object.entries(gold)) {
    const raster = await rasterOf(join(IMAGING, "presidio", name.replace(".dcm", ".png")));
    const words = await reader.read(raster, run);
    const covers = allBoxes(raster, words);
    const ok = boxes.filter((box) => shareUnder(cornersOf(box), covers) >= 0.9).length;
    const [phi] = await cover([{ ...raster, words }], { known: [], carried: [] }, run);
    const found = boxes.filter((box) => shareUnder(cornersOf(box), phi!.boxes) >= 0.9).map(({ label }) => label);
    const stray = (all: readonly Box[]) =>
      `${((strayArea(all, boxes) / (raster.width * raster.height)) * 100).toFixed(2)} %`;
    console.log(`presidio ${name}: ${ok} of ${boxes.length} boxes 90 % covered, stray area ${stray(covers)};`);
    console.log(`  as PHI, header unread: ${found.join(" ")}, stray area ${stray(phi!.boxes)}`);
  }
}

interface Gold {
  readonly label: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function cornersOf({ left: x, top: y, width, height }: Gold): readonly Point[] {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

/** Pixels of boxes that touch no gold box, and so cover nothing that they should. */
function strayArea(boxes: readonly Box[], gold: readonly Gold[]): number {
  const strays = boxes.filter(({ x, y, width, height }) =>
    gold.every(
      (box) => x >= box.left + box.width || box.left >= x + width || y >= box.top + box.height || box.top >= y + height,
    ),
  );
  return strays.reduce((sum, { width, height }) => sum + width * height, 0);
}

async function rasterOf(path: string): Promise<Raster> {
  const { data, info } = await sharp(path)
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels as 1 | 3, data: new Uint8Array(data) };
}

/** What the native command reads, with its defaults. */
function nativeWords(file: string): readonly Word[] {
  const tsv = execFileSync("tesseract", [file, "-", "tsv"], { stdio: ["ignore", "pipe", "ignore"] }).toString();
  return tsv.split("\n").flatMap((row): readonly Word[] => {
    const [level, , block, paragraph, line, , left, top, width, height, confidence, text = ""] = row.split("\t");
    if (level !== "5" || text.trim() === "") return [];
    const box = { left: Number(left), top: Number(top), width: Number(width), height: Number(height), label: "" };
    const order = Number(block) * 1e6 + Number(paragraph) * 1e3 + Number(line);
    return [{ text: text.trim(), line: order, polygon: cornersOf(box), score: Number(confidence) / 100 }];
  });
}

/** The same pages by the native command and by the reader, in turns, three times. */
async function timed(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "phimask-ocr-"));
  const files = await Promise.all(
    pages.map(async ({ raster }, i) => {
      const path = join(folder, `${i}.png`);
      await sharp(raster.data, { raw: raster }).png().toFile(path);
      return path;
    }),
  );
  const score = newScore();
  for (const [i, page] of pages.entries()) {
    const words = nativeWords(files[i]!);
    scorePage(score, page, words, allBoxes(page.raster, words));
  }
  const { words, covered, whole, phi, phiCovered, phiWhole } = score;
  const all = `${share(covered, words)} covered, ${share(whole, words)} read whole`;
  console.log(`native: of all words ${all}; of PHI ${share(phiCovered, phi)}, ${share(phiWhole, phi)}`);
  for (let turn = 0; turn < 3; turn += 1) {
    const native = await wallOf(async () => {
      for (const file of files) execFileSync("tesseract", [file, "-"], { stdio: "ignore" });
    });
    const ours = await wallOf(() => Promise.all(pages.map(({ raster }) => (reader as TextReader).read(raster, run))));
    console.log(
      `wall time of ${files.length} pages: native ${native.toFixed(1)} s, ours ${ours.toFixed(1)} s, ${(ours / native).toFixed(2)} x`,
    );
  }
  rmSync(folder, { recursive: true });
}

async function wallOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
