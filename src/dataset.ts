import { MaskingError } from "./errors.ts";
import { type Manifest, type ManifestFile, PRIVATE_FOLDER, readJson, writeJson } from "./manifest.ts";
import type { Job } from "./plan.ts";
import { FOLDER, type RecordedTable, recordedSchema } from "./recorded.ts";
import { foldersOf } from "./source.ts";
import type { Dataset, DatasetPartition, Leaf, RunContext } from "./types.ts";

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

/** Tells the job's catalog of the dataset that stands at `location`, and notes that it was told. */
export async function publishCatalog(job: Job, location: string, manifest: Manifest, run: RunContext): Promise<void> {
  const { catalog, target } = job;
  if (!catalog || !manifest.table) return;
  await catalog.publish(datasetOf(location, manifest, manifest.table), run);
  const note: Told = { catalog: catalog.name, run_id: manifest.run_id };
  await writeJson(target.store, `${target.root}${TOLD}`, note);
}

function datasetOf(location: string, manifest: Manifest, table: RecordedTable): Dataset {
  const { files, rows, run_id: runId, job_digest: jobDigest } = manifest;
  const staying = table.columns.filter(({ mask, stays }) => mask !== "keep" && stays);
  const inFolders = table.columns.filter(({ types, stays }) => stays && types.includes(FOLDER));
  const masked: Readonly<Record<Leaf, string>> = Object.fromEntries(staying.map(({ column, mask }) => [column, mask]));
  const { partitionBy, partitions } = partitionsOf(location, files);
  return {
    ...{ location, format: table.format, schema: recordedSchema(table), masked },
    partitionBy: partitionBy ?? inFolders.map(({ column }) => column),
    ...{ partitions, rows, runId, jobDigest },
  };
}

/** Throws SCHEMA_DIFFERS where two files do not stand below the same columns. */
function partitionsOf(
  location: string,
  files: readonly ManifestFile[],
): { readonly partitionBy?: readonly string[]; readonly partitions: readonly DatasetPartition[] } {
  const found = new Map<string, DatasetPartition>();
  let partitionBy: readonly string[] | undefined;
  for (const { output } of files) {
    const folder = `${location}${output.path.slice(0, output.path.lastIndexOf("/") + 1)}`;
    const folders = foldersOf(output.path);
    const names = folders.map(([name]) => name);
    partitionBy ??= names;
    if (names.join("/") !== partitionBy.join("/")) throw new MaskingError("SCHEMA_DIFFERS", { file: output.path });
    if (names.length > 0) found.set(folder, { values: folders.map(([, value]) => value), location: folder });
  }
  const partitions = [...found.values()].sort((a, b) => (a.location < b.location ? -1 : 1));
  return { ...(partitionBy && { partitionBy }), partitions };
}
