import type { Data } from "apache-arrow";

/** Every byte that an array holds on to, sliced away or not, children and dictionaries included. */
export function bytesBelow(data: Data): Buffer {
  const own = [data.values, data.valueOffsets, data.nullBitmap, data.typeIds, ...data.variadicBuffers].filter(
    (buffer) => buffer !== undefined && ArrayBuffer.isView(buffer),
  );
  return Buffer.concat([
    ...own.map((buffer) => Buffer.from(buffer.buffer)),
    ...data.children.map(bytesBelow),
    ...(data.dictionary?.data.map(bytesBelow) ?? []),
  ]);
}
