import type { CheckCounts } from "./checks.ts";
import type { PassedOver } from "./instance-types.ts";
import type { Job, Plan } from "./plan.ts";
import type { ColumnCounts, Leaf, PhiType, Tally } from "./types.ts";

/** What a run did, in numbers and names of the job only: no cell can enter a report. */
export interface RunReport {
  readonly version: 1;
  readonly job: string;
  readonly run_id: string;
  readonly started: string;
  readonly finished: string;
  readonly profile: string;
  /** The day that ages were counted to. */
  readonly as_of: string;
  readonly key_fingerprint: string;
  readonly job_digest: string;
  readonly detectors: readonly { readonly name: string; readonly version: string }[];
  readonly rows: number;
  /** Files masked by this run. */
  readonly files: number;
  /** Files left as an earlier run wrote them. */
  readonly unchanged: number;
  /** Files of an earlier run whose input is gone. */
  readonly removed: number;
  /** Of a source of DICOM files: what was no instance and was not passed along. */
  readonly left_out?: Readonly<Record<PassedOver, number>>;
  readonly columns: Readonly<Record<Leaf, Readonly<ColumnCounts>>>;
  readonly calls: Readonly<Record<string, CallCounts>>;
  /** What was looked at again before publishing; absent where the job has no checks. */
  readonly checks?: CheckCounts;
  readonly seconds: number;
}

export interface CallCounts {
  readonly calls: number;
  /** As the service bills them. */
  readonly units: number;
  readonly usd: number;
}

/** What was counted: of a run, or of one file. */
export interface RunCounts {
  readonly rows: number;
  readonly columns: Readonly<Record<Leaf, Readonly<ColumnCounts>>>;
  readonly calls: Readonly<Record<string, CallCounts>>;
}

/** A tally that can be read. */
export interface ReadableTally extends Tally {
  /** The numbers so far. */
  counts(): RunCounts;
  /** Adds what was counted elsewhere. */
  add(counts: RunCounts): void;
}

/** A new tally, all at zero. */
export function newTally(): ReadableTally {
  let rows = 0;
  const columns = new Map<Leaf, ColumnCounts>();
  const calls = new Map<string, CallCounts>();
  const column = (leaf: Leaf): ColumnCounts => {
    const counts = columns.get(leaf) ?? { cells: 0, masked: 0, withheld: 0, found: {} };
    columns.set(leaf, counts);
    return counts;
  };
  const addCalls = (service: string, more: CallCounts) => {
    const sum = calls.get(service) ?? { calls: 0, units: 0, usd: 0 };
    calls.set(service, { calls: sum.calls + more.calls, units: sum.units + more.units, usd: sum.usd + more.usd });
  };
  return {
    addRows(count) {
      rows += count;
    },
    column,
    addCall: (service, units, usd) => addCalls(service, { calls: 1, units, usd }),
    counts: () => ({ rows, columns: Object.fromEntries(columns), calls: Object.fromEntries(calls) }),
    add(counts) {
      rows += counts.rows;
      for (const [leaf, more] of Object.entries(counts.columns)) addColumn(column(leaf), more);
      for (const [service, more] of Object.entries(counts.calls)) addCalls(service, more);
    },
  };
}

function addColumn(sum: ColumnCounts, more: Readonly<ColumnCounts>): void {
  sum.cells += more.cells;
  sum.masked += more.masked;
  sum.withheld += more.withheld;
  for (const [type, count] of Object.entries(more.found) as [PhiType, number][]) {
    sum.found[type] = (sum.found[type] ?? 0) + count;
  }
  for (const [detector, count] of Object.entries(more.missed ?? {})) {
    sum.missed ??= {};
    sum.missed[detector] = (sum.missed[detector] ?? 0) + count;
  }
}

/** Findings by type, over all columns. */
export function foundByType(columns: Readonly<Record<Leaf, Readonly<ColumnCounts>>>): Partial<Record<PhiType, number>> {
  const sum: Partial<Record<PhiType, number>> = {};
  for (const { found } of Object.values(columns)) {
    for (const [type, count] of Object.entries(found) as [PhiType, number][]) sum[type] = (sum[type] ?? 0) + count;
  }
  return sum;
}

/** Cells withheld, over all columns. */
export function withheldCells(columns: Readonly<Record<Leaf, Readonly<ColumnCounts>>>): number {
  return Object.values(columns).reduce((sum, { withheld }) => sum + withheld, 0);
}

/** The report as a page that opens without a network: one table of numbers. */
export function reportPage(report: RunReport): string {
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  const rows = Object.entries(report.columns).map(([leaf, { cells, masked, withheld, found, missed = {} }]) =>
    tableRow([leaf, cells, masked, withheld, counted(found), counted(missed)]),
  );
  const calls = Object.entries(report.calls).map(
    ([service, { calls, units, usd }]) => `${service}: ${calls} calls, ${units} units, ${usd.toFixed(2)} USD`,
  );
  const facts = [
    ["Run", report.run_id],
    ["Finished", report.finished],
    ["Profile", report.profile],
    ["Ages counted to", report.as_of],
    ["Rows", report.rows],
    ["Files masked", report.files],
    ["Files unchanged", report.unchanged],
    ["Files removed", report.removed],
    ...(report.left_out ? [["Files left out", leftOutText(report.left_out)]] : []),
    ...(report.checks ? [["Looked at again", checksLine(report.checks)]] : []),
    ["Key fingerprint", report.key_fingerprint],
    ["Detectors", report.detectors.map(({ name, version }) => `${name} ${version}`).join(", ") || "none"],
    ["Paid services", calls.join("; ") || "none"],
    ["Seconds", report.seconds],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>phimask: ${escaped(report.job)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #bbb;padding:.3rem .7rem;text-align:left}</style></head>
<body><h1>${escaped(report.job)}</h1>
<table>${facts.map(tableRow).join("\n")}</table>
<h2>Columns</h2>
<table><tr><th>column</th><th>cells</th><th>masked</th><th>withheld</th><th>found</th><th>one detector alone would have missed</th></tr>
${rows.join("\n")}</table>
<p>This page holds counts only. It says what was masked, not that nothing is left: have a sample read before release.</p>
</body></html>
`;
}

/** What a source of DICOM files holds beside them, in words. */
export function leftOutText({ directory, foreign }: Readonly<Record<PassedOver, number>>): string {
  return `${directory} DICOMDIR, ${foreign} of other kinds`;
}

function checksLine({ rows, compared, examined, residual }: CheckCounts): string {
  return `${rows} rows counted, ${compared} untouched cells compared, ${examined} texts examined by the embedded detector, ${residual} with a finding`;
}

function tableRow(cells: readonly (string | number | undefined)[]): string {
  return `<tr>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join("")}</tr>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The report of a run that ends now. */
export function reportOf(job: Job, runId: string, started: Date, counts: RunCounts, plan: Plan): RunReport {
  const finished = new Date();
  const { profile, asOf, keyFingerprint, digest, detectors } = job.policy;
  return {
    version: 1,
    job: job.name,
    run_id: runId,
    started: started.toISOString(),
    finished: finished.toISOString(),
    profile,
    as_of: asOf,
    key_fingerprint: keyFingerprint,
    job_digest: digest,
    detectors,
    ...counts,
    files: plan.todo.length,
    unchanged: plan.unchanged.length,
    removed: plan.gone.length,
    ...(plan.passedOver && { left_out: plan.passedOver }),
    seconds: Math.round(finished.getTime() - started.getTime()) / 1000,
  };
}
