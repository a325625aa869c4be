import { execFileSync } from "node:child_process";
import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { gzipped, unpacked } from "../../src/gzip.ts";
import { bytesOf } from "../../src/stream.ts";

const TEXT = Buffer.from("id,note\n1,Feeney\n".repeat(5000));
const MEMBER = gzipSync(TEXT);
const zeros = (count: number) => Buffer.alloc(count);
const join = (...parts: readonly (string | Uint8Array)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const SIZES = [1, 7, MEMBER.length, MEMBER.length + 3, 1 << 20];

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const read = async (bytes: Uint8Array, size: number) =>
  bytesOf(unpacked(chunksOf(bytes, size))).then(
    (content) => Buffer.from(content),
    (error: unknown) => (error instanceof MaskingError ? error.code : `not ours: ${String(error)}`),
  );
/** A member whose header tells a file's name and a comment. */
const named = () => {
  const fixed = Buffer.from([0x1f, 0x8b, 8, 0x18, 1, 2, 3, 4, 0, 3]);
  return join(fixed, "feeney-ana.csv\0of ward 3\0", deflateRawSync(TEXT), MEMBER.subarray(-8));
};

describe("unpacked", () => {
  it.each<[string, Uint8Array, Uint8Array | string]>([
    ["text stays", TEXT, TEXT],
    ["no byte", zeros(0), zeros(0)],
    ["a byte", Buffer.from("a"), Buffer.from("a")],
    ["text that begins like a short gzip", Buffer.from([0x1f, 0x8b]), Buffer.from([0x1f, 0x8b])],
    ["text that begins as bzip2's name does", Buffer.from("BZhospital,id\n"), Buffer.from("BZhospital,id\n")],
    ["a member", MEMBER, TEXT],
    ["an empty member", gzipSync(""), zeros(0)],
    ["members", join(MEMBER, gzipSync(""), MEMBER), join(TEXT, TEXT)],
    ["a member with names in its header", named(), TEXT],
    ["a member filled up with zeros", join(MEMBER, zeros(5000)), TEXT],
    [
      "a member whose length ends with no zero",
      join(gzipSync(Buffer.alloc(17 << 20, 97)), zeros(64)),
      Buffer.alloc(17 << 20, 97),
    ],
    ["a member behind zeros", join(MEMBER, zeros(3), MEMBER), "INPUT_MALFORMED"],
    ["text behind a member", join(MEMBER, "1,Feeney\n"), "INPUT_MALFORMED"],
    ["text behind zeros", join(MEMBER, zeros(3), "xy"), "INPUT_MALFORMED"],
    ["text behind many zeros", join(MEMBER, zeros(300_000), "xy"), "INPUT_MALFORMED"],
    ["another checksum", join(MEMBER.subarray(0, -6), "xxxxxx"), "INPUT_MALFORMED"],
    [
      "damage in the middle",
      join(MEMBER.subarray(0, 40), Buffer.alloc(8, 255), MEMBER.subarray(48)),
      "INPUT_MALFORMED",
    ],
    ["an end in the middle", MEMBER.subarray(0, -20), "INPUT_TRUNCATED"],
    ["an end in the checksum", MEMBER.subarray(0, -6), "INPUT_TRUNCATED"],
    ["an end in the header of a second member", join(MEMBER, MEMBER.subarray(0, 5)), "INPUT_TRUNCATED"],
    ["zstd", Buffer.from("28b52ffd0458", "hex"), "INPUT_UNSUPPORTED"],
    ["bzip2", join("BZh91AY&SY", zeros(9)), "INPUT_UNSUPPORTED"],
    ["xz", Buffer.from("fd377a585a0000", "hex"), "INPUT_UNSUPPORTED"],
    ["a zip archive", join("PK\x03\x04", zeros(9)), "INPUT_UNSUPPORTED"],
  ])("%s", async (_, bytes, expected) => {
    for (const size of bytes.length > MEMBER.length * 50 ? [4096, 1 << 20] : SIZES) {
      const found = await read(bytes, size);
      if (typeof expected === "string" || typeof found === "string")
        expect(found, `in pieces of ${size}`).toBe(expected);
      else expect(found.equals(expected), `in pieces of ${size}`).toBe(true);
    }
  });

  it("passes on what its source throws", async () => {
    async function* fails() {
      yield MEMBER.subarray(0, 50);
      throw new MaskingError("STORE_CONFLICT");
    }
    await expect(bytesOf(unpacked(fails()))).rejects.toMatchObject({ code: "STORE_CONFLICT" });
  });

  it.each(["packed", "plain"])("ends a %s source whose reader stops early", async (kind) => {
    const bytes = kind === "packed" ? gzipSync(Buffer.alloc(1 << 22, 97)) : TEXT;
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield* chunksOf(bytes, 1 << 20);
      } finally {
        closed = true;
      }
    }
    for await (const _ of unpacked(endless())) break;
    await expect.poll(() => closed).toBe(true);
  });
});

describe("gzipped", () => {
  it("is read by gzip, and tells no name and no time", async () => {
    const packed = await bytesOf(gzipped(chunksOf(TEXT, 1000)));
    expect([...packed.subarray(0, 8)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    expect(execFileSync("gzip", ["-dc"], { input: packed }).equals(TEXT)).toBe(true);
  });

  it("comes back as it went, in pieces of any size", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 500 }), async (bytes, size) => {
        const packed = await bytesOf(gzipped(chunksOf(bytes, size)));
        expect(await read(packed, size)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 200 },
    );
  });
});
