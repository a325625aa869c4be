/** The finder of faces that needs no service, in a thread of its own. */
import type { Box, FaceFinder, Raster } from "../../src/image-types.ts";
import { checkRaster } from "./embedded.ts";
import type { FaceModels } from "./faceNet.ts";
import { openThreads } from "./threads.ts";

export interface EmbeddedFacesOptions {
  readonly models: FaceModels;
  /** Versions of the packages that the models come from. */
  readonly packages: string;
  /** Images looked at at the same time. One where left out. */
  readonly threads?: number;
  /** Milliseconds of work on an image after which it counts as unreadable. */
  readonly limitMs?: number;
}

/** Changes whenever the same network would give other boxes. */
const VERSION = "1";

/**
 * SSD on MobileNet at four turns, a margin around each face. Faces smaller than about a thirtieth of the image's longer
 * side are missed. Throws IMAGE_UNREADABLE, PACKAGE_MISSING, STOPPED, as `embeddedReader` does.
 */
export function embeddedFaces(options: EmbeddedFacesOptions): FaceFinder & { close(): Promise<void> } {
  const { models, packages, threads = 1, limitMs = 120_000 } = options;
  const pool = openThreads<Raster, readonly Box[]>("./faceWorker", models, threads);
  return {
    name: "embedded_faces",
    version: `${VERSION}/${packages}`,
    async find(image, { signal }) {
      checkRaster(image);
      return pool.ask(image, limitMs, signal);
    },
    close: pool.close,
  };
}
