import { MaskingError } from "../../src/errors.ts";

/** How large an image may be: checked before any of it is decoded. */
export interface ImageLimits {
  /** Millions of pixels of a page; of all frames together where an image moves. */
  readonly megapixels: number;
  /** Pages or frames. */
  readonly pages: number;
}

/** Throws IMAGE_TOO_LARGE, and IMAGE_UNREADABLE for a size that none can have. */
export function checkSize(width: number, height: number, frames: number, limits: ImageLimits): void {
  if (!(width > 0 && height > 0 && frames > 0)) throw new MaskingError("IMAGE_UNREADABLE");
  if (frames > limits.pages || width * height > limits.megapixels * 1e6) throw new MaskingError("IMAGE_TOO_LARGE");
}
