import { spawnSync } from "node:child_process";
import { cp, readdir, rm } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../scripts/bundle.ts";
import { folderWith, KEY } from "../cli/phimask.ts";
import { streamCommandContract } from "../contracts/stream-command.ts";

let folder = "";
let outputs: Awaited<ReturnType<typeof bundle>> = {};
beforeAll(async () => {
  const made = `${process.cwd()}/node_modules/.cache/phimask/bundle-${process.pid}`;
  outputs = await bundle(made);
  folder = await folderWith(); // away from any node_modules
  await cp(made, folder, { recursive: true });
  await rm(made, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

streamCommandContract("the bundle", () => [process.execPath, join(folder, "phimask.js")]);

describe("the bundle", () => {
  it("finds names in notes by the lexicons beside it", async () => {
    const job = await folderWith({
      "in.csv": "note\nSeen by Dr. Alvarez on 03/04/2024.\n",
      "job.yaml": "version: 1\nsource: {path: in.csv}\ntarget: {path: out.csv}\ncolumns: {note: text}\n",
    });
    const ran = spawnSync(process.execPath, [join(folder, "phimask.js"), "preview", `${job}/job.yaml`], {
      env: { PHIMASK_KEY: KEY },
      encoding: "utf8",
    });
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toContain("Dr. [NAME] on [DATE].");
    expect(await readdir(folder)).toEqual(expect.arrayContaining(["lexicons.bin", "tagger.bin"]));
  });

  it("loads nothing but Node's own modules and itself on the way of a stream", () => {
    const byName = new Map(Object.entries(outputs).map(([path, output]) => [path.split("/").at(-1)!, output]));
    const reached = new Set<string>();
    const visit = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      for (const { path, kind, external } of byName.get(name)!.imports) {
        if (external)
          expect({ name, path, builtin: kind === "dynamic-import" || isBuiltin(path) }).toMatchObject({
            builtin: true,
          });
        else if (kind === "import-statement") visit(path.split("/").at(-1)!);
      }
    };
    visit("phimask.js");
    for (const name of byName.keys()) if (/^(commands|job|filter|format|embedded|text|column)-/.test(name)) visit(name);
    expect(reached.size).toBeGreaterThan(10);
  });
});
