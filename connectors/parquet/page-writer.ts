import { compressParts } from "./codecs.ts";
import {
  countOf,
  ENCODING,
  encodeIndices,
  encodeLevels,
  encodePlain,
  joinValues,
  plainSize,
  putPlain,
  type Values,
} from "./encodings.ts";
import { i32, struct, structFrom } from "./fields.ts";
import type { Levels } from "./pages.ts";
import { writeThrift } from "./thrift-write.ts";

/** Whole rows to be written: present values, or their indices in a dictionary of `entries`. */
export interface NewRows {
  readonly rows: number;
  readonly definition?: Uint8Array;
  readonly repetition?: Uint8Array;
  readonly values: Values | Indices;
}

export interface Indices {
  readonly kind: "indices";
  readonly array: Int32Array;
  readonly entries: number;
}

/** How the pages of a chunk are written. */
export interface Shape {
  readonly codec: number;
  readonly levels: Levels;
  /** What the source calls its indices: PLAIN_DICTIONARY to older readers, or RLE_DICTIONARY. */
  readonly indexing: number;
}

/** A page with its header, ready for the file. */
export interface NewPage {
  readonly kind: "dictionary" | "data";
  readonly bytes: Uint8Array;
  readonly encoding: number;
  /** Header and body before compression. */
  readonly uncompressed: number;
  readonly rows: number;
  /** With nulls; 0 for a dictionary. */
  readonly values: number;
  readonly nulls: number;
}

/** Buffers in which pages are put together, used again: fresh ones of this size cost more than what is done in them. */
export interface Room {
  /** At least so many bytes, with anything in them. */
  take(size: number): Uint8Array;
  give(bytes: Uint8Array): void;
}

/** `least`: the size of a new buffer, where no more is asked for; one that needs far less gets just that. */
export function openRoom(least: number): Room {
  const spare: Uint8Array[] = [];
  return {
    take(size) {
      if (size * 8 < least) return Buffer.allocUnsafe(size);
      const last = spare.pop();
      return last && last.length >= size ? last : Buffer.allocUnsafeSlow(Math.max(size, least));
    },
    give(bytes) {
      if (bytes.length >= least && bytes.length <= 2 * least) spare.push(bytes);
    },
  };
}

/** Bytes of the values. */
export function sizeOfRows({ values }: NewRows): number {
  if (values.kind === "bytes") return values.offsets.at(-1)! - values.offsets[0]!;
  return values.kind === "fixed" ? values.bytes.length : values.array.byteLength;
}

/** Values with nulls and empty lists. */
export function levelsIn({ definition, repetition, values }: NewRows): number {
  return definition?.length ?? repetition?.length ?? presentIn(values);
}

function presentIn(values: NewRows["values"]): number {
  return values.kind === "indices" ? values.array.length : countOf(values);
}

/**
 * A data page of version 1, which every reader knows, in plain encoding or with indices; it has no statistics. `parts`:
 * one or more, all of values of one kind or of indices in one dictionary.
 */
export async function dataPage(parts: readonly NewRows[], shape: Shape, room: Room): Promise<NewPage> {
  const { codec, levels, indexing } = shape;
  const indexed = parts[0]!.values.kind === "indices";
  const encoding = indexed ? indexing : ENCODING.PLAIN;
  const count = sum(parts, levelsIn);
  const { whole, body } = laid([...levelsOf(parts, levels), ...encoded(parts)], room);
  const own = structFrom(i32(1, count), i32(2, encoding), i32(3, ENCODING.RLE), i32(4, ENCODING.RLE));
  const stored = await page(0, body, codec, struct(5, own));
  room.give(whole);
  const nulls = count - sum(parts, ({ values }) => presentIn(values));
  return { kind: "data", ...stored, encoding, rows: sum(parts, ({ rows }) => rows), values: count, nulls };
}

function sum(parts: readonly NewRows[], count: (part: NewRows) => number): number {
  return parts.reduce((total, part) => total + count(part), 0);
}

function levelsOf(parts: readonly NewRows[], { maxRepetition, maxDefinition }: Levels): Uint8Array[] {
  const joined = (name: "repetition" | "definition", max: number): readonly Uint8Array[] => {
    const levels = parts.map((part) => part[name]).filter((part) => part !== undefined);
    return levels.length > 0 ? withLength(encodeLevels(Buffer.concat(levels), max)) : [];
  };
  return [...joined("repetition", maxRepetition), ...joined("definition", maxDefinition)];
}

/** Texts are encoded where they are laid; all else is small, or encoded by a view. */
type Piece = Uint8Array | (Values & { readonly kind: "bytes" });

function encoded(parts: readonly NewRows[]): readonly Piece[] {
  const last = parts.at(-1)!.values; // a dictionary that grows has most entries at the end
  if (last.kind === "indices") return [encodeIndices(joinIndices(parts), last.entries)];
  const values = parts.map((part) => part.values as Values);
  // Eight booleans share a byte, so they cannot be put together once they are encoded.
  if (last.kind === "boolean") return [encodePlain(joinValues(values))];
  return values.map((part) => (part.kind === "bytes" ? part : encodePlain(part)));
}

function joinIndices(parts: readonly NewRows[]): Int32Array {
  const arrays = parts.map(({ values }) => ({ kind: "int32" as const, array: (values as Indices).array }));
  return (joinValues(arrays) as Values & { kind: "int32" }).array;
}

function laid(pieces: readonly Piece[], room: Room): { readonly whole: Uint8Array; readonly body: Uint8Array } {
  const sizes = pieces.map((piece) => (piece instanceof Uint8Array ? piece.length : plainSize(piece)));
  const size = sizes.reduce((total, one) => total + one, 0);
  const whole = room.take(size);
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    if (piece instanceof Uint8Array) whole.set(piece, at);
    else putPlain(piece, whole, at);
    at += sizes[i]!;
  }
  return { whole, body: whole.subarray(0, size) };
}

/** The page of a dictionary's entries, in plain encoding. */
export async function dictionaryPage(entries: Values, { codec, indexing }: Shape): Promise<NewPage> {
  const encoding = indexing === ENCODING.PLAIN_DICTIONARY ? indexing : ENCODING.PLAIN;
  const own = structFrom(i32(1, countOf(entries)), i32(2, encoding));
  const stored = await page(2, encodePlain(entries), codec, struct(7, own));
  return { kind: "dictionary", ...stored, encoding, rows: 0, values: 0, nulls: 0 };
}

async function page(
  type: number,
  body: Uint8Array,
  codec: number,
  own: ReturnType<typeof struct>,
): Promise<Pick<NewPage, "bytes" | "uncompressed">> {
  const stored = await compressParts(codec, body);
  const size = stored.reduce((total, part) => total + part.length, 0);
  const header = writeThrift(structFrom(i32(1, type), i32(2, body.length), i32(3, size), own));
  return { bytes: Buffer.concat([header, ...stored]), uncompressed: header.length + body.length };
}

function withLength(levels: Uint8Array): readonly Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(levels.length);
  return [length, levels];
}
