import type { Policy } from "../../src/policy.ts";
import type { Key } from "./key.ts";

/** What every operator of a job shares. */
export interface Masking {
  /** Undefined where the job has none; an operator that needs it is KEY_MISSING then. */
  readonly key: Key | undefined;
  readonly policy: Policy;
  /** True where the job names a subject column. */
  readonly subject: boolean;
}
