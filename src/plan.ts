import type { Schema } from "apache-arrow";
import type { Catalog } from "./catalog-types.ts";
import type { Checks } from "./checks.ts";
import { refuseDrift } from "./drift.ts";
import { MaskingError } from "./errors.ts";
import type { ImageMeter } from "./estimate/images.ts";
import type { TextMeter } from "./estimate/services.ts";
import type { Instance, Instances, PassedOver } from "./instance-types.ts";
import { INDEX } from "./instances.ts";
import type { ManifestFile } from "./manifest.ts";
import { instancePath, outputPath, refuseCollisions } from "./outputs.ts";
import { changeOfRules, type Reason, rulesOf } from "./reasons.ts";
import type { ColumnRules, TablePlan } from "./rules.ts";
import { planTable } from "./rules.ts";
import { type FormatName, listSource, readable, type Source, type SourceFile } from "./source.ts";
import { readStanding, type Standing } from "./standing.ts";
import { mapInOrder } from "./stream.ts";
import type { Target } from "./target.ts";
import type { ObjectStore, RunContext, TableFormat } from "./types.ts";
import type { WorkList } from "./work.ts";
import type { Workers } from "./workers/workers.ts";

/** A dataset to mask: every part built and checked, nothing read yet. `openJob` of `src/job.ts` makes one. */
export interface Job {
  readonly name: string;
  readonly source: Source;
  readonly target: Target;
  readonly rules: ColumnRules;
  /** Where the plain paths of inputs may be kept; nowhere where undefined. */
  readonly state?: { readonly store: ObjectStore; readonly root: string };
  /** What is looked at again before a run publishes; nothing where undefined. */
  readonly checks?: Checks;
  /** There where the source is a folder of DICOM files: names their masked copies and makes the index. */
  readonly instances?: Instances;
  /** Told of the dataset after it is published. */
  readonly catalog?: Catalog;
  readonly policy: JobPolicy;
  /** Asks the services of the job once: then their models are among `policy.detectors`. Undefined where it has none. */
  readonly ready?: (run: RunContext) => Promise<void>;
  /** Has a service read texts before one of them is masked, under a name of 32 characters; undefined where none works so. */
  readonly prepare?:
    | ((texts: AsyncIterable<readonly string[]>, id: string, run: RunContext) => Promise<void>)
    | undefined;
  /** The services that are paid by the text; none where undefined. */
  readonly meters?: readonly TextMeter[];
  /** The services that are paid by the image; none where undefined. */
  readonly imageMeters?: readonly ImageMeter[];
  readonly formats: Readonly<Record<"read" | "write", (name: FormatName) => Promise<TableFormat>>>;
  /** A keyed hash of a path: 32 hex characters. */
  hashPath(path: string): string;
  /** Threads that apply the rules' steps; see `Workers`. */
  openWorkers(count: number): Workers;
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
  readonly reason: Reason;
  /** What the file's header says that it is, where the job masks instances. */
  readonly instance?: Instance;
}

/** What a run would do. */
export interface Plan {
  /** Files to mask, in order. */
  readonly todo: readonly PlannedFile[];
  /** Files that stand in the target as this job would write them. */
  readonly unchanged: readonly ManifestFile[];
  /** Paths of files of an earlier run that leave: their input is gone, or their output goes elsewhere. */
  readonly gone: readonly string[];
  /** Why every file is masked anew; undefined where only some are. */
  readonly anew?: Reason;
  /** Plain URIs of the inputs by their ids: for the private state alone. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What stands in the target now. */
  readonly standing: Standing;
  /** Files that are no instances, where the job masks instances: they are not passed along. */
  readonly passedOver?: Readonly<Record<PassedOver, number>>;
}

export interface PlanOptions {
  /** Masks every file, also those that stand as they should. */
  readonly full?: boolean;
  /** Masks these files and no others: what is new beside them waits for the next run. */
  readonly work?: WorkList;
}

/** True where there is nothing to mask, to remove, or to bring to its end. */
export function isDone({ todo, gone, standing }: Plan): boolean {
  return todo.length === 0 && gone.length === 0 && standing.settled;
}

/**
 * Lists the source and the target, reads the schema of every file to mask and checks every rule against it. Reads no
 * row and writes nothing. Throws SCHEMA_DRIFT where the source's types are not what they were, and INPUT_GONE where an
 * output is to be kept that the changed rules cannot be applied to.
 */
export async function planJob(job: Job, { full = false, work }: PlanOptions = {}): Promise<Plan> {
  const standing = await readStanding(job.target);
  const last = standing.manifest;
  const anew =
    work?.anew ?? (full ? "full" : last && (changeOfRules(rulesOf(job.policy), last) ?? lostIndex(job, standing)));
  const shared = work && new Map(work.files.map((each) => [each.id, each]));
  const byId = new Map((last?.files ?? []).map((file) => [file.input.id, file]));

  const wanted: Omit<PlannedFile, "table" | "output">[] = [];
  const unchanged: ManifestFile[] = [];
  const inputs: Record<string, string> = {};
  for await (const file of listSource(job.source)) {
    const id = job.hashPath(file.path);
    inputs[id] = file.object.uri;
    const before = byId.get(id);
    byId.delete(id);
    const part = shared?.get(id);
    if (part && (part.etag !== file.object.etag || part.size !== file.object.size)) {
      throw new MaskingError("STORE_CONFLICT", { file: file.path, expected: "the input that was planned" });
    }
    if (work && !part) {
      if (before && !anew) unchanged.push(before);
      continue;
    }
    const reason = part?.reason ?? reasonFor(file, before, standing, anew);
    if (before && reason === undefined) unchanged.push(before);
    else wanted.push({ file, id, reason: reason ?? "new" });
  }
  byId.delete(INDEX.id);
  const { todo, passedOver } = await plannedFiles(job, wanted);
  if (last?.table && anew !== "job" && anew !== "full") {
    for (const { table, file } of todo) refuseDrift(last.table, table, file.path);
  }
  if (job.target.gone === "keep") unchanged.push(...keptOf([...byId.values()], todo, anew));
  refuseCollisions(todo, unchanged);
  const outputs = new Set([...todo.map(({ output }) => output), ...unchanged.map(({ output }) => output.path)]);
  if (job.instances) outputs.add(INDEX.path);
  const gone = (last?.files ?? []).map(({ output }) => output.path).filter((path) => !outputs.has(path));
  return { todo, unchanged, gone, inputs, standing, ...(anew && last && { anew }), ...(passedOver && { passedOver }) };
}

/** Undefined where the file stands as this job would write it. Under another key no input is known again. */
function reasonFor(
  file: SourceFile,
  before: ManifestFile | undefined,
  standing: Standing,
  anew: Reason | undefined,
): Reason | undefined {
  if (before) return anew ?? differenceOf(file, before, standing);
  return anew === "key" ? "key" : "new";
}

/** Without the rows of instances that stand, their files must be looked at again. */
function lostIndex({ instances }: Job, { manifest, objects, prefix }: Standing): Reason | undefined {
  const index = manifest?.files.find(({ input }) => input.id === INDEX.id);
  if (!instances || !index) return undefined;
  return objects.get(`${prefix}${INDEX.path}`)?.size === index.output.size ? undefined : "output";
}

function differenceOf({ object }: SourceFile, { input, output }: ManifestFile, standing: Standing): Reason | undefined {
  if (input.etag !== object.etag || input.size !== object.size) return "changed";
  return standing.objects.get(`${standing.prefix}${output.path}`)?.size === output.size ? undefined : "output";
}

/** As `planJob`, once the services of the job were asked where there is something to mask: their models are rules too. */
export async function planReady(job: Job, options: PlanOptions, run: RunContext): Promise<Plan> {
  const plan = await planJob(job, options);
  if (plan.todo.length === 0 || !job.ready) return plan;
  await job.ready(run);
  return planJob(job, options);
}

/** Outputs whose input is gone, which stay. What other rules masked cannot stay beside what these mask. */
function keptOf(
  files: readonly ManifestFile[],
  todo: readonly PlannedFile[],
  anew: Reason | undefined,
): readonly ManifestFile[] {
  const replaced = new Set(todo.map(({ output }) => output));
  const kept = files.filter(({ output }) => !replaced.has(output.path));
  if (anew && kept[0]) throw new MaskingError("INPUT_GONE", { file: kept[0].output.path });
  return kept;
}

/** Files whose headers are read at once. */
const AT_ONCE = 8;

async function plannedFiles(
  job: Job,
  wanted: readonly Omit<PlannedFile, "table" | "output">[],
): Promise<Pick<Plan, "todo" | "passedOver">> {
  const todo: PlannedFile[] = [];
  const passedOver = { directory: 0, foreign: 0 };
  for await (const planned of mapInOrder(wanted, AT_ONCE, (each) => planFile(job, each))) {
    if (typeof planned === "string") passedOver[planned] += 1;
    else todo.push(planned);
  }
  return { todo, ...(job.instances && { passedOver }) };
}

async function planFile(
  job: Job,
  { file, id, reason }: Omit<PlannedFile, "table" | "output">,
): Promise<PlannedFile | PassedOver> {
  const instance = await job.instances?.look(readable(job.source.store, file.object));
  if (typeof instance === "string") return instance;
  const table = planTable(await schemaOf(job, file), file.partition, job.rules, file.path);
  if (!instance) return { file, table, id, output: outputPath(job.target, file, table, id), reason };
  return { file, table, id, output: instancePath(job.target, instance, id), reason, instance };
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
