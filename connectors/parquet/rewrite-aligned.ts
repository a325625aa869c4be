import { batchOf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { ReadableObject } from "../../src/types.ts";
import { type Mask, masked, type Window } from "./answers.ts";
import { toArrow } from "./convert.ts";
import type { RowGroup } from "./footer.ts";
import { openChunk } from "./page-reader.ts";
import { openSink, type PageSink } from "./page-sink.ts";
import type { NewPage } from "./page-writer.ts";
import { cellsFrom, elementsOf, type RowLevels, remakeFlat, remakePresent } from "./remake.ts";
import { handedSchema, type MaskedLeaf, type RewritePlan } from "./rewrite-plan.ts";
import type { LeafRows } from "./rows.ts";
import { shapeOf } from "./shape.ts";

/** Rows of a window at most: small columns then still come in batches that a detector can spread over its workers. */
const WINDOW_ROWS = 1 << 16;

/** The pages of every leaf that is masked by rows, in one row group. */
export interface AlignedGroup {
  /** Column index of the largest one: its pages are given as they come, those of the others wait in memory. */
  readonly lead: number;
  pages(): AsyncGenerator<NewPage, void, undefined>;
  /** The pages of another leaf; only once `pages` has ended. */
  rest(column: number): AsyncGenerator<NewPage, void, undefined>;
}

/** Masks window by window: as many rows as the next page of the largest column holds, cut where that page is large. */
export function alignGroup(
  file: ReadableObject,
  group: RowGroup,
  plan: RewritePlan,
  mask: Mask,
  onRows: (count: number) => void,
): AlignedGroup {
  const lead = largest([...plan.aligned.keys()], group);
  const sinks = new Map<number, PageSink>();

  for (const [column, leaf] of plan.aligned) {
    const { shape, indexed } = shapeOf(group.chunks[column]!, leaf);
    sinks.set(column, openSink(shape, indexed));
  }
  async function* pages(): AsyncGenerator<NewPage, void, undefined> {
    for await (const { kept, column } of masked(windowsOf(file, group, plan), handedSchema(plan.reads), mask)) {
      for (const [index, leaf] of plan.aligned) {
        sinks.get(index)!.add(remade(kept.levels.get(index)!, column(leaf.name), leaf));
      }
      onRows(kept.rows);
      yield* sinks.get(lead)!.drain(1);
    }
    for (const sink of sinks.values()) sink.end();
    yield* sinks.get(lead)!.drain(0);
  }
  return { lead, pages, rest: (column) => sinks.get(column)!.drain(0) };
}

function remade(levels: RowLevels, column: Parameters<typeof cellsFrom>[0], leaf: MaskedLeaf) {
  if (leaf.leaf.maxRepetition === 0) return remakeFlat(levels, cellsFrom(column, leaf), leaf);
  const { values, valid } = cellsFrom(elementsOf(column, levels, leaf), leaf);
  return remakePresent(levels, values, valid, leaf);
}

interface Kept {
  readonly rows: number;
  /** Of the leaves that are written, by column index. */
  readonly levels: ReadonlyMap<number, RowLevels>;
}

async function* windowsOf(
  file: ReadableObject,
  group: RowGroup,
  { reads, aligned, windowBytes }: RewritePlan,
): AsyncGenerator<Window<Kept>, void, undefined> {
  const schema = handedSchema(reads);
  const leaves = new Map(reads.map(({ leaf }) => [leaf.index, leaf]));
  const lead = largest([...leaves.keys()], group);
  const cursors = new Map([...leaves].map(([index, leaf]) => [index, openChunk(file, group.chunks[index]!, leaf)]));
  try {
    for (let left = group.rows; left > 0; ) {
      const first = await cursors.get(lead)!.take(Math.min(left, WINDOW_ROWS), windowBytes);
      const rows = first?.rows ?? left; // too few rows are refused by takeRows
      const parts = await Promise.all(
        [...cursors].map(async ([index, cursor]) => {
          return [index, index === lead && first ? first : await cursor.takeRows(rows)] as const;
        }),
      );
      const taken = new Map(parts);
      const columns = reads.map(({ leaf }) => toArrow(leaf, taken.get(leaf.index)!));
      const levels = new Map([...aligned.keys()].map((index) => [index, levelsOf(taken.get(index)!)]));
      yield { batch: batchOf(schema, columns, rows), kept: { rows, levels } };
      left -= rows;
    }
    for (const cursor of cursors.values()) {
      if (await cursor.take(1, windowBytes))
        throw new MaskingError("INPUT_MALFORMED", { expected: `${group.rows} rows` });
    }
  } finally {
    await Promise.all([...cursors.values()].map((cursor) => cursor.close()));
  }
}

function levelsOf({ rows, definition, repetition }: LeafRows): RowLevels {
  return { rows, ...(definition && { definition }), ...(repetition && { repetition }) };
}

function largest(columns: readonly number[], group: RowGroup): number {
  const size = (column: number) => group.chunks[column]!.end - group.chunks[column]!.start;
  return columns.reduce((most, column) => (size(column) > size(most) ? column : most));
}
