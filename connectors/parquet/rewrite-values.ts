import { Schema } from "apache-arrow";
import { type Mask, masked, type Window } from "./answers.ts";
import { countOf, decodeValues, ENCODING, type Values } from "./encodings.ts";
import { type ChunkCursor, lookedUp, type StoredRows } from "./page-reader.ts";
import { openSink } from "./page-sink.ts";
import type { NewPage, Shape } from "./page-writer.ts";
import { cellsFrom, remakePresent } from "./remake.ts";
import type { MaskedLeaf } from "./rewrite-plan.ts";
import { joinRows, type LeafRows } from "./rows.ts";
import { valueColumn, valueField, WINDOW_ROWS, windowOf } from "./windows.ts";

/** New pages of rows whose values are masked one by one. The mask sees neither nulls nor rows. */
export async function* valuePages(
  parts: AsyncIterable<StoredRows>,
  leaf: MaskedLeaf,
  shape: Shape,
  mask: Mask,
): AsyncGenerator<NewPage, void, undefined> {
  const sink = openSink(shape);
  const schema = new Schema([valueField(leaf)]);
  let nulls: LeafRows | undefined; // rows without a value wait for the next that have one

  async function* windows(): AsyncGenerator<Window<LeafRows>, void, undefined> {
    for await (const next of parts) {
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
  sink.end();
  yield* sink.drain(0);
}

/** The rows of a cursor in windows of about so many bytes. Closes it. */
export async function* partsOf(cursor: ChunkCursor, windowBytes: number): AsyncGenerator<StoredRows, void, undefined> {
  try {
    for (;;) {
      const part = await cursor.takeStored(WINDOW_ROWS, windowBytes);
      if (!part) return;
      yield part;
    }
  } finally {
    await cursor.close();
  }
}

/** No values, of the kind that the leaf stores after the mask. */
function emptyOf({ physical, typeLength }: MaskedLeaf): Values {
  return decodeValues(ENCODING.PLAIN, { physical, typeLength }, new Uint8Array(0), 0);
}
