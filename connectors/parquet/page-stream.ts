import { setImmediate } from "node:timers/promises";
import { MaskingError } from "../../src/errors.ts";
import type { RangeReader } from "./bytes.ts";
import type { Chunk } from "./footer.ts";
import { type Levels, type OpenPage, openDictionary, openPage, type Page, readPage } from "./pages.ts";

/** A page with what is in it: a data page taken apart, or a dictionary's encoded entries. */
export type Opened =
  | { readonly page: Page; readonly data: OpenPage; readonly entries?: never }
  | { readonly page: Page; readonly entries: Uint8Array; readonly data?: never };

/** Uncompressed bytes of pages that are decompressed before they are asked for; one page always is. */
const AHEAD = 1 << 20;

/**
 * The pages of a chunk in order, as they lie in the file. The data pages' counts must add up to the footer's; bytes
 * behind the last value are not read.
 */
export async function* pagesOf(source: RangeReader, chunk: Chunk): AsyncGenerator<Page, void, undefined> {
  for (let seen = 0; seen < chunk.values; ) {
    const page = await readPage(source);
    if (page?.kind !== "dictionary") seen += page?.count ?? Number.POSITIVE_INFINITY;
    if (!page || seen > chunk.values) {
      throw new MaskingError("INPUT_MALFORMED", { byte: source.at, expected: `${chunk.values} values` });
    }
    yield page;
  }
}

/** The pages in order, decompressed on other threads ahead of the reader. */
export async function* openedPages(
  pages: AsyncIterable<Page>,
  codec: number,
  leaf: Levels,
): AsyncGenerator<Opened, void, undefined> {
  const underway: { readonly size: number; readonly opened: Promise<Opened> }[] = [];
  const reading = pages[Symbol.asyncIterator]();
  let ahead = 0;
  let ended = false;
  try {
    for (;;) {
      while (!ended && (underway.length === 0 || ahead < AHEAD)) {
        const next = await reading.next();
        ended = next.done === true;
        if (next.done) continue;
        const opened = opening(next.value, codec, leaf);
        opened.catch(() => {}); // thrown where it is awaited, below
        underway.push({ size: next.value.size, opened });
        ahead += next.value.size;
      }
      const next = underway.shift();
      if (!next) return;
      ahead -= next.size;
      // Buffers that native code lends are given back only when the event loop turns.
      await setImmediate();
      yield await next.opened;
    }
  } finally {
    await Promise.allSettled(underway.map(({ opened }) => opened));
    await reading.return?.();
  }
}

async function opening(page: Page, codec: number, leaf: Levels): Promise<Opened> {
  if (page.kind === "dictionary") return { page, entries: await openDictionary(page, codec) };
  return { page, data: await openPage(page, codec, leaf) };
}
