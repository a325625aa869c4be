/** The schema of a new file: Arrow's fields as Parquet's elements, lists in the three-level spelling. */
import { DataType, type Field, RecordBatchStreamWriter, type Schema } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { Column, ParquetLeaf } from "./schema.ts";
import { groupElement, leafElement, REPETITION, type Stored, storedAs, union } from "./schema-elements.ts";
import { ANNOTATION, CONVERTED, EXTENSION, LOGICAL } from "./schema-types.ts";
import type { ThriftStruct } from "./thrift.ts";

/** The columns, and the elements that say the same in the footer, the root first. */
export interface NewSchema {
  readonly elements: readonly ThriftStruct[];
  readonly columns: readonly Column[];
  readonly leaves: readonly ParquetLeaf[];
}

/** Throws COLUMN_TYPE, with the column, for a type that Parquet has no place for. */
export function newSchemaOf(schema: Schema): NewSchema {
  const made: Made = { elements: [groupElement("schema", undefined, schema.fields.length)], leaves: [] };
  const columns = schema.fields.map((field) => columnOf(field, { definition: 0, repetition: 0, path: [] }, made));
  return { ...made, columns };
}

interface Made {
  readonly elements: ThriftStruct[];
  readonly leaves: ParquetLeaf[];
}

interface Above {
  readonly definition: number;
  readonly repetition: number;
  readonly path: readonly string[];
}

function columnOf(field: Field, above: Above, made: Made, name: string = field.name): Column {
  const { type } = field;
  const nullable = field.nullable || DataType.isNull(type);
  const at = { ...above, definition: above.definition + Number(nullable), path: [...above.path, name] };
  const place = { field, definition: at.definition, repetition: at.repetition };
  const repetition = nullable ? REPETITION.OPTIONAL : REPETITION.REQUIRED;
  if (at.repetition > 255 || at.definition > 255) throw new MaskingError("COLUMN_TYPE", { column: at.path.join(".") });
  if (DataType.isStruct(type)) {
    if (type.children.length === 0) throw new MaskingError("COLUMN_TYPE", { column: at.path.join(".") });
    made.elements.push(groupElement(name, repetition, type.children.length));
    return { kind: "struct", ...place, children: type.children.map((child) => columnOf(child, at, made)) };
  }
  if (DataType.isMap(type)) {
    made.elements.push(groupElement(name, repetition, 1, "MAP"));
    return { kind: "list", ...place, child: entriesOf(type.children[0]!, within(at, "key_value"), made) };
  }
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type)) {
    made.elements.push(groupElement(name, repetition, 1, "LIST"), groupElement("list", REPETITION.REPEATED, 1));
    return { kind: "list", ...place, child: columnOf(type.children[0]!, within(at, "list"), made, "element") };
  }
  return { kind: "leaf", ...place, leaf: leafOf(field, at, repetition, made) };
}

function within(at: Above, name: string): Above {
  return { definition: at.definition + 1, repetition: at.repetition + 1, path: [...at.path, name] };
}

function entriesOf(field: Field, at: Above, made: Made): Column {
  made.elements.push(groupElement("key_value", REPETITION.REPEATED, 2));
  const [key, value] = field.type.children as [Field, Field];
  const required = key.clone({ nullable: false });
  const children = [columnOf(required, at, made, "key"), columnOf(value, at, made, "value")];
  return {
    kind: "struct",
    field: field.clone({ nullable: false }),
    definition: at.definition,
    repetition: at.repetition,
    children,
  };
}

function leafOf(field: Field, at: Above, repetition: number, made: Made): ParquetLeaf {
  const stored = annotated(field, at);
  made.elements.push(leafElement(at.path.at(-1)!, repetition, stored));
  const leaf: ParquetLeaf = {
    index: made.leaves.length,
    element: made.elements.length - 1,
    path: at.path,
    physical: stored.physical,
    typeLength: stored.typeLength,
    maxDefinition: at.definition,
    maxRepetition: at.repetition,
    nullable: repetition === REPETITION.OPTIONAL,
    type: field.type,
  };
  made.leaves.push(leaf);
  return leaf;
}

/** How the field is stored, under the annotation that its metadata asks for where it goes with the type. */
function annotated(field: Field, at: Above): Stored {
  let stored: Stored;
  try {
    stored = storedAs(field.type);
  } catch {
    throw new MaskingError("COLUMN_TYPE", { column: at.path.join(".") });
  }
  const plain = { physical: stored.physical, typeLength: stored.typeLength };
  const text = stored.converted === CONVERTED.UTF8;
  const bytes = stored.logical === undefined;
  const extension = field.metadata.get(EXTENSION);
  const annotation = field.metadata.get(ANNOTATION);
  if (extension === "arrow.uuid" && stored.typeLength === 16) return { ...plain, logical: union(LOGICAL.UUID) };
  if (extension === "arrow.json" && text) return { ...plain, converted: CONVERTED.JSON, logical: union(LOGICAL.JSON) };
  if (annotation === "ENUM" && text) return { ...plain, converted: CONVERTED.ENUM, logical: union(LOGICAL.ENUM) };
  if (annotation === "BSON" && bytes) return { ...plain, converted: CONVERTED.BSON, logical: union(LOGICAL.BSON) };
  if (annotation === "INTERVAL" && stored.typeLength === 12) return { ...plain, converted: CONVERTED.INTERVAL };
  return stored;
}

/**
 * What Arrow readers need to restore the types that Parquet has not: see `schema-hints.ts`. pyarrow takes the schema's own
 * key-values from here too. */
export function arrowHint(schema: Schema): string {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  writer.finish();
  return Buffer.from(writer.toUint8Array(true)).toString("base64");
}
