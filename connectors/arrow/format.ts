import type { Schema } from "apache-arrow";
import type { BatchStream, Piece, TableFormat, Touched } from "../../src/types.ts";
import { codecNumber } from "./codecs.ts";
import { openFile } from "./file.ts";
import { openBytes } from "./input.ts";
import { layoutOf } from "./layout.ts";
import { readArrow } from "./read.ts";
import { rewriteArrow } from "./rewrite.ts";
import { writeArrow } from "./write.ts";

export interface ArrowOptions {
  /** What `write` makes: an IPC file (also known as Feather V2) or an IPC stream; default "file". */
  readonly container?: "stream" | "file";
  /** How `write` compresses buffers; default not at all. */
  readonly compression?: "lz4" | "zstd";
}

/**
 * Arrow IPC files and streams, told apart by their first bytes. A rewrite keeps the container and the compression of
 * its input, and copies every buffer of a column that no mask touches, of whatever type. Big-endian tables, metadata
 * before version 4 and Feather V1 are INPUT_UNSUPPORTED; list views and run-end encoded columns can be copied and
 * dropped but not read.
 */
export function arrowFormat({ container = "file", compression }: ArrowOptions = {}): TableFormat {
  const codec = compression && { codec: codecNumber(compression), method: 0 };
  return {
    name: "arrow",
    async schema(file) {
      const input = await openFile(file);
      await input.close();
      return layoutOf(input.schema).schema;
    },
    read: async (file, leaves) => readArrow(await openFile(file), leaves),
    write: (stream) => writeArrow(stream, container, codec),
    async *rewrite(file, touched, mask, onRows) {
      yield* rewriteArrow(await openFile(file), touched, mask, onRows);
    },
  };
}

/** A table whose bytes come once and in order, opened as far as its schema. */
export interface ArrowStream {
  readonly schema: Schema;
  /** The same table with the touched leaves masked; see `TableFormat.rewrite`. May be called once. */
  rewrite(
    touched: Touched,
    mask: (stream: BatchStream) => BatchStream,
    onRows?: (count: number) => void,
  ): AsyncIterable<Uint8Array>;
  /** Gives the source up unread. */
  close(): Promise<void>;
}

/**
 * Reads an Arrow stream (or a file, front to back) up to its schema, so that rules can be planned before a row is
 * read. What comes out is the container that went in. Throws INPUT_TRUNCATED, INPUT_MALFORMED, INPUT_UNSUPPORTED.
 */
export async function openArrowStream(bytes: AsyncIterable<Uint8Array>): Promise<ArrowStream> {
  const input = await openBytes(bytes);
  return {
    schema: layoutOf(input.schema).schema,
    rewrite: (touched, mask, onRows) => inMemory(rewriteArrow(input, touched, mask, onRows)),
    close: input.close,
  };
}

/** A source without ranges gives no ranges to copy. */
async function* inMemory(pieces: AsyncIterable<Piece>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) if (piece instanceof Uint8Array) yield piece;
}
