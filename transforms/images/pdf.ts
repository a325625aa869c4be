import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { MaskingError } from "../../src/errors.ts";
import type { ImageFormat, OpenImage, Page, Raster, Redaction } from "../../src/image-types.ts";
import type { RunContext } from "../../src/types.ts";
import { openThreads } from "../read/threads.ts";
import { clean, decoded, readXmp } from "./exif.ts";
import { checkSize, type ImageLimits } from "./limits.ts";
import type { PdfAnswer, PdfQuestion } from "./pdf/worker.ts";
import { type PdfImage, type PdfPage, writePdf } from "./pdf/write.ts";
import { fillSamples } from "./samples.ts";
import { openSharp, reading } from "./sharp.ts";

/** Pixels an inch at which pages are drawn: letters of 8 points are 22 pixels high. Large pages get fewer. */
const DENSITY = 200;
/** Pages whose longer side would have fewer get as many: a page may be drawn in units of its own (UserUnit). */
const LEAST_SIDE = 600;
/** Below this, small print cannot be read any more. */
const LEAST_DENSITY = 100;
/** Milliseconds that PDFium may take for a page, or to open a file. */
const PATIENCE = 20_000;
/** Of the pictures of pages that are no plain text. */
const QUALITY = 88;

/**
 * PDF: pages are drawn by PDFium, form fields and annotations as they look, and are masked as images. The answer is a
 * file of our own with one picture a page, as large as the page and the way up that it is looked at: no text, fonts,
 * annotations, fields, attachments, scripts, bookmarks or metadata of the original. Where the job asks for it, words that
 * stay can be searched. A file that needs a password is IMAGE_UNSUPPORTED. What the original says as text, title or
 * author helps to find PHI, and its text is covered where the file says that it stands, whoever can read it.
 */
export function pdfFormat(limits: ImageLimits): ImageFormat {
  const threads = openThreads<PdfQuestion, PdfAnswer>("../images/pdf/worker", undefined, 2);
  let files = 0;
  return {
    name: "pdf",
    suffix: ".pdf",
    headBytes: 1024,
    matches: (head) => Buffer.from(head).includes("%PDF-", 0, "latin1"),
    async open(bytes, run) {
      const shared = new SharedArrayBuffer(bytes.length);
      new Uint8Array(shared).set(bytes);
      const file = files++;
      const ask = async (draw?: PdfQuestion["draw"]) => {
        const answer = await threads.ask({ file, bytes: shared, ...(draw && { draw }) }, PATIENCE, run.signal);
        if (answer === "locked")
          throw new MaskingError("IMAGE_UNSUPPORTED", { expected: "a PDF that opens without a password" });
        return answer;
      };
      const told = await ask();
      if (!("sizes" in told)) throw new MaskingError("IMAGE_UNREADABLE");
      const sheets = told.sizes.map((size) => sheetOf(size, told.sizes.length, limits));
      if (sheets.length === 0) throw new MaskingError("IMAGE_UNREADABLE");
      return openSheets(
        sheets,
        async (page) => drawn(await ask({ page, ...sheets[page]!.pixels })),
        [...told.texts, ...metadata(bytes)],
        run,
      );
    },
  };
}

/** A page in points, and how many pixels it is drawn with. */
interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly pixels: { readonly width: number; readonly height: number };
}

function sheetOf([width, height]: readonly [number, number], count: number, limits: ImageLimits): Sheet {
  const most = Math.sqrt((limits.megapixels * 1e6) / (width * height)) * 72;
  const density = Math.min(Math.max(DENSITY, (LEAST_SIDE * 72) / Math.max(width, height)), most);
  const pixels = { width: Math.floor((width * density) / 72), height: Math.floor((height * density) / 72) };
  if (density < LEAST_DENSITY) throw new MaskingError("IMAGE_TOO_LARGE");
  checkSize(pixels.width, pixels.height, count, limits);
  return { width, height, pixels };
}

function openSheets(
  sheets: readonly Sheet[],
  draw: (page: number) => Promise<Drawn>,
  texts: readonly string[],
  run: RunContext,
): OpenImage {
  const pageOf = async (page: number): Promise<Page> => {
    const { pixels: data, words } = await draw(page);
    return { ...sheets[page]!.pixels, channels: 3, data, words };
  };
  async function* masked({ boxes, words, fill }: Redaction): AsyncGenerator<PdfPage, void, undefined> {
    for (const [page, { width, height }] of sheets.entries()) {
      run.signal.throwIfAborted();
      const raster = await pageOf(page);
      fillSamples({ ...raster, channels: 3 }, boxes[page] ?? [], fill);
      yield { width, height, image: await imageOf(raster), words: words?.[page] ?? [] };
    }
  }
  return {
    carried: clean(texts.flatMap((text) => text.split(/\r?\n(?:[ \t]*\r?\n)+/))),
    async *pages() {
      for (const page of sheets.keys()) yield await pageOf(page);
    },
    redact: (how) => writePdf(masked(how), sheets.length),
  };
}

type Drawn = Extract<PdfAnswer, { readonly pixels: Uint8Array }>;

function drawn(answer: PdfAnswer): Drawn {
  if (typeof answer === "string" || !("pixels" in answer)) throw new MaskingError("IMAGE_UNREADABLE");
  return answer;
}

/** Grey where nothing is coloured; without loss where that is smaller, as it is for text. */
async function imageOf({ width, height, data }: Raster): Promise<PdfImage> {
  const grey = greyOf(data);
  const samples = grey ?? data;
  const image = await openSharp(samples, { raw: { width, height, channels: grey ? 1 : 3 } });
  const jpeg = await reading(
    (grey ? image.toColourspace("b-w") : image).jpeg({ quality: QUALITY, chromaSubsampling: "4:4:4" }).toBuffer(),
  );
  const packed = await promisify(deflate)(samples);
  const colours = grey ? "DeviceGray" : "DeviceRGB";
  return packed.length <= jpeg.length
    ? { width, height, colours, filter: "FlateDecode", bytes: packed }
    : { width, height, colours, filter: "DCTDecode", bytes: jpeg };
}

function greyOf(data: Uint8Array): Uint8Array | undefined {
  const grey = new Uint8Array(data.length / 3);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return undefined;
    grey[i] = data[at]!;
  }
  return grey;
}

/** Title, author and the like, and XMP, as far as they stand in the file uncompressed. */
function metadata(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const info = [...text.matchAll(/\/(?:Title|Author|Subject|Keywords)\s*\(((?:\\[\s\S]|[^\\()]){1,2000})\)/g)].map(
    (match) => pdfText(match[1]!),
  );
  const packet = /<x:xmpmeta[\s\S]{0,200000}?<\/x:xmpmeta>/.exec(text);
  return [...info, ...(packet ? readXmp(Buffer.from(packet[0], "latin1")) : [])];
}

/** A literal string: UTF-16 after a byte order mark, else Latin-1 in all that matters here. */
function pdfText(literal: string): string {
  const bytes = Buffer.from(literal.replace(/\\([()\\])/g, "$1"), "latin1");
  return bytes[0] === 0xfe && bytes[1] === 0xff ? bytes.subarray(2).swap16().toString("utf16le") : decoded(bytes);
}
