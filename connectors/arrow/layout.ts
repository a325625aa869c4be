/** Which nodes and buffers of a message belong to which column. https://arrow.apache.org/docs/format/Columnar.html */
import type { Field, Schema } from "apache-arrow";
import { Message } from "apache-arrow/ipc/metadata/message";
import { MaskingError } from "../../src/errors.ts";
import { type BatchTable, type FieldTable, HEADER, type SchemaTable, TYPE, writeMessage } from "./metadata.ts";

/** A column or a part of one, numbered as messages number them: parents before children. */
export interface Node {
  readonly index: number;
  readonly field: FieldTable;
  /** The same field for apache-arrow; of a type it cannot read, the nearest one it can. */
  readonly shown: Field;
  readonly children: readonly number[];
  /** One past the last node below this one. */
  readonly end: number;
  /** Buffers of its own in a message of version 5; a view type has its variadic ones besides. */
  readonly buffers: number;
  readonly views: boolean;
  /** False for a type that apache-arrow cannot read and for all below one: it can be copied or dropped, not read. */
  readonly readable: boolean;
}

export interface Layout {
  readonly schema: Schema;
  readonly nodes: readonly Node[];
  /** Nodes of the top-level columns. */
  readonly columns: readonly number[];
}

/** Throws INPUT_UNSUPPORTED for a type that this code does not know: its buffers cannot be counted. */
export function layoutOf(table: SchemaTable): Layout {
  const schema = shownSchema(table);
  const nodes: Node[] = [];
  const columns = (table.fields ?? []).map((field, i) => addNode(nodes, field, schema.fields[i]!, true));
  return { schema, nodes, columns };
}

/** The layout of a dictionary's values: as the field, without its indices. */
export function valuesLayout({ field }: Node): Layout {
  const plain = { ...field, dictionary: undefined, nullable: true } as FieldTable;
  return layoutOf({ endianness: 0, fields: [plain], metadata: undefined });
}

function addNode(nodes: Node[], field: FieldTable, shown: Field, readable: boolean): number {
  const index = nodes.length;
  const encoded = field.dictionary !== undefined;
  const own = readable && (encoded || !UNREADABLE.has(field.typeId));
  nodes.push(undefined as never); // its place is before its children
  const below = encoded ? [] : (field.children ?? []);
  const children = below.map((child, i) => {
    const shownChild: Field | undefined = own ? shown.type.children?.[i] : undefined;
    return addNode(nodes, child, shownChild ?? shown, own);
  });
  const buffers = encoded ? 2 : buffersOf(field);
  const views = !encoded && (field.typeId === TYPE.utf8View || field.typeId === TYPE.binaryView);
  nodes[index] = { index, field, shown, children, end: nodes.length, buffers, views, readable: own };
  return index;
}

const UNREADABLE: ReadonlySet<number> = new Set([TYPE.runEndEncoded, TYPE.listView, TYPE.largeListView]);

function buffersOf({ name, typeId, type }: FieldTable): number {
  switch (typeId) {
    case TYPE.null:
    case TYPE.runEndEncoded:
      return 0;
    case TYPE.struct:
    case TYPE.fixedSizeList:
      return 1;
    case TYPE.binary:
    case TYPE.utf8:
    case TYPE.largeBinary:
    case TYPE.largeUtf8:
    case TYPE.listView:
    case TYPE.largeListView:
      return 3;
    case TYPE.union:
      return type?.["mode"] === 1 ? 2 : 1; // a dense one has offsets
    default:
      if (typeId < 1 || typeId > TYPE.largeListView)
        throw new MaskingError("INPUT_UNSUPPORTED", { column: name ?? "" });
      return 2;
  }
}

/** Throws INPUT_MALFORMED for a width or a unit that the type cannot have. */
function refuseOdd({ name, typeId, type = {}, dictionary }: FieldTable): void {
  const [bits, unit] = [type["bitWidth"] as number, type["unit"] as number];
  const isWidth = (width: unknown) => [8, 16, 32, 64].includes(width as number);
  const fits =
    typeId === TYPE.int
      ? isWidth(bits)
      : typeId === TYPE.decimal
        ? [32, 64, 128, 256].includes(bits)
        : typeId === TYPE.time
          ? bits === (unit < 2 ? 32 : 64)
          : typeId === TYPE.float
            ? (type["precision"] as number) <= 2
            : ((type["byteWidth"] ?? type["listSize"] ?? 0) as number) >= 0;
  const indexed = dictionary?.indexType === undefined || isWidth(dictionary.indexType["bitWidth"]);
  if (!fits || !indexed || unit < 0 || unit > 3) {
    throw new MaskingError("INPUT_MALFORMED", { column: name ?? "", expected: "a type of the Arrow format" });
  }
}

/** The schema as apache-arrow has it. */
function shownSchema(table: SchemaTable): Schema {
  const header = { ...table, fields: (table.fields ?? []).map(shownField), features: undefined };
  const bytes = writeMessage({ version: 4, headerType: HEADER.schema, header, bodyLength: 0, metadata: undefined });
  try {
    return Message.decode(bytes).header() as Schema;
  } catch {
    throw new MaskingError("INPUT_UNSUPPORTED", { expected: "types that apache-arrow knows" });
  }
}

function shownField(field: FieldTable): FieldTable {
  refuseOdd(field);
  const named = { ...field, name: field.name ?? "" };
  const children = field.children?.map(shownField);
  if (field.typeId === TYPE.runEndEncoded) {
    const values = children?.[1];
    if (!values) throw new MaskingError("INPUT_MALFORMED");
    return { ...values, name: named.name, nullable: field.nullable, metadata: field.metadata };
  }
  if (field.typeId === TYPE.listView) return { ...named, children, typeId: TYPE.list } as FieldTable;
  if (field.typeId === TYPE.largeListView) return { ...named, children, typeId: TYPE.largeList } as FieldTable;
  return { ...named, children } as FieldTable;
}

/** Where each node's own buffers start in one message and how many there are; of them, how many are variadic. */
export interface Positions {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly variadic: Int32Array;
}

/** Throws INPUT_MALFORMED where the message has other nodes or buffers than its schema asks for. */
export function positionsOf({ nodes }: Layout, batch: BatchTable, version: number): Positions {
  const [first, count, variadic] = [0, 1, 2].map(() => new Int32Array(nodes.length)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let at = 0;
  let view = 0;
  for (const { index, field, buffers, views } of nodes) {
    const extra = views ? (batch.variadic?.[view++] ?? 0) : 0;
    if (extra < 0) throw new MaskingError("INPUT_MALFORMED");
    const bitmap = version < 4 && field.typeId === TYPE.union && !field.dictionary ? 1 : 0; // unions lost theirs in V5
    first[index] = at;
    count[index] = buffers + bitmap + extra;
    variadic[index] = extra;
    at += count[index]!;
  }
  const buffers = (batch.buffers?.length ?? 0) / 2;
  if (at !== buffers || nodes.length !== (batch.nodes?.length ?? 0) / 2) {
    throw new MaskingError("INPUT_MALFORMED", { expected: "the buffers that the schema asks for" });
  }
  return { first, count, variadic };
}
