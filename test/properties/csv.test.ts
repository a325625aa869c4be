import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CsvDialect, csvFormat } from "../../connectors/csv/format.ts";
import { dropLeaf, withoutLeaf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream } from "../../src/types.ts";
import { changing, reference, rewritten, rowsOf, touching } from "../fakes/csv.ts";
import { joined, memoryObject } from "../fakes/object.ts";

interface Case {
  readonly dialect: CsvDialect & { readonly delimiter: string; readonly quote: string | null };
  readonly text: string;
  /** Bytes that the file hands over at a time, and that are scanned at a time. */
  readonly chunk: number;
  readonly window: number;
  readonly rows: number;
}

const ENCODINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  "utf-8": (text) => Buffer.from(text, "utf8"),
  latin1: (text) => Buffer.from(text, "latin1"),
  "windows-1252": (text) => Buffer.from(text, "latin1"), // the letters below are the same in both
  "utf-16le": (text) => Buffer.from(text, "utf16le"),
  "utf-16be": (text) => Buffer.from(text, "utf16le").swap16(),
};

const dialects = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t", "|", "\x01", "||", "~|~", "¦", "§§"),
  quote: fc.constantFrom('"', "'", "«", "þ", null),
  null: fc.constantFrom("", "NA", "\\N"),
  encoding: fc.constantFrom(...Object.keys(ENCODINGS)),
});
const sizes = {
  chunk: fc.integer({ min: 1, max: 20 }),
  window: fc.integer({ min: 8, max: 70 }),
  rows: fc.integer({ min: 1, max: 4 }),
};

/** Any sequence of what matters to a parser: most are refused, some only just accepted. */
const soup: fc.Arbitrary<Case> = dialects.chain((dialect) => {
  const { delimiter, quote } = dialect;
  const pieces = [
    delimiter,
    delimiter,
    delimiter[0]!,
    quote ?? '"',
    quote ?? '"',
    "\n",
    "\r\n",
    "\r",
    "a",
    "é x",
    " ",
    "NA",
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => parts.join(""));
  return fc.record({ dialect: fc.constant(dialect), text, ...sizes });
});

/** Tables of equal rows with cells of every kind: all are accepted. */
const tables: fc.Arbitrary<Case & { readonly width: number }> = dialects.chain((dialect) =>
  fc.integer({ min: 1, max: 4 }).chain((width) => {
    const rows = fc.array(fc.array(rawCell(dialect), { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 9,
    });
    const ends = fc.array(fc.constantFrom("\n", "\r\n", "\r"), { minLength: 9, maxLength: 9 });
    const text = fc.tuple(rows, ends, fc.boolean(), fc.boolean()).map(([cells, ending, last, mark]) => {
      const lines = cells.map(
        (row, at) => row.join(dialect.delimiter) + (last || at < cells.length - 1 ? ending[at]! : ""),
      );
      return `${mark && dialect.encoding.startsWith("utf") ? "\ufeff" : ""}${lines.join("")}`;
    });
    return fc.record({ dialect: fc.constant(dialect), text, width: fc.constant(width), ...sizes });
  }),
);

function rawCell({ delimiter, quote }: Case["dialect"]): fc.Arbitrary<string> {
  const plain = fc.constantFrom("", "a", "NA", "\\N", "é", " b ", "x".repeat(60));
  if (quote === null) return plain;
  const inside = fc.array(fc.constantFrom("a", "é", "\n", "\r", delimiter, quote + quote, "NA", "y".repeat(30)), {
    maxLength: 5,
  });
  return fc.oneof(
    plain,
    inside.map((parts) => quote + parts.join("") + quote),
  );
}

function bytesOf({ dialect, text }: Case): Buffer {
  return ENCODINGS[dialect.encoding!]!(text);
}

function formatOf({ dialect, window, rows }: Case, more: CsvDialect = {}) {
  return csvFormat({ ...dialect, header: false, ...more }, { window, rows });
}

/** What the reference reads, with the texts that are null told apart by nothing. */
async function read(input: Case): Promise<(string | null)[][] | undefined> {
  try {
    const rows = await rowsOf(formatOf(input), memoryObject(bytesOf(input), { chunk: input.chunk }));
    return rows.map((row) => row.map((cell) => cell ?? input.dialect.null!));
  } catch (error) {
    if (!(error instanceof MaskingError)) throw error;
    expect(error.code).toMatch(/^CSV_(QUOTE|RAGGED)$/);
    return undefined;
  }
}

describe("CSV, held against csv-parse in strict mode", () => {
  test("both accept with the same cells or both refuse", async () => {
    await fc.assert(
      fc.asyncProperty(soup, async (input) => {
        expect(await read(input)).toEqual(reference(input.text, input.dialect));
      }),
      { numRuns: 2000 },
    );
  });

  test("tables that are well formed have the same cells", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (input) => {
        const expected = reference(input.text, input.dialect);
        expect(expected).toBeDefined();
        expect(await read(input)).toEqual(expected);
      }),
      { numRuns: 250 },
    );
  });

  test("the header is the first record", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (input) => {
        const { fields } = await formatOf(input, { header: true }).schema(memoryObject(bytesOf(input)));
        expect(fields.map(({ name }) => name)).toEqual(reference(input.text, input.dialect)![0] ?? []);
      }),
      { numRuns: 300 },
    );
  });
});

const masks = fc.constantFrom(
  "",
  "M",
  "NA",
  'say "x"',
  "it's",
  "two\nlines",
  "a,b;c\td|e",
  " spaced ",
  "é",
  "x".repeat(90),
);

describe("CSV rewrite", () => {
  test("a mask that changes nothing gives the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (input) => {
        const bytes = bytesOf(input);
        fc.pre(reference(input.text, input.dialect)!.length > 0);
        expect((await rewritten(formatOf(input), bytes, "column_1", (text) => text, input.chunk)).equals(bytes)).toBe(
          true,
        );
        const none = formatOf(input).rewrite(memoryObject(bytes), touching(), (stream) => stream);
        expect(Buffer.from(await joined(none)).equals(bytes)).toBe(true);
      }),
      { numRuns: 250 },
    );
  });

  test("a masked column reads as the masks, all others as they were", async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.array(masks, { minLength: 9, maxLength: 9 }), fc.nat(3), async (input, texts, at) => {
        fc.pre(input.dialect.quote !== null && reference(input.text, input.dialect)!.length > 0);
        const column = at % input.width;
        const output = await rewritten(
          formatOf(input),
          bytesOf(input),
          `column_${column + 1}`,
          (_, row) => texts[row]!,
        );
        const expected = reference(input.text, input.dialect)!.map((row, index) => row.with(column, texts[index]!));
        expect(await rowsOf(formatOf(input), memoryObject(output))).toEqual(
          (await rowsOf(formatOf(input), memoryObject(bytesOf(input)))).map((row, index) =>
            row.with(column, texts[index]!),
          ),
        );
        expect(reference(decoded(output, input), input.dialect)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("one masked cell changes no byte outside of it", async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.nat(8), fc.nat(3), async (input, at, of) => {
        const records = reference(input.text, input.dialect)!;
        fc.pre(records.length > 0);
        const [row, column] = [at % records.length, of % input.width];
        const before = bytesOf(input);
        const after = await rewritten(formatOf(input), before, `column_${column + 1}`, (text, index) =>
          index === row ? "masked" : text,
        );
        const quote = input.dialect.quote ?? "";
        const raw = quote + records[row]![column]!.replaceAll(quote, quote + quote) + quote;
        let start = 0;
        while (start < before.length && before[start] === after[start]) start += 1;
        let end = 0;
        while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
        expect(before.length - start - end).toBeLessThanOrEqual(
          ENCODINGS[input.dialect.encoding!]!(`qq${raw}qq`).length,
        );
      }),
      { numRuns: 250 },
    );
  });

  test("dropped columns are gone from every row, masked ones beside them masked", async () => {
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.array(fc.constantFrom("keep", "drop", "mask"), { minLength: 4, maxLength: 4 }),
        async (input, all) => {
          const kinds = all.slice(0, input.width);
          const records = reference(input.text, input.dialect)!;
          fc.pre(records.length > 0 && kinds.some((kind) => kind !== "drop"));
          const leaves = (of: string) => kinds.flatMap((kind, column) => (kind === of ? [`column_${column + 1}`] : []));
          const mask = (stream: BatchStream) =>
            leaves("drop").reduce(
              (next, leaf) => dropping(leaf)(next),
              leaves("mask").reduce((next, leaf) => changing(leaf, () => "M")(next), stream),
            );
          const touched = touching(...leaves("drop"), ...leaves("mask"));
          const output = Buffer.from(
            await joined(formatOf(input).rewrite(memoryObject(bytesOf(input)), touched, mask)),
          );
          const expected = records.map((row) =>
            row
              .map((cell, column) => (kinds[column] === "mask" ? "M" : cell))
              .filter((_, column) => kinds[column] !== "drop"),
          );
          expect(reference(decoded(output, input), input.dialect)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a missing cell stays missing, an empty one empty", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (input) => {
        fc.pre(input.dialect.quote !== null && reference(input.text, input.dialect)!.length > 0);
        const flip = (text: string | null) => (text === null ? "" : text === "" ? null : text);
        const format = formatOf(input);
        const once = await rewritten(format, bytesOf(input), "column_1", flip);
        const rows = (await rowsOf(format, memoryObject(bytesOf(input)))).map((row) => row.with(0, flip(row[0]!)));
        expect(await rowsOf(format, memoryObject(once))).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });
});

function dropping(leaf: string): (stream: BatchStream) => BatchStream {
  return ({ schema, batches }) => ({
    schema: withoutLeaf(schema, leaf),
    batches: (async function* () {
      for await (const batch of batches) yield dropLeaf(batch, leaf);
    })(),
  });
}

function decoded(bytes: Buffer, { dialect }: Case): string {
  if (dialect.encoding === "utf-16be") return Buffer.from(bytes).swap16().toString("utf16le");
  return bytes.toString(dialect.encoding === "utf-16le" ? "utf16le" : dialect.encoding === "utf-8" ? "utf8" : "latin1");
}

test("a table that is written reads as it was", async () => {
  const cell = fc.oneof(fc.constant(null), masks, fc.string({ unit: "grapheme", maxLength: 6 }));
  const grids = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(
      grids,
      fc.constantFrom(",", "||", "\t"),
      fc.constantFrom('"', "«"),
      async (grid, delimiter, quote) => {
        const format = csvFormat({ delimiter, quote, null: "\\N" });
        const width = grid[0]!.length;
        const seed = `${Array.from({ length: width }, (_, column) => `c${column}`).join(delimiter)}\n${grid
          .map(() => Array(width).fill("0").join(delimiter))
          .join("\n")}`;
        const names = Array.from({ length: width }, (_, column) => `c${column}`);
        const { schema, batches } = await format.read(memoryObject(Buffer.from(seed)));
        const masked = names.reduce<BatchStream>(
          (stream, leaf, column) => changing(leaf, (_, row) => grid[row]![column]!)(stream),
          { schema, batches },
        );
        const output = await joined(format.write(masked));
        expect(await rowsOf(format, memoryObject(output))).toEqual(grid);
      },
    ),
    { numRuns: 300 },
  );
});
