import { Binary, Field, makeData, RecordBatch, Schema, Struct } from "apache-arrow";
import { cellsOf } from "../src/batch.ts";
import { MaskingError } from "../src/errors.ts";
import { bytesOf, once } from "../src/stream.ts";
import type { BatchStream, ReadableObject, TableFormat } from "../src/types.ts";

/** The one column of an image file: its bytes. */
const COLUMN = "image";
const SCHEMA = new Schema([new Field(COLUMN, new Binary(), true)]);

/**
 * Image files as tables of one row and one binary column, `image`. A masked image becomes a file of its own; one that is
 * withheld becomes an empty file. Nothing else can be written as images.
 */
export function imagesFormat(name: "images" | "dicom"): TableFormat {
  const read = async (file: ReadableObject): Promise<BatchStream> => ({ schema: SCHEMA, batches: rowOf(file) });
  return {
    name,
    schema: async () => SCHEMA,
    read,
    write() {
      throw new MaskingError("INPUT_UNSUPPORTED", { expected: "a source of images, where the target is one" });
    },
    async *rewrite(file, _, mask, onRows) {
      for await (const batch of mask(await read(file)).batches) {
        const [image] = cellsOf(batch, COLUMN).cells;
        if (image instanceof Uint8Array) yield image;
        onRows?.(batch.numRows);
      }
    },
  };
}

async function* rowOf(file: ReadableObject): AsyncGenerator<RecordBatch, void, undefined> {
  const bytes = await bytesOf(file.read());
  const image = makeData({ type: new Binary(), length: 1, valueOffsets: Int32Array.of(0, bytes.length), data: bytes });
  yield* once(new RecordBatch(SCHEMA, makeData({ type: new Struct(SCHEMA.fields), length: 1, children: [image] })));
}
