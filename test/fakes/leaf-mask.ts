import { type DataType, Utf8 } from "apache-arrow";
import {
  batchOf,
  cellsOf,
  countsOf,
  dropLeaf,
  leafType,
  withCells,
  withLeafType,
  withoutLeaf,
} from "../../src/batch.ts";
import type { BatchStream, Cell, Leaf, MaskedValue, Touched } from "../../src/types.ts";

/** What a test does with the cells of a leaf; `drop` takes the leaf out. */
export type LeafRule =
  | "drop"
  | {
      readonly cell: (cell: Cell) => Cell | null;
      /** The type after; as before where left out. */
      readonly type?: DataType;
      readonly nullable?: boolean;
      /** Leaves whose cells of the same row the rule sees too: it is then not by value. */
      readonly rows?: readonly Leaf[];
      readonly aligned?: boolean;
    };

/** Everything that a mask was given, for tests to look at. */
export interface Seen {
  readonly leaves: string[][];
  readonly cells: Map<Leaf, (Cell | null)[]>;
  readonly counts: number[];
}

export function newSeen(): Seen {
  return { leaves: [], cells: new Map(), counts: [] };
}

/** A text becomes M and its number of UTF-16 units; all else stays. */
export const lengths: LeafRule = { cell: (cell) => (typeof cell === "string" ? `M${cell.length}` : cell) };
/** Any value becomes text: # and what it reads. */
export const texts: LeafRule = { cell: (cell) => `#${cell}`, type: new Utf8() };
/** Every value becomes null. */
export const nulls: LeafRule = { cell: () => null, nullable: true };

export function touching(rules: Readonly<Record<Leaf, LeafRule>>, byValue = true): Touched {
  const writes = Object.keys(rules);
  const reads = Object.values(rules).flatMap((rule) => (rule === "drop" ? [] : (rule.rows ?? [])));
  const isByValue = (leaf: Leaf): boolean => {
    const rule = rules[leaf]!;
    // As in the pipeline: what another leaf's rule reads comes with the rows.
    return !reads.includes(leaf) && (rule === "drop" || (byValue && !rule.rows && !rule.aligned));
  };
  return { reads: [...new Set([...writes, ...reads])], writes, byValue: writes.filter(isByValue) };
}

/** A mask as the pipeline makes one: rules apply whose leaf is in the stream. */
export function leafMask(
  rules: Readonly<Record<Leaf, LeafRule>>,
  seen: Seen = newSeen(),
): (stream: BatchStream) => BatchStream {
  return ({ schema, batches }) => {
    const here = Object.entries(rules).filter(([leaf]) => leafType(schema, leaf));
    const after = here.reduce((planned, [leaf, rule]) => {
      if (rule === "drop") return withoutLeaf(planned, leaf);
      const before = leafType(schema, leaf)!;
      return withLeafType(planned, leaf, rule.type ?? before.type, before.nullable || (rule.nullable ?? false));
    }, schema);
    async function* masked() {
      for await (const batch of batches) {
        seen.leaves.push(batch.schema.fields.map(({ name }) => name));
        seen.counts.push(...(countsOf(batch) ?? []));
        let out = batch;
        for (const [leaf, rule] of here) {
          if (rule === "drop") {
            out = dropLeaf(out, leaf);
            continue;
          }
          const { cells } = cellsOf(batch, leaf);
          seen.cells.set(leaf, [...(seen.cells.get(leaf) ?? []), ...cells]);
          const type = rule.type ?? leafType(schema, leaf)!.type;
          const next = cells.map((cell) => (cell === null ? null : rule.cell(cell)));
          out = withCells(out, leaf, next as (MaskedValue | null)[], type);
        }
        yield batchOf(after, out.data.children, out.numRows);
      }
    }
    return { schema: after, batches: masked() };
  };
}
