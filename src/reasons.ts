import type { JobPolicy } from "./plan.ts";

/**
 * Why a file is masked: its input is `new` or `changed`; its `output` is not as it was left; or, for all files at once,
 * the `key`, a `detector` or the `job` (or phimask itself) is another, or the run was asked for a `full` one.
 */
export type Reason = "new" | "changed" | "output" | "key" | "detector" | "job" | "full";

/** What decided what the cells of a file became. */
export interface Rules {
  /** Digest of the job, the key and phimask's version. */
  readonly job_digest: string;
  readonly key_fingerprint: string;
  readonly detectors: JobPolicy["detectors"];
}

/** The rules of a job, as manifests keep them. */
export function rulesOf({ digest, keyFingerprint, detectors }: JobPolicy): Rules {
  return { job_digest: digest, key_fingerprint: keyFingerprint, detectors };
}

/**
 * Why what other rules made is not what these would make; undefined where it is. A model that is not known yet is taken
 * to be the one of before.
 */
export function changeOfRules(now: Rules, before: Rules): "key" | "detector" | "job" | undefined {
  const same = now.detectors.every(({ name, version }) =>
    before.detectors.some((was) => was.name === name && `${was.version}/`.startsWith(`${version}/`)),
  );
  if (now.job_digest === before.job_digest && same) return undefined;
  if (now.key_fingerprint !== before.key_fingerprint) return "key";
  return same ? "job" : "detector";
}
