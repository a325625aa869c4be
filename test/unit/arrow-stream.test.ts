import { Dictionary, Int32, type RecordBatch, Utf8 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { arrowFormat, openArrowStream } from "../../connectors/arrow/format.ts";
import { HEADER, readMessage, type SchemaTable, writeMessage } from "../../connectors/arrow/metadata.ts";
import { cellsOf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import { collect } from "../../src/stream.ts";
import { batchFrom, foreign, inPieces, rowsOf } from "../fakes/arrow-file.ts";
import { type LeafRule, leafMask, lengths, touching } from "../fakes/leaf-mask.ts";
import { joined, memoryObject, type Reads } from "../fakes/object.ts";

const format = arrowFormat();
const SECRET = "Zanzibar Quillfeather";

const three = [0, 1, 2];
const whole = batchFrom([
  ["note", new Utf8(), three.flatMap((i) => [`${SECRET} ${i}`, null, "Größe"])],
  ["kept", new Int32(), three.flatMap((i) => [i, null, 7])],
  ["code", new Dictionary(new Utf8(), new Int32(), 4), three.flatMap(() => [`${SECRET} a`, "b", `${SECRET} a`])],
]);
const batches = three.map((i) => whole.slice(i * 3, i * 3 + 3));
const streamed = foreign(batches);
// apache-arrow's files lack the schema at their start, so that only their footer can be read.
const footed = foreign(batches, "file");
const filed = await joined(format.rewrite(memoryObject(footed), touching({}), leafMask({})), footed);
const rules: Record<string, LeafRule> = { note: lengths, code: lengths };
const answer = batches.flatMap((_, i) => [
  { note: "M23", kept: i, code: "M23" },
  { note: null, kept: null, code: "M1" },
  { note: "M5", kept: 7, code: "M23" },
]);

async function piped(source: AsyncIterable<Uint8Array>, masks = rules): Promise<Uint8Array> {
  const input = await openArrowStream(source);
  return joined(input.rewrite(touching(masks), leafMask(masks)));
}

describe("bytes that come once", () => {
  it.each([1, 7, 64, 1000, 1 << 20])("in pieces of %i", async (size) => {
    for (const bytes of [streamed, filed]) {
      const output = await piped(inPieces(bytes, size));
      expect(rowsOf(output)).toEqual(answer);
      expect(Buffer.from(output).includes(SECRET)).toBe(false);
      expect(Buffer.from(output.subarray(0, 6)).toString() === "ARROW1").toBe(bytes === filed);
    }
  });

  it("show their schema before a row is read", async () => {
    let taken = 0;
    async function* source() {
      for await (const piece of inPieces(streamed, 8)) {
        taken += piece.length;
        yield piece;
      }
    }
    const input = await openArrowStream(source());
    expect(input.schema.names).toEqual(["note", "kept", "code"]);
    expect(taken).toBeLessThan(streamed.length / 2);
    await input.close();
  });

  it("are let go of when the reader stops, whenever that is", async () => {
    for (let pieces = 0; pieces < 12; pieces++) {
      let open = 0;
      async function* source() {
        open++;
        try {
          yield* inPieces(streamed, 100);
        } finally {
          open--;
        }
      }
      const input = await openArrowStream(source());
      let read = 0;
      for await (const _ of input.rewrite(touching(rules), leafMask(rules))) if (read++ === pieces) break;
      await input.close();
      expect(open).toBe(0);
    }
  });

  it("end as the input ended: with a marker, or with nothing more", async () => {
    const bare = streamed.subarray(0, streamed.length - 8);
    const output = await piped(inPieces(bare, 100));
    expect(rowsOf(output)).toEqual(answer);
    expect([...output.subarray(-8)]).not.toEqual([255, 255, 255, 255, 0, 0, 0, 0]);
    expect([...(await piped(inPieces(streamed, 100))).subarray(-8)]).toEqual([255, 255, 255, 255, 0, 0, 0, 0]);
  });

  it("may have zeros after their end, and nothing else", async () => {
    expect(rowsOf(await piped(inPieces(Buffer.concat([streamed, Buffer.alloc(100)]), 64)))).toEqual(answer);
    const two = Buffer.concat([streamed, streamed]);
    await expect(piped(inPieces(two, 64))).rejects.toMatchObject({ code: "INPUT_UNSUPPORTED" });
  });
});

describe("a slow reader", () => {
  const many = foreign(
    Array.from({ length: 200 }, (_, i) =>
      batchFrom([["note", new Utf8(), new Array(500).fill(`note ${i} of some length`)]]),
    ),
  );

  it.each([
    ["reads on by need where columns are masked", { note: lengths } as Record<string, LeafRule>],
    ["reads on by need where none is", {} as Record<string, LeafRule>],
  ])("%s", async (_, masks) => {
    let taken = 0;
    let asked = 0;
    async function* source() {
      for await (const piece of inPieces(many, 1024)) {
        taken += piece.length;
        yield piece;
      }
    }
    const input = await openArrowStream(source());
    const mask = leafMask(masks);
    const counted: typeof mask = (stream) => {
      async function* seen(): AsyncGenerator<RecordBatch> {
        for await (const batch of stream.batches) {
          asked++;
          yield batch;
        }
      }
      return mask({ ...stream, batches: seen() });
    };
    const output = input.rewrite(touching(masks), counted)[Symbol.asyncIterator]();
    for (let i = 0; i < 4; i++) await output.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(taken).toBeLessThan(many.length / 40);
    expect(asked).toBeLessThanOrEqual(2);
    await output.return?.();
  });

  it("reads record batches by need", async () => {
    const reads: Reads = { bytes: 0, open: 0 };
    const { batches: read } = await format.read(memoryObject(many, { chunk: 1024, reads }));
    for await (const _ of read) break;
    expect(reads.bytes).toBeLessThan(many.length / 40);
    expect(reads.open).toBe(0);
  });
});

describe("input of other kinds", () => {
  const schemaLength = new DataView(streamed.buffer, streamed.byteOffset).getInt32(4, true);
  const schemaBytes = streamed.subarray(8, 8 + schemaLength);
  const framed = (metadata: Uint8Array) => {
    const prefix = Buffer.alloc(8);
    prefix.writeInt32LE(-1);
    prefix.writeInt32LE(metadata.length, 4);
    return Buffer.concat([prefix, metadata]);
  };
  const rest = streamed.subarray(8 + schemaLength);

  it("streams of before 0.15, which have no continuation marks", async () => {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < streamed.length; ) {
      const view = new DataView(streamed.buffer, streamed.byteOffset + at);
      const length = view.getInt32(4, true);
      const body = length > 0 ? readMessage(streamed.subarray(at + 8, at + 8 + length)).bodyLength : 0;
      parts.push(streamed.subarray(at + 4, at + 8 + length + body));
      at += 8 + length + body;
    }
    const legacy = Buffer.concat(parts);
    expect(legacy.length).toBeLessThan(streamed.length);
    expect(rowsOf(await piped(inPieces(legacy, 50)))).toEqual(answer);
    expect(rowsOf(await joined(format.rewrite(memoryObject(legacy), touching({}), leafMask({}))))).toHaveLength(9);
  });

  it("big-endian tables are refused up front", async () => {
    const message = readMessage(schemaBytes);
    const big = { ...message, header: { ...(message.header as SchemaTable), endianness: 1 } };
    const bytes = Buffer.concat([framed(writeMessage(big)), rest]);
    for (const reading of [
      format.schema(memoryObject(bytes)),
      format.read(memoryObject(bytes)),
      piped(inPieces(bytes, 99)),
    ]) {
      await expect(reading).rejects.toMatchObject({
        code: "INPUT_UNSUPPORTED",
        place: { expected: "little-endian buffers" },
      });
    }
  });

  it("files without a schema at their start are read by their footer, and so not as they come", async () => {
    expect(rowsOf(await joined(format.rewrite(memoryObject(footed), touching(rules), leafMask(rules))))).toEqual(
      answer,
    );
    await expect(piped(inPieces(footed, 100))).rejects.toMatchObject({ code: "INPUT_UNSUPPORTED" });
  });

  it("Feather V1, a second schema and a table without one are refused", async () => {
    const codes: readonly (readonly [Uint8Array, string])[] = [
      [Buffer.concat([Buffer.from("FEA1"), Buffer.alloc(100)]), "INPUT_UNSUPPORTED"],
      [Buffer.concat([streamed.subarray(0, 8 + schemaLength), streamed]), "INPUT_UNSUPPORTED"],
      [rest, "INPUT_MALFORMED"],
      [Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]), "INPUT_MALFORMED"],
    ];
    for (const [bytes, code] of codes) {
      const run = joined(format.rewrite(memoryObject(bytes), touching({ note: lengths }), leafMask({ note: lengths })));
      await expect(run).rejects.toMatchObject({ code });
    }
  });

  it("a dictionary that the schema does not know is refused where rows are masked", async () => {
    const message = readMessage(schemaBytes);
    const fields = (message.header as SchemaTable).fields!.slice(0, 2);
    const narrower = writeMessage({ ...message, headerType: HEADER.schema, header: { ...message.header, fields } });
    const bytes = Buffer.concat([framed(narrower), rest]);
    await expect(piped(inPieces(bytes, 99), { note: lengths })).rejects.toMatchObject({ code: "INPUT_MALFORMED" });
  });
});

describe("a cut or damaged table", () => {
  it("cut anywhere, gives no end and nothing unmasked", async () => {
    for (const bytes of [streamed, filed]) {
      for (let cut = 0; cut < bytes.length; cut += 23) {
        const output: Uint8Array[] = [];
        let ended = true;
        try {
          const input = await openArrowStream(inPieces(bytes.subarray(0, cut), 500));
          for await (const piece of input.rewrite(touching(rules), leafMask(rules))) output.push(piece);
        } catch (error) {
          ended = false;
          expect(error).toBeInstanceOf(MaskingError);
          expect((error as MaskingError).code).toMatch(/^INPUT_(TRUNCATED|MALFORMED)$/);
        }
        const all = Buffer.concat(output);
        expect(all.includes(SECRET)).toBe(false);
        expect(ended && bytes === filed).toBe(false);
        const marker = all.subarray(-8).equals(Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]));
        expect(marker).toBe(false);
      }
    }
  });

  it("with any byte changed, is masked or refused", async () => {
    for (const bytes of [streamed, filed]) {
      for (let at = 8; at < bytes.length; at += 31) {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = damaged[at]! ^ (1 << (at % 8));
        try {
          const output = await joined(format.rewrite(memoryObject(damaged), touching(rules), leafMask(rules)));
          expect(Buffer.from(output).includes("Quillfeather")).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(MaskingError);
          expect(String(error)).not.toContain("Quill");
        }
      }
    }
  });
});

describe("a file whose messages stand in another order", () => {
  it("has its dictionaries read first", async () => {
    const output = await joined(format.rewrite(memoryObject(filed), touching(rules, false), leafMask(rules)));
    const again = await joined(format.rewrite(memoryObject(output), touching(rules, false), leafMask(rules)), output);
    expect(rowsOf(again).map(({ code }) => code)).toEqual(answer.map(({ code }) => `M${code.length}`));
    const read = await collect((await format.read(memoryObject(output))).batches);
    expect(read.flatMap((batch) => cellsOf(batch, "code").cells)).toEqual(answer.map(({ code }) => code));
    await expect(piped(inPieces(output, 100))).rejects.toMatchObject({
      code: "INPUT_UNSUPPORTED",
      place: { column: "code" },
    });
    expect(rowsOf(await piped(inPieces(output, 100), { note: lengths }))).toHaveLength(9);
  });
});
