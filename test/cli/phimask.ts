import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const KEY = "a-key-for-tests-only-0123456789abcdef";

export interface Ended {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** The JSON of the last line of stdout, where it is one. */
  readonly summary: Readonly<Record<string, unknown>>;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: Uint8Array;
  readonly cwd?: string;
  readonly onSpawn?: (child: ChildProcess) => void;
  /** Shell words before the command, such as a limit on file sizes. */
  readonly shell?: string;
}

/** Runs the built command as a user's shell would. */
export async function phimask(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const command = [process.execPath, join(process.cwd(), "dist/src/cli.js"), ...args];
  const shelled = options.shell ? ["bash", "-c", `${options.shell}; exec "$@"`, "bash", ...command] : command;
  const child = spawn(shelled[0]!, shelled.slice(1), {
    cwd: options.cwd,
    env: { ...process.env, PHIMASK_KEY: KEY, NO_COLOR: "1", ...options.env } as NodeJS.ProcessEnv,
  });
  options.onSpawn?.(child);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => {}); // the command may end before it has read all
  child.stdin.end(options.input ?? "");
  const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
    child.on("close", (...end) => done(end)),
  );
  const stdout = Buffer.concat(out);
  const stderr = Buffer.concat(err).toString();
  return {
    exit: code ?? (signal === "SIGKILL" ? 137 : -1),
    stdout,
    stderr,
    summary: lastLine(stdout) ?? lastLine(err) ?? {},
  };
}

function lastLine(output: Buffer | readonly Buffer[]): Record<string, unknown> | undefined {
  const text = (Buffer.isBuffer(output) ? output : Buffer.concat(output)).subarray(-65_536).toString();
  try {
    return JSON.parse(text.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A new folder with the given files, their paths joined by slashes. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "phimask-cli-"));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/** Every file below a folder with its bytes, by path; one that goes meanwhile is left out. */
export async function filesBelow(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, Buffer>();
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    if (bytes) files.set(path.slice(folder.length + 1), bytes);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
