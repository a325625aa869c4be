import { hostname } from "node:os";
import { MaskingError } from "./errors.ts";
import {
  announce,
  announced,
  type Manifest,
  type ManifestFile,
  PRIVATE_FOLDER,
  writeJson,
  writeManifest,
} from "./manifest.ts";
import type { Job } from "./plan.ts";
import type { RecordedTable } from "./recorded.ts";
import { type RunReport, reportPage } from "./report.ts";
import { bytesOf, once } from "./stream.ts";

/** A masked file that waits in the staging folder. */
export interface StagedFile {
  readonly described: ManifestFile;
  /** Where it waits. */
  readonly staged: string;
}

/** All that makes up the dataset once it is published. */
export interface Publication {
  readonly staged: readonly StagedFile[];
  /** Files that stay as they are. */
  readonly kept: readonly ManifestFile[];
  /** Paths that leave the target. */
  readonly gone: readonly string[];
  /** Plain URIs of the inputs by their ids. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly table?: RecordedTable;
}

const LOCK = `${PRIVATE_FOLDER}lock.json`;
const STAGING = `${PRIVATE_FOLDER}staging/`;
const SUCCESS = "_SUCCESS";

/** Where a run puts its files until all are done. Ends with a slash. */
export function stagingFolder(job: Job, runId: string): string {
  return `${job.target.root}${STAGING}${runId}/`;
}

/**
 * Takes the target for one run and clears away what dead runs left; the answer gives it back and removes what is still
 * staged. Throws STORE_CONFLICT while another run holds it, TARGET_FOREIGN where it holds files of somebody else.
 */
export async function holdTarget(job: Job, runId: string): Promise<() => Promise<void>> {
  const { store, root, fileName } = job.target;
  if (fileName === undefined) await refuseForeign(job);
  const lock = new TextEncoder().encode(JSON.stringify({ run_id: runId, host: hostname(), pid: process.pid }));
  await store.write(`${root}${LOCK}`, once(lock), { ifNoneMatch: "*" }).catch(async (error: unknown) => {
    if (!(error instanceof MaskingError && error.code === "STORE_CONFLICT") || (await holderLives(job))) throw error;
    await store.write(`${root}${LOCK}`, once(lock));
  });
  await clearStaging(job);
  return async () => {
    await clearStaging(job);
    await store.remove(`${root}${LOCK}`);
  };
}

/**
 * Moves the staged files into place. `_SUCCESS` leaves first and comes back last, after the manifest, so that a reader
 * who waits for it never sees a half-published dataset; each file is whole at any time.
 */
export async function publish(job: Job, runId: string, publication: Publication, report: RunReport): Promise<Manifest> {
  const { store, root } = job.target;
  const { staged, kept, gone, table } = publication;
  const files = [...kept, ...staged.map(({ described }) => described)].sort(byPath);
  const paths = new Set(files.map(({ output }) => output.path));
  const leftovers = (await announced(store, root)).filter((path) => !paths.has(path));

  await announce(store, root, [...staged.map(({ described }) => described.output.path), ...leftovers]);
  await store.remove(`${root}${SUCCESS}`);
  for (const { described, staged: from } of staged) await store.move(from, `${root}${described.output.path}`);
  for (const path of [...gone, ...leftovers]) await store.remove(`${root}${path}`);

  await writeJson(store, `${root}${PRIVATE_FOLDER}report.json`, report);
  await store.write(`${root}${PRIVATE_FOLDER}report.html`, once(new TextEncoder().encode(reportPage(report))));
  const manifest: Manifest = {
    version: 1,
    run_id: runId,
    job: job.name,
    job_digest: job.policy.digest,
    key_fingerprint: job.policy.keyFingerprint,
    detectors: job.policy.detectors,
    rows: files.reduce((sum, { output }) => sum + output.rows, 0),
    ...(table && { table }),
    files,
  };
  await writeManifest(store, root, manifest);
  await store.write(`${root}${SUCCESS}`, once(new Uint8Array()));
  if (job.state) await writeJson(job.state.store, `${job.state.root}inputs.json`, publication.inputs);
  return manifest;
}

function byPath(a: ManifestFile, b: ManifestFile): number {
  return a.output.path < b.output.path ? -1 : 1;
}

/** A folder without phimask's own folder in it must be empty: masked and unmasked files do not share one. */
async function refuseForeign({ target: { store, root } }: Job): Promise<void> {
  let foreign: string | undefined;
  for await (const { uri } of store.list(root)) {
    const path = uri.slice(root.length);
    if (path.startsWith(PRIVATE_FOLDER)) return;
    if (!/(^|\/)\./.test(path)) foreign ??= path;
  }
  if (foreign !== undefined) throw new MaskingError("TARGET_FOREIGN", { file: foreign });
}

async function clearStaging({ target: { store, root } }: Job): Promise<void> {
  const left: string[] = [];
  for await (const { uri } of store.list(`${root}${STAGING}`)) left.push(uri);
  for (const uri of left) await store.remove(uri);
}

/** Whether the run that holds the lock may still be at work: one of another machine is taken to be. */
async function holderLives({ target: { store, root } }: Job): Promise<boolean> {
  if (!(await store.head(`${root}${LOCK}`))) return false;
  const text = new TextDecoder().decode(await bytesOf(store.read(`${root}${LOCK}`)));
  try {
    const { host, pid } = JSON.parse(text) as { host: string; pid: number };
    if (host !== hostname()) return true;
    if (pid === process.pid) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
