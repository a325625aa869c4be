/** The thread of the face finder. */
import type { Box, Raster } from "../../src/image-types.ts";
import { type FaceModels, openFaceNet } from "./faceNet.ts";
import { findFaces } from "./facesIn.ts";
import { serve } from "./serve.ts";

await serve<FaceModels, Raster, readonly Box[]>(async (models) => {
  const net = await openFaceNet(models);
  return (image) => findFaces(image, net);
});
