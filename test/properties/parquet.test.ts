import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { readThrift, T, type ThriftStruct, type ThriftValue } from "../../connectors/parquet/thrift.ts";
import { writeThrift } from "../../connectors/parquet/thrift-write.ts";
import { MaskingError } from "../../src/errors.ts";
import { type LeafRule, lengths, nulls, texts } from "../fakes/leaf-mask.ts";
import { madeFile, PLANTED, rewritten } from "../fakes/parquet-made.ts";

/** Any value of a wire type, and structs of them. */
const value: (depth: number) => fc.Arbitrary<readonly [number, ThriftValue]> = (depth) =>
  fc.oneof(
    fc.boolean().map((flag) => [T.true, flag] as const),
    fc.integer({ min: -128, max: 127 }).map((number) => [T.i8, number] as const),
    fc.integer().map((number) => [T.i32, number] as const),
    fc.maxSafeInteger().map((number) => [T.i64, number] as const),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }).map((number) => [T.i64, number] as const),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }).map((number) => [T.i64, number] as const),
    fc.double({ noNaN: true }).map((number) => [T.double, number] as const),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => [T.binary, bytes] as const),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => [T.uuid, bytes] as const),
    fc.array(fc.integer(), { maxLength: 20 }).map((items) => [T.list, { element: T.i32, items }] as const),
    fc.array(fc.boolean(), { maxLength: 3 }).map((items) => [T.set, { element: T.true, items }] as const),
    fc
      .array(fc.tuple(fc.integer(), fc.uint8Array({ maxLength: 4 })), { minLength: 1, maxLength: 4 })
      .map((entries) => [T.map, { key: T.i64, value: T.binary, entries }] as const),
    ...(depth > 0 ? [struct(depth - 1).map((fields) => [T.struct, fields] as const)] : []),
  );

function struct(depth: number): fc.Arbitrary<ThriftStruct> {
  const field = fc.tuple(fc.integer({ min: 1, max: 400 }), value(depth));
  return fc
    .uniqueArray(field, { maxLength: 8, selector: ([id]) => id })
    .map((fields) => ({ fields: fields.map(([id, [type, of]]) => ({ id, type, value: of })) }));
}

describe("Thrift's compact protocol", () => {
  it("reads what it wrote, whole", () => {
    fc.assert(
      fc.property(struct(3), fc.nat(9), (tree, offset) => {
        const bytes = new Uint8Array(Buffer.concat([Buffer.alloc(offset), writeThrift(tree)]));
        expect(readThrift(bytes, offset)).toEqual({ struct: tree, end: bytes.length });
      }),
      { numRuns: 300 },
    );
  });

  it("knows at every byte that a struct has not ended", () => {
    fc.assert(
      fc.property(struct(2), (tree) => {
        const bytes = writeThrift(tree);
        for (let end = 0; end < bytes.length; end++) expect(readThrift(bytes.subarray(0, end))).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it("takes any bytes without more than a refusal", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readThrift(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MaskingError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

const cell = fc.option(fc.oneof(fc.string({ maxLength: 30, unit: "grapheme" }), fc.constantFrom("Ann", "Bob", "")), {
  freq: 4,
});
const rows = fc.array(
  fc.record({
    id: fc.integer(),
    note: cell,
    name: fc.constantFrom("Ann", "Bob", "Cid"),
    tags: fc.array(cell, { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 120 },
);
const layout = fc.record({
  pageSize: fc.integer({ min: 20, max: 2000 }),
  rowGroupSize: fc.integer({ min: 1, max: 150 }),
  codec: fc.constantFrom("SNAPPY" as const, "UNCOMPRESSED" as const),
});
type Row = Readonly<Record<string, unknown>>;

/** A file of hyparquet-writer, and rows as hyparquet reads them. */
function fileOf(table: readonly Row[], how: Record<string, unknown>): Uint8Array {
  const column = (name: string) => table.map((row) => row[name]) as never;
  const schema = [
    { name: "root", num_children: 4 },
    { name: "id", type: "INT32", repetition_type: "REQUIRED" },
    { name: "note", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
    { name: "name", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
    { name: "tags", num_children: 1, converted_type: "LIST", repetition_type: "OPTIONAL" },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    { name: "element", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  ] as never;
  const columnData = ["id", "note", "name", "tags"].map((name) => ({ name, data: column(name) }));
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, ...how }));
}

async function rowsIn(bytes: Uint8Array): Promise<Row[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  return (await parquetReadObjects({ file })) as Row[];
}

const RULES: Readonly<Record<string, readonly [LeafRule, (cell: unknown) => unknown]>> = {
  lengths: [lengths, (cell) => (typeof cell === "string" ? `M${cell.length}` : cell)],
  texts: [texts, (cell) => `#${cell}`],
  nulls: [nulls, () => null],
  some: [
    { cell: (cell) => (String(cell).length % 2 ? cell : null), nullable: true },
    (cell) => (String(cell).length % 2 ? cell : null),
  ],
};
/** Text that a damaged schema calls bytes is masked too. */
const blunt: LeafRule = { cell: (cell) => (cell instanceof Uint8Array ? new Uint8Array(1) : "M") };
const rule = fc.option(fc.constantFrom(...Object.keys(RULES)), { freq: 2, nil: undefined });

describe("a rewrite", () => {
  it("maps the cells of masked leaves and nothing else, whatever the pages", async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        layout,
        fc.record({ id: rule, note: rule, name: rule, tags: rule }),
        fc.boolean(),
        async (table, how, chosen, byValue) => {
          const named = Object.entries(chosen).filter((entry): entry is [string, string] => entry[1] !== undefined);
          const source = fileOf(table, how);
          const rules = Object.fromEntries(named.map(([leaf, name]) => [leaf, RULES[name]![0]]));
          const { bytes, rows: told } = await rewritten(source, rules, { byValue });
          const masked = (row: Row): Row => {
            const next = { ...row };
            for (const [leaf, name] of named) {
              const map = (cell: unknown) => (cell === null || cell === undefined ? cell : RULES[name]![1](cell));
              next[leaf] = Array.isArray(row[leaf]) ? row[leaf].map(map) : map(row[leaf]);
            }
            return next;
          };
          expect(await rowsIn(bytes)).toEqual((await rowsIn(source)).map(masked));
          expect(told).toBe(table.length);
        },
      ),
      { numRuns: 120 },
    );
  });

  it("of a damaged file gives a table without the masked texts or a refusal, and does not hang", async () => {
    const source = madeFile([{ key: "ARROW:schema", value: "AAAA" }], 4000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(source.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (changes, byValue) => {
          const damaged = Buffer.from(source);
          for (const [at, byte] of changes) damaged[at] = byte;
          try {
            const { bytes } = await rewritten(damaged, { note: blunt, name: blunt, age: texts }, { byValue });
            // Wherever the damaged footer says that columns are, the masked ones' bytes are not copied.
            expect(Buffer.from(bytes).includes(PLANTED)).toBe(false);
          } catch (error) {
            expect(error).toBeInstanceOf(MaskingError);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
