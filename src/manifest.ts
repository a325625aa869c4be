import { MaskingError } from "./errors.ts";
import type { RecordedTable } from "./recorded.ts";
import { bytesOf, once } from "./stream.ts";
import type { ObjectStore, StoredObject } from "./types.ts";

/** What stands in the target: which inputs were read, what was written for each, and under which rules. */
export interface Manifest {
  readonly version: 1;
  readonly run_id: string;
  readonly job: string;
  /** Digest of everything that decides what a cell becomes: another digest, and every file is masked anew. */
  readonly job_digest: string;
  readonly key_fingerprint: string;
  /** Those of services with the models that answered: another one, and every file is masked anew. */
  readonly detectors: readonly { readonly name: string; readonly version: string }[];
  readonly rows: number;
  /** Absent while the dataset never had a file. */
  readonly table?: RecordedTable;
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  /** `id` is a keyed hash of the path within the source: file names can carry names. */
  readonly input: { readonly id: string; readonly etag: string; readonly size: number };
  readonly output: {
    /** Path within the target. */
    readonly path: string;
    readonly size: number;
    readonly rows: number;
    readonly sha256?: string;
  };
}

/** Folder of the target that holds what phimask itself keeps there; readers of a lake pass over names with `_`. */
export const PRIVATE_FOLDER = "_phimask/";
const MANIFEST = `${PRIVATE_FOLDER}manifest.json`;
/** Paths a run is about to publish, so that the next one can clear away what a dead run left. */
const PUBLISHING = `${PRIVATE_FOLDER}publishing.json`;

/** The manifest of a target, or undefined where no run has ended there. Throws INPUT_MALFORMED on a damaged one. */
export async function readManifest(store: ObjectStore, root: string): Promise<Manifest | undefined> {
  const manifest = (await readJson(store, `${root}${MANIFEST}`)) as Manifest | undefined;
  if (manifest && (manifest.version !== 1 || !Array.isArray(manifest.files))) {
    throw new MaskingError("INPUT_MALFORMED", { file: MANIFEST });
  }
  return manifest;
}

/** Puts the manifest in force; from then on the run's files are the dataset. */
export async function writeManifest(store: ObjectStore, root: string, manifest: Manifest): Promise<void> {
  await writeJson(store, `${root}${MANIFEST}`, manifest);
  await store.remove(`${root}${PUBLISHING}`);
}

/** Notes what is about to be moved into place. */
export async function announce(store: ObjectStore, root: string, paths: readonly string[]): Promise<void> {
  await writeJson(store, `${root}${PUBLISHING}`, paths);
}

/** Paths that a run that died may have moved into place. */
export async function announced(store: ObjectStore, root: string): Promise<readonly string[]> {
  const paths = await readJson(store, `${root}${PUBLISHING}`);
  return Array.isArray(paths) ? (paths as string[]) : [];
}

/** Writes a value as indented JSON. */
export async function writeJson(store: ObjectStore, uri: string, value: unknown): Promise<StoredObject> {
  return store.write(uri, once(new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)));
}

/** A JSON object, or undefined where there is none. Throws INPUT_MALFORMED where it is damaged. */
export async function readJson(store: ObjectStore, uri: string): Promise<unknown> {
  const found = await store.head(uri);
  if (!found) return undefined;
  const text = new TextDecoder().decode(await bytesOf(store.read(uri)));
  try {
    return JSON.parse(text);
  } catch {
    throw new MaskingError("INPUT_MALFORMED", { file: uri.slice(uri.lastIndexOf(PRIVATE_FOLDER)) });
  }
}
