/** Schema elements as they are written: what an Arrow type is stored as. */
import { DataType, DateUnit, Precision, TimeUnit } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { PHYSICAL, type Physical } from "./encodings.ts";
import { flag, i32, struct, structFrom, text } from "./fields.ts";
import { CONVERTED, LOGICAL, UNIT } from "./schema-types.ts";
import { T, type ThriftField, type ThriftStruct } from "./thrift.ts";

/** REQUIRED, OPTIONAL, REPEATED of the enum FieldRepetitionType. */
export const REPETITION = { REQUIRED: 0, OPTIONAL: 1, REPEATED: 2 } as const;

/** How one value is stored and annotated. */
export interface Stored extends Physical {
  readonly converted?: number;
  readonly logical?: ThriftStruct;
  /** Of a decimal: the fields that came before LogicalType. */
  readonly scale?: number;
  readonly precision?: number;
}

/** What one value of a type is stored as; a type that Parquet has no place for is COLUMN_TYPE. */
export function physicalOf(type: DataType): Physical {
  const { physical, typeLength } = storedAs(type);
  return { physical, typeLength };
}

/**
 * As `physicalOf`, with the annotation. Seconds become milliseconds and Date64, which may hold times of day, a local
 * timestamp, since Parquet has neither; a time zone becomes UTC; a duration is a plain integer.
 */
export function storedAs(type: DataType): Stored {
  if (DataType.isDictionary(type)) return storedAs(type.dictionary);
  if (DataType.isBool(type)) return plain(PHYSICAL.BOOLEAN);
  if (DataType.isInt(type)) return integer(type.bitWidth, type.isSigned);
  if (DataType.isFloat(type)) return float(type.precision);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type))
    return { ...plain(PHYSICAL.BYTE_ARRAY), converted: CONVERTED.UTF8, logical: union(LOGICAL.STRING) };
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isBinaryView(type))
    return plain(PHYSICAL.BYTE_ARRAY);
  if (DataType.isFixedSizeBinary(type)) return fixed(type.byteWidth);
  if (DataType.isDecimal(type)) return decimal(type.precision, type.scale);
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY ? date() : timestamp(TimeUnit.MILLISECOND, false);
  if (DataType.isTime(type)) return time(type.unit);
  if (DataType.isTimestamp(type)) return timestamp(type.unit, Boolean(type.timezone));
  if (DataType.isDuration(type)) return plain(PHYSICAL.INT64);
  if (DataType.isNull(type)) return { ...plain(PHYSICAL.INT32), logical: union(LOGICAL.UNKNOWN) };
  throw new MaskingError("COLUMN_TYPE");
}

/** The SchemaElement of a leaf. */
export function leafElement(name: string, repetition: number, stored: Stored, fieldId?: number): ThriftStruct {
  const width = stored.physical === PHYSICAL.FIXED_LEN_BYTE_ARRAY ? stored.typeLength : undefined;
  return structFrom(
    i32(1, stored.physical),
    maybe(2, width),
    i32(3, repetition),
    text(4, name),
    maybe(6, stored.converted),
    maybe(7, stored.scale),
    maybe(8, stored.precision),
    maybe(9, fieldId),
    stored.logical && struct(10, stored.logical),
  );
}

/** The SchemaElement of a group; the root has no repetition. */
export function groupElement(
  name: string,
  repetition: number | undefined,
  children: number,
  annotation?: "LIST" | "MAP",
): ThriftStruct {
  return structFrom(
    maybe(3, repetition),
    text(4, name),
    i32(5, children),
    maybe(6, annotation && CONVERTED[annotation]),
    annotation && struct(10, union(LOGICAL[annotation])),
  );
}

function maybe(id: number, value: number | undefined): ThriftField | undefined {
  return value === undefined ? undefined : i32(id, value);
}

/** A value of the LogicalType union. */
export function union(id: number, ...fields: readonly ThriftField[]): ThriftStruct {
  return structFrom(struct(id, structFrom(...fields)));
}

function plain(physical: number): Stored {
  return { physical, typeLength: 0 };
}

function fixed(typeLength: number): Stored {
  return { physical: PHYSICAL.FIXED_LEN_BYTE_ARRAY, typeLength };
}

function integer(bits: number, signed: boolean): Stored {
  const stored = plain(bits === 64 ? PHYSICAL.INT64 : PHYSICAL.INT32);
  if (signed && bits >= 32) return stored;
  const converted = (signed ? CONVERTED.INT_8 : CONVERTED.UINT_8) + Math.log2(bits / 8);
  return { ...stored, converted, logical: union(LOGICAL.INTEGER, { id: 1, type: T.i8, value: bits }, flag(2, signed)) };
}

function float(precision: Precision): Stored {
  if (precision === Precision.HALF) return { ...fixed(2), logical: union(LOGICAL.FLOAT16) };
  return plain(precision === Precision.SINGLE ? PHYSICAL.FLOAT : PHYSICAL.DOUBLE);
}

/** Two's complement in as few bytes as hold so many digits, as Arrow and Spark write it. */
function decimal(precision: number, scale: number): Stored {
  if (precision < 1 || scale < 0 || scale > precision) throw new MaskingError("COLUMN_TYPE");
  let bytes = 1;
  while (2n ** BigInt(8 * bytes - 1) - 1n < 10n ** BigInt(precision) - 1n) bytes++;
  const logical = union(LOGICAL.DECIMAL, i32(1, scale), i32(2, precision));
  return { ...fixed(bytes), converted: CONVERTED.DECIMAL, scale, precision, logical };
}

function date(): Stored {
  return { ...plain(PHYSICAL.INT32), converted: CONVERTED.DATE, logical: union(LOGICAL.DATE) };
}

function time(unit: TimeUnit): Stored {
  const milli = unit === TimeUnit.SECOND || unit === TimeUnit.MILLISECOND;
  return {
    ...plain(milli ? PHYSICAL.INT32 : PHYSICAL.INT64),
    logical: union(LOGICAL.TIME, flag(1, false), unitField(unit)),
  };
}

function timestamp(unit: TimeUnit, utc: boolean): Stored {
  const logical = union(LOGICAL.TIMESTAMP, flag(1, utc), unitField(unit));
  const stored = { ...plain(PHYSICAL.INT64), logical };
  // The old annotation means UTC, and knows no nanoseconds.
  if (!utc || unit === TimeUnit.NANOSECOND) return stored;
  const micro = unit === TimeUnit.MICROSECOND;
  return { ...stored, converted: micro ? CONVERTED.TIMESTAMP_MICROS : CONVERTED.TIMESTAMP_MILLIS };
}

function unitField(unit: TimeUnit): ThriftField {
  const id = unit === TimeUnit.MICROSECOND ? UNIT.MICROS : unit === TimeUnit.NANOSECOND ? UNIT.NANOS : UNIT.MILLIS;
  return struct(2, union(id));
}
