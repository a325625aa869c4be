import { type Document, isMap, isScalar, LineCounter, parse, parseDocument, visit } from "yaml";
import { MaskingError } from "./errors.ts";
import type { JobFile } from "./jobfile.ts";
import { jobSchema, operatorSchema, ruleSchema } from "./schema.ts";

/** `columns.note.mask=redact`: a key of the job by its path, and its value as YAML. */
export type Setting = string;

/**
 * The job in a YAML or JSON text, checked. Throws JOB_UNREADABLE, RULE_DUPLICATE or JOB_INVALID with the key and what
 * may stand there; never a piece of the text.
 */
export function parseJob(text: string, settings: readonly Setting[] = []): JobFile {
  const raw = readYaml(text);
  for (const setting of settings) applySetting(raw, setting);
  return checkJob(raw);
}

/** A job built in code or read from elsewhere, checked; shorthands are left as they stand. */
export function checkJob(raw: unknown): JobFile {
  if (!isRecord(raw)) throw new MaskingError("JOB_INVALID", { expected: "a mapping with the key version" });
  // Column names may be any text, `__proto__` included, which the record type of the schema library passes over.
  const columns = raw["columns"];
  raise(jobSchema.safeParse({ ...raw, columns: {} }), raw, []);
  if (!isRecord(columns))
    throw new MaskingError("JOB_INVALID", { key: "columns", expected: "a mapping of column to rule" });
  for (const [column, rule] of Object.entries(columns)) {
    raise(ruleSchema.safeParse(spelledOut(rule)), raw, ["columns", column]);
  }
  if (isRecord(raw["operators"])) {
    for (const [type, rule] of Object.entries(raw["operators"])) {
      raise(operatorSchema.safeParse(spelledOut(rule)), raw, ["operators", type]);
    }
  }
  const { source } = raw as unknown as JobFile;
  if (source && (source.path === undefined) === (source.glue === undefined)) {
    throw new MaskingError("JOB_INVALID", { key: "source", expected: "either path or glue" });
  }
  if (source?.glue && (source.format ?? source.partition_by)) {
    throw new MaskingError("JOB_INVALID", {
      key: "source",
      expected: "format and partition_by as the catalog has them",
    });
  }
  refuseShifts(raw as unknown as JobFile);
  return raw as unknown as JobFile;
}

/** Days between two dates of a person stay only where all of them move by the same number. */
function refuseShifts({ columns, operators = {} }: JobFile): void {
  const rules = [...Object.entries(columns), ...Object.entries(operators)].map(
    ([key, rule]) => [key, spelledOut(rule!)] as const,
  );
  const shifts = rules.flatMap(([key, rule]) =>
    rule.mask === "shift" && "days" in rule ? [[key, String(rule.days)]] : [],
  );
  const odd = rules.some(([, rule]) => rule.mask === "shift" && !("days" in rule))
    ? shifts[0]
    : shifts.find(([, days]) => days !== shifts[0]![1]);
  if (odd)
    throw new MaskingError("JOB_INVALID", {
      key: `${odd[0]}.days`,
      expected: "one range for all shift rules of a job",
    });
}

/** `keep` is short for `{mask: keep}`. */
export function spelledOut<T>(rule: T): Exclude<T, string> | { readonly mask: T & string } {
  return typeof rule === "string" ? { mask: rule } : (rule as Exclude<T, string>);
}

/** JSON is YAML, so one reader serves both and finds a key that stands twice, which JSON.parse passes over. */
function readYaml(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: (one, other) => keyText(one) === keyText(other),
    prettyErrors: false,
    logLevel: "silent",
  });
  const [error] = document.errors;
  if (error) {
    const place = { line: lines.linePos(error.pos[0]).line };
    if (error.code !== "DUPLICATE_KEY") throw new MaskingError("JOB_UNREADABLE", place);
    const columns = document.get("columns", true) as unknown;
    const within =
      isMap(columns) && columns.range && error.pos[0] >= columns.range[0] && error.pos[0] <= columns.range[2];
    throw within
      ? new MaskingError("RULE_DUPLICATE", place)
      : new MaskingError("JOB_INVALID", { ...place, expected: "each key once" });
  }
  keepAsWritten(document);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw new MaskingError("JOB_UNREADABLE");
  }
}

/** Keys are text whatever they look like (`null`, `007`), and so is the mask `null`. */
function keepAsWritten(document: Document): void {
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key)) key.value = keyText(key);
    },
  });
  for (const section of [document.get("columns", true), document.get("operators", true)]) {
    if (!isMap(section)) continue;
    visit(section, {
      Scalar(_, scalar) {
        if (scalar.value === null && scalar.source === "null") scalar.value = "null";
      },
    });
  }
}

function keyText(key: unknown): unknown {
  if (!isScalar(key)) return key;
  return typeof key.value === "string" ? key.value : (key.source ?? key.value);
}

function applySetting(raw: unknown, setting: Setting): void {
  const equals = setting.indexOf("=");
  const path = setting.slice(0, equals).split(".");
  if (equals < 1 || path.some((part) => part === "" || part === "__proto__")) {
    throw new MaskingError("JOB_INVALID", { key: "--set", expected: "key=value, such as policy.as_of=2026-01-01" });
  }
  let at = raw;
  for (const part of path.slice(0, -1)) {
    if (!isRecord(at)) throw new MaskingError("JOB_INVALID", { key: path.join("."), expected: "a key of the job" });
    at[part] ??= {};
    at = at[part];
  }
  if (!isRecord(at)) throw new MaskingError("JOB_INVALID", { key: path.join("."), expected: "a key of the job" });
  try {
    at[path.at(-1)!] = parse(setting.slice(equals + 1), { logLevel: "silent" });
  } catch {
    throw new MaskingError("JOB_INVALID", { key: path.join("."), expected: "a value in YAML" });
  }
}

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly errors?: readonly (readonly Issue[])[];
  readonly note?: string;
  readonly expected?: string;
}

function raise(
  result: { readonly success: boolean; readonly error?: { readonly issues: readonly unknown[] } | undefined },
  raw: unknown,
  path: readonly string[],
): void {
  if (result.success) return;
  const issues = result.error!.issues as readonly Issue[];
  const issue = deepest(issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!);
  const key = [...path, ...issue.path, ...(issue.keys?.slice(0, 1) ?? [])].map(String).join(".");
  throw new MaskingError("JOB_INVALID", { key, expected: expectation(issue, isRecord(raw)) });
}

/** Of a union's alternatives, the one that went furthest says best what is wrong. */
function deepest(issue: Issue): Issue {
  const alternatives = (issue.errors ?? []).map((issues) => issues[0]).filter((first) => first !== undefined);
  const best = alternatives.sort((a, b) => b.path.length - a.path.length)[0];
  return best ? deepest({ ...best, path: [...issue.path, ...best.path] }) : issue;
}

function expectation(issue: Issue, known: boolean): string {
  if (issue.code === "unrecognized_keys") return "another key here (none of this name is known)";
  if (issue.code === "invalid_value" && issue.values) return `one of ${issue.values.map(String).join(", ")}`;
  if (issue.note === "No matching discriminator" || issue.path.at(-1) === "mask") return `one of ${MASKS}`;
  if (issue.code === "invalid_type" && issue.expected)
    return known ? `a value of type ${issue.expected}` : issue.expected;
  return issue.message.replace(/^(Invalid|Too small|Too big)[^:]*: expected /, "");
}

const MASKS =
  "text, image, label, redact, mask, hash, surrogate, shift, date, year, age, zip, generalize, encrypt, decrypt, null, drop, keep";

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
