/** Arrow messages into bytes: framed, padded to 8 bytes, and in a file listed by its footer. */
import type { Piece } from "../../src/types.ts";
import { MAGIC } from "./bytes.ts";
import { compressed } from "./codecs.ts";
import type { Table } from "./flatbuffer.ts";
import type { ArrowMessage, Ending } from "./input.ts";
import { type Bytes, joinedBytes } from "./join.ts";
import {
  type BatchHead,
  type BatchTable,
  type DictionaryBatchTable,
  HEADER,
  type MessageTable,
  type SchemaTable,
  writeFooter,
  writeMessage,
} from "./metadata.ts";

/** Where the output stands. Messages must be handed on in the order in which they were made. */
export interface Output {
  /** The file's magic, where it is a file, and the schema. */
  begin(metadata: Uint8Array): Piece[];
  /** A message as it was read. */
  copy(message: ArrowMessage): Piece[];
  /** Rows; `parts` are the body. `about`: the version whose buffers they are, and the message's own metadata. */
  batch(rows: BatchHead, parts: readonly Part[], about: Omit<About, "headerType">): Promise<Piece[]>;
  dictionary(id: number, rows: BatchHead, parts: readonly Part[]): Promise<Piece[]>;
  end(schema: SchemaTable, ending: Ending): Piece[];
}

/** A buffer: bytes made here, not yet compressed, or bytes of the input as they stood in its body. */
export type Part = { readonly made: Bytes } | { readonly kept: Kept };

interface Kept {
  readonly body: ArrowMessage["body"];
  readonly start: number;
  readonly end: number;
}

export function arrowOutput(container: "stream" | "file", version: number): Output {
  const blocks: { readonly [headerType: number]: number[] } = { [HEADER.dictionary]: [], [HEADER.batch]: [] };
  let position = 0;
  const put = (pieces: readonly Piece[]): Piece[] => {
    for (const piece of pieces) position += sizeOf(piece);
    return [...pieces];
  };
  const framed = (metadata: Uint8Array, headerType: number, length: number, body: readonly Piece[]): Piece[] => {
    const frame = frameOf(metadata);
    blocks[headerType]?.push(position, frame.length, length);
    return put([frame, ...body]);
  };
  const message = async (about: About, rows: BatchHead, parts: readonly Part[], wrap: (batch: BatchTable) => Table) => {
    const { length, buffers, pieces } = await bodyOf(parts, rows.compression?.codec);
    const metadata = writeMessage({ ...about, header: wrap({ ...rows, buffers }), bodyLength: length });
    return framed(metadata, about.headerType, length, pieces);
  };
  return {
    begin: (metadata) => put([...(container === "file" ? [MAGIC] : []), frameOf(metadata)]),
    copy({ table, metadata, body }) {
      const pieces = body.length > 0 ? body.pieces(0, body.length) : [];
      return framed(metadata, table.headerType, body.length, pieces);
    },
    batch: (rows, parts, about) => message({ headerType: HEADER.batch, ...about }, rows, parts, (header) => header),
    dictionary(id, rows, parts) {
      const about = { headerType: HEADER.dictionary, version, metadata: undefined };
      return message(about, rows, parts, (data) => ({ id, data, delta: false }) satisfies DictionaryBatchTable);
    },
    end(schema, { marked, metadata }) {
      if (container === "stream") return marked ? put([MARKER]) : [];
      const [dictionaries, batches] = [blocks[HEADER.dictionary], blocks[HEADER.batch]];
      const footer = writeFooter({ version, schema, dictionaries, batches, metadata });
      const tail = Buffer.alloc(10);
      tail.writeInt32LE(footer.length);
      tail.set(MAGIC.subarray(0, 6), 4);
      return put([MARKER, footer, tail]);
    },
  };
}

type About = Pick<MessageTable, "headerType" | "version" | "metadata">;

/** Continuation, then a length of 0. */
const MARKER: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

function sizeOf(piece: Piece): number {
  return piece instanceof Uint8Array ? piece.length : piece.copy.end - piece.copy.start;
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** A message's metadata with its prefix, together a multiple of 8 bytes. */
function frameOf(metadata: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(padded(metadata.length + 8));
  frame.writeInt32LE(-1);
  frame.writeInt32LE(frame.length - 8, 4);
  frame.set(metadata, 8);
  return frame;
}

interface BuiltBody {
  /** (offset, length) of each buffer in turn. */
  readonly buffers: number[];
  readonly pieces: Piece[];
  readonly length: number;
}

async function bodyOf(parts: readonly Part[], codec: number | undefined): Promise<BuiltBody> {
  const buffers: number[] = [];
  const pieces: Piece[] = [];
  let length = 0;
  let run: Kept | undefined;
  const flush = () => {
    if (run) pieces.push(...run.body.pieces(run.start, run.end));
    run = undefined;
  };
  const pad = () => {
    flush();
    if (length % 8) pieces.push(new Uint8Array(padded(length) - length));
    length = padded(length);
  };
  for (const part of parts) {
    const made = "made" in part ? await packed(part.made, codec) : undefined;
    const kept = "made" in part ? undefined : part.kept;
    const size = made ? made.reduce((sum, { length }) => sum + length, 0) : kept!.end - kept!.start;
    const gap = size > 0 && run && kept ? joins(run, kept, length) : undefined;
    if (gap === undefined && size > 0) pad();
    length += gap ?? 0;
    buffers.push(length, size);
    if (size === 0) continue;
    if (made) pieces.push(...made);
    else run = gap === undefined ? kept : { ...run!, end: kept!.end };
    length += size;
  }
  pad();
  return { buffers, pieces, length };
}

/** Bytes between two kept buffers that can be copied in one go: the gap is padding, of zeros, and the next one aligned. */
function joins(run: Kept, next: Kept, length: number): number | undefined {
  const gap = next.start - run.end;
  if (gap < 0 || gap > 63 || (length + gap) % 8 !== 0 || run.body !== next.body) return undefined;
  return run.body.isBlank(run.end, next.start) ? gap : undefined;
}

async function packed(bytes: Bytes, codec: number | undefined): Promise<readonly Uint8Array[]> {
  const pieces = bytes instanceof Uint8Array ? [bytes] : bytes;
  return codec === undefined ? pieces : [await compressed(codec, joinedBytes(pieces))];
}
