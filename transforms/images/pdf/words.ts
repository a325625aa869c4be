/** Words of a page's own text, with the places where they are drawn. */
import type { PDFiumPage } from "@hyzyla/pdfium";
import type { Box, Word } from "../../../src/image-types.ts";

/** What PDFium has and its package's types leave out. */
interface Module {
  _FPDFText_LoadPage(page: number): number;
  _FPDFText_ClosePage(text: number): void;
  _FPDFText_CountChars(text: number): number;
  _FPDFText_GetUnicode(text: number, at: number): number;
  /** Writes four floats to `box`: left, top, right, bottom, in points of the page; false where it has no place. */
  _FPDFText_GetLooseCharBox(text: number, at: number, box: number): number;
  /** Writes an integer to each of `x` and `y`. */
  _FPDF_PageToDevice(
    ...args: [
      page: number,
      left: number,
      top: number,
      width: number,
      height: number,
      turns: number,
      pageX: number,
      pageY: number,
      x: number,
      y: number,
    ]
  ): number;
  readonly wasmExports: { malloc(size: number): number; free(at: number): void };
  readonly HEAPU8: Uint8Array;
}

/** Characters of a page that are looked at. */
const MOST = 200_000;

/**
 * The words in PDFium's order, upright boxes in pixels of the page drawn with this size. What has no place or no
 * character is left out; letters that are not drawn have places too.
 */
export function textWords(page: PDFiumPage, width: number, height: number): readonly Word[] {
  const { module, pageIdx } = page as unknown as { readonly module: Module; readonly pageIdx: number };
  const text = module._FPDFText_LoadPage(pageIdx);
  const room = module.wasmExports.malloc(24);
  const words: Word[] = [];
  let [said, box, line]: [string, Box | undefined, number] = ["", undefined, 0];
  const end = () => {
    if (box && said !== "") words.push({ text: said, polygon: cornersOf(box), score: 1, line });
    [said, box] = ["", undefined];
  };
  try {
    const count = Math.min(module._FPDFText_CountChars(text), MOST);
    for (let at = 0; at < count; at += 1) {
      const code = module._FPDFText_GetUnicode(text, at);
      const char = code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
      if (char.trim() === "" || char < " ") {
        end();
        if (char === "\n" || char === "\r") line += 1;
        continue;
      }
      if (!module._FPDFText_GetLooseCharBox(text, at, room)) continue;
      said += char;
      box = joined(box, placed(module, pageIdx, room, width, height));
    }
    end();
  } finally {
    module.wasmExports.free(room);
    module._FPDFText_ClosePage(text);
  }
  return words;
}

/** The four floats at `room` as a box of pixels; the eight bytes after them are used. */
function placed(module: Module, page: number, room: number, width: number, height: number): Box {
  const memory = () => new DataView(module.HEAPU8.buffer, room, 24);
  const [left, top, right, bottom] = [0, 4, 8, 12].map((at) => memory().getFloat32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const point = (pageX: number, pageY: number) => {
    module._FPDF_PageToDevice(page, 0, 0, width, height, 0, pageX, pageY, room + 16, room + 20);
    return { x: memory().getInt32(16, true), y: memory().getInt32(20, true) };
  };
  const [one, other] = [point(left, top), point(right, bottom)];
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  return { x, y, width: Math.abs(one.x - other.x) + 1, height: Math.abs(one.y - other.y) + 1 };
}

function joined(one: Box | undefined, other: Box): Box {
  if (!one) return other;
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  const [right, bottom] = [
    Math.max(one.x + one.width, other.x + other.width),
    Math.max(one.y + one.height, other.y + other.height),
  ];
  return { x, y, width: right - x, height: bottom - y };
}

function cornersOf({ x, y, width, height }: Box): Word["polygon"] {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}
