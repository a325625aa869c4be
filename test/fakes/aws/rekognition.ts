/** DetectText and DetectFaces of Rekognition, and DetectDocumentText of Textract: limits and forms; what is seen is the test's to say. */
import sharp from "sharp";
import type { Box, Raster } from "../../../src/image-types.ts";
import { type Arrived, json, type Operation, Refusal } from "./exchange.ts";
import { invalid, targetOf } from "./json.ts";
import type { Service } from "./server.ts";

/** Something in a picture as it arrived, in pixels of it. */
export interface Seen {
  readonly text: string;
  readonly box: Box;
  /** Things of one line share it. */
  readonly line: number;
  readonly confidence?: number;
}

export interface FakeVision extends Service {
  /** What is in a picture. */
  see: (picture: Raster) => readonly Seen[] | Promise<readonly Seen[]>;
  faces: (picture: Raster) => readonly Box[];
  /** Members of the answer that take the place of the fake's own. */
  instead: Readonly<Record<string, unknown>> | undefined;
  /** Requests a second; none where undefined. */
  quota: number | undefined;
  readonly pictures: {
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly bytes: number;
  }[];
}

/** The service tells of no more words in one call, and of no more faces, without a word about the rest. */
const WORD_CAP = 100;
const FACE_CAP = 100;

export function fakeRekognition(): FakeVision {
  const fake = newFake(
    "rekognition",
    (request) => targetOf(request, "RekognitionService"),
    async (name, body) => {
      const { Image: image, Filters: filters } = body as {
        Image?: { Bytes?: string };
        Filters?: { WordFilter?: { MinConfidence?: number } };
      };
      const picture = await arrived(fake, image?.Bytes, 5_242_880, { name: "image.bytes", least: 80, most: 10_000 });
      if (name === "DetectFaces") {
        const largest = [...fake.faces(picture)]
          .sort((a, b) => b.width * b.height - a.width * a.height)
          .slice(0, FACE_CAP);
        return { FaceDetails: largest.map((box) => ({ BoundingBox: ratios(box, picture), Confidence: 99 })) };
      }
      if (name !== "DetectText") throw new Refusal(400, "UnknownOperationException", "");
      const least = filters?.WordFilter?.MinConfidence ?? 80;
      const seen = (await fake.see(picture)).filter(({ confidence = 99 }) => confidence >= least);
      return { TextDetections: detections(seen.slice(0, WORD_CAP), picture), TextModelVersion: "3.0" };
    },
  );
  return fake;
}

export function fakeTextract(): FakeVision {
  const fake = newFake(
    "textract",
    (request) => targetOf(request, "Textract"),
    async (name, body) => {
      if (name !== "DetectDocumentText") throw new Refusal(400, "UnknownOperationException", "");
      const { Document: document } = body as { Document?: { Bytes?: string } };
      const picture = await arrived(fake, document?.Bytes, 10 << 20, {
        name: "document.bytes",
        least: 1,
        most: 10_000,
      });
      const seen = await fake.see(picture);
      return { Blocks: blocks(seen, picture), DetectDocumentTextModelVersion: "1.0", DocumentMetadata: { Pages: 1 } };
    },
  );
  return fake;
}

function newFake(
  service: string,
  nameOf: (request: Arrived) => string,
  answer: (name: string, body: unknown) => Promise<object>,
): FakeVision {
  let [level, last] = [0, Number.NEGATIVE_INFINITY];
  const fake: FakeVision = {
    name: service,
    see: () => [],
    faces: () => [],
    instead: undefined,
    quota: undefined,
    pictures: [],
    operation(request): Operation {
      const name = nameOf(request);
      return {
        service,
        name,
        async run() {
          if (fake.quota !== undefined) {
            level = Math.min(fake.quota, level + (Math.min(performance.now() - last, 1e6) / 1000) * fake.quota);
            last = performance.now();
            if (level < 1)
              throw new Refusal(400, "ProvisionedThroughputExceededException", "Provisioned rate exceeded");
            level -= 1;
          }
          return json({ ...(await answer(name, JSON.parse(request.body.toString()))), ...fake.instead });
        },
      };
    },
  };
  return fake;
}

async function arrived(
  fake: FakeVision,
  base64: string | undefined,
  limit: number,
  { name, least, most }: { readonly name: string; readonly least: number; readonly most: number },
): Promise<Raster> {
  const bytes = Buffer.from(base64 ?? "", "base64");
  if (bytes.length === 0) throw new Refusal(400, "InvalidParameterException", "Request has invalid parameters");
  if (bytes.length > limit) throw invalid(name, `Member must have length less than or equal to ${limit}`);
  const { format } = await sharp(bytes).metadata();
  if (format !== "png" && format !== "jpeg")
    throw new Refusal(400, "InvalidImageFormatException", "Invalid image format");
  const { data, info } = await sharp(bytes)
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  if (Math.min(width, height) < least || Math.max(width, height) > most) {
    throw new Refusal(400, "InvalidParameterException", "Request has invalid parameters");
  }
  fake.pictures.push({ width, height, format, bytes: bytes.length });
  return { width, height, channels: 3, data: new Uint8Array(data) };
}

function ratios({ x, y, width, height }: Box, picture: Raster): Readonly<Record<string, number>> {
  const { width: wide, height: high } = picture;
  return { Left: x / wide, Top: y / high, Width: width / wide, Height: height / high };
}

function geometry(box: Box, picture: Raster): object {
  const { Left: x = 0, Top: y = 0, Width: width = 0, Height: height = 0 } = ratios(box, picture);
  const corner = (X: number, Y: number) => ({ X, Y });
  return {
    BoundingBox: ratios(box, picture),
    Polygon: [corner(x, y), corner(x + width, y), corner(x + width, y + height), corner(x, y + height)],
  };
}

/** Lines first, then words, each of which names its line: the order of the service. */
function detections(seen: readonly Seen[], picture: Raster): readonly object[] {
  const lines = [...new Set(seen.map(({ line }) => line))];
  const said = (line: number) => seen.filter((each) => each.line === line);
  const whole = lines.map((line, Id) => ({
    DetectedText: said(line)
      .map(({ text }) => text)
      .join(" "),
    Type: "LINE",
    Id,
    Confidence: 99,
    Geometry: geometry(said(line)[0]!.box, picture),
  }));
  const words = seen.map(({ text, line, box, confidence = 99 }, at) => ({
    DetectedText: text,
    Type: "WORD",
    Id: lines.length + at,
    ParentId: lines.indexOf(line),
    Confidence: confidence,
    Geometry: geometry(box, picture),
  }));
  return [...whole, ...words];
}

function blocks(seen: readonly Seen[], picture: Raster): readonly object[] {
  const lines = [...new Set(seen.map(({ line }) => line))];
  const words = seen.map(({ text, box, confidence = 99 }, at) => ({
    BlockType: "WORD",
    Id: `word-${at}`,
    Text: text,
    TextType: "PRINTED",
    Confidence: confidence,
    Geometry: geometry(box, picture),
  }));
  const whole = lines.map((line) => ({
    BlockType: "LINE",
    Id: `line-${line}`,
    Text: seen
      .filter((each) => each.line === line)
      .map(({ text }) => text)
      .join(" "),
    Confidence: 99,
    Relationships: [{ Type: "CHILD", Ids: seen.flatMap((each, at) => (each.line === line ? [`word-${at}`] : [])) }],
  }));
  return [{ BlockType: "PAGE", Id: "page" }, ...whole, ...words];
}
