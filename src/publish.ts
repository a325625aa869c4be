import { recordPlan } from "./dataset.ts";
import type { FinishedFile } from "./journal.ts";
import type { Hold } from "./lock.ts";
import {
  type Announced,
  type Manifest,
  PRIVATE_FOLDER,
  PUBLISHING,
  SUCCESS,
  writeJson,
  writeManifest,
} from "./manifest.ts";
import type { Job, Plan } from "./plan.ts";
import { rulesOf } from "./reasons.ts";
import { type RunReport, reportPage } from "./report.ts";
import { leftIn, STAGING, type Standing } from "./standing.ts";
import { collect, mapInOrder, once } from "./stream.ts";
import type { ObjectStore } from "./types.ts";

/** Objects that are moved, copied or removed at once. */
const AT_ONCE = 8;

/** What is in force. */
export interface Published {
  /** Folder of the files; ends with a slash. */
  readonly location: string;
  /** Undefined where there never was a file. */
  readonly manifest?: Manifest;
}

/**
 * Moves the finished files into place. `_SUCCESS` leaves first and comes back last, after the manifest, so that a reader
 * who waits for it never sees a half-published dataset; each file is whole at any time. Where nothing was to be masked
 * or removed, it brings to its end what a run that died had begun.
 */
export async function publish(
  job: Job,
  hold: Hold,
  runId: string,
  plan: Plan,
  finished: readonly FinishedFile[],
  report: RunReport,
): Promise<Published> {
  const { store, root } = job.target;
  const { manifest: last, etag } = plan.standing;
  const same = plan.todo.length === 0 && plan.gone.length === 0;
  const manifest = same ? last : manifestOf(job, runId, plan, finished);
  if (manifest && !same) {
    await moveInPlace(job, hold, plan, finished, manifest);
    await writeReport(store, root, report);
    await hold.confirm();
    await writeManifest(store, root, manifest, etag);
  }
  if (manifest && job.state) await writeJson(job.state.store, `${job.state.root}inputs.json`, plan.inputs);
  await store.remove(`${root}${PUBLISHING}`);
  if (manifest) await store.write(`${root}${SUCCESS}`, once(new Uint8Array()));
  await removeAll(
    store,
    (await collect(store.list(`${root}${STAGING}`))).map(({ uri }) => uri),
  );
  return { location: root, ...(manifest && { manifest }) };
}

/** Clears away what dead runs left, but for the files that they have finished. */
export async function clearLeft(
  { target }: Job,
  standing: Standing,
  finished: ReadonlyMap<string, FinishedFile>,
): Promise<void> {
  const kept = new Set([...finished.values()].flatMap(({ staged, note }) => [staged, note]));
  await removeAll(
    target.store,
    leftIn(standing)
      .map(({ uri }) => uri)
      .filter((uri) => !kept.has(uri)),
  );
}

async function moveInPlace(
  { target: { store, root } }: Job,
  hold: Hold,
  { gone, standing }: Plan,
  finished: readonly FinishedFile[],
  { files }: Manifest,
): Promise<void> {
  const paths = new Set(files.map(({ output }) => output.path));
  const leftovers = standing.announced.filter(({ path }) => !paths.has(path));
  const before = new Map(standing.announced.map((each) => [each.path, each]));
  const announced = finished.map(({ described: { output } }): Announced => {
    const etag = standing.objects.get(output.path)?.etag;
    return before.get(output.path) ?? { path: output.path, ...(etag !== undefined && { before: etag }) };
  });
  await hold.confirm();
  await writeJson(store, `${root}${PUBLISHING}`, [...announced, ...leftovers]);
  await store.remove(`${root}${SUCCESS}`);
  const move = async ({ staged, described }: FinishedFile) => {
    await hold.confirm();
    if (staged !== undefined) await store.move(staged, `${root}${described.output.path}`);
  };
  for await (const _ of mapInOrder(finished, AT_ONCE, move));
  await hold.confirm();
  await removeAll(
    store,
    [...gone, ...leftovers.map(({ path }) => path)].map((path) => `${root}${path}`),
  );
}

/** The dataset as it will be once the finished files are in force. */
export function manifestOf(job: Job, runId: string, plan: Plan, finished: readonly FinishedFile[]): Manifest {
  const table = recordPlan(job, plan);
  const files = [...plan.unchanged, ...finished.map(({ described }) => described)];
  return {
    version: 1,
    run_id: runId,
    job: job.name,
    ...rulesOf(job.policy),
    rows: files.reduce((sum, { output }) => sum + output.rows, 0),
    ...(table && { table }),
    files: files.sort((a, b) => (a.output.path < b.output.path ? -1 : 1)),
  };
}

export async function writeReport(store: ObjectStore, root: string, report: RunReport): Promise<void> {
  await writeJson(store, `${root}${PRIVATE_FOLDER}report.json`, report);
  await store.write(`${root}${PRIVATE_FOLDER}report.html`, once(new TextEncoder().encode(reportPage(report))));
}

async function removeAll(store: ObjectStore, uris: readonly string[]): Promise<void> {
  for await (const _ of mapInOrder(uris, AT_ONCE, (uri) => store.remove(uri)));
}
