import { MaskingError } from "../../src/errors.ts";
import type { Piece, ReadableObject } from "../../src/types.ts";

/** What a reader of a `memoryObject` did. */
export interface Reads {
  /** Bytes handed over so far. */
  bytes: number;
  /** Calls of `read` that were not yet ended. */
  open: number;
}

/** Bytes as a file. `chunk`: how many it hands over at a time. */
export function memoryObject(
  bytes: Uint8Array,
  { chunk = 1 << 16, reads = { bytes: 0, open: 0 } }: { readonly chunk?: number; readonly reads?: Reads } = {},
): ReadableObject {
  return {
    uri: "memory://table",
    size: bytes.length,
    etag: "e1",
    async *read({ start, end } = { start: 0, end: bytes.length }) {
      if (end > bytes.length) throw new MaskingError("INPUT_TRUNCATED", { byte: bytes.length });
      reads.open++;
      try {
        for (let at = start; at < end; at += chunk) {
          const part = new Uint8Array(bytes.subarray(at, Math.min(end, at + chunk))); // memory of its own
          reads.bytes += part.length;
          yield part;
        }
      } finally {
        reads.open--;
      }
    },
  };
}

/** The bytes of a rewrite; ranges to copy are taken from the file they name. */
export async function joined(pieces: AsyncIterable<Piece>, source?: Uint8Array): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) {
    all.push(piece instanceof Uint8Array ? piece : source!.subarray(piece.copy.start, piece.copy.end));
  }
  return Buffer.concat(all);
}
