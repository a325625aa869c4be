import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { blankJpeg } from "../../transforms/images/jpeg/blank.ts";
import { decodeJpeg } from "../../transforms/images/jpeg/decode.ts";
import { picture, samples } from "../fakes/pixels.ts";

const [WIDTH, HEIGHT] = [333, 217];
const RED = { fill: [255, 0, 0] } as const;
const LIMIT = { pixels: 1e6 };
const BOX = { x: 40, y: 50, width: 100, height: 30 };

const codeOf = (make: () => unknown): string => {
  try {
    make();
    return "passes";
  } catch (error) {
    return error instanceof MaskingError ? error.code : String(error);
  }
};

const kinds = [
  { name: "baseline 4:2:0", options: {}, unit: 16 },
  { name: "baseline 4:4:4", options: { chromaSubsampling: "4:4:4" }, unit: 8 },
  { name: "progressive", options: { progressive: true }, unit: 16 },
  { name: "progressive, low quality", options: { progressive: true, quality: 20, optimizeScans: true }, unit: 16 },
  { name: "best quality", options: { quality: 100 }, unit: 16 },
  { name: "grey", options: {}, unit: 8, grey: true },
  { name: "grey, progressive", options: { progressive: true }, unit: 8, grey: true },
] as const;

const made = (kind: (typeof kinds)[number], width = WIDTH, height = HEIGHT): Promise<Buffer> =>
  picture(width, height, "grey" in kind ? 1 : 3)
    .jpeg(kind.options)
    .toBuffer();

describe("blankJpeg", () => {
  it.each(kinds)("leaves every pixel as it was where nothing is covered: $name", async (kind) => {
    const original = await made(kind);
    const clean = blankJpeg(original, [], RED);
    expect((await samples(clean)).equals(await samples(original))).toBe(true);
    expect(Buffer.compare(blankJpeg(clean, [], RED), clean)).toBe(0);
  });

  it.each(kinds)("covers whole units in one colour and changes no coefficient elsewhere: $name", async (kind) => {
    const original = await made(kind);
    const [before, after] = [original, blankJpeg(original, [BOX], RED)].map((bytes) => decodeJpeg(bytes, LIMIT));
    const left = Math.floor(BOX.x / kind.unit);
    const right = Math.ceil((BOX.x + BOX.width) / kind.unit);
    const top = Math.floor(BOX.y / kind.unit);
    const bottom = Math.ceil((BOX.y + BOX.height) / kind.unit);
    for (const [i, { blocks, columns, h, v }] of after!.components.entries()) {
      const was = before!.components[i]!.blocks;
      const [outside, inside] = [new Set<number>(), new Set<string>()];
      for (let at = 0; at < blocks.length; at += 64) {
        const [x, y] = [Math.floor(((at / 64) % columns) / h), Math.floor(Math.floor(at / 64 / columns) / v)];
        const covered = x >= left && x < right && y >= top && y < bottom;
        if (covered) inside.add(blocks.subarray(at, at + 64).join());
        else for (let k = at; k < at + 64; k++) if (blocks[k] !== was[k]) outside.add(k);
      }
      expect(outside.size).toBe(0);
      expect([...inside]).toEqual([expect.stringMatching(/^-?\d+(,0){63}$/)]);
    }
  });

  it.each([
    ["red", [255, 0, 0]],
    ["black", [0, 0, 0]],
    ["white", [255, 255, 255]],
  ] as const)("fills with %s as a viewer shows it", async (_, fill) => {
    for (const format of [{}, { chromaSubsampling: "4:4:4", quality: 95 }]) {
      const data = await samples(blankJpeg(await picture(64, 64).jpeg(format).toBuffer(), [BOX], { fill }));
      const at = (60 * 64 + 56) * 3;
      for (const i of [0, 1, 2]) expect(Math.abs(data[at + i]! - fill[i]!)).toBeLessThan(6);
    }
  });

  it("fills ink: CMYK as Adobe stores it", async () => {
    const original = await picture(64, 64).toColourspace("cmyk").jpeg().toBuffer();
    const box = { x: 0, y: 0, width: 64, height: 64 };
    const ink = async (fill: readonly [number, number, number]) =>
      [...(await samples(blankJpeg(original, [box], { fill }))).subarray(0, 3)].map((value) => Math.round(value / 64));
    expect(await ink([255, 0, 0])).toEqual([4, 0, 0]);
    expect(await ink([255, 255, 255])).toEqual([4, 4, 4]);
  });

  it("boxes outside of the picture, and boxes of no size, cover nothing", async () => {
    const original = await made(kinds[0]);
    const none = [
      { x: -50, y: 0, width: 40, height: 40 },
      { x: WIDTH, y: 0, width: 40, height: 40 },
      { x: 0, y: HEIGHT + 9, width: 40, height: 40 },
    ];
    expect(Buffer.compare(blankJpeg(original, none, RED), blankJpeg(original, [], RED))).toBe(0);
  });

  it("refuses a restart that the file does not announce", async () => {
    const original = await made(kinds[1]);
    const at = original.indexOf(Buffer.from([0xff, 0xda])) + 400;
    const cut = Buffer.concat([original.subarray(0, at), Uint8Array.of(0xff, 0xd0), original.subarray(at)]);
    expect(codeOf(() => blankJpeg(cut, [], RED))).toBe("IMAGE_UNREADABLE");
  });

  it.each([
    ["nothing", () => new Uint8Array(), "IMAGE_UNREADABLE"],
    ["another format", () => Buffer.from("GIF89a"), "IMAGE_UNREADABLE"],
    ["half a picture", (whole: Buffer) => whole.subarray(0, whole.length >> 1), "IMAGE_UNREADABLE"],
    ["a picture that lacks its last bytes", (whole: Buffer) => whole.subarray(0, -40), "IMAGE_UNREADABLE"],
    ["arithmetic coding", (whole: Buffer) => withStart(whole, 0xc9), "IMAGE_UNSUPPORTED"],
    ["lossless", (whole: Buffer) => withStart(whole, 0xc3), "IMAGE_UNSUPPORTED"],
    ["a size that the bytes cannot hold", (whole: Buffer) => withSize(whole, 900, 900), "IMAGE_UNREADABLE"],
    ["a size over the limit", (whole: Buffer) => withSize(whole, 65_000, 65_000), "IMAGE_TOO_LARGE"],
  ] as const)("refuses %s", async (_, change, code) => {
    const whole = await made(kinds[0], 64, 64);
    expect(codeOf(() => blankJpeg(change(whole), [], { ...RED, limit: LIMIT }))).toBe(code);
  });

  it("reads a picture whose end marker is missing, all of its units being there", async () => {
    const whole = await made(kinds[0], 64, 64);
    expect(Buffer.compare(blankJpeg(whole.subarray(0, -2), [], RED), blankJpeg(whole, [], RED))).toBe(0);
  });
});

function withStart(jpeg: Buffer, marker: number): Buffer {
  const changed = Buffer.from(jpeg);
  changed[changed.indexOf(Buffer.from([0xff, 0xc0])) + 1] = marker;
  return changed;
}

function withSize(jpeg: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(jpeg);
  const at = changed.indexOf(Buffer.from([0xff, 0xc0])) + 5;
  changed.writeUInt16BE(height, at);
  changed.writeUInt16BE(width, at + 2);
  return changed;
}
