import { MaskingError } from "../errors.ts";
import { jsonTypeOf } from "./cells.ts";
import { type Column, type JsonSchema, type StreamPlan, typesOf } from "./columns.ts";
import { edited, membersOf, nested } from "./spans.ts";

/** Masks whose different values stay different, so that a key that they mask is still a key. */
const KEEPS_APART = new Set(["keep", "hash", "encrypt", "decrypt"]);

/**
 * A SCHEMA message for the masked stream: masked properties lose what only their old values kept to (`format`,
 * `maxLength`, `pattern`, `enum`, ...), dropped ones leave. Throws RULE_UNFIT where a key would no longer tell records
 * apart.
 */
export function maskedSchema(line: string, plan: StreamPlan, maskOf: (leaf: string) => string): string {
  const message = JSON.parse(line) as { key_properties?: readonly string[]; schema: JsonSchema };
  for (const key of message.key_properties ?? []) {
    const column = plan.columns.find((each) => each.key === key);
    if (column?.touched && (!column.becomes || !KEEPS_APART.has(maskOf(column.leaf)))) {
      throw new MaskingError("RULE_UNFIT", {
        column: column.leaf,
        expected: "keep, hash or encrypt for a key property",
      });
    }
  }
  if (!plan.columns.some(isTouched)) return line;
  const members = membersOf(line, line.indexOf("{"));
  return edited(line, line.indexOf("{"), members, ({ key, start }) =>
    key === "schema" ? objectSchema(line, start, message.schema, plan.columns) : null,
  );
}

/** The schema of an object, whose brace is at `start`. */
function objectSchema(line: string, start: number, schema: JsonSchema, columns: readonly Column[]): string {
  const properties = schema["properties"] as Readonly<Record<string, JsonSchema>>;
  const leaving = new Set(columns.filter(({ touched, becomes }) => touched && !becomes).map(({ key }) => key));
  return edited(line, start, membersOf(line, start), (member) => {
    if (member.key === "required" && leaving.size > 0) {
      return JSON.stringify((schema["required"] as readonly string[]).filter((key) => !leaving.has(key)));
    }
    if (member.key !== "properties") return null;
    const inside = nested(line, membersOf(line, start), "properties") ?? [];
    return edited(line, member.start, inside, (property) => {
      const column = columns.find(({ key }) => key === property.key);
      if (!column || !isTouched(column)) return null;
      if (column.children) return objectSchema(line, property.start, properties[property.key]!, column.children);
      return column.becomes && JSON.stringify(relaxed(properties[property.key]!, column));
    });
  });
}

function isTouched(column: Column): boolean {
  return column.touched || (column.children ?? []).some(isTouched);
}

function relaxed(property: JsonSchema, { becomes, leaf: _ }: Column): object {
  const type = jsonTypeOf(becomes!);
  const types = typesOf(property);
  const nullable = types.length === 0 || types.includes("null") || becomes!.toString() === "Null";
  const { title, description } = property;
  return {
    type: nullable ? ["null", type] : type,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
  };
}
