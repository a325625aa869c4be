import { openDictionaryBuilder } from "./dictionary-builder.ts";
import {
  dataPage,
  dictionaryPage,
  levelsIn,
  type NewPage,
  type NewRows,
  openRoom,
  type Shape,
  sizeOfRows,
} from "./page-writer.ts";

/** Takes the rows of one chunk and gives its pages, compressed on other threads while the next rows are masked. */
export interface PageSink {
  add(rows: NewRows): void;
  /** The rows so far are the last. */
  end(): void;
  /** Pages in the file's order, until at most `keep` are left that are still being made. */
  drain(keep: number): AsyncGenerator<NewPage, void, undefined>;
}

/** Bytes of values at which a page is closed; the size that parquet-mr and Arrow aim at. */
export const PAGE_BYTES: number = 1 << 20;
/** Values at which a page is closed, however small they are. */
const PAGE_VALUES = 1 << 17;

/**
 * `indexed`: the values are put in a new dictionary as long as it stays small. Its page comes first in a chunk, so its
 * index pages, small as they are, wait in memory for the dictionary's end.
 */
export function openSink(shape: Shape, indexed = false): PageSink {
  const builder = indexed ? openDictionaryBuilder() : undefined;
  let building = indexed;
  let parts: NewRows[] = [];
  let bytes = 0;
  let values = 0;
  let pages: Promise<NewPage>[] = [];
  const room = openRoom(PAGE_BYTES + (PAGE_BYTES >> 2));

  const start = (page: Promise<NewPage>): Promise<NewPage> => {
    page.catch(() => {}); // thrown where the page is drained
    return page;
  };
  const flush = (): void => {
    if (parts.length > 0) pages.push(start(dataPage(parts, shape, room)));
    parts = [];
    bytes = 0;
    values = 0;
  };
  const closeDictionary = (): void => {
    if (!building) return;
    building = false;
    flush();
    const entries = builder!.entries();
    if (entries) pages = [start(dictionaryPage(entries, shape)), ...pages];
  };
  const put = (part: NewRows): void => {
    const more = sizeOfRows(part);
    const fits = bytes + more <= PAGE_BYTES && values + levelsIn(part) <= PAGE_VALUES;
    if (parts.length > 0 && !(fits && part.values.kind === parts[0]!.values.kind)) flush();
    parts.push(part);
    bytes += more;
    values += levelsIn(part);
  };

  return {
    add(part) {
      const found = building ? builder!.add(part) : undefined;
      if (!found) closeDictionary();
      put(found ?? part);
    },
    end() {
      closeDictionary();
      flush();
    },
    async *drain(keep) {
      while (!building && pages.length > keep) yield await pages.shift()!;
    },
  };
}
