import { recordPlan } from "./dataset.ts";
import { withoutIndex } from "./instances.ts";
import type { FinishedFile } from "./journal.ts";
import type { Hold } from "./lock.ts";
import {
  type Announced,
  MANIFEST,
  type Manifest,
  PRIVATE_FOLDER,
  PUBLISHING,
  replaceJson,
  SUCCESS,
  writeJson,
} from "./manifest.ts";
import type { Job, Plan } from "./plan.ts";
import { rulesOf } from "./reasons.ts";
import { type RunReport, reportPage } from "./report.ts";
import { isPassing, leftIn, type Standing } from "./standing.ts";
import { collect, mapInOrder, once } from "./stream.ts";
import type { ObjectStore } from "./types.ts";
import { CURRENT, isStale, newVersion, withVersion } from "./versions.ts";

/** Objects that are moved, copied or removed at once. */
const AT_ONCE = 8;

/** What is in force. */
export interface Published {
  /** Folder of the files; ends with a slash. */
  readonly location: string;
  /** Undefined where there never was a file. */
  readonly manifest?: Manifest;
}

/** All that a publication is made of. */
export interface Publication {
  readonly job: Job;
  readonly hold: Hold;
  readonly runId: string;
  readonly plan: Plan;
  readonly finished: readonly FinishedFile[];
  readonly report: RunReport;
}

/**
 * Brings the finished files into force, and the manifest after them: in place, or as a version. Where nothing was to be
 * masked or removed, it brings to its end what a run that died had begun. What was staged is cleared away last.
 */
export async function publish(publication: Publication): Promise<Published> {
  const { job, plan } = publication;
  const { store, root } = job.target;
  const { manifest: last, prefix } = plan.standing;
  const same = plan.todo.length === 0 && plan.gone.length === 0;
  const put = job.target.versions ? putVersion : putInPlace;
  const published = same
    ? { location: `${root}${prefix}`, ...(last && { manifest: last }) }
    : await put(publication, manifestOf(publication));
  if (published.manifest) {
    if (job.state) await writeJson(job.state.store, `${job.state.root}inputs.json`, plan.inputs);
    await store.remove(`${root}${PUBLISHING}`);
    await store.write(`${published.location}${SUCCESS}`, once(new Uint8Array()));
  }
  const own = (await collect(store.list(`${root}${PRIVATE_FOLDER}`))).map(({ uri }) => uri);
  await removeAll(
    store,
    own.filter((uri) => isPassing(uri.slice(root.length))),
  );
  return published;
}

/** Clears away what dead runs left, but for the files that they have finished. */
export async function clearLeft(
  { target }: Job,
  standing: Standing,
  finished: ReadonlyMap<string, FinishedFile>,
): Promise<void> {
  const kept = new Set([...finished.values()].flatMap(({ staged, note }) => [staged, note]));
  const left = leftIn(standing).map(({ uri }) => uri);
  await removeAll(
    target.store,
    left.filter((uri) => !kept.has(uri)),
  );
}

/**
 * File by file. `_SUCCESS` leaves first and comes back last, after the manifest, so that a reader who waits for it never
 * sees a half-published dataset; each file is whole at any time.
 */
async function putInPlace({ job, hold, plan, finished, report }: Publication, manifest: Manifest): Promise<Published> {
  const { store, root } = job.target;
  const { standing, gone } = plan;
  const paths = new Set(manifest.files.map(({ output }) => output.path));
  const leftovers = standing.announced.filter(({ path }) => !paths.has(path));
  await hold.confirm();
  await writeJson(store, `${root}${PUBLISHING}`, [
    ...finished.map((file) => announcedOf(file, standing)),
    ...leftovers,
  ]);
  await store.remove(`${root}${SUCCESS}`);
  const move = async ({ staged, described }: FinishedFile) => {
    await hold.confirm();
    if (staged !== undefined) await store.move(staged, `${root}${described.output.path}`);
  };
  for await (const _ of mapInOrder(finished, AT_ONCE, move));
  await hold.confirm();
  await removeAll(
    store,
    [...gone.filter((path) => !paths.has(path)), ...leftovers.map(({ path }) => path)].map((path) => `${root}${path}`),
  );
  await writeReport(store, root, report);
  await hold.confirm();
  await replaceJson(store, `${root}${MANIFEST}`, manifest, standing.etag);
  return { location: root, manifest };
}

/** What stood at a path before the first run that began to move a file there. */
function announcedOf({ described: { output } }: FinishedFile, { announced, objects }: Standing): Announced {
  const before = announced.find(({ path }) => path === output.path);
  const etag = objects.get(output.path)?.etag;
  return before ?? { path: output.path, ...(etag !== undefined && { before: etag }) };
}

/**
 * A folder of its own with every file: what did not change gets a second name or is copied by the store. Readers see it
 * once `_phimask/current` names it; versions that no longer stay are removed after that.
 */
async function putVersion(publication: Publication, manifest: Manifest): Promise<Published> {
  const { job, hold, runId, plan, finished, report } = publication;
  const { store, root, versions } = job.target;
  const { prefix, versions: before = { versions: [] }, etag, objects } = plan.standing;
  const version = newVersion(runId, before);
  const location = `${root}${version}/`;
  const kept = plan.unchanged.map(({ output: { path } }) => [`${root}${prefix}${path}`, path] as const);
  const masked = finished.map(({ staged, described }) => [staged!, described.output.path] as const);
  const copy = async ([from, path]: readonly [string, string]) => {
    hold.lost.throwIfAborted();
    await store.copy(from, `${location}${path}`);
  };
  for await (const _ of mapInOrder([...kept, ...masked], AT_ONCE, copy));
  await writeReport(store, location, report);
  await writeJson(store, `${location}${MANIFEST}`, manifest);
  await store.write(`${location}${SUCCESS}`, once(new Uint8Array()));
  await hold.confirm();
  const now = withVersion(before, version, versions!.keep);
  await replaceJson(store, `${root}${CURRENT}`, now, etag);
  const stale = [...objects].filter(([path]) => isStale(path, now)).map(([, { uri }]) => uri);
  await removeAll(store, stale);
  return { location, manifest };
}

function manifestOf({ job, runId, plan, finished }: Publication): Manifest {
  const table = recordPlan(job, plan);
  const files = [...plan.unchanged, ...finished.map(({ described }) => described)];
  return {
    version: 1,
    run_id: runId,
    job: job.name,
    ...rulesOf(job.policy),
    rows: withoutIndex(files).reduce((sum, { output }) => sum + output.rows, 0),
    ...(table && { table }),
    files: files.sort((a, b) => (a.output.path < b.output.path ? -1 : 1)),
  };
}

async function writeReport(store: ObjectStore, root: string, report: RunReport): Promise<void> {
  await writeJson(store, `${root}${PRIVATE_FOLDER}report.json`, report);
  await store.write(`${root}${PRIVATE_FOLDER}report.html`, once(new TextEncoder().encode(reportPage(report))));
}

async function removeAll(store: ObjectStore, uris: readonly string[]): Promise<void> {
  for await (const _ of mapInOrder(uris, AT_ONCE, (uri) => store.remove(uri)));
}
