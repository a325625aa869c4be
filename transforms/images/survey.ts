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
import { type ImagePlace, isWritten, pathOf } from "./place.ts";

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
    async see({ batches }) {
      if (ended) state.links = imageLinks();
      ended = false;
      for await (const batch of batches) {
        const facts = factsOf(batch, state);
        const { cells, rows } = cellsOf(batch, leaf);
        for (const [i, cell] of cells.entries()) {
          const uri = isEmpty(cell) ? undefined : located(place!, cell as string);
          if (uri !== undefined) state.links.see(state.hash(uri), facts(rows ? rows[i]! : i));
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
    for await (const path of place!.listed()) {
      const name = /^[0-9a-f]{2}\/([0-9a-f]{16})\.[a-z]+$/.exec(path)?.[1];
      if (name === undefined) continue;
      const id = Buffer.from(name, "hex");
      const outcome = links.outcomeOf(id);
      if (!links.has(id)) await place!.remove(path);
      else if (!isWritten(outcome) || path !== pathOf(id, suffixOf(outcome))) yield path;
      links.note(id);
    }
    for (const [id, outcome] of links.entries()) {
      if (isWritten(outcome)) yield pathOf(id, suffixOf(outcome));
      else if (!links.note(id)) yield* written(id);
    }
  }
  /** The copy of an image that another shard has masked, or a run that died. */
  async function* written(id: Uint8Array): AsyncGenerator<string, void, undefined> {
    for (const suffix of new Set(formats.map((format) => format.suffix))) {
      if (await place!.has(pathOf(id, suffix))) yield pathOf(id, suffix);
    }
  }
  function suffixOf(outcome: number): string {
    return formats[outcome - 1]!.suffix;
  }
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
