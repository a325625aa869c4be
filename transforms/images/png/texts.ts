import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { decoded, readXmp } from "../exif.ts";
import type { Chunk } from "./chunks.ts";

/** Bytes that a compressed text may become; what is longer is passed over: none of it is written again. */
const MOST_TEXT = 1 << 20;

/** Keyword and text of the text chunks: PNG (third edition), 11.3.3. XMP in one of them is read as such. */
export async function readTexts(chunks: readonly Chunk[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { type, data } of chunks) {
    const end = data.indexOf(0);
    if (!["tEXt", "zTXt", "iTXt"].includes(type) || end < 0) continue;
    const [packed, from] = type === "tEXt" ? [false, end + 1] : type === "zTXt" ? [true, end + 2] : inner(data, end);
    const bytes = packed ? await unpacked(data.subarray(from)) : data.subarray(from);
    const text = type === "iTXt" ? decoded(bytes) : Buffer.from(bytes).toString("latin1");
    texts.push(...(/<x:xmpmeta|<rdf:RDF/.test(text) ? readXmp(bytes) : [text]));
  }
  return texts;
}

/** Where an international text starts: after a flag, a method, a language and a translated keyword. */
function inner(data: Uint8Array, end: number): [boolean, number] {
  const language = data.indexOf(0, end + 3);
  const keyword = data.indexOf(0, language + 1);
  return [data[end + 1] === 1, language < 0 || keyword < 0 ? data.length : keyword + 1];
}

async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  return promisify(inflate)(bytes, { maxOutputLength: MOST_TEXT }).catch(() => new Uint8Array());
}
