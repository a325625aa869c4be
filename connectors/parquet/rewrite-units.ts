import { MaskingError } from "../../src/errors.ts";
import { collect } from "../../src/stream.ts";
import type { Apart, Part } from "../../src/types.ts";
import type { Mask } from "./answers.ts";
import { type ChunkCursor, openPages } from "./page-reader.ts";
import { PAGE_BYTES, PAGE_VALUES } from "./page-sink.ts";
import type { NewPage, Shape } from "./page-writer.ts";
import type { Page } from "./pages.ts";
import type { MaskedLeaf } from "./rewrite-plan.ts";
import { partsOf, valuePages } from "./rewrite-values.ts";
import { isIndexed } from "./spans.ts";
import { receivedUnit, sentPages, sentUnit, unitPages } from "./units-wire.ts";

/** Pages of a flat leaf that are masked together: what they become depends on no other page. */
export interface Unit {
  /** Data pages, after the dictionary where one of them asks for it. */
  readonly pages: readonly Page[];
  readonly shape: Shape;
  /** Bytes of values that the mask is given at once, about. */
  readonly windowBytes: number;
  /** Rows of the row group before them. */
  readonly before: number;
}

/** A page above this is masked as it streams by; whole, it and what becomes of it would wait in memory. */
const LARGE = 4 * PAGE_BYTES;

/**
 * The new pages of a flat leaf, masked value by value: in other threads as far as they are free, and here. The bytes are
 * the same wherever that is. `dictionary`: of the chunk, should a page still ask for it; `first`: what the units begin
 * with.
 */
export async function* maskUnits(
  pages: AsyncIterable<Page>,
  dictionary: Page | undefined,
  first: Omit<Unit, "pages">,
  leaf: MaskedLeaf,
  mask: Mask,
  apart: Apart | undefined,
): AsyncGenerator<NewPage, void, undefined> {
  const width = apart?.width ?? 2;
  const underway: Promise<readonly NewPage[]>[] = [];
  try {
    for await (const unit of unitsOf(pages, dictionary, first)) {
      const large = unit.pages.at(-1)!.size > LARGE;
      while (underway.length > (large ? 0 : width - 1)) yield* await underway.shift()!;
      if (large) yield* remade(unit, leaf, mask);
      else {
        const made = somewhere(unit, leaf, mask, apart);
        made.catch(() => {}); // thrown where it is awaited
        underway.push(made);
      }
    }
    while (underway.length > 0) yield* await underway.shift()!;
  } finally {
    await Promise.allSettled(underway);
  }
}

async function somewhere(
  unit: Unit,
  leaf: MaskedLeaf,
  mask: Mask,
  apart: Apart | undefined,
): Promise<readonly NewPage[]> {
  const answer = apart?.ask([leaf.name], () => sentUnit(unit, leaf));
  return answer ? unitPages(await answer) : collect(remade(unit, leaf, mask));
}

/** The new pages of a unit that another thread has sent. */
export async function remakeUnit(work: Part["work"], mask: Mask): Promise<Part> {
  const { unit, leaf } = receivedUnit(work);
  return sentPages(await collect(remade(unit, leaf, mask)));
}

async function* remade(unit: Unit, leaf: MaskedLeaf, mask: Mask): AsyncGenerator<NewPage, void, undefined> {
  try {
    yield* valuePages(partsOf(cursorOf(unit, leaf), unit.windowBytes), leaf, unit.shape, mask);
  } catch (error) {
    if (!(error instanceof MaskingError) || error.place.row === undefined) throw error;
    throw new MaskingError(error.code, { ...error.place, row: await rowOf(error.place.row, unit, leaf) });
  }
}

function cursorOf({ pages, shape }: Unit, leaf: MaskedLeaf): ChunkCursor {
  async function* read(): AsyncGenerator<Page, void, undefined> {
    yield* pages;
  }
  return openPages(read(), shape.codec, leaf.leaf);
}

/** The row in the row group of the unit's `count`th value that is not null; both count from 1. */
async function rowOf(count: number, unit: Unit, leaf: MaskedLeaf): Promise<number> {
  let [row, left] = [unit.before, count];
  for await (const { rows, definition } of partsOf(cursorOf(unit, leaf), unit.windowBytes)) {
    for (let i = 0; i < rows; i++, row++) {
      if (definition && definition[i] !== leaf.leaf.maxDefinition) continue;
      left -= 1;
      if (left === 0) return row + 1;
    }
  }
  return row;
}

/** As many pages together as make one page of the usual size; a larger one is alone. */
async function* unitsOf(
  pages: AsyncIterable<Page>,
  dictionary: Page | undefined,
  first: Omit<Unit, "pages">,
): AsyncGenerator<Unit, void, undefined> {
  let held: Page[] = [];
  let [bytes, values] = [0, 0];
  let { before } = first;
  const unit = (): Unit => {
    const asks = dictionary && held.some(({ encoding }) => isIndexed(encoding));
    return { ...first, pages: asks ? [dictionary, ...held] : held, before };
  };
  for await (const page of pages) {
    if (page.kind === "dictionary")
      throw new MaskingError("INPUT_MALFORMED", { byte: page.at, expected: "one dictionary" });
    if (held.length > 0 && (bytes + page.size > PAGE_BYTES || values + page.count > PAGE_VALUES)) {
      yield unit();
      before += values;
      held = [];
      [bytes, values] = [0, 0];
    }
    held.push(page);
    bytes += page.size;
    values += page.count;
  }
  if (held.length > 0) yield unit();
}
