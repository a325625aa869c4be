import { MaskingError } from "./errors.ts";
import {
  type Announced,
  MANIFEST,
  type Manifest,
  PRIVATE_FOLDER,
  PUBLISHING,
  readJson,
  readManifest,
  SUCCESS,
} from "./manifest.ts";
import type { Target } from "./target.ts";
import type { StoredObject } from "./types.ts";
import { CURRENT, isStale, readVersions, type Versions } from "./versions.ts";
import { WORK } from "./work.ts";

/** What stands in a target, from one listing. */
export interface Standing {
  /** Folder of the files in force, below the target's root: empty, or a version's name with a slash at its end. */
  readonly prefix: string;
  /** Undefined where no run has ended here. */
  readonly manifest?: Manifest;
  /** Etag of the object that says what is in force, by which the next run replaces it. */
  readonly etag?: string;
  /** The versions that stay, the one in force among them; undefined where the target has none. */
  readonly versions?: Versions;
  /** Every object of the target by its path below the target's root. */
  readonly objects: ReadonlyMap<string, StoredObject>;
  /** What a run that died was moving into place. */
  readonly announced: readonly Announced[];
  /** False where a run that died left something to finish or to clear away. */
  readonly settled: boolean;
}

export const LOCK: string = `${PRIVATE_FOLDER}lock.json`;
export const STAGING: string = `${PRIVATE_FOLDER}staging/`;

/** What a store of files writes before it renames. */
const PARTIAL = /(^|\/)\.phimask-[0-9a-f]{16}$/;

/** The lock of a shard. */
const SHARD = /^_phimask\/shard-\d+-of-\d+\.json$/;

/** Lists the target once and reads its manifest. Throws INPUT_MALFORMED where that is damaged. */
export async function readStanding(target: Target): Promise<Standing> {
  const { store, root } = target;
  const objects = new Map<string, StoredObject>();
  for await (const object of listTarget(target)) objects.set(object.uri.slice(root.length), object);
  const versions = target.versions && (await readVersions(store, root, objects));
  const prefix = versions?.version === undefined ? "" : `${versions.version}/`;
  const manifest = await readManifest(store, prefix, objects);
  const announced = objects.has(PUBLISHING) ? ((await readJson(store, `${root}${PUBLISHING}`)) as Announced[]) : [];
  const standing = { prefix, ...(manifest && { manifest }), ...(versions && { versions }), objects, announced };
  const unfinished = objects.has(LOCK) || objects.has(PUBLISHING) || leftIn(standing).length > 0;
  const etag = objects.get(inForce(target))?.etag;
  return {
    ...standing,
    ...(etag !== undefined && { etag }),
    settled: !unfinished && (!manifest || objects.has(`${prefix}${SUCCESS}`)),
  };
}

/** Path of the object that says what is in force. */
export function inForce({ versions }: Target): string {
  return versions ? CURRENT : MANIFEST;
}

/** Whether no run has ended in the target since. */
export async function isCurrent(target: Target, { etag }: Standing): Promise<boolean> {
  return (await target.store.head(`${target.root}${inForce(target)}`))?.etag === etag;
}

/**
 * Objects that a run which died may have left and no reader takes for data: what is staged, half-written files, and
 * versions that never came into force or no longer stay.
 */
export function leftIn({ objects, versions }: Pick<Standing, "objects" | "versions">): readonly StoredObject[] {
  const left = (path: string) => isPassing(path) || (versions && isStale(path, versions));
  return [...objects].filter(([path]) => left(path)).map(([, object]) => object);
}

/** What is of a run and not of the dataset: staged and half-written files, and what shards go by. */
export function isPassing(path: string): boolean {
  return path.startsWith(STAGING) || PARTIAL.test(path) || path === WORK || SHARD.test(path);
}

/**
 * Throws TARGET_FOREIGN where the target holds files and phimask never wrote there: masked and unmasked files do not
 * share a folder.
 */
export function refuseForeign({ fileName, versions }: Target, { objects }: Standing): void {
  if (objects.has(versions ? MANIFEST : CURRENT)) {
    throw new MaskingError("TARGET_FOREIGN", { key: "target.publish", expected: "a target for each way to publish" });
  }
  if (fileName !== undefined) return;
  const paths = [...objects.keys()];
  if (paths.some((path) => path.startsWith(PRIVATE_FOLDER))) return;
  const foreign = paths.find((path) => !/(^|\/)\./.test(path));
  if (foreign !== undefined) throw new MaskingError("TARGET_FOREIGN", { file: foreign });
}

/** Of a target that is one file, what else is in its folder is not looked at. */
async function* listTarget({ store, root, fileName }: Target): AsyncGenerator<StoredObject, void, undefined> {
  if (fileName === undefined) return yield* store.list(root);
  yield* store.list(`${root}${PRIVATE_FOLDER}`);
  for (const name of [SUCCESS, fileName]) {
    const found = await store.head(`${root}${name}`);
    if (found) yield found;
  }
}
