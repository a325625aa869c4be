import type { Schema } from "apache-arrow";
import type { Masking, OperatorRule } from "../transforms/operators/operators.ts";
import type { DraftSource } from "./draft.ts";
import { MaskingError } from "./errors.ts";
import type { TextReader } from "./image-types.ts";
import type { Instances } from "./instance-types.ts";
import { type OpenSource, openCatalog, openCatalogSource } from "./job/catalog.ts";
import { checksOf, secondDetector } from "./job/checks.ts";
import { openColumns, operatorRules } from "./job/columns.ts";
import { areMovable, openDetectors } from "./job/detectors.ts";
import { digestOf } from "./job/digest.ts";
import { formats } from "./job/formats.ts";
import { openImageEngines, readyOf } from "./job/image-engines.ts";
import type { ImageSurroundings } from "./job/images.ts";
import { isInstances, openInstances } from "./job/instances.ts";
import { openImageMeters, openMeters } from "./job/meters.ts";
import { absolute, folderPath, openSource, openTarget } from "./job/place.ts";
import { readKey } from "./job/secret.ts";
import { shareOf } from "./job/share.ts";
import { openStores } from "./job/stores.ts";
import type { JobFile, SourceOptions } from "./jobfile.ts";
import type { Job, JobPolicy } from "./plan.ts";
import type { ColumnRules } from "./rules.ts";
import type { Detector, RunContext, Transform } from "./types.ts";
import { openWorkers, type Workers } from "./workers/workers.ts";

export { openDetection } from "./job/detection.ts";
export { openEmbedded } from "./job/detectors.ts";
export { openArrowStream } from "./job/formats.ts";
export { openBatchPorts } from "./job/singer.ts";
export { openWitnesses } from "./job/witnesses.ts";

export interface OpenOptions {
  /** Folder that the job's paths are relative to; the working folder where left out. */
  readonly folder?: string;
  /** Names the job where the file does not. */
  readonly name?: string;
  /** The key itself; else it is read from where `policy.key` says. */
  readonly key?: string;
  /** Detectors of your own: what they find in text is masked beside what those of `detect.text` find. */
  readonly detectors?: readonly Detector[];
  /** How many processes share the job's limits; 1 where left out. */
  readonly shards?: number;
  /** Readers of text in images, in place of those that the job names. */
  readonly readers?: readonly TextReader[];
}

/** The rules of a job, live: what `phimask stream` needs, which has no source and no target. */
export interface OpenRules {
  readonly name: string;
  readonly rules: ColumnRules;
  readonly policy: JobPolicy;
  /** Asks the services of the job once: then their models are among `policy.detectors`. Undefined where it has none. */
  readonly ready?: (run: RunContext) => Promise<void>;
  /** Has a service read texts before one of them is masked; undefined where none works so. */
  readonly prepare?: Job["prepare"];
  hashPath(path: string): string;
  /** There where the source is a folder of DICOM files. */
  readonly instances?: Instances;
  /** The steps for a table of this schema, as `maskStream` and `maskTable` take them. Throws what `planTable` throws. */
  stepsFor(schema: Schema): readonly Transform[];
  /** Threads for these steps, `count` of them; see `Workers`. Whoever opens them closes them. */
  openWorkers(count: number): Workers;
}

/**
 * Every part of a job, built and checked; no data is read. Throws JOB_INVALID, KEY_MISSING, KEY_WEAK, RULE_UNFIT,
 * SOURCE_MISSING, TARGET_OVERLAPS. The one function that loads connectors and engines.
 */
export async function openJob(whole: JobFile, options: OpenOptions = {}): Promise<Job> {
  const file = shareOf(whole, options.shards ?? 1);
  if (!file.source) throw new MaskingError("JOB_INVALID", { key: "source", expected: "a path to read from" });
  if (!file.target) throw new MaskingError("JOB_INVALID", { key: "target", expected: "a path to write to" });
  const storeFor = openStores(file.aws);
  const folder = options.folder ?? process.cwd();
  const { path, glue } = file.source;
  const opened: OpenSource = glue
    ? await openCatalogSource(glue, file.aws, storeFor)
    : { source: await openSource({ ...file.source, path: path! }, storeFor, folder) };
  const { source } = opened;
  const csv = { ...opened.csv, ...file.source.csv };
  const target = await openTarget(file.target, storeFor, folder, source);
  const written = target.ownCsv ? file.target.csv : csv;
  const catalog = file.target.glue && (await openCatalog(file.target.glue, target, file.aws, written));
  const state = file.state && absolute(folder, file.state.path);
  const [meters, imageMeters] = [await openMeters(file), await openImageMeters(file)];
  return {
    ...(await openRules(file, options, { storeFor, folder, source, target })),
    source,
    target,
    meters,
    ...(imageMeters && { imageMeters }),
    checks: checksOf(file),
    ...(catalog && { catalog }),
    formats: { read: formats(csv, { source, inPacks: meters.length > 0 }), write: formats(written) },
    ...(state !== undefined && { state: { store: await storeFor(state), root: folderPath(state) } }),
  };
}

/** The rules of a job without its source and target. Throws as `openJob` does. */
export async function openRules(
  file: JobFile,
  options: OpenOptions = {},
  places: Partial<ImageSurroundings> = {},
): Promise<OpenRules> {
  const policy = file.policy ?? {};
  const [{ policyOf }, { planTable }, { keyOf }, { cellOperator, findingOperators }, { newPurse }] = await Promise.all([
    import("./policy.ts"),
    import("./rules.ts"),
    import("../transforms/operators/key.ts"),
    import("../transforms/operators/operators.ts"),
    import("../connectors/purse.ts"),
  ]);
  const secret = options.key ?? (await readKey(file, options.folder ?? process.cwd()));
  const key = keyOf(secret);
  const profile = policyOf(policy.profile ?? "safe_harbor", {
    ...(policy.zip3 && { zip3: policy.zip3 }),
    ...(policy.as_of && { asOf: policy.as_of }),
    ...(policy.day_first && { dayFirst: true }),
  });
  const masking: Masking = { key, policy: profile, subject: policy.subject !== undefined || isInstances(file) };
  const purse = newPurse(file.limits?.usd);
  const opened = await openDetectors(file, key, purse);
  const detectors = [...opened.detectors, ...(options.detectors ?? [])];
  const operators = findingOperators(operatorRules(file), masking);
  const name = file.name ?? options.name ?? "phimask";
  const folder = options.folder ?? process.cwd();
  const { readers, finders } = await openImageEngines(file, purse, options.readers);
  const ready = readyOf([opened, ...readers]);
  const builders = {
    cell: (rule: OperatorRule) => cellOperator(rule, masking),
    ...{ operators, detectors, masking, readers, finders },
    surroundings: {
      storeFor: openStores(file.aws),
      folder,
      hash: (...parts: readonly string[]) => key.hmac("image", name, ...parts),
      ...places,
    },
  };
  const engines = [...detectors, ...readers, ...finders];
  const second = file.target && checksOf(file).residualSample > 0 ? () => secondDetector(file, detectors) : undefined;
  const rules = await openColumns(file, {
    ...builders,
    second,
    movable: !options.detectors && !options.readers && areMovable(detectors),
  });
  const live: JobPolicy = {
    profile: profile.profile,
    asOf: profile.asOf,
    keyFingerprint: key.fingerprint,
    digest: digestOf(file, key.fingerprint, engines),
    get detectors() {
      return engines.map(({ name, version }) => ({ name, version }));
    },
  };
  return {
    name,
    rules,
    policy: live,
    ...(ready && { ready }),
    ...(opened.prepare && { prepare: opened.prepare }),
    ...(isInstances(file) && { instances: await openInstances(file, masking) }),
    hashPath: (path) => Buffer.from(key.hmac("path", path)).toString("hex").slice(0, 32),
    stepsFor: (schema) => planTable(schema, [], rules).transforms,
    openWorkers: (count) => openWorkers({ job: file, key: secret, policy: live }, rules, count),
  };
}

/** A source without a job, for one to be drafted. Throws as `openJob` does of a source. */
export async function openDraftSource(
  options: SourceOptions & { readonly path: string },
  folder: string,
): Promise<DraftSource> {
  return (await import("./job/draft.ts")).openSourceToDraft(options, folder, openRules);
}
