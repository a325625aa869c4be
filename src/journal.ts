import type { CheckCounts } from "./checks.ts";
import type { ManifestFile } from "./manifest.ts";
import { readJson, writeJson } from "./manifest.ts";
import { writtenPath } from "./outputs.ts";
import type { Job, PlannedFile } from "./plan.ts";
import { changeOfRules, type Rules, rulesOf } from "./reasons.ts";
import type { RunCounts } from "./report.ts";
import { STAGING, type Standing } from "./standing.ts";
import { mapInOrder } from "./stream.ts";
import type { StoredObject } from "./types.ts";

/** A file that is masked and checked, and waits to be published. */
export interface FinishedFile {
  readonly described: ManifestFile;
  /** Where it waits; absent where a run that died has moved it into place already. */
  readonly staged?: string;
  readonly counts: RunCounts;
  readonly checks: CheckCounts;
  /** Where it is noted. */
  readonly note: string;
}

/** A finished file as its run noted it: what makes another run trust it. */
interface Note {
  readonly rules: Rules;
  readonly described: ManifestFile;
  readonly staged: { readonly path: string; readonly size: number; readonly etag: string };
  readonly counts: RunCounts;
  readonly checks: CheckCounts;
}

/** Notes that are read at once. */
const READ_AT_ONCE = 16;

/** Where a run puts a masked file until all are done. */
export function stagedUri({ target }: Job, runId: string, path: string): string {
  return `${target.root}${STAGING}${runId}/files/${path}`;
}

/** Notes a file as finished: a run that dies from here on does not lose it. */
export async function noteFinished(
  job: Job,
  runId: string,
  { described, counts, checks }: Omit<FinishedFile, "note" | "staged">,
  { uri, size, etag }: StoredObject,
): Promise<FinishedFile> {
  const { store, root } = job.target;
  const staged = { path: uri.slice(root.length), size, etag };
  const note: Note = { rules: rulesOf(job.policy), described, staged, counts, checks };
  const noted = await writeJson(store, `${root}${STAGING}${runId}/finished/${described.input.id}.json`, note);
  return { described, staged: uri, counts, checks, note: noted.uri };
}

/**
 * Files that runs which died have finished, by the id of their input: of the very inputs that are to be masked, under
 * the same rules, and still there as they were written.
 */
export async function finishedFiles(
  job: Job,
  todo: readonly PlannedFile[],
  standing: Standing,
): Promise<ReadonlyMap<string, FinishedFile>> {
  const wanted = new Map(todo.map((planned) => [planned.id, planned]));
  const notes = [...standing.objects].filter(([path]) => {
    const id = /\/finished\/([0-9a-f]+)\.json$/.exec(path)?.[1];
    return path.startsWith(STAGING) && id !== undefined && wanted.has(id);
  });
  const { store } = job.target;
  const found = new Map<string, FinishedFile>();
  const read = async ([, { uri, etag }]: (typeof notes)[number]) =>
    [uri, (await readJson(store, uri, etag)) as Note] as const;
  for await (const [uri, note] of mapInOrder(notes, READ_AT_ONCE, read)) {
    const planned = wanted.get(note.described.input.id);
    const finished = planned && trusted(job, planned, note, standing);
    if (finished) found.set(note.described.input.id, { ...finished, note: uri });
  }
  return found;
}

function trusted(
  job: Job,
  planned: PlannedFile,
  note: Note,
  standing: Standing,
): Omit<FinishedFile, "note"> | undefined {
  const { described, counts, checks, staged } = note;
  const { object } = planned.file;
  const { input, output } = described;
  if (changeOfRules(rulesOf(job.policy), note.rules) || output.path !== writtenPath(planned, output.size))
    return undefined;
  if (input.etag !== object.etag || input.size !== object.size) return undefined;
  const waiting = standing.objects.get(staged.path);
  if (waiting) return isSame(waiting, staged) ? { described, counts, checks, staged: waiting.uri } : undefined;
  return isInPlace(output.path, staged, standing) ? { described, counts, checks } : undefined;
}

/** Whether a run that died had moved it: it is no longer where it waited, and what stands in its place is another file. */
function isInPlace(path: string, staged: Note["staged"], { objects, announced }: Standing): boolean {
  const placed = objects.get(path);
  const note = announced.find((each) => each.path === path);
  if (!placed || !note || placed.size !== staged.size) return false;
  return placed.etag === staged.etag || placed.etag !== note.before;
}

function isSame(one: { readonly size: number; readonly etag: string }, other: typeof one): boolean {
  return one.size === other.size && one.etag === other.etag;
}
