import { createHash } from "node:crypto";
import { addChecks, type CheckCounts, checkFile, judgeChecks, NOTHING_CHECKED, sampledRows } from "./checks.ts";
import { MaskingError, type Place } from "./errors.ts";
import { type ManifestFile, PRIVATE_FOLDER, SUCCESS } from "./manifest.ts";
import { type Job, planJob } from "./plan.ts";
import { newTally } from "./report.ts";
import { leftIn, readStanding, type Standing } from "./standing.ts";
import { mapInOrder } from "./stream.ts";
import type { ObjectStore, StoredObject } from "./types.ts";

/** What is found of a finished dataset. It is sound where `faults` is empty. */
export interface Verification {
  readonly files: number;
  readonly bytes: number;
  /** Files whose bytes were read and are those that were written. */
  readonly proven: number;
  /** Files without a digest, since the store copied a part of them: their sizes are right. */
  readonly unproven: number;
  /** Files whose input is as it was, which were looked at again beside it. */
  readonly checked: number;
  readonly checks: CheckCounts;
  /** Objects that runs which died or are at work have left. */
  readonly left: number;
  readonly faults: readonly Fault[];
}

/** `missing`, `damaged`: a file of the manifest. `foreign`: a file that no manifest knows. `check`: one that failed. */
export interface Fault {
  readonly kind: "missing" | "damaged" | "foreign" | "check";
  readonly place: Place;
}

/** Files that are read at once. */
const AT_ONCE = 2;

/**
 * Reads a finished dataset and holds it to its manifest; then does the job's checks again for files whose input has not
 * changed. Writes nothing. Throws CHECK_FAILED where no run has ended in the target.
 */
export async function verifyJob(job: Job, signal: AbortSignal = new AbortController().signal): Promise<Verification> {
  const standing = await readStanding(job.target);
  const { manifest } = standing;
  if (!manifest)
    throw new MaskingError("CHECK_FAILED", { file: `${PRIVATE_FOLDER}manifest.json`, expected: "a manifest" });
  const faults: Fault[] = foreignIn(job, standing, manifest.files);
  let [proven, unproven, bytes] = [0, 0, 0];
  const prove = async (file: ManifestFile) => {
    signal.throwIfAborted();
    return [file, await provenBy(job.target.store, file, outputOf(standing, file))] as const;
  };
  for await (const [{ output }, answer] of mapInOrder(manifest.files, AT_ONCE, prove)) {
    bytes += output.size;
    if (answer === "proven") proven += 1;
    else if (answer === "unproven") unproven += 1;
    else faults.push({ kind: answer, place: { file: output.path } });
  }
  const broken = new Set(faults.map(({ place }) => place.file));
  const sound = manifest.files.filter(({ output }) => !broken.has(output.path));
  const again = await checkAgain(job, standing, sound, signal);
  const left = leftIn(standing).length + standing.announced.length;
  return {
    ...{ files: manifest.files.length, bytes, proven, unproven, left },
    ...{ checked: again.checked, checks: again.checks, faults: [...faults, ...again.faults] },
  };
}

function outputOf({ objects, prefix }: Standing, { output }: ManifestFile): StoredObject | undefined {
  return objects.get(`${prefix}${output.path}`);
}

async function provenBy(
  store: ObjectStore,
  { output }: ManifestFile,
  object: StoredObject | undefined,
): Promise<"proven" | "unproven" | "missing" | "damaged"> {
  if (!object) return "missing";
  if (object.size !== output.size) return "damaged";
  if (output.sha256 === undefined) return "unproven";
  const hash = createHash("sha256");
  for await (const chunk of store.read(object.uri, { ifMatch: object.etag })) hash.update(chunk);
  return hash.digest("hex") === output.sha256 ? "proven" : "damaged";
}

function foreignIn({ target }: Job, standing: Standing, files: readonly ManifestFile[]): Fault[] {
  if (target.fileName !== undefined) return [];
  const known = new Set(files.map(({ output }) => `${standing.prefix}${output.path}`));
  const passing = new Set(leftIn(standing).map(({ uri }) => uri.slice(target.root.length)));
  const own = (path: string) => path.startsWith(PRIVATE_FOLDER) || path === SUCCESS || /^v=[^/]+\//.test(path);
  const isOurs = (path: string) =>
    standing.versions && path.startsWith(standing.prefix)
      ? own(path.slice(standing.prefix.length)) || known.has(path)
      : own(path) || known.has(path);
  const foreign = [...standing.objects.keys()].filter((path) => !isOurs(path) && !passing.has(path));
  return foreign.map((file) => ({ kind: "foreign", place: { file } }));
}

async function checkAgain(
  job: Job,
  standing: Standing,
  files: readonly ManifestFile[],
  signal: AbortSignal,
): Promise<{ checked: number; checks: CheckCounts; faults: readonly Fault[] }> {
  const byId = new Map(files.map((file) => [file.input.id, file]));
  const { todo } = await planJob({ ...job, target: { ...job.target, gone: "remove" } }, { full: true });
  const same = todo.filter(({ id, file: { object } }) => byId.get(id)?.input.etag === object.etag);
  const sample = job.checks ? sampledRows(job.checks, same.length) : () => 0;
  const faults: Fault[] = [];
  let checks = NOTHING_CHECKED;
  for (const [index, planned] of same.entries()) {
    const file = byId.get(planned.id)!;
    const run = { tally: newTally(), signal };
    try {
      const stored = outputOf(standing, file)!;
      checks = addChecks(checks, await checkFile(job, planned, stored, file.output.rows, sample(index), run));
    } catch (error) {
      if (!(error instanceof MaskingError) || error.recovery === "retry") throw error;
      faults.push({ kind: "check", place: { file: file.output.path, ...error.place } });
    }
  }
  try {
    if (job.checks) judgeChecks(job.checks, checks);
  } catch (error) {
    faults.push({ kind: "check", place: (error as MaskingError).place });
  }
  return { checked: same.length, checks, faults };
}
