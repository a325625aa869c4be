/** Arrow messages out of bytes, one at a time: a stream as it comes, or the blocks of a file by its footer. */
import { constants } from "node:buffer";
import { MaskingError } from "../../src/errors.ts";
import type { Piece } from "../../src/types.ts";
import { type ByteReader, byteReader, endsWithMagic, int32, MAGIC, startsWith } from "./bytes.ts";
import { joinedBytes } from "./join.ts";
import {
  type FooterTable,
  HEADER,
  type KeyValue,
  type MessageTable,
  readFooter,
  readMessage,
  type SchemaTable,
} from "./metadata.ts";

/** Bytes of a message's body by position. */
export interface Body {
  readonly length: number;
  load(start: number, end: number): Promise<Uint8Array>;
  /** True where these bytes are known to be zeros. */
  isBlank(start: number, end: number): boolean;
  /** The same bytes to be passed on. */
  pieces(start: number, end: number): Piece[];
}

/** A dictionary or a batch of rows. `metadata` is the flatbuffer as it stood. */
export interface ArrowMessage {
  readonly table: MessageTable;
  readonly metadata: Uint8Array;
  readonly body: Body;
}

/** An opened table. `messages` may be called once; `ending` holds once they have all been read. */
export interface ArrowInput {
  readonly container: "stream" | "file";
  readonly schema: SchemaTable;
  /** The schema's message, as it stood. */
  readonly metadata: Uint8Array;
  readonly version: number;
  /**
   * In the order of the bytes. `dictionariesFirst`: a file's dictionaries before its rows, wherever they stand; a
   * stream has each before its use anyway, and so have files whose bytes come in order only, or they cannot be read.
   */
  messages(dictionariesFirst: boolean): AsyncGenerator<ArrowMessage, void, undefined>;
  readonly ending: () => Ending;
  /** Lets go of the source, read to its end or not. */
  close(): Promise<void>;
}

/** How the input ended: a stream may end by its marker or by nothing more; a file's footer may hold metadata. */
export interface Ending {
  readonly marked: boolean;
  readonly metadata?: readonly KeyValue[] | undefined;
}

/** What one buffer of Node can hold. */
const { MAX_LENGTH } = constants;

/** Larger than any real schema or footer. */
const MAX_METADATA = 1 << 29;

/** A body in chunks end to end, of which only what is loaded is copied, and only where it spans chunks. */
export function memoryBody(chunks: readonly Uint8Array[]): Body {
  const within = (start: number, end: number): Uint8Array[] => {
    const found: Uint8Array[] = [];
    let at = 0;
    for (const chunk of chunks) {
      if (at >= end) break;
      if (at + chunk.length > start) found.push(chunk.subarray(Math.max(0, start - at), end - at));
      at += chunk.length;
    }
    return found;
  };
  return {
    length: chunks.reduce((sum, { length }) => sum + length, 0),
    load: async (start, end) => joinedBytes(within(start, end)),
    isBlank: (start, end) => within(start, end).every((part) => part.every((byte) => byte === 0)),
    pieces: within,
  };
}

/**
 * The metadata of the next message; undefined at the end-of-stream marker, `"nothing"` where the bytes end before one.
 * Streams of before 0.15 lack the marker in front of each length, and are read too.
 */
export async function nextMetadata(reader: ByteReader): Promise<Uint8Array | undefined | "nothing"> {
  const start = await reader.peek(4);
  if (start.length === 0) return "nothing";
  let length = int32(await reader.take(4));
  if (length === -1) length = int32(await reader.take(4));
  if (length === 0) return undefined;
  if (length < 0 || length > MAX_METADATA) {
    throw new MaskingError("INPUT_MALFORMED", { byte: reader.position(), expected: "an Arrow message" });
  }
  return reader.take(length);
}

/** Opens a stream, or a file whose bytes come in order only. Throws INPUT_TRUNCATED, _MALFORMED or _UNSUPPORTED. */
export async function openBytes(source: AsyncIterable<Uint8Array>): Promise<ArrowInput> {
  const reader = byteReader(source);
  try {
    const isFile = startsWith(await reader.peek(8), MAGIC);
    if (isFile) await reader.take(8);
    const { message, metadata } = await firstSchema(reader).catch((error) => {
      // apache-arrow for JavaScript and polars write files whose schema is in the footer alone.
      const inFooter = isFile && error instanceof MaskingError && error.code === "INPUT_MALFORMED";
      throw inFooter
        ? new MaskingError("INPUT_UNSUPPORTED", { expected: "a stream, or a file that can be sought" })
        : error;
    });
    let ending: Ending | undefined;
    const container = isFile ? "file" : "stream";
    return {
      container,
      schema: littleEndian(message.header as SchemaTable),
      metadata,
      version: message.version,
      messages: () =>
        inOrder(reader, isFile, (end) => {
          ending = end;
        }),
      ending: () => ending!,
      close: reader.close,
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

async function firstSchema(reader: ByteReader): Promise<{ message: MessageTable; metadata: Uint8Array }> {
  const metadata = await nextMetadata(reader);
  if (metadata === "nothing") throw new MaskingError("INPUT_TRUNCATED", { byte: reader.position() });
  const message = metadata && readMessage(metadata);
  if (message?.headerType !== HEADER.schema) throw new MaskingError("INPUT_MALFORMED", { expected: "an Arrow schema" });
  await reader.take(message.bodyLength);
  return { message, metadata: metadata! };
}

/** Big-endian buffers cannot be read as they are, and apache-arrow hangs on some of them. */
export function littleEndian(schema: SchemaTable): SchemaTable {
  if (schema.endianness !== 0) throw new MaskingError("INPUT_UNSUPPORTED", { expected: "little-endian buffers" });
  return schema;
}

async function* inOrder(
  reader: ByteReader,
  isFile: boolean,
  onEnd: (ending: Ending) => void,
): AsyncGenerator<ArrowMessage, void, undefined> {
  for (;;) {
    const metadata = await nextMetadata(reader);
    if (metadata === undefined || metadata === "nothing") {
      const marked = metadata === undefined;
      if (isFile) onEnd({ marked, metadata: (await trailingFooter(reader)).metadata });
      else onEnd({ marked });
      if (!isFile && marked) await refuseTrailing(reader);
      return;
    }
    const table = messageTable(metadata);
    if (table.bodyLength > MAX_LENGTH) throw new MaskingError("INPUT_UNSUPPORTED", { expected: "batches below 4 GB" });
    yield { table, metadata, body: memoryBody(await reader.takeChunks(table.bodyLength)) };
  }
}

/** A message that is no schema: a second schema would be another table. */
export function messageTable(metadata: Uint8Array): MessageTable {
  const table = readMessage(metadata);
  if (table.headerType === HEADER.schema) throw new MaskingError("INPUT_UNSUPPORTED", { expected: "one table" });
  return table;
}

async function trailingFooter(reader: ByteReader): Promise<FooterTable> {
  const rest = await toTheEnd(reader);
  const length = rest.length >= 10 ? int32(rest.subarray(rest.length - 10)) : -1;
  if (!endsWithMagic(rest)) throw new MaskingError("INPUT_TRUNCATED", { byte: reader.position() });
  if (length <= 0 || length > rest.length - 10) throw new MaskingError("INPUT_MALFORMED");
  return readFooter(rest.subarray(rest.length - 10 - length, rest.length - 10));
}

async function toTheEnd(reader: ByteReader): Promise<Uint8Array> {
  for (let count = 1 << 16; count <= MAX_METADATA; count *= 2) {
    const rest = await reader.peek(count);
    if (rest.length < count) return reader.take(rest.length);
  }
  throw new MaskingError("INPUT_MALFORMED");
}

/** Bytes after the marker would be lost: two streams joined by `cat`, most often. Zeros are padding. */
async function refuseTrailing(reader: ByteReader): Promise<void> {
  for (let part = await reader.peek(1); part.length > 0; part = await reader.peek(1)) {
    if ((await reader.take(1))[0] !== 0) {
      throw new MaskingError("INPUT_UNSUPPORTED", {
        byte: reader.position(),
        expected: "one stream and nothing after it",
      });
    }
  }
}
