import { type Rates, ratesOf, type Score } from "../evaluate.ts";

const HEAD = ["corpus", "texts", "values", "full %", "any %", "clean texts %", "precision %", "PHI-free touched %"];

/** The scores as a table of plain text, one line a corpus. */
export function scoreTable(scores: readonly (readonly [name: string, score: Score])[]): string {
  return aligned([
    HEAD,
    ...scores.map(([name, score]) => [name, String(score.documents), String(score.values), ...shares(ratesOf(score))]),
  ]);
}

/** Recall by the corpus's own kinds, most frequent first. */
export function typeTable(score: Score): string {
  const kinds = Object.entries(score.byType).sort(([, a], [, b]) => b.values - a.values);
  return aligned([
    ["type", "values", "full %", "any %"],
    ...kinds.map(([type, counts]) => [
      type,
      String(counts.values),
      ...[counts.full, counts.any].map((part) => ((100 * part) / counts.values).toFixed(1)),
    ]),
  ]);
}

function shares({ full, any, clean, precision, touched }: Rates): readonly string[] {
  return [full, any, clean, precision, touched].map((share) => share?.toFixed(1) ?? "-");
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  "))
    .map((row) => `${row.trimEnd()}\n`)
    .join("");
}
