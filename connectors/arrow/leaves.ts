/** What a rewrite hands to the mask, and what becomes of the schema: decided once, before a row is read. */
import { DataType, Dictionary, Field, Int32, List, Null, type RecordBatch, Schema } from "apache-arrow";
import { isNumeric } from "../../src/cells.ts";
import { MaskingError } from "../../src/errors.ts";
import { leafTrail, namedColumn, valueType } from "../../src/leaf.ts";
import type { BatchStream, Leaf, Touched } from "../../src/types.ts";
import { type Changes, changedSchema, droppedWith, type FieldChange, sameType } from "./edit.ts";
import type { ArrowInput } from "./input.ts";
import { type Layout, layoutOf, type Node } from "./layout.ts";
import type { FieldTable, SchemaTable } from "./metadata.ts";

/** A leaf that the mask sees. */
export interface TouchedLeaf {
  readonly leaf: Leaf;
  readonly node: Node;
  /** Nodes from the top-level column down to the leaf's own. */
  readonly trail: readonly number[];
  /** List levels above the leaf. */
  readonly lists: number;
  /** The column as the mask is shown it: the leaf's own type, or a list of its non-null values a row. */
  readonly given: Field;
}

export interface RewritePlan {
  readonly layout: Layout;
  /** Leaves that come row by row. */
  readonly rows: readonly TouchedLeaf[];
  /** Dictionary columns of which the mask is shown each value once a batch. */
  readonly alone: readonly TouchedLeaf[];
  readonly changes: Changes;
  readonly schema: SchemaTable;
  /** Dictionaries that columns which stay as they are still need. */
  readonly kept: ReadonlySet<number>;
  /** All dictionaries of the input's schema. */
  readonly known: ReadonlySet<number>;
}

type Mask = (stream: BatchStream) => BatchStream;

/**
 * Throws COLUMN_MISSING or COLUMN_DUPLICATE for a leaf that is not there or not the only one, INPUT_UNSUPPORTED and
 * COLUMN_TYPE for one whose values cannot be shown to the mask, and what the mask throws for the schema.
 */
export function planRewrite(input: ArrowInput, touched: Touched, mask: Mask): RewritePlan {
  const layout = layoutOf(input.schema);
  const names = [...new Set([...touched.reads, ...touched.writes])];
  const leaves = names.map((leaf) => touchedLeaf(layout, leaf));
  const planned = leaves.length > 0 ? mask({ schema: schemaOf(leaves), batches: none() }).schema : new Schema([]);
  const targets = new Set<number>();
  const fields = new Map<number, FieldChange>();
  const ids = dictionaryIds(input.schema.fields ?? []);
  let nextId = Math.max(0, ...ids) + 1;
  const alone = leaves.filter((leaf) => touched.byValue.includes(leaf.leaf) && comesAlone(leaf));
  for (const leaf of leaves) {
    const { node } = leaf;
    const after = planned.fields.find(({ name }) => name === leaf.leaf);
    if (!after) targets.add(namedNode(layout, leaf.leaf));
    else if (DataType.isNull(leaf.given.type) && !DataType.isNull(node.shown.type)) throw unreadable(leaf);
    else if (touched.writes.includes(leaf.leaf)) {
      if (fields.has(node.index)) throw new MaskingError("RULE_DUPLICATE", { column: leaf.leaf });
      const own = node.field.dictionary?.id;
      const shared = own === undefined || ids.filter((id) => id === own).length > 1;
      fields.set(node.index, changeOf(leaf, after, alone.includes(leaf), shared ? nextId++ : own));
    }
  }
  const changes = { fields, dropped: droppedWith(layout, targets) };
  const schema = changedSchema(input.schema, layout, changes);
  return {
    layout,
    alone: alone.filter(({ node }) => fields.has(node.index)),
    rows: leaves
      .filter((leaf) => !(alone.includes(leaf) && fields.has(leaf.node.index)))
      .map((leaf) => (touched.byValue.includes(leaf.leaf) && !fields.has(leaf.node.index) ? unread(leaf) : leaf)),
    changes,
    schema,
    kept: keptDictionaries(input.schema, layout, changes),
    known: new Set(ids),
  };
}

/** How the mask would be shown a leaf: as `Null` where its values are no cells. Throws COLUMN_MISSING. */
export function touchedLeaf(layout: Layout, leaf: Leaf): TouchedLeaf {
  const found = leafTrail(layout.schema, leaf);
  if (!found) throw new MaskingError("COLUMN_MISSING", { column: leaf });
  const trail = nodesAt(layout, found.indexes);
  const node = layout.nodes[trail.at(-1)!]!;
  const lists = trail.slice(0, -1).filter((index) => layout.nodes[index]!.shown.type.typeId !== 13).length; // structs
  const { type, nullable } = node.shown;
  const own = node.readable && trail.length === found.indexes.length && isShown(valueType(type));
  const shown = own ? type : new Null();
  const anyNull = trail.some((index) => layout.nodes[index]!.shown.nullable);
  const given =
    lists > 0 && own
      ? new Field(leaf, new List(new Field("item", valueType(shown), nullable)), true)
      : new Field(leaf, shown, anyNull || !own);
  return { leaf, node, trail, lists, given };
}

/** The nodes that a trail's indexes lead to; it ends early where a type is not stored as it is shown. */
function nodesAt(layout: Layout, indexes: readonly number[]): readonly number[] {
  const trail = [layout.columns[indexes[0]!]!];
  for (const index of indexes.slice(1)) {
    const next = layout.nodes[trail.at(-1)!]!.children[index];
    if (next === undefined) break;
    trail.push(next);
  }
  return trail;
}

/** The column that the path names, lists not entered: the one to drop. */
function namedNode(layout: Layout, leaf: Leaf): number {
  return nodesAt(layout, namedColumn(layout.schema, leaf)!.indexes).at(-1)!;
}

/** Types whose values are cells. */
function isShown(type: DataType): boolean {
  return (
    isNumeric(type) ||
    DataType.isUtf8(type) ||
    DataType.isLargeUtf8(type) ||
    DataType.isUtf8View(type) ||
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isBinaryView(type) ||
    DataType.isFixedSizeBinary(type) ||
    DataType.isBool(type) ||
    DataType.isDecimal(type) ||
    DataType.isNull(type)
  );
}

/** A leaf that is dropped, and that no other leaf's mask needs, is not worth reading. */
function unread(leaf: TouchedLeaf): TouchedLeaf {
  return { ...leaf, given: new Field(leaf.leaf, new Null(), true) };
}

/** Why a leaf cannot be shown. */
export function unreadable({ leaf, node }: TouchedLeaf): MaskingError {
  if (!node.readable) {
    return new MaskingError("INPUT_UNSUPPORTED", { column: leaf, expected: "no list view or run-end encoding" });
  }
  return new MaskingError("COLUMN_TYPE", { column: leaf });
}

/** Top-level only: a struct around it could hide slots, and then not every index counts. */
function comesAlone({ node, trail, given }: TouchedLeaf): boolean {
  return trail.length === 1 && node.field.dictionary !== undefined && DataType.isDictionary(given.type);
}

/** `id`: under which a dictionary is written. Indices that must count values of whole rows are at least 32 bits wide. */
function changeOf({ leaf, node, lists }: TouchedLeaf, after: Field, alone: boolean, id: number): FieldChange {
  const before = node.shown.type;
  const element: Field | undefined = lists > 0 ? after.type.children?.[0] : after;
  if (!element) throw new MaskingError("COLUMN_TYPE", { column: leaf });
  let type: DataType = element.type;
  if (lists > 0 && before instanceof Dictionary && sameType(type, before.dictionary)) type = before;
  let differs: FieldChange["differs"] = sameType(type, before) ? "no" : "type";
  if (type instanceof Dictionary && !alone && type.indices.bitWidth < 32) {
    type = new Dictionary(type.dictionary, new Int32(), null, type.isOrdered);
    if (differs === "no") differs = "widened";
  }
  const dictionary = type instanceof Dictionary ? id : undefined;
  return { type, nullable: element.nullable, dictionary, differs };
}

/** A schema of columns as the mask is shown them. */
export function schemaOf(leaves: readonly TouchedLeaf[]): Schema {
  return new Schema(leaves.map(({ given }) => given));
}

async function* none(): AsyncGenerator<RecordBatch> {}

function dictionaryIds(fields: readonly FieldTable[]): number[] {
  return fields.flatMap(({ dictionary, children }) => [
    ...(dictionary ? [dictionary.id] : []),
    ...dictionaryIds(children ?? []),
  ]);
}

function keptDictionaries(table: SchemaTable, layout: Layout, { fields, dropped }: Changes): ReadonlySet<number> {
  const kept = new Set<number>();
  const visit = (field: FieldTable, index: number) => {
    if (dropped.has(index) || fields.has(index)) return;
    if (field.dictionary) for (const id of dictionaryIds([field])) kept.add(id);
    else for (const [i, child] of (field.children ?? []).entries()) visit(child, layout.nodes[index]!.children[i]!);
  };
  for (const [i, field] of (table.fields ?? []).entries()) visit(field, layout.columns[i]!);
  return kept;
}
