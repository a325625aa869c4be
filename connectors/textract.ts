/** Amazon Textract as a reader of dense pages: no limit of words, any direction. The SDK is loaded by the first image. */
import { MaskingError } from "../src/errors.ts";
import type { TextReader, Word } from "../src/image-types.ts";
import { type AwsOptions, clientOptions } from "./aws.ts";
import { TEXTRACT } from "./prices.ts";
import { checkRegion, type ImageAccount, newAsk, versionOf } from "./rekognition/ask.ts";
import { BLANK, halvesOf, type Region, type Sent, sentOf, wholeOf } from "./rekognition/region.ts";
import { joined, type RawGeometry, wordsOf } from "./rekognition/words.ts";

export interface TextractOptions extends AwsOptions, ImageAccount {}

/** Changes whenever the same answers of the service become other words. */
const VERSION = "1";
/** Bytes of a document within a request, and pixels of a side (Textract's quotas). */
const MOST_BYTES = 10 << 20;
const LONGEST = 10_000 - 64;

/** A piece of an answer as it came. */
interface RawBlock {
  readonly BlockType?: unknown;
  readonly Id?: unknown;
  readonly Text?: unknown;
  readonly Confidence?: unknown;
  readonly Geometry?: RawGeometry | undefined;
  readonly Relationships?: unknown;
}

/** DetectDocumentText. Calls are counted as `textract`. Throws as `rekognitionReader` does. */
export function textractReader(options: TextractOptions = {}): TextReader {
  const models = new Set<string>();
  let client: Promise<Client> | undefined;
  const ask = newAsk(
    async (bytes: Uint8Array, signal) => {
      client ??= connect(options);
      return (await client).detectDocumentText({ Document: { Bytes: bytes } }, { abortSignal: signal });
    },
    TEXTRACT,
    options,
  );
  const readPart: ReadPart = async (image, region, run) => {
    const small = Math.max(region.width, region.height) <= LONGEST;
    const sent = small ? await sentOf(image, region, MOST_BYTES) : undefined;
    if (!sent) {
      const parts: (readonly Word[])[] = [];
      for (const half of halvesOf(region)) parts.push(...(await readPart(image, half, run)));
      return parts;
    }
    const { Blocks: blocks, DetectDocumentTextModelVersion: model } = await ask(sent.bytes, run);
    if (!Array.isArray(blocks)) throw new MaskingError("DETECTOR_FAILED");
    models.add(versionOf(model));
    return [wordsIn(blocks, sent, image)];
  };
  return {
    name: "textract",
    get version() {
      return [VERSION, ...(models.size > 0 ? [[...models].sort().join("+")] : [])].join("/");
    },
    async read(image, run) {
      const parts = await readPart(image, wholeOf(image), run);
      return parts.length === 1 ? parts[0]! : joined(parts);
    },
    async ready(run) {
      await readPart(BLANK, wholeOf(BLANK), run);
    },
  };
}

type ReadPart = (
  image: Parameters<TextReader["read"]>[0],
  region: Region,
  run: Parameters<TextReader["read"]>[1],
) => Promise<readonly (readonly Word[])[]>;

/** Words in the order of their lines, which name them as children; a word of no line stands alone. */
function wordsIn(blocks: readonly RawBlock[], sent: Sent, image: Parameters<TextReader["read"]>[0]): readonly Word[] {
  const lineOf = new Map<unknown, number>();
  for (const [number, line] of blocks.filter(({ BlockType }) => BlockType === "LINE").entries()) {
    for (const id of childrenOf(line)) lineOf.set(id, number);
  }
  const order = (block: RawBlock) => lineOf.get(block.Id) ?? Number.MAX_SAFE_INTEGER;
  const words = blocks.filter(({ BlockType }) => BlockType === "WORD").sort((a, b) => order(a) - order(b));
  const raw = words.map((word) => ({
    text: word.Text,
    confidence: word.Confidence,
    geometry: word.Geometry,
    line: lineOf.get(word.Id) ?? word,
  }));
  return wordsOf(raw, sent, image);
}

function childrenOf({ Relationships: relationships }: RawBlock): readonly unknown[] {
  if (!Array.isArray(relationships)) return [];
  return relationships.flatMap(({ Type, Ids }: { Type?: unknown; Ids?: unknown }) =>
    Type === "CHILD" && Array.isArray(Ids) ? Ids : [],
  );
}

type Client = Pick<import("@aws-sdk/client-textract").Textract, "detectDocumentText">;

async function connect(options: TextractOptions): Promise<Client> {
  const { Textract } = await import("@aws-sdk/client-textract");
  const client = new Textract(clientOptions(options, "TEXTRACT"));
  await checkRegion(client);
  return client;
}
