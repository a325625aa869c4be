import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { ImageFormat } from "../../src/image-types.ts";
import { collect } from "../../src/stream.ts";
import { gifFormat } from "../../transforms/images/gif.ts";
import { jpegFormat } from "../../transforms/images/jpeg.ts";
import { pngFormat } from "../../transforms/images/png.ts";
import { tiffFormat } from "../../transforms/images/tiff.ts";
import { webpFormat } from "../../transforms/images/webp.ts";
import { BOX, imageFormatContract, redacted } from "../contracts/image-format.ts";
import { made, moving, quietRun, tiffOf, wideSamples } from "../fakes/images.ts";

const LIMITS = { megapixels: 1, pages: 10 };
const wide = (channels: 1 | 3 | 4) =>
  sharp(wideSamples(channels).data, { raw: { width: 96, height: 64, channels } }).toColourspace(
    channels === 1 ? "grey16" : "rgb16",
  );

imageFormatContract(jpegFormat(LIMITS), [
  { name: "colour", make: () => made.rgb().jpeg().toBuffer(), pages: 1, around: 16 },
  { name: "grey", make: () => made.grey().jpeg().toBuffer(), pages: 1, around: 8 },
  { name: "progressive", make: () => made.rgb().jpeg({ progressive: true }).toBuffer(), pages: 1, around: 16 },
]);
imageFormatContract(pngFormat(LIMITS), [
  { name: "colour", make: () => made.rgb().png().toBuffer(), pages: 1 },
  { name: "alpha", make: () => made.rgba().png().toBuffer(), pages: 1 },
  { name: "grey", make: () => made.grey().png().toBuffer(), pages: 1 },
  { name: "interlaced", make: () => made.rgb().png({ progressive: true }).toBuffer(), pages: 1 },
  { name: "palette", make: made.palette, pages: 1 },
  { name: "16 bits, grey", make: () => wide(1).png().toBuffer(), pages: 1 },
  { name: "16 bits, colour", make: () => wide(3).png().toBuffer(), pages: 1, slack: 1 },
]);
imageFormatContract(tiffFormat(LIMITS), [
  { name: "colour, LZW", make: () => made.rgb().tiff({ compression: "lzw" }).toBuffer(), pages: 1 },
  { name: "grey, Deflate", make: () => made.grey().tiff({ compression: "deflate" }).toBuffer(), pages: 1 },
  {
    name: "one bit, fax",
    make: () => made.grey().threshold().tiff({ compression: "ccittfax4", bitdepth: 1 }).toBuffer(),
    pages: 1,
  },
  { name: "16 bits, grey", make: () => tiffOf({ ...wideSamples(1), bilevel: false }), pages: 1 },
  {
    name: "16 bits, colour, two pages",
    make: () => tiffOf(...[3, 3].map((n) => ({ ...wideSamples(n as 3), bilevel: false }))),
    pages: 2,
    slack: 1,
  },
]);
imageFormatContract(gifFormat(LIMITS), [
  { name: "still", make: () => moving(1).gif().toBuffer(), pages: 1 },
  {
    name: "moving",
    make: () =>
      moving(3)
        .gif({ delay: [100, 200, 300] })
        .toBuffer(),
    pages: 3,
  },
]);
imageFormatContract(webpFormat(LIMITS), [
  { name: "lossless", make: () => made.rgba().webp({ lossless: true, exact: true }).toBuffer(), pages: 1 },
  {
    name: "lossy",
    make: () => made.rgb().webp({ quality: 80 }).toBuffer(),
    pages: 1,
    slack: 40,
    around: 16,
    uneven: 120,
  },
  {
    name: "moving",
    make: () =>
      moving(3)
        .webp({ lossless: true, delay: [100, 200, 300] })
        .toBuffer(),
    pages: 3,
  },
]);

const open = (format: (limits: typeof LIMITS) => ImageFormat, bytes: Uint8Array, limits = LIMITS) =>
  format(limits).open(bytes, quietRun());
const codeOf = (failing: Promise<unknown>) =>
  failing.then(
    () => "passes",
    (error: unknown) => (error instanceof MaskingError ? error.code : String(error)),
  );

describe("samples of 16 bits", () => {
  const values = async (bytes: Uint8Array, colours: string) =>
    new Uint16Array(
      new Uint8Array(await sharp(bytes, { ignoreIcc: true }).toColourspace(colours).raw({ depth: "ushort" }).toBuffer())
        .buffer,
    );

  it.each([
    ["PNG", pngFormat, 1, () => wide(1).png().toBuffer()],
    ["PNG, colour", pngFormat, 3, () => wide(3).png().toBuffer()],
    ["TIFF", tiffFormat, 1, () => tiffOf({ ...wideSamples(1), bilevel: false })],
    ["TIFF, colour", tiffFormat, 3, () => tiffOf({ ...wideSamples(3), bilevel: false })],
  ] as const)("keep every value outside of boxes: %s", async (_, format, channels, make) => {
    const bytes = await make();
    const colours = channels === 1 ? "grey16" : "rgb16";
    expect((await sharp(bytes).metadata()).depth).toBe("ushort");
    const [before, after] = [
      await values(bytes, colours),
      await values(await redacted(await open(format, bytes), [[BOX]]), colours),
    ];
    expect(Buffer.from(before.buffer).equals(Buffer.from(wideSamples(channels).data.buffer))).toBe(true);
    const differ = [...after.keys()].filter((i) => before[i] !== after[i]).map((i) => Math.floor(i / channels));
    const within = (pixel: number) => pixel % 96 >= 10 && pixel % 96 < 41 && pixel >= 6 * 96 && pixel < 18 * 96;
    expect(differ.filter((pixel) => !within(pixel))).toEqual([]);
    expect(new Set(differ).size).toBeGreaterThan(31 * 12 - 3);
  });

  it("that use a part of the range are seen by that part", async () => {
    const data = Uint16Array.from({ length: 96 * 64 }, (_, i) => 500 + (i % 96 > 20 && i % 96 < 30 ? 40 : 0));
    data[0] = 65535; // a dead pixel
    const bytes = await tiffOf({ width: 96, height: 64, channels: 1, data, bilevel: false });
    const [page] = await collect((await open(tiffFormat, bytes)).pages());
    expect(page!.views!.some((view) => Math.abs(view.data[96 * 9 + 25]! - view.data[96 * 9 + 50]!) > 200)).toBe(true);
  });
});

describe("transparency", () => {
  it("hides nothing: pages are seen on white, on black, and opaque", async () => {
    const data = Buffer.alloc(96 * 64 * 4);
    for (let i = 0; i < data.length; i += 4) data.set([i % 256, 90, 200, 0], i);
    const bytes = await sharp(data, { raw: { width: 96, height: 64, channels: 4 } })
      .png()
      .toBuffer();
    const image = await open(pngFormat, bytes);
    const [page] = await collect(image.pages());
    expect([page!, ...page!.views!].map((view) => [...view.data.subarray(0, 3)])).toEqual([
      [255, 255, 255],
      [0, 0, 0],
      [0, 90, 200],
    ]);
    const kept = await sharp(await redacted(image, [[]]))
      .raw()
      .toBuffer();
    expect(kept.equals(data)).toBe(true);
  });

  it("has no view of its own where every pixel is opaque", async () => {
    const opaque = await made.rgb().ensureAlpha().png().toBuffer();
    const [page] = await collect((await open(pngFormat, opaque)).pages());
    expect([page!.channels, page!.views]).toEqual([3, undefined]);
  });
});

describe("limits", () => {
  const small = { megapixels: 0.001, pages: 10 };
  const few = { megapixels: 1, pages: 2 };
  it.each([
    ["JPEG", jpegFormat, () => made.rgb().jpeg().toBuffer(), small],
    ["PNG", pngFormat, () => made.rgb().png().toBuffer(), small],
    ["TIFF", tiffFormat, () => made.rgb().tiff().toBuffer(), small],
    ["WebP", webpFormat, () => made.rgb().webp().toBuffer(), small],
    ["GIF", gifFormat, () => moving(1).gif().toBuffer(), small],
    [
      "GIF, frames",
      gifFormat,
      () =>
        moving(3)
          .gif({ delay: [1, 2, 3] })
          .toBuffer(),
      few,
    ],
    [
      "WebP, frames",
      webpFormat,
      () =>
        moving(3)
          .webp({ delay: [1, 2, 3] })
          .toBuffer(),
      few,
    ],
    ["TIFF, pages", tiffFormat, () => tiffOf(...[1, 2, 3].map(() => ({ ...wideSamples(1), bilevel: false }))), few],
  ] as const)("are held: %s", async (_, format, make, limits) => {
    const bytes = await make();
    expect(await codeOf(open(format, bytes))).toBe("passes");
    expect(await codeOf(open(format, bytes, limits))).toBe("IMAGE_TOO_LARGE");
  });

  it("a PNG of 60,000 x 60,000 pixels in 70 bytes takes no memory", async () => {
    const bytes = await made.rgb().png().toBuffer();
    const head = Buffer.from(bytes.subarray(0, 33));
    head.writeUInt32BE(60_000, 16);
    head.writeUInt32BE(60_000, 20);
    const { chunkBytes } = await import("../../transforms/images/png/chunks.ts");
    const bomb = Buffer.concat([
      head.subarray(0, 8),
      chunkBytes({ type: "IHDR", data: head.subarray(16, 29) }),
      bytes.subarray(33),
    ]);
    expect(await codeOf(open(pngFormat, bomb, { megapixels: 1e6, pages: 1 }))).toBe("IMAGE_UNREADABLE");
  });
});

describe("orientation", () => {
  const upright = async (bytes: Uint8Array) =>
    sharp(bytes).autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const told = [1, 2, 3, 4, 5, 6, 7, 8];
  const formats = [
    ["JPEG of whole units", jpegFormat, (o: number) => made.rgb().jpeg().withMetadata({ orientation: o }), 4],
    ["PNG", pngFormat, (o: number) => made.rgb().png().withMetadata({ orientation: o }), 0],
    ["TIFF", tiffFormat, (o: number) => made.rgb().tiff({ compression: "lzw" }).withMetadata({ orientation: o }), 0],
    ["WebP", webpFormat, (o: number) => made.rgb().webp({ lossless: true }).withMetadata({ orientation: o }), 0],
    // The last units are partly outside of the picture, so pixels are turned and encoded again.
    [
      "JPEG of other sizes",
      jpegFormat,
      (o: number) => made.rgb().resize(90, 50).jpeg().withMetadata({ orientation: o }),
      60,
    ],
  ] as const;
  it.each(formats.flatMap((each) => told.map((o) => [o, ...each] as const)))(
    "%i is applied once: %s",
    async (o, _, format, make, slack) => {
      const bytes = await make(o).toBuffer();
      const { data, info } = await upright(bytes);
      const image = await open(format, bytes);
      const [page] = await collect(image.pages());
      expect([page!.width, page!.height]).toEqual([info.width, info.height]);
      const most = page!.data.reduce((sum, value, i) => Math.max(sum, Math.abs(value - data[i]!)), 0);
      expect(most).toBeLessThanOrEqual(slack);
      const { orientation = 1, ...shape } = await sharp(await redacted(image, [[]])).metadata();
      expect([orientation, shape.width, shape.height]).toEqual([1, info.width, info.height]);
    },
  );
});

describe("palettes", () => {
  it.each([
    ["has room", 10],
    ["is full", 256],
  ] as const)("a PNG whose palette %s stays one", async (_, colours) => {
    const data = Buffer.alloc(96 * 64 * 3).map((_, i) => ((Math.floor(i / 3) % colours) * 255) / (colours - 1));
    const bytes = await sharp(data, { raw: { width: 96, height: 64, channels: 3 } })
      .png({ palette: true, dither: 0 })
      .toBuffer();
    const out = await redacted(await open(pngFormat, bytes), [[BOX]]);
    expect((await sharp(out).metadata()).isPalette).toBe(true);
    const pixels = await sharp(out).removeAlpha().raw().toBuffer();
    const at = (x: number, y: number) => [...pixels.subarray((y * 96 + x) * 3, (y * 96 + x) * 3 + 3)];
    expect(at(20, 8)).toEqual(at(33, 15));
    if (colours === 10) expect(at(20, 8)).toEqual([255, 0, 0]);
  });
});
