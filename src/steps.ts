import type { Schema } from "apache-arrow";
import { leafType, withLeafType, withoutLeaf } from "./batch.ts";
import { MaskingError } from "./errors.ts";
import type { Transform } from "./types.ts";

/**
 * The schema after all steps, each of which plans against the schema as it was read: what one drops another may still
 * read. Throws what their `plan` throws, and RULE_DUPLICATE where two write one column.
 */
export function planSteps(schema: Schema, transforms: readonly Transform[]): Schema {
  const written = new Set<string>();
  let after = schema;
  for (const transform of transforms) {
    const planned = transform.plan(schema);
    for (const leaf of transform.writes) {
      if (written.has(leaf)) throw new MaskingError("RULE_DUPLICATE", { column: leaf });
      written.add(leaf);
      const type = leafType(planned, leaf);
      after = type ? withLeafType(after, leaf, type.type, type.nullable) : withoutLeaf(after, leaf);
    }
  }
  return after;
}
