import { createHash, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { ImagePlace } from "../../transforms/images/place.ts";
import { MaskingError } from "../errors.ts";
import { type LockOptions, takeLock } from "../lock.ts";
import { readJson, writeJson } from "../manifest.ts";
import { STAGING } from "../standing.ts";
import type { Target } from "../target.ts";
import { WORK } from "../work.ts";

/** Milliseconds between two looks for another process's image. */
const LOOK_MS = 250;

/** A process that says nothing for so long loses its image to another: the same work twice, and the same bytes. */
const LEASE = 10_000;

/**
 * How the processes that share a work list share the images of one column. `list` tells columns apart. What is noted
 * passes with the run, and is of no meaning under another work list: there other rows may link to an image.
 */
export function imageTurns({ store, root }: Target, list: string, lease: number = LEASE): ImagePlace["shared"] {
  let folder: Promise<string> | undefined;
  return async (name, work, signal) => {
    folder ??= store.head(`${root}${WORK}`).then((now) => `${root}${STAGING}images-${list}-${digestOf(now?.etag)}/`);
    const note = `${await folder}${name}.json`;
    const lock = `${await folder}${name}.lock`;
    for (;;) {
      const noted = await awaited(note, lock, signal);
      if (noted !== undefined) return noted;
      const hold = await turn({ store, uri: lock, runId: randomUUID(), signal, lease });
      if (!hold) continue;
      try {
        const meanwhile = await outcomeOf(note);
        if (meanwhile !== undefined) return meanwhile;
        const outcome = await work();
        await writeJson(store, note, { outcome });
        return outcome;
      } finally {
        await hold.release();
      }
    }
  };
  /** The outcome that is noted, now or soon: most images take seconds, and who watches a lock looks at it less often. */
  async function awaited(note: string, lock: string, signal: AbortSignal): Promise<number | undefined> {
    for (let waited = 0; ; waited += LOOK_MS) {
      const noted = await outcomeOf(note);
      if (noted !== undefined || waited >= lease || !(await store.head(lock))) return noted;
      await pause(LOOK_MS, undefined, { signal }).catch(() => {
        throw new MaskingError("STOPPED");
      });
    }
  }
  async function outcomeOf(note: string): Promise<number | undefined> {
    return ((await readJson(store, note)) as { readonly outcome: number } | undefined)?.outcome;
  }
}

/** Undefined where another process is at work, once it was waited for. */
async function turn(options: LockOptions): Promise<Awaited<ReturnType<typeof takeLock>> | undefined> {
  try {
    return await takeLock(options);
  } catch (error) {
    if (error instanceof MaskingError && error.code === "TARGET_BUSY") return undefined;
    throw error;
  }
}

function digestOf(etag = ""): string {
  return createHash("sha256").update(etag).digest("hex").slice(0, 16);
}
