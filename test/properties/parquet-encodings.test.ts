import fc from "fast-check";
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { ByteWriter } from "hyparquet-writer";
import * as delta from "hyparquet-writer/src/delta.js";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import { writePlain } from "hyparquet-writer/src/plain.js";
import { writeByteStreamSplit } from "hyparquet-writer/src/splitstream.js";
import { describe, expect, it } from "vitest";
import {
  countOf,
  decodeBitPackedLevels,
  decodeIndices,
  decodeLevels,
  decodeValues,
  ENCODING,
  encodeIndices,
  encodeLevels,
  encodePlain,
  gather,
  joinValues,
  PHYSICAL,
  sliceValues,
  type Values,
} from "../../connectors/parquet/encodings.ts";
import { MaskingError } from "../../src/errors.ts";

type Written = ByteWriter;
const written = (write: (writer: Written) => void): Uint8Array => {
  const writer = new ByteWriter();
  write(writer);
  return writer.getBytes();
};

/** The values as plain JavaScript, so that kinds compare alike. */
function plain(values: Values): unknown[] {
  if (values.kind === "bytes")
    return Array.from({ length: countOf(values) }, (_, i) =>
      Buffer.from(values.bytes.subarray(values.offsets[i]!, values.offsets[i + 1]!)).toString("hex"),
    );
  if (values.kind === "fixed")
    return Array.from({ length: countOf(values) }, (_, i) =>
      Buffer.from(values.bytes.subarray(i * values.width, (i + 1) * values.width)).toString("hex"),
    );
  return Array.from(values.array as Int32Array);
}

const hex = (values: readonly Uint8Array[]): string[] => values.map((value) => Buffer.from(value).toString("hex"));
const leaf = (physical: number, typeLength = 0) => ({ physical, typeLength });
const int32 = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0),
);
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -9n, max: 9n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n),
);
const text = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.string({ maxLength: 40 }).map((s) => new TextEncoder().encode(`Seen at ward ${s}`)),
);
const many = { maxLength: 700 } as const;
/** Numbers with long repeats, as levels and dictionary indices are. */
const runs = (max: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max }), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))), {
      maxLength: 60,
    })
    .map((parts) => parts.flatMap(([value, times]) => new Array<number>(times).fill(value)));
const cut = { numRuns: 300 } as const;

describe("levels and indices", () => {
  it.each([1, 2, 3, 4, 7, 8, 100, 255])("levels up to %i come back, by our reader and another", (max) => {
    fc.assert(
      fc.property(runs(max), (numbers) => {
        const bytes = encodeLevels(Uint8Array.from(numbers), max);
        expect(Array.from(decodeLevels(bytes, max, numbers.length))).toEqual(numbers);
        const other = new Uint8Array(numbers.length);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        readRleBitPackedHybrid({ view, offset: 0 }, 32 - Math.clz32(max), other, bytes.length);
        expect(Array.from(other)).toEqual(numbers);
      }),
      { numRuns: 60 },
    );
  });

  it.each([1, 2, 3, 17, 256, 70_000, 2 ** 24, 2 ** 25, 2 ** 31 - 1])("indices into %i entries come back", (entries) => {
    fc.assert(
      fc.property(runs(entries - 1), (numbers) => {
        const bytes = encodeIndices(Int32Array.from(numbers), entries);
        expect(Array.from(decodeIndices(bytes, numbers.length))).toEqual(numbers);
        const width = 32 - Math.clz32(entries - 1);
        if (width > 24) return; // the other writer shifts bits out of its word
        const theirs = written((writer) => void writeRleBitPackedHybrid(writer, numbers, width));
        expect(Array.from(decodeIndices(Uint8Array.of(width, ...theirs), numbers.length))).toEqual(numbers);
      }),
      { numRuns: 60 },
    );
  });

  it("reads the old bit packing, the highest bit first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.array(fc.nat()), (max, numbers) => {
        const levels = numbers.map((number) => number % (max + 1));
        const width = 32 - Math.clz32(max);
        const bits = levels.map((level) => level.toString(2).padStart(width, "0")).join("");
        const bytes = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
        expect(Array.from(decodeBitPackedLevels(Uint8Array.from(bytes), max, levels.length))).toEqual(levels);
      }),
      cut,
    );
  });
});

describe("values that another writer encoded", () => {
  it("DELTA_BINARY_PACKED of INT32", () => {
    fc.assert(
      fc.property(fc.array(int32, many), (numbers) => {
        const bytes = written((writer) => delta.deltaBinaryPack(writer, Int32Array.from(numbers), "INT32"));
        expect(plain(decodeValues(ENCODING.DELTA_BINARY_PACKED, leaf(PHYSICAL.INT32), bytes, numbers.length))).toEqual(
          numbers,
        );
      }),
      cut,
    );
  });

  it("DELTA_BINARY_PACKED of INT64", () => {
    fc.assert(
      fc.property(fc.array(int64, many), (numbers) => {
        const bytes = written((writer) => delta.deltaBinaryPack(writer, BigInt64Array.from(numbers), "INT64"));
        expect(plain(decodeValues(ENCODING.DELTA_BINARY_PACKED, leaf(PHYSICAL.INT64), bytes, numbers.length))).toEqual(
          numbers,
        );
      }),
      cut,
    );
  });

  it("DELTA_LENGTH_BYTE_ARRAY and DELTA_BYTE_ARRAY", () => {
    fc.assert(
      fc.property(fc.array(text, many), (texts) => {
        const lengths = written((writer) => delta.deltaLengthByteArray(writer, texts));
        const prefixes = written((writer) => delta.deltaByteArray(writer, texts));
        const bytes = leaf(PHYSICAL.BYTE_ARRAY);
        expect(plain(decodeValues(ENCODING.DELTA_LENGTH_BYTE_ARRAY, bytes, lengths, texts.length))).toEqual(hex(texts));
        expect(plain(decodeValues(ENCODING.DELTA_BYTE_ARRAY, bytes, prefixes, texts.length))).toEqual(hex(texts));
      }),
      cut,
    );
  });

  it("DELTA_BYTE_ARRAY of FIXED_LEN_BYTE_ARRAY", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 5, maxLength: 5 }), many), (texts) => {
        const bytes = written((writer) => delta.deltaByteArray(writer, texts));
        const fixed = leaf(PHYSICAL.FIXED_LEN_BYTE_ARRAY, 5);
        expect(plain(decodeValues(ENCODING.DELTA_BYTE_ARRAY, fixed, bytes, texts.length))).toEqual(hex(texts));
      }),
      cut,
    );
  });

  it("BYTE_STREAM_SPLIT of every type it takes", () => {
    const cases = [
      ["INT32", PHYSICAL.INT32, Int32Array.of(1, -2, 2 ** 31 - 1)],
      ["INT64", PHYSICAL.INT64, BigInt64Array.of(1n, -2n, 2n ** 63n - 1n)],
      ["FLOAT", PHYSICAL.FLOAT, Float32Array.of(1.5, -0, Number.POSITIVE_INFINITY)],
      ["DOUBLE", PHYSICAL.DOUBLE, Float64Array.of(1.1, Number.MIN_VALUE, -1e300)],
    ] as const;
    for (const [name, physical, array] of cases) {
      const bytes = written((writer) => writeByteStreamSplit(writer, array, name, undefined));
      expect(plain(decodeValues(ENCODING.BYTE_STREAM_SPLIT, leaf(physical), bytes, 3)), name).toEqual(
        Array.from(array as Int32Array),
      );
    }
    const fixed = [Buffer.from("abcde"), Buffer.from("fghij")];
    const bytes = written((writer) => writeByteStreamSplit(writer, fixed, "FIXED_LEN_BYTE_ARRAY", 5));
    expect(plain(decodeValues(ENCODING.BYTE_STREAM_SPLIT, leaf(PHYSICAL.FIXED_LEN_BYTE_ARRAY, 5), bytes, 2))).toEqual(
      hex(fixed),
    );
  });

  it("PLAIN byte arrays and booleans", () => {
    fc.assert(
      fc.property(fc.array(text, many), fc.array(fc.boolean(), many), (texts, flags) => {
        const bytes = written((writer) => writePlain(writer, texts, "BYTE_ARRAY", undefined));
        expect(plain(decodeValues(ENCODING.PLAIN, leaf(PHYSICAL.BYTE_ARRAY), bytes, texts.length))).toEqual(hex(texts));
        const bits = written((writer) => writePlain(writer, flags, "BOOLEAN", undefined));
        expect(plain(decodeValues(ENCODING.PLAIN, leaf(PHYSICAL.BOOLEAN), bits, flags.length))).toEqual(
          flags.map(Number),
        );
      }),
      { numRuns: 100 },
    );
  });
});

const bytesValues = (texts: readonly Uint8Array[]): Values => {
  const offsets = new Int32Array(texts.length + 1);
  for (const [i, value] of texts.entries()) offsets[i + 1] = offsets[i]! + value.length;
  return { kind: "bytes", bytes: Buffer.concat(texts), offsets };
};
const anyValues: fc.Arbitrary<readonly [number, number, Values]> = fc.oneof(
  fc.array(text).map((v) => [PHYSICAL.BYTE_ARRAY, 0, bytesValues(v)] as const),
  fc
    .array(fc.uint8Array({ minLength: 3, maxLength: 3 }))
    .map((v) => [PHYSICAL.FIXED_LEN_BYTE_ARRAY, 3, { kind: "fixed", bytes: Buffer.concat(v), width: 3 }] as const),
  fc
    .array(fc.uint8Array({ minLength: 12, maxLength: 12 }))
    .map((v) => [PHYSICAL.INT96, 0, { kind: "fixed", bytes: Buffer.concat(v), width: 12 }] as const),
  fc.array(int32).map((v) => [PHYSICAL.INT32, 0, { kind: "int32", array: Int32Array.from(v) }] as const),
  fc.array(int64).map((v) => [PHYSICAL.INT64, 0, { kind: "int64", array: BigInt64Array.from(v) }] as const),
  fc.array(fc.float()).map((v) => [PHYSICAL.FLOAT, 0, { kind: "float", array: Float32Array.from(v) }] as const),
  fc.array(fc.double()).map((v) => [PHYSICAL.DOUBLE, 0, { kind: "double", array: Float64Array.from(v) }] as const),
  fc
    .array(fc.boolean())
    .map((v) => [PHYSICAL.BOOLEAN, 0, { kind: "boolean", array: Uint8Array.from(v, Number) }] as const),
);

describe("columnar values", () => {
  it("come back from PLAIN at any alignment, whole and in slices", () => {
    fc.assert(
      fc.property(anyValues, fc.nat({ max: 8 }), fc.nat(), fc.nat(), ([physical, width, values], shift, a, b) => {
        const count = countOf(values);
        const [from, to] = [a % (count + 1), b % (count + 1)].sort((x, y) => x - y) as [number, number];
        const slice = sliceValues(values, from, to);
        expect(plain(slice)).toEqual(plain(values).slice(from, to));
        const bytes = Buffer.concat([Buffer.alloc(shift), encodePlain(slice)]).subarray(shift);
        expect(plain(decodeValues(ENCODING.PLAIN, leaf(physical, width), bytes, to - from))).toEqual(plain(slice));
        expect(plain(joinValues([sliceValues(values, 0, from), slice, sliceValues(values, to, count)]))).toEqual(
          plain(values),
        );
      }),
      cut,
    );
  });

  it("are gathered by index, and no index reaches outside", () => {
    fc.assert(
      fc.property(anyValues, fc.array(fc.integer({ min: -2, max: 40 })), ([, , values], numbers) => {
        const all = plain(values);
        const outside = numbers.some((i) => i < 0 || i >= all.length);
        const take = () => gather(values, Int32Array.from(numbers));
        if (outside) expect(take).toThrow(expect.objectContaining({ code: "INPUT_MALFORMED" }));
        else expect(plain(take())).toEqual(numbers.map((i) => all[i]));
      }),
      cut,
    );
  });
});

describe("damaged pages", () => {
  const encodings = Object.values(ENCODING);
  const physicals = Object.values(PHYSICAL);
  const either = (work: () => number, count: number): void => {
    try {
      expect(work()).toBe(count);
    } catch (error) {
      if (!(error instanceof MaskingError)) throw error;
      expect(error.code).toBe("INPUT_MALFORMED");
    }
  };

  it("give `count` values or INPUT_MALFORMED, whatever the bytes", () => {
    const count = fc.oneof(fc.nat({ max: 300 }), fc.constantFrom(2 ** 20, 2 ** 30, 2 ** 31 - 1));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        count,
        fc.constantFrom(...encodings),
        fc.constantFrom(...physicals),
        fc.nat({ max: 16 }),
        (bytes, count, encoding, physical, width) => {
          const small = Math.min(count, 2 ** 21); // a run of random bytes may promise a billion levels and keep its word
          either(
            () =>
              countOf(decodeValues(encoding, leaf(physical, width), bytes, encoding === ENCODING.RLE ? small : count)),
            encoding === ENCODING.RLE ? small : count,
          );
          either(() => decodeLevels(bytes, 1 + (width % 9), small).length, small);
          either(() => decodeBitPackedLevels(bytes, 1 + width, count).length, count);
          either(() => decodeIndices(bytes, small).length, small);
        },
      ),
      { numRuns: 4000 },
    );
  });

  it("a good page with one byte changed, or cut, ends the same way", () => {
    const texts = Array.from({ length: 300 }, (_, i) => Buffer.from(`note ${i} of ward ${i % 7}`));
    const numbers = BigInt64Array.from({ length: 300 }, (_, i) => BigInt(i * i) << 20n);
    const pages = [
      [ENCODING.PLAIN, PHYSICAL.BYTE_ARRAY, encodePlain(bytesValues(texts))],
      [ENCODING.DELTA_LENGTH_BYTE_ARRAY, PHYSICAL.BYTE_ARRAY, written((w) => delta.deltaLengthByteArray(w, texts))],
      [ENCODING.DELTA_BYTE_ARRAY, PHYSICAL.BYTE_ARRAY, written((w) => delta.deltaByteArray(w, texts))],
      [ENCODING.DELTA_BINARY_PACKED, PHYSICAL.INT64, written((w) => delta.deltaBinaryPack(w, numbers, "INT64"))],
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...pages),
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.boolean(),
        ([encoding, physical, page], at, byte, short) => {
          const bytes = Uint8Array.from(page);
          bytes[at % bytes.length] = byte;
          const given = short ? bytes.subarray(0, at % bytes.length) : bytes;
          either(() => countOf(decodeValues(encoding, leaf(physical), given, 300)), 300);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
