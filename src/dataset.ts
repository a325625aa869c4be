import type { Dataset, DatasetPartition } from "./catalog-types.ts";
import { MaskingError } from "./errors.ts";
import { INDEX, indexTable } from "./instances.ts";
import { type Manifest, PRIVATE_FOLDER, readJson, writeJson } from "./manifest.ts";
import type { Job, Plan } from "./plan.ts";
import { FOLDER, type RecordedTable, recordedSchema, recordTables } from "./recorded.ts";
import { foldersOf } from "./source.ts";
import type { Leaf, RunContext } from "./types.ts";

/** What the catalog was last told. */
interface Told {
  readonly catalog: string;
  readonly run_id: string;
}

const TOLD = `${PRIVATE_FOLDER}catalog.json`;

/** True where the job has no catalog, or its catalog was told of this very dataset. */
export async function catalogIsCurrent({ catalog, target }: Job, manifest: Manifest | undefined): Promise<boolean> {
  if (!catalog || !manifest) return true;
  const told = (await readJson(target.store, `${target.root}${TOLD}`)) as Told | undefined;
  return told !== undefined && told.catalog === catalog.name && told.run_id === manifest.run_id;
}

/** Asks the job's catalog whether it could take what the plan would make. Throws what the catalog throws. */
export async function checkCatalog(job: Job, plan: Plan): Promise<void> {
  const { catalog, target, policy } = job;
  const table = recordPlan(job, plan);
  if (!catalog || !table) return;
  const other = !job.instances && plan.todo.find(({ file }) => (target.format ?? file.format) !== table.format);
  if (other) throw new MaskingError("CATALOG_UNFIT", { file: other.file.path, expected: "files of one format" });
  const files = [...plan.unchanged.map(({ output }) => output.path), ...plan.todo.map(({ output }) => output)];
  const run = { rows: 0, run_id: "", job_digest: policy.digest };
  await catalog.check(datasetOf(...tableFiles(job, target.root, files), table, run));
}

/** What is known of the dataset's columns once the plan is carried out. */
export function recordPlan(job: Job, plan: Plan): RecordedTable | undefined {
  if (job.instances) return indexTable(job.instances);
  const known = plan.anew ? undefined : plan.standing.manifest?.table;
  return recordTables(
    known,
    plan.todo.map(({ table, file }) => ({ table, format: job.target.format ?? file.format })),
  );
}

/** Tells the job's catalog of the dataset that stands at `location`, and notes that it was told. */
export async function publishCatalog(job: Job, location: string, manifest: Manifest, run: RunContext): Promise<void> {
  const { catalog, target } = job;
  if (!catalog || !manifest.table) return;
  const paths = manifest.files.map(({ output }) => output.path);
  await catalog.publish(datasetOf(...tableFiles(job, location, paths), manifest.table, manifest), run);
  const note: Told = { catalog: catalog.name, run_id: manifest.run_id };
  await writeJson(target.store, `${target.root}${TOLD}`, note);
}

/** Where the files of the table are: of instances it is their index. */
function tableFiles(
  { instances }: Job,
  location: string,
  paths: readonly string[],
): readonly [location: string, paths: readonly string[]] {
  return instances ? [`${location}${INDEX.folder}`, []] : [location, paths];
}

type Facts = Pick<Manifest, "rows" | "run_id" | "job_digest">;

function datasetOf(location: string, paths: readonly string[], table: RecordedTable, facts: Facts): Dataset {
  const { rows, run_id: runId, job_digest: jobDigest } = facts;
  const staying = table.columns.filter(({ mask, stays }) => mask !== "keep" && stays);
  const inFolders = table.columns.filter(({ types, stays }) => stays && types.includes(FOLDER));
  const masked: Readonly<Record<Leaf, string>> = Object.fromEntries(staying.map(({ column, mask }) => [column, mask]));
  const { partitionBy, partitions } = partitionsOf(location, paths);
  return {
    ...{ location, format: table.format, schema: recordedSchema(table), masked },
    partitionBy: partitionBy ?? inFolders.map(({ column }) => column),
    ...{ partitions, rows, runId, jobDigest },
  };
}

/** Throws SCHEMA_DIFFERS where two files do not stand below the same columns. */
function partitionsOf(
  location: string,
  paths: readonly string[],
): { readonly partitionBy?: readonly string[]; readonly partitions: readonly DatasetPartition[] } {
  const found = new Map<string, DatasetPartition>();
  let partitionBy: readonly string[] | undefined;
  for (const path of paths) {
    const folder = `${location}${path.slice(0, path.lastIndexOf("/") + 1)}`;
    const folders = foldersOf(path);
    const names = folders.map(([name]) => name);
    partitionBy ??= names;
    if (names.join("/") !== partitionBy.join("/")) throw new MaskingError("SCHEMA_DIFFERS", { file: path });
    if (names.length > 0) found.set(folder, { values: folders.map(([, value]) => value), location: folder });
  }
  const partitions = [...found.values()].sort((a, b) => (a.location < b.location ? -1 : 1));
  return { ...(partitionBy && { partitionBy }), partitions };
}
