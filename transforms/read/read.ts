/** The embedded reader of one page: lines found, turned upright, read by two readers, cut into words. */
import type { Raster, Word } from "../../src/image-types.ts";
import { type Both, combined, scoreOf } from "./combine.ts";
import { combsOf } from "./combs.ts";
import { doubtsOf } from "./doubts.ts";
import { darkOnLight, gapsOf, type Stretch, strokesOf, tallOf } from "./ink.ts";
import { flipped, inOrder, type Line, lineOf } from "./lines.ts";
import type { Paddle } from "./paddle.ts";
import { findLines } from "./page.ts";
import { type Part, partsOf } from "./parts.ts";
import { columns, greyOf, type Plane } from "./plane.ts";
import { cornersOf, partOf, type Quad } from "./rects.ts";
import { onPage, type Planes, type Sheet, sheetOf } from "./sheet.ts";
import { stripOf } from "./strip.ts";
import type { Tesseract } from "./tesseract.ts";

export interface Engines {
  readonly paddle: Paddle;
  readonly tesseract: Tesseract;
}

/** A line with its picture and what is known of it so far. */
interface Strip extends Line {
  readonly colours: readonly Plane[];
  readonly ink: Plane;
  readonly gaps: readonly Stretch[];
}

interface ReadStrip extends Strip {
  readonly first: readonly Part[];
  readonly second: readonly Part[];
}

/**
 * Words in reading order, then rows of boxes for letters. What nobody could make out has no text and a score of 0, and so
 * has what stands in such boxes.
 */
export async function readPage(image: Raster, engines: Engines): Promise<readonly Word[]> {
  const sheet = sheetOf(image);
  if (!sheet) return [];
  const { planes } = sheet;
  const grey = greyOf(planes);
  const found = (await findLines(sheet, engines.paddle)).map(lineOf);
  const lines = await turnedRight(found, planes, grey, engines.paddle);
  const strips = lines.map((line) => cut(line, planes, grey));
  const read = (await readStrips(strips, planes, grey, engines)).filter(isText);
  const words = inOrder(read).flatMap(({ line, row }) => wordsOf(line, row, sheet));
  const next = (words.at(-1)?.line ?? -1) + 1;
  return [...words, ...combsOf(grey).map((box, i) => unread(cornersOf(box), next + i, sheet))];
}

function cut(line: Line, planes: Planes, grey: Plane): Strip {
  const colours = stripOf([...planes, grey], line.quad);
  const ink = darkOnLight(colours[3]!);
  return { ...line, colours: colours.slice(0, 3), ink, gaps: gapsOf(ink) };
}

/** How many lines vote for a direction, and how many pixels of each are read for it. */
const VOTERS = 3;
const SAMPLE = 480;

/** Tall lines run downwards or upwards: the direction in which the longest of them read better is taken for all. */
async function turnedRight(
  lines: readonly Line[],
  planes: Planes,
  grey: Plane,
  paddle: Paddle,
): Promise<readonly Line[]> {
  const tall = lines.filter(({ turns }) => turns === 1);
  const up = await readsBetterFlipped(tall, planes, grey, paddle);
  return lines.map((line) => (line.turns === 1 && up ? flipped(line) : line));
}

async function readsBetterFlipped(
  lines: readonly Line[],
  planes: Planes,
  grey: Plane,
  paddle: Paddle,
): Promise<boolean> {
  let lead = 0;
  for (const line of longest(lines)) {
    const [as, over] = [
      await sureness(line, planes, grey, paddle),
      await sureness(flipped(line), planes, grey, paddle),
    ];
    lead += over - as;
  }
  return lead > 0;
}

function longest(lines: readonly Line[]): readonly Line[] {
  const length = ({ quad: [p, q] }: Line) => Math.hypot(q.x - p.x, q.y - p.y);
  return [...lines].sort((a, b) => length(b) - length(a)).slice(0, VOTERS);
}

async function sureness(line: Line, planes: Planes, grey: Plane, paddle: Paddle): Promise<number> {
  const strip = cut(line, planes, grey);
  const share = Math.min(1, SAMPLE / strip.ink.width);
  const part = share === 1 ? strip : cut({ ...line, quad: partOf(line.quad, 0, 0, share, 1) }, planes, grey);
  return scoreOf(await firstReading(part, paddle));
}

async function firstReading(
  { colours, gaps, ink }: Pick<Strip, "colours" | "gaps" | "ink">,
  paddle: Paddle,
  second: readonly Part[] = [],
): Promise<readonly Part[]> {
  return partsOf(await paddle.read(colours), { gaps, width: ink.width, tall: tallOf(ink) }, second);
}

/** Pages with so little text (pixels of strips) are read by both readers throughout. */
const LITTLE = 2400;
/** Below this, a line may be upside down. */
const POOR = 0.7;

async function readStrips(
  strips: readonly Strip[],
  planes: Planes,
  grey: Plane,
  { paddle, tesseract }: Engines,
): Promise<readonly ReadStrip[]> {
  const seconds = strips.length === 0 ? [] : await tesseract.read(strips.map(({ ink }) => ink));
  const total = strips.reduce((sum, { ink }) => sum + ink.width, 0);
  const read: ReadStrip[] = [];
  for (const [at, strip] of strips.entries()) {
    const second = seconds[at]!;
    const first =
      total > LITTLE ? await whereDoubtful(strip, paddle, second) : await firstReading(strip, paddle, second);
    if (first === undefined) {
      read.push({ ...strip, first: [], second });
      continue;
    }
    const best = Math.max(scoreOf(first), scoreOf(second));
    if (best >= POOR) read.push({ ...strip, first, second });
    else read.push(await otherEnd({ ...strip, first, second }, planes, grey, paddle));
  }
  return read;
}

/** The reading of the stretches that the other reader is not sure of; undefined where it is sure of all. */
async function whereDoubtful(
  strip: Strip,
  paddle: Paddle,
  second: readonly Part[],
): Promise<readonly Part[] | undefined> {
  const { width } = strip.ink;
  const doubts = doubtsOf(second, strip.gaps, width);
  if (doubts.length === 0) return undefined;
  const read: Part[] = [];
  for (const { start, end } of doubts) {
    if (end - start === width) return firstReading(strip, paddle, second);
    const part = { ...columnsOf(strip, start, end), gaps: within(strip.gaps, start, end) };
    const beside = within(
      second.map((word) => ({ ...word, start: word.left, end: word.right })),
      start,
      end,
    );
    const others = beside.map((word) => ({ ...word, left: word.start, right: word.end }));
    for (const word of await firstReading(part, paddle, others))
      read.push({ ...word, left: word.left + start, right: word.right + start });
  }
  return read;
}

/** The line read from its other end, where that is clearly the better way. */
async function otherEnd(strip: ReadStrip, planes: Planes, grey: Plane, paddle: Paddle): Promise<ReadStrip> {
  const over = cut(flipped(strip), planes, grey);
  const first = await firstReading(over, paddle);
  return scoreOf(first) > scoreOf(strip.first) + 0.15 ? { ...over, first, second: [] } : strip;
}

/** PP-OCR's word for what is text for certain, however short; and for what is, where it is a word at all. */
const CERTAIN = 0.8;
const LIKELY = 0.6;

/**
 * What of the lines found is text: a reader makes something of it; or nobody can, but it has the shape of a line and
 * the strokes of letters. Shadows, edges and ornaments have neither.
 */
function isText({ first, second, score, ink }: ReadStrip): boolean {
  const letters = Math.max(
    ...[first, second].map((parts) => parts.reduce((sum, { text }) => sum + lettersIn(text), 0)),
  );
  if (scoreOf(first) >= CERTAIN && letters > 0) return true;
  if (Math.max(scoreOf(first), scoreOf(second)) >= LIKELY && letters >= 3) return true;
  const strokes = strokesOf(ink);
  return score >= 0.8 && ink.width >= 2.2 * ink.height && strokes >= 1.2 && strokes <= 4.5;
}

function lettersIn(text: string): number {
  return text.replace(/[^\p{L}\p{N}]/gu, "").length;
}

function wordsOf(line: ReadStrip, row: number, sheet: Sheet): readonly Word[] {
  const { quad, ink, first, second } = line;
  const both: readonly Both[] = combined(first, second);
  if (both.length === 0) return [unread(quad, row, sheet)];
  return both.map(({ text, also, left, right, score }) => ({
    text,
    ...(also.length > 0 && { also }),
    polygon: onPage(partOf(quad, left / ink.width, 0, right / ink.width, 1), sheet),
    score,
    line: row,
  }));
}

/** What nobody can make out. */
function unread(quad: Quad, line: number, sheet: Sheet): Word {
  return { text: "", polygon: onPage(quad, sheet), score: 0, line };
}

/** A stretch of the strip's pictures. */
function columnsOf({ colours, ink }: Strip, start: number, end: number): Pick<Strip, "colours" | "ink"> {
  const cuts = new Map([...new Set([...colours, ink])].map((plane) => [plane, columns(plane, start, end)]));
  return { colours: colours.map((plane) => cuts.get(plane)!), ink: cuts.get(ink)! };
}

/** What reaches into the stretch, cut to it and counted from its start. */
function within<S extends Stretch>(stretches: readonly S[], start: number, end: number): readonly S[] {
  return stretches
    .filter((each) => each.start < end && start < each.end)
    .map((each) => ({ ...each, start: Math.max(each.start, start) - start, end: Math.min(each.end, end) - start }));
}
