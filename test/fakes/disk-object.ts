import { createReadStream, statSync } from "node:fs";
import type { ReadableObject } from "../../src/types.ts";

/** A file of the disk as a table's bytes. */
export function diskObject(path: string): ReadableObject {
  return {
    uri: path,
    size: statSync(path).size,
    etag: "e1",
    read: (range) => createReadStream(path, range && { start: range.start, end: Math.max(range.end, 1) - 1 }),
  };
}
