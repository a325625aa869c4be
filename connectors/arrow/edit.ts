/** An Arrow schema with some fields changed or dropped; every other field is kept as it stands in the input. */
import { DataType, Field, Schema } from "apache-arrow";
import { Message } from "apache-arrow/ipc/metadata/message";
import { MaskingError } from "../../src/errors.ts";
import type { Layout, Node } from "./layout.ts";
import { type FieldTable, type KeyValue, readMessage, type SchemaTable, TYPE } from "./metadata.ts";
import { pandasAfter } from "./pandas.ts";

/** What becomes of a field. `dictionary`: the id under which its dictionary is written. */
export interface FieldChange {
  readonly type: DataType;
  readonly nullable: boolean;
  readonly dictionary: number | undefined;
  /** `widened`: the same values with wider dictionary indices. */
  readonly differs: "no" | "widened" | "type";
}

/** Changes by node. */
export interface Changes {
  readonly fields: ReadonlyMap<number, FieldChange>;
  readonly dropped: ReadonlySet<number>;
}

/**
 * The nodes that go when these go: a struct without children and a list without its element go too. Throws RULE_UNFIT
 * for one half of a map.
 */
export function droppedWith(layout: Layout, targets: ReadonlySet<number>): ReadonlySet<number> {
  const dropped = new Set<number>();
  const visit = (index: number): boolean => {
    const node = layout.nodes[index]!;
    const gone = node.children.map(visit);
    if (node.field.typeId === TYPE.map) refuseHalf(layout, node, dropped);
    const empty = gone.length > 0 && gone.every(Boolean);
    if (targets.has(index) || empty) dropped.add(index);
    return dropped.has(index);
  };
  for (const column of layout.columns) visit(column);
  return dropped;
}

function refuseHalf(layout: Layout, map: Node, dropped: ReadonlySet<number>): void {
  const entries = layout.nodes[map.children[0]!];
  if (entries?.children.some((child) => dropped.has(child)) && !dropped.has(entries.index)) {
    throw new MaskingError("RULE_UNFIT", { column: map.shown.name, expected: "the whole map" });
  }
}

/** The input's own table where nothing changes. */
export function changedSchema(table: SchemaTable, layout: Layout, changes: Changes): SchemaTable {
  if (changes.fields.size === 0 && changes.dropped.size === 0) return table;
  const fields = (table.fields ?? []).flatMap((field, i) => changedField(field, layout, layout.columns[i]!, changes));
  const columns = layout.columns.map((index) => {
    const change = changes.fields.get(index);
    const { name } = layout.nodes[index]!.shown;
    return { name, dropped: changes.dropped.has(index), type: change?.differs === "type" ? change.type : undefined };
  });
  return { ...table, fields, metadata: table.metadata && pandasAfter(table.metadata, columns) };
}

function changedField(field: FieldTable, layout: Layout, index: number, changes: Changes): FieldTable[] {
  if (changes.dropped.has(index)) return [];
  const change = changes.fields.get(index);
  if (change) return [retyped(field, change)];
  const { children } = layout.nodes[index]!;
  if (children.length === 0) return [field];
  return [
    { ...field, children: field.children!.flatMap((child, i) => changedField(child, layout, children[i]!, changes)) },
  ];
}

function retyped(field: FieldTable, { type, nullable, dictionary, differs }: FieldChange): FieldTable {
  if (differs === "no" && dictionary === field.dictionary?.id) return { ...field, nullable };
  const { typeId, type: details, children, dictionary: encoding } = tableOf(type);
  return {
    ...field,
    nullable,
    typeId,
    type: details,
    children,
    dictionary: encoding && { ...encoding, id: dictionary! },
    metadata: differs === "type" ? field.metadata?.filter((pair) => !isExtension(pair)) : field.metadata,
  };
}

/** An extension type describes the storage that was there before. */
function isExtension({ key }: KeyValue): boolean {
  return Buffer.from(key).toString("latin1").startsWith("ARROW:extension:");
}

/** A schema of apache-arrow as its metadata. */
export function schemaTable(schema: Schema): SchemaTable {
  return readMessage(Message.encode(Message.from(schema))).header as SchemaTable;
}

function tableOf(type: DataType): FieldTable {
  return schemaTable(new Schema([new Field("", type, true)])).fields![0]!;
}

/** True where both are stored alike. Dictionaries compare by their values' type and the width of their indices. */
export function sameType(a: DataType, b: DataType): boolean {
  if (a === b) return true;
  if (DataType.isDictionary(a) && DataType.isDictionary(b)) {
    return sameType(a.dictionary, b.dictionary) && sameType(a.indices, b.indices);
  }
  const [left, right] = [a, b] as readonly { readonly bitWidth?: number }[]; // a decimal's name lacks its width
  return a.typeId === b.typeId && left!.bitWidth === right!.bitWidth && String(a) === String(b);
}
