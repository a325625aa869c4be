import { crc32 } from "node:zlib";
import { MaskingError } from "../../src/errors.ts";
import type { RangeReader } from "./bytes.ts";
import { decompress } from "./codecs.ts";
import { bitPackedLength, decodeBitPackedLevels, decodeLevels } from "./encodings.ts";
import { flagOf, numberOf, sizeOf, structOf } from "./fields.ts";
import { readThrift, type ThriftStruct } from "./thrift.ts";

/** A page as it lies in the file. */
export interface Page {
  readonly kind: "dictionary" | "data" | "data2";
  /** Byte offset of its header in the file. */
  readonly at: number;
  readonly header: ThriftStruct;
  /** DictionaryPageHeader, DataPageHeader or DataPageHeaderV2. */
  readonly own: ThriftStruct;
  /** As stored: compressed, but for the levels of a `data2`. */
  readonly body: Uint8Array;
  /** Bytes of the body before compression, as the header claims. */
  readonly size: number;
  /** Values with nulls; of a dictionary: its entries. */
  readonly count: number;
  readonly encoding: number;
}

/** A data page taken apart: levels decoded, values still encoded. */
export interface OpenPage {
  readonly count: number;
  /** One a value; absent where the leaf's maximum is 0. */
  readonly definition?: Uint8Array;
  readonly repetition?: Uint8Array;
  /** How many values are not null. */
  readonly present: number;
  readonly encoding: number;
  readonly values: Uint8Array;
  /** True where the values lie in memory that nobody else reads: they were decompressed into it. */
  readonly own: boolean;
}

/** The highest levels of a leaf: what the levels of its pages are read against. */
export interface Levels {
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

/** parquet-cpp's bound on a page header: statistics of long texts are in it. */
const LONGEST_HEADER = 16 << 20;
const BIT_PACKED = 4;

/** The next page of a chunk, or undefined where the range ends. Index pages, which no reader uses, are passed over. */
export async function readPage(source: RangeReader): Promise<Page | undefined> {
  while (source.left > 0) {
    const at = source.at;
    const header = await readHeader(source);
    const stored = sizeOf(header, 3);
    if (stored > source.left) throw new MaskingError("INPUT_TRUNCATED", { byte: at, expected: "a whole page" });
    const body = await source.take(stored);
    const type = sizeOf(header, 1);
    if (type === 1) continue;
    checkSum(header, body, at);
    const kind = ({ 0: "data", 2: "dictionary", 3: "data2" } as const)[type];
    const own = kind && structOf(header, { data: 5, dictionary: 7, data2: 8 }[kind]);
    if (!kind || !own) throw new MaskingError("INPUT_MALFORMED", { byte: at, expected: "a page header" });
    const encoding = sizeOf(own, kind === "data2" ? 4 : 2);
    return { kind, at, header, own, body, size: sizeOf(header, 2), count: sizeOf(own, 1), encoding };
  }
  return undefined;
}

async function readHeader(source: RangeReader): Promise<ThriftStruct> {
  for (let length = 128; ; length *= 8) {
    const bytes = await source.peek(Math.min(length, LONGEST_HEADER));
    const parsed = readThrift(bytes);
    if (parsed) {
      await source.skip(parsed.end);
      return parsed.struct;
    }
    if (bytes.length < length)
      throw new MaskingError("INPUT_MALFORMED", { byte: source.at, expected: "a page header" });
  }
}

function checkSum(header: ThriftStruct, body: Uint8Array, at: number): void {
  const sum = numberOf(header, 4);
  if (sum !== undefined && crc32(body) !== sum >>> 0) {
    throw new MaskingError("INPUT_MALFORMED", { byte: at, expected: "the page's checksum" });
  }
}

/** The encoded entries of a dictionary page. */
export async function openDictionary(page: Page, codec: number): Promise<Uint8Array> {
  return decompress(codec, page.body, page.size).catch(placed(page));
}

/** Decompresses a data page and decodes its levels. */
export async function openPage(page: Page, codec: number, leaf: Levels): Promise<OpenPage> {
  try {
    const parts = page.kind === "data2" ? await partsOfV2(page, codec, leaf) : await partsOfV1(page, codec, leaf);
    const present = parts.definition ? countPresent(parts.definition, leaf.maxDefinition) : page.count;
    const own = parts.values.buffer !== page.body.buffer;
    return { count: page.count, present, encoding: page.encoding, own, ...parts };
  } catch (error) {
    return placed(page)(error);
  }
}

type Parts = Pick<OpenPage, "definition" | "repetition" | "values">;

async function partsOfV1(page: Page, codec: number, leaf: Levels): Promise<Parts> {
  const bytes = await decompress(codec, page.body, page.size);
  let at = 0;
  const levels = (max: number, encoding: number): Uint8Array => {
    const packed = encoding === BIT_PACKED;
    const length = packed ? bitPackedLength(max, page.count) : lengthAt(bytes, at);
    const start = packed ? at : at + 4;
    if (start + length > bytes.length)
      throw new MaskingError("INPUT_MALFORMED", { expected: "levels within the page" });
    at = start + length;
    return (packed ? decodeBitPackedLevels : decodeLevels)(bytes.subarray(start, at), max, page.count);
  };
  const repetition = leaf.maxRepetition > 0 ? levels(leaf.maxRepetition, sizeOf(page.own, 4)) : undefined;
  const definition = leaf.maxDefinition > 0 ? levels(leaf.maxDefinition, sizeOf(page.own, 3)) : undefined;
  return { ...(definition && { definition }), ...(repetition && { repetition }), values: bytes.subarray(at) };
}

async function partsOfV2(page: Page, codec: number, leaf: Levels): Promise<Parts> {
  const repetitionEnd = sizeOf(page.own, 6);
  const definitionEnd = repetitionEnd + sizeOf(page.own, 5);
  if (definitionEnd > page.body.length || definitionEnd > page.size) {
    throw new MaskingError("INPUT_MALFORMED", { expected: "levels within the page" });
  }
  const rest = page.body.subarray(definitionEnd);
  const compressed = flagOf(page.own, 7) ?? true;
  const values = compressed ? await decompress(codec, rest, page.size - definitionEnd) : rest;
  const repetition = page.body.subarray(0, repetitionEnd);
  const definition = page.body.subarray(repetitionEnd, definitionEnd);
  return {
    ...(leaf.maxRepetition > 0 && { repetition: decodeLevels(repetition, leaf.maxRepetition, page.count) }),
    ...(leaf.maxDefinition > 0 && { definition: decodeLevels(definition, leaf.maxDefinition, page.count) }),
    values,
  };
}

function lengthAt(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new MaskingError("INPUT_MALFORMED", { expected: "levels within the page" });
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function countPresent(definition: Uint8Array, max: number): number {
  let present = 0;
  for (const level of definition) {
    if (level === max) present++;
    else if (level > max) throw new MaskingError("INPUT_MALFORMED", { expected: "levels of the schema's depth" });
  }
  return present;
}

function placed(page: Page): (error: unknown) => never {
  return (error) => {
    throw error instanceof MaskingError ? error.at({ byte: page.at }) : error;
  };
}
