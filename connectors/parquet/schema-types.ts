/** Which Arrow type a leaf of a Parquet schema is, and the other way about. Numbers are those of parquet.thrift. */
import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  type Field,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Null,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { PHYSICAL } from "./encodings.ts";
import { flagOf, numberOf, structOf } from "./fields.ts";
import type { SchemaElement } from "./footer.ts";

/** Fields of the LogicalType union. */
export const LOGICAL = {
  STRING: 1,
  MAP: 2,
  LIST: 3,
  ENUM: 4,
  DECIMAL: 5,
  DATE: 6,
  TIME: 7,
  TIMESTAMP: 8,
  INTEGER: 10,
  UNKNOWN: 11,
  JSON: 12,
  BSON: 13,
  UUID: 14,
  FLOAT16: 15,
} as const;

/** The enum ConvertedType, which came before LogicalType. */
export const CONVERTED = {
  UTF8: 0,
  MAP: 1,
  MAP_KEY_VALUE: 2,
  LIST: 3,
  ENUM: 4,
  DECIMAL: 5,
  DATE: 6,
  TIME_MILLIS: 7,
  TIME_MICROS: 8,
  TIMESTAMP_MILLIS: 9,
  TIMESTAMP_MICROS: 10,
  UINT_8: 11,
  UINT_16: 12,
  UINT_32: 13,
  UINT_64: 14,
  INT_8: 15,
  INT_16: 16,
  INT_32: 17,
  INT_64: 18,
  JSON: 19,
  BSON: 20,
  INTERVAL: 21,
} as const;

/** Fields of the TimeUnit union. */
export const UNIT = { MILLIS: 1, MICROS: 2, NANOS: 3 } as const;

/** True where the element carries the logical type, or the converted type that stood for it. */
export function isAnnotated(
  element: SchemaElement,
  name: "STRING" | "MAP" | "LIST" | "ENUM" | "JSON" | "BSON",
): boolean {
  const logical = element.logical?.fields[0]?.id;
  if (logical !== undefined) return logical === LOGICAL[name];
  return element.converted === CONVERTED[name === "STRING" ? "UTF8" : name];
}

/**
 * The Arrow type of one value of a leaf. An annotation that does not go with the physical type, or is not known, is
 * passed over: the leaf is then its physical type, which loses nothing. `spark`: Spark wrote the file, whose INT96
 * timestamps are of microseconds and go far beyond the years that 64 bits of nanoseconds reach.
 */
export function arrowType(element: SchemaElement, spark: boolean): DataType {
  if (element.logical?.fields[0]?.id === LOGICAL.UNKNOWN) return new Null();
  switch (element.type) {
    case PHYSICAL.BOOLEAN:
      return new Bool();
    case PHYSICAL.INT32:
      return decimal(element, 9) ?? time32(element) ?? integer(element, 32);
    case PHYSICAL.INT64:
      return decimal(element, 18) ?? time64(element) ?? integer(element, 64);
    case PHYSICAL.INT96:
      return spark ? new TimestampMicrosecond() : new TimestampNanosecond();
    case PHYSICAL.FLOAT:
      return new Float32();
    case PHYSICAL.DOUBLE:
      return new Float64();
    case PHYSICAL.BYTE_ARRAY:
      if (isText(element)) return new Utf8();
      return decimal(element, 76) ?? new Binary();
    case PHYSICAL.FIXED_LEN_BYTE_ARRAY:
      return fixed(element);
    default:
      throw new MaskingError("INPUT_MALFORMED", { expected: "a Parquet schema" });
  }
}

function isText(element: SchemaElement): boolean {
  return isAnnotated(element, "STRING") || isAnnotated(element, "ENUM") || isAnnotated(element, "JSON");
}

function fixed(element: SchemaElement): DataType {
  const width = element.typeLength ?? 0;
  if (width <= 0) throw new MaskingError("INPUT_MALFORMED", { expected: "a Parquet schema" });
  if (width === 2 && element.logical?.fields[0]?.id === LOGICAL.FLOAT16) return new Float16();
  return decimal(element, Math.floor(Math.log10(2) * (8 * width - 1))) ?? new FixedSizeBinary(width);
}

/** Undefined where the element is no decimal, or one of more digits than its bytes or Arrow can hold. */
function decimal(element: SchemaElement, most: number): DataType | undefined {
  const logical = element.logical && structOf(element.logical, LOGICAL.DECIMAL);
  if (!logical && element.converted !== CONVERTED.DECIMAL) return undefined;
  const precision = (logical && numberOf(logical, 2)) ?? element.precision ?? 0;
  const scale = (logical && numberOf(logical, 1)) ?? element.scale ?? 0;
  if (precision < 1 || precision > Math.min(most, 76) || scale < 0 || scale > precision) return undefined;
  return new Decimal(scale, precision, precision > 38 ? 256 : 128);
}

function unitOf(element: SchemaElement, id: number): number | undefined {
  const logical = element.logical && structOf(element.logical, id);
  return logical && structOf(logical, 2)?.fields[0]?.id;
}

function time32(element: SchemaElement): DataType | undefined {
  if (element.logical) {
    if (structOf(element.logical, LOGICAL.DATE)) return new DateDay();
    return unitOf(element, LOGICAL.TIME) === UNIT.MILLIS ? new TimeMillisecond() : undefined;
  }
  if (element.converted === CONVERTED.DATE) return new DateDay();
  return element.converted === CONVERTED.TIME_MILLIS ? new TimeMillisecond() : undefined;
}

function time64(element: SchemaElement): DataType | undefined {
  const { logical, converted } = element;
  if (!logical) {
    if (converted === CONVERTED.TIME_MICROS) return new TimeMicrosecond();
    if (converted === CONVERTED.TIMESTAMP_MILLIS) return new TimestampMillisecond("UTC");
    return converted === CONVERTED.TIMESTAMP_MICROS ? new TimestampMicrosecond("UTC") : undefined;
  }
  const time = unitOf(element, LOGICAL.TIME);
  if (time === UNIT.MICROS) return new TimeMicrosecond();
  if (time === UNIT.NANOS) return new TimeNanosecond();
  const stamp = structOf(logical, LOGICAL.TIMESTAMP);
  const zone = stamp && flagOf(stamp, 1) === true ? "UTC" : null;
  switch (unitOf(element, LOGICAL.TIMESTAMP)) {
    case UNIT.MILLIS:
      return new TimestampMillisecond(zone);
    case UNIT.MICROS:
      return new TimestampMicrosecond(zone);
    case UNIT.NANOS:
      return new TimestampNanosecond(zone);
    default:
      return undefined;
  }
}

function integer(element: SchemaElement, width: 32 | 64): DataType {
  const logical = element.logical && structOf(element.logical, LOGICAL.INTEGER);
  const converted = element.converted ?? -1;
  const old = converted >= CONVERTED.UINT_8 && converted <= CONVERTED.INT_64;
  const bits = logical ? numberOf(logical, 1) : old ? 8 << ((converted - CONVERTED.UINT_8) % 4) : undefined;
  const signed = logical ? flagOf(logical, 2) !== false : !old || converted >= CONVERTED.INT_8;
  if (width === 64) return bits === 64 && !signed ? new Uint64() : new Int64();
  switch (bits) {
    case 8:
      return signed ? new Int8() : new Uint8();
    case 16:
      return signed ? new Int16() : new Uint16();
    case 32:
      return signed ? new Int32() : new Uint32();
    default:
      return new Int32();
  }
}

/** Where Arrow names the extension type of a field. */
export const EXTENSION = "ARROW:extension:name";
/** Field metadata of ours: an annotation that Arrow has no type for. */
export const ANNOTATION = "PARQUET:annotation";

/**
 * What a field must carry to be written again as it was: Arrow's canonical extensions for UUID and JSON, our own key
 * for ENUM, BSON and INTERVAL, and the extension's name from the hint. Nothing else of a hint's metadata is taken.
 */
export function metadataOf(element: SchemaElement, hint: Field | undefined): Map<string, string> {
  const metadata = new Map<string, string>();
  for (const key of [EXTENSION, "ARROW:extension:metadata"]) {
    const value = hint?.metadata.get(key);
    if (value !== undefined) metadata.set(key, value);
  }
  if (element.logical?.fields[0]?.id === LOGICAL.UUID && element.typeLength === 16)
    metadata.set(EXTENSION, "arrow.uuid");
  if (isAnnotated(element, "JSON")) metadata.set(EXTENSION, "arrow.json");
  if (isAnnotated(element, "ENUM")) metadata.set(ANNOTATION, "ENUM");
  if (isAnnotated(element, "BSON")) metadata.set(ANNOTATION, "BSON");
  if (element.converted === CONVERTED.INTERVAL) metadata.set(ANNOTATION, "INTERVAL");
  return metadata;
}
