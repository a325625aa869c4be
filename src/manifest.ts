import { MaskingError } from "./errors.ts";
import type { Rules } from "./reasons.ts";
import type { RecordedTable } from "./recorded.ts";
import { bytesOf, once } from "./stream.ts";
import type { ObjectStore, StoredObject } from "./types.ts";

/** What stands in the target: which inputs were read, what was written for each, and under which rules. */
export interface Manifest extends Rules {
  readonly version: 1;
  readonly run_id: string;
  readonly job: string;
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

/** A path that is about to get another content, with the etag of what stands there before. */
export interface Announced {
  readonly path: string;
  readonly before?: string;
}

/** Folder of the target that holds what phimask itself keeps there; readers of a lake pass over names with `_`. */
export const PRIVATE_FOLDER = "_phimask/";
export const MANIFEST: string = `${PRIVATE_FOLDER}manifest.json`;
/** What a run is about to publish, so that the next one can finish it or clear it away. */
export const PUBLISHING: string = `${PRIVATE_FOLDER}publishing.json`;
export const SUCCESS = "_SUCCESS";

/** The manifest of the files below `prefix`, if a run has ended there. Throws INPUT_MALFORMED on a damaged one. */
export async function readManifest(
  store: ObjectStore,
  prefix: string,
  objects: ReadonlyMap<string, StoredObject>,
): Promise<Manifest | undefined> {
  const found = objects.get(`${prefix}${MANIFEST}`);
  if (!found) return undefined;
  const manifest = await readJson(store, found.uri, found.etag);
  if (!isManifest(manifest)) throw new MaskingError("INPUT_MALFORMED", { file: MANIFEST });
  return manifest;
}

/** True for what has all that a run relies on; a file can be damaged and JSON all the same. */
function isManifest(value: unknown): value is Manifest {
  const { version, job_digest, key_fingerprint, detectors, files } = fieldsOf(value);
  const strings = [job_digest, key_fingerprint].every((each) => typeof each === "string");
  return version === 1 && strings && Array.isArray(detectors) && Array.isArray(files) && files.every(isFile);
}

function isFile(value: unknown): boolean {
  const { input, output } = fieldsOf(value);
  const { id, etag } = fieldsOf(input);
  const { path, size } = fieldsOf(output);
  return [id, etag, path].every((each) => typeof each === "string") && typeof size === "number";
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Writes a value as indented JSON. */
export async function writeJson(store: ObjectStore, uri: string, value: unknown): Promise<StoredObject> {
  return store.write(uri, once(jsonBytes(value)));
}

/**
 * Writes a value as indented JSON in the place of what has the etag, or where nothing stands. Throws STORE_CONFLICT
 * where something else stands.
 */
export async function replaceJson(
  store: ObjectStore,
  uri: string,
  value: unknown,
  before: string | undefined,
): Promise<StoredObject> {
  const condition = before === undefined ? ({ ifNoneMatch: "*" } as const) : { ifMatch: before };
  return store.write(uri, once(jsonBytes(value)), condition);
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

/** A JSON object, or undefined where there is none. Throws INPUT_MALFORMED where it is damaged. */
export async function readJson(store: ObjectStore, uri: string, ifMatch?: string): Promise<unknown> {
  const etag = ifMatch ?? (await store.head(uri))?.etag;
  if (etag === undefined) return undefined;
  const text = new TextDecoder().decode(await bytesOf(store.read(uri, { ifMatch: etag })));
  try {
    return JSON.parse(text);
  } catch {
    throw new MaskingError("INPUT_MALFORMED", { file: uri.slice(uri.lastIndexOf(PRIVATE_FOLDER)) });
  }
}
