import { DataType } from "apache-arrow";
import type { Change } from "./metadata.ts";
import type { MaskedLeaf, RewritePlan } from "./rewrite-plan.ts";
import { type Column, leavesOf } from "./schema.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Keys of pandas' metadata that tell of columns alone; `attributes` may hold whatever a user put there. */
const PANDAS_KEYS = ["index_columns", "column_indexes", "columns", "partition_columns", "creator", "pandas_version"];

/** The `pandas` key, after pandas' developer guide ("Storing pandas DataFrame objects in Apache Parquet format"). */
export function newPandas(value: string, { parquet, plan }: Change): string | undefined {
  const before = objectOf(value);
  if (!before) return undefined;
  const columnsByName = new Map<Json, Column>(parquet.columns.map((column) => [column.field.name, column]));
  const isGone = (name: Json): boolean => columnsByName.has(name) && isDropped(columnsByName.get(name)!, plan);
  const columns = listOf(before["columns"]).flatMap((entry) => {
    if (!isObject(entry)) return [];
    const name = entry["field_name"] ?? entry["name"] ?? null;
    if (isGone(name)) return [];
    const column = columnsByName.get(name);
    const masked = column?.kind === "leaf" ? maskedAt(column.leaf.index, plan) : undefined;
    return [masked?.retyped ? { ...entry, ...pandasType(masked.type), metadata: null } : entry];
  });
  const index = listOf(before["index_columns"]).filter((name) => !isGone(name));
  const kept = Object.fromEntries(Object.entries(before).filter(([key]) => PANDAS_KEYS.includes(key)));
  return JSON.stringify({ ...kept, index_columns: index, columns });
}

/** What pandas calls a type, and the numpy type that it becomes. */
function pandasType(type: DataType): JsonObject {
  if (DataType.isDictionary(type)) return pandasType(type.dictionary);
  const name = String(type).toLowerCase();
  if (DataType.isInt(type)) return { pandas_type: name, numpy_type: name };
  if (DataType.isFloat(type)) return { pandas_type: name, numpy_type: name };
  if (DataType.isBool(type)) return { pandas_type: "bool", numpy_type: "bool" };
  if (DataType.isTimestamp(type)) return { pandas_type: "datetime", numpy_type: "datetime64[ns]" };
  if (DataType.isDate(type)) return { pandas_type: "date", numpy_type: "object" };
  if (DataType.isDecimal(type)) return { pandas_type: "decimal", numpy_type: "object" };
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return { pandas_type: "bytes", numpy_type: "object" };
  return { pandas_type: "unicode", numpy_type: "object" };
}

/** GeoParquet's `geo` key: an entry holds its column's bounding box, so a masked column's goes, and with the primary one all. */
export function newGeo(value: string, { parquet, plan }: Change): string | undefined {
  const before = objectOf(value);
  const columns = before?.["columns"] ?? null;
  if (!before || !isObject(columns)) return undefined;
  const isTouched = (column: Column): boolean =>
    leavesOf(column).some(({ index }) => plan.dropped.has(index) || maskedAt(index, plan) !== undefined);
  const touched = new Set(parquet.columns.filter(isTouched).map(({ field }) => field.name));
  const kept = Object.entries(columns).filter(([name]) => !touched.has(name));
  if (kept.length === Object.keys(columns).length) return value;
  if (kept.length === 0 || touched.has(String(before["primary_column"]))) return undefined;
  return JSON.stringify({ ...before, columns: Object.fromEntries(kept) });
}

/** True where nothing of the column is left. */
export function isDropped(column: Column, plan: RewritePlan): boolean {
  return leavesOf(column).every(({ index }) => plan.dropped.has(index));
}

export function maskedAt(column: number, { alone, aligned }: RewritePlan): MaskedLeaf | undefined {
  return alone.get(column) ?? aligned.get(column);
}

/** The object that a text holds; undefined where it holds no object. */
export function objectOf(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
