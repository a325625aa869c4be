import { Field, FixedSizeBinary, makeData, Schema, Utf8 } from "apache-arrow";
import { expect, it } from "vitest";
import { arrowFormat } from "../../connectors/arrow/format.ts";
import { batchOf, cellsOf } from "../../src/batch.ts";
import { writeCells } from "../../src/columns.ts";
import { collect } from "../../src/stream.ts";
import { leafMask, lengths, touching } from "../fakes/leaf-mask.ts";
import { joined, memoryObject, type Reads } from "../fakes/object.ts";

const ROWS = 20_000;
const WIDTH = 4_000;

it("of a batch that is large, a file gives the masked columns alone; the rest is handed on as ranges", async () => {
  const image = new Uint8Array(ROWS * WIDTH).fill(7);
  const type = new FixedSizeBinary(WIDTH);
  const notes = Array.from({ length: ROWS }, (_, i) => (i % 5 ? `Quillfeather ${i}` : null));
  const schema = new Schema([new Field("image", type, true), new Field("note", new Utf8(), true)]);
  const batch = batchOf(
    schema,
    [makeData({ type, length: ROWS, data: image }), writeCells(notes, new Utf8(), "n")],
    ROWS,
  );
  const format = arrowFormat({ container: "file" });
  async function* once() {
    yield batch;
    yield batch.slice(0, 3);
  }
  const bytes = await joined(format.write({ schema, batches: once() }));

  const reads: Reads = { bytes: 0, open: 0 };
  const pieces = await collect(
    format.rewrite(memoryObject(bytes, { reads }), touching({ note: lengths }), leafMask({ note: lengths })),
  );
  const copied = pieces.flatMap((piece) => (piece instanceof Uint8Array ? [] : [piece.copy.end - piece.copy.start]));
  expect(copied.reduce((sum, size) => sum + size, 0)).toBe(image.length);
  expect(reads.bytes).toBeLessThan(3_000_000);
  expect(reads.open).toBe(0);

  reads.bytes = 0;
  const less = { image: "drop" } as const;
  const narrow = await joined(format.rewrite(memoryObject(bytes, { reads }), touching(less), leafMask(less)), bytes);
  expect(reads.bytes).toBeLessThan(3_000_000); // what is dropped is not read
  expect((await format.schema(memoryObject(narrow))).names).toEqual(["note"]);

  const output = await joined(inOrder(pieces), bytes);
  expect(Buffer.from(output).includes("Quillfeather")).toBe(false);
  const after = await collect((await format.read(memoryObject(output, { chunk: 1 << 22 }))).batches);
  const want = notes.map((note) => note && `M${note.length}`);
  expect(after.map((one) => cellsOf(one, "note").cells)).toEqual([want, want.slice(0, 3)]);
  expect(Buffer.compare(after[0]!.data.children[0]!.values, image)).toBe(0);
});

async function* inOrder<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
