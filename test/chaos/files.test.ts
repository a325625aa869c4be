import { describe, expect, it } from "vitest";
import { filesBelow } from "../cli/phimask.ts";
import { folderOfJob, inForce, place, run, undisturbed } from "./disk.ts";
import { FILES, KILLS, madeInputs, randomFrom, SEED, STAYS } from "./made.ts";

const ROUNDS = KILLS >= 100 ? 10 : 2;
const RUN = ["run", "--lease", "0.4", "--quiet"];

describe.each([
  ["in place", ""],
  ["as versions", ", publish: versioned, keep_versions: 1"],
])("runs killed at any step on a disk, published %s", (_, more) => {
  it(`come to what an undisturbed run makes (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const folder = await folderOfJob(more);
    let killed = 0;
    let before: ReadonlyMap<string, string> = new Map();
    for (let round = 1; round <= ROUNDS; round++) {
      const files = Math.floor(FILES * (0.7 + 0.3 * random()));
      const inputs = { ...madeInputs(files, 1), ...madeInputs(Math.floor(files / 3), round) };
      await place(folder, inputs);
      const expected = await undisturbed(inputs);
      for (let kill = 0; kill < KILLS / 3 / ROUNDS; kill++) {
        const step = Math.ceil(random() * files * 3) * (random() < 0.5 ? 1 : -1);
        const fails = killed > 0 && random() < 0.3 ? 0.01 : 0;
        const ended = await run(folder, RUN, { step, fails, slow: random() < 0.3 ? 0.05 : 0 });
        expect([0, 75, 99, 137], ended.stderr).toContain(ended.exit);
        if (ended.exit === 137) killed += 1;
        for (const [path, text] of inForce(await filesBelow(`${folder}/out`))) {
          expect([before.get(path), expected.get(path)], `${path} at step ${step}`).toContain(text);
        }
      }
      let ended = await run(folder, RUN);
      for (let again = 0; ended.exit === 75 && again < 5; again++) ended = await run(folder, RUN);
      expect([0, 99], ended.stderr).toContain(ended.exit);
      const left = await filesBelow(`${folder}/out`);
      expect(Object.fromEntries(inForce(left))).toEqual(Object.fromEntries(expected));
      const own = [...left.keys()].filter((path) => /(^|\/)[_.]/.test(path));
      const version = more === "" ? "" : `${[...left.keys()].find((path) => path.startsWith("v="))!.split("/")[0]}/`;
      const stays = [...STAYS.map((path) => `${version}${path}`), ...(more === "" ? [] : ["_phimask/current"])];
      expect(own.sort()).toEqual(stays.sort());
      before = expected;
    }
    expect((await run(folder, RUN)).exit).toBe(99);
    expect(killed).toBeGreaterThan(0);
    expect([...(await filesBelow(`${folder}/tmp`)).keys()]).toEqual([".keep"]);
  }, 3_600_000);
});
