/**
 * Completes package-lock.json with the platform packages that `npm install` left out because the registry at hand does
 * not serve them: without their entries `npm ci` refuses the file. Run it after every change of dependencies.
 */
import { readFileSync, writeFileSync } from "node:fs";

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, LockedPackage> };
for (const [path, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isLocked(path, name)) continue;
    const words = name.split("/").at(-1)!.split("-");
    const [os, cpu] = [SYSTEMS, PROCESSORS].map((known) => known.filter((word) => words.includes(word)));
    if (os!.length + cpu!.length === 0) throw new Error(`${name} names no platform`);
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(dev && { dev }),
      optional: true,
      ...(cpu!.length > 0 && { cpu: cpu! }),
      ...(os!.length > 0 && { os: os! }),
      ...(words.includes("musl") && { libc: ["musl"] }),
      ...(words.includes("gnu") && { libc: ["glibc"] }),
    };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);

/** Whether a package of this name is there for whoever asks from `path`: in its own folder or one around it. */
function isLocked(path: string, name: string): boolean {
  if (lock.packages[`${path === "" ? "" : `${path}/`}node_modules/${name}`]) return true;
  return path !== "" && isLocked(path.slice(0, Math.max(0, path.lastIndexOf("/node_modules/"))), name);
}
