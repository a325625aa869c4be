import { MaskingError } from "../../src/errors.ts";
import { structOf, withField } from "./fields.ts";
import type { Footer, SchemaElement } from "./footer.ts";
import type { MaskedLeaf, RewritePlan } from "./rewrite-plan.ts";
import { schemaElement } from "./schema.ts";
import { T, type ThriftStruct } from "./thrift.ts";

/**
 * The schema elements of the new file: leaves of another type replaced, dropped ones taken out with the groups that
 * they leave empty. All others are as they were.
 */
export function newSchema(footer: Footer, { alone, aligned, dropped }: RewritePlan): readonly ThriftStruct[] {
  const { schema } = footer;
  let element = 0;
  let column = 0;

  const build = (parent: SchemaElement | undefined): readonly ThriftStruct[] => {
    const own = schema[element++]!;
    if (own.children === 0 && own.type !== undefined) {
      const masked = alone.get(column) ?? aligned.get(column);
      return dropped.has(column++) ? [] : [masked?.retyped ? leafTree(masked, own) : own.tree];
    }
    const children = Array.from({ length: own.children }, () => build(own));
    const left = children.filter((elements) => elements.length > 0).length;
    if (left === own.children) return [own.tree, ...children.flat()];
    if (left === 0 && parent) return [];
    refuseTorn(own, parent, left);
    return [withField(own.tree, 5, T.i32, left), ...children.flat()];
  };
  return schema.length === 0 ? [] : build(undefined);
}

function leafTree({ leaf, type, nullable }: MaskedLeaf, own: SchemaElement): ThriftStruct {
  return schemaElement(leaf, own, type, nullable);
}

/** A map without its keys or values, or a two-level list that would now read as one of three levels. */
function refuseTorn(own: SchemaElement, parent: SchemaElement | undefined, left: number): void {
  if (own.repetition !== 2 || left !== 1 || !parent) return;
  if (isGroup(parent, 1, 2) || isGroup(parent, 2, 2))
    throw new MaskingError("RULE_UNFIT", { expected: "the whole map" });
  const plainlyTwoLevel = own.name === "array" || own.name === `${parent.name}_tuple`;
  if (isGroup(parent, 3, 3) && !plainlyTwoLevel) throw new MaskingError("RULE_UNFIT", { expected: "the whole list" });
}

/** Annotated by either number: of ConvertedType, of LogicalType's field. */
function isGroup({ tree, converted }: SchemaElement, convertedType: number, logicalType: number): boolean {
  const logical = structOf(tree, 10);
  return converted === convertedType || (logical !== undefined && logical.fields[0]?.id === logicalType);
}
