import { describe, expect, it } from "vitest";
import { filesBelow, folderWith, phimask } from "./phimask.ts";

const SHARDS = 3;
const INPUTS = Object.fromEntries(
  Array.from({ length: 7 }, (_, file) => [
    `in/day=${file % 2}/f${file}.csv`,
    `id,name,note\n${Array.from({ length: 1 + file }, (_, row) => `${row},Ana Feeney ${file},Seen by Dr. Feeney.`).join("\n")}\n`,
  ]),
);
const JOB = `version: 1
source: {path: in}
target: {path: out}
columns: {id: keep, name: {mask: hash, length: 12}, note: {mask: text, known: [name]}, day: keep}
`;
const folder = () => folderWith({ ...INPUTS, "job.yaml": JOB });
const on = (at: string, ...[command, ...rest]: readonly string[]) =>
  phimask([command!, `${at}/job.yaml`, ...rest, ...(command === "run" ? ["--quiet"] : [])]);
const dataBelow = async (at: string) =>
  Object.fromEntries([...(await filesBelow(`${at}/out`))].filter(([path]) => !path.startsWith("_")));

describe("phimask plan --shards, run --shard, run --finish", () => {
  it("come to the bytes of one run, and to a dataset that verify finds sound", async () => {
    const [one, many] = [await folder(), await folder()];
    expect((await on(one, "run")).exit).toBe(0);

    const planned = await on(many, "plan", "--shards", String(SHARDS));
    expect(planned.exit).toBe(0);
    expect(planned.summary).toMatchObject({ status: "ok", files: 7, shards: SHARDS });
    expect(planned.stdout.toString().match(/^--shard \d\/3: \d files, \d+ bytes$/gm)).toHaveLength(SHARDS);
    expect(planned.stdout.toString()).not.toMatch(/f\d\.csv/);

    const early = await on(many, "run", "--finish");
    expect(early.exit).toBe(75);
    expect(early.summary).toMatchObject({ code: "SHARDS_UNFINISHED" });
    expect(early.stderr).toContain("shards 0, 1, 2 of 3");

    const parts = await Promise.all([0, 1, 2].map((shard) => on(many, "run", "--shard", `${shard}/${SHARDS}`)));
    expect(parts.map(({ exit }) => exit)).toEqual([0, 0, 0]);
    expect(parts.reduce((sum, { summary }) => sum + Number(summary["files"]), 0)).toBe(7);
    expect(await dataBelow(many)).toEqual({});
    expect((await on(many, "run", "--shard", "1/3")).exit).toBe(99);

    const finished = await on(many, "run", "--finish");
    expect(finished.exit).toBe(0);
    expect(finished.summary).toMatchObject({ status: "ok", files: 7, rows: 28 });
    expect(await dataBelow(many)).toEqual(await dataBelow(one));
    expect([...(await filesBelow(`${many}/out`)).keys()].filter((path) => path.startsWith("_"))).toEqual(
      [...(await filesBelow(`${one}/out`)).keys()].filter((path) => path.startsWith("_")),
    );

    const verified = await on(many, "verify");
    expect(verified.exit).toBe(0);
    expect(verified.summary).toMatchObject({ status: "ok", files: 7, proven: 7, left: 0, faults: {} });
    expect((await on(many, "run")).exit).toBe(99);
  });

  it.each([
    ["a part without a list", ["run", "--shard", "0/3"], 2, "SHARDS_UNPLANNED"],
    ["an end without a list", ["run", "--finish"], 2, "SHARDS_UNPLANNED"],
    ["a part that is the end too", ["run", "--shard", "0/3", "--finish"], 2, "JOB_INVALID"],
  ])("%s is refused", async (_, words, exit, code) => {
    const ended = await on(await folder(), ...words);
    expect([ended.exit, ended.summary["code"]]).toEqual([exit, code]);
  });

  it.each(["3/3", "-1/3", "1", "a/b"])("--shard %s is refused before the job is read", async (shard) => {
    expect((await on(await folder(), "run", `--shard=${shard}`)).exit).toBe(2);
  });
});
