/**
 * The public names: open and run a job, or mask a stream of Arrow record batches in your own program. Formats, stores,
 * detectors, operators and steps have import paths of their own: `phimask/connectors/*` and `phimask/transforms/*`.
 */
export type { LeafCells, LeafType } from "./batch.ts";
export { COUNTS, cellsOf, dropLeaf, leafType, withCells, withLeafType, withoutLeaf } from "./batch.ts";
export type * from "./catalog-types.ts";
export type { ErrorCode, Place, Recovery } from "./errors.ts";
export { ERROR_TABLE, MaskingError } from "./errors.ts";
export type { OpenOptions, OpenRules } from "./job.ts";
export { openEmbedded, openJob, openRules } from "./job.ts";
export type * from "./jobfile.ts";
export { checkJob, parseJob } from "./parse.ts";
export type { Progress, RunOptions, RunOutcome } from "./pipeline.ts";
export { maskStream, maskTable, runJob } from "./pipeline.ts";
export type { Job, Plan, PlannedFile } from "./plan.ts";
export { planJob } from "./plan.ts";
export type { Policy, Profile } from "./policy.ts";
export { policyOf } from "./policy.ts";
export type { CallCounts, RunReport } from "./report.ts";
export { newTally } from "./report.ts";
export { type RollbackOptions, rollbackJob } from "./rollback.ts";
export { planTable, type TablePlan } from "./rules.ts";
export { planShards, runShard, type Shard } from "./shards.ts";
export type { Source, SourceFile } from "./source.ts";
export { readable } from "./source.ts";
export type { Target } from "./target.ts";
export type * from "./types.ts";
export { type Fault, type Verification, verifyJob } from "./verify.ts";
export { VERSION } from "./version.ts";
export type { Workers } from "./workers/workers.ts";
