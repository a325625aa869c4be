import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { folderWith } from "./cli/phimask.ts";

const run = promisify(execFile);
const NPM = { ...process.env, npm_config_loglevel: "error" };

/** A project that has the packed package and its dependencies, as after `npm install phimask`; no registry is asked. */
async function projectWithPackage(): Promise<{ folder: string; files: readonly string[] }> {
  const folder = await folderWith({ "package.json": '{"type": "module", "private": true}' });
  const packed = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { env: NPM });
  const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
  await mkdir(`${folder}/node_modules/phimask`, { recursive: true });
  await run("tar", ["-xzf", join(folder, filename), "-C", `${folder}/node_modules/phimask`, "--strip-components=1"]);
  const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as { dependencies: object };
  for (const name of [...Object.keys(dependencies), "typescript", "@types/node"]) {
    await mkdir(dirname(`${folder}/node_modules/${name}`), { recursive: true });
    await symlink(join(process.cwd(), "node_modules", name), `${folder}/node_modules/${name}`);
  }
  return { folder, files: files.map(({ path }) => path) };
}

describe("the package as packed", () => {
  let project: Awaited<ReturnType<typeof projectWithPackage>>;
  beforeAll(async () => {
    project = await projectWithPackage();
  });

  it("holds what runs and what explains it, and nothing else", () => {
    const tops = new Set(project.files.map((path) => path.split("/").slice(0, 2).join("/")));
    expect([...tops].sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "NOTICE",
      "README.md",
      "dist/connectors",
      "dist/src",
      "dist/transforms",
      "package.json",
    ]);
    expect(project.files.filter((path) => path.startsWith("dist/") && !/\.(m?js|d\.ts|bin)$/.test(path))).toEqual([]);
    expect(project.files).toContain("dist/transforms/detect/lexicons.bin");
    expect(project.files).toContain("dist/transforms/detect/spanish/lexicons-es.bin");
    const sources = project.files.filter((path) => path.endsWith(".js")).map((path) => path.slice(5, -3));
    expect(sources.length).toBeGreaterThan(50);
  });

  it("runs as a command from another folder", async () => {
    const command = `${project.folder}/node_modules/phimask/dist/src/cli.js`;
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect((await run(command, ["--version"], { cwd: project.folder })).stdout).toBe(`${version}\n`);
    await writeFile(`${project.folder}/in.csv`, "note\nSeen by Dr. Alvarez on 03/04/2024.\n");
    await writeFile(
      `${project.folder}/job.yaml`,
      "version: 1\nsource: {path: in.csv}\ntarget: {path: out.csv}\ncolumns: {note: text}\n",
    );
    const PHIMASK_KEY = (await run(command, ["key"])).stdout.trim();
    await run(command, ["run", "job.yaml"], { cwd: project.folder, env: { ...process.env, PHIMASK_KEY } });
    expect(await readFile(`${project.folder}/out.csv`, "utf8")).toBe("note\nSeen by Dr. [NAME] on [DATE].\n");
  });

  it("gives types to the samples and to README's programs", async () => {
    await cp("samples/compose", `${project.folder}/compose`, { recursive: true });
    const programs = [...(await readFile("README.md", "utf8")).matchAll(/```ts\n([\s\S]*?)```/g)];
    for (const [at, [, text]] of programs.entries())
      await writeFile(`${project.folder}/compose/readme-${at}.ts`, text!);
    expect((await readdir(`${project.folder}/compose`)).length).toBe(6);
    const compilerOptions = {
      ...{ target: "ES2023", lib: ["ES2023"], module: "nodenext", strict: true, noEmit: true, types: ["node"] },
      ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: true },
    };
    await writeFile(`${project.folder}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ["compose"] }));
    const compiled = await run("node", ["node_modules/typescript/bin/tsc", "-p", "."], { cwd: project.folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(compiled.stdout).toBe("");
  });
});
