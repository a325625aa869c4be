import { DataType, Field, List, Schema, Struct, util } from "apache-arrow";
import { leafType } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import type { Leaf, Touched } from "../../src/types.ts";
import type { Mask } from "./answers.ts";
import type { Levels } from "./pages.ts";
import { type ParquetLeaf, type ParquetSchema, physicalOf, resolveLeaf } from "./schema.ts";

/** A leaf as the mask sees it. */
export interface HandedLeaf {
  /** The path as the job spells it; the name of the column that is handed over. */
  readonly name: Leaf;
  readonly leaf: ParquetLeaf;
}

/** A leaf that is replaced, and what it becomes. */
export interface MaskedLeaf extends HandedLeaf {
  /** Arrow type of one value after the mask. */
  readonly type: DataType;
  readonly nullable: boolean;
  /** How a value is stored after the mask. */
  readonly physical: number;
  readonly typeLength: number;
  readonly levels: Levels;
  /** True where type or nullability are no longer what the schema of the file says. */
  readonly retyped: boolean;
}

/** Which leaves go through the mask, and how. */
export interface RewritePlan {
  /** Leaves that are masked value by value, by column index. */
  readonly alone: ReadonlyMap<number, MaskedLeaf>;
  /** Leaves that are masked row by row, by column index, with all that the mask reads. */
  readonly aligned: ReadonlyMap<number, MaskedLeaf>;
  readonly reads: readonly HandedLeaf[];
  /** Column indices that leave the file. */
  readonly dropped: ReadonlySet<number>;
  /** Bytes of values that the mask is given at once, about. */
  readonly windowBytes: number;
}

/** Asks the mask what becomes of each leaf, before any value is read. */
export function planRewrite(schema: ParquetSchema, touched: Touched, mask: Mask, windowBytes: number): RewritePlan {
  const resolve = resolver(schema);
  const names = [...new Set([...touched.reads, ...touched.writes])];
  const found = new Map(names.map((name) => [name, resolve(name)]));
  const dropped = new Set<number>();
  const single = new Map<Leaf, ParquetLeaf>();
  for (const [name, parts] of found) {
    if (parts.length === 1) single.set(name, parts[0]!);
    else dropGroup(name, parts, touched, mask, dropped);
  }
  refuseTwice(touched.writes, single);

  const byValue = touched.byValue.filter((name) => single.has(name) && touched.writes.includes(name));
  const alone = byValue.flatMap((name) => planned([{ name, leaf: single.get(name)! }], [name], mask, dropped));
  const rowWrites = touched.writes.filter((name) => single.has(name) && !byValue.includes(name));
  const reads = [...single].filter(([name]) => !byValue.includes(name)).map(([name, leaf]) => ({ name, leaf }));
  const aligned = rowWrites.length > 0 ? planned(reads, rowWrites, mask, dropped) : [];
  return { alone: byColumn(alone), aligned: byColumn(aligned), reads, dropped, windowBytes };
}

/** Finds a path's leaves: one, or all those of a group. Of two leaves with one path neither can be named. */
function resolver(schema: ParquetSchema): (name: Leaf) => readonly ParquetLeaf[] {
  const byPath = new Map<string, ParquetLeaf[]>();
  for (const leaf of schema.leaves) {
    const path = leaf.path.join("\0");
    byPath.set(path, [...(byPath.get(path) ?? []), leaf]);
  }
  return (name) => {
    const parts = byPath.get(name) ?? resolveLeaf(schema, name);
    if (parts.length === 0) throw new MaskingError("COLUMN_MISSING", { column: name });
    if (parts.some(({ path }) => byPath.get(path.join("\0"))!.length > 1)) {
      throw new MaskingError("COLUMN_DUPLICATE", { column: name });
    }
    return parts;
  };
}

/** A struct or map can be dropped as a whole and not be masked otherwise. */
function dropGroup(
  name: Leaf,
  parts: readonly ParquetLeaf[],
  touched: Touched,
  mask: Mask,
  dropped: Set<number>,
): void {
  const group = new Schema([new Field(name, new Struct([]), true)]);
  if (!touched.writes.includes(name) || leafType(answered(group, mask), name)) {
    throw new MaskingError("COLUMN_TYPE", { column: name });
  }
  for (const { index } of parts) dropped.add(index);
}

function refuseTwice(writes: readonly Leaf[], single: ReadonlyMap<Leaf, ParquetLeaf>): void {
  const seen = new Set<number>();
  for (const name of writes) {
    const index = single.get(name)?.index;
    if (index === undefined) continue;
    if (seen.has(index)) throw new MaskingError("RULE_DUPLICATE", { column: name });
    seen.add(index);
  }
}

function planned(
  handed: readonly HandedLeaf[],
  writes: readonly Leaf[],
  mask: Mask,
  dropped: Set<number>,
): MaskedLeaf[] {
  const schema = answered(handedSchema(handed), mask);
  return writes.flatMap((name) => {
    const { leaf } = handed.find((one) => one.name === name)!;
    const after = leafType(schema, name);
    if (after) return [becoming(name, leaf, after.type, after.nullable)];
    dropped.add(leaf.index);
    return [];
  });
}

function becoming(name: Leaf, leaf: ParquetLeaf, type: DataType, nullable: boolean): MaskedLeaf {
  const same = sameStorage(leaf.type, type);
  const { physical, typeLength } = same ? leaf : physicalOf(type);
  const opened = nullable && !leaf.nullable;
  const levels = { maxRepetition: leaf.maxRepetition, maxDefinition: leaf.maxDefinition + (opened ? 1 : 0) };
  return {
    name,
    leaf,
    type,
    nullable: nullable || leaf.nullable,
    physical,
    typeLength,
    levels,
    retyped: !same || opened,
  };
}

/** Columns as they are handed over by rows: a leaf inside lists as one list of the row's present values. */
export function handedSchema(handed: readonly HandedLeaf[]): Schema {
  return new Schema(
    handed.map(({ name, leaf }) => {
      const type = leaf.maxRepetition > 0 ? new List(new Field("element", leaf.type, leaf.nullable)) : leaf.type;
      return new Field(name, type, leaf.maxRepetition > 0 ? false : leaf.nullable);
    }),
  );
}

/** The schema that the mask gives back; it is asked for no batch. */
function answered(schema: Schema, mask: Mask): Schema {
  async function* none(): AsyncGenerator<never, void, undefined> {}
  return mask({ schema, batches: none() }).schema;
}

/** True where a value of either type is stored alike, so that the file's own schema still tells the truth. */
function sameStorage(one: DataType, two: DataType): boolean {
  const [before, after] = [entryType(one), entryType(two)];
  return (isText(before) && isText(after)) || util.compareTypes(before, after);
}

function entryType(type: DataType): DataType {
  return DataType.isDictionary(type) ? type.dictionary : type;
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

function byColumn(leaves: readonly MaskedLeaf[]): ReadonlyMap<number, MaskedLeaf> {
  return new Map(leaves.map((leaf) => [leaf.leaf.index, leaf]));
}
