/** The reader of text that needs no service: PP-OCRv4 and Tesseract, in threads of their own. */

import { MaskingError } from "../../src/errors.ts";
import type { Raster, TextReader } from "../../src/image-types.ts";
import { openThreads } from "./threads.ts";
import type { ReaderModels } from "./worker.ts";

export interface EmbeddedReaderOptions {
  readonly models: ReaderModels;
  /** Versions of the packages that the models come from. */
  readonly packages: string;
  /** Images read at the same time; each thread takes some 500 MB. Two where left out. */
  readonly threads?: number;
  /** Milliseconds of work on an image after which it counts as unreadable; by its size where left out. */
  readonly limitMs?: (image: Raster) => number;
}

/** Changes whenever the same engines would read the same image otherwise. */
const VERSION = "2";

/** A slow machine needs a second for a megapixel; an image that takes this long never ends. */
const limitOf = ({ width, height }: Raster): number => 60_000 + (10_000 * width * height) / 1e6;

/**
 * Threads start with the first image and stay. An image of which nothing can be read has no words; one that cannot be
 * read through, or not in time, throws IMAGE_UNREADABLE; PACKAGE_MISSING where the engines do not load.
 */
export function embeddedReader(options: EmbeddedReaderOptions): TextReader & { close(): Promise<void> } {
  const { models, packages, threads = 2, limitMs = limitOf } = options;
  const pool = openThreads<Raster, Awaited<ReturnType<TextReader["read"]>>>("./worker", models, threads);
  return {
    name: "embedded_reader",
    version: `${VERSION}/${packages}`,
    async read(image, { signal }) {
      checkRaster(image);
      return pool.ask(image, limitMs(image), signal);
    },
    close: pool.close,
  };
}

/** Throws IMAGE_UNREADABLE where the raster's bytes are not what its size says. */
export function checkRaster({ width, height, channels, data }: Raster): void {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || data.length !== width * height * channels) throw new MaskingError("IMAGE_UNREADABLE");
}
