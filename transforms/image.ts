import { cellsOf, leafType, withCells, withLeafType } from "../src/batch.ts";
import { MaskingError } from "../src/errors.ts";
import { bytesOf, collect, mapInOrder } from "../src/stream.ts";
import type { Cell, ColumnCounts, Leaf, MaskedValue, RunContext, Transform } from "../src/types.ts";
import { digestOf, imageLinks, type Outcome, type RowFacts } from "./images/links.ts";
import { type ImagePlace, nameOf, pathOf, WITHHELD_IMAGE } from "./images/place.ts";
import { type ImageMasking, maskImageBytes } from "./images/redaction.ts";
import { factsOf, holdsLinks, isEmpty, type RowColumns, type Surveyed, surveyOf } from "./images/survey.ts";
import { maskedBytes, maskedReference, roomy, unchanged, WITHHELD } from "./operators/apply.ts";
import { checkReadable, rowPlace } from "./rows.ts";

/** `known`: columns whose values are looked for in the images that a row links to. */
export interface MaskImageOptions extends RowColumns {
  readonly leaf: Leaf;
  readonly masking: ImageMasking;
  /** Needed where the column holds links; bytes are masked in place. */
  readonly place?: ImagePlace;
  /** A keyed hash of a URI, at least eight bytes: what masked images are named by. */
  hash(...parts: readonly string[]): Uint8Array;
  readonly onError: "fail" | "withhold";
  /** Images of a batch under way at once; two where left out. */
  readonly width?: number;
}

/** What cannot be examined: it is withheld, or stops the run. Anything else stops the run always. */
const UNEXAMINED: ReadonlySet<string> = new Set([
  "IMAGE_MISSING",
  "IMAGE_UNREADABLE",
  "IMAGE_UNSUPPORTED",
  "IMAGE_TOO_LARGE",
]);

/**
 * Masks the images of one column: those that its text cells link to, or its binary cells themselves. An image that many
 * rows link to is masked once, with the known values of all of them, as the survey has gathered them; without a survey
 * with those of its row, and then its name tells rows that say different things apart. Null and blank cells stay. Throws
 * the image's code with the row counted from 1 within the batch, unless it is to be withheld.
 */
export function maskImage(options: MaskImageOptions): Transform {
  const { leaf, known = [], subject, onError } = options;
  const others = [...known.map((column) => column.leaf), ...(subject === undefined ? [] : [subject])];
  const { formats } = options.masking;
  const state: State = { ...options, formats, links: imageLinks(), surveyed: false, underway: new Map() };
  return {
    name: `image ${leaf}`,
    reads: [...new Set([leaf, ...others])],
    writes: [leaf],
    byValue: false,
    survey: surveyOf(state, [leaf, ...others]),
    plan(schema) {
      const links = holdsLinks(schema, leaf);
      if (links && !options.place)
        throw new MaskingError("RULE_UNFIT", { column: leaf, expected: "to: where masked images go" });
      for (const other of others) checkReadable(schema, other);
      const { type, nullable } = leafType(schema, leaf)!;
      return withLeafType(schema, leaf, roomy(type, false), nullable || (!links && onError === "withhold"));
    },
    async apply(batch, run) {
      const { cells, rows } = cellsOf(batch, leaf);
      const links = holdsLinks(batch.schema, leaf);
      const tally = run.tally.column(leaf);
      const facts = factsOf(batch, options);
      const answers = await collect(
        mapInOrder(cells.keys(), options.width ?? 2, async (i): Promise<MaskedValue | null> => {
          const row = rows ? rows[i]! : i;
          const cell = cells[i]!;
          if (!isEmpty(cell)) tally.cells += 1;
          return examined(state, cell, row, tally, links, () =>
            links
              ? maskLink(state, cell as string, facts(row), run)
              : maskInPlace(state, cell as Uint8Array, facts(row), run),
          );
        }),
      );
      return withCells(batch, leaf, answers, roomy(leafType(batch.schema, leaf)!.type, false));
    },
  };
}

interface State extends MaskImageOptions, Surveyed {
  /** Images being masked, by name: a second row waits for the first. */
  readonly underway: Map<string, Promise<Outcome>>;
}

/** The answer of `mask`; null where there is nothing to mask; the mark of what is withheld where it cannot be examined. */
async function examined(
  { leaf, onError }: State,
  cell: Cell | null,
  row: number,
  tally: ColumnCounts,
  links: boolean,
  mask: () => Promise<MaskedValue | null>,
): Promise<MaskedValue | null> {
  if (cell === null) return null;
  if (isEmpty(cell)) return typeof cell === "string" ? unchanged(cell) : maskedBytes(new Uint8Array());
  const answer = await mask().catch((error: unknown) => {
    if (!(error instanceof MaskingError)) throw error;
    if (!UNEXAMINED.has(error.code) || onError === "fail") throw error.at({ column: leaf, ...rowPlace(row) });
    return null;
  });
  tally.masked += 1;
  if (answer !== null) return answer;
  tally.withheld += 1;
  return links ? WITHHELD : null;
}

async function maskInPlace(state: State, bytes: Uint8Array, facts: RowFacts, run: RunContext): Promise<MaskedValue> {
  const masked = await maskImageBytes(bytes, facts, state.masking, run);
  const out = await bytesOf(masked.bytes);
  count(run.tally.column(state.leaf), masked.found);
  return maskedBytes(out);
}

/** The new reference, or null where the image is withheld. */
async function maskLink(
  state: State,
  reference: string,
  facts: RowFacts,
  run: RunContext,
): Promise<MaskedValue | null> {
  const { links, place, masking, underway } = state;
  const { folder = "" } = run;
  const uri = place!.locate(reference);
  const linked = state.hash(uri);
  const surveyed = state.surveyed && links.has(linked);
  const id = surveyed ? linked : state.hash(uri, Buffer.from(digestOf(facts)).toString("hex"));
  const all = surveyed
    ? { facts: links.togetherOf(id) ?? facts, folders: links.foldersOf(id), shared: links.isShared(id) }
    : { facts, folders: [folder], shared: false };
  const name = nameOf(id);
  const before = surveyed ? links.outcomeOf(id) : 0;
  const coming = before > 0 ? before : (underway.get(name) ?? maskOnce(state, uri, id, all, run));
  if (typeof coming === "object") underway.set(name, coming);
  try {
    const outcome = await coming;
    if (outcome === WITHHELD_IMAGE) return null;
    return maskedReference(place!.reference(pathOf(folder, id, masking.formats[outcome - 1]!.suffix)));
  } finally {
    underway.delete(name);
  }
}

/** What all rows of an image say, where they go, and whether other processes mask some of them. */
interface Together {
  readonly facts: RowFacts;
  readonly folders: readonly string[];
  readonly shared: boolean;
}

async function maskOnce(
  state: State,
  uri: string,
  id: Uint8Array,
  { facts, folders, shared }: Together,
  run: RunContext,
): Promise<Outcome> {
  const { links, place, masking, onError } = state;
  const work = async (): Promise<Outcome> => {
    try {
      const { format, bytes, found } = await maskImageBytes(await place!.read(uri), facts, masking, run);
      const paths = folders.map((folder) => pathOf(folder, id, format.suffix));
      await (run.dry ? collect(bytes) : place!.write(paths, bytes));
      count(run.tally.column(state.leaf), found);
      return masking.formats.indexOf(format) + 1;
    } catch (error) {
      if (onError === "fail" || !(error instanceof MaskingError) || !UNEXAMINED.has(error.code)) throw error;
      return WITHHELD_IMAGE;
    }
  };
  const outcome = await (shared ? place!.shared(nameOf(id), work, run.signal) : work());
  links.setOutcome(id, outcome);
  return outcome;
}

function count(tally: ColumnCounts, found: readonly { readonly type: keyof ColumnCounts["found"] }[]): void {
  for (const { type } of found) tally.found[type] = (tally.found[type] ?? 0) + 1;
}
