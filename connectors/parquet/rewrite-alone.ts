import { MaskingError } from "../../src/errors.ts";
import type { Apart, ReadableObject } from "../../src/types.ts";
import type { Mask } from "./answers.ts";
import { openRange } from "./bytes.ts";
import { countOf } from "./encodings.ts";
import type { Chunk } from "./footer.ts";
import { type MaskedDictionary, maskDictionary } from "./masked-dictionary.ts";
import { openChunk, openPages, type StoredRows } from "./page-reader.ts";
import { openSink } from "./page-sink.ts";
import { pagesOf } from "./page-stream.ts";
import { dictionaryPage, type NewPage, type NewRows, type Shape } from "./page-writer.ts";
import type { Page } from "./pages.ts";
import { remakePresent } from "./remake.ts";
import type { MaskedLeaf } from "./rewrite-plan.ts";
import { maskUnits } from "./rewrite-units.ts";
import { partsOf, valuePages } from "./rewrite-values.ts";
import { shapeOf } from "./shape.ts";
import { isIndexed } from "./spans.ts";

/** How values are masked, about how many bytes of them at once, and where else. */
export interface How {
  readonly mask: Mask;
  readonly windowBytes: number;
  readonly apart: Apart | undefined;
}

/**
 * The pages of a chunk whose leaf is masked value by value: the entries of its dictionary once each, and the values of
 * pages without one as they come. The mask sees neither nulls nor rows.
 */
export async function* maskAlone(
  file: ReadableObject,
  chunk: Chunk,
  rows: number,
  leaf: MaskedLeaf,
  how: How,
): AsyncGenerator<NewPage, void, undefined> {
  const { shape, indexed } = shapeOf(chunk, leaf);
  const dictionary = indexed ? await maskDictionary(file, chunk, leaf, how.mask, how.windowBytes) : undefined;
  if (dictionary) yield await dictionaryPage(dictionary.entries, shape);
  if (leaf.leaf.maxRepetition > 0) yield* maskLists(file, chunk, rows, leaf, shape, dictionary, how);
  else yield* maskFlat(file, chunk, rows, leaf, shape, dictionary, how);
}

/** From the first page without indices on, all is masked unit by unit; writers do not go back to a dictionary. */
async function* maskFlat(
  file: ReadableObject,
  chunk: Chunk,
  rows: number,
  leaf: MaskedLeaf,
  shape: Shape,
  dictionary: MaskedDictionary | undefined,
  { mask, windowBytes, apart }: How,
): AsyncGenerator<NewPage, void, undefined> {
  if (chunk.values !== rows) throw unequal(rows, leaf);
  const source = openRange(file, chunk);
  const pages = pagesOf(source, chunk);
  let entries: Page | undefined;
  let first: Page | undefined;

  async function* front(): AsyncGenerator<Page, void, undefined> {
    for (let next = await pages.next(); !next.done && !first; ) {
      if (next.value.kind === "dictionary") entries ??= next.value;
      else if (!dictionary || !isIndexed(next.value.encoding)) first = next.value;
      if (first) return;
      yield next.value;
      next = await pages.next();
    }
  }
  async function* rest(): AsyncGenerator<Page, void, undefined> {
    if (!first) return;
    yield first;
    yield* pages;
  }
  try {
    const sink = openSink(shape);
    let before = 0;
    for await (const part of partsOf(openPages(front(), chunk.codec, leaf.leaf), windowBytes)) {
      before += part.rows;
      sink.add(replaced(part, dictionary!, leaf));
      yield* sink.drain(1);
    }
    sink.end();
    yield* sink.drain(0);
    yield* maskUnits(rest(), entries, { shape, windowBytes, before }, leaf, mask, apart);
  } finally {
    await pages.return();
    await source.close();
  }
}

/** As `maskFlat`, in one go: a row may go on in the next page. */
async function* maskLists(
  file: ReadableObject,
  chunk: Chunk,
  rows: number,
  leaf: MaskedLeaf,
  shape: Shape,
  dictionary: MaskedDictionary | undefined,
  { mask, windowBytes }: How,
): AsyncGenerator<NewPage, void, undefined> {
  const parts = checked(partsOf(openChunk(file, chunk, leaf.leaf), windowBytes), rows, leaf);
  const sink = openSink(shape);
  try {
    let next = await parts.next();
    for (; !next.done && dictionary && "indices" in next.value.stored; next = await parts.next()) {
      sink.add(replaced(next.value, dictionary, leaf));
      yield* sink.drain(1);
    }
    sink.end();
    yield* sink.drain(0);
    if (!next.done) yield* valuePages(from(next.value, parts), leaf, shape, mask);
  } finally {
    await parts.return();
  }
}

async function* from<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  yield first;
  yield* rest;
}

/** The parts of a chunk, whose rows must be as many as the row group's. */
async function* checked(
  parts: AsyncIterable<StoredRows>,
  rows: number,
  leaf: MaskedLeaf,
): AsyncGenerator<StoredRows, void, undefined> {
  let seen = 0;
  for await (const part of parts) {
    seen += part.rows;
    if (seen > rows) throw unequal(rows, leaf);
    yield part;
  }
  if (seen < rows) throw unequal(rows, leaf);
}

function unequal(rows: number, { name }: MaskedLeaf): MaskingError {
  return new MaskingError("INPUT_MALFORMED", { column: name, expected: `${rows} rows` });
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
