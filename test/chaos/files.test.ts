import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { type Ended, filesBelow, folderWith, KEY, phimask } from "../cli/phimask.ts";
import { dataOf, FILES, JOB, KILLS, madeInputs, randomFrom, refusePlanted, SEED, STAYS } from "./made.ts";

const PRELOAD = `--import=${pathToFileURL(join(process.cwd(), "test/chaos/kill-at.mjs"))}`;
const ROUNDS = KILLS >= 100 ? 10 : 2;

interface Killing {
  readonly step: number;
  readonly fails: number;
}

function run(folder: string, killing?: Killing): Promise<Ended> {
  const chaos = killing && {
    NODE_OPTIONS: PRELOAD,
    PHIMASK_CHAOS_PLACE: `${folder}/out`,
    PHIMASK_CHAOS_STEP: String(killing.step),
    PHIMASK_CHAOS_FAILS: String(killing.fails),
  };
  return phimask(["run", `${folder}/job.yaml`, "--lease", "0.4", "--quiet"], chaos && { env: chaos });
}

/** The dataset that an undisturbed run makes of these inputs. */
async function undisturbed(inputs: Readonly<Record<string, string>>) {
  const folder = await folderWith(placed(inputs));
  await runJob(await openJob(parseJob(JOB("in", "out")), { folder, key: KEY }));
  return inForce(await filesBelow(`${folder}/out`));
}

const placed = (inputs: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(inputs).map(([path, text]) => [`in/${path}`, text]));

/** The data files that a reader takes: of the version in force, where there are versions. */
function inForce(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, string> {
  const current = files.get("_phimask/current");
  if (!current) return dataOf(new Map([...files].filter(([path]) => !path.startsWith("v="))));
  const prefix = `${(JSON.parse(current.toString()) as { version: string }).version}/`;
  const version = [...files].filter(([path]) => path.startsWith(prefix));
  return dataOf(new Map(version.map(([path, bytes]) => [path.slice(prefix.length), bytes])));
}

describe.each([
  ["in place", ""],
  ["as versions", ", publish: versioned, keep_versions: 1"],
])("runs killed at any step on a disk, published %s", (_, more) => {
  it(`come to what an undisturbed run makes (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const folder = await folderWith({ "job.yaml": JOB("in", "out", more) });
    let killed = 0;
    let before: ReadonlyMap<string, string> = new Map();
    for (let round = 1; round <= ROUNDS; round++) {
      const files = Math.floor(FILES * (0.7 + 0.3 * random()));
      const inputs = { ...madeInputs(files, 1), ...madeInputs(Math.floor(files / 3), round) };
      await rm(`${folder}/in`, { recursive: true, force: true });
      for (const [path, text] of Object.entries(placed(inputs))) {
        await mkdir(dirname(`${folder}/${path}`), { recursive: true });
        await writeFile(`${folder}/${path}`, text);
      }
      const expected = await undisturbed(inputs);
      for (let kill = 0; kill < KILLS / 3 / ROUNDS; kill++) {
        const step = Math.ceil(random() * files * 3) * (random() < 0.5 ? 1 : -1);
        const ended = await run(folder, { step, fails: killed > 0 && random() < 0.3 ? 0.01 : 0 });
        expect([0, 75, 99, 137], ended.stderr).toContain(ended.exit);
        if (ended.exit === 137) killed += 1;
        const stands = await filesBelow(`${folder}/out`);
        refusePlanted(stands);
        for (const [path, text] of inForce(stands)) {
          expect([before.get(path), expected.get(path)], `${path} at step ${step}`).toContain(text);
        }
      }
      let ended = await run(folder);
      for (let again = 0; ended.exit === 75 && again < 5; again++) ended = await run(folder);
      expect([0, 99], ended.stderr).toContain(ended.exit);
      const left = await filesBelow(`${folder}/out`);
      expect(Object.fromEntries(inForce(left))).toEqual(Object.fromEntries(expected));
      const own = [...left.keys()].filter((path) => /(^|\/)[_.]/.test(path));
      const version = more === "" ? "" : `${[...left.keys()].find((path) => path.startsWith("v="))!.split("/")[0]}/`;
      const stays = [...STAYS.map((path) => `${version}${path}`), ...(more === "" ? [] : ["_phimask/current"])];
      expect(own.sort()).toEqual(stays.sort());
      before = expected;
    }
    expect((await run(folder)).exit).toBe(99);
    expect(killed).toBeGreaterThan(0);
  }, 3_600_000);
});
