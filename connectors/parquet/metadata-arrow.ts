import {
  DataType,
  Field,
  FixedSizeList,
  LargeList,
  List,
  Map_,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from "apache-arrow";
import type { Change } from "./metadata.ts";
import type { MaskedLeaf, RewritePlan } from "./rewrite-plan.ts";
import type { Column } from "./schema.ts";
import { hintOf } from "./schema-hints.ts";

/** The tree of the hint is not that of the file. */
const STRAYED = Symbol("hint and file differ");

/**
 * Arrow's own schema (key `ARROW:schema`), with the columns changed that have changed. `keyValue`: what becomes of a
 * key-value of the schema. Of a masked field's own ones only its field id stays.
 */
export function newArrowHint(
  value: string,
  { parquet, plan }: Change,
  keyValue: (key: string, value: string) => string | undefined,
): string | undefined {
  try {
    const schema = hintOf(value);
    if (!schema) return undefined;
    const fields = changedAll(schema.fields, parquet.columns, plan);
    const metadata = new Map<string, string>();
    for (const [key, before] of schema.metadata) {
      const after = keyValue(key, before);
      if (after !== undefined) metadata.set(key, after);
    }
    const same = fields.length === schema.fields.length && fields.every((field, i) => field === schema.fields[i]);
    const told =
      metadata.size === schema.metadata.size && [...metadata].every(([k, v]) => schema.metadata.get(k) === v);
    return same && told ? value : encoded(new Schema(fields, metadata));
  } catch {
    // A type that arrow-js does not know, or a hint of another file's columns.
    return undefined;
  }
}

/** An IPC schema message in base64, as Arrow's Parquet writers leave it. */
function encoded(schema: Schema): string {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  writer.finish();
  return Buffer.from(writer.toUint8Array(true)).toString("base64");
}

function changedAll(fields: readonly Field[], columns: readonly Column[], plan: RewritePlan): Field[] {
  if (fields.length !== columns.length) throw STRAYED;
  return fields.flatMap((field, i) => changed(field, columns[i]!, plan) ?? []);
}

/** The field itself where nothing in it has changed; undefined where nothing of it is left. */
function changed(field: Field, column: Column, plan: RewritePlan): Field | undefined {
  if (field.name !== column.field.name && column.kind !== "list") throw STRAYED;
  if (column.kind === "leaf") {
    if (childrenOf(field.type).length > 0) throw STRAYED;
    if (plan.dropped.has(column.leaf.index)) return undefined;
    const masked = plan.alone.get(column.leaf.index) ?? plan.aligned.get(column.leaf.index);
    return masked ? maskedField(field, masked) : field;
  }
  const columns = column.kind === "list" ? [column.child] : column.children;
  const before = childrenOf(field.type);
  if (before.length !== columns.length) throw STRAYED;
  const children = column.kind === "list" ? listed(before[0]!, column.child, plan) : changedAll(before, columns, plan);
  if (children.length === 0) return undefined;
  if (children.length === before.length && children.every((child, i) => child === before[i])) return field;
  return new Field(field.name, around(field.type, children), field.nullable, field.metadata);
}

/** Names of a list's element differ between the two: `item` there, `element` or `array` here. */
function listed(element: Field, column: Column, plan: RewritePlan): Field[] {
  const named = new Field(column.field.name, element.type, element.nullable, element.metadata);
  const after = changed(named, column, plan);
  if (!after) return [];
  return after === named ? [element] : [new Field(element.name, after.type, after.nullable, after.metadata)];
}

function maskedField(field: Field, { type, nullable, retyped }: MaskedLeaf): Field {
  const id = field.metadata.get("PARQUET:field_id");
  const metadata = id === undefined ? undefined : new Map([["PARQUET:field_id", id]]);
  if (!retyped && field.metadata.size === (metadata?.size ?? 0)) return field;
  return new Field(field.name, retyped ? type : field.type, retyped ? nullable : field.nullable, metadata);
}

function childrenOf(type: DataType): readonly Field[] {
  return (type.children ?? []) as readonly Field[];
}

function around(type: DataType, children: Field[]): DataType {
  if (DataType.isStruct(type)) return new Struct(children);
  if (DataType.isList(type)) return new List(children[0]!);
  if (DataType.isLargeList(type)) return new LargeList(children[0]!);
  if (DataType.isFixedSizeList(type)) return new FixedSizeList(type.listSize, children[0]!);
  if (DataType.isMap(type)) return new Map_(children[0]! as never, type.keysSorted);
  throw STRAYED;
}
