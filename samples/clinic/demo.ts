/** `npm run demo`: makes the data, plans and runs the Parquet job by the built command, shows three rows before and after. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { checkNotes } from "./check.ts";
import { DATA, makeClinic } from "./make.ts";
import { beforeAndAfter } from "./show.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HERE = fileURLToPath(new URL("./", import.meta.url));
const KEY_FILE = join(HERE, "demo.key");
const JOB = "samples/clinic/parquet.yaml";

say("1. The data");
await data();
say("2. The key");
const key = await keyOfDemo();
say("3. The plan: what would happen to each column, before a cell is read");
const planned = await phimask("plan", JOB);
if (planned !== 0) process.exit(planned);
say("4. The run");
const ran = await phimask("run", JOB);
if (ran !== 0 && ran !== 99) process.exit(ran);
if (ran === 99) {
  console.log("Exit code 99: the masked dataset stands as this job and key would write it, so nothing was done.");
  console.log(`To see it done again, remove ${shown(join(HERE, "out"))} first.`);
}
say("5. Three rows before and after (made-up people, so they may be shown)");
console.log(await beforeAndAfter(join(DATA, "parquet"), join(HERE, "out/parquet"), 3));
const { planted, left } = await checkNotes(join(HERE, "out/parquet"));
console.log(`
Of ${planted} pieces of notes that tell who, where or when, ${left.length} are left. On your own data nobody can count
them: have a sample read by people before you release it.

The masked dataset: ${shown(join(HERE, "out/parquet"))}/
The report, numbers only: ${shown(join(HERE, "out/parquet/_phimask/report.html"))}

Next: put a job like ${JOB} beside your own data, then run
  node dist/src/cli.js plan job.yaml`);

async function data(): Promise<void> {
  if (!existsSync(DATA)) {
    const unfinished = `${HERE}data.part/`;
    const rows = await makeClinic(unfinished);
    await rename(unfinished, DATA);
    console.log(`${rows} encounters of made-up patients, as Parquet, CSV and Arrow: ${shown(DATA)}`);
  } else console.log(`As an earlier demo made it: ${shown(DATA)} (remove it to have it made again)`);
}

/** The key that the environment has; else one that is made once and kept, so that a second demo gives equal answers. */
async function keyOfDemo(): Promise<string> {
  const given = process.env["PHIMASK_KEY"];
  if (given?.trim()) {
    console.log("PHIMASK_KEY is set, so it is used.");
    return given;
  }
  if (!existsSync(KEY_FILE)) {
    await writeFile(KEY_FILE, await output("key"), { mode: 0o600 });
    console.log(`PHIMASK_KEY is not set: \`phimask key\` made one for this demo, in ${shown(KEY_FILE)}.`);
  } else console.log(`PHIMASK_KEY is not set: the key of an earlier demo is used, from ${shown(KEY_FILE)}.`);
  return readFile(KEY_FILE, "utf8");
}

/** Runs the command as a shell would, its output shown as it comes, and gives its exit code. */
function phimask(...words: readonly string[]): Promise<number> {
  console.log(`$ phimask ${words.join(" ")}`);
  const child = start(words, "inherit", { PHIMASK_KEY: key });
  return new Promise((done) => child.once("close", (code) => done(code ?? 1)));
}

async function output(...words: readonly string[]): Promise<string> {
  let text = "";
  for await (const chunk of start(words, "pipe").stdout!) text += chunk;
  return text;
}

function start(words: readonly string[], stdout: "inherit" | "pipe", env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [join(ROOT, "dist/src/cli.js"), ...words], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", stdout, "inherit"],
  });
}

function say(heading: string): void {
  console.log(`\n${heading}`);
}

function shown(path: string): string {
  return relative(process.cwd(), path);
}
