import { afterAll, describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { Box } from "../../src/image-types.ts";
import { attributesOf } from "../../transforms/images/dicom/attributes.ts";
import { deviceRegions } from "../../transforms/images/dicom/devices.ts";
import { openDicom } from "../../transforms/images/dicom/file.ts";
import { threadCodec } from "../../transforms/images/dicom/pixels/codec.ts";
import type { PixelFormat } from "../../transforms/images/dicom/pixels/format.ts";
import { openPixels } from "../../transforms/images/dicom/pixels/open.ts";
import { expandedSegments } from "../../transforms/images/dicom/pixels/palette-segments.ts";
import { withoutComments } from "../../transforms/images/dicom/pixels/streams.ts";
import { dicomOf, type Made, made } from "../fakes/dicom.ts";
import { collected, formatOf, maskedBy, NOTHING, RUN } from "../fakes/dicom-run.ts";

const LIMITS = { megapixels: 10, pages: 100 };
const codec = threadCodec();
afterAll(() => codec.close());

interface Kind {
  readonly photometric: string;
  readonly bits?: 1 | 8 | 16 | 32;
  readonly stored?: number;
  readonly signed?: boolean;
  readonly planar?: boolean;
  readonly frames?: number;
}
const [ROWS, COLUMNS] = [8, 12];

/** A picture of numbers that all differ a little, and a palette of greys where one is needed. */
function picture(kind: Kind, pixels?: Made["value"], extra: readonly Made[] = []): readonly Made[] {
  const { photometric, bits = 8, stored = bits, signed = false, planar = false, frames = 1 } = kind;
  const samples = /RGB|YBR/.test(photometric) ? 3 : 1;
  const size = (ROWS * COLUMNS * frames * (photometric === "YBR_FULL_422" ? 2 : samples) * bits) / 8;
  const data = Buffer.from(
    Uint8Array.from({ length: size }, (_, i) =>
      bits > 8 && i % (bits / 8) >= Math.floor((stored - 1) / 8) ? 0 : (i * 7 + 3) % 251,
    ),
  );
  const ramp = Uint8Array.from({ length: 512 }, (_, i) => i >> 1);
  const lut =
    photometric === "PALETTE COLOR" ? [1, 2, 3].flatMap((c) => [made(0x00281100 + c, "US", [256, 0, 16])]) : [];
  const luts = photometric === "PALETTE COLOR" ? [1, 2, 3].map((c) => made(0x00281200 + c, "OW", ramp)) : [];
  return [
    made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"),
    made(0x00080018, "UI", "1.2.3"),
    ...extra.filter(({ tag }) => tag < 0x00280000),
    made(0x00280002, "US", [samples]),
    made(0x00280004, "CS", photometric),
    ...(samples === 3 ? [made(0x00280006, "US", [planar ? 1 : 0])] : []),
    made(0x00280008, "IS", String(frames)),
    made(0x00280010, "US", [ROWS]),
    made(0x00280011, "US", [COLUMNS]),
    made(0x00280100, "US", [bits]),
    made(0x00280101, "US", [stored]),
    made(0x00280102, "US", [stored - 1]),
    made(0x00280103, "US", [signed ? 1 : 0]),
    ...lut,
    ...luts,
    ...extra.filter(({ tag }) => tag > 0x00280000),
    made(0x7fe00010, bits > 8 ? "OW" : "OB", pixels ?? data),
  ];
}

const BOX: Box = { x: 2.4, y: 1, width: 4.2, height: 3 }; // columns 2 to 6, rows 1 to 3
const inside = (i: number): boolean =>
  i % COLUMNS >= 2 && i % COLUMNS < 7 && Math.floor(i / COLUMNS) >= 1 && Math.floor(i / COLUMNS) < 4;

async function framesOf(bytes: Uint8Array): Promise<readonly (readonly number[])[]> {
  const pixels = openPixels(openDicom(bytes), LIMITS, codec)!;
  const frames: (readonly number[])[] = [];
  for (let i = 0; i < pixels.format.frames; i++) frames.push([...(await pixels.frame(i)).values]);
  return frames;
}

const KINDS: readonly Kind[] = [
  { photometric: "MONOCHROME2" },
  { photometric: "MONOCHROME1" },
  { photometric: "MONOCHROME2", bits: 16, stored: 12 },
  { photometric: "MONOCHROME2", bits: 16, stored: 16, signed: true },
  { photometric: "MONOCHROME2", bits: 32 },
  { photometric: "MONOCHROME2", bits: 1, frames: 3 },
  { photometric: "PALETTE COLOR" },
  { photometric: "RGB" },
  { photometric: "RGB", planar: true },
  { photometric: "RGB", bits: 16 },
  { photometric: "YBR_FULL" },
  { photometric: "YBR_FULL_422" },
  { photometric: "MONOCHROME2", frames: 3 },
];

describe("boxes over samples", () => {
  it.each(
    KINDS.flatMap((kind) =>
      ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"].map(
        (syntax) => [kind, syntax] as const,
      ),
    ),
  )("%o in %s: one colour within, every other sample and frame as it was", async (kind, syntax) => {
    const bytes = dicomOf(picture(kind), syntax);
    const masked = await maskedBy(formatOf(codec), bytes, (_, __, page) => (page === 0 ? [BOX] : []));
    const [before, after] = [await framesOf(bytes), await framesOf(masked.bytes)];
    expect(after.slice(1)).toEqual(before.slice(1));
    const samples = before[0]!.length / (ROWS * COLUMNS);
    const covered = (i: number): boolean =>
      inside(Math.floor(i / samples)) || (kind.photometric === "YBR_FULL_422" && inside(Math.floor(i / samples) ^ 1));
    expect(after[0]!.filter((_, i) => !covered(i))).toEqual(before[0]!.filter((_, i) => !covered(i)));
    for (let c = 0; c < samples; c++)
      expect(new Set(after[0]!.filter((_, i) => covered(i) && i % samples === c)).size).toBe(1);
  });

  it.each([
    [{ photometric: "MONOCHROME2" }, 0],
    [{ photometric: "MONOCHROME1" }, 0],
    [{ photometric: "MONOCHROME2", bits: 16, stored: 16, signed: true }, 0],
    [{ photometric: "PALETTE COLOR" }, 0],
    [{ photometric: "RGB" }, 0],
    [{ photometric: "YBR_FULL" }, 0],
    [{ photometric: "YBR_FULL_422" }, 0],
  ] as const)("black looks black in %o", async (kind, expected) => {
    const masked = await maskedBy(formatOf(codec), dicomOf(picture(kind)), () => [BOX]);
    for await (const page of (await formatOf(codec).open(masked.bytes, RUN)).pages()) {
      const at = (2 * COLUMNS + 4) * page.channels;
      expect(Math.max(...page.data.subarray(at, at + page.channels))).toBeLessThanOrEqual(expected + 1);
    }
  });

  it("a frame in which nothing was found keeps its bytes, and the file says that pixels were examined", async () => {
    const bytes = dicomOf(picture({ photometric: "MONOCHROME2", frames: 2 }));
    const masked = await maskedBy(formatOf(codec), bytes);
    expect(masked.bytes.subarray(-192)).toEqual(bytes.subarray(-192));
    expect(attributesOf(openDicom(masked.bytes)).texts(0x00280301)).toEqual(["NO"]);
  });

  it("what stands behind the last frame is not passed on", async () => {
    const data = Buffer.concat([Buffer.alloc(ROWS * COLUMNS, 9), Buffer.from("Roe^Jane")]);
    const masked = await maskedBy(formatOf(codec), dicomOf(picture({ photometric: "MONOCHROME2" }, data)));
    expect(masked.bytes.includes("Roe")).toBe(false);
  });

  it.each([
    ["too few samples", picture({ photometric: "MONOCHROME2" }, Buffer.alloc(90)), "IMAGE_UNREADABLE"],
    [
      "bits that do not start at the lowest",
      [...picture({ photometric: "MONOCHROME2", bits: 16, stored: 12 })].map((each) =>
        each.tag === 0x00280102 ? made(each.tag, "US", [15]) : each,
      ),
      "IMAGE_UNSUPPORTED",
    ],
    ["colours that are not known", picture({ photometric: "YBR_PARTIAL_420" }), "IMAGE_UNSUPPORTED"],
    [
      "too many pixels",
      picture({ photometric: "MONOCHROME2" }).map((each) =>
        each.tag === 0x00280010
          ? made(each.tag, "US", [60000])
          : each.tag === 0x00280011
            ? made(each.tag, "US", [60000])
            : each,
      ),
      "IMAGE_TOO_LARGE",
    ],
  ] as const)("%s: %s", async (_, elements, code) => {
    const failed = formatOf(codec).open(dicomOf(elements), RUN);
    await expect(failed).rejects.toMatchObject({ code });
  });

  it.each(
    [undefined, "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5"].flatMap((syntax) =>
      [true, false].map((declared) => [syntax, declared] as const),
    ),
  )(
    "text in unused bits of the pixels goes, samples stay (%s, declared as an overlay: %s)",
    async (syntax, declared) => {
      // A line of every second pixel in bit 12, over values of eleven bits.
      const values = Array.from({ length: ROWS * COLUMNS }, (_, i) => (i * 19) % 2048);
      const written = values.map((value, i) => (i % 2 === 0 ? value + 0x1000 : value));
      const overlay = declared
        ? [
            made(0x60000010, "US", [ROWS]),
            made(0x60000011, "US", [COLUMNS]),
            made(0x60000100, "US", [16]),
            made(0x60000102, "US", [12]),
          ]
        : [];
      const words = (little: boolean): Buffer => {
        const bytes = Buffer.from(Uint16Array.from(written).buffer);
        return little ? bytes : bytes.swap16();
      };
      const pixels = words(syntax !== "1.2.840.10008.1.2.2");
      const data = syntax?.endsWith(".5") ? { fragments: [Buffer.alloc(0), rle(written)] } : pixels;
      const elements = picture({ photometric: "MONOCHROME2", bits: 16, stored: 12 }, data, overlay);
      const masked = await maskedBy(formatOf(codec), dicomOf(elements, syntax));
      const [frame] = await framesOf(masked.bytes);
      expect([...frame!]).toEqual(values);
      const tags = openDicom(masked.bytes).elements.map(({ tag }) => tag);
      expect(tags.filter((tag) => tag >= 0x60000000 && tag < 0x60010000)).toEqual([]);
    },
  );

  it("a sign that reaches over the unused bits is no text: such a frame keeps its bytes", async () => {
    const data = Buffer.from(Int16Array.from({ length: ROWS * COLUMNS }, (_, i) => i - 40).buffer);
    const bytes = dicomOf(picture({ photometric: "MONOCHROME2", bits: 16, stored: 12, signed: true }, data));
    expect((await maskedBy(formatOf(codec), bytes)).bytes.subarray(-192)).toEqual(bytes.subarray(-192));
  });

  it("fewer lists of boxes than pages are refused", async () => {
    const image = await formatOf(codec).open(dicomOf(picture({ photometric: "MONOCHROME2", frames: 2 })), RUN);
    await expect(collected(image.redact({ ...NOTHING, boxes: [[]] }))).rejects.toThrow(MaskingError);
  });
});

describe("palettes in segments", () => {
  it.each([
    ["steps", [0, 3, 5, 6, 7], [5, 6, 7]],
    ["a slope", [0, 1, 10, 1, 4, 30], [10, 15, 20, 25, 30]],
    ["a slope down", [0, 1, 9, 1, 3, 0], [9, 6, 3, 0]],
    ["segments that are used again", [0, 2, 1, 4, 1, 2, 8, 2, 2, 0, 0], [1, 4, 6, 8, 1, 4, 6, 8]],
  ])("%s", (_, words, entries) => {
    expect(expandedSegments(Uint16Array.from(words), entries.length)).toEqual(entries);
  });
  it("bytes name their offset by four of them", () => {
    expect(expandedSegments(Uint8Array.of(0, 2, 7, 9, 2, 1, 0, 0, 0, 0), 4)).toEqual([7, 9, 7, 9]);
  });
  it.each([
    ["too few entries", [0, 2, 1, 2], 3],
    ["a slope from nowhere", [1, 2, 5], 2],
    ["a segment that points at itself", [0, 1, 1, 2, 2, 0, 0], 9],
    ["a segment of no kind", [7, 1, 1], 1],
  ])("%s are unreadable", (_, words, count) => {
    expect(() => expandedSegments(Uint16Array.from(words), count)).toThrow(MaskingError);
  });
});

/** Words in two segments of bytes, as literal runs. */
function rle(words: readonly number[]): Buffer {
  const literal = (bytes: readonly number[]): Buffer => Buffer.from([bytes.length - 1, ...bytes]);
  const segments = [8, 0].map((shift) => literal(words.map((word) => (word >> shift) & 0xff)));
  const header = Buffer.alloc(64);
  header.writeUInt32LE(2, 0);
  header.writeUInt32LE(64, 4);
  header.writeUInt32LE(64 + segments[0]!.length, 8);
  const whole = Buffer.concat([header, ...segments]);
  return whole.length % 2 === 0 ? whole : Buffer.concat([whole, Buffer.of(0)]);
}

describe("overlays", () => {
  const plane = [
    made(0x60000010, "US", [ROWS]),
    made(0x60000011, "US", [COLUMNS]),
    made(0x60000040, "CS", "G"),
    made(0x60000100, "US", [1]),
    made(0x60000102, "US", [0]),
    made(0x60001500, "LO", "by Roe"),
    made(0x60003000, "OW", Buffer.alloc(12, 0xff)),
  ];
  const bytes = (syntax?: string) =>
    dicomOf(
      [
        ...picture({ photometric: "MONOCHROME2" }).filter(({ tag }) => tag < 0x7fe00000),
        ...plane,
        made(0x7fe00010, "OB", Buffer.alloc(96, 7)),
      ],
      syntax,
    );

  it.each([undefined, "1.2.840.10008.1.2.2"])(
    "are pages of their own, and lose the bits under boxes (%s)",
    async (syntax) => {
      const masked = await maskedBy(formatOf(codec), bytes(syntax), (_, __, page) => (page === 1 ? [BOX] : []));
      const image = await formatOf(codec).open(masked.bytes, RUN);
      const pages = [];
      for await (const page of image.pages()) pages.push(page);
      expect([...pages[1]!.data].map((value, i) => (value === 0) === inside(i)).every(Boolean)).toBe(true);
      expect(new Set(pages[0]!.data).size).toBe(1);
    },
  );

  it("go as a whole where graphics are not cleaned, their labels with them", async () => {
    const masked = await maskedBy(formatOf(codec, { options: ["clean_descriptors"] }), bytes());
    expect(openDicom(masked.bytes).elements.filter(({ tag }) => tag >= 0x60000000 && tag < 0x60010000)).toEqual([]);
  });
});

describe("compressed frames", () => {
  const format: PixelFormat = {
    rows: 64,
    columns: 96,
    frames: 1,
    samples: 1,
    bitsAllocated: 16,
    bitsStored: 12,
    signed: false,
    planar: false,
    photometric: "MONOCHROME2",
  };
  const values = Uint16Array.from({ length: 64 * 96 }, (_, i) => (i * 31) % 4096);
  const SYNTAXES = [
    ["rle", "1.2.840.10008.1.2.5"],
    ["deflate", "1.2.840.10008.1.2.8.1"],
    ["jpeg-lossless", "1.2.840.10008.1.2.4.70"],
    ["jpeg-ls", "1.2.840.10008.1.2.4.80"],
    ["jpeg-2000", "1.2.840.10008.1.2.4.90"],
    ["htj2k", "1.2.840.10008.1.2.4.201"],
    ["htj2k", "1.2.840.10008.1.2.4.202"],
  ] as const;
  const header = (frames: number): readonly Made[] =>
    picture({ photometric: "MONOCHROME2", bits: 16, stored: 12, frames })
      .filter(({ tag }) => tag !== 0x7fe00010)
      .map((each) =>
        each.tag === 0x00280010
          ? made(each.tag, "US", [64])
          : each.tag === 0x00280011
            ? made(each.tag, "US", [96])
            : each,
      );

  it.each(SYNTAXES)(
    "%s (%s): the frame with a box changes under it alone, the other keeps its fragments",
    async (compression, uid) => {
      const stream = Buffer.from(
        await codec.encode({ format, values }, compression, { rpcl: uid.endsWith(".202"), mct: false }),
      );
      const even = stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.of(0)]);
      const half = (even.length >> 2) << 1;
      const table = Buffer.alloc(8);
      table.writeUInt32LE(even.length + 8, 4);
      const fragments = [table, even, even.subarray(0, half), even.subarray(half)];
      const bytes = dicomOf([...header(2), made(0x7fe00010, "OB", { fragments })], uid);
      const masked = await maskedBy(formatOf(codec), bytes, (_, __, page) =>
        page === 0 ? [{ x: 10, y: 10, width: 20, height: 8 }] : [],
      );
      const after = await framesOf(masked.bytes);
      expect(after[1]).toEqual([...values]);
      const covered = (i: number): boolean => i % 96 >= 10 && i % 96 < 30 && i >= 960 && i < 96 * 18;
      expect(after[0]!.filter((_, i) => !covered(i))).toEqual([...values].filter((_, i) => !covered(i)));
      expect(new Set(after[0]!.filter((_, i) => covered(i)))).toEqual(new Set([0]));
      const pixels = openDicom(masked.bytes).elements.at(-1)!;
      const last = pixels.fragments!.slice(-2).map(({ from, to }) => masked.bytes.subarray(from, to));
      expect(Buffer.concat(last).equals(even)).toBe(true);
      expect(pixels.fragments!.length).toBe(4);
    },
  );

  it("a stream that fails harms no other frame", async () => {
    const good = await codec.encode({ format, values }, "jpeg-ls", { rpcl: false, mct: false });
    for (const bad of [good.subarray(0, 40), Buffer.alloc(100, 0xff), Buffer.alloc(0)]) {
      await expect(codec.decode(bad, "jpeg-ls", format)).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
      expect([...(await codec.decode(good, "jpeg-ls", format)).values]).toEqual([...values]);
    }
    await expect(codec.decode(good, "jpeg-ls", { ...format, rows: 63 })).rejects.toMatchObject({
      code: "IMAGE_UNREADABLE",
    });
  });
});

describe("comments in streams", () => {
  const text = (marker: number, said: string): Buffer =>
    Buffer.concat([Buffer.of(0xff, marker, 0, said.length + 2), Buffer.from(said, "latin1")]);
  const jpeg = (...segments: readonly Buffer[]): Buffer =>
    Buffer.concat([Buffer.of(0xff, 0xd8), ...segments, Buffer.of(0xff, 0xda, 0, 3, 0, 1, 2, 0xff, 0xd9)]);
  it.each([
    ["a comment goes", jpeg(text(0xfe, "Jane Roe")), jpeg()],
    ["EXIF goes", jpeg(text(0xe1, "Exif Jane Roe")), jpeg()],
    ["JFIF stays", jpeg(text(0xe0, "JFIF\0")), jpeg(text(0xe0, "JFIF\0"))],
    [
      "an encoder's signature stays",
      jpeg(text(0xfe, "LEAD Technologies 1.01")),
      jpeg(text(0xfe, "LEAD Technologies 1.01")),
    ],
    ["what follows the image goes", Buffer.concat([jpeg(), Buffer.from("Jane Roe")]), jpeg()],
    ["padding stays", Buffer.concat([jpeg(), Buffer.alloc(1)]), Buffer.concat([jpeg(), Buffer.alloc(1)])],
  ])("JPEG: %s", (_, before, after) =>
    expect(Buffer.concat(withoutComments([before], "jpeg")).equals(after)).toBe(true),
  );

  const j2k = (...segments: readonly Buffer[]): Buffer =>
    Buffer.concat([Buffer.of(0xff, 0x4f), ...segments, Buffer.of(0xff, 0x90, 0, 10, 1, 2, 0xff, 0xd9)]);
  it.each([
    ["a comment goes", j2k(text(0x64, "\0\x01Jane Roe")), j2k()],
    ["an encoder's signature stays", j2k(text(0x64, "\0\x01Kakadu-v4.4")), j2k(text(0x64, "\0\x01Kakadu-v4.4"))],
  ])("JPEG 2000: %s", (_, before, after) =>
    expect(Buffer.concat(withoutComments([before], "jpeg-2000")).equals(after)).toBe(true),
  );
});

describe("devices", () => {
  const of = (modality: string, maker: string, model: string, rows = 600): readonly Made[] => [
    made(0x00080060, "CS", modality),
    made(0x00080070, "LO", maker),
    made(0x00081090, "LO", model),
    made(0x00280010, "US", [rows]),
    made(0x00280011, "US", [800]),
  ];
  const regions = (elements: readonly Made[], own: Parameters<typeof deviceRegions>[1] = []) =>
    deviceRegions(attributesOf(openDicom(dicomOf(elements))), own).length;
  it.each([
    ["known by its model", of("US", "Philips Medical Systems", "iU22"), [], 1],
    ["another size", of("US", "Philips Medical Systems", "iU22", 601), [], 0],
    ["another modality", of("CT", "Philips Medical Systems", "iU22"), [], 0],
    ["the job's own", of("XA", "Acme", "X1"), [{ modality: "xa", model: "x1", regions: [[0, 0, 9, 9]] }], 1],
    ["not the job's own", of("XA", "Acme", "X2"), [{ modality: "xa", model: "x1", regions: [[0, 0, 9, 9]] }], 0],
  ] as const)("%s", (_, elements, own, count) => expect(regions(elements, own)).toBe(count));
});
