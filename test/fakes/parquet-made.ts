import { type KeyValue, parquetMetadata } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { parquetFormat } from "../../connectors/parquet/format.ts";
import type { ThriftStruct } from "../../connectors/parquet/thrift.ts";
import { readThrift } from "../../connectors/parquet/thrift.ts";
import { writeThrift } from "../../connectors/parquet/thrift-write.ts";
import type { BatchStream, Leaf, Piece } from "../../src/types.ts";
import { type LeafRule, leafMask, newSeen, type Seen, touching } from "./leaf-mask.ts";
import { memoryObject } from "./object.ts";

/** Stands in every text that tests mask; a made-up name. */
export const PLANTED = "Zanzibar-Quillfeather";
export const ROWS = 1000;

/** Texts of which some are null, some empty, some the same and some long. */
export function note(row: number): string | null {
  if (row % 7 === 3) return null;
  if (row % 11 === 5) return "";
  return `${PLANTED} said ${row % 3 === 0 ? "so" : row} ${"é".repeat(row % 40)}`;
}

/** One of twenty names. */
export function name(row: number): string {
  return `${PLANTED} ${(row * 7) % 20}`;
}

/**
 * A file of hyparquet-writer: pages of version 2, several a chunk, three row groups, statistics, column and offset
 * indexes, bloom filters, a dictionary for `name`.
 */
export function madeFile(kvMetadata: KeyValue[] = [], pageSize = 2000): Uint8Array {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const common = { columnIndex: true, offsetIndex: true, bloomFilter: true };
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "id", data: rows.map(BigInt), type: "INT64", nullable: false, ...common },
      { name: "note", data: rows.map(note), type: "STRING", ...common },
      { name: "age", data: rows.map((row) => (row % 5 === 2 ? null : row % 101)), type: "INT32", ...common },
      { name: "name", data: rows.map(name), type: "STRING", nullable: false, ...common },
      { name: "weight", data: rows.map((row) => row / 7), type: "DOUBLE", ...common },
    ],
    rowGroupSize: [400, 350, 250],
    pageSize,
    kvMetadata,
    statisticsTruncateLength: Number.POSITIVE_INFINITY,
  });
  return new Uint8Array(buffer);
}

/** What hyparquet reads of a footer. */
export function metadataOf(bytes: Uint8Array): ReturnType<typeof parquetMetadata> {
  return parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
}

/** The same file with another footer. */
export function withFooter(bytes: Uint8Array, change: (tree: ThriftStruct) => ThriftStruct): Uint8Array {
  const buffer = Buffer.from(bytes);
  const start = buffer.length - 8 - buffer.readUInt32LE(buffer.length - 8);
  const footer = writeThrift(change(readThrift(buffer.subarray(start, buffer.length - 8))!.struct));
  const end = Buffer.alloc(8, "\0\0\0\0PAR1", "latin1");
  end.writeUInt32LE(footer.length);
  return Buffer.concat([buffer.subarray(0, start), footer, end]);
}

export interface Rewritten {
  readonly bytes: Uint8Array;
  readonly pieces: readonly Piece[];
  readonly seen: Seen;
  /** What `onRows` was told. */
  readonly rows: number;
  /** Ranges that were read from the source. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

/** A rewrite by rules; `mask` instead of that of the rules. */
export async function rewritten(
  source: Uint8Array,
  rules: Readonly<Record<Leaf, LeafRule>>,
  {
    byValue = true,
    mask,
    ...options
  }: { byValue?: boolean; mask?: (stream: BatchStream) => BatchStream; windowBytes?: number } = {},
): Promise<Rewritten> {
  const seen = newSeen();
  const ranges: { start: number; end: number }[] = [];
  const memory = memoryObject(source);
  const file = {
    ...memory,
    read: (range = { start: 0, end: source.length }) => {
      ranges.push(range);
      return memory.read(range);
    },
  };
  const pieces: Piece[] = [];
  let rows = 0;
  const touched = touching(rules, byValue);
  for await (const piece of parquetFormat(options).rewrite(file, touched, mask ?? leafMask(rules, seen), (n) => {
    rows += n;
  })) {
    pieces.push(piece);
  }
  const parts = pieces.map((piece) =>
    piece instanceof Uint8Array ? piece : source.subarray(piece.copy.start, piece.copy.end),
  );
  return { bytes: Buffer.concat(parts), pieces, seen, rows, ranges };
}
