/** The look over all rows before any image is masked. */
import { DataType, type RecordBatch, type Schema } from "apache-arrow";
import { cellsOf, leafType } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { ImageFormat } from "../../src/image-types.ts";
import type { Cell, Leaf, Survey } from "../../src/types.ts";
import { isBlank } from "../operators/apply.ts";
import { isText } from "../operators/canonical.ts";
import { type KnownColumn, knownOf, subjectsOf } from "../rows.ts";
import { type ImageLinks, imageLinks, type RowFacts } from "./links.ts";
import { type ImagePlace, isWritten, partsOf, pathOf } from "./place.ts";

/** What a survey works on. */
export interface Surveyed extends RowColumns {
  readonly leaf: Leaf;
  links: ImageLinks;
  readonly place?: ImagePlace;
  readonly formats: readonly ImageFormat[];
  hash(...parts: readonly string[]): Uint8Array;
  /** Set once rows have been seen. */
  surveyed: boolean;
}

/** The columns of a row that say something of its images. */
export interface RowColumns {
  readonly known?: readonly KnownColumn[];
  readonly subject?: Leaf;
}

/** Gathers what all rows say of each image that they link to; at the end lets those go that no row links to any more. */
export function surveyOf(state: Surveyed, leaves: readonly Leaf[]): Survey {
  const { leaf, place, formats } = state;
  let ended = false;
  return {
    reads: (schema) => (leafType(schema, leaf) && holdsLinks(schema, leaf) ? leaves : []),
    async see({ batches }, from = { folder: "" }) {
      if (ended) state.links = imageLinks();
      ended = false;
      for await (const batch of batches) {
        const facts = factsOf(batch, state);
        const { cells, rows } = cellsOf(batch, leaf);
        for (const [i, cell] of cells.entries()) {
          const uri = isEmpty(cell) ? undefined : located(place!, cell as string);
          if (uri !== undefined) state.links.see(state.hash(uri), facts(rows ? rows[i]! : i), from);
        }
      }
    },
    again() {
      state.surveyed = true;
      ended = !state.links.again();
      return !ended;
    },
    async settle() {
      if (place) await place.list(current());
    },
  };
  /** What the last run left and is still linked to, what this one wrote, and what others wrote for it; the rest goes. */
  async function* current(): AsyncGenerator<string, void, undefined> {
    const { links } = state;
    const manifold = new Set<string>(); // paths of images that have several
    for await (const path of place!.listed()) {
      const { id, folder } = partsOf(path) ?? {};
      if (id === undefined || folder === undefined) continue;
      const folders = links.has(id) ? links.foldersOf(id) : [];
      if (!folders.includes(folder)) {
        await place!.remove(path);
        continue;
      }
      if (folders.length > 1) manifold.add(path);
      if (!pathsNow(id).includes(path)) yield path;
      links.note(id);
    }
    for (const [id] of links.entries()) {
      const written = pathsNow(id);
      yield* written;
      if (written.length > 0) continue;
      if (links.foldersOf(id).length > 1) yield* left(id, manifold);
      else if (!links.note(id)) yield* left(id);
    }
  }
  /** Paths of the copies that this run has made of an image. */
  function pathsNow(id: Uint8Array): readonly string[] {
    const outcome = state.links.outcomeOf(id);
    return isWritten(outcome) ? pathsOf(state, id, formats[outcome - 1]!.suffix) : [];
  }
  /** Copies of an image that another shard has made, or a run that died. */
  async function* left(
    id: Uint8Array,
    listed: ReadonlySet<string> = new Set(),
  ): AsyncGenerator<string, void, undefined> {
    for (const suffix of new Set(formats.map((format) => format.suffix))) {
      for (const path of pathsOf(state, id, suffix)) if (!listed.has(path) && (await place!.has(path))) yield path;
    }
  }
}

/** Where the copies of an image go that rows link to. */
export function pathsOf({ links }: Pick<Surveyed, "links">, id: Uint8Array, suffix: string): readonly string[] {
  return links.foldersOf(id).map((folder) => pathOf(folder, id, suffix));
}

function located(place: ImagePlace, reference: string): string | undefined {
  try {
    return place.locate(reference);
  } catch {
    return undefined; // told when its row is masked
  }
}

/** What each row of a batch says; a value that no row reaches has nothing said of it. */
export function factsOf(batch: RecordBatch, { known = [], subject }: RowColumns): (row: number) => RowFacts {
  const values = known.length > 0 ? knownOf(batch, known) : undefined;
  const subjects = subject === undefined ? undefined : subjectsOf(batch, subject);
  return (row) => ({ subject: subjects?.[row] ?? null, known: values?.[row] ?? [] });
}

/** Nothing to mask: no value, white space, no bytes. */
export function isEmpty(cell: Cell | null): boolean {
  return cell === null || isBlank(cell) || (cell instanceof Uint8Array && cell.length === 0);
}

/** True for text, false for bytes. Throws COLUMN_MISSING, COLUMN_TYPE. */
export function holdsLinks(schema: Schema, leaf: Leaf): boolean {
  const found = leafType(schema, leaf);
  if (!found) throw new MaskingError("COLUMN_MISSING", { column: leaf });
  const type = DataType.isDictionary(found.type) ? (found.type.dictionary as DataType) : found.type;
  if (isText(type)) return true;
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isBinaryView(type)) return false;
  throw new MaskingError("COLUMN_TYPE", { column: leaf, expected: "links as text, or bytes" });
}
