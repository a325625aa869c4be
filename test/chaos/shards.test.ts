import { expect, it } from "vitest";
import { type Ended, filesBelow } from "../cli/phimask.ts";
import { folderOfJob, inForce, place, run, undisturbed } from "./disk.ts";
import { FILES, KILLS, madeInputs, randomFrom, SEED, STAYS } from "./made.ts";

const SHARDS = 3;
/** The night before them is a run without shards. */
const NIGHTS = KILLS >= 100 ? 4 : 1;
const PLAN = ["plan", "--shards", String(SHARDS)];
const RUN = ["run", "--lease", "0.4", "--quiet"];
const FINISH = [...RUN, "--finish"];
const PARTS = Array.from({ length: SHARDS }, (_, i) => [...RUN, "--shard", `${i}/${SHARDS}`]);

it(`shards killed at any step come to what one undisturbed run makes (seed ${SEED})`, async () => {
  const random = randomFrom(SEED + 2);
  const folder = await folderOfJob();
  let killed = 0;
  let before = await undisturbed(madeInputs(FILES));
  await place(folder, madeInputs(FILES));
  expect((await run(folder, RUN)).exit).toBe(0);

  /** Until it ends well: as whoever orders the parts would, it is begun again where it was killed or could not go on. */
  const insist = async (words: readonly string[], kills: number): Promise<Ended> => {
    for (let turn = 0; ; turn++) {
      const step = Math.ceil(random() * FILES * (words === FINISH ? 2 : 1)) * (random() < 0.5 ? 1 : -1);
      const chaos = { step, fails: random() < 0.3 ? 0.01 : 0, slow: random() < 0.3 ? 0.05 : 0 };
      const ended = await run(folder, words, turn < kills ? chaos : undefined);
      expect([0, 75, 99, 137], ended.stderr).toContain(ended.exit);
      if (ended.exit === 137) killed += 1;
      if (ended.exit === 0 || ended.exit === 99) return ended;
      expect(turn, ended.stderr).toBeLessThan(kills + 5);
    }
  };

  for (let night = 1; night <= NIGHTS; night++) {
    const files = Math.floor(FILES * (0.7 + 0.3 * random()));
    const inputs = { ...madeInputs(files, 1), ...madeInputs(Math.floor(files / 2), 1 + night) };
    await place(folder, inputs);
    const expected = await undisturbed(inputs);
    const kills = Math.ceil(KILLS / 3 / NIGHTS / (PARTS.length + 1));
    await insist(PLAN, 1);
    const early = await run(folder, FINISH);
    expect([early.exit, early.summary["code"]]).toEqual([75, "SHARDS_UNFINISHED"]);
    await Promise.all(PARTS.map((part) => insist(part, kills)));
    for (const [path, text] of inForce(await filesBelow(`${folder}/out`))) expect(text).toBe(before.get(path));
    await insist(FINISH, kills);
    const left = await filesBelow(`${folder}/out`);
    expect(Object.fromEntries(inForce(left))).toEqual(Object.fromEntries(expected));
    expect([...left.keys()].filter((path) => /(^|\/)[_.]/.test(path))).toEqual([...STAYS]);
    before = expected;
  }
  expect((await run(folder, RUN)).exit).toBe(99);
  const verified = await run(folder, ["verify"]);
  expect([verified.exit, verified.summary["faults"]]).toEqual([0, {}]);
  expect(killed).toBeGreaterThan(0);
}, 3_600_000);
