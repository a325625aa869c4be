import { MaskingError } from "../../../src/errors.ts";
import { clean, decoded } from "../exif.ts";

export interface GifBlocks {
  readonly frames: number;
  /** Comments and plain texts. */
  readonly texts: readonly string[];
}

const [EXTENSION, IMAGE, END] = [0x21, 0x2c, 0x3b];
const [COMMENT, PLAIN_TEXT] = [0xfe, 0x01];

/** Walks over a file's blocks as GIF89a's grammar has them. Throws IMAGE_UNREADABLE where it ends before its end mark. */
export function blocksOf(bytes: Uint8Array): GifBlocks {
  const texts: string[] = [];
  let frames = 0;
  let at = 13 + colours(bytes[10]);
  while (at < bytes.length && bytes[at] !== END) {
    if (bytes[at] === IMAGE) {
      frames++;
      at = pastData(bytes, at + 11 + colours(bytes[at + 9])).end;
    } else if (bytes[at] === EXTENSION) {
      const label = bytes[at + 1]!;
      const { end, data } = pastData(bytes, at + 2);
      if (label === COMMENT || label === PLAIN_TEXT) texts.push(decoded(data));
      at = end;
    } else break;
  }
  if (bytes[at] !== END) throw new MaskingError("IMAGE_UNREADABLE");
  return { frames, texts: clean(texts) };
}

/** Bytes of a colour table that the packed fields announce. */
function colours(packed = 0): number {
  return packed & 0x80 ? 3 << ((packed & 7) + 1) : 0;
}

function pastData(bytes: Uint8Array, start: number): { end: number; data: Uint8Array } {
  const parts: Uint8Array[] = [];
  let at = start;
  for (let size = bytes[at]; size !== undefined && size > 0; size = bytes[at]) {
    parts.push(bytes.subarray(at + 1, at + 1 + size));
    at += 1 + size;
  }
  return { end: at + 1, data: Buffer.concat(parts) };
}
