/** Arrow files by their footer: dictionaries first, then batches, as the format allows them to stand in any order. */
import { MaskingError } from "../../src/errors.ts";
import { bytesOf } from "../../src/stream.ts";
import type { ReadableObject } from "../../src/types.ts";
import { type ByteReader, byteReader, endsWithMagic, int32, MAGIC, startsWith } from "./bytes.ts";
import {
  type ArrowInput,
  type ArrowMessage,
  type Body,
  littleEndian,
  memoryBody,
  messageTable,
  nextMetadata,
  openBytes,
} from "./input.ts";
import { type FooterTable, HEADER, readFooter, writeMessage } from "./metadata.ts";

/** Bodies above this size are read by range, a buffer at a time, so that memory holds masked columns only. */
const WHOLE_BODY = 1 << 26;

/** Gaps up to this size are read over; a larger one opens the file anew behind it. */
const SKIP = 1 << 20;

/** Opens a file or a stream. Throws INPUT_TRUNCATED, INPUT_MALFORMED or INPUT_UNSUPPORTED. */
export async function openFile(file: ReadableObject): Promise<ArrowInput> {
  const head = file.size >= 8 ? await bytesOf(file.read({ start: 0, end: 8 })) : new Uint8Array(0);
  if (startsWith(head, MAGIC.subarray(0, 6))) return openByFooter(file);
  if (startsWith(head, Buffer.from("FEA1"))) throw new MaskingError("INPUT_UNSUPPORTED", { expected: "Feather V2" });
  return openBytes(file.read());
}

async function openByFooter(file: ReadableObject): Promise<ArrowInput> {
  const footer = await footerOf(file);
  const schema = littleEndian(footer.schema!);
  const table = {
    version: footer.version,
    headerType: HEADER.schema,
    header: schema,
    bodyLength: 0,
    metadata: undefined,
  };
  return {
    container: "file",
    schema,
    metadata: writeMessage(table),
    version: footer.version,
    messages: (dictionariesFirst) => blocks(file, footer, dictionariesFirst),
    ending: () => ({ marked: true, metadata: footer.metadata }),
    close: async () => {}, // each range is closed as it is read
  };
}

async function footerOf(file: ReadableObject): Promise<FooterTable> {
  const truncated = new MaskingError("INPUT_TRUNCATED", { byte: file.size });
  if (file.size < 18) throw truncated;
  const tail = await bytesOf(file.read({ start: file.size - 10, end: file.size }));
  if (!endsWithMagic(tail)) throw truncated;
  const length = int32(tail);
  const end = file.size - 10;
  if (length <= 0 || length > end - 8) throw new MaskingError("INPUT_MALFORMED", { expected: "an Arrow footer" });
  return readFooter(await bytesOf(file.read({ start: end - length, end })));
}

interface Block {
  readonly offset: number;
  readonly metadata: number;
  readonly body: number;
  readonly kind: number;
}

function blocksOf(numbers: readonly number[] = [], kind: number, size: number): Block[] {
  const found: Block[] = [];
  for (let i = 0; i < numbers.length; i += 3) {
    const [offset, metadata, body] = [numbers[i]!, numbers[i + 1]!, numbers[i + 2]!];
    if (offset < 8 || metadata < 8 || body < 0 || offset + metadata + body > size) {
      throw new MaskingError("INPUT_MALFORMED", { expected: "blocks within the file" });
    }
    found.push({ offset, metadata, body, kind });
  }
  return found;
}

async function* blocks(
  file: ReadableObject,
  footer: FooterTable,
  dictionariesFirst: boolean,
): AsyncGenerator<ArrowMessage, void, undefined> {
  const all = [
    ...blocksOf(footer.dictionaries, HEADER.dictionary, file.size),
    ...blocksOf(footer.batches, HEADER.batch, file.size),
  ];
  if (!dictionariesFirst) all.sort((a, b) => a.offset - b.offset);
  let reader: ByteReader | undefined;
  try {
    for (const block of all) {
      const gap = reader ? block.offset - reader.position() : -1;
      if (reader && gap >= 0 && gap <= SKIP) await reader.take(gap);
      else {
        await reader?.close();
        reader = byteReader(file.read({ start: block.offset, end: file.size }), block.offset);
      }
      const metadata = await nextMetadata(reader!);
      if (metadata === undefined || metadata === "nothing") throw new MaskingError("INPUT_MALFORMED");
      const table = messageTable(metadata);
      if (table.headerType !== block.kind) throw new MaskingError("INPUT_MALFORMED", { byte: block.offset });
      const start = reader!.position();
      if (start + table.bodyLength > file.size) throw new MaskingError("INPUT_TRUNCATED", { byte: file.size });
      if (table.bodyLength > WHOLE_BODY) {
        await reader!.close();
        reader = undefined;
        yield { table, metadata, body: rangeBody(file, start, table.bodyLength) };
      } else yield { table, metadata, body: memoryBody(await reader!.takeChunks(table.bodyLength)) };
    }
  } finally {
    await reader?.close();
  }
}

function rangeBody(file: ReadableObject, offset: number, length: number): Body {
  return {
    length,
    async load(start, end) {
      if (start === end) return new Uint8Array(0);
      const bytes = await bytesOf(file.read({ start: offset + start, end: offset + end }));
      if (bytes.length !== end - start) throw new MaskingError("INPUT_TRUNCATED", { byte: offset + end });
      return bytes;
    },
    isBlank: (start, end) => start === end,
    pieces: (start, end) => [{ copy: { uri: file.uri, etag: file.etag, start: offset + start, end: offset + end } }],
  };
}
