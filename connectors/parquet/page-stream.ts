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
 * The pages of a chunk in order, decompressed on other threads ahead of the reader. The data pages' counts must add up
 * to the footer's; bytes behind the last value are not read. Pages that are not wanted are counted alone.
 */
export async function* openedPages(
  source: RangeReader,
  chunk: Chunk,
  leaf: Levels,
  wanted: (page: Page) => boolean = () => true,
): AsyncGenerator<Opened, void, undefined> {
  const underway: { readonly size: number; readonly opened: Promise<Opened> }[] = [];
  let ahead = 0;
  let seen = 0;
  try {
    for (;;) {
      while (seen < chunk.values && (underway.length === 0 || ahead < AHEAD)) {
        const page = await readPage(source);
        if (page?.kind !== "dictionary") seen += page?.count ?? Number.POSITIVE_INFINITY;
        if (!page || seen > chunk.values) {
          throw new MaskingError("INPUT_MALFORMED", { byte: source.at, expected: `${chunk.values} values` });
        }
        if (!wanted(page)) continue;
        const opened = opening(page, chunk.codec, leaf);
        opened.catch(() => {}); // thrown where it is awaited, below
        underway.push({ size: page.size, opened });
        ahead += page.size;
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
  }
}

async function opening(page: Page, codec: number, leaf: Levels): Promise<Opened> {
  if (page.kind === "dictionary") return { page, entries: await openDictionary(page, codec) };
  return { page, data: await openPage(page, codec, leaf) };
}
