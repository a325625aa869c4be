/** Runs of the command on a disk that kills, fills and slows them, in a folder of their own. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { type Ended, filesBelow, folderWith, KEY, phimask } from "../cli/phimask.ts";
import { dataOf, JOB, refusePlanted, saidBy } from "./made.ts";

/** What Node loads before the command: it disturbs a disk below `PHIMASK_CHAOS_PLACE`, and the clock. */
export const PRELOAD: string = `--import=${pathToFileURL(join(process.cwd(), "test/chaos/kill-at.mjs"))}`;

/** The step at which a process ends (negative: after it), and the shares of steps that fail and that are slow. */
export interface Disturbance {
  readonly step: number;
  readonly fails?: number;
  readonly slow?: number;
}

type Inputs = Readonly<Record<string, string>>;

/** A folder with a job in it that reads `in/` and writes `out/`, its private state `state/`. */
export async function folderOfJob(more = ""): Promise<string> {
  return folderWith({ "job.yaml": `${JOB("in", "out", more)}state: {path: state/}\n`, "tmp/.keep": "" });
}

/** Runs the command; throws where anything that it said or left, in its target, state or temporary folder, holds a planted value. */
export async function run(folder: string, words: readonly string[], disturbance?: Disturbance): Promise<Ended> {
  const { step = 0, fails = 0, slow = 0 } = disturbance ?? {};
  const chaos = disturbance && {
    NODE_OPTIONS: PRELOAD,
    PHIMASK_CHAOS_PLACE: `${folder}/out`,
    PHIMASK_CHAOS_STEP: String(step),
    PHIMASK_CHAOS_FAILS: String(fails),
    PHIMASK_CHAOS_SLOW: String(slow),
  };
  const [command, ...rest] = words;
  const env = { TMPDIR: `${folder}/tmp`, ...chaos };
  const ended = await phimask([command!, `${folder}/job.yaml`, ...rest], { env });
  for (const place of ["out", "state", "tmp"]) refusePlanted(await filesBelow(`${folder}/${place}`));
  refusePlanted(saidBy(ended));
  return ended;
}

/** Puts these inputs in the place of those that are there. */
export async function place(folder: string, inputs: Inputs): Promise<void> {
  await rm(`${folder}/in`, { recursive: true, force: true });
  for (const [path, text] of Object.entries(placed(inputs))) {
    await mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await writeFile(`${folder}/${path}`, text);
  }
}

/** The dataset that an undisturbed run makes of these inputs. */
export async function undisturbed(inputs: Inputs): Promise<ReadonlyMap<string, string>> {
  const folder = await folderWith(placed(inputs));
  await runJob(await openJob(parseJob(JOB("in", "out")), { folder, key: KEY }));
  return inForce(await filesBelow(`${folder}/out`));
}

const placed = (inputs: Inputs) =>
  Object.fromEntries(Object.entries(inputs).map(([path, text]) => [`in/${path}`, text]));

/** The data files that a reader takes: of the version in force, where there are versions. */
export function inForce(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, string> {
  const current = files.get("_phimask/current");
  if (!current) return dataOf(new Map([...files].filter(([path]) => !path.startsWith("v="))));
  const prefix = `${(JSON.parse(current.toString()) as { version: string }).version}/`;
  const version = [...files].filter(([path]) => path.startsWith(prefix));
  return dataOf(new Map(version.map(([path, bytes]) => [path.slice(prefix.length), bytes])));
}
