import { MaskingError } from "./errors.ts";
import { PRIVATE_FOLDER, readJson } from "./manifest.ts";
import type { Job, Plan } from "./plan.ts";
import { changeOfRules, type Reason, type Rules, rulesOf } from "./reasons.ts";

/** What several processes are to do together: written by `phimask plan --shards n`. Holds no name of an input. */
export interface WorkList {
  readonly version: 1;
  readonly rules: Rules;
  readonly shards: number;
  /** Why every file is masked anew; absent where only some are. */
  readonly anew?: Reason;
  readonly files: readonly WorkFile[];
}

export interface WorkFile {
  /** Keyed hash of the input's path. */
  readonly id: string;
  readonly etag: string;
  readonly size: number;
  readonly reason: Reason;
  /** The shard that masks it, counted from 0. */
  readonly shard: number;
}

export const WORK: string = `${PRIVATE_FOLDER}work.json`;

/** Whole files, largest first, each to the shard that has the fewest bytes so far. */
export function shareOut(job: Job, { todo, anew }: Plan, shards: number): WorkList {
  const loads = Array.from({ length: shards }, () => 0);
  const largest = [...todo].sort((a, b) => b.file.object.size - a.file.object.size || (a.id < b.id ? -1 : 1));
  const files = largest.map(({ id, reason, file: { object } }): WorkFile => {
    const shard = loads.indexOf(Math.min(...loads));
    loads[shard]! += object.size + 1; // empty files are work too
    return { id, etag: object.etag, size: object.size, reason, shard };
  });
  return { version: 1, rules: rulesOf(job.policy), shards, ...(anew && { anew }), files };
}

/** The work list of the job's target. Throws SHARDS_UNPLANNED where there is none for these rules and this many shards. */
export async function readWork(job: Job, shards?: number): Promise<WorkList> {
  const { store, root } = job.target;
  const work = (await readJson(store, `${root}${WORK}`)) as WorkList | undefined;
  const fits = work?.version === 1 && (shards === undefined || work.shards === shards);
  if (!work || !fits || changeOfRules(rulesOf(job.policy), work.rules)) {
    throw new MaskingError("SHARDS_UNPLANNED", { ...(shards !== undefined && { expected: `${shards} shards` }) });
  }
  return work;
}
