import type { Schema } from "apache-arrow";
import { cellsOf } from "./batch.ts";
import { isSubject, SSN } from "./draft/names.ts";
import { isSampled, type Proposal, proposalFor, proposalForFolder } from "./draft/rules.ts";
import { sampleOf } from "./draft/sample.ts";
import { MaskingError } from "./errors.ts";
import type { Detection } from "./job/detection.ts";
import type { ColumnRule, SourceOptions } from "./jobfile.ts";
import { newTally } from "./report.ts";
import { leafPaths } from "./rules.ts";
import { type FormatName, listSource, readable, type Source, type SourceFile } from "./source.ts";
import type { Leaf, ReadableObject, TableFormat } from "./types.ts";

/** A source, and what looks into it. */
export interface DraftSource {
  readonly options: SourceOptions;
  readonly source: Source;
  readonly formats: (name: FormatName) => Promise<TableFormat>;
  /** What finds PHI in sampled cells. */
  readonly detection: Detection;
  /** True where the rule can work on this column of the schema. */
  fits(schema: Schema, leaf: Leaf, rule: ColumnRule): Promise<boolean>;
}

export interface DraftColumn extends Proposal {
  readonly leaf: Leaf;
  /** True where the cells are values that a note of the same row may repeat. */
  readonly identity: boolean;
}

/** A job that is proposed for a source. */
export interface Draft {
  readonly source: SourceOptions;
  readonly target: string;
  readonly subject?: Leaf;
  readonly columns: readonly DraftColumn[];
  /** Rows that were looked at. */
  readonly sampled: number;
}

/** Files of which the folders are read, for values of partition columns. */
const FOLDERS = 1000;

/**
 * Proposes a rule for every column of a source by the names and types of its first file, and by the texts and whole
 * numbers of up to `rows` of its rows. Throws SOURCE_MISSING where there is no file, and what stores, formats and
 * detectors throw.
 */
export async function draftJob(from: DraftSource, target: string, rows: number, signal: AbortSignal): Promise<Draft> {
  const run = { tally: newTally(), signal };
  const files = await collectUpTo(listSource(from.source), FOLDERS);
  const first = files[0];
  if (!first) throw new MaskingError("SOURCE_MISSING", { key: "source.path" });
  const format = await from.formats(first.format);
  const object = readable(from.source.store, first.object);
  const schema = await format.schema(object);
  const leaves = [...new Map(leafPaths(schema).map(({ leaf, type }) => [leaf, type]))];
  const looked = leaves.filter(([, type]) => isSampled(type)).map(([leaf]) => leaf);
  const { texts, sampled } = await firstRows(format, object, looked, rows);
  const columns: DraftColumn[] = [];
  for (const [leaf, type] of leaves) {
    const cells = texts.get(leaf);
    const proposed = proposalFor(leaf, type, cells && (await sampleOf(cells, from.detection, run)));
    columns.push(columnOf(leaf, await fitting(from, schema, leaf, proposed)));
  }
  for (const [leaf] of first.partition) columns.push(columnOf(leaf, proposalForFolder(leaf, valuesOf(leaf, files))));
  const subject = columns.find(({ leaf, rule }) => rule.mask === "hash" && isSubject(leaf))?.leaf;
  return { source: from.options, target, ...(subject !== undefined && { subject }), columns, sampled };
}

function columnOf(leaf: Leaf, proposal: Proposal): DraftColumn {
  const { mask } = proposal.rule;
  return { leaf, ...proposal, identity: mask === "surrogate" || mask === "hash" || proposal.why === SSN };
}

/** The proposal, or another where its mask cannot work on the column. */
async function fitting(from: DraftSource, schema: Schema, leaf: Leaf, proposed: Proposal): Promise<Proposal> {
  if (await from.fits(schema, leaf, proposed.rule)) return proposed;
  return { rule: { mask: "drop" }, why: `${proposed.why}; ${proposed.rule.mask} cannot work on its type` };
}

function valuesOf(column: Leaf, files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ partition }) =>
    partition.flatMap(([name, value]) => (name === column && value ? [value] : [])),
  );
}

interface FirstRows {
  readonly texts: ReadonlyMap<Leaf, readonly string[]>;
  readonly sampled: number;
}

/** The cells of the first rows as texts, nulls left out; nothing where no rows are asked for. */
async function firstRows(
  format: TableFormat,
  file: ReadableObject,
  leaves: readonly Leaf[],
  rows: number,
): Promise<FirstRows> {
  const texts = new Map<Leaf, string[]>();
  if (rows === 0 || leaves.length === 0) return { texts, sampled: 0 };
  for (const leaf of leaves) texts.set(leaf, []);
  let sampled = 0;
  for await (const batch of (await format.read(file, leaves)).batches) {
    const part = batch.numRows > rows - sampled ? batch.slice(0, rows - sampled) : batch;
    for (const leaf of leaves) {
      for (const cell of cellsOf(part, leaf).cells) if (cell !== null) texts.get(leaf)!.push(String(cell));
    }
    sampled += part.numRows;
    if (sampled >= rows) break;
  }
  return { texts, sampled };
}

async function collectUpTo<T>(items: AsyncIterable<T>, most: number): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
    if (all.length >= most) break;
  }
  return all;
}
