import {
  Bool,
  type DataType,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  Map_,
  type RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CODEC } from "../../connectors/parquet/codecs.ts";
import { readParquet } from "../../connectors/parquet/read.ts";
import { writeParquet } from "../../connectors/parquet/write.ts";
import { batchOf } from "../../src/batch.ts";
import { collect } from "../../src/stream.ts";
import { joined, memoryObject } from "../fakes/object.ts";

/** A type, and values of it as Arrow's builders take them. */
interface Kind {
  readonly type: DataType;
  readonly value: fc.Arbitrary<unknown>;
}

const flat: readonly Kind[] = [
  { type: new Utf8(), value: fc.oneof(fc.string(), fc.constantFrom("", "Ward 7", "Ünïcödé 🙂")) },
  { type: new Int32(), value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) },
  { type: new Int64(), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { type: new Float64(), value: fc.double({ noNaN: true }) },
  { type: new Bool(), value: fc.boolean() },
  { type: new TimestampMicrosecond(), value: fc.integer({ min: 0, max: 2 ** 40 }) },
];
const orNull = (value: fc.Arbitrary<unknown>) => fc.option(value, { freq: 5 });

const kind: fc.Memo<Kind> = fc.memo((depth) => {
  const leaf = fc.constantFrom(...flat);
  if (depth <= 1) return leaf;
  const below = kind(depth - 1);
  return fc.oneof(
    leaf,
    below.map(listOf),
    fc.array(below, { minLength: 1, maxLength: 3 }).map(structOf),
    below.map(mapOf),
  );
});

function listOf({ type, value }: Kind): Kind {
  return { type: new List(new Field("item", type, true)), value: fc.array(orNull(value), { maxLength: 4 }) };
}

function structOf(kinds: readonly Kind[]): Kind {
  const fields = kinds.map(({ type }, i) => new Field(`f${i}`, type, true));
  const values = Object.fromEntries(kinds.map(({ value }, i) => [`f${i}`, orNull(value)]));
  return { type: new Struct(fields), value: fc.record(values) };
}

function mapOf({ type, value }: Kind): Kind {
  const entry = new Struct([new Field("key", new Utf8(), false), new Field("value", type, true)]);
  const keys = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 3 });
  const entries = keys.chain((names) => fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), orNull(value)))));
  return {
    type: new Map_(new Field("entries", entry as never, false)),
    value: entries.map((pairs) => new Map(pairs as [string, unknown][])),
  };
}

/** The same value whatever Arrow wraps it in. */
function plain(value: unknown): unknown {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === "bigint" ? `${inner}n` : Object.is(inner, -0) ? "-0" : inner,
  );
}

const columnsOf = (batches: readonly RecordBatch[], width: number): unknown[] =>
  Array.from({ length: width }, (_, i) =>
    batches.flatMap((batch) => Array.from(batch.getChildAt(i)!.toArray() as Iterable<unknown>, plain)),
  );

it("tables of any nesting are read as they were written, in whatever batches", async () => {
  const table = fc.array(kind(3), { minLength: 1, maxLength: 3 }).chain((kinds) =>
    fc.record({
      kinds: fc.constant(kinds),
      rows: fc.array(fc.tuple(...kinds.map(({ value }) => orNull(value))), { maxLength: 40 }),
      cut: fc.nat({ max: 40 }),
      codec: fc.constantFrom(CODEC.SNAPPY, CODEC.ZSTD, CODEC.UNCOMPRESSED),
    }),
  );
  await fc.assert(
    fc.asyncProperty(table, async ({ kinds, rows, cut, codec }) => {
      const schema = new Schema(kinds.map(({ type }, i) => new Field(`c${i}`, type, true)));
      const data = kinds.map(({ type }, i) => vectorFromArray([...rows.map((row) => row[i]), null], type).data[0]!);
      const whole = batchOf(schema, data, rows.length + 1);
      const at = Math.min(cut, rows.length);
      const parts = [[0, at] as const, [at, rows.length + 1] as const].map(([from, to]) =>
        batchOf(
          schema,
          data.map((column) => column.slice(from, to - from)),
          to - from,
        ),
      );
      async function* batches() {
        yield* parts;
      }
      const file = memoryObject(await joined(writeParquet({ schema, batches: batches() }, codec)));
      const read = await collect((await readParquet(file)).batches);
      expect(columnsOf(read, kinds.length)).toEqual(columnsOf([whole], kinds.length));
      const last = await collect((await readParquet(file, [`c${kinds.length - 1}`])).batches);
      expect(columnsOf(last, 1)).toEqual(columnsOf([whole], kinds.length).slice(-1));
    }),
    { numRuns: 80 },
  );
});
