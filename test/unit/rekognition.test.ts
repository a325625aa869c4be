import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newPurse, type Purse } from "../../connectors/purse.ts";
import type { ImageLimits } from "../../connectors/rekognition/ask.ts";
import { halvesOf } from "../../connectors/rekognition/region.ts";
import { rekognitionFaces, rekognitionReader } from "../../connectors/rekognition.ts";
import { textractReader } from "../../connectors/textract.ts";
import type { Box, Raster, TextReader, Word } from "../../src/image-types.ts";
import { newTally } from "../../src/report.ts";
import { fakeRekognition, fakeTextract, type Seen } from "../fakes/aws/rekognition.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";
import { runOf } from "../fakes/rows.ts";

const [rekognition, textract] = [fakeRekognition(), fakeTextract()];
let server: AwsServer;
beforeAll(async () => {
  server = await awsServer([rekognition, textract]);
});
afterAll(() => server.close());

beforeEach(() => {
  server.faults.clear();
  server.record.clear();
  for (const service of [rekognition, textract]) {
    Object.assign(service, { see: () => [], faces: () => [], instead: undefined, quota: undefined });
    service.pictures.length = 0;
  }
});

const options = (limits: ImageLimits = {}, purse: Purse = newPurse()) => ({
  endpoint: server.endpoint,
  region: "us-east-1",
  credentials: CALLER,
  limits: { requestsPerSecond: 10_000, random: () => 0.01, ...limits },
  purse,
});

/** A picture whose every pixel tells its own place, so that the fake knows which part of it has arrived. */
function mapOf(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      data[at] = x & 255;
      data[at + 1] = y & 255;
      data[at + 2] = ((x >> 8) << 4) | (y >> 8);
    }
  }
  return { width, height, channels: 3, data };
}

/** Where the corner of what has arrived lies in the whole picture; 32 pixels of border around it. */
function originOf({ width, data }: Raster): { readonly x: number; readonly y: number } {
  const at = (32 * width + 32) * 3;
  const [low, high, rest] = [data[at]!, data[at + 1]!, data[at + 2]!];
  return { x: low + ((rest >> 4) << 8), y: high + ((rest & 15) << 8) };
}

/** Sees those of the words that lie in the part that has arrived, in its own pixels; of words that it cuts, the rest. */
function seeing(words: readonly Seen[]): (picture: Raster) => readonly Seen[] {
  return (picture) => {
    const { x, y } = originOf(picture);
    const [wide, high] = [picture.width - 64, picture.height - 64];
    return words.flatMap((word) => {
      const { box } = word;
      const left = Math.max(box.x - x, 0);
      const right = Math.min(box.x + box.width - x, wide);
      if (right <= left || box.y < y || box.y + box.height > y + high) return [];
      const cut = right - left < box.width;
      const text = cut
        ? word.text.slice(0, Math.max(1, Math.floor((word.text.length * (right - left)) / box.width)))
        : word.text;
      return [{ ...word, text, box: { x: left + 32, y: box.y - y + 32, width: right - left, height: box.height } }];
    });
  };
}

const textOf = (words: readonly Word[]) => words.map(({ text }) => text).join(" ");

/** A page of so many words, twelve a line. */
function page(count: number): readonly Seen[] {
  return Array.from({ length: count }, (_, i) => ({
    text: `<${i}>`,
    line: Math.floor(i / 12),
    box: { x: 20 + (i % 12) * 70, y: 20 + Math.floor(i / 12) * 24, width: 55, height: 16 },
  }));
}

const READERS: readonly (readonly [string, (limits?: ImageLimits, purse?: Purse) => TextReader, typeof rekognition])[] =
  [
    ["rekognition", (limits, purse) => rekognitionReader(options(limits, purse)), rekognition],
    ["textract", (limits, purse) => textractReader(options(limits, purse)), textract],
  ];

describe.each(READERS)("%s", (name, open, service) => {
  it("gives words with their places, lines in order, also of little confidence", async () => {
    const words: readonly Seen[] = [
      { text: "Jane", line: 0, box: { x: 10, y: 10, width: 40, height: 12 } },
      { text: "Roe", line: 0, box: { x: 60, y: 10, width: 30, height: 12 }, confidence: 12 },
      { text: "1943", line: 1, box: { x: 10, y: 40, width: 40, height: 12 } },
    ];
    service.see = seeing(words);
    const tally = newTally();
    const read = await open().read(mapOf(300, 200), runOf(tally));
    expect(textOf(read)).toBe("Jane Roe 1943");
    expect(read.map(({ line }) => line)).toEqual([0, 0, 1]);
    expect(read.map(({ score }) => Math.round(score * 100))).toEqual([99, 12, 99]);
    for (const [i, { polygon }] of read.entries()) {
      const { x, y, width, height } = words[i]!.box;
      expect(polygon[0]!.x).toBeCloseTo(x);
      expect(polygon[0]!.y).toBeCloseTo(y);
      expect(polygon[2]!.x).toBeCloseTo(x + width);
      expect(polygon[2]!.y).toBeCloseTo(y + height);
    }
    expect(Object.keys(tally.counts().calls)).toEqual([name]);
    expect(Object.values(tally.counts().calls)[0]).toMatchObject({ calls: 1, units: 1 });
  });

  it("names the model that answered", async () => {
    const reader = open();
    expect(reader.version).toBe("1");
    await reader.read(mapOf(90, 90), runOf());
    expect(reader.version).toMatch(/^1\/\d\.0$/);
  });

  it.each([
    [1, 1],
    [3, 600],
  ])("takes a picture of %i by %i, which the service would refuse", async (width, height) => {
    expect(await open().read(mapOf(width, height), runOf())).toEqual([]);
  });

  it("keeps places within the picture", async () => {
    service.see = () => [{ text: "edge", line: 0, box: { x: -20, y: 150, width: 400, height: 200 } }];
    const [word] = await open().read(mapOf(100, 100), runOf());
    for (const { x, y } of word!.polygon) expect(x >= 0 && x <= 100 && y >= 0 && y <= 100).toBe(true);
  });

  it("takes grey and alpha", async () => {
    const reader = open();
    await reader.read({ width: 90, height: 90, channels: 1, data: new Uint8Array(8100) }, runOf());
    await reader.read({ width: 90, height: 90, channels: 4, data: new Uint8Array(32_400) }, runOf());
    expect(service.pictures).toHaveLength(2);
  });

  it("waits where the service asks for fewer requests", async () => {
    service.quota = 40;
    const reader = open({ requestsPerSecond: 10_000, random: () => 0.001 });
    await Promise.all(Array.from({ length: 50 }, () => reader.read(mapOf(80, 80), runOf())));
    expect(service.pictures).toHaveLength(50);
  });

  it.each<[string, object]>([
    ["no list", { TextDetections: null, Blocks: null }],
    [
      "a word without a place",
      {
        TextDetections: [{ DetectedText: "x", Type: "WORD", Confidence: 9 }],
        Blocks: [{ BlockType: "WORD", Text: "x" }],
      },
    ],
    ["a word without a text", { TextDetections: [{ Type: "WORD" }], Blocks: [{ BlockType: "WORD" }] }],
  ])("takes %s for no answer", async (_, instead) => {
    service.instead = instead as Record<string, unknown>;
    await expect(open().read(mapOf(90, 90), runOf())).rejects.toMatchObject({ code: "DETECTOR_FAILED" });
  });

  it("says what became of a refusal in words of its own", async () => {
    await expect(open({}, newPurse(0)).read(mapOf(90, 90), runOf())).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    const wrong = { ...options(), credentials: { accessKeyId: "x", secretAccessKey: "y" } };
    const reader = name === "textract" ? textractReader(wrong) : rekognitionReader(wrong);
    await expect(reader.read(mapOf(90, 90), runOf())).rejects.toMatchObject({ code: "SERVICE_DENIED" });
    const stopped = runOf(undefined, AbortSignal.abort());
    await expect(open().read(mapOf(90, 90), stopped)).rejects.toMatchObject({ code: "STOPPED" });
    const short = { ...mapOf(90, 90), width: 91 };
    await expect(open().read(short, runOf())).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
    server.faults.add({ kind: "unavailable" });
    await expect(open({ deadlineMs: 50 }).read(mapOf(90, 90), runOf())).rejects.toMatchObject({
      code: "DETECTOR_FAILED",
    });
  });

  it("goes on after a fault that passes", async () => {
    server.faults.add({ kind: "internal", times: 1 }, { kind: "reset", times: 1 });
    expect(await open().read(mapOf(90, 90), runOf())).toEqual([]);
  });
});

describe("more than a call tells of", () => {
  it.each([99, 100, 101, 168, 400])("of %i words, none is lost", async (count) => {
    const words = page(count);
    rekognition.see = seeing(words);
    const read = await rekognitionReader(options()).read(mapOf(900, 880), runOf());
    for (const { text, box } of words) {
      const hit = read.find((word) => word.text === text);
      expect(hit, text).toBeDefined();
      expect(hit!.polygon[0]!.x).toBeCloseTo(box.x);
      expect(hit!.polygon[0]!.y).toBeCloseTo(box.y);
    }
    // Of words that a cut goes through, the part is there too, without its end.
    const whole = read.map(({ text }) => text).filter((text) => text.endsWith(">") && text.startsWith("<"));
    expect(whole).toEqual(words.map(({ text }) => text));
  });

  it("fails where too many words stand too close to be told apart", async () => {
    rekognition.see = () => page(100);
    const reading = rekognitionReader(options()).read(mapOf(300, 300), runOf());
    await expect(reading).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
  });

  it("of 150 faces, none is lost", async () => {
    const faces: readonly Box[] = Array.from({ length: 150 }, (_, i) => ({
      x: 10 + (i % 15) * 60,
      y: 10 + Math.floor(i / 15) * 80,
      width: 40,
      height: 50,
    }));
    rekognition.faces = (picture) =>
      seeing(faces.map((box) => ({ text: "face", line: 0, box })))(picture).map(({ box }) => box);
    const found = await rekognitionFaces(options()).find(mapOf(920, 820), runOf());
    for (const { x, y, width, height } of faces) {
      const covers = (box: Box) =>
        box.x <= x && box.y <= y && box.x + box.width >= x + width && box.y + box.height >= y + height;
      expect(found.some(covers)).toBe(true);
    }
  });

  it("sends no picture of more than 5 MB", async () => {
    const noise = new Uint8Array(1500 * 1500 * 3);
    for (let i = 0, state = 1; i < noise.length; i += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      noise[i] = state >>> 24;
    }
    await rekognitionReader(options()).read({ width: 1500, height: 1500, channels: 3, data: noise }, runOf());
    expect(rekognition.pictures.length).toBeGreaterThan(0);
    for (const { bytes } of rekognition.pictures) expect(bytes).toBeLessThanOrEqual(5_242_880);
  });
});

describe("faces", () => {
  it("come with a margin, within the picture", async () => {
    rekognition.faces = () => [{ x: 32, y: 32, width: 50, height: 60 }];
    const boxes = await rekognitionFaces(options()).find(mapOf(100, 100), runOf());
    expect(boxes).toHaveLength(1);
    const [{ x, y, width, height }] = boxes as [Box];
    expect([x, y, Math.round(width), Math.round(height)]).toEqual([0, 0, 60, 72]);
  });
});

describe("halvesOf", () => {
  it.each([[{ x: 0, y: 0, width: 1000, height: 400 }], [{ x: 30, y: 50, width: 500, height: 501 }]])(
    "covers %j, halves reaching into one another",
    (region) => {
      const [first, second] = halvesOf(region);
      const wide = region.width >= region.height;
      const [end, start] = wide ? [first.x + first.width, second.x] : [first.y + first.height, second.y];
      expect(end - start).toBeGreaterThanOrEqual(95);
      expect([first.x, first.y]).toEqual([region.x, region.y]);
      expect([second.x + second.width, second.y + second.height]).toEqual([
        region.x + region.width,
        region.y + region.height,
      ]);
    },
  );
});
