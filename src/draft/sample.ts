import type { Detection } from "../job/detection.ts";
import type { Finding, PhiType, RunContext } from "../types.ts";

/** What the cells of one column tell, as counts; no cell is kept. Shares are of the cells that are neither null nor blank. */
export interface Sample {
  readonly cells: number;
  readonly distinct: number;
  readonly longest: number;
  /** Cells that are a number, those of them that are whole, and cells that are a date or time. */
  readonly numbers: number;
  readonly wholeNumbers: number;
  readonly dates: number;
  /** Cells that could be paths or web addresses. */
  readonly links: number;
  /** Cells that hold at least one finding, by type. */
  readonly holding: ReadonlyMap<PhiType, number>;
  /** Cells that are one finding from end to end, by type. */
  readonly whole: ReadonlyMap<PhiType, number>;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?%?$/i;
/** A date as tables write it, with or without a time. */
export const DATE: RegExp =
  /^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{8}(?=T)|\d{1,2}[- ][a-z]{3}[- ]\d{2,4})([T ]\S.*)?$/i;

const LINK = /^[^\n]*[^\s/\\][/\\.][^\s/\\]+$/;

/** Looks over the texts of a column, as many as are given. Throws as the detectors do. */
export async function sampleOf(texts: readonly string[], detection: Detection, run: RunContext): Promise<Sample> {
  const cells = texts.map((text) => text.trim()).filter((text) => text !== "");
  const found = await detection.find(cells, run);
  const holding = new Map<PhiType, number>();
  const whole = new Map<PhiType, number>();
  for (const [i, findings] of found.entries()) {
    for (const type of new Set(findings.map((finding) => finding.type))) add(holding, type);
    const over = findings.find((finding) => spans(finding, cells[i]!));
    if (over) add(whole, over.type);
  }
  return {
    cells: cells.length,
    distinct: new Set(cells).size,
    longest: cells.reduce((most, { length }) => Math.max(most, length), 0),
    numbers: cells.filter((cell) => NUMBER.test(cell)).length,
    wholeNumbers: cells.filter((cell) => /^\d+$/.test(cell)).length,
    dates: cells.filter((cell) => DATE.test(cell)).length,
    links: cells.filter((cell) => LINK.test(cell)).length,
    holding,
    whole,
  };
}

function add(counts: Map<PhiType, number>, type: PhiType): void {
  counts.set(type, (counts.get(type) ?? 0) + 1);
}

/** All letters and digits of the cell are in the finding. */
function spans({ start, end }: Finding, cell: string): boolean {
  return !/[\p{L}\p{N}]/u.test(cell.slice(0, start) + cell.slice(end));
}
