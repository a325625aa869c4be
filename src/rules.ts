import { DataType, type Field, type Schema } from "apache-arrow";
import { leafType } from "./batch.ts";
import { MaskingError } from "./errors.ts";
import { isList, namedColumn } from "./leaf.ts";
import type { SourceFile } from "./source.ts";
import { planSteps } from "./steps.ts";
import type { Leaf, TextCheck, Transform } from "./types.ts";

/** What a job says of one column. */
export interface ColumnRule {
  /** The mask's name in the job. */
  readonly mask: string;
  /** Undefined for `keep`. */
  readonly transform?: Transform;
  /** True where another thread can build the step from the job alone and it is work enough to be worth the way there. */
  readonly movable?: boolean;
  /** A second look at what the step made. */
  readonly check?: TextCheck;
  /** The folder's value of a partition column: another text, null, or undefined where the column is dropped. */
  readonly partition?: (value: string | null) => string | null | undefined;
}

/** What a job says of all columns. */
export interface ColumnRules {
  readonly byColumn: ReadonlyMap<Leaf, ColumnRule>;
  readonly unlisted: "fail" | "drop" | "keep";
  /** The step that takes a column out. */
  dropping(leaf: Leaf): Transform;
}

export interface PlannedColumn {
  readonly column: Leaf;
  readonly type: string;
  readonly mask: string;
  /** The type after masking; undefined where the column leaves. */
  readonly becomes?: string;
}

/** What becomes of one table. */
export interface TablePlan {
  readonly transforms: readonly Transform[];
  /** Second looks at what they make. */
  readonly checks: readonly TextCheck[];
  readonly schema: Schema;
  readonly columns: readonly PlannedColumn[];
  readonly partition: readonly {
    readonly from: string;
    readonly mask: string;
    readonly changes: boolean;
    readonly value?: string | null;
  }[];
}

/**
 * Checks the rules against a table. Throws COLUMN_MISSING for a rule without its column, COLUMN_UNLISTED for a column
 * without a rule, RULE_DUPLICATE for two spellings of one column, COLUMN_DUPLICATE for a masked column that stands
 * twice, and what the steps themselves say of a type.
 */
export function planTable(
  schema: Schema,
  partition: SourceFile["partition"],
  rules: ColumnRules,
  file?: string,
): TablePlan {
  try {
    const ruled = ruledPaths(schema, partition, rules);
    const transforms = transformsFor(schema, ruled, rules);
    refuseUnlisted(partition, rules);
    const after = planSteps(schema, transforms);
    return {
      transforms,
      checks: [...ruled.values()].flatMap(({ check }) => check ?? []),
      schema: after,
      columns: plannedColumns(schema, after, ruled, rules),
      partition: plannedPartition(partition, rules),
    };
  } catch (error) {
    throw error instanceof MaskingError && file !== undefined ? error.at({ file }) : error;
  }
}

/** Rules by the place of their column: indexes from the root, joined by spaces. */
type RuledPaths = ReadonlyMap<string, ColumnRule>;

function ruledPaths(schema: Schema, partition: SourceFile["partition"], rules: ColumnRules): RuledPaths {
  const ruled = new Map<string, ColumnRule>();
  for (const [leaf, rule] of rules.byColumn) {
    const paths = columnPaths(schema, leaf, rule.transform === undefined);
    if (paths.length === 0 && !partition.some(([name]) => name === leaf)) {
      throw new MaskingError("COLUMN_MISSING", { column: leaf });
    }
    for (const path of paths) {
      if (ruled.has(path.join(" "))) throw new MaskingError("RULE_DUPLICATE", { column: leaf });
      ruled.set(path.join(" "), rule);
    }
  }
  return ruled;
}

function transformsFor(schema: Schema, ruled: RuledPaths, rules: ColumnRules): Transform[] {
  const transforms = [...ruled.values()].flatMap(({ transform }) => transform ?? []);
  for (const leaf of new Set(transforms.flatMap(({ reads }) => reads))) {
    if (!namedColumn(schema, leaf)) throw new MaskingError("COLUMN_MISSING", { column: leaf });
  }
  if (rules.unlisted === "keep") return transforms;
  for (const { leaf, path } of leafPaths(schema)) {
    if (ruleOf(path, ruled)) continue;
    if (rules.unlisted === "fail") throw new MaskingError("COLUMN_UNLISTED", { column: leaf });
    transforms.push(rules.dropping(leaf));
  }
  return transforms;
}

function refuseUnlisted(partition: SourceFile["partition"], rules: ColumnRules): void {
  const column = partition.map(([name]) => name).find((name) => !rules.byColumn.has(name));
  if (column !== undefined && rules.unlisted === "fail") throw new MaskingError("COLUMN_UNLISTED", { column });
}

/** The rule of a leaf or of a column around it. */
function ruleOf(path: readonly number[], ruled: RuledPaths): ColumnRule | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const rule = ruled.get(path.slice(0, depth).join(" "));
    if (rule) return rule;
  }
  return undefined;
}

/** The column that a rule names, as indexes from the root; twins of one name may be kept, never masked. */
function columnPaths(schema: Schema, leaf: Leaf, kept: boolean): readonly (readonly number[])[] {
  const twins = schema.fields.flatMap(({ name }, index) => (name === leaf ? [[index]] : []));
  if (kept && twins.length > 0) return twins;
  const path = namedColumn(schema, leaf)?.indexes;
  return path ? [path] : [];
}

/** A leaf with its place: indexes from the root. */
export interface LeafPath {
  readonly leaf: Leaf;
  readonly path: readonly number[];
  readonly type: DataType;
}

/** Every leaf of a schema, top-down; lists by the spelling `addresses.list.element.line`. */
export function leafPaths(schema: Schema): readonly LeafPath[] {
  const below = (fields: readonly Field[], prefix: string, path: readonly number[]): LeafPath[] =>
    fields.flatMap((field, index) => inside(field, `${prefix}${field.name}`, [...path, index]));
  const inside = (field: Field, leaf: Leaf, path: readonly number[]): LeafPath[] => {
    const { type } = field;
    if (DataType.isStruct(type)) return below(type.children, `${leaf}.`, path);
    if (DataType.isMap(type)) return inside(type.children[0]!, `${leaf}.key_value`, [...path, 0]);
    if (isList(type)) return inside(type.children[0]!, `${leaf}.list.element`, [...path, 0]);
    return [{ leaf, path, type }];
  };
  return below(schema.fields, "", []);
}

function plannedColumns(schema: Schema, after: Schema, ruled: RuledPaths, rules: ColumnRules): PlannedColumn[] {
  const untouched = new Set(after.fields);
  return leafPaths(schema).map(({ leaf, path, type }) => {
    const becomes = untouched.has(schema.fields[path[0]!]!) ? type : leafType(after, leaf)?.type;
    return {
      column: leaf,
      type: String(type),
      mask: ruleOf(path, ruled)?.mask ?? rules.unlisted,
      ...(becomes && { becomes: String(becomes) }),
    };
  });
}

/** What becomes of the folders of partitions. Throws RULE_UNFIT. */
export function plannedPartition(partition: SourceFile["partition"], rules: ColumnRules): TablePlan["partition"] {
  return partition.map(([from, value]) => {
    const rule = rules.byColumn.get(from);
    if (!rule && rules.unlisted === "drop") return { from, mask: "drop", changes: true };
    if (!rule || rule.mask === "keep") return { from, mask: "keep", changes: false, value };
    if (!rule.partition)
      throw new MaskingError("RULE_UNFIT", { column: from, expected: "a rule that needs no other column" });
    const masked = rule.partition(value);
    return { from, mask: rule.mask, changes: true, ...(masked !== undefined && { value: masked }) };
  });
}
