import { compress } from "./codecs.ts";
import { countOf, ENCODING, encodeIndices, encodeLevels, encodePlain, joinValues, type Values } from "./encodings.ts";
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

/** Several parts as one. At least one; all hold values, or all indices of one dictionary. */
export function joinNewRows(parts: readonly NewRows[]): NewRows {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const last = parts.at(-1)!.values; // a dictionary that grows has most entries at the end
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    values:
      last.kind === "indices"
        ? { ...last, array: joinIndices(parts) }
        : joinValues(parts.map(({ values }) => values as Values)),
    ...(first.definition && { definition: Buffer.concat(parts.map(({ definition }) => definition!)) }),
    ...(first.repetition && { repetition: Buffer.concat(parts.map(({ repetition }) => repetition!)) }),
  };
}

function joinIndices(parts: readonly NewRows[]): Int32Array {
  const arrays = parts.map(({ values }) => ({ kind: "int32" as const, array: (values as Indices).array }));
  return (joinValues(arrays) as Values & { kind: "int32" }).array;
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

/** A data page of version 1, which every reader knows, in plain encoding or with indices; it has no statistics. */
export async function dataPage(part: NewRows, { codec, levels, indexing }: Shape): Promise<NewPage> {
  const { rows, values, definition, repetition } = part;
  const count = levelsIn(part);
  const indexed = values.kind === "indices";
  const encoding = indexed ? indexing : ENCODING.PLAIN;
  const body = Buffer.concat([
    ...(repetition ? withLength(encodeLevels(repetition, levels.maxRepetition)) : []),
    ...(definition ? withLength(encodeLevels(definition, levels.maxDefinition)) : []),
    indexed ? encodeIndices(values.array, values.entries) : encodePlain(values),
  ]);
  const own = structFrom(i32(1, count), i32(2, encoding), i32(3, ENCODING.RLE), i32(4, ENCODING.RLE));
  const stored = await page(0, body, codec, struct(5, own));
  return { kind: "data", ...stored, encoding, rows, values: count, nulls: count - presentIn(values) };
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
  const stored = await compress(codec, body);
  const header = writeThrift(structFrom(i32(1, type), i32(2, body.length), i32(3, stored.length), own));
  return { bytes: Buffer.concat([header, stored]), uncompressed: header.length + body.length };
}

function withLength(levels: Uint8Array): readonly Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(levels.length);
  return [length, levels];
}
