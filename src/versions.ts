import { MaskingError } from "./errors.ts";
import { PRIVATE_FOLDER, readJson } from "./manifest.ts";
import type { ObjectStore, StoredObject } from "./types.ts";

/** Which versions of a dataset there are: what `_phimask/current` holds. */
export interface Versions {
  /** Folder of the version in force, without a slash; undefined before the first. */
  readonly version?: string;
  /** All that stay, the one in force first, then by when they were last in force. */
  readonly versions: readonly string[];
}

export const CURRENT: string = `${PRIVATE_FOLDER}current`;

/** The versions of a target. Throws INPUT_MALFORMED where their list is damaged. */
export async function readVersions(
  store: ObjectStore,
  root: string,
  objects: ReadonlyMap<string, StoredObject>,
): Promise<Versions> {
  const found = objects.get(CURRENT);
  if (!found) return { versions: [] };
  const read = (await readJson(store, `${root}${CURRENT}`, found.etag)) as Versions;
  if (!Array.isArray(read.versions) || !read.versions.includes(read.version as string)) {
    throw new MaskingError("INPUT_MALFORMED", { file: CURRENT });
  }
  return read;
}

/** Whether a path is of a version that does not stay. */
export function isStale(path: string, { versions }: Versions): boolean {
  const folder = /^(v=[^/]+)\//.exec(path)?.[1];
  return folder !== undefined && !versions.includes(folder);
}

/** A version's folder for a run, which has none yet: a run that is repeated under its name gets another. */
export function newVersion(runId: string, { versions }: Versions): string {
  let version = `v=${runId}`;
  for (let again = 2; versions.includes(version); again++) version = `v=${runId}.${again}`;
  return version;
}

/** The versions once this one is in force. */
export function withVersion({ versions }: Versions, version: string, keep: number): Versions {
  return { version, versions: [version, ...versions.filter((each) => each !== version)].slice(0, Math.max(keep, 1)) };
}
