import type { Draft, DraftColumn } from "../draft.ts";
import type { ColumnRule } from "../jobfile.ts";

/** The draft as a job file with comments, ready to be looked over. */
export function draftText({ source, target, subject, columns, sampled }: Draft): string {
  const known = columns.filter(({ identity }) => identity).map(({ leaf }) => leaf);
  const named = columns.some(({ rule }) => rule.mask === "surrogate" && "type" in rule && rule.type === "NAME");
  const looked = sampled > 0 ? `${sampled} rows were looked at` : "no cell was looked at";
  return [
    `# Drafted by phimask from names and types of columns; ${looked}.`,
    "# It is a proposal: read every line, above all those that say keep, then",
    "#   phimask plan <this file>       what would happen to each column",
    "#   phimask preview <this file>    the first rows as they would be written",
    "version: 1",
    `source: ${flow(source)}`,
    `target: ${flow({ path: target })}`,
    "policy:",
    "  profile: safe_harbor",
    ...(subject === undefined ? [] : [`  subject: ${scalar(subject)} # the column that names the person`]),
    "columns:",
    ...aligned(columns.map((column) => [`  ${scalar(column.leaf)}: ${ruleText(column, known)}`, column.why])),
    ...(named
      ? [
          "operators:",
          "  NAME: surrogate # in free text; other findings become labels, such as [DATE]",
          "  default: label",
        ]
      : []),
    "",
  ].join("\n");
}

function ruleText({ rule }: DraftColumn, known: readonly string[]): string {
  const whole: ColumnRule =
    rule.mask === "text" || rule.mask === "image" ? { ...rule, ...(known.length > 0 && { known }) } : rule;
  return Object.keys(whole).length === 1 ? whole.mask : flow(whole);
}

/** The reasons stand in one column beside the rules, and above those that are long. */
function aligned(lines: readonly (readonly [rule: string, why: string])[]): readonly string[] {
  const width = Math.max(0, ...lines.map(([rule]) => rule.length).filter((length) => length <= LONG));
  return lines.flatMap(([rule, why]) =>
    rule.length > LONG ? [`  # ${why}`, rule] : [`${rule.padEnd(width)} # ${why}`],
  );
}

const LONG = 70;

/** Text as YAML reads it back; whatever could be another thing is quoted as JSON quotes it. */
function scalar(text: string): string {
  const plain = /^[a-z_./][\w./-]*$/i.test(text) && !/^(true|false|yes|no|on|off|y|n|null)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

/** A value in one line: `{mask: text, known: [mrn]}`. */
function flow(value: unknown): string {
  if (typeof value === "string") return scalar(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, each]) => `${scalar(key)}: ${flow(each)}`)
    .join(", ")}}`;
}
