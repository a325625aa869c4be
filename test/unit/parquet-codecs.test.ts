import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { compressSync as lz4WithLength } from "lz4-napi";
import { compressSync as snappy } from "snappy";
import { describe, expect, it } from "vitest";
import { CODEC, compress, decompress } from "../../connectors/parquet/codecs.ts";
import {
  lz4Decoded,
  lz4Hadoop,
  lz4HadoopFrame,
  lz4Literals,
  snappySize,
  zstdRawFrame,
  zstdSize,
} from "../../connectors/parquet/codecs-blocks.ts";

const noisy = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 2654435761) >>> 13);
const CONTENTS: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  "one byte": Uint8Array.of(7),
  "a repeated text": Buffer.from("Seen by Dr Ada Testperson. ".repeat(50)),
  "14 bytes": noisy(14),
  "15 bytes": noisy(15),
  "270 bytes": noisy(270),
  "many bytes": noisy(300_000),
  "a long run": new Uint8Array(1_000_000),
};
const contents = Object.entries(CONTENTS);
const codecs = Object.entries(CODEC);
const refusal = (code: string) => expect.objectContaining({ code });

describe.each(codecs)("%s", (_, codec) => {
  it.each(contents)("gives %s back", async (_, content) => {
    const block = await compress(codec, content);
    expect(Buffer.compare(await decompress(codec, block, content.length), content)).toBe(0);
  });

  it("makes a run small", async () => {
    const block = await compress(codec, CONTENTS["a long run"]!);
    if (codec === CODEC.UNCOMPRESSED) expect(block.length).toBe(1_000_000);
    else expect(block.length).toBeLessThan(100_000);
  });

  it.each([0, 1, 1349, 1351, 2_000_000_000])("refuses %i bytes promised where there are 1350", async (size) => {
    const block = await compress(codec, CONTENTS["a repeated text"]!);
    await expect(decompress(codec, block, size)).rejects.toThrow(refusal("INPUT_MALFORMED"));
  });

  it("refuses a cut block", async () => {
    const content = CONTENTS["many bytes"]!;
    const block = await compress(codec, content);
    for (const end of [0, 1, 3, 10, block.length >> 1, block.length - 1])
      await expect(decompress(codec, block.subarray(0, end), content.length)).rejects.toThrow(
        refusal("INPUT_MALFORMED"),
      );
  });

  it("takes a block from the middle of a buffer", async () => {
    const content = CONTENTS["a repeated text"]!;
    const around = Buffer.concat([Buffer.from("xyz"), await compress(codec, content), Buffer.from("abc")]);
    const block = new Uint8Array(around.buffer, around.byteOffset + 3, around.length - 6);
    expect(Buffer.compare(await decompress(codec, block, content.length), content)).toBe(0);
  });

  it("takes nothing at all for a page without bytes", async () => {
    expect(await decompress(codec, new Uint8Array(0), 0)).toHaveLength(0);
  });
});

describe("codecs of other writers", () => {
  const content = CONTENTS["a repeated text"]!;
  const raw = lz4WithLength(Buffer.from(content)).subarray(4);
  const half = content.length / 2;
  const halves = [content.subarray(0, half), content.subarray(half)].map((part) =>
    lz4HadoopFrame(part.length, lz4WithLength(Buffer.from(part)).subarray(4)),
  );
  it.each<[string, number, Uint8Array]>([
    [
      "gzip of two members",
      CODEC.GZIP,
      Buffer.concat([gzipSync(content.subarray(0, half)), gzipSync(content.subarray(half))]),
    ],
    ["zlib under the name of gzip", CODEC.GZIP, deflateSync(content)],
    ["brotli of the highest quality", CODEC.BROTLI, brotliCompressSync(content)],
    ["a bare LZ4 block under the old name", CODEC.LZ4, raw],
    ["two Hadoop frames", CODEC.LZ4, Buffer.concat(halves)],
    ["raw zstd blocks", CODEC.ZSTD, zstdRawFrame(content)],
    [
      "zstd after a skippable frame",
      CODEC.ZSTD,
      Buffer.concat([Buffer.from("502a4d1802000000aabb", "hex"), zstdRawFrame(content)]),
    ],
    ["LZ4 literals", CODEC.LZ4_RAW, lz4Literals(content)],
  ])("reads %s", async (_, codec, block) => {
    expect(Buffer.compare(await decompress(codec, block, content.length), content)).toBe(0);
  });

  it.each([3, 8, -1, 99])("refuses codec %i as unsupported", async (codec) => {
    await expect(decompress(codec, content, 1)).rejects.toThrow(refusal("INPUT_UNSUPPORTED"));
    await expect(compress(codec, content)).rejects.toThrow(refusal("INPUT_UNSUPPORTED"));
  });
});

describe("without a native binding", () => {
  it.each(contents)("LZ4 of %s is decoded", (_, content) => {
    const block = lz4WithLength(Buffer.from(content)).subarray(4);
    expect(Buffer.compare(lz4Decoded(block, content.length), content)).toBe(0);
    expect(Buffer.compare(lz4Decoded(lz4Literals(content), content.length), content)).toBe(0);
    expect(Buffer.compare(lz4Hadoop(lz4HadoopFrame(content.length, block), content.length), content)).toBe(0);
  });

  it.each(contents)("zstd and snappy of %s are read by the fallbacks", async (_, content) => {
    const { decompressZstd, decompressSnappy } = await import("hyparquet-compressors");
    const { snappyCompress } = await import("hyparquet-writer/src/snappy.js");
    expect(Buffer.compare(decompressZstd(zstdRawFrame(content)), content)).toBe(0);
    expect(Buffer.compare(decompressSnappy(snappyCompress(content), content.length), content)).toBe(0);
  });

  it("LZ4 that reaches outside of what is there is refused", () => {
    for (const [hex, size] of [
      ["1061", 2], // one literal where two bytes are promised
      ["2061", 2], // two literals promised, one there
      ["10610200", 10], // a copy from before the start
      ["10610000", 10], // a copy from nowhere
      ["1f610100ffff", 600], // a length that never ends
      ["1f610100ffff00", 20], // a copy beyond the end
      ["106101", 5], // half a distance
      ["10610100", 5], // a block that ends with a copy
      ["", 0], // no token
      ["f0", 15], // a literal length that is not there
    ] as const)
      expect(() => lz4Decoded(Buffer.from(hex, "hex"), size), hex).toThrow(refusal("INPUT_MALFORMED"));
  });
});

describe("what is known before allocation", () => {
  it("bounds snappy by its preamble", () => {
    expect(snappySize(snappy(Buffer.from("a".repeat(300))))).toBe(300);
    expect(() => snappySize(Buffer.from("ffffffff0f00", "hex"))).toThrow(refusal("INPUT_MALFORMED"));
    expect(() => snappySize(Buffer.from("ffffffffff01", "hex"))).toThrow(refusal("INPUT_MALFORMED"));
    expect(() => snappySize(new Uint8Array(0))).toThrow(refusal("INPUT_MALFORMED"));
  });

  it("bounds zstd by its blocks", async () => {
    for (const content of Object.values(CONTENTS)) {
      const { least, most } = zstdSize(await compress(CODEC.ZSTD, content));
      expect(least).toBeLessThanOrEqual(content.length);
      expect(most).toBeGreaterThanOrEqual(content.length);
      const raw = zstdSize(zstdRawFrame(content));
      expect([raw.least, raw.most]).toEqual([content.length, content.length]);
    }
  });

  it.each(["28b52ffd", "00000000000000", "28b52ffd20", "28b52ffd0058ff", "502a4d18ffffffff"])("refuses %s", (hex) => {
    expect(() => zstdSize(Buffer.from(hex, "hex"))).toThrow(refusal("INPUT_MALFORMED"));
  });
});
