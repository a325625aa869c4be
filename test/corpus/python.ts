import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Where virtual environments and files made by foreign writers stay between runs. */
export const CACHE = join("node_modules", ".cache", "phimask");

/** A Python with these packages, made once; or why there is none. */
export function pythonWith(packages: readonly string[]): { readonly python: string } | { readonly missing: string } {
  const folder = join(CACHE, `venv-${digest(packages.join(" "))}`);
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return { python };
  const version = said("python3", ["-c", "import sys; print(sys.version_info >= (3, 10))"]);
  if (version !== "True") return { missing: "Python 3.10 or later" };
  const half = `${folder}-${process.pid}`;
  mkdirSync(CACHE, { recursive: true });
  try {
    execFileSync("python3", ["-m", "venv", half], { stdio: "ignore" });
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--retries=1",
      "--timeout=20",
      "--disable-pip-version-check",
      ...packages,
    ];
    execFileSync(join(half, "bin", "python"), pip, { stdio: "ignore" });
  } catch {
    rmSync(half, { recursive: true, force: true });
    return { missing: `pip and ${packages.join(", ")} from its index` };
  }
  if (existsSync(folder)) rmSync(half, { recursive: true, force: true });
  else renameSync(half, folder);
  return { python };
}

/** The files that a script makes, made once for each text of the script. `env` is part of what they depend on. */
export function madeBy(python: string, script: string, env: Readonly<Record<string, string>> = {}): string {
  const folder = join(CACHE, `corpus-${digest(readFileSync(script, "utf8"), python, JSON.stringify(env))}`);
  if (existsSync(join(folder, "files.json"))) return folder;
  rmSync(folder, { recursive: true, force: true });
  execFileSync(python, [script, folder], { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit"] });
  return folder;
}

/** What a command writes, without the last line's end; undefined where it fails. */
function said(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}
