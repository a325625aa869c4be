/** Tesseract as the reader of strips: all strips of a page one below the other, read as one block of text. */
import type { Page } from "tesseract.js";
import type { Part } from "./parts.ts";
import type { Plane } from "./plane.ts";

export interface TesseractModels {
  /** Path of the folder that holds `eng.traineddata.gz`: the package reads it by itself, and takes no bytes. */
  readonly folder: string;
}

export interface Tesseract {
  /** The words of each strip, from the left. Strips must be dark on light. */
  read(strips: readonly Plane[]): Promise<readonly (readonly Part[])[]>;
}

/** White around each strip. */
const ROOM = 16;
/** Strips of one picture: fewer calls than one each, and a mistake in parting lines stays in its picture. */
const TOGETHER = 24;

export async function openTesseract({ folder }: TesseractModels): Promise<Tesseract> {
  const { createWorker, OEM, PSM } = (await import("tesseract.js")).default;
  const worker = await createWorker("eng", OEM.LSTM_ONLY, { langPath: folder, cacheMethod: "none", gzip: true });
  await worker.setParameters({
    tessedit_pageseg_mode: PSM.SINGLE_BLOCK,
    user_defined_dpi: "150",
    // What a page says must not depend on the pages before it.
    tessedit_enable_doc_dict: "0",
    classify_enable_learning: "0",
  });
  return {
    async read(strips) {
      const answers: (readonly Part[])[] = [];
      for (let at = 0; at < strips.length; at += TOGETHER) {
        const some = strips.slice(at, at + TOGETHER);
        const { image, tops } = stacked(some);
        const { data: page } = await worker.recognize(Buffer.from(image), {}, { blocks: true, text: false });
        answers.push(...partsByStrip(page, some, tops));
      }
      return answers;
    },
  };
}

/** The strips below one another on white, as a portable graymap. */
function stacked(strips: readonly Plane[]): { readonly image: Uint8Array; readonly tops: readonly number[] } {
  const width = Math.max(...strips.map((strip) => strip.width)) + 2 * ROOM;
  const tops: number[] = [];
  let height = ROOM;
  for (const strip of strips) {
    tops.push(height);
    height += strip.height + ROOM;
  }
  const head = new TextEncoder().encode(`P5\n${width} ${height}\n255\n`);
  const image = new Uint8Array(head.length + width * height).fill(255);
  image.set(head);
  for (const [i, strip] of strips.entries()) {
    for (let y = 0; y < strip.height; y += 1) {
      const row = strip.data.subarray(y * strip.width, (y + 1) * strip.width);
      image.set(row, head.length + (tops[i]! + y) * width + ROOM);
    }
  }
  return { image, tops };
}

function partsByStrip(page: Page, strips: readonly Plane[], tops: readonly number[]): readonly (readonly Part[])[] {
  const parts: Part[][] = strips.map(() => []);
  const words = (page.blocks ?? []).flatMap(({ paragraphs }) =>
    paragraphs.flatMap(({ lines }) => lines.flatMap((line) => line.words)),
  );
  for (const { text, confidence, bbox } of words) {
    const middle = (bbox.y0 + bbox.y1) / 2;
    const at = tops.findLastIndex((top) => top - ROOM / 2 <= middle);
    if (at < 0 || text.trim() === "") continue;
    const { width } = strips[at]!;
    const [left, right] = [Math.max(bbox.x0 - ROOM, 0), Math.min(bbox.x1 - ROOM, width)];
    if (right > left) parts[at]!.push({ text: text.trim(), left, right, score: confidence / 100 });
  }
  return parts.map((each) => each.sort((a, b) => a.left - b.left));
}
