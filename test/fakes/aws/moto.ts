/**
 * Moto's server (PyPI): another author's idea of S3. It is installed once into a virtual environment below
 * `node_modules/.cache`; `PHIMASK_MOTO` names an installed `moto_server`, or is `off`.
 */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Moto with what its server needs, and without its extras, which bring 170 MB more. */
const PACKAGES = ["moto==5.2.5", "flask", "flask-cors", "py-partiql-parser", "PyYAML", "pyparsing"];
const HOME = resolve("node_modules/.cache/phimask-moto-5.2.5");

export interface Moto {
  readonly endpoint: string;
  close(): void;
}

/** The server, or in words why there is none. */
export async function motoServer(): Promise<Moto | string> {
  const given = process.env["PHIMASK_MOTO"];
  if (given === "off") return "PHIMASK_MOTO is off";
  const command = given ?? (await installed());
  return existsSync(command) ? started(command) : command;
}

/** The path of the command, or in words why it cannot be had. */
async function installed(): Promise<string> {
  const [done, command] = [join(HOME, "installed"), join(HOME, "bin", "moto_server")];
  if (existsSync(done)) return command;
  try {
    await mkdir(HOME, { recursive: true });
    await run("python3", ["-m", "venv", HOME]);
    await run(join(HOME, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", ...PACKAGES], {
      timeout: 200_000,
    });
    await writeFile(done, "");
    return command;
  } catch (error) {
    return `moto cannot be installed with python3 and pip (${(error as { code?: unknown }).code ?? "no answer"})`;
  }
}

function started(command: string): Promise<Moto | string> {
  const server = spawn(command, ["-H", "127.0.0.1", "-p", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((done) => {
    let said = "";
    const hear = (chunk: Buffer) => {
      if (said.length < 10_000) said += chunk.toString();
      const endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (endpoint) done({ endpoint, close: () => void server.kill() });
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
    server.on("error", () => done("moto cannot be started"));
    server.on("exit", () => done("moto ended before it was ready"));
  });
}
