import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Schema, Utf8 } from "apache-arrow";
import type { CsvDialect } from "../connectors/csv/dialect.ts";
import type { CellOperator, FindingOperators, Masking, OperatorRule } from "../transforms/operators/operators.ts";
import { MaskingError } from "./errors.ts";
import type { OpenArrowStream } from "./filter.ts";
import type { ColumnRule as ColumnRuleFile, CsvOptions, JobFile } from "./jobfile.ts";
import { spelledOut } from "./parse.ts";
import { folderPath, openSource, openTarget } from "./place.ts";
import type { Job, JobPolicy } from "./plan.ts";
import type { ColumnRule, ColumnRules } from "./rules.ts";
import { readKey } from "./secret.ts";
import { type FormatName, listSource, readable, type Source } from "./source.ts";
import { collect } from "./stream.ts";
import type { Detector, Leaf, TableFormat, Transform } from "./types.ts";
import { VERSION } from "./version.ts";

export interface OpenOptions {
  /** Folder that the job's paths are relative to; the working folder where left out. */
  readonly folder?: string;
  /** Names the job where the file does not. */
  readonly name?: string;
  /** The key itself; else it is read from where `policy.key` says. */
  readonly key?: string;
  /** Detectors of your own: what they find in text is masked beside what those of `detect.text` find. */
  readonly detectors?: readonly Detector[];
}

/** The rules of a job, live: what `phimask stream` needs, which has no source and no target. */
export interface OpenRules {
  readonly name: string;
  readonly rules: ColumnRules;
  readonly policy: JobPolicy;
  hashPath(path: string): string;
  /** The steps for a table of this schema, as `maskStream` and `maskTable` take them. Throws what `planTable` throws. */
  stepsFor(schema: Schema): readonly Transform[];
}

/**
 * Every part of a job, built and checked; no data is read. Throws JOB_INVALID, KEY_MISSING, KEY_WEAK, RULE_UNFIT,
 * SOURCE_MISSING, TARGET_OVERLAPS. The one function that loads connectors and engines.
 */
export async function openJob(file: JobFile, options: OpenOptions = {}): Promise<Job> {
  if (!file.source) throw new MaskingError("JOB_INVALID", { key: "source", expected: "a path to read from" });
  if (!file.target) throw new MaskingError("JOB_INVALID", { key: "target", expected: "a path to write to" });
  const { fileStore } = await import("../connectors/files.ts");
  const store = fileStore();
  const folder = options.folder ?? process.cwd();
  const source = await openSource(file.source, store, folder);
  const target = await openTarget(file.target, store, folder, source);
  return {
    ...(await openRules(file, options)),
    source,
    target,
    formats: { read: formats(file.source.csv, source), write: formats(file.target.csv ?? file.source.csv) },
    ...(file.state && { state: { store, root: folderPath(resolve(folder, file.state.path)) } }),
  };
}

/** The rules of a job without its source and target. Throws as `openJob` does. */
export async function openRules(file: JobFile, options: OpenOptions = {}): Promise<OpenRules> {
  const policy = file.policy ?? {};
  const [{ policyOf }, { planTable }, { keyOf }, { cellOperator, findingOperators }] = await Promise.all([
    import("./policy.ts"),
    import("./rules.ts"),
    import("../transforms/operators/key.ts"),
    import("../transforms/operators/operators.ts"),
  ]);
  const key = keyOf(options.key ?? (await readKey(policy.key, options.folder ?? process.cwd())));
  const profile = policyOf(policy.profile ?? "safe_harbor", {
    ...(policy.zip3 && { zip3: policy.zip3 }),
    ...(policy.as_of && { asOf: policy.as_of }),
  });
  const masking: Masking = { key, policy: profile, subject: policy.subject !== undefined };
  const detectors = [...(await openDetectors(file)), ...(options.detectors ?? [])];
  const operators = findingOperators(operatorRules(file), masking);
  const builders = { cell: (rule: OperatorRule) => cellOperator(rule, masking), operators, detectors, masking };
  const rules = await openColumns(file, builders);
  return {
    name: file.name ?? options.name ?? "phimask",
    rules,
    policy: {
      profile: profile.profile,
      asOf: profile.asOf,
      keyFingerprint: key.fingerprint,
      digest: digestOf(file, key.fingerprint, detectors),
      detectors: detectors.map(({ name, version }) => ({ name, version })),
    },
    hashPath: (path) => Buffer.from(key.hmac("path", path)).toString("hex").slice(0, 32),
    stepsFor: (schema) => planTable(schema, [], rules).transforms,
  };
}

interface Builders {
  cell(rule: OperatorRule): CellOperator;
  readonly operators: FindingOperators;
  readonly detectors: readonly Detector[];
  readonly masking: Masking;
}

async function openColumns(file: JobFile, builders: Builders): Promise<ColumnRules> {
  const { maskColumn } = await import("../transforms/column.ts");
  const subject = file.policy?.subject;
  const shared = { ...(subject !== undefined && { subject }), onError: file.policy?.on_error ?? "fail" } as const;
  const cell = (leaf: Leaf, rule: OperatorRule) => maskColumn({ leaf, operator: builders.cell(rule), ...shared });

  const byColumn = new Map<Leaf, ColumnRule>();
  for (const [leaf, written] of Object.entries(file.columns)) {
    const rule = spelledOut(written) as ColumnRuleFile;
    try {
      if (rule.mask === "keep") byColumn.set(leaf, { mask: "keep" });
      else if (rule.mask === "text")
        byColumn.set(leaf, { mask: "text", transform: await textStep(file, leaf, builders) });
      else byColumn.set(leaf, columnRule(rule as OperatorRule, cell(leaf, rule as OperatorRule), builders));
    } catch (error) {
      throw error instanceof MaskingError ? error.at({ key: `columns.${leaf}` }) : error;
    }
  }
  return {
    byColumn,
    unlisted: file.policy?.unlisted ?? "fail",
    dropping: (leaf) => cell(leaf, { mask: "drop" }),
  };
}

function columnRule(rule: OperatorRule, transform: Transform, builders: Builders): ColumnRule {
  const { mask } = rule;
  if (mask === "drop") return { mask, transform, partition: () => undefined };
  if (!transform.byValue) return { mask, transform };
  return { mask, transform, partition: (value) => maskFolder(value, builders.cell(rule)) };
}

/** A partition's value is text in a folder's name, whatever type a catalog gives it. */
function maskFolder(value: string | null, operator: CellOperator): string | null {
  if (value === null) return null;
  const masked = operator.on(new Utf8()).mask(value, { id: null });
  return masked === null ? null : String(masked);
}

async function textStep(file: JobFile, leaf: Leaf, { operators, detectors, masking }: Builders): Promise<Transform> {
  const { maskText } = await import("../transforms/text.ts");
  const rule = spelledOut(file.columns[leaf]!);
  const known = rule.mask === "text" && "known" in rule ? (rule.known ?? []) : [];
  const subject = file.policy?.subject;
  return maskText({
    leaf,
    detectors,
    operators,
    policy: masking.policy,
    known: known.map((column) => ({ leaf: column })),
    ...(subject !== undefined && { subject }),
    allow: { terms: file.allow?.terms ?? [], patterns: file.allow?.patterns ?? [] },
    deny: { terms: file.deny?.terms ?? [], patterns: file.deny?.patterns ?? [] },
    minScore: file.detect?.min_score ?? 0,
    onError: file.policy?.on_error ?? "fail",
  });
}

function operatorRules(
  file: JobFile,
): Parameters<typeof import("../transforms/operators/operators.ts").findingOperators>[0] {
  return Object.fromEntries(
    Object.entries(file.operators ?? {}).map(([type, rule]) => [type, spelledOut(rule) as OperatorRule]),
  );
}

async function openDetectors(file: JobFile): Promise<readonly Detector[]> {
  if (!Object.values(file.columns).some((rule) => spelledOut(rule).mask === "text")) return [];
  return [await openEmbedded(file.detect?.language)];
}

/** The detector that needs no service, with its lexicons. Throws PACKAGE_MISSING where the build has not made them. */
export async function openEmbedded(language: "en" = "en"): Promise<Detector> {
  const { embeddedDetector } = await import("../transforms/detect/embedded.ts");
  const lexicons = await readFile(new URL("../transforms/detect/lexicons.bin", import.meta.url)).catch(() => {
    throw new MaskingError("PACKAGE_MISSING", { expected: "transforms/detect/lexicons.bin (npm run build makes it)" });
  });
  return embeddedDetector({ lexicons, language });
}

/** Formats by name, each loaded when it is first asked for. `source` is read whole where types are to be inferred. */
function formats(csv: CsvOptions | undefined, source?: Source): (name: FormatName) => Promise<TableFormat> {
  const load: Readonly<Record<FormatName, () => Promise<TableFormat>>> = {
    csv: async () => (await import("../connectors/csv/format.ts")).csvFormat(await dialectOf(csv, source)),
    parquet: async () => (await import("../connectors/parquet/format.ts")).parquetFormat(),
    arrow: async () => (await import("../connectors/arrow/format.ts")).arrowFormat(),
  };
  const loaded = new Map<FormatName, Promise<TableFormat>>();
  return (name) => {
    const format = loaded.get(name) ?? load[name]();
    loaded.set(name, format);
    return format;
  };
}

async function dialectOf({ types, ...dialect }: CsvOptions = {}, source?: Source): Promise<CsvDialect> {
  if (types === undefined) return dialect;
  if (types !== "infer") return { ...dialect, types };
  if (!source) return dialect;
  const { inferTypes } = await import("../connectors/csv/format.ts");
  const files = (await collect(listSource(source))).filter(({ format }) => format === "csv");
  return {
    ...dialect,
    types: await inferTypes(
      files.map(({ object }) => readable(source.store, object)),
      dialect,
    ),
  };
}

/** An Arrow IPC stream as far as its schema. Throws INPUT_MALFORMED, INPUT_TRUNCATED, INPUT_UNSUPPORTED. */
export async function openArrowStream(bytes: AsyncIterable<Uint8Array>): Promise<OpenArrowStream> {
  return (await import("../connectors/arrow/format.ts")).openArrowStream(bytes);
}

/** What decides what a cell becomes. The day that ages are counted to is part of it only where the job fixes it. */
function digestOf(file: JobFile, fingerprint: string, detectors: readonly Detector[]): string {
  const { key: _, ...policy } = file.policy ?? {};
  const parts = {
    version: VERSION,
    fingerprint,
    policy,
    csv: [file.source?.csv, file.target?.csv],
    formats: [file.source?.format, file.target?.format, file.target?.names],
    ...{ columns: file.columns, operators: file.operators, detect: file.detect, allow: file.allow, deny: file.deny },
    detectors: detectors.map(({ name, version }) => [name, version]),
  };
  return createHash("sha256")
    .update(JSON.stringify(sorted(parts)))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
