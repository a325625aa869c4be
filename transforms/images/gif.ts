import { MaskingError } from "../../src/errors.ts";
import type { ImageFormat, Redaction } from "../../src/image-types.ts";
import { fillFrames, openFrames, pagesOf, rawOf } from "./frames.ts";
import { blocksOf } from "./gif/blocks.ts";
import { writeGif } from "./gif/write.ts";
import type { ImageLimits } from "./limits.ts";
import { reading } from "./sharp.ts";

/**
 * GIF, every frame. Frames are drawn anew with exact colours; only where what shows at one time has more than 256
 * colours are they fitted. Comments, application data and plain texts stay behind. What is covered in one frame is
 * covered in all.
 */
export function gifFormat(limits: ImageLimits): ImageFormat {
  return {
    name: "gif",
    suffix: ".gif",
    headBytes: 6,
    matches: (head) => /^GIF8[79]a/.test(Buffer.from(head.subarray(0, 6)).toString("latin1")),
    async open(bytes) {
      const told = blocksOf(bytes);
      const { frames } = await openFrames(bytes, limits);
      // A decoder may make do with the frames before a broken one.
      if (frames.count !== told.frames) throw new MaskingError("IMAGE_UNREADABLE");
      return {
        carried: told.texts,
        pages: () => pagesOf(frames),
        async *redact({ boxes, fill }: Redaction) {
          const filled = fillFrames(frames, boxes, fill);
          const { delay, loop } = filled;
          yield writeGif(filled) ??
            (await reading((await rawOf(filled)).gif({ delay: [...delay], loop, dither: 0 }).toBuffer()));
        },
      };
    },
  };
}
