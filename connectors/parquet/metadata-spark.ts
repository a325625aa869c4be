import { DataType } from "apache-arrow";
import type { Change } from "./metadata.ts";
import { isDropped, isObject, type Json, type JsonObject, listOf, maskedAt, objectOf } from "./metadata-json.ts";
import type { RewritePlan } from "./rewrite-plan.ts";
import type { Column } from "./schema.ts";

/** The JSON is not of this file's columns, or cannot say what a column has become. */
const STRAYED = Symbol("spark schema and file differ");

/**
 * The Spark schema of the key `org.apache.spark.sql.parquet.row.metadata`, a StructType as JSON, with the columns
 * changed that have changed. Of a masked field's own metadata only column ids stay: comments and lengths do not.
 */
export function newSpark(value: string, { parquet, plan }: Change): string | undefined {
  const before = objectOf(value);
  if (!before) return undefined;
  try {
    return JSON.stringify(struct(before, parquet.columns, plan));
  } catch (error) {
    if (error === STRAYED) return undefined;
    throw error;
  }
}

function struct(type: Json | undefined, columns: readonly Column[], plan: RewritePlan): JsonObject {
  if (type === undefined || !isObject(type) || type["type"] !== "struct") throw STRAYED;
  const before = listOf(type["fields"]);
  if (before.length !== columns.length) throw STRAYED;
  const fields = before.flatMap((field, i) => {
    const column = columns[i]!;
    if (!isObject(field) || field["name"] !== column.field.name) throw STRAYED;
    return isDropped(column, plan) ? [] : [fieldOf(field, column, plan)];
  });
  return { ...type, fields };
}

function fieldOf(field: JsonObject, column: Column, plan: RewritePlan): JsonObject {
  const type = typeOf(field["type"], column, plan);
  const masked = column.kind === "leaf" ? maskedAt(column.leaf.index, plan) : undefined;
  if (!masked) return { ...field, type };
  const before = field["metadata"] ?? null;
  const kept = isObject(before) ? Object.entries(before).filter(([key]) => isColumnId(key)) : [];
  const nullable = masked.retyped ? masked.nullable : (field["nullable"] ?? true);
  return { ...field, type, nullable, metadata: Object.fromEntries(kept) };
}

/** Ids by which Delta and Iceberg find a column whatever its name. */
function isColumnId(key: string): boolean {
  return key.startsWith("delta.columnMapping.") || key === "parquet.field.id";
}

function typeOf(type: Json | undefined, column: Column, plan: RewritePlan): Json {
  if (type === undefined) throw STRAYED;
  switch (column.kind) {
    case "leaf": {
      const masked = maskedAt(column.leaf.index, plan);
      return masked?.retyped ? simple(masked.type) : type;
    }
    case "struct":
      return struct(type, column.children, plan);
    default:
      return isObject(type) && type["type"] === "map" ? map(type, column.child, plan) : array(type, column.child, plan);
  }
}

function array(type: Json, child: Column, plan: RewritePlan): Json {
  if (!isObject(type) || type["type"] !== "array") throw STRAYED;
  const masked = child.kind === "leaf" ? maskedAt(child.leaf.index, plan) : undefined;
  const containsNull = masked?.retyped ? masked.nullable : (type["containsNull"] ?? true);
  return { ...type, elementType: typeOf(type["elementType"], child, plan), containsNull };
}

function map(type: JsonObject, entries: Column, plan: RewritePlan): Json {
  const [key, value] = entries.kind === "struct" ? entries.children : [];
  if (!key || !value) throw STRAYED;
  const masked = value.kind === "leaf" ? maskedAt(value.leaf.index, plan) : undefined;
  const valueContainsNull = masked?.retyped ? masked.nullable : (type["valueContainsNull"] ?? true);
  return {
    ...type,
    keyType: typeOf(type["keyType"], key, plan),
    valueType: typeOf(type["valueType"], value, plan),
    valueContainsNull,
  };
}

/** Spark's name of a type. */
function simple(type: DataType): string {
  if (DataType.isDictionary(type)) return simple(type.dictionary);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return "string";
  if (DataType.isInt(type) && type.isSigned)
    return { 8: "byte", 16: "short", 32: "integer", 64: "long" }[type.bitWidth];
  if (DataType.isFloat(type) && type.precision > 0) return type.precision === 1 ? "float" : "double";
  if (DataType.isBool(type)) return "boolean";
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return "binary";
  if (DataType.isDate(type) && type.unit === 0) return "date";
  if (DataType.isTimestamp(type)) return type.timezone ? "timestamp" : "timestamp_ntz";
  if (DataType.isDecimal(type)) return `decimal(${type.precision},${type.scale})`;
  throw STRAYED;
}
