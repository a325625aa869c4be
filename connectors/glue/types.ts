/** Arrow's types in the words of Hive, which Glue, Athena, Spark and Redshift Spectrum share. */
import { DataType, type Field, Precision, TimeUnit } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";

/** Glue's limit of a column's type, in characters. */
const LONGEST = 131_072;

/** Characters that the grammar of nested types is made of; a name of a field cannot hold them. */
const GRAMMAR = /[<>,:;()`\s]/;

/**
 * The type of a column, as in `array<struct<line:string,zip:string>>`. A dictionary is its values, a time of day the
 * number that Parquet stores. Throws CATALOG_UNFIT, with the column, for what Hive has no word for: unsigned 64-bit
 * and half-precision numbers, durations, intervals, unions, a column without a type.
 */
export function hiveType(field: Field): string {
  const type = word(field.type, field.name);
  if (type.length > LONGEST) throw unfit(field.name, "a type of 131,072 characters at most");
  return type;
}

function word(type: DataType, column: string): string {
  const inner = (field: Field) => word(field.type, column);
  if (DataType.isDictionary(type)) return word(type.dictionary as DataType, column);
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type)) {
    return `array<${inner(type.children[0]!)}>`;
  }
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0]!.type as DataType & { readonly children: Field[] }).children;
    return `map<${inner(key!)},${inner(value!)}>`;
  }
  if (DataType.isStruct(type)) {
    const fields = type.children.map((child) => [nestedName(child.name, column), inner(child)] as const);
    const names = fields.map(([name]) => name);
    if (new Set(names).size < names.length) throw unfit(column, "fields whose names differ by more than case");
    return `struct<${fields.map((pair) => pair.join(":")).join(",")}>`;
  }
  return scalar(type) ?? raise(unfit(column, "a type that Hive has (drop the column, or mask it to text)"));
}

function nestedName(name: string, column: string): string {
  if (name === "" || GRAMMAR.test(name)) throw unfit(column, "fields named without white space and <>,:;()`");
  return name.toLowerCase();
}

const SIGNED: Readonly<Record<number, string>> = { 8: "tinyint", 16: "smallint", 32: "int", 64: "bigint" };
/** The next wider type, which holds every value. */
const UNSIGNED: Readonly<Record<number, string>> = { 8: "smallint", 16: "int", 32: "bigint" };

function scalar(type: DataType): string | undefined {
  if (DataType.isInt(type)) return (type.isSigned ? SIGNED : UNSIGNED)[type.bitWidth];
  if (DataType.isFloat(type)) return { [Precision.SINGLE]: "float", [Precision.DOUBLE]: "double" }[type.precision as 1];
  if (DataType.isBool(type)) return "boolean";
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return "string";
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isBinaryView(type)) return "binary";
  if (DataType.isFixedSizeBinary(type)) return "binary";
  if (DataType.isDate(type)) return "date";
  if (DataType.isTimestamp(type)) return "timestamp";
  if (DataType.isTime(type))
    return type.unit === TimeUnit.MILLISECOND || type.unit === TimeUnit.SECOND ? "int" : "bigint";
  if (DataType.isDecimal(type) && type.precision <= 38 && type.scale >= 0) {
    return `decimal(${type.precision},${type.scale})`;
  }
  return undefined;
}

/** That the catalog cannot describe a column. */
export function unfit(column: string, expected: string): MaskingError {
  return new MaskingError("CATALOG_UNFIT", { column, expected });
}

function raise(error: MaskingError): never {
  throw error;
}
