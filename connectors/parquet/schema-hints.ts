/**
 * What a leaf was before it was written, where the writer left Arrow's own schema in the footer (key `ARROW:schema`:
 * base64 of an IPC schema message). Only what Parquet's types cannot say is taken from it, and only where it goes with
 * them: the file's own schema is what counts.
 */
import {
  DataType,
  Dictionary,
  type Field,
  Int32,
  type Schema,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimeUnit,
} from "apache-arrow";
import { layoutOf } from "../arrow/layout.ts";
import { HEADER, readMessage, type SchemaTable } from "../arrow/metadata.ts";

/** The key. */
export const ARROW_SCHEMA = "ARROW:schema";

/**
 * The schema in the value of that key; undefined where it cannot be read: damaged (apache-arrow would take any count in
 * it at its word), of big-endian buffers, or with types that apache-arrow lacks.
 */
export function hintOf(value: string): Schema | undefined {
  const bytes = Buffer.from(value, "base64");
  try {
    // The length stands first, since 0.15 behind a mark of four bytes.
    const start = bytes.readInt32LE(0) === -1 ? 8 : 4;
    const { header, headerType } = readMessage(bytes.subarray(start, start + bytes.readInt32LE(start - 4)));
    const table = header as SchemaTable;
    if (headerType !== HEADER.schema || table.endianness !== 0) return undefined;
    const { schema, nodes } = layoutOf(table);
    return nodes.every(({ readable }) => readable) ? schema : undefined;
  } catch {
    return undefined;
  }
}

/** The fields of the hint, or none. */
export function hintsOf(keyValues: ReadonlyMap<string, string>): readonly Field[] {
  const value = keyValues.get(ARROW_SCHEMA);
  return (value === undefined ? undefined : hintOf(value)?.fields) ?? [];
}

/** The type of a leaf's values, read as `type` from Parquet: wider text, a time zone, a duration. */
export function hinted(type: DataType, hint: Field | undefined): DataType {
  const wanted = hint?.type;
  if (wanted === undefined) return type;
  if (DataType.isDictionary(wanted)) return isText(type) && isText(wanted.dictionary) ? wanted.dictionary : type;
  if (isText(type) && isText(wanted)) return wanted;
  if (isBinary(type) && isBinary(wanted)) return wanted;
  if (DataType.isInt(type) && type.bitWidth === 64 && type.isSigned && DataType.isDuration(wanted)) return wanted;
  if (!DataType.isTimestamp(type)) return type;
  if (type.unit === TimeUnit.MILLISECOND && !type.timezone && DataType.isDate(wanted) && wanted.unit === 1)
    return wanted;
  return DataType.isTimestamp(wanted) && type.timezone && wanted.timezone ? zoned(type.unit, wanted.timezone) : type;
}

function zoned(unit: TimeUnit, zone: string): DataType {
  if (unit === TimeUnit.NANOSECOND) return new TimestampNanosecond(zone);
  return unit === TimeUnit.MICROSECOND ? new TimestampMicrosecond(zone) : new TimestampMillisecond(zone);
}

/** The column's type: a dictionary of `type`, with 32-bit indices, where the hint says so. */
export function hintedColumn(type: DataType, hint: Field | undefined): DataType {
  const wanted = hint?.type;
  if (!wanted || !DataType.isDictionary(wanted) || !isText(type) || !isText(wanted.dictionary)) return type;
  return new Dictionary(type, new Int32(), wanted.id, wanted.isOrdered);
}

/** The hint of a child: of a struct by place and name, of a list its element. */
export function hintWithin(hint: Field | undefined, index: number, name: string): Field | undefined {
  if (!hint) return undefined;
  if (!DataType.isStruct(hint.type)) return DataType.isDictionary(hint.type) ? undefined : hint.type.children?.[index];
  const child = hint.type.children[index];
  return child?.name === name ? child : undefined;
}

export function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

export function isBinary(type: DataType): boolean {
  return DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isBinaryView(type);
}
