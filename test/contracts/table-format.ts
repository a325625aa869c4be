import { type DataType, Field, type RecordBatch, Schema, Utf8, vectorFromArray } from "apache-arrow";
import { describe, expect, test } from "vitest";
import {
  batchOf,
  cellsOf,
  countsOf,
  dropLeaf,
  leafType,
  withCells,
  withLeafType,
  withoutLeaf,
} from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import { collect } from "../../src/stream.ts";
import type { BatchStream, Cell, Leaf, MaskedValue, TableFormat, Touched } from "../../src/types.ts";
import { joined, memoryObject, type Reads } from "../fakes/object.ts";
import { cellsOfTable, leavesOf, PLANTED, shapeOf, tableOf } from "../fakes/tables.ts";

/** What a format can hold, where it differs. */
export interface TableFormatTraits {
  /** Numbers, dates, dictionaries and nested columns keep their types. Without it the tables are text alone. */
  readonly typed: boolean;
  /** A table without columns can be written. */
  readonly zeroColumns: boolean;
  /** Every file cut short is refused; without it a cut between rows may read as a shorter table. */
  readonly refusesCuts: boolean;
  /** A rewrite that touches nothing gives the same bytes. */
  readonly sameBytes: boolean;
}

/** The suite that every `TableFormat` passes. Files are made by the format's own `write`. */
export function tableFormatContract(name: string, format: () => TableFormat, traits: TableFormatTraits): void {
  describe(`TableFormat: ${name}`, () => {
    roundTrips(format, traits);
    rewrites(format, traits);
    handsOver(format, traits);
    smallTables(format, traits);
    badInput(format, traits);
    slowReaders(format, traits);
  });
}

function roundTrips(format: () => TableFormat, traits: TableFormatTraits): void {
  test("what was written is read", async () => {
    const table = tableOf(traits.typed, 3, 40);
    const file = memoryObject(await written(format(), table));
    expect(await tableIn(format(), file)).toEqual(cellsOfTable(table));
    expect(shapeOf(await format().schema(file))).toEqual(shapeOf(table[0]!.schema));
    expect(shapeOf((await format().read(file)).schema)).toEqual(shapeOf(table[0]!.schema));
  });

  test("bytes may come one at a time", async () => {
    const table = tableOf(traits.typed, 2, 5);
    const file = memoryObject(await written(format(), table), { chunk: 1 });
    expect(await tableIn(format(), file)).toEqual(cellsOfTable(table));
    const output = await joined(format().rewrite(file, touching(["note"]), masking(["note"])), await whole(file));
    expect(await tableIn(format(), memoryObject(output))).toEqual(masked(cellsOfTable(table), ["note"]));
  });

  test("leaves that are asked for are read alone", async () => {
    const table = tableOf(traits.typed, 2, 10);
    const stream = await format().read(memoryObject(await written(format(), table)), ["note", "region"]);
    const batches = await collect(stream.batches);
    for (const leaf of ["note", "region"]) {
      expect(batches.flatMap((batch) => cellsOf(batch, leaf).cells)).toEqual(cellsOfTable(table)[leaf]);
    }
    expect(leafType(stream.schema, "name")).toBeUndefined();
  });

  test("a missing leaf is refused", async () => {
    const file = memoryObject(await written(format(), tableOf(traits.typed, 1, 3)));
    await expect(
      format()
        .read(file, ["nose"])
        .then(({ batches }) => collect(batches)),
    ).rejects.toMatchObject({
      code: "COLUMN_MISSING",
      place: { column: "nose" },
    });
    await expect(joined(format().rewrite(file, touching(["nose"]), masking(["nose"])))).rejects.toMatchObject({
      code: "COLUMN_MISSING",
    });
  });
}

function rewrites(format: () => TableFormat, traits: TableFormatTraits): void {
  test("with no touched leaf the table is the same", async () => {
    const table = tableOf(traits.typed, 3, 40);
    const bytes = await written(format(), table);
    const output = await joined(format().rewrite(memoryObject(bytes), touching([]), masking([])), bytes);
    if (traits.sameBytes) expect(Buffer.compare(output, bytes)).toBe(0);
    expect(await tableIn(format(), memoryObject(output))).toEqual(cellsOfTable(table));
  });

  for (const byValue of [false, true]) {
    for (const leaf of leavesOf(traits.typed)) {
      test(`${leaf} is masked${byValue ? " by value" : ""}, the rest is as it was, nothing of the old text is left`, async () => {
        const table = tableOf(traits.typed, 3, 40);
        const bytes = await written(format(), table);
        const touched = touching([leaf], byValue ? [leaf] : []);
        const output = await joined(format().rewrite(memoryObject(bytes), touched, masking([leaf])), bytes);
        const file = memoryObject(output);
        expect(await tableIn(format(), file)).toEqual(masked(cellsOfTable(table), [leaf]));
        expect(shapeOf(await format().schema(file))).toEqual(shapeOf(table[0]!.schema));
        expect(Buffer.from(output).includes(`${PLANTED} ${leaf}`)).toBe(false);
        expect(Buffer.from(bytes).includes(`${PLANTED} ${leaf}`)).toBe(true);
      });
    }
  }

  test("several leaves at once", async () => {
    const table = tableOf(traits.typed, 3, 40);
    const leaves = leavesOf(traits.typed);
    const bytes = await written(format(), table);
    const output = await joined(format().rewrite(memoryObject(bytes), touching(leaves), masking(leaves)), bytes);
    expect(await tableIn(format(), memoryObject(output))).toEqual(masked(cellsOfTable(table), leaves));
    expect(Buffer.from(output).includes(PLANTED)).toBe(false);
  });

  test("a leaf that the mask's schema lacks is dropped", async () => {
    const table = tableOf(traits.typed, 2, 20);
    const bytes = await written(format(), table);
    const output = await joined(format().rewrite(memoryObject(bytes), touching(["note"]), dropping("note")), bytes);
    const { note: _, ...rest } = cellsOfTable(table);
    expect(await tableIn(format(), memoryObject(output))).toEqual(rest);
    expect(Buffer.from(output).includes(`${PLANTED} note`)).toBe(false);
  });

  test.runIf(traits.typed)("a leaf that changes its type", async () => {
    const table = tableOf(traits.typed, 2, 20);
    const bytes = await written(format(), table);
    const mask = typing("age", new Utf8(), (cell) => `age ${cell}`);
    const output = await joined(format().rewrite(memoryObject(bytes), touching(["age"]), mask), bytes);
    const cells = cellsOfTable(table);
    const ages = cells["age"]!.map((cell) => (cell === null ? null : `age ${cell}`));
    expect(await tableIn(format(), memoryObject(output))).toEqual({ ...cells, age: ages });
  });

  test("a cell may become null", async () => {
    const table = tableOf(traits.typed, 2, 20);
    const bytes = await written(format(), table);
    const mask = typing("note", new Utf8(), () => null);
    const output = await joined(format().rewrite(memoryObject(bytes), touching(["note"]), mask), bytes);
    const cells = cellsOfTable(table);
    expect(await tableIn(format(), memoryObject(output))).toEqual({ ...cells, note: cells["note"]!.map(() => null) });
  });
}

function handsOver(format: () => TableFormat, traits: TableFormatTraits): void {
  test("the mask sees every cell of what it reads, row by row", async () => {
    const table = tableOf(traits.typed, 3, 40);
    const seen: Record<Leaf, (Cell | null)[]> = { note: [], region: [] };
    const mask = masking(["note"], (leaf, cells) => seen[leaf]?.push(...cells), ["note", "region"]);
    const touched = { reads: ["note", "region"], writes: ["note"], byValue: [] };
    const bytes = await written(format(), table);
    await joined(format().rewrite(memoryObject(bytes), touched, mask), bytes);
    const { note, region } = cellsOfTable(table);
    expect(seen).toEqual({ note, region });
  });

  test("values handed over alone come with how often they occur", async () => {
    const table = tableOf(traits.typed, 3, 40);
    let cells = 0;
    const mask = (stream: BatchStream) =>
      masking(["region"])({
        ...stream,
        batches: tapped(stream.batches, (batch) => {
          const counts = countsOf(batch);
          const values = cellsOf(batch, "region").cells;
          for (const [i, value] of values.entries()) if (value !== null) cells += counts ? counts[i]! : 1;
        }),
      });
    const bytes = await written(format(), table);
    await joined(format().rewrite(memoryObject(bytes), touching(["region"], ["region"]), mask), bytes);
    expect(cells).toBe(cellsOfTable(table)["region"]!.filter((cell) => cell !== null).length);
  });

  test("rows are told once each", async () => {
    const table = tableOf(traits.typed, 3, 40);
    const bytes = await written(format(), table);
    for (const touched of [touching([]), touching(["note"]), touching(["region"], ["region"])]) {
      let rows = 0;
      const pieces = format().rewrite(memoryObject(bytes), touched, masking(touched.writes), (count) => {
        rows += count;
      });
      await joined(pieces, bytes);
      expect(rows).toBe(120);
    }
  });

  test("what the mask throws is thrown", async () => {
    const bytes = await written(format(), tableOf(traits.typed, 3, 40));
    const mask = masking(["note"], () => {
      throw new MaskingError("CELL_UNEXAMINED", { column: "note" });
    });
    await expect(joined(format().rewrite(memoryObject(bytes), touching(["note"]), mask), bytes)).rejects.toMatchObject({
      code: "CELL_UNEXAMINED",
    });
  });
}

function smallTables(format: () => TableFormat, traits: TableFormatTraits): void {
  test("zero rows", async () => {
    const { schema } = tableOf(traits.typed, 1, 1)[0]!;
    const bytes = await written(format(), [], schema);
    const output = await joined(format().rewrite(memoryObject(bytes), touching(["note"]), masking(["note"])), bytes);
    for (const file of [memoryObject(bytes), memoryObject(output)]) {
      expect((await format().schema(file)).fields.map((field) => field.name)).toEqual(schema.fields.map((f) => f.name));
      expect((await collect((await format().read(file)).batches)).every((batch) => batch.numRows === 0)).toBe(true);
    }
  });

  test.runIf(traits.zeroColumns)("zero columns", async () => {
    const bytes = await written(format(), [], new Schema([]));
    expect((await format().schema(memoryObject(bytes))).fields).toEqual([]);
    const output = await joined(format().rewrite(memoryObject(bytes), touching([]), masking([])), bytes);
    expect((await format().schema(memoryObject(output))).fields).toEqual([]);
  });

  test("odd column names", async () => {
    const names = ["__proto__", "constructor", "a.b", "Größe", "with, comma"];
    const values = ["x", "y", "z"];
    const column = vectorFromArray(values, new Utf8()).data[0]!;
    const schema = new Schema(names.map((odd) => new Field(odd, new Utf8(), true)));
    const table = [
      batchOf(
        schema,
        names.map(() => column),
        values.length,
      ),
    ];
    const bytes = await written(format(), table);
    for (const odd of names) {
      const output = await joined(format().rewrite(memoryObject(bytes), touching([odd]), masking([odd])), bytes);
      const batches = await collect((await format().read(memoryObject(output))).batches);
      for (const other of names) {
        const cells = batches.flatMap((batch) => cellsOf(batch, other).cells);
        expect(cells).toEqual(other === odd ? ["M1", "M1", "M1"] : values);
      }
    }
  });
}

function badInput(format: () => TableFormat, traits: TableFormatTraits): void {
  test("a file cut short is refused, and nothing of a masked column comes out", async () => {
    const bytes = await written(format(), tableOf(traits.typed, 3, 10));
    for (let cut = 0; cut < bytes.length; cut += 1 + Math.floor(bytes.length / 60)) {
      const part = bytes.subarray(0, cut);
      const output: Uint8Array[] = [];
      const rewriting = async () => {
        for await (const piece of format().rewrite(memoryObject(part), touching(["note"]), masking(["note"]))) {
          if (piece instanceof Uint8Array) output.push(piece);
        }
      };
      const error = await rewriting().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(MaskingError);
      if (traits.refusesCuts)
        expect(error).toMatchObject({ code: expect.stringMatching(/^INPUT_(TRUNCATED|MALFORMED)$/) });
      if (error !== undefined) expect(String(error)).not.toContain(PLANTED);
      expect(Buffer.concat(output).includes(`${PLANTED} note`)).toBe(false);
    }
  });

  test("other bytes are refused", async () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(500), Buffer.from("\u0000\u0001not a table")]) {
      const file = memoryObject(bytes);
      const read = async () => collect((await format().read(file)).batches);
      const outcome = await read().then(
        (batches) => batches,
        (thrown: unknown) => thrown,
      );
      if (traits.refusesCuts) expect(outcome).toBeInstanceOf(MaskingError);
      else expect(Array.isArray(outcome) || outcome instanceof MaskingError).toBe(true);
    }
  });
}

function slowReaders(format: () => TableFormat, traits: TableFormatTraits): void {
  test("a reader who stops ends the reading of the file", async () => {
    const bytes = await written(format(), tableOf(traits.typed, 20, 500));
    const reads: Reads = { bytes: 0, open: 0 };
    const file = memoryObject(bytes, { chunk: 1024, reads });
    for await (const _ of (await format().read(file)).batches) break;
    for await (const _ of format().rewrite(file, touching(["note"]), masking(["note"]))) break;
    expect(reads.open).toBe(0);
  });
}

/** Masks the leaves it finds: a text becomes `M` and the number of its words; see `masked`. */
function masking(
  leaves: readonly Leaf[],
  onCells: (leaf: Leaf, cells: readonly (Cell | null)[]) => void = () => {},
  watched: readonly Leaf[] = leaves,
): (stream: BatchStream) => BatchStream {
  return (stream) => ({
    schema: stream.schema,
    batches: mapped(stream.batches, (batch) => {
      for (const leaf of watched) if (leafType(batch.schema, leaf)) onCells(leaf, cellsOf(batch, leaf).cells);
      return leaves.reduce((next, leaf) => {
        const type = leafType(next.schema, leaf)?.type;
        return type ? withCells(next, leaf, cellsOf(batch, leaf).cells.map(maskedCell), type) : next;
      }, batch);
    }),
  });
}

function typing(
  leaf: Leaf,
  type: DataType,
  change: (cell: Cell) => string | null,
): (stream: BatchStream) => BatchStream {
  return (stream) => ({
    schema: leafType(stream.schema, leaf) ? withLeafType(stream.schema, leaf, type, true) : stream.schema,
    batches: mapped(stream.batches, (batch) => {
      const cells = cellsOf(batch, leaf).cells.map((cell) => (cell === null ? null : change(cell)));
      return withCells(batch, leaf, cells as MaskedValue[], type);
    }),
  });
}

function dropping(leaf: Leaf): (stream: BatchStream) => BatchStream {
  return ({ schema, batches }) => ({
    schema: withoutLeaf(schema, leaf),
    batches: mapped(batches, (batch) => dropLeaf(batch, leaf)),
  });
}

async function* mapped<A, B>(items: AsyncIterable<A>, map: (item: A) => B): AsyncGenerator<B> {
  for await (const item of items) yield map(item);
}

function tapped<A>(items: AsyncIterable<A>, see: (item: A) => void): AsyncGenerator<A> {
  return mapped(items, (item) => {
    see(item);
    return item;
  });
}

function maskedCell(cell: Cell | null): MaskedValue | null {
  return (cell === null ? null : `M${String(cell).split(" ").length}`) as MaskedValue | null;
}

function masked(table: Record<Leaf, (Cell | null)[]>, leaves: readonly Leaf[]): Record<Leaf, (Cell | null)[]> {
  return { ...table, ...Object.fromEntries(leaves.map((leaf) => [leaf, table[leaf]!.map(maskedCell)])) };
}

function touching(leaves: readonly Leaf[], byValue: readonly Leaf[] = []): Touched {
  return { reads: leaves, writes: leaves, byValue };
}

async function tableIn(format: TableFormat, file: ReturnType<typeof memoryObject>) {
  const { schema, batches } = await format.read(file);
  const all = await collect(batches);
  return cellsOfTable(all.length > 0 ? all : [batchOf(schema, [], 0)]);
}

async function written(
  format: TableFormat,
  table: readonly RecordBatch[],
  schema = table[0]!.schema,
): Promise<Uint8Array> {
  async function* batches() {
    yield* table;
  }
  return joined(format.write({ schema, batches: batches() }));
}

function whole(file: ReturnType<typeof memoryObject>): Promise<Uint8Array> {
  return joined(file.read());
}
