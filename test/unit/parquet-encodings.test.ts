import { describe, expect, it } from "vitest";
import {
  bitPackedLength,
  countOf,
  decodeBitPackedLevels,
  decodeIndices,
  decodeLevels,
  decodeValues,
  ENCODING,
  encodeIndices,
  encodeLevels,
  gather,
  joinValues,
  PHYSICAL,
  sliceValues,
  type Values,
} from "../../connectors/parquet/encodings.ts";

// Bytes are those of the examples of Encodings.md of parquet-format, or made by its rules.
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(" ", ""), "hex");
const leaf = (physical: number, typeLength = 0) => ({ physical, typeLength });
const malformed = expect.objectContaining({ name: "MaskingError", code: "INPUT_MALFORMED" });
const textsOf = (values: Values): string[] =>
  values.kind === "bytes"
    ? Array.from({ length: countOf(values) }, (_, i) =>
        Buffer.from(values.bytes.subarray(values.offsets[i]!, values.offsets[i + 1]!)).toString(),
      )
    : [];

describe("levels", () => {
  it.each<[string, string, number, number[]]>([
    ["0 to 7 in three bits, packed", "03 88c6fa", 7, [0, 1, 2, 3, 4, 5, 6, 7]],
    ["a repeated run", "c801 01", 1, new Array(100).fill(1)],
    ["a repeated run, then a packed one", "06 01 03 05", 1, [1, 1, 1, 1, 0, 1, 0]],
    ["a packed run that holds more than is asked for", "03 ff", 1, [1, 1, 1]],
    ["a packed run that is cut after its last level", "05 ff03", 1, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    ["a run of none", "00 01 06 01", 1, [1, 1, 1]],
    ["none", "", 1, []],
  ])("%s", (_, bytes, max, levels) => {
    expect(Array.from(decodeLevels(hex(bytes), max, levels.length))).toEqual(levels);
  });

  it.each<[string, string, number, number]>([
    ["too few", "06 01", 1, 4],
    ["nothing", "", 1, 1],
    ["a header that does not end", "ffffffffff", 1, 1],
    ["a header of more than 32 bits", "ffffffff7f 01", 1, 1],
    ["a run without its level", "06", 1, 3],
    ["packed levels that are not there", "05 ff", 1, 9],
    ["a level above the highest", "06 03", 2, 3],
    ["a packed level above the highest", "03 ffff", 2, 8],
    ["a repeated level of more bits than it may have", "06 ff", 1, 3],
    ["two billion, of which three are there", "06 01", 1, 2 ** 31 - 1],
  ])("%s is refused", (_, bytes, max, count) => {
    expect(() => decodeLevels(hex(bytes), max, count)).toThrow(malformed);
  });

  it("of the old packing: 0 to 7, the highest bit first", () => {
    expect(Array.from(decodeBitPackedLevels(hex("053977"), 7, 8))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(bitPackedLength(7, 8)).toBe(3);
    expect(() => decodeBitPackedLevels(hex("0539"), 7, 8)).toThrow(malformed);
    expect(() => decodeBitPackedLevels(hex("c0"), 2, 1)).toThrow(malformed);
  });

  it("of more than 255 are not read", () => {
    for (const decode of [decodeLevels, decodeBitPackedLevels])
      expect(() => decode(hex("0600"), 256, 3)).toThrow(expect.objectContaining({ code: "INPUT_UNSUPPORTED" }));
  });

  it("that repeat take few bytes", () => {
    expect(encodeLevels(new Uint8Array(1_000_000).fill(1), 1)).toHaveLength(4);
    expect(Buffer.from(encodeLevels(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7), 7)).toString("hex")).toBe("0388c6fa");
  });
});

describe("indices", () => {
  it.each<[string, string, number, number[]]>([
    ["of a dictionary of one, whose bits are none", "00 08", 4, [0, 0, 0, 0]],
    ["of a dictionary of one, without runs", "00", 4, [0, 0, 0, 0]],
    ["of no value, without even a width", "", 0, []],
    ["of 32 bits", "20 02 ffffff7f", 1, [2 ** 31 - 1]],
    ["of nine bits, packed", "09 03 01 00 00 00 00 00 00 00 80", 8, [1, 0, 0, 0, 0, 0, 0, 256]],
  ])("%s", (_, bytes, count, indices) => {
    expect(Array.from(decodeIndices(hex(bytes), count))).toEqual(indices);
  });
  it.each<[string, string, number]>([
    ["no width", "", 1],
    ["a width of 33 bits", "21 02 00000000 00", 1],
    ["too few", "01 02 01", 2],
  ])("%s is refused", (_, bytes, count) => {
    expect(() => decodeIndices(hex(bytes), count)).toThrow(malformed);
  });
  it("have the width that the dictionary needs", () => {
    for (const [entries, width] of [
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 2],
      [256, 8],
      [257, 9],
    ] as const)
      expect(encodeIndices(Int32Array.of(0, 0), entries)[0]).toBe(width);
  });
});

describe("DELTA_BINARY_PACKED", () => {
  it.each<[string, string, number[]]>([
    ["1 to 5", "08 01 05 02  02 00", [1, 2, 3, 4, 5]],
    ["7, 5, 3, 1, 2, 3, 4, 5", "08 01 08 0e  03 02 c03f", [7, 5, 3, 1, 2, 3, 4, 5]],
    ["one value", "8001 04 01 0e", [7]],
    ["none", "", []],
  ])("%s", (_, bytes, numbers) => {
    const values = decodeValues(5, leaf(PHYSICAL.INT32), hex(bytes), numbers.length);
    expect(values).toMatchObject({ kind: "int32" });
    expect(Array.from((values as Values & { kind: "int32" }).array)).toEqual(numbers);
    const wide = decodeValues(5, leaf(PHYSICAL.INT64), hex(bytes), numbers.length);
    expect(Array.from((wide as Values & { kind: "int64" }).array, Number)).toEqual(numbers);
  });
  it.each<[string, string, number]>([
    ["another count than the page's", "08 01 05 02 02 00", 4],
    ["no miniblock", "08 00 05 02 02 00", 5],
    ["miniblocks that do not fill the block", "08 03 05 02 02 00", 5],
    ["a block of no value", "00 01 05 02 02 00", 5],
    ["a width of 65 bits", "08 01 05 02 02 41 00", 5],
    ["bits that are not there", "08 01 05 02 02 20 00", 5],
    ["a number that does not end", "ffffffffffffffffffff", 5],
    ["a billion values in two bytes", "8001 04 80a8d6b907 02", 2_000_000_000],
  ])("%s is refused", (_, bytes, count) => {
    for (const physical of [PHYSICAL.INT32, PHYSICAL.INT64])
      expect(() => decodeValues(5, leaf(physical), hex(bytes), count)).toThrow(malformed);
  });
});

describe("byte arrays by differences", () => {
  const lengths = (...values: number[]) =>
    Buffer.from([0x80, 0x01, 0x04, values.length, values[0]! * 2, ...packed(values)]);
  /** One block: the least delta, four widths of eight bits and a miniblock of 32. */
  const packed = (values: readonly number[]): number[] => {
    const deltas = values.slice(1).map((value, i) => value - values[i]!);
    const least = Math.min(...deltas);
    return [
      least < 0 ? -least * 2 - 1 : least * 2,
      8,
      0,
      0,
      0,
      ...Array.from({ length: 32 }, (_, i) => (deltas[i] ?? least) - least),
    ];
  };
  it("Hello, World, Foobar, ABCDEF", () => {
    const bytes = Buffer.concat([lengths(5, 5, 6, 6), Buffer.from("HelloWorldFoobarABCDEF")]);
    expect(textsOf(decodeValues(6, leaf(PHYSICAL.BYTE_ARRAY), bytes, 4))).toEqual([
      "Hello",
      "World",
      "Foobar",
      "ABCDEF",
    ]);
    expect(() => decodeValues(6, leaf(PHYSICAL.BYTE_ARRAY), bytes.subarray(0, -1), 4)).toThrow(malformed);
    expect(() => decodeValues(6, leaf(PHYSICAL.FIXED_LEN_BYTE_ARRAY, 5), bytes, 4)).toThrow(malformed);
  });
  it("axis, axle, babble, babyhood", () => {
    const bytes = Buffer.concat([lengths(0, 2, 0, 3), lengths(4, 2, 6, 5), Buffer.from("axislebabbleyhood")]);
    expect(textsOf(decodeValues(7, leaf(PHYSICAL.BYTE_ARRAY), bytes, 4))).toEqual([
      "axis",
      "axle",
      "babble",
      "babyhood",
    ]);
    expect(() => decodeValues(7, leaf(PHYSICAL.FIXED_LEN_BYTE_ARRAY, 4), bytes, 4)).toThrow(malformed);
  });
  it("a value cannot share more than the one before it has", () => {
    const bytes = Buffer.concat([lengths(0, 5), lengths(4, 1), Buffer.from("axise")]);
    expect(() => decodeValues(7, leaf(PHYSICAL.BYTE_ARRAY), bytes, 2)).toThrow(malformed);
  });
  it("a length below zero is refused", () => {
    const bytes = Buffer.concat([lengths(4, -1), Buffer.from("axis")]);
    expect(() => decodeValues(6, leaf(PHYSICAL.BYTE_ARRAY), bytes, 2)).toThrow(malformed);
  });
});

describe("BYTE_STREAM_SPLIT and booleans", () => {
  it("three floats of the example", () => {
    const values = decodeValues(9, leaf(PHYSICAL.FLOAT), hex("aa00a3 bb11b4 cc22c5 dd33d6"), 3);
    const { array } = values as Values & { kind: "float" };
    expect(Buffer.from(array.buffer, array.byteOffset, 12).toString("hex")).toBe("aabbccdd00112233a3b4c5d6");
  });
  it("booleans in runs of one bit, and packed in PLAIN", () => {
    for (const [encoding, bytes] of [
      [3, "02000000 0305"],
      [0, "05"],
    ] as const)
      expect(
        Array.from(
          (decodeValues(encoding, leaf(PHYSICAL.BOOLEAN), hex(bytes), 4) as Values & { kind: "boolean" }).array,
        ),
      ).toEqual([1, 0, 1, 0]);
    expect(() => decodeValues(3, leaf(PHYSICAL.BOOLEAN), hex("09000000 0305"), 4)).toThrow(malformed);
    expect(() => decodeValues(0, leaf(PHYSICAL.BOOLEAN), hex("05"), 9)).toThrow(malformed);
  });
});

describe("an encoding that a type does not have", () => {
  const pairs = [
    [ENCODING.RLE, PHYSICAL.INT32],
    [ENCODING.BIT_PACKED, PHYSICAL.BOOLEAN],
    [ENCODING.RLE_DICTIONARY, PHYSICAL.BYTE_ARRAY],
    [ENCODING.DELTA_BINARY_PACKED, PHYSICAL.DOUBLE],
    [ENCODING.DELTA_LENGTH_BYTE_ARRAY, PHYSICAL.INT64],
    [ENCODING.DELTA_BYTE_ARRAY, PHYSICAL.INT96],
    [ENCODING.BYTE_STREAM_SPLIT, PHYSICAL.BYTE_ARRAY],
    [ENCODING.BYTE_STREAM_SPLIT, PHYSICAL.INT96],
    [ENCODING.PLAIN, 9],
  ] as const;
  it.each(pairs)("%i of %i is refused", (encoding, physical) => {
    expect(() => decodeValues(encoding, leaf(physical), new Uint8Array(64), 2)).toThrow(malformed);
  });
  it("and one that nobody knows is not supported", () => {
    expect(() => decodeValues(10, leaf(PHYSICAL.INT32), new Uint8Array(64), 2)).toThrow(
      expect.objectContaining({ code: "INPUT_UNSUPPORTED" }),
    );
  });
  it("a fixed length of nothing is refused", () => {
    expect(() => decodeValues(0, leaf(PHYSICAL.FIXED_LEN_BYTE_ARRAY), new Uint8Array(64), 2)).toThrow(malformed);
  });
});

describe("columnar values", () => {
  const texts: Values = { kind: "bytes", bytes: Buffer.from("xxonetwothree"), offsets: Int32Array.of(2, 5, 8, 13) };
  it("are cut, put together and looked up without a copy of more than is asked for", () => {
    expect(textsOf(texts)).toEqual(["one", "two", "three"]);
    expect(textsOf(sliceValues(texts, 1, 3))).toEqual(["two", "three"]);
    expect(textsOf(joinValues([sliceValues(texts, 2, 3), sliceValues(texts, 0, 0), texts]))).toEqual([
      "three",
      "one",
      "two",
      "three",
    ]);
    expect(textsOf(gather(texts, Int32Array.of(2, 0, 2)))).toEqual(["three", "one", "three"]);
    for (const index of [3, -1]) expect(() => gather(texts, Int32Array.of(0, index))).toThrow(malformed);
  });
  it("of more than 2 GB in one array are not made", () => {
    const huge: Values = { kind: "bytes", bytes: new Uint8Array(1 << 20), offsets: Int32Array.of(0, 1 << 20) };
    expect(() => gather(huge, new Int32Array(2048))).toThrow(expect.objectContaining({ code: "INPUT_UNSUPPORTED" }));
  });
});
