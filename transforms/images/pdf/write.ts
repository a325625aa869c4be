/** PDF files of our own: one picture a page and nothing else, but for a layer of words where one is asked for. */
import type { Point } from "../../../src/image-types.ts";
import type { Masked } from "../../../src/types.ts";

export interface PdfPage {
  /** In points, as the page is looked at. */
  readonly width: number;
  readonly height: number;
  readonly image: PdfImage;
  /** In pixels of the image; drawn invisibly over it. */
  readonly words: readonly { readonly text: Masked; readonly polygon: readonly Point[] }[];
}

export interface PdfImage {
  readonly width: number;
  readonly height: number;
  readonly colours: "DeviceGray" | "DeviceRGB";
  readonly filter: "DCTDecode" | "FlateDecode";
  readonly bytes: Uint8Array;
}

/** Objects: the catalog, the tree of pages, the font, then three for each page. */
const [CATALOG, PAGES, FONT, FIRST] = [1, 2, 3, 4];
/** A letter of Helvetica is about so wide, in its own size. */
const LETTER = 0.5;

/** The bytes of a file with these pages, one at a time: only one is held. `count`: how many there are. */
export async function* writePdf(
  pages: AsyncIterable<PdfPage>,
  count: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const offsets: number[] = [];
  let at = 0;
  const put = (bytes: Uint8Array): Uint8Array => {
    at += bytes.length;
    return bytes;
  };
  const object = (number: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array => {
    offsets[number] = at;
    return put(
      Buffer.concat(
        [`${number} 0 obj\n`, ...parts, "\nendobj\n"].map((part) => (typeof part === "string" ? latin(part) : part)),
      ),
    );
  };
  const kids = Array.from({ length: count }, (_, i) => `${FIRST + 3 * i} 0 R`).join(" ");
  yield put(latin("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"));
  yield object(CATALOG, `<< /Type /Catalog /Pages ${PAGES} 0 R >>`);
  yield object(PAGES, `<< /Type /Pages /Kids [${kids}] /Count ${count} >>`);
  yield object(FONT, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  let number = FIRST;
  for await (const { width, height, image, words } of pages) {
    const [page, content, picture] = [number, number + 1, number + 2];
    number += 3;
    const resources = `/XObject << /P ${picture} 0 R >>${words.length > 0 ? ` /Font << /F ${FONT} 0 R >>` : ""}`;
    const box = `[0 0 ${decimal(width)} ${decimal(height)}]`;
    yield object(
      page,
      `<< /Type /Page /Parent ${PAGES} 0 R /MediaBox ${box} /Resources << ${resources} >> /Contents ${content} 0 R >>`,
    );
    const drawn = `q ${decimal(width)} 0 0 ${decimal(height)} 0 0 cm /P Do Q\n${layer(words, width, height, image)}`;
    yield object(content, `<< /Length ${drawn.length} >>\nstream\n`, drawn, "\nendstream");
    const shape = `/Width ${image.width} /Height ${image.height} /ColorSpace /${image.colours} /BitsPerComponent 8`;
    const head = `<< /Type /XObject /Subtype /Image ${shape} /Filter /${image.filter} /Length ${image.bytes.length} >>`;
    yield object(picture, `${head}\nstream\n`, image.bytes, "\nendstream");
  }
  yield latin(trailer(offsets, at));
}

function trailer(offsets: readonly number[], start: number): string {
  const entries = offsets.slice(1).map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
  const size = offsets.length;
  return `xref\n0 ${size}\n0000000000 65535 f \n${entries.join("")}trailer\n<< /Size ${size} /Root ${CATALOG} 0 R >>\nstartxref\n${start}\n%%EOF\n`;
}

/** Text render mode 3 draws nothing; each word is as high, as long and as slanted as its box. */
function layer(words: PdfPage["words"], width: number, height: number, image: PdfImage): string {
  if (words.length === 0) return "";
  const [x, y] = [width / image.width, height / image.height];
  const lines = words.map(({ text, polygon }) => {
    const [, topRight, bottomRight, bottomLeft] = polygon.map((point) => ({ x: point.x * x, y: height - point.y * y }));
    if (!topRight || !bottomRight || !bottomLeft || text.length === 0) return "";
    const length = Math.hypot(bottomRight.x - bottomLeft.x, bottomRight.y - bottomLeft.y);
    const size = Math.max(1, Math.hypot(topRight.x - bottomRight.x, topRight.y - bottomRight.y));
    const [cos, sin] = [(bottomRight.x - bottomLeft.x) / (length || 1), (bottomRight.y - bottomLeft.y) / (length || 1)];
    const stretch = (100 * length) / (size * LETTER * text.length);
    const place = [cos, sin, -sin, cos, bottomLeft.x, bottomLeft.y].map(decimal).join(" ");
    return `/F ${decimal(size)} Tf ${decimal(stretch)} Tz ${place} Tm <${winAnsi(text)}> Tj`;
  });
  return `BT 3 Tr\n${lines.filter((line) => line !== "").join("\n")}\nET`;
}

/** Hex digits; what Latin-1 lacks becomes a question mark. */
function winAnsi(text: string): string {
  return Buffer.from(
    [...`${text} `].map((character) => (character > "\xff" ? "?" : character)).join(""),
    "latin1",
  ).toString("hex");
}

function decimal(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}

function latin(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
