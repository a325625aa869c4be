import type { ReadableObject } from "../../src/types.ts";
import { isQuoted } from "./cells.ts";
import { CSV_SIZES, type CsvSizes, type RowBatch } from "./cursor.ts";
import { type CsvDialect, type Dialect, resolveDialect } from "./dialect.ts";
import { Guess } from "./guess.ts";
import { openRows } from "./rows.ts";

/**
 * The types of columns over one or more files, as `types` of a dialect spells them; a column that is not named is text,
 * and so is one whose name another column shares. A type is inferred only where
 * no two different texts of the column would become one value: codes with leading zeros, integers beyond 64 bits and
 * numbers of mixed forms stay text. All rows are read, once, so no later row can contradict; with `rows` only so many of
 * each file, and a later row that does not fit ends a read with CSV_TYPE. Throws as `read` does.
 */
export async function inferTypes(
  files: Iterable<ReadableObject>,
  dialect: CsvDialect = {},
  rows: number = Number.POSITIVE_INFINITY,
  sizes: Partial<CsvSizes> = {},
): Promise<Record<string, string>> {
  const guesses = new Map<string, Guess>();
  const resolved = resolveDialect(dialect);
  for (const file of files) await guessFile(file, guesses, resolved, rows, { ...CSV_SIZES, ...sizes });
  const types = [...guesses].map(([name, guess]) => [name, guess.type()] as const);
  return Object.fromEntries(types.filter(([, type]) => type !== "utf8"));
}

async function guessFile(
  file: ReadableObject,
  guesses: Map<string, Guess>,
  dialect: Dialect,
  limit: number,
  sizes: CsvSizes,
): Promise<void> {
  const reader = await openRows(file, dialect, { ...sizes, rows: Math.min(sizes.rows, limit) }, new Set());
  try {
    const columns = reader.names.map((name, column) => {
      const guess = guesses.get(name) ?? new Guess();
      guesses.set(name, guess);
      if (reader.names.indexOf(name) !== column) guess.hear(""); // one of two columns: no type can be declared for it
      return guess;
    });
    let rows = 0;
    for await (const batch of reader.batches(columns.map((_, column) => column))) {
      const count = Math.min(batch.rows.count, limit - rows);
      columns.forEach((guess, slot) => {
        if (guess.open) hear(guess, batch, slot, columns.length, count, dialect);
      });
      rows += count;
      if (rows >= limit) return;
    }
  } finally {
    await reader.close();
  }
}

function hear(
  guess: Guess,
  { bytes, rows }: RowBatch,
  slot: number,
  slots: number,
  count: number,
  dialect: Dialect,
): void {
  const { quote, nullText } = dialect;
  for (let row = 0, at = slot * 2; row < count && guess.open; row++, at += slots * 2) {
    const start = rows.cells[at]!;
    const end = rows.cells[at + 1]!;
    const quoted = start < 0 || (quote !== null && isQuoted(bytes, start, end, quote));
    const size = quoted ? quote!.length : 0;
    if (start < 0 || end - start > LONGEST) guess.hear("");
    else if (quoted || nullText.compare(bytes, start, end) !== 0) {
      guess.hear(bytes.toString("latin1", start + size, end - size));
    }
  }
}

/** Bytes of the longest cell that can be anything but text, quotes included. */
const LONGEST = 64;
