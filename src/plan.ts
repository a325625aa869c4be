import type { Schema } from "apache-arrow";
import { MaskingError } from "./errors.ts";
import type { TextMeter } from "./estimate/services.ts";
import { type Manifest, type ManifestFile, readManifest } from "./manifest.ts";
import type { ColumnRules, TablePlan } from "./rules.ts";
import { planTable } from "./rules.ts";
import { type FormatName, listSource, partitionFolder, readable, type Source, type SourceFile } from "./source.ts";
import type { Catalog, ObjectStore, RunContext, TableFormat } from "./types.ts";

/** Where the masked dataset goes. `root` ends with a slash. */
export interface Target {
  readonly store: ObjectStore;
  readonly root: string;
  /** The one file's name, where the target is a file and not a folder. */
  readonly fileName?: string;
  /** As the source where undefined. */
  readonly format?: FormatName;
  readonly names: "keep" | "hash";
  /** CSV is written in a dialect of the target's own, so that no CSV file is copied around its masked cells. */
  readonly ownCsv?: boolean;
}

/** A dataset to mask: every part built and checked, nothing read yet. `openJob` of `src/job.ts` makes one. */
export interface Job {
  readonly name: string;
  readonly source: Source;
  readonly target: Target;
  readonly rules: ColumnRules;
  /** Where the plain paths of inputs may be kept; nowhere where undefined. */
  readonly state?: { readonly store: ObjectStore; readonly root: string };
  /** Told of the dataset after it is published. */
  readonly catalog?: Catalog;
  readonly policy: JobPolicy;
  /** Asks the services of the job once: then their models are among `policy.detectors`. Undefined where it has none. */
  readonly ready?: (run: RunContext) => Promise<void>;
  /** The services that are paid by the text; none where undefined. */
  readonly meters?: readonly TextMeter[];
  readonly formats: Readonly<Record<"read" | "write", (name: FormatName) => Promise<TableFormat>>>;
  /** A keyed hash of a path: 32 hex characters. */
  hashPath(path: string): string;
}

/** What of the policy goes into reports and manifests. */
export interface JobPolicy {
  readonly profile: string;
  readonly asOf: string;
  readonly keyFingerprint: string;
  /** Digest of everything that decides what a cell becomes, but for the models of services. */
  readonly digest: string;
  /** A service's version lacks its model until it was asked. */
  readonly detectors: readonly { readonly name: string; readonly version: string }[];
}

/** A file, what becomes of each of its columns, and where it goes. */
export interface PlannedFile {
  readonly file: SourceFile;
  readonly table: TablePlan;
  /** Path within the target. */
  readonly output: string;
  /** Keyed hash of the input's path. */
  readonly id: string;
}

/** What a run would do. */
export interface Plan {
  /** New and changed files, in order. */
  readonly todo: readonly PlannedFile[];
  /** Files that stand in the target as this job would write them. */
  readonly unchanged: readonly ManifestFile[];
  /** Files of an earlier run whose input is gone or moves elsewhere. */
  readonly gone: readonly string[];
  /** Plain URIs of the inputs by their ids: for the private state alone. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What stands in the target now. */
  readonly last?: Manifest;
}

/**
 * Lists the source, reads the schema of every new or changed file and checks every rule against it. Reads no row and
 * writes nothing.
 */
export async function planJob(job: Job): Promise<Plan> {
  const last = await readManifest(job.target.store, job.target.root);
  const current = last && sameRules(job, last) ? last.files : [];
  const byId = new Map(current.map((file) => [file.input.id, file]));

  const todo: PlannedFile[] = [];
  const unchanged: ManifestFile[] = [];
  const inputs: Record<string, string> = {};
  const outputs = new Set<string>();
  for await (const file of listSource(job.source)) {
    const id = job.hashPath(file.path);
    inputs[id] = file.object.uri;
    const before = byId.get(id);
    const kept = before && (await isCurrent(job, file, before)) ? before : undefined;
    const planned = kept ?? (await planFile(job, file, id));
    if ("table" in planned) todo.push(planned);
    else unchanged.push(planned);
    const output = "table" in planned ? planned.output : planned.output.path;
    if (outputs.has(output)) throw new MaskingError("TARGET_COLLIDES", { file: file.path });
    outputs.add(output);
  }
  const gone = (last?.files ?? []).map(({ output }) => output.path).filter((path) => !outputs.has(path));
  return { todo, unchanged, gone, inputs, ...(last && { last }) };
}

/** A model that is not known yet is taken to be the one of the last run. */
function sameRules({ policy }: Job, last: Manifest): boolean {
  const before = new Map((last.detectors ?? []).map(({ name, version }) => [name, version]));
  const same = ({ name, version }: JobPolicy["detectors"][number]) =>
    before.get(name) === version || before.get(name)?.startsWith(`${version}/`);
  return last.job_digest === policy.digest && policy.detectors.every(same);
}

async function isCurrent(job: Job, file: SourceFile, before: ManifestFile): Promise<boolean> {
  if (before.input.etag !== file.object.etag || before.input.size !== file.object.size) return false;
  const written = await job.target.store.head(`${job.target.root}${before.output.path}`);
  return written?.size === before.output.size;
}

async function planFile(job: Job, file: SourceFile, id: string): Promise<PlannedFile> {
  const table = planTable(await schemaOf(job, file), file.partition, job.rules, file.path);
  return { file, table, id, output: outputPath(job.target, file, table, id) };
}

/** The schema of a file, without its rows. */
async function schemaOf(job: Job, file: SourceFile): Promise<Schema> {
  const format = await job.formats.read(file.format);
  try {
    return await format.schema(readable(job.source.store, file.object));
  } catch (error) {
    throw error instanceof MaskingError ? error.at({ file: file.path }) : error;
  }
}

const SUFFIX: Readonly<Record<FormatName, string>> = { csv: ".csv", parquet: ".parquet", arrow: ".arrow" };

/**
 * Folders as in the source, masked partitions under their masked value. A name gets a keyed hash where the job asks
 * for it, and where masking partitions may bring two files of one name together.
 */
function outputPath(target: Target, file: SourceFile, table: TablePlan, id: string): string {
  if (target.fileName !== undefined) return target.fileName;
  const parts = file.path.split("/");
  const name = parts.pop()!;
  const folders = parts.flatMap((folder) => {
    const masked = table.partition.find(({ from }) => folder.startsWith(`${partitionFolder(from, "")}`));
    if (!masked?.changes) return [folder];
    return masked.value === undefined ? [] : [partitionFolder(masked.from, masked.value)];
  });
  const moves = table.partition.some(({ changes }) => changes);
  const format = target.format ?? file.format;
  const suffix = format === file.format ? (/\.[^.]+$/.exec(name)?.[0] ?? SUFFIX[format]) : SUFFIX[format];
  const stem = name.replace(/\.[^.]+$/, "");
  const base = target.names === "hash" ? id.slice(0, 16) : moves ? `${stem}-${id.slice(0, 8)}` : stem;
  return [...folders, `${base}${suffix}`].join("/");
}
