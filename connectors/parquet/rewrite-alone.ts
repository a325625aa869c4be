import { Schema } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { ReadableObject } from "../../src/types.ts";
import { type Mask, masked, type Window } from "./answers.ts";
import { countOf, decodeValues, ENCODING, type Values } from "./encodings.ts";
import type { Chunk } from "./footer.ts";
import { type MaskedDictionary, maskDictionary } from "./masked-dictionary.ts";
import { type ChunkCursor, lookedUp, openChunk, type StoredRows } from "./page-reader.ts";
import { openSink } from "./page-sink.ts";
import { dictionaryPage, type NewPage, type NewRows } from "./page-writer.ts";
import { cellsFrom, remakePresent } from "./remake.ts";
import type { MaskedLeaf } from "./rewrite-plan.ts";
import { joinRows, type LeafRows } from "./rows.ts";
import { shapeOf } from "./shape.ts";
import { valueColumn, valueField, windowOf } from "./windows.ts";

/** Values of a window at most, where they are small. */
const WINDOW_ROWS = 1 << 16;

/**
 * The pages of a chunk whose leaf is masked value by value: the entries of its dictionary once each, and the values of
 * pages without one as they come. The mask sees neither nulls nor rows.
 */
export async function* maskAlone(
  file: ReadableObject,
  chunk: Chunk,
  rows: number,
  leaf: MaskedLeaf,
  mask: Mask,
  windowBytes: number,
): AsyncGenerator<NewPage, void, undefined> {
  const { shape, indexed } = shapeOf(chunk, leaf);
  const dictionary = indexed ? await maskDictionary(file, chunk, leaf, mask, windowBytes) : undefined;
  if (dictionary) yield await dictionaryPage(dictionary.entries, shape);
  const sink = openSink(shape);
  const cursor = openChunk(file, chunk, leaf.leaf);
  const parts = checked(cursor, rows, leaf, windowBytes);
  try {
    let next = await parts.next();
    for (; !next.done && dictionary && "indices" in next.value.stored; next = await parts.next()) {
      sink.add(replaced(next.value, dictionary, leaf));
      yield* sink.drain(1);
    }
    if (!next.done) yield* maskValues(next.value, parts, leaf, mask, sink);
    sink.end();
    yield* sink.drain(0);
  } finally {
    await cursor.close();
  }
}

/** The parts of a chunk, whose rows must be as many as the row group's. */
async function* checked(
  cursor: ChunkCursor,
  rows: number,
  leaf: MaskedLeaf,
  windowBytes: number,
): AsyncGenerator<StoredRows, void, undefined> {
  let seen = 0;
  for (;;) {
    const part = await cursor.takeStored(WINDOW_ROWS, windowBytes);
    seen += part?.rows ?? 0;
    if (seen > rows || (!part && seen < rows)) {
      throw new MaskingError("INPUT_MALFORMED", { column: leaf.name, expected: `${rows} rows` });
    }
    if (!part) return;
    yield part;
  }
}

/** The rows with their indices in the masked dictionary. */
function replaced(part: StoredRows, { entries, places }: MaskedDictionary, leaf: MaskedLeaf): NewRows {
  const indices = (part.stored as Extract<StoredRows["stored"], { indices: Int32Array }>).indices;
  const array = new Int32Array(indices.length);
  let valid: Uint8Array | undefined;
  let present = 0;
  for (let i = 0; i < indices.length; i++) {
    const place = places[indices[i]!]!;
    if (place >= 0) array[present++] = place;
    else {
      valid ??= new Uint8Array(indices.length).fill(1);
      valid[i] = 0;
    }
  }
  const values = { kind: "indices", array: array.subarray(0, present), entries: countOf(entries) } as const;
  return remakePresent(part, values, valid, leaf);
}

/** From the first page without indices on, all is handed over by value; writers do not go back to a dictionary. */
async function* maskValues(
  first: StoredRows,
  parts: AsyncIterator<StoredRows, void>,
  leaf: MaskedLeaf,
  mask: Mask,
  sink: ReturnType<typeof openSink>,
): AsyncGenerator<NewPage, void, undefined> {
  const schema = new Schema([valueField(leaf)]);
  let nulls: LeafRows | undefined; // rows without a value wait for the next that have one

  async function* windows(): AsyncGenerator<Window<LeafRows>, void, undefined> {
    for (let next: StoredRows | undefined = first; next; next = (await parts.next()).value ?? undefined) {
      const rows = nulls ? joinRows([nulls, lookedUp(next)]) : lookedUp(next);
      nulls = countOf(rows.values) === 0 ? rows : undefined;
      if (!nulls) yield { batch: windowOf(schema, [valueColumn(leaf.leaf, rows.values)]), kept: rows };
    }
  }
  for await (const { kept, column } of masked(windows(), schema, mask)) {
    const { values, valid } = cellsFrom(column(leaf.name), leaf);
    sink.add(remakePresent(kept, values, valid, leaf));
    yield* sink.drain(1);
  }
  if (nulls) sink.add(remakePresent(nulls, emptyOf(leaf), undefined, leaf));
}

/** No values, of the kind that the leaf stores after the mask. */
function emptyOf({ physical, typeLength }: MaskedLeaf): Values {
  return decodeValues(ENCODING.PLAIN, { physical, typeLength }, new Uint8Array(0), 0);
}
