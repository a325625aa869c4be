import type { Data, RecordBatch, Schema } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream } from "../../src/types.ts";

export type Mask = (stream: BatchStream) => BatchStream;

/** What the mask is given, and what is kept of it until the answer is there. */
export interface Window<Kept> {
  readonly batch: RecordBatch;
  readonly kept: Kept;
}

/** The mask's answer to one window. */
export interface Answer<Kept> {
  readonly kept: Kept;
  /** A column of the answer, in one or more pieces. */
  column(name: string): readonly Data[];
}

interface Piece {
  readonly batch: RecordBatch;
  readonly from: number;
  readonly to: number;
}

/**
 * Sends windows through the mask, no more of them at a time than the mask asks for. The mask may cut its batches
 * otherwise than the windows; an answer of more or fewer rows is CHECK_FAILED.
 */
export async function* masked<Kept>(
  windows: AsyncIterable<Window<Kept>>,
  schema: Schema,
  mask: Mask,
): AsyncGenerator<Answer<Kept>, void, undefined> {
  const waiting: { readonly rows: number; readonly kept: Kept }[] = [];
  let ended = false;
  async function* batches(): AsyncGenerator<RecordBatch, void, undefined> {
    for await (const { batch, kept } of windows) {
      waiting.push({ rows: batch.numRows, kept });
      yield batch;
    }
    ended = true;
  }
  let pieces: Piece[] = [];
  let rows = 0;
  for await (const batch of mask({ schema, batches: batches() }).batches) {
    pieces.push({ batch, from: 0, to: batch.numRows });
    rows += batch.numRows;
    for (let next = waiting[0]; next && next.rows <= rows; next = waiting[0]) {
      const { taken, rest } = take(pieces, next.rows);
      pieces = rest;
      rows -= next.rows;
      waiting.shift();
      yield { kept: next.kept, column: (name) => taken.map((piece) => columnOf(piece, name)) };
    }
  }
  if (!ended || waiting.length > 0 || rows > 0) {
    throw new MaskingError("CHECK_FAILED", { expected: "as many rows from the mask as it was given" });
  }
}

function take(pieces: readonly Piece[], rows: number): { readonly taken: Piece[]; readonly rest: Piece[] } {
  const taken: Piece[] = [];
  const rest: Piece[] = [];
  let left = rows;
  for (const { batch, from, to } of pieces) {
    const cut = Math.min(to, from + left);
    left -= cut - from;
    if (cut > from || (rows === 0 && taken.length === 0)) taken.push({ batch, from, to: cut });
    if (cut < to) rest.push({ batch, from: cut, to });
  }
  return { taken, rest };
}

function columnOf({ batch, from, to }: Piece, name: string): Data {
  const data = batch.data.children[batch.schema.fields.findIndex((field) => field.name === name)];
  if (!data) throw new MaskingError("CHECK_FAILED", { column: name, expected: "the column that the mask planned" });
  return from === 0 && to === batch.numRows ? data : data.slice(from, to - from);
}
