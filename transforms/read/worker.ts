/** The thread of the embedded reader. */
import type { Raster, Word } from "../../src/image-types.ts";
import { openPaddle, type PaddleModels } from "./paddle.ts";
import { readPage } from "./read.ts";
import { serve } from "./serve.ts";
import { openTesseract, type TesseractModels } from "./tesseract.ts";

/** What the reader's threads are opened with. */
export interface ReaderModels {
  readonly paddle: PaddleModels;
  readonly tesseract: TesseractModels;
}

await serve<ReaderModels, Raster, readonly Word[]>(async (models) => {
  const engines = { paddle: await openPaddle(models.paddle), tesseract: await openTesseract(models.tesseract) };
  return (image) => readPage(image, engines);
});
