/** Arrow tables as record batches. */
import type { Data, RecordBatch } from "apache-arrow";
import { DataType, Schema } from "apache-arrow";
import { batchOf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream, Leaf } from "../../src/types.ts";
import { shownColumn } from "./ask.ts";
import { dictionaryInput } from "./dictionaries.ts";
import type { ArrowInput, ArrowMessage } from "./input.ts";
import { type Layout, layoutOf, type Node } from "./layout.ts";
import { schemaOf, touchedLeaf, unreadable } from "./leaves.ts";
import { type Dictionaries, loadNode, type Rows, rowsOf } from "./load.ts";
import { type BatchTable, HEADER } from "./metadata.ts";

/**
 * All columns, or the given leaves as a rewrite would show them to a mask. Throws INPUT_UNSUPPORTED for a column that
 * apache-arrow cannot read and COLUMN_MISSING for a leaf that is not there, before a row is read.
 */
export function readArrow(input: ArrowInput, leaves?: readonly Leaf[]): BatchStream {
  const layout = layoutOf(input.schema);
  const columns = leaves ? leafColumns(layout, leaves) : allColumns(layout);
  return { schema: columns.schema, batches: batchesOf(input, layout, columns) };
}

interface Columns {
  readonly schema: Schema;
  /** Nodes whose dictionaries are needed. */
  readonly nodes: readonly Node[];
  load(rows: Rows, dictionaries: Dictionaries): Promise<Data[]>;
}

function allColumns(layout: Layout): Columns {
  for (const column of layout.columns) {
    const { end, shown } = layout.nodes[column]!;
    const own = layout.nodes.slice(column, end);
    if (!own.every(({ readable }) => readable)) throw new MaskingError("INPUT_UNSUPPORTED", { column: shown.name });
  }
  return {
    schema: layout.schema,
    nodes: layout.nodes,
    load: (rows, dictionaries) => inOrder(layout.columns, (column) => loadNode(rows, column, dictionaries)),
  };
}

function leafColumns(layout: Layout, leaves: readonly Leaf[]): Columns {
  const touched = leaves.map((leaf) => touchedLeaf(layout, leaf));
  for (const leaf of touched) {
    if (DataType.isNull(leaf.given.type) && !DataType.isNull(leaf.node.shown.type)) throw unreadable(leaf);
  }
  return {
    schema: new Schema(schemaOf(touched).fields, layout.schema.metadata),
    nodes: touched.map(({ node }) => node),
    load: (rows, dictionaries) => inOrder(touched, (leaf) => shownColumn(rows, leaf, dictionaries)),
  };
}

async function inOrder<A, B>(items: readonly A[], map: (item: A) => Promise<B>): Promise<B[]> {
  const all: B[] = [];
  for (const item of items) all.push(await map(item));
  return all;
}

async function* batchesOf(
  input: ArrowInput,
  layout: Layout,
  { schema, nodes, load }: Columns,
): AsyncGenerator<RecordBatch, void, undefined> {
  const dictionaries = dictionaryInput(nodes);
  const encoded = nodes.some(({ field }) => field.dictionary);
  try {
    for await (const message of input.messages(encoded)) {
      if (message.table.headerType === HEADER.dictionary) {
        await dictionaries.load(message);
        continue;
      }
      const rows = rowsOf(layout, message.table.header as BatchTable, message);
      yield batchOf(schema, await load(rows, dictionaries.byId), rows.batch.length, metadataOf(message));
    }
  } finally {
    await input.close();
  }
}

function metadataOf({ table }: ArrowMessage): Map<string, string> {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
  return new Map((table.metadata ?? []).map(({ key, value }) => [text(key), text(value)]));
}
