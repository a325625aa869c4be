/** The thread in which PDFium draws pages. */
import { PDFiumLibrary, type PDFiumPage } from "@hyzyla/pdfium";
import type { Word } from "../../../src/image-types.ts";
import { serve } from "../../read/serve.ts";
import { textWords } from "./words.ts";

export interface PdfQuestion {
  /** Tells files apart. */
  readonly file: number;
  readonly bytes: SharedArrayBuffer;
  /** What to draw, in pixels; what the file holds where left out. */
  readonly draw?: { readonly page: number; readonly width: number; readonly height: number };
}

/** `locked`: a password is needed. */
export type PdfAnswer =
  | "locked"
  | { readonly sizes: readonly (readonly [width: number, height: number])[]; readonly texts: readonly string[] }
  /** RGB, row by row; and what the file says stands where. */
  | { readonly pixels: Uint8Array; readonly words: readonly Word[] };

type Opened = Awaited<ReturnType<PDFiumLibrary["loadDocument"]>>;

/** Texts of a page that are kept: characters. */
const MOST_TEXT = 200_000;

await serve<undefined, PdfQuestion, PdfAnswer>(async () => {
  let current: { readonly file: number; readonly document: Opened } | undefined;
  return async ({ file, bytes, draw }) => {
    try {
      if (current?.file !== file) {
        current = undefined;
        // A library of its own for every file: what a broken one leaves in memory meets no other.
        const library = await PDFiumLibrary.init();
        current = { file, document: await library.loadDocument(new Uint8Array(bytes).slice()) };
      }
      return draw ? await drawn(current.document, draw) : contentsOf(current.document);
    } catch (error) {
      current = undefined;
      if (error instanceof Error && /password/i.test(error.message)) return "locked";
      throw error;
    }
  };
});

function contentsOf(document: Opened): PdfAnswer {
  const sizes: (readonly [number, number])[] = [];
  const texts: string[] = [];
  for (const page of document.pages()) {
    const { originalWidth, originalHeight } = page.getOriginalSize();
    sizes.push([originalWidth, originalHeight]);
    texts.push(page.getText().slice(0, MOST_TEXT));
  }
  return { sizes, texts };
}

async function drawn(
  document: Opened,
  { page: number, width, height }: NonNullable<PdfQuestion["draw"]>,
): Promise<PdfAnswer> {
  const page = document.getPage(number);
  const words = textWords(page, width, height); // first: what is drawn is closed
  return { pixels: await pixelsOf(page, width, height), words };
}

async function pixelsOf(page: PDFiumPage, width: number, height: number): Promise<Uint8Array> {
  // Without form fields, what was filled in is missing from the picture, and from the page's text as well.
  const how = { render: "bitmap", renderFormFields: true, scale: 1, width, height } as const;
  const bitmap = await page.render(how);
  if (bitmap.width !== width || bitmap.height !== height) throw new Error("another size");
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4) {
    for (let c = 0; c < 3; c++) pixels[to++] = bitmap.data[from + c]!;
  }
  return pixels;
}
