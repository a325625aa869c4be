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
import type { Target } from "./plan.ts";
import type { StoredObject } from "./types.ts";

/** What stands in a target, from one listing. */
export interface Standing {
  /** Folder of the files in force; ends with a slash. */
  readonly root: string;
  /** Undefined where no run has ended here. */
  readonly manifest?: Manifest;
  /** The manifest's own etag, by which the next one replaces it. */
  readonly etag?: string;
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

/** Lists the target once and reads its manifest. Throws INPUT_MALFORMED where that is damaged. */
export async function readStanding(target: Target): Promise<Standing> {
  const { store, root } = target;
  const objects = new Map<string, StoredObject>();
  for await (const object of listTarget(target)) objects.set(object.uri.slice(root.length), object);
  const found = await readManifest(store, root, objects);
  const announced = objects.has(PUBLISHING)
    ? (((await readJson(store, `${root}${PUBLISHING}`)) ?? []) as Announced[])
    : [];
  const unsettled = [...objects.keys()].some((path) => isLeft(path) || path === LOCK || path === PUBLISHING);
  return {
    root,
    ...found,
    objects,
    announced,
    settled: !unsettled && (found.manifest === undefined || objects.has(SUCCESS)),
  };
}

/** Whether no run has ended in the target since. */
export async function isCurrent({ store, root }: Target, { etag }: Standing): Promise<boolean> {
  return (await store.head(`${root}${MANIFEST}`))?.etag === etag;
}

/** Objects that a run which died may have left and no reader takes for data: what is staged, and half-written files. */
export function leftIn({ objects }: Standing): readonly StoredObject[] {
  return [...objects].filter(([path]) => isLeft(path)).map(([, object]) => object);
}

function isLeft(path: string): boolean {
  return path.startsWith(STAGING) || PARTIAL.test(path);
}

/**
 * Throws TARGET_FOREIGN where the target holds files and phimask never wrote there: masked and unmasked files do not
 * share a folder.
 */
export function refuseForeign({ fileName }: Target, { objects }: Standing): void {
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
