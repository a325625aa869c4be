import { type DataType, Field, List, Map_, Schema, Struct } from "apache-arrow";
import { leafTrail } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { Leaf } from "../../src/types.ts";
import { withField } from "./fields.ts";
import type { Footer, SchemaElement } from "./footer.ts";
import { leafElement, REPETITION, storedAs } from "./schema-elements.ts";
import { hinted, hintedColumn, hintsOf, hintWithin } from "./schema-hints.ts";
import { arrowType, isAnnotated, metadataOf } from "./schema-types.ts";
import { T, type ThriftStruct } from "./thrift.ts";

export { physicalOf } from "./schema-elements.ts";

/** A column of values: a leaf of the schema tree. */
export interface ParquetLeaf {
  /** Which of a row group's chunks it is. */
  readonly index: number;
  /** Which of the footer's schema elements it is. */
  readonly element: number;
  readonly path: readonly string[];
  readonly physical: number;
  /** Bytes of a FIXED_LEN_BYTE_ARRAY; else 0. */
  readonly typeLength: number;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  /** The leaf's own element is optional. */
  readonly nullable: boolean;
  /** Arrow type of one value; of a dictionary column the type of its entries. */
  readonly type: DataType;
}

/** A node of the schema as Arrow sees it: a list is one node, whatever levels of groups Parquet spells it with. */
export type Column = LeafColumn | StructColumn | ListColumn;

interface Placed {
  readonly field: Field;
  /** Definition level from which on the value itself is there, not null. */
  readonly definition: number;
  /** Lists around it. */
  readonly repetition: number;
}

export interface LeafColumn extends Placed {
  readonly kind: "leaf";
  readonly leaf: ParquetLeaf;
}

export interface StructColumn extends Placed {
  readonly kind: "struct";
  readonly children: readonly Column[];
}

/** A list, or a map, which is a list of structs. One definition level above its own it has an element. */
export interface ListColumn extends Placed {
  readonly kind: "list";
  readonly child: Column;
}

export interface ParquetSchema {
  readonly schema: Schema;
  /** In order of the chunks. */
  readonly leaves: readonly ParquetLeaf[];
  /** One a field of `schema`. */
  readonly columns: readonly Column[];
}

/**
 * The schema of a file. List and map spellings are read by the backward-compatibility rules of parquet-format's
 * LogicalTypes.md. The file's key-value metadata stays out of it: writers keep samples of the data there.
 */
export function parquetSchema(footer: Pick<Footer, "schema" | "keyValues">): ParquetSchema {
  const { children } = treeOf(footer.schema);
  const hints = hintsOf(footer.keyValues);
  const leaves: Leaves = {
    list: [],
    spark: [...footer.keyValues.keys()].some((key) => key.startsWith("org.apache.spark.")),
  };
  const columns = children.map((child, i) => {
    const hint = hints.length === children.length && hints[i]?.name === child.element.name ? hints[i] : undefined;
    return columnOf(child, { definition: 0, repetition: 0, path: [] }, hint, leaves);
  });
  return { schema: new Schema(columns.map(({ field }) => field)), leaves: leaves.list, columns };
}

/** The leaves met so far, and what all of them need. */
interface Leaves {
  readonly list: ParquetLeaf[];
  readonly spark: boolean;
}

interface Tree {
  readonly element: SchemaElement;
  readonly index: number;
  readonly children: readonly Tree[];
}

function treeOf(elements: readonly SchemaElement[]): Tree {
  let next = 0;
  const take = (): Tree => {
    const index = next++;
    const element = elements[index];
    if (!element) throw new MaskingError("INPUT_MALFORMED", { expected: "a Parquet schema" });
    return { element, index, children: Array.from({ length: element.children }, take) };
  };
  return take();
}

interface Above {
  readonly definition: number;
  readonly repetition: number;
  readonly path: readonly string[];
}

function columnOf(tree: Tree, above: Above, hint: Field | undefined, leaves: Leaves): Column {
  const { name, repetition } = tree.element;
  if (repetition !== REPETITION.REPEATED) {
    const nullable = repetition === REPETITION.OPTIONAL;
    return bodyOf(tree, { ...above, definition: above.definition + Number(nullable) }, nullable, hint, leaves);
  }
  // Repeated outside of a LIST group: a list that is never null, of elements that are not.
  const child = bodyOf(tree, within(above), false, hintWithin(hint, 0, name), leaves);
  return { kind: "list", field: new Field(name, new List(child.field), false), ...placeOf(above), child };
}

/** The node itself; `at` counts its own level, and its path ends above it. */
function bodyOf(tree: Tree, at: Above, nullable: boolean, hint: Field | undefined, leaves: Leaves): Column {
  const { element, children } = tree;
  const below = { ...at, path: [...at.path, element.name] };
  if (children.length === 0) return leafOf(tree, below, nullable, hint, leaves);
  const place = placeOf(at);
  const [middle] = children;
  const isWrapper = children.length === 1 && middle!.element.repetition === REPETITION.REPEATED;
  if (isWrapper && isAnnotated(element, "LIST")) {
    const child = elementOf(middle!, element.name, within(below), hintWithin(hint, 0, ""), leaves);
    return { kind: "list", field: new Field(element.name, new List(child.field), nullable), ...place, child };
  }
  if (isWrapper && isMap(element) && isEntries(middle!)) {
    const child = bodyOf(middle!, within(below), false, hintWithin(hint, 0, ""), leaves);
    return { kind: "list", field: new Field(element.name, new Map_(child.field), nullable), ...place, child };
  }
  const columns = children.map((child, i) => columnOf(child, below, hintWithin(hint, i, child.element.name), leaves));
  const type = new Struct(columns.map(({ field }) => field));
  return { kind: "struct", field: new Field(element.name, type, nullable), ...place, children: columns };
}

function within(above: Above): Above {
  return { ...above, definition: above.definition + 1, repetition: above.repetition + 1 };
}

function placeOf({ definition, repetition }: Above): { readonly definition: number; readonly repetition: number } {
  return { definition, repetition };
}

function isMap(element: SchemaElement): boolean {
  return isAnnotated(element, "MAP") || (!element.logical && element.converted === 2); // MAP_KEY_VALUE, from old writers
}

function isEntries({ children }: Tree): boolean {
  return children.length === 2 && children.every(({ element }) => element.repetition !== REPETITION.REPEATED);
}

/** The element of a LIST group: the repeated node itself in the two-level spellings, else its only child. */
function elementOf(middle: Tree, list: string, at: Above, hint: Field | undefined, leaves: Leaves): Column {
  const { name } = middle.element;
  const only = middle.children[0];
  const twoLevel =
    middle.children.length !== 1 ||
    only!.element.repetition === REPETITION.REPEATED ||
    isAnnotated(middle.element, "LIST") ||
    isMap(middle.element) ||
    name === "array" ||
    name === `${list}_tuple`;
  if (twoLevel) return bodyOf(middle, at, false, hint, leaves);
  return columnOf(only!, { ...at, path: [...at.path, name] }, hint, leaves);
}

function leafOf(tree: Tree, at: Above, nullable: boolean, hint: Field | undefined, leaves: Leaves): Column {
  const { element } = tree;
  if (element.type === undefined)
    throw new MaskingError("INPUT_UNSUPPORTED", { column: at.path.join("."), expected: "a group with columns in it" });
  const type = hinted(arrowType(element, leaves.spark), hint);
  const leaf: ParquetLeaf = {
    index: leaves.list.length,
    element: tree.index,
    path: at.path,
    physical: element.type,
    typeLength: element.type === 7 ? (element.typeLength ?? 0) : 0,
    maxDefinition: at.definition,
    maxRepetition: at.repetition,
    nullable,
    type,
  };
  leaves.list.push(leaf);
  const field = new Field(element.name, hintedColumn(type, hint), nullable, metadataOf(element, hint));
  return { kind: "leaf", field, ...placeOf(at), leaf };
}

/**
 * The leaves that a path names; all those below where it names a group, none where there is no such path. A top-level
 * column of exactly that name wins, then Parquet's own path, then the spellings that `src/batch.ts` knows.
 */
export function resolveLeaf(parquet: ParquetSchema, leaf: Leaf): readonly ParquetLeaf[] {
  if (!parquet.schema.fields.some(({ name }) => name === leaf)) {
    const exact = parquet.leaves.filter(({ path }) => path.join(".") === leaf);
    if (exact.length > 1) throw new MaskingError("COLUMN_DUPLICATE", { column: leaf });
    if (exact.length === 1) return exact;
  }
  const trail = leafTrail(parquet.schema, leaf);
  if (!trail) return [];
  let column: Column = parquet.columns[trail.indexes[0]!]!;
  for (const index of trail.indexes.slice(1)) {
    if (column.kind === "leaf") return []; // cannot be: Arrow's tree is this tree
    column = column.kind === "list" ? column.child : column.children[index]!;
  }
  return leavesOf(column);
}

/** The leaves of a column, in order. */
export function leavesOf(column: Column): readonly ParquetLeaf[] {
  if (column.kind === "leaf") return [column.leaf];
  return column.kind === "list" ? leavesOf(column.child) : column.children.flatMap(leavesOf);
}

/** The element of a leaf whose Arrow type or nullability has changed; its name and field id stay. */
export function schemaElement(leaf: ParquetLeaf, old: SchemaElement, type: DataType, nullable: boolean): ThriftStruct {
  const repeated = old.repetition === REPETITION.REPEATED;
  if (repeated && nullable)
    throw new MaskingError("COLUMN_TYPE", { column: leaf.path.join("."), expected: "no nulls" });
  const repetition = repeated ? old.repetition : nullable ? REPETITION.OPTIONAL : REPETITION.REQUIRED;
  if (String(type) === String(leaf.type)) return withField(old.tree, 3, T.i32, repetition);
  return leafElement(old.name, repetition, storedAs(type), old.fieldId);
}
