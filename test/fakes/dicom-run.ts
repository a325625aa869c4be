import type { ImageFormat, Redaction } from "../../src/image-types.ts";
import type { Masked, RunContext, Tally } from "../../src/types.ts";
import { dicomFormat } from "../../transforms/images/dicom/format.ts";
import type { FrameCodec } from "../../transforms/images/dicom/pixels/codec.ts";
import { type DicomOptions, headerRules } from "../../transforms/images/dicom/rules.ts";
import type { Masking } from "../../transforms/operators/masking.ts";
import { masking } from "./masking.ts";

export const RUN: RunContext = { tally: {} as Tally, signal: new AbortController().signal };

/** A redaction that covers nothing and finds nothing. */
export const NOTHING: Redaction = {
  boxes: [],
  fill: [0, 0, 0],
  subject: { id: null },
  maskText: async (texts) => texts as readonly Masked[],
};

export function formatOf(
  codec?: FrameCodec,
  options: DicomOptions = {},
  how: Masking = masking(),
  pdf?: ImageFormat,
): ImageFormat {
  const limits = { megapixels: 200, pages: 100_000 };
  return dicomFormat({ rules: headerRules(options, how), limits, ...(codec && { codec }), ...(pdf && { pdf }) });
}

/** The whole answer of `redact`. */
export async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Masks a file with the boxes that `boxesOf` gives for a page's size and number. */
export async function maskedBy(
  format: ImageFormat,
  bytes: Uint8Array,
  boxesOf: (width: number, height: number, page: number) => Redaction["boxes"][number] = () => [],
  redaction: Partial<Redaction> = {},
): Promise<{ readonly bytes: Buffer; readonly boxes: Redaction["boxes"] }> {
  const image = await format.open(bytes, RUN);
  const boxes: Redaction["boxes"][number][] = [];
  for await (const { width, height } of image.pages()) boxes.push(boxesOf(width, height, boxes.length));
  return { bytes: await collected(image.redact({ ...NOTHING, ...redaction, boxes })), boxes };
}
