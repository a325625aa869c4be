import { randomUUID } from "node:crypto";
import { publishCatalog } from "./dataset.ts";
import { MaskingError } from "./errors.ts";
import { takeLock } from "./lock.ts";
import { readManifest, replaceJson } from "./manifest.ts";
import type { Job } from "./plan.ts";
import { newTally } from "./report.ts";
import { LOCK, readStanding } from "./standing.ts";
import { CURRENT, withVersion } from "./versions.ts";

export interface RollbackOptions {
  /** The run whose version comes into force; the one that was in force before where left out. */
  readonly to?: string;
  readonly signal?: AbortSignal;
  /** As of `RunOptions`. */
  readonly lease?: number;
}

/**
 * Brings another version of the dataset into force, and tells the catalog. Nothing is masked or removed: the version
 * that was in force stays, so that a second call goes back to it. Throws JOB_INVALID where the target has no versions,
 * VERSION_MISSING where there is none to go back to.
 */
export async function rollbackJob(
  job: Job,
  options: RollbackOptions = {},
): Promise<{ readonly version: string; readonly location: string }> {
  const { store, root, versions: kept } = job.target;
  if (!kept) throw new MaskingError("JOB_INVALID", { key: "target.publish", expected: "versioned, to have versions" });
  const { signal = new AbortController().signal, lease } = options;
  const uri = `${root}${LOCK}`;
  const hold = await takeLock({ store, uri, runId: randomUUID(), signal, ...(lease !== undefined && { lease }) });
  try {
    const { versions = { versions: [] }, objects, etag } = await readStanding(job.target);
    const wanted = options.to === undefined ? versions.versions[1] : `v=${options.to.replace(/^v=/, "")}`;
    const version = versions.versions.find((each) => each === wanted);
    const manifest = version && (await readManifest(store, `${version}/`, objects));
    if (!version || !manifest) throw new MaskingError("VERSION_MISSING", { key: "target.keep_versions" });
    await hold.confirm();
    await replaceJson(store, `${root}${CURRENT}`, withVersion(versions, version, versions.versions.length), etag);
    const location = `${root}${version}/`;
    await publishCatalog(job, location, manifest, { tally: newTally(), signal });
    return { version, location };
  } finally {
    await hold.release();
  }
}
