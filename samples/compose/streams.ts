/**
 * The same over Web Streams and Node streams: `npx tsx samples/compose/streams.ts` after `npm run build`. Both keep
 * their backpressure: a reader that pauses pauses the source.
 */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ReadableStream, TransformStream } from "node:stream/web";
import { type RecordBatch, RecordBatchReader, type Schema, tableFromArrays } from "apache-arrow";
import { maskStream, openRules, type Transform } from "phimask";
import { arrowFormat } from "phimask/connectors/arrow/format";

const table = tableFromArrays({
  mrn: ["48210337", "51902284"],
  note: ["MRN 48210337 was seen on March 14, 2025.", "E-mail sent to ana.feeney@example.com."],
});
const { stepsFor } = await openRules(
  { version: 1, columns: { mrn: { mask: "mask" }, note: "text" } },
  { key: process.env["PHIMASK_KEY"] || "for this sample alone: 32 bytes or more" },
);
const steps = stepsFor(table.schema);

/** What `pipeThrough` takes: record batches in at one end, masked ones out at the other. */
function masking(schema: Schema, transforms: readonly Transform[]) {
  const { readable, writable } = new TransformStream<RecordBatch, RecordBatch>();
  return { writable, readable: ReadableStream.from(maskStream({ schema, batches: readable }, transforms).batches) };
}

console.log("Web Streams");
for await (const batch of ReadableStream.from(table.batches).pipeThrough(masking(table.schema, steps))) {
  for (const row of batch) console.log(JSON.stringify(row));
}

console.log("Node streams");
await pipeline(
  Readable.from(table.batches),
  (batches: AsyncIterable<RecordBatch>) => maskStream({ schema: table.schema, batches }, steps).batches,
  async (batches: AsyncIterable<RecordBatch>) => {
    for await (const batch of batches) for (const row of batch) console.log(JSON.stringify(row));
  },
);

console.log("Bytes of an Arrow stream, as a web server answers with them");
const masked = maskStream({ schema: table.schema, batches: Readable.from(table.batches) }, steps);
const response = new Response(ReadableStream.from(arrowFormat().write(masked)) as never);
for await (const batch of await RecordBatchReader.from(response.arrayBuffer())) console.log(`${batch.numRows} rows`);
