import { Field, Int32, makeData, Schema } from "apache-arrow";
import { COUNTS } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { ReadableObject } from "../../src/types.ts";
import { type Mask, masked, type Window } from "./answers.ts";
import { openRange } from "./bytes.ts";
import { distinct } from "./dictionary-builder.ts";
import { countOf, decodeValues, ENCODING, gather, joinValues, sliceValues, type Values } from "./encodings.ts";
import type { Chunk } from "./footer.ts";
import { openedPages } from "./page-stream.ts";
import { type Cells, cellsFrom } from "./remake.ts";
import type { MaskedLeaf } from "./rewrite-plan.ts";
import { type Dictionary, dictionaryOf, isIndexed, storedOf } from "./spans.ts";
import { valueColumn, valueField, windowEnd, windowOf } from "./windows.ts";

/** A dictionary of masked values alone. */
export interface MaskedDictionary {
  /** Distinct, in the order in which the rows first use them, so that their order tells nothing of the originals. */
  readonly entries: Values;
  /** The new index of each index of the source that is used; -1 where the masked value is null. */
  readonly places: Int32Array;
}

/** The entries that a chunk's rows use: others may be left in a file by whoever made it, and are dropped. */
interface Used {
  readonly dictionary: Values;
  /** Indices in order of first use, and how often each is used. */
  readonly order: Int32Array;
  readonly counts: Int32Array;
}

/** Reads all indices of a chunk, then masks each entry that is used once. Undefined where it has no dictionary. */
export async function maskDictionary(
  file: ReadableObject,
  chunk: Chunk,
  leaf: MaskedLeaf,
  mask: Mask,
  windowBytes: number,
): Promise<MaskedDictionary | undefined> {
  const used = await usedEntries(file, chunk, leaf);
  if (!used) return undefined;
  const { values, valid } = await maskEntries(used, leaf, mask, windowBytes);
  const { indices, firsts } = distinct(values);
  const places = new Int32Array(countOf(used.dictionary));
  for (let i = 0, present = 0; i < used.order.length; i++) {
    places[used.order[i]!] = valid && !valid[i] ? -1 : indices[present++]!;
  }
  return { entries: gather(values, Int32Array.from(firsts)), places };
}

async function usedEntries(file: ReadableObject, chunk: Chunk, { leaf }: MaskedLeaf): Promise<Used | undefined> {
  const source = openRange(file, chunk);
  let dictionary: Dictionary | undefined;
  let counts = new Int32Array(0);
  const order: number[] = [];
  try {
    const wanted = openedPages(
      source,
      chunk,
      leaf,
      ({ kind, encoding }) => kind === "dictionary" || isIndexed(encoding),
    );
    for await (const { page, data, entries } of wanted) {
      if (entries) {
        dictionary = dictionaryOf(page, entries, leaf);
        counts = new Int32Array(page.count);
        continue;
      }
      const stored = storedOf(page, data, dictionary, leaf);
      for (const index of "indices" in stored ? stored.indices : []) {
        if (index >>> 0 >= counts.length) throw new MaskingError("INPUT_MALFORMED", { byte: page.at });
        if (counts[index] === 0) order.push(index);
        counts[index]!++;
      }
    }
  } finally {
    await source.close();
  }
  if (!dictionary) return undefined;
  return {
    dictionary: dictionary.entries,
    order: Int32Array.from(order),
    counts: Int32Array.from(order, (i) => counts[i]!),
  };
}

async function maskEntries(used: Used, leaf: MaskedLeaf, mask: Mask, windowBytes: number): Promise<Cells> {
  const schema = new Schema([valueField(leaf), new Field(COUNTS, new Int32(), false)]);
  const parts: Cells[] = [];
  for await (const { column } of masked(entryWindows(used, leaf, schema, windowBytes), schema, mask)) {
    parts.push(cellsFrom(column(leaf.name), leaf));
  }
  if (parts.length === 0) return { values: decodeValues(ENCODING.PLAIN, leaf, new Uint8Array(0), 0) };
  const values = joinValues(parts.map((part) => part.values));
  if (parts.every(({ valid }) => !valid)) return { values };
  return {
    values,
    valid: Buffer.concat(parts.map((part) => part.valid ?? new Uint8Array(countOf(part.values)).fill(1))),
  };
}

async function* entryWindows(
  { dictionary, order, counts }: Used,
  { leaf }: MaskedLeaf,
  schema: Schema,
  windowBytes: number,
): AsyncGenerator<Window<undefined>, void, undefined> {
  const entries = gather(dictionary, order);
  for (let from = 0; from < order.length; ) {
    const to = windowEnd(entries, from, windowBytes);
    const column = valueColumn(leaf, sliceValues(entries, from, to));
    const count = makeData({ type: new Int32(), length: to - from, data: counts.subarray(from, to) });
    yield { batch: windowOf(schema, [column, count]), kept: undefined };
    from = to;
  }
}
