import {
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int8,
  Int32,
  LargeList,
  LargeUtf8,
  List,
  Schema,
  Struct,
  Utf8,
  Utf8View,
  vectorFromArray,
} from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrowFormat, openArrowStream } from "../../connectors/arrow/format.ts";
import { batchOf, cellsOf, withCells } from "../../src/batch.ts";
import { collect } from "../../src/stream.ts";
import type { MaskedValue } from "../../src/types.ts";
import { inPieces, rowsOf } from "../fakes/arrow-file.ts";
import { leafMask, lengths, touching } from "../fakes/leaf-mask.ts";
import { joined, memoryObject } from "../fakes/object.ts";

const text = fc.option(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.string({ maxLength: 40 }),
    fc.constantFrom("Ann", "Größe", ""),
  ),
  {
    freq: 4,
  },
);
const cells = fc.array(text, { maxLength: 70 });
const textType = fc.constantFrom<DataType>(
  new Utf8(),
  new LargeUtf8(),
  new Utf8View(),
  new Dictionary(new Utf8(), new Int32()),
  new Dictionary(new LargeUtf8(), new Int8()),
);

describe("text of any type", () => {
  it("goes in, through slices, and comes out", () => {
    fc.assert(
      fc.property(cells, textType, fc.nat(70), fc.nat(70), (values, type, from, to) => {
        const schema = new Schema([new Field("t", new Utf8(), true)]);
        const batch = batchOf(schema, [vectorFromArray(values, new Utf8()).data[0]!], values.length);
        const typed = withCells(batch, "t", values as (MaskedValue | null)[], type);
        expect(cellsOf(typed, "t").cells).toEqual(values);
        const [start, end] = [Math.min(from, to, values.length), Math.min(Math.max(from, to), values.length)];
        expect(cellsOf(typed.slice(start, end), "t").cells).toEqual(values.slice(start, end));
        expect([...typed.slice(start, end).getChildAt(0)!]).toEqual(values.slice(start, end));
      }),
      { numRuns: 300 },
    );
  });
});

const row = fc.record({
  flat: text,
  kept: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  inner: fc.option(fc.record({ leaf: text, other: text }), { freq: 4 }),
  list: fc.option(fc.array(text, { maxLength: 4 }), { freq: 4 }),
  deep: fc.option(fc.array(fc.option(fc.record({ leaf: text }), { freq: 5 }), { maxLength: 3 }), { freq: 5 }),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

const item = (type: DataType) => new Field("item", type, true);
const schemaFor = (type: DataType) =>
  new Schema([
    new Field("flat", type, true),
    new Field("kept", new Float64(), true),
    new Field("inner", new Struct([new Field("leaf", type, true), new Field("other", new Utf8(), true)]), true),
    new Field("list", new LargeList(item(type)), true),
    new Field("deep", new List(item(new Struct([new Field("leaf", type, true)]))), true),
  ]);

function masked(value: string | null): string | null {
  return value === null ? null : `M${value.length}`;
}

function maskedRow({ flat, kept, inner, list, deep }: Row): unknown {
  return {
    flat: masked(flat),
    kept: kept === null ? null : kept + 0,
    inner: inner && { ...inner, leaf: masked(inner.leaf) },
    list: list?.map(masked) ?? null,
    deep: deep?.map((element) => element && { leaf: masked(element.leaf) }) ?? null,
  };
}

describe("a masked table", () => {
  const rules = { flat: lengths, "inner.leaf": lengths, list: lengths, "deep.list.element.leaf": lengths };
  const plainText = fc.constantFrom<DataType>(
    new Utf8(),
    new LargeUtf8(),
    new Utf8View(),
    new Dictionary(new Utf8(), new Int32()),
  );
  const tables = fc.array(fc.array(row, { maxLength: 20 }), { minLength: 1, maxLength: 4 });

  it("is what masking its rows gives, whatever the container, the compression and the cuts", async () => {
    await fc.assert(
      fc.asyncProperty(
        tables,
        plainText,
        fc.constantFrom("file", "stream"),
        fc.constantFrom("lz4", "zstd", undefined),
        fc.boolean(),
        fc.integer({ min: 1, max: 3000 }),
        async (table, type, container, compression, byValue, size) => {
          const schema = schemaFor(type);
          const batches = table.map((rows) =>
            batchOf(
              schema,
              schema.fields.map(
                ({ name, type: own }) =>
                  vectorFromArray(
                    rows.map((one) => one[name as keyof Row] as never),
                    own,
                  ).data[0]!,
              ),
              rows.length,
            ),
          );
          const format = arrowFormat({ container, ...(compression && { compression }) });
          const bytes = await joined(format.write({ schema, batches: inOrder(batches) }));
          const touched = touching(rules, byValue);
          const output = await joined(
            format.rewrite(memoryObject(bytes, { chunk: size }), touched, leafMask(rules)),
            bytes,
          );
          const read = await collect((await format.read(memoryObject(output))).batches);
          expect(read.map(({ numRows }) => numRows)).toEqual(table.map((rows) => rows.length));
          expect(read.map(({ schema: own }) => String(own)).every((own) => own === String(schema))).toBe(true);
          const plain = await joined(arrowFormat({ container: "stream" }).write({ schema, batches: inOrder(read) }));
          expect(rowsOf(plain)).toEqual(JSON.parse(JSON.stringify(table.flat().map(maskedRow))));
          if (container === "file") return;
          const piped = await openArrowStream(inPieces(bytes, size));
          expect(await joined(piped.rewrite(touched, leafMask(rules)))).toEqual(output);
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function* inOrder<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
