/** Leaf paths in an Arrow schema: which column a path such as `addresses.list.element.line` means, and schemas with one leaf changed. */
import { DataType, Dictionary, Field, FixedSizeList, LargeList, List, Map_, Schema, Struct } from "apache-arrow";
import { MaskingError } from "./errors.ts";
import type { Leaf } from "./types.ts";

/** Where a leaf stands: the fields from the top-level column down, and each one's index among its siblings. */
export interface Trail {
  readonly fields: readonly Field[];
  readonly indexes: readonly number[];
}

/** What a leaf holds. */
export interface LeafType {
  /** The type of one value; a dictionary stays a `Dictionary`. A path that names a struct or a map gives that type. */
  readonly type: DataType;
  readonly nullable: boolean;
  /** How many list levels are above it (a map is one); 0 means one value a row. */
  readonly lists: number;
}

/** What stands between a list's name and its element in the spellings of Arrow, Parquet and its older writers. */
const ELEMENT = ["list.element", "list.item", "item", "element", "bag.array_element", "array"];
const ENTRIES = ["entries", "key_value", "map"];

/** True for the types that hold any number of values a slot in one child. */
export function isList(type: DataType): type is List | LargeList | FixedSizeList | Map_ {
  return DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type) || DataType.isMap(type);
}

/**
 * The column that a path names, lists not yet entered; undefined where there is none. A top-level column of exactly
 * that name wins. Throws COLUMN_DUPLICATE where a name on the way is not the only one of its level.
 */
export function namedColumn(schema: Schema, leaf: Leaf): Trail | undefined {
  const exact = schema.fields.findIndex(({ name }) => name === leaf);
  if (exact >= 0) {
    refuseDuplicate(schema.fields, exact, leaf);
    return { fields: [schema.fields[exact]!], indexes: [exact] };
  }
  const found = [...amongChildren(schema.fields, leaf, leaf)];
  return found.find(({ fields }) => !isNested(elementOf(fields.at(-1)!).type)) ?? found[0];
}

/** The leaf that a path names: as `namedColumn`, and then into lists down to their element. */
export function leafTrail(schema: Schema, leaf: Leaf): Trail | undefined {
  const trail = namedColumn(schema, leaf);
  if (!trail) return undefined;
  const fields = [...trail.fields];
  const indexes = [...trail.indexes];
  for (let next = fields.at(-1)!; isList(next.type) && !DataType.isMap(next.type); next = fields.at(-1)!) {
    fields.push(next.type.children[0]!);
    indexes.push(0);
  }
  return { fields, indexes };
}

/** What a leaf holds, or undefined where the schema has no such leaf. */
export function leafType(schema: Schema, leaf: Leaf): LeafType | undefined {
  const fields = leafTrail(schema, leaf)?.fields;
  if (!fields) return undefined;
  const { type, nullable } = fields.at(-1)!;
  return { type, nullable, lists: fields.slice(0, -1).filter((field) => isList(field.type)).length };
}

/** The schema with one leaf of another type. Throws COLUMN_MISSING. */
export function withLeafType(schema: Schema, leaf: Leaf, type: DataType, nullable: boolean): Schema {
  const trail = leafTrail(schema, leaf);
  if (!trail) throw new MaskingError("COLUMN_MISSING", { column: leaf });
  return new Schema(
    replaced(schema.fields, trail.indexes, (field) => new Field(field.name, type, nullable, field.metadata)),
    schema.metadata,
    undefined,
    schema.metadataVersion,
  );
}

/**
 * The schema without a column; a path to a list's element drops the list, and a struct that loses its last child goes
 * with it. Throws COLUMN_MISSING, and RULE_UNFIT for one half of a map.
 */
export function withoutLeaf(schema: Schema, leaf: Leaf): Schema {
  const trail = droppedColumn(schema, leaf);
  return new Schema(
    replaced(schema.fields, trail.indexes, () => undefined),
    schema.metadata,
    undefined,
    schema.metadataVersion,
  );
}

/** The column that goes when a leaf is dropped: the leaf, or the nearest column around it that cannot be without it. */
export function droppedColumn(schema: Schema, leaf: Leaf): Trail {
  const trail = namedColumn(schema, leaf);
  if (!trail) throw new MaskingError("COLUMN_MISSING", { column: leaf });
  let depth = trail.fields.length - 1;
  for (; depth > 0; depth--) {
    const { type } = trail.fields[depth - 1]!;
    if (DataType.isMap(type) || (depth > 1 && DataType.isMap(trail.fields[depth - 2]!.type))) {
      throw new MaskingError("RULE_UNFIT", { column: leaf, expected: "the whole map" });
    }
    if (DataType.isStruct(type) && type.children.length > 1) break;
  }
  return { fields: trail.fields.slice(0, depth + 1), indexes: trail.indexes.slice(0, depth + 1) };
}

/** The same nested type around other children. */
export function withChildren(type: DataType, children: Field[]): DataType {
  if (DataType.isStruct(type)) return new Struct(children);
  if (DataType.isList(type)) return new List(children[0]!);
  if (DataType.isLargeList(type)) return new LargeList(children[0]!);
  if (DataType.isFixedSizeList(type)) return new FixedSizeList(type.listSize, children[0]!);
  if (DataType.isMap(type)) return new Map_(children[0]!, type.keysSorted);
  throw new MaskingError("COLUMN_TYPE");
}

function isNested(type: DataType): boolean {
  return isList(type) || DataType.isStruct(type) || DataType.isUnion(type);
}

function elementOf(field: Field): Field {
  let element = field;
  while (isList(element.type) && !DataType.isMap(element.type)) element = element.type.children[0]!;
  return element;
}

function* amongChildren(fields: readonly Field[], path: string, leaf: Leaf): Generator<Trail> {
  for (const [index, field] of fields.entries()) {
    const rest = after(path, field.name);
    if (rest === undefined) continue;
    for (const below of within(field, rest, leaf)) {
      refuseDuplicate(fields, index, leaf);
      yield { fields: [field, ...below.fields], indexes: [index, ...below.indexes] };
    }
  }
}

/** Ways to read the rest of a path below a field. */
function* within(field: Field, path: string, leaf: Leaf): Generator<Trail> {
  if (path === "") {
    yield { fields: [], indexes: [] };
    return;
  }
  if (DataType.isStruct(field.type)) yield* amongChildren(field.type.children, path, leaf);
  if (!isList(field.type)) return;
  const child: Field = field.type.children[0]!;
  const spellings = [child.name, `list.${child.name}`, ...(DataType.isMap(field.type) ? ENTRIES : ELEMENT)];
  const rests = new Set([...spellings.map((spelling) => after(path, spelling)), path]);
  for (const rest of rests) {
    if (rest === undefined) continue;
    for (const below of within(child, rest, leaf)) {
      yield { fields: [child, ...below.fields], indexes: [0, ...below.indexes] };
    }
  }
}

function after(path: string, name: string): string | undefined {
  if (path === name) return "";
  return path.startsWith(`${name}.`) ? path.slice(name.length + 1) : undefined;
}

function refuseDuplicate(fields: readonly Field[], index: number, leaf: Leaf): void {
  const { name } = fields[index]!;
  if (fields.some((other, at) => at !== index && other.name === name)) {
    throw new MaskingError("COLUMN_DUPLICATE", { column: leaf });
  }
}

function replaced(
  fields: readonly Field[],
  [index, ...below]: readonly number[],
  change: (field: Field) => Field | undefined,
): Field[] {
  const field = fields[index!]!;
  const after = [...fields];
  if (below.length === 0) {
    const changed = change(field);
    after.splice(index!, 1, ...(changed ? [changed] : []));
  } else {
    const type = withChildren(field.type, replaced(field.type.children, below, change));
    after[index!] = new Field(field.name, type, field.nullable, field.metadata);
  }
  return after;
}

/** The type of the values themselves: what a dictionary holds, or the type as it is. */
export function valueType(type: DataType): DataType {
  return type instanceof Dictionary ? type.dictionary : type;
}
