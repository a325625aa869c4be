import { cellsOf, leafType } from "./batch.ts";
import { MaskingError } from "./errors.ts";
import type { Job, PlannedFile } from "./plan.ts";
import { type FormatName, readable } from "./source.ts";
import type { Cell, Leaf, ReadableObject, RunContext, StoredObject, TableFormat } from "./types.ts";

/** What a run looks at again before it publishes. */
export interface Checks {
  /** The rows of each output, counted in what was stored. */
  readonly rowsEqual: boolean;
  /** The columns that no mask touches, compared in the rows of the sample. */
  readonly untouchedEqual: boolean;
  /** Rows of the dataset whose masked texts a second detector examines, as they were stored. */
  readonly residualSample: number;
  /** Share of the examined texts in which something may be found; where undefined, what is found is told and stops nothing. */
  readonly residualLimit?: number;
}

/** What was looked at, and what was found. */
export interface CheckCounts {
  /** Rows counted again. */
  readonly rows: number;
  /** Cells of untouched columns that were compared. */
  readonly compared: number;
  /** Masked texts that were examined again. */
  readonly examined: number;
  /** Those of them in which something was found that the text held before. */
  readonly residual: number;
}

export const NOTHING_CHECKED: CheckCounts = { rows: 0, compared: 0, examined: 0, residual: 0 };

/** The sum of both. */
export function addChecks(a: CheckCounts, b: CheckCounts): CheckCounts {
  const { rows, compared, examined, residual } = b;
  return {
    rows: a.rows + rows,
    compared: a.compared + compared,
    examined: a.examined + examined,
    residual: a.residual + residual,
  };
}

/** How many rows of each of so many files are looked at, so that the sample is as large as the job says. */
export function sampledRows({ residualSample }: Checks, files: number): (index: number) => number {
  const step = Math.max(1, Math.ceil(files / Math.max(1, residualSample)));
  const rows = Math.ceil(residualSample / Math.max(1, Math.ceil(files / step)));
  return (index) => (index % step === 0 ? rows : 0);
}

/** Throws CHECK_FAILED where a second look found too much. */
export function judgeChecks({ residualLimit = 1 }: Checks, { examined, residual }: CheckCounts): void {
  if (residual <= examined * residualLimit) return;
  const next = "read some of them, then add embedded to detect.text, or allow terms, or raise the limit";
  const expected = `checks.residual_limit to hold: ${residual} of ${examined} sampled texts have a finding left; ${next}`;
  throw new MaskingError("CHECK_FAILED", { key: "checks.residual_sample", expected });
}

/** What to say of findings that stop nothing; empty where there are none. */
export function doubtText({ residualLimit }: Checks, { examined, residual }: CheckCounts): string {
  if (residualLimit !== undefined || residual === 0) return "";
  return (
    `phimask: the embedded detector, by which this job does not mask, still finds something in ${residual} of ${examined} ` +
    "masked texts that were looked at again. Read some of them; detect.text may name embedded too, and " +
    "checks.residual_limit makes too many of them stop a run.\n"
  );
}

/**
 * Looks again at a staged file: as it was stored, beside its source. Reads the structure of the whole, and the first
 * `sample` rows. Throws CHECK_FAILED with the column and the row.
 */
export async function checkFile(
  job: Job,
  planned: PlannedFile,
  staged: StoredObject,
  rows: number,
  sample: number,
  run: RunContext,
): Promise<CheckCounts> {
  const { checks, source, target } = job;
  const { file, table } = planned;
  if (!checks || file.format === "images" || file.format === "dicom") return NOTHING_CHECKED;
  const written: FormatName = target.format ?? file.format;
  const same = written === file.format && !(written === "csv" && target.ownCsv);
  const before = { format: await job.formats.read(file.format), object: readable(source.store, file.object) };
  const output = same ? before.format : await job.formats.write(written);
  const after = { format: output, object: readable(target.store, staged) };
  const counted = checks.rowsEqual ? await countRows(after.format, after.object, rows) : 0;
  if (sample === 0) return { ...NOTHING_CHECKED, rows: counted };

  const looks = table.checks.filter(() => checks.residualSample > 0);
  const untouched = same && checks.untouchedEqual ? untouchedLeaves(planned) : [];
  const leaves = [...untouched, ...looks.map(({ leaf }) => leaf)];
  if (leaves.length === 0) return { ...NOTHING_CHECKED, rows: counted };
  const [was, is] = await Promise.all(
    [before, after].map((each) => firstCells(each.format, each.object, leaves, sample)),
  );
  const compared = untouched.reduce((sum, leaf) => sum + compareCells(leaf, was!.get(leaf), is!.get(leaf)), 0);
  let [examined, residual] = [0, 0];
  for (const { leaf, look } of looks) {
    const [originals, masked] = textsOf(was!.get(leaf), is!.get(leaf));
    examined += masked.length;
    residual += await look(originals, masked, run);
  }
  return { rows: counted, compared, examined, residual };
}

async function countRows(format: TableFormat, object: ReadableObject, expected: number): Promise<number> {
  let rows = 0;
  for await (const batch of (await format.read(object, [])).batches) rows += batch.numRows;
  if (rows !== expected) throw new MaskingError("CHECK_FAILED", { expected: `${expected} rows, not ${rows}` });
  return rows;
}

/** Columns that no step writes, of plain types: one cell a row. */
function untouchedLeaves({ table: { transforms, columns } }: PlannedFile): Leaf[] {
  const written = transforms.flatMap(({ writes }) => writes);
  const whole = columns.filter(({ column }, index) => columns.findIndex((each) => each.column === column) === index);
  const plain = whole.filter(
    ({ column, type }) => !column.includes(".") && !/^(Struct|List|Map|Union|Interval)/.test(type),
  );
  return plain.map(({ column }) => column).filter((name) => !written.includes(name));
}

type Cells = readonly (Cell | null)[];

/** The cells of the first rows, by leaf; a leaf inside of lists is left out. */
async function firstCells(
  format: TableFormat,
  object: ReadableObject,
  leaves: readonly Leaf[],
  limit: number,
): Promise<ReadonlyMap<Leaf, Cells>> {
  const found = new Map<Leaf, (Cell | null)[]>();
  let left = limit;
  for await (const batch of (await format.read(object, leaves)).batches) {
    const first = batch.numRows > left ? batch.slice(0, left) : batch;
    for (const leaf of leaves.filter((each) => leafType(first.schema, each)?.lists === 0)) {
      const cells = found.get(leaf) ?? [];
      for (const cell of cellsOf(first, leaf).cells) cells.push(cell);
      found.set(leaf, cells);
    }
    left -= first.numRows;
    if (left <= 0) break;
  }
  return found;
}

function compareCells(column: Leaf, before: Cells = [], after: Cells = []): number {
  const row = before.findIndex((cell, i) => !isEqual(cell, after[i]));
  if (row >= 0 || before.length !== after.length) {
    const place = row >= 0 ? { column, row: row + 1 } : { column };
    throw new MaskingError("CHECK_FAILED", { ...place, expected: "an untouched column as it was" });
  }
  return before.length;
}

function isEqual(a: Cell | null, b: Cell | null | undefined): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return Object.is(a, b);
}

function textsOf(before: Cells = [], after: Cells = []): [originals: string[], masked: string[]] {
  const pairs = after.flatMap((cell, i) => {
    const original = before[i];
    return typeof cell === "string" && typeof original === "string" ? [[original, cell] as const] : [];
  });
  return [pairs.map(([original]) => original), pairs.map(([, masked]) => masked)];
}
