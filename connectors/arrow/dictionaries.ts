/** The dictionaries of a table as they come in: replaced, grown by deltas, and nested in one another. */
import { type Data, Vector } from "apache-arrow";
import type { ArrowMessage } from "./input.ts";
import { type Layout, type Node, valuesLayout } from "./layout.ts";
import { type Dictionaries, loadNode, rowsOf } from "./load.ts";
import type { DictionaryBatchTable } from "./metadata.ts";

export interface DictionaryInput {
  readonly byId: Dictionaries;
  /** Takes a dictionary in; false where it is none of those asked for. */
  load(message: ArrowMessage): Promise<boolean>;
}

/** Holds the dictionaries of the given nodes, and those that their values need. */
export function dictionaryInput(nodes: readonly Node[]): DictionaryInput {
  const layouts = new Map<number, Layout>();
  const add = (node: Node) => {
    const id = node.field.dictionary?.id;
    if (id === undefined || layouts.has(id)) return;
    const layout = valuesLayout(node);
    layouts.set(id, layout);
    for (const below of layout.nodes) add(below);
  };
  for (const node of nodes) add(node);
  const byId = new Map<number, Vector>();
  return {
    byId,
    async load(message) {
      const { id, data, delta } = message.table.header as DictionaryBatchTable;
      const layout = layouts.get(id);
      if (!layout) return false;
      const values: Data = await loadNode(rowsOf(layout, data!, message), 0, byId);
      const before = delta ? byId.get(id)?.data : undefined;
      byId.set(id, new Vector([...(before ?? []), values]));
      return true;
    },
  };
}
