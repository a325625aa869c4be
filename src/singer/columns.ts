import { Binary, Bool, DataType, Field, Float64, Int64, Schema, Utf8 } from "apache-arrow";
import { MaskingError } from "../errors.ts";
import { type ColumnRules, planTable } from "../rules.ts";
import type { Leaf, Transform } from "../types.ts";

/** A property of a stream's schema. `children` are there where the job names what is inside of it. */
export interface Column {
  readonly key: string;
  readonly leaf: Leaf;
  readonly type: DataType;
  readonly children?: readonly Column[];
  /** The type after masking; undefined where the column leaves; absent where it stays as it is. */
  readonly becomes?: DataType | undefined;
  readonly touched: boolean;
}

export interface StreamPlan {
  readonly columns: readonly Column[];
  readonly transforms: readonly Transform[];
  /** Of the leaves that the transforms need. */
  readonly schema: Schema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Checks a stream's rules against its JSON Schema, as `planTable` does for a table. A property whose parts the job
 * names (`address.city`) is looked into; arrays and other objects can be kept and dropped, but not masked.
 */
export function planStream(schema: JsonSchema, rules: ColumnRules): StreamPlan {
  const found = columnsOf(schema, rules, "");
  const leaves = found.flatMap(leavesOf);
  const fields = leaves.map(({ leaf, type }) => new Field(leaf, type, true));
  const plan = planTable(new Schema(fields), [], rules);
  const written = new Set(plan.transforms.flatMap(({ writes }) => writes));
  const after = new Map(plan.schema.fields.map(({ name, type }) => [name, type]));
  const told = (column: Column): Column => {
    if (column.children) return { ...column, children: column.children.map(told) };
    if (!written.has(column.leaf)) return column;
    const becomes = after.get(column.leaf);
    if (becomes && DataType.isBinary(column.type) && !DataType.isNull(becomes))
      throw new MaskingError("COLUMN_TYPE", { column: column.leaf, expected: "text, a number or a boolean" });
    return { ...column, touched: true, becomes };
  };
  const needed = new Set(plan.transforms.flatMap(({ reads, writes }) => [...reads, ...writes]));
  return {
    columns: found.map(told),
    transforms: plan.transforms,
    schema: new Schema(fields.filter(({ name }) => needed.has(name))),
  };
}

/** The leaves of a column, itself where it is not looked into. */
export function leavesOf(column: Column): readonly Column[] {
  return column.children ? column.children.flatMap(leavesOf) : [column];
}

/** The types that a property may have, those of its alternatives among them. */
export function typesOf(property: JsonSchema): readonly string[] {
  const alternatives = [property["anyOf"], property["oneOf"]].flat().filter((each) => each !== undefined);
  const own = [property["type"]].flat().filter((each) => typeof each === "string");
  return [...own, ...alternatives.flatMap((each) => typesOf(each as JsonSchema))];
}

function columnsOf(schema: JsonSchema, rules: ColumnRules, prefix: string): readonly Column[] {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.entries(properties).map(([key, property]) => {
    const leaf = `${prefix}${key}`;
    const inside = [...rules.byColumn.keys()].some((ruled) => ruled.startsWith(`${leaf}.`));
    const column = { key, leaf, type: typeOf(typesOf(property)), touched: false };
    if (!inside || rules.byColumn.has(leaf) || property["properties"] === undefined) return column;
    return { ...column, children: columnsOf(property, rules, `${leaf}.`) };
  });
}

function typeOf(types: readonly string[]): DataType {
  const own = types.filter((type) => type !== "null");
  if (own.includes("object") || own.includes("array")) return new Binary();
  if (own.length > 0 && own.every((type) => type === "integer")) return new Int64();
  if (own.length > 0 && own.every((type) => type === "integer" || type === "number")) return new Float64();
  if (own.length > 0 && own.every((type) => type === "boolean")) return new Bool();
  return new Utf8();
}
