import { MaskingError } from "../../src/errors.ts";
import type { ByteRange, Piece, ReadableObject, Touched } from "../../src/types.ts";
import type { Mask } from "./answers.ts";
import { type Footer, MAGIC, type RowGroup, readFooter } from "./footer.ts";
import type { NewPage } from "./page-writer.ts";
import { bundled } from "./read-bundles.ts";
import { alignGroup } from "./rewrite-aligned.ts";
import { maskAlone } from "./rewrite-alone.ts";
import { newFooter, type PlacedChunk, type PlacedGroup } from "./rewrite-footer.ts";
import { newIndexes } from "./rewrite-indexes.ts";
import { planRewrite, type RewritePlan } from "./rewrite-plan.ts";
import { checkColumns, checkRanges } from "./rewrite-ranges.ts";
import { type ParquetSchema, parquetSchema } from "./schema.ts";
import { shapeOf } from "./shape.ts";
import { writeThrift } from "./thrift-write.ts";
import { WINDOW_BYTES } from "./windows.ts";
import { tallyChunk } from "./written-chunk.ts";

/** The new file as far as it is written: `at` is its length. */
interface Output {
  at: number;
}

/**
 * The file again with the touched leaves masked. Column chunks that are not touched are copied as byte ranges and never
 * read; masked ones are read and written page by page, so memory is bounded by the largest page, and by the compressed
 * pages of one row group where several leaves are masked row by row.
 */
export async function* rewriteParquet(
  file: ReadableObject,
  touched: Touched,
  mask: Mask,
  onRows: (count: number) => void = () => {},
  windowBytes: number = WINDOW_BYTES,
): AsyncGenerator<Piece, void, undefined> {
  const footer = await readFooter(file);
  if (touched.writes.length === 0) {
    yield { copy: { uri: file.uri, etag: file.etag, start: 0, end: file.size } };
    onRows(footer.rows);
    return;
  }
  const schema = parquetSchema(footer);
  const plan = planRewrite(schema, touched, mask, windowBytes);
  checkColumns(footer, schema.leaves);
  checkRanges(footer, plan);
  yield* coalesced(file, newFile(file, footer, schema, plan, mask, onRows));
}

/** Bytes, or a range of the source. */
type Part = Uint8Array | ByteRange;

async function* newFile(
  file: ReadableObject,
  footer: Footer,
  schema: ParquetSchema,
  plan: RewritePlan,
  mask: Mask,
  onRows: (count: number) => void,
): AsyncGenerator<Part, void, undefined> {
  const out: Output = { at: MAGIC.length };
  yield MAGIC;
  const groups: PlacedGroup[] = [];
  for (const group of footer.rowGroups) {
    const chunks = new Map<number, PlacedChunk>();
    yield* newGroup(file, group, plan, mask, out, chunks, onRows);
    groups.push({ group, chunks: [...chunks.values()].sort((one, two) => one.column - two.column) });
  }
  const indexed = yield* newIndexes(file, groups, out.at);
  const tree = writeThrift(newFooter(footer, schema, plan, indexed));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(tree.length);
  yield Buffer.concat([tree, length, MAGIC]);
}

async function* newGroup(
  file: ReadableObject,
  group: RowGroup,
  plan: RewritePlan,
  mask: Mask,
  out: Output,
  placed: Map<number, PlacedChunk>,
  onRows: (count: number) => void,
): AsyncGenerator<Part, void, undefined> {
  const source = bundled(file, readOf(group, plan));
  const aligned = plan.aligned.size > 0 ? alignGroup(source, group, plan, mask, onRows) : undefined;
  for (const [column, chunk] of group.chunks.entries()) {
    if (plan.dropped.has(column)) continue;
    const alone = plan.alone.get(column);
    if (alone) {
      const pages = maskAlone(source, chunk, group.rows, alone, mask, plan.windowBytes);
      yield* newChunk(out, placed, column, group, pages);
    } else if (!plan.aligned.has(column)) {
      placed.set(column, { column, chunk, shift: out.at - chunk.start });
      out.at += chunk.end - chunk.start;
      yield { start: chunk.start, end: chunk.end };
    } else if (aligned?.lead === column) {
      yield* newChunk(out, placed, column, group, aligned.pages());
      for (const other of plan.aligned.keys()) {
        if (other !== column) yield* newChunk(out, placed, other, group, aligned.rest(other));
      }
    }
  }
  if (!aligned) onRows(group.rows);
}

/** The ranges that will be read of a group, each as often as that. */
function readOf({ chunks }: RowGroup, { alone, aligned, reads }: RewritePlan): readonly ByteRange[] {
  const values = [...alone.values()].flatMap((leaf) => {
    const chunk = chunks[leaf.leaf.index]!;
    return shapeOf(chunk, leaf).indexed ? [chunk, chunk] : [chunk];
  });
  const rows = aligned.size > 0 ? new Set(reads.map(({ leaf }) => leaf.index)) : [];
  return [...values, ...[...rows].map((column) => chunks[column]!)];
}

async function* newChunk(
  out: Output,
  placed: Map<number, PlacedChunk>,
  column: number,
  group: RowGroup,
  pages: AsyncIterable<NewPage>,
): AsyncGenerator<Part, void, undefined> {
  const tally = tallyChunk(out.at);
  for await (const page of pages) {
    tally.add(page);
    out.at += page.bytes.length;
    yield page.bytes;
  }
  const written = tally.written();
  if (written.rows !== group.rows) throw new MaskingError("CHECK_FAILED", { expected: `${group.rows} rows` });
  placed.set(column, { column, chunk: group.chunks[column]!, shift: 0, written });
}

/** Ranges that follow one another become one piece, so that a store copies them at once. */
async function* coalesced(file: ReadableObject, parts: AsyncIterable<Part>): AsyncGenerator<Piece, void, undefined> {
  let range: ByteRange | undefined;
  const copy = ({ start, end }: ByteRange): Piece => ({ copy: { uri: file.uri, etag: file.etag, start, end } });
  for await (const part of parts) {
    if (!(part instanceof Uint8Array)) {
      if (range && part.start !== range.end) yield copy(range);
      range = { start: range?.end === part.start ? range.start : part.start, end: part.end };
      continue;
    }
    if (range) yield copy(range);
    range = undefined;
    yield part;
  }
  if (range) yield copy(range);
}
