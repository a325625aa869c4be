import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { KEY } from "../cli/phimask.ts";

/** Where the frameworks stay between runs: some 3 GB in all. */
const ENGINES = process.env["PHIMASK_ENGINES"] ?? join(tmpdir(), "phimask-engines");
/** Installs packages ten times as fast as pip. */
const UV = "uv==0.13.9";
const INSTALL_MS = 300_000;

const execute = promisify(execFile);

/** A framework in a Python environment of its own, or why it cannot be had here. */
export type Engine = { readonly python: string; readonly bin: string } | { readonly missing: string };

/**
 * The environment that `locks/<name>.txt` describes, made once for each text of the lock. Says on stderr why where it
 * cannot be made, and never takes longer than ten minutes.
 */
export async function engine(name: string): Promise<Engine> {
  const made = await make(name);
  if ("missing" in made) process.stderr.write(`test/engines: ${name} is skipped: ${made.missing}\n`);
  return made;
}

async function make(name: string): Promise<Engine> {
  const lock = join("test/engines/locks", `${name}.txt`);
  const folder = join(ENGINES, `${name}-${digest(readFileSync(lock, "utf8"))}`);
  const ready = { python: join(folder, "bin/python"), bin: join(folder, "bin") };
  if (existsSync(ready.python)) return ready;
  if (!(await isPython310())) return { missing: "there is no Python 3.10 or later" };
  const uv = await installer();
  if (uv === undefined) return { missing: "pip cannot reach a package index" };
  const half = `${folder}-${process.pid}`;
  const env = {
    ...process.env,
    UV_CACHE_DIR: join(ENGINES, "uv-cache"),
    UV_HTTP_TIMEOUT: "60",
    UV_LINK_MODE: "hardlink",
  };
  try {
    const quiet = { env, timeout: INSTALL_MS };
    await execute(uv, ["venv", "--quiet", "--relocatable", "--python", "python3", half], quiet);
    await execute(uv, ["pip", "install", "--quiet", "--python", join(half, "bin/python"), "-r", lock], quiet);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    const words = String((error as { stderr?: string }).stderr ?? "").trim();
    return { missing: `its packages cannot be installed: ${words.split("\n").slice(0, 3).join(" ")}` };
  }
  if (existsSync(folder)) rmSync(half, { recursive: true, force: true });
  else renameSync(half, folder);
  return ready;
}

async function installer(): Promise<string | undefined> {
  const folder = join(ENGINES, UV.replace("==", "-"));
  const uv = join(folder, "bin/uv");
  if (existsSync(uv)) return uv;
  const half = `${folder}-${process.pid}`;
  mkdirSync(ENGINES, { recursive: true });
  try {
    const quiet = { timeout: 120_000 };
    await execute("python3", ["-m", "venv", half], quiet);
    const pip = ["-m", "pip", "install", "--quiet", "--retries=1", "--timeout=20", "--disable-pip-version-check", UV];
    await execute(join(half, "bin/python"), pip, quiet);
    if (!existsSync(folder)) renameSync(half, folder);
  } catch {
    return undefined;
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return uv;
}

export interface Ran {
  /** Null where it was ended because its time was up. */
  readonly exit: number | null;
  /** What it wrote, stdout and stderr as they came. */
  readonly said: string;
}

/** Runs a program at low priority; when its time is up it and whatever it started are ended. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string; readonly seconds?: number } = {},
): Promise<Ran> {
  const env = { ...process.env, PHIMASK_KEY: KEY, ...options.env };
  const child = spawn("nice", [program, ...args], {
    cwd: options.cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  for (const pipe of [child.stdout, child.stderr]) pipe.on("data", (chunk: Buffer) => said.push(chunk));
  const clock = setTimeout(() => end(child.pid!), 1000 * (options.seconds ?? 300));
  return new Promise((done) =>
    child.on("close", (exit) => {
      clearTimeout(clock);
      end(child.pid!);
      done({ exit, said: Buffer.concat(said).toString() });
    }),
  );
}

/** Runs tests in Python. */
export function pytest(python: string, folder: string, options: Parameters<typeof run>[2] = {}): Promise<Ran> {
  return run(python, ["-m", "pytest", "-q", "-p", "no:cacheprovider", folder], options);
}

/** Builds a package's wheel and lays it out in a folder, without its dependencies. */
export function install(python: string, source: string, site: string): Promise<Ran> {
  const quiet = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"];
  return run(python, ["-m", "pip", "install", ...quiet, "--root-user-action=ignore", "--target", site, source]);
}

function end(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // it has ended
  }
}

async function isPython310(): Promise<boolean> {
  const ask = execute("python3", ["-c", "import sys; print(sys.version_info >= (3, 10))"]);
  return ask.then(({ stdout }) => stdout.trim() === "True").catch(() => false);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
