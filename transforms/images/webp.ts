import type { ImageFormat, Redaction } from "../../src/image-types.ts";
import { clean, readExif, readXmp } from "./exif.ts";
import { type Frames, fillFrames, openFrames, pagesOf, rawOf } from "./frames.ts";
import type { ImageLimits } from "./limits.ts";
import { reading } from "./sharp.ts";

/** Of a lossy picture that is encoded again: its own quality is not told by its file. */
const QUALITY = 90;

/**
 * WebP, pictures that move as well. Lossless ones stay lossless; lossy ones are encoded once more. EXIF, XMP, ICC and
 * unknown chunks stay behind. In a picture that moves, what is covered in one frame is covered in all.
 */
export function webpFormat(limits: ImageLimits): ImageFormat {
  return {
    name: "webp",
    suffix: ".webp",
    headBytes: 12,
    matches: (head) => /^RIFF....WEBP/s.test(Buffer.from(head.subarray(0, 12)).toString("latin1")),
    async open(bytes) {
      const { frames, exif, xmp } = await openFrames(bytes, limits);
      const lossless = !bytesHold(bytes, "VP8 ");
      return {
        carried: clean([
          ...(exif ? readExif(exif.subarray(exif[0] === 0x45 ? 6 : 0)).texts : []),
          ...(xmp ? readXmp(xmp) : []),
        ]),
        pages: () => pagesOf(frames),
        async *redact({ boxes, fill }: Redaction) {
          yield await encode(fillFrames(frames, boxes, fill), lossless);
        },
      };
    },
  };
}

async function encode(frames: Frames, lossless: boolean): Promise<Uint8Array> {
  const { delay, loop, count } = frames;
  const moving = count > 1 ? { delay: [...delay], loop } : {};
  const how = lossless ? { lossless, exact: true } : { quality: QUALITY };
  return reading((await rawOf(frames)).webp({ ...how, ...moving }).toBuffer());
}

function bytesHold(bytes: Uint8Array, tag: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(tag, 12, "latin1");
}
