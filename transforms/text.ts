import { DataType } from "apache-arrow";
import { cellsOf, countsOf, leafType, withCells, withLeafType } from "../src/batch.ts";
import { MaskingError } from "../src/errors.ts";
import type { Policy } from "../src/policy.ts";
import type { Cell, ColumnCounts, Detector, Finding, Leaf, Masked, Transform } from "../src/types.ts";
import { findKnown, type KnownValue } from "./detect/known.ts";
import { mergeFindings } from "./detect/merge.ts";
import { compileAllow, compileDeny, type TermList } from "./detect/terms.ts";
import { type Found, findEach } from "./findings.ts";
import { missedBy } from "./missed.ts";
import { applyFindings, type FindingOperators, isBlank, roomy, WITHHELD } from "./operators/apply.ts";
import { isText } from "./operators/canonical.ts";
import { holdsKnown } from "./recheck.ts";
import { checkReadable, type KnownColumn, knownOf, rowPlace, subjectsOf } from "./rows.ts";

export interface MaskTextOptions {
  readonly leaf: Leaf;
  /** The union of what they find is masked. */
  readonly detectors: readonly Detector[];
  readonly policy: Policy;
  readonly operators: FindingOperators;
  /** Columns whose values are looked for in the text of the same row, whatever detectors and policy say. */
  readonly known?: readonly KnownColumn[];
  /** The column that names the person; read only where an operator depends on it. */
  readonly subject?: Leaf;
  /** Never masked, unless it is a known value or denied. */
  readonly allow?: TermList;
  /** Always masked. */
  readonly deny?: TermList;
  /** Findings below this score stay; 0 where left out. */
  readonly minScore?: number;
  /** What becomes of a text that cannot be examined: `withhold` writes `[WITHHELD]`. */
  readonly onError: "fail" | "withhold";
  /** Has every masked text searched again for the known values of its row: CHECK_FAILED where one is left. */
  readonly proveKnown?: boolean;
}

/**
 * Masks what is found in one column of free text; the rest of each text stays. Null and blank cells stay. Every
 * distinct text of a batch is given to the detectors once. Of a text's findings those are dropped that are below
 * `minScore`, that the policy permits, or that lie within an allowed term; then denied terms and known values of the
 * row are added, and what overlaps is merged. Throws DETECTOR_FAILED where a detector answers amiss, and CELL_UNEXAMINED
 * with the row counted from 1 within the batch.
 */
export function maskText(options: MaskTextOptions): Transform {
  const { leaf, detectors, policy, operators, known = [], onError, minScore = 0 } = options;
  const subject = operators.bySubject ? options.subject : undefined;
  if (operators.bySubject && subject === undefined) {
    throw new MaskingError("RULE_UNFIT", { column: leaf, expected: "policy.subject for these operators" });
  }
  const allow = compileAllow(options.allow ?? {}, "allow");
  const deny = compileDeny(options.deny ?? {}, "deny");
  const others = [...known.map((column) => column.leaf), ...(subject === undefined ? [] : [subject])];
  const byValue = others.length === 0;
  return {
    name: `text ${leaf}`,
    reads: [...new Set([leaf, ...others])],
    writes: [leaf],
    byValue,
    plan(schema) {
      const found = leafType(schema, leaf);
      if (!found) throw new MaskingError("COLUMN_MISSING", { column: leaf });
      if (!holdsText(found.type)) throw new MaskingError("COLUMN_TYPE", { column: leaf, expected: "text" });
      for (const other of others) checkReadable(schema, other);
      return withLeafType(schema, leaf, roomy(found.type, byValue), found.nullable);
    },
    async apply(batch, run) {
      const { cells, rows } = cellsOf(batch, leaf);
      const counts = countsOf(batch);
      const numbers = distinct(cells);
      const texts = [...numbers.keys()];
      const found = await findEach(texts, detectors, { policy, minScore, allow, deny }, run, leaf);
      const masked = maskCells(cells, numbers, found, {
        rowOf: (i) => (rows ? rows[i]! : i),
        known: known.length > 0 ? knownOf(batch, known) : undefined,
        subjects: subject === undefined ? undefined : subjectsOf(batch, subject),
        operators,
        withheld: onError === "withhold",
        proveKnown: options.proveKnown ?? false,
        weigh: (i) => counts?.[i] ?? 1,
        placeOf: (row) => ({ column: leaf, ...(counts ? {} : rowPlace(row)) }),
        tally: run.tally.column(leaf),
        names: detectors.length > 1 ? detectors.map(({ name }) => name) : [],
      });
      return withCells(batch, leaf, masked, roomy(leafType(batch.schema, leaf)!.type, byValue));
    },
  };
}

/** Texts that are not blank, each with its number in order of first use. */
function distinct(cells: readonly (Cell | null)[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const cell of cells) {
    if (typeof cell === "string" && !isBlank(cell) && !numbers.has(cell)) numbers.set(cell, numbers.size);
  }
  return numbers;
}

interface Work {
  rowOf(index: number): number;
  readonly known: readonly (readonly KnownValue[])[] | undefined;
  readonly subjects: readonly (string | null)[] | undefined;
  readonly operators: FindingOperators;
  readonly withheld: boolean;
  readonly proveKnown: boolean;
  weigh(index: number): number;
  placeOf(row: number): { readonly column: Leaf; readonly row?: number };
  readonly tally: ColumnCounts;
  /** Of the detectors, where there are several to compare. */
  readonly names: readonly string[];
}

/** A text as it is to stand, and what was found in it. */
interface Answer {
  readonly masked: Masked;
  readonly findings: readonly Finding[];
  readonly withheld: boolean;
  /** What each detector alone would have missed, in their order. */
  readonly missed: readonly number[];
}

const NOTHING_KNOWN: readonly KnownValue[] = [];

function maskCells(
  cells: readonly (Cell | null)[],
  numbers: ReadonlyMap<string, number>,
  found: readonly Found[],
  work: Work,
): (Masked | null)[] {
  const answers = new Map<string, Answer>();
  return cells.map((cell, i) => {
    const weight = work.weigh(i);
    work.tally.cells += weight;
    if (cell === null) return null;
    const text = cell as string;
    const number = numbers.get(text);
    if (number === undefined) return applyFindings(text, [], work.operators, { id: null });
    const row = work.rowOf(i);
    const known = work.known?.[row] ?? NOTHING_KNOWN;
    const id = work.subjects?.[row] ?? null;
    // What a text becomes depends on these alone; the brackets of JSON keep them apart.
    const key = known.length === 0 && id === null ? String(number) : `${number}${JSON.stringify([id, known])}`;
    const answer = answers.get(key) ?? maskOne(text, found[number]!, known, id, row, work);
    answers.set(key, answer);
    count(answer, text, weight, work);
    return answer.masked;
  });
}

function maskOne(
  text: string,
  found: Found,
  known: readonly KnownValue[],
  id: string | null,
  row: number,
  work: Work,
): Answer {
  const own = known.length === 0 ? [] : findKnown(text, known);
  const findings = mergeFindings([...found.all, ...own]);
  const missed = work.names.map((_, at) => missedBy(text, findings, [...found.alone[at]!, ...own]));
  try {
    const masked = applyFindings(text, findings, work.operators, { id });
    if (work.proveKnown && holdsKnown(text, masked, known)) {
      throw new MaskingError("CHECK_FAILED", { expected: "no known value of the row left" });
    }
    return { masked, findings, withheld: false, missed };
  } catch (error) {
    if (!(error instanceof MaskingError)) throw error;
    if (error.code !== "CELL_UNEXAMINED" || !work.withheld) throw error.at(work.placeOf(row));
    return { masked: WITHHELD, findings: [], withheld: true, missed: [] };
  }
}

function count(answer: Answer, text: string, weight: number, { tally, names }: Work): void {
  const { masked, findings, withheld, missed } = answer;
  if (masked !== text) tally.masked += weight;
  if (withheld) tally.withheld += weight;
  for (const { type } of findings) tally.found[type] = (tally.found[type] ?? 0) + weight;
  if (missed.length === 0) return;
  tally.missed ??= {};
  for (const [at, name] of names.entries()) {
    tally.missed[name] = (tally.missed[name] ?? 0) + missed[at]! * weight;
  }
}

function holdsText(type: DataType): boolean {
  return isText(DataType.isDictionary(type) ? (type.dictionary as DataType) : type);
}
