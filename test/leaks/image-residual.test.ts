import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoldPage, goldPages } from "../../bench/ocr/pages.ts";
import type { Page, TextReader, Word } from "../../src/image-types.ts";
import { openEmbedded } from "../../src/job/detectors.ts";
import { imageFormats } from "../../src/job/images.ts";
import { openReader } from "../../src/job/readers.ts";
import { policyOf } from "../../src/policy.ts";
import { bytesOf, collect } from "../../src/stream.ts";
import { coverText } from "../../transforms/images/boxes.ts";
import { type ImageMasking, maskImageBytes } from "../../transforms/images/redaction.ts";
import { quietRun } from "../fakes/images.ts";

let reader: TextReader & { close(): Promise<void> };
let masking: ImageMasking;
beforeAll(async () => {
  reader = await openReader({ threads: 2 });
  const policy = policyOf("safe_harbor", { asOf: "2026-01-01" });
  masking = {
    formats: await imageFormats({}),
    readers: [],
    faces: [],
    cover: coverText({ detectors: [await openEmbedded()], policy, column: "scan" }),
    fill: [0, 0, 0],
    searchable: false,
    maskText: async () => [],
  };
});
afterAll(() => reader.close());

/** Reads an original once, however often it is masked. */
function remembering(): TextReader & { words(): readonly Word[] } {
  let read: Promise<readonly Word[]> | undefined;
  let words: readonly Word[] = [];
  return {
    name: "remembering",
    version: "1",
    words: () => words,
    async read(image, run) {
      read ??= reader.read(image, run);
      words = await read;
      return words;
    },
  };
}

async function pageOf(bytes: Uint8Array): Promise<Page> {
  const format = masking.formats.find(({ matches, headBytes }) => matches(bytes.subarray(0, headBytes)))!;
  const [page] = await collect((await format.open(bytes, quietRun())).pages());
  return page!;
}

/** Those of the page's planted words that were read, in whichever reading. */
function plantedIn(read: readonly Word[], { words }: GoldPage): readonly string[] {
  const said = read.flatMap(({ text, also = [] }) => [text, ...also]).map(plain);
  return words
    .filter(({ text, phi }) => phi && said.some((each) => each.includes(plain(text))))
    .map(({ text }) => text);
}

const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/**
 * A family of made pages, the format that it comes in, and whether all that is planted can be found without the row's
 * values: surnames that stand in prose for no reason cannot.
 */
const PAGES: readonly (readonly [family: string, encode: (picture: Sharp) => Sharp, alone: boolean])[] = [
  ["ultrasound 16 px", (picture) => picture.webp({ lossless: true }), true],
  ["card, JPEG 25", (picture) => picture.jpeg({ quality: 80, progressive: true }), true],
  ["document on its side", (picture) => picture.greyscale().tiff({ compression: "lzw" }), false],
];

describe("a second reading of what was masked", () => {
  it.each(PAGES)("%s: finds nothing of what was planted", async (family, encode, alone) => {
    const [page] = await collect(goldPages(1, new RegExp(`^${family}$`)));
    const { raster, words } = page!;
    const bytes = await encode(sharp(raster.data, { raw: raster })).toBuffer();
    const original = remembering();
    const known = words.filter(({ phi }) => phi).map(({ text }) => ({ value: text }));
    for (const values of alone ? [known, []] : [known]) {
      const how = { ...masking, readers: [original] };
      const masked = await maskImageBytes(bytes, { subject: null, known: values }, how, quietRun());
      const again = await reader.read(await pageOf(await bytesOf(masked.bytes)), quietRun());
      expect(plantedIn(again, page!)).toEqual([]);
    }
    expect(plantedIn(original.words(), page!).length).toBeGreaterThan(2);
  });
});
