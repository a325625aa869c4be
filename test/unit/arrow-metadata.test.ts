import {
  Decimal,
  DenseUnion,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Int16,
  IntervalMonthDayNano,
  LargeUtf8,
  List,
  Map_,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  Utf8View,
} from "apache-arrow";
import { Message } from "apache-arrow/ipc/metadata/message";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTable, type Shape, writeTable } from "../../connectors/arrow/flatbuffer.ts";
import { layoutOf, positionsOf } from "../../connectors/arrow/layout.ts";
import {
  type BatchTable,
  HEADER,
  readMessage,
  type SchemaTable,
  writeMessage,
} from "../../connectors/arrow/metadata.ts";
import { pandasJson } from "../../connectors/arrow/pandas.ts";
import { MaskingError } from "../../src/errors.ts";

const text = new Field("text", new Utf8(), true);
const pair = new Struct([new Field("key", new Utf8(), false), new Field("value", new Utf8(), true)]);
const schema = new Schema(
  [
    text,
    new Field("when", new TimestampMicrosecond("Europe/Berlin"), false, new Map([["k", "v"]])),
    new Field("price", new Decimal(2, 38, 256), true),
    new Field("code", new Dictionary(new LargeUtf8(), new Int16(), 7, true), true),
    new Field("tags", new List(text), true),
    new Field("pair", new FixedSizeList(2, text), true),
    new Field("map", new Map_(new Field("entries", pair, false) as never), true),
    new Field("either", new DenseUnion([5, 9], [text, new Field("n", new Int16(), true)]), true),
    new Field("span", new IntervalMonthDayNano(), true),
    new Field("raw", new FixedSizeBinary(16), true),
    new Field("view", new Utf8View(), true),
  ],
  new Map([["about", "everything"]]),
);
const encoded = Message.encode(Message.from(schema));

describe("metadata", () => {
  it("is read from apache-arrow's bytes and written so that apache-arrow reads the same", () => {
    const message = readMessage(encoded);
    const again = Message.decode(writeMessage(message)).header() as Schema;
    expect(String(again)).toBe(String(schema));
    expect(again.metadata).toEqual(schema.metadata);
    expect(again.fields[1]!.metadata).toEqual(schema.fields[1]!.metadata);
    expect(again.fields.map(({ nullable }) => nullable)).toEqual(schema.fields.map(({ nullable }) => nullable));
    expect((again.fields[3]!.type as Dictionary).id).toBe(7);
    expect((again.fields[3]!.type as Dictionary).isOrdered).toBe(true);
    expect(readMessage(writeMessage(message))).toEqual(message);
  });

  it("keeps key-value pairs that are not UTF-8", () => {
    const message = readMessage(encoded);
    const odd = { ...message, metadata: [{ key: Uint8Array.of(255), value: Uint8Array.of(0, 254) }] };
    expect(readMessage(writeMessage(odd)).metadata).toEqual(odd.metadata);
  });

  it("gives every node and buffer its place", () => {
    const layout = layoutOf(readMessage(encoded).header as SchemaTable);
    expect(layout.columns).toEqual([0, 1, 2, 3, 4, 6, 8, 12, 15, 16, 17]);
    expect(layout.nodes.map(({ buffers }) => buffers)).toEqual([3, 2, 2, 2, 2, 3, 1, 3, 2, 1, 3, 3, 2, 3, 2, 2, 2, 2]);
    const batch = { length: 0, nodes: new Array(36).fill(0) as number[], variadic: [2], compression: undefined };
    const placed = (buffers: number, version: number) =>
      positionsOf(layout, { ...batch, buffers: new Array(2 * buffers).fill(0) } as BatchTable, version);
    const { first, count, variadic } = placed(42, 4);
    expect([first[1], first[4], first[17], count[17], variadic[17]]).toEqual([3, 9, 38, 4, 2]);
    expect(() => placed(43, 4)).toThrow(MaskingError);
    expect(placed(43, 3).count[12]).toBe(3); // unions had a null bitmap
    expect(() => positionsOf(layout, { ...batch, buffers: [], nodes: [] as number[] } as BatchTable, 4)).toThrow(
      MaskingError,
    );
  });

  it.each([
    ["an integer of 24 bits", 2, { bitWidth: 24, signed: true }],
    ["a decimal of 100 bits", 7, { precision: 5, scale: 0, bitWidth: 100 }],
    ["32-bit nanoseconds", 9, { unit: 3, bitWidth: 32 }],
    ["a list of -1 values", 16, { listSize: -1 }],
    ["a type of another century", 99, {}],
  ])("%s is refused", (_, typeId, type) => {
    const field = {
      name: "c",
      nullable: true,
      typeId,
      type,
      dictionary: undefined,
      children: undefined,
      metadata: undefined,
    };
    const table = { endianness: 0, fields: [field], metadata: undefined } as SchemaTable;
    expect(() => layoutOf(table)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^INPUT_/) }));
  });

  it("of old versions and of tensors is refused", () => {
    const message = readMessage(encoded);
    expect(() => readMessage(writeMessage({ ...message, version: 2 }))).toThrow(/version 4 or 5/);
    expect(() => readMessage(writeMessage({ ...message, headerType: 4, header: {} }))).toThrow(/no tensors/);
    expect(() => readMessage(writeMessage({ ...message, headerType: 9, header: {} }))).toThrow(MaskingError);
    expect(() => readMessage(writeMessage({ ...message, headerType: HEADER.dictionary, header: {} }))).toThrow(
      MaskingError,
    );
  });

  it("damaged anywhere, is a table or a refusal and nothing else", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(encoded.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (flips) => {
          const damaged = Uint8Array.from(encoded);
          for (const [at, byte] of flips) damaged[at] = byte;
          try {
            const { header } = readMessage(damaged);
            layoutOf(header as SchemaTable);
          } catch (error) {
            expect(error).toBeInstanceOf(MaskingError);
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(() => readMessage(new Uint8Array(3))).toThrow(MaskingError);
  });
});

describe("flatbuffers", () => {
  const shape: Shape = [
    { name: "flag", kind: "bool" },
    { name: "big", kind: "i64" },
    { name: "name", kind: "text" },
    { name: "small", kind: "i16", otherwise: 4 },
    { name: "list", kind: "structs", longs: 2 },
    { name: "ids", kind: "ints" },
    { name: "children", kind: "tables", shape: () => shape },
    { name: "raw", kind: "bytes" },
  ];

  it("gives back what was written", () => {
    const leaf = fc.record({
      flag: fc.boolean(),
      big: fc.maxSafeInteger(),
      name: fc.string({ unit: "grapheme" }),
      small: fc.integer({ min: -32768, max: 32767 }),
      list: fc.array(fc.maxSafeInteger(), { maxLength: 6 }).map((half) => half.flatMap((n) => [n, 0 - n])),
      ids: fc.array(fc.integer(), { maxLength: 5 }),
      raw: fc.uint8Array({ maxLength: 9 }),
    });
    const table = fc.tuple(leaf, fc.array(leaf, { maxLength: 4 })).map(([root, children]) => ({ ...root, children }));
    fc.assert(
      fc.property(table, (value) => {
        expect(readTable(writeTable(value, shape), shape)).toEqual(value);
      }),
    );
  });

  it("leaves out what is absent and fills in defaults", () => {
    const older: Shape = shape.slice(0, 2);
    expect(readTable(writeTable({ flag: true, big: 5 }, older), shape)).toEqual({ flag: true, big: 5, small: 4 });
  });

  it("refuses text that is not UTF-8", () => {
    const raw: Shape = [{ name: "name", kind: "bytes" }];
    const bytes = writeTable({ name: Uint8Array.of(0xff) }, raw);
    expect(() => readTable(bytes, [{ name: "name", kind: "text" }])).toThrow(MaskingError);
  });

  it("refuses a table that holds itself without end", () => {
    const loop: Shape = [{ name: "all", kind: "tables", shape: () => loop }];
    const bytes = writeTable({ all: [{ all: [] }] }, loop);
    const words = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at + 4 <= bytes.length; at += 4) {
      const before = words.getUint32(at, true);
      words.setUint32(at, 0, true);
      try {
        readTable(bytes, loop);
      } catch (error) {
        expect(error).toBeInstanceOf(MaskingError);
      }
      words.setUint32(at, before, true);
    }
  });
});

describe("what pandas notes", () => {
  const noted = JSON.stringify({
    index_columns: ["id", { kind: "range", start: 0 }],
    columns: [
      { name: "id", field_name: "id", pandas_type: "int64", numpy_type: "int64", metadata: null },
      { name: "note", field_name: "note", pandas_type: "unicode", numpy_type: "object", metadata: null },
    ],
    pandas_version: "2.2.0",
  });

  it("follows a dropped and a changed column", () => {
    const columns = [
      { name: "id", dropped: false, type: new Utf8() },
      { name: "note", dropped: true, type: undefined },
    ];
    expect(JSON.parse(pandasJson(noted, columns)!)).toEqual({
      index_columns: ["id", { kind: "range", start: 0 }],
      columns: [{ name: "id", field_name: "id", pandas_type: "unicode", numpy_type: "object", metadata: null }],
      pandas_version: "2.2.0",
    });
    const gone = [{ name: "id", dropped: true, type: undefined }];
    expect(JSON.parse(pandasJson(noted, gone)!)).toMatchObject({ index_columns: [{ kind: "range", start: 0 }] });
  });

  it("goes where it is not what pandas writes", () => {
    expect(pandasJson("not json", [{ name: "id", dropped: true, type: undefined }])).toBeUndefined();
    expect(pandasJson("{}", [{ name: "id", dropped: true, type: undefined }])).toBeUndefined();
  });
});
