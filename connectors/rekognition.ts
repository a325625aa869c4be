/** Amazon Rekognition as a reader of text and a finder of faces. The SDK is loaded by the first image. */
import { MaskingError } from "../src/errors.ts";
import type { Box, FaceFinder, Raster, TextReader, Word } from "../src/image-types.ts";
import type { RunContext } from "../src/types.ts";
import { type AwsOptions, clientOptions } from "./aws.ts";
import { REKOGNITION } from "./prices.ts";
import { checkRegion, type ImageAccount, newAsk, versionOf } from "./rekognition/ask.ts";
import {
  BLANK,
  boundsOf,
  halvesOf,
  type Region,
  type Sent,
  sentOf,
  shareWithin,
  wholeOf,
} from "./rekognition/region.ts";
import { joined, polygonOf, wordsOf } from "./rekognition/words.ts";

export interface RekognitionOptions extends AwsOptions, ImageAccount {}

/** Changes whenever the same answers of the service become other words or boxes. */
const VERSION = "1";
/** Bytes of an image within a request (the service's model). */
const MOST_BYTES = 5_242_880;
/** A call tells of no more words, and does not say when there are more. */
const MOST_WORDS = 100;
/** As many faces as a call tells of, the largest first. */
const MOST_FACES = 100;
/** Longest side that is asked about at once: on larger ones small text is not read. */
const LONGEST = 4096;

/**
 * DetectText. An image in which the service sees as many words as it tells of is asked about again in halves, until each
 * has fewer, so that none stays hidden. Words below 80 % confidence come too. `version` holds the models that have
 * answered so far. Calls are counted as `rekognition`. Throws IMAGE_UNREADABLE, DETECTOR_FAILED, SERVICE_DENIED,
 * BUDGET_SPENT, JOB_INVALID (no region), STOPPED.
 */
export function rekognitionReader(options: RekognitionOptions = {}): TextReader {
  const models = new Set<string>();
  const client = lazyClient(options);
  const ask = newAsk(
    async (bytes: Uint8Array, signal) => {
      const input = { Image: { Bytes: bytes }, Filters: { WordFilter: { MinConfidence: 0 } } };
      return (await client()).detectText(input, { abortSignal: signal });
    },
    REKOGNITION,
    options,
  );
  const look = async (sent: Sent, image: Raster, run: RunContext): Promise<readonly Word[] | undefined> => {
    const { TextDetections: found, TextModelVersion: model } = await ask(sent.bytes, run);
    if (!Array.isArray(found)) throw new MaskingError("DETECTOR_FAILED");
    models.add(versionOf(model));
    const words = found.filter(({ Type }) => Type !== "LINE");
    if (words.length >= MOST_WORDS) return undefined;
    const raw = words.map((word) => ({
      text: word.DetectedText,
      confidence: word.Confidence,
      geometry: word.Geometry,
      line: word.ParentId,
    }));
    return wordsOf(raw, sent, image);
  };
  return {
    name: "rekognition",
    get version() {
      return [VERSION, ...(models.size > 0 ? [[...models].sort().join("+")] : [])].join("/");
    },
    async read(image, run) {
      const parts = await inParts(image, wholeOf(image), run, look);
      return parts.length === 1 ? parts[0]! : joined(parts);
    },
    async ready(run) {
      await inParts(BLANK, wholeOf(BLANK), run, look);
    },
  };
}

/** Share of a face's size that is covered beyond it: the service's boxes leave out hair, ears and chin. */
const FACE_MARGIN = 0.2;

/** DetectFaces, in halves where the service tells of as many faces as it can. Counted and failing as `rekognitionReader`. */
export function rekognitionFaces(options: RekognitionOptions = {}): FaceFinder {
  const client = lazyClient(options);
  const ask = newAsk(
    async (bytes: Uint8Array, signal) =>
      (await client()).detectFaces({ Image: { Bytes: bytes }, Attributes: ["DEFAULT"] }, { abortSignal: signal }),
    REKOGNITION,
    options,
  );
  const look = async (sent: Sent, image: Raster, run: RunContext): Promise<readonly Box[] | undefined> => {
    const { FaceDetails: found } = await ask(sent.bytes, run);
    if (!Array.isArray(found)) throw new MaskingError("DETECTOR_FAILED");
    if (found.length >= MOST_FACES) return undefined;
    return found.map(({ BoundingBox }) => withMargin(boundsOf(polygonOf({ BoundingBox }, sent, image)), image));
  };
  return {
    name: "rekognition_faces",
    version: VERSION,
    async find(image, run) {
      const found = (await inParts(image, wholeOf(image), run, look)).flat();
      // The same face from two halves comes once; one that a cut went through lies within the whole of it.
      return found.filter((box, at) => !found.some((other, i) => i < at && shareWithin(box, other) > 0.9));
    },
  };
}

function withMargin({ x, y, width, height }: Box, image: Raster): Box {
  const [across, down] = [width * FACE_MARGIN, height * FACE_MARGIN];
  const [left, top] = [Math.max(0, x - across), Math.max(0, y - down)];
  const [right, bottom] = [Math.min(image.width, x + width + across), Math.min(image.height, y + height + down)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Answers about the image, in one part, or in as many as it takes until each could be answered whole. */
async function inParts<A>(
  image: Raster,
  region: Region,
  run: RunContext,
  look: (sent: Sent, image: Raster, run: RunContext) => Promise<A | undefined>,
): Promise<readonly A[]> {
  const small = Math.max(region.width, region.height) <= LONGEST;
  const sent = small ? await sentOf(image, region, MOST_BYTES) : undefined;
  const answer = sent && (await look(sent, image, run));
  if (answer) return [answer];
  const parts: A[] = [];
  for (const half of halvesOf(region)) parts.push(...(await inParts(image, half, run, look)));
  return parts;
}

type Client = Pick<import("@aws-sdk/client-rekognition").Rekognition, "detectText" | "detectFaces">;

function lazyClient(options: RekognitionOptions): () => Promise<Client> {
  let client: Promise<Client> | undefined;
  return () => {
    client ??= connect(options);
    return client;
  };
}

async function connect(options: RekognitionOptions): Promise<Client> {
  const { Rekognition } = await import("@aws-sdk/client-rekognition");
  const client = new Rekognition(clientOptions(options, "REKOGNITION"));
  await checkRegion(client);
  return client;
}
