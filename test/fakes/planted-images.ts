import { chunkBytes, chunksOf } from "../../transforms/images/png/chunks.ts";
import { made, moving } from "./images.ts";

/** What is planted: no format writes it by itself. */
export const TOKEN = "ZEBEDEEQUILL";

const text = (...parts: readonly (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.of(part))));

const exif = { IFD0: { ImageDescription: `${TOKEN} 1`, Artist: TOKEN }, IFD3: { GPSAreaInformation: TOKEN } };
const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="${TOKEN}"/></rdf:RDF></x:xmpmeta>`;

/** Files that tell the token wherever their format lets one say something. */
export const planted: Readonly<Record<string, () => Promise<Buffer>>> = {
  async jpeg() {
    const bytes = await made.rgb().jpeg().withExif(exif).withXmp(xmp).toBuffer();
    const segments = [
      segment(0xe0, text("JFXX\0\x10", TOKEN)),
      segment(0xe2, text("ICC_PROFILE\0\x01\x01", TOKEN)),
      segment(0xed, text("Photoshop 3.0\0", "8BIM\x04\x04\0\0\0\0\0\x0c", TOKEN)),
      segment(0xee, text("Adobe\0\x64\0\0\0\0\x01", TOKEN)),
      segment(0xfe, text(TOKEN)),
    ];
    const scan = bytes.lastIndexOf(Buffer.of(0xff, 0xd9));
    return Buffer.concat([
      bytes.subarray(0, 2),
      ...segments,
      bytes.subarray(2, scan),
      text(TOKEN),
      bytes.subarray(scan),
      text(TOKEN),
    ]);
  },
  async progressive() {
    const bytes = await made.rgb().jpeg({ progressive: true }).withExif(exif).toBuffer();
    return Buffer.concat([bytes.subarray(0, 2), segment(0xfe, text(TOKEN)), bytes.subarray(2), bytes]);
  },
  async png() {
    const bytes = await made.rgb().png().withExif(exif).withXmp(xmp).toBuffer();
    const { deflateSync } = await import("node:zlib");
    const all = chunksOf(bytes);
    const last = all.findLastIndex(({ type }) => type === "IDAT");
    const chunks = all.map(({ type, data }, i) => ({
      type,
      data: i === last ? Buffer.concat([data, text(TOKEN)]) : data,
    }));
    const extra = [
      { type: "tEXt", data: text("Comment\0", TOKEN) },
      { type: "zTXt", data: Buffer.concat([text("Author\0\0"), deflateSync(TOKEN)]) },
      { type: "iTXt", data: Buffer.concat([text("Title\0\x01\0en\0\0"), deflateSync(TOKEN)]) },
      { type: "prVt", data: text(TOKEN) },
      { type: "gAMA", data: text(TOKEN) },
    ];
    const [head, ...rest] = chunks;
    return Buffer.concat([bytes.subarray(0, 8), ...[head!, ...extra, ...rest].map(chunkBytes), text(TOKEN)]);
  },
  async tiff() {
    const bytes = await made.rgb().tiff({ compression: "lzw" }).withExif(exif).withXmp(xmp).toBuffer();
    return Buffer.concat([bytes, text(TOKEN)]);
  },
  async webp() {
    const bytes = await made.rgba().webp({ lossless: true }).withExif(exif).withXmp(xmp).toBuffer();
    const chunk = Buffer.concat([text("PHIM"), Buffer.from(Uint32Array.of(TOKEN.length).buffer), text(TOKEN)]);
    const whole = Buffer.concat([bytes, chunk]);
    whole.writeUInt32LE(whole.length - 8, 4);
    return Buffer.concat([whole, text(TOKEN)]);
  },
  async gif() {
    const bytes = await moving(2)
      .gif({ delay: [100, 100] })
      .toBuffer();
    const said = [
      text(0x21, 0xfe, TOKEN.length, TOKEN, 0),
      text(0x21, 0xff, 11, "XMP DataXMP", TOKEN.length, TOKEN, 0),
    ];
    return Buffer.concat([bytes.subarray(0, -1), ...said, text(0x3b, TOKEN)]);
  },
};

function segment(marker: number, payload: Buffer): Buffer {
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}
