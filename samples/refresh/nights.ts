/**
 * Three nights of one job: files are added, changed and deleted, and each run masks what is new and nothing else. Run it
 * after `npm run build`: `npx tsx samples/refresh/nights.ts`. It makes its own data and needs no key of yours.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Job, openJob, parseJob, planJob, rollbackJob, runJob, verifyJob } from "phimask";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const KEY = "a key for this sample alone, which everybody may know";

await Promise.all(["data", "out"].map((folder) => rm(`${HERE}${folder}`, { recursive: true, force: true })));
await put("ward=east/monday.csv", "P1001,Feeney,Mrs. Feeney was seen on 3/14/2025. Stable.");
await put("ward=east/tuesday.csv", "P1002,Alvarez,Called 802-555-0142. Alvarez will come back.");
await put("ward=west/monday.csv", "P1003,Lindqvist,LINDQVIST wrote from a.lindqvist@example.com.");

const job = await openJob(parseJob(await readFile(`${HERE}job.yaml`, "utf8")), { folder: HERE, key: KEY });
await night("1: nothing is masked yet", job);

await put("ward=west/tuesday.csv", "P1003,Lindqvist,SSN 899-12-3456 on file.");
await put("ward=east/monday.csv", "P1001,Feeney,Corrected: Mrs. Feeney was seen on 3/15/2025.");
await night("2: one file is new, one has changed", job);

await rm(`${HERE}data/ward=east/tuesday.csv`);
await night("3: one file is gone", job);
await night("3, once more: nothing is to be done", job);

const { version } = await rollbackJob(job);
console.log(`\nRolled back: ${version} is in force again.`);
const { files, proven, faults } = await verifyJob(job);
console.log(`Verified: ${proven} of ${files} files are as they were written, ${faults.length} faults.`);

async function night(name: string, job: Job): Promise<void> {
  console.log(`\nNight ${name}`);
  const { todo, unchanged, gone } = await planJob(job);
  for (const { file, reason } of todo) console.log(`  ${file.path}: ${reason}`);
  for (const path of gone) console.log(`  ${path}: its input is gone`);
  const runId = `night-${name[0]}`;
  const { status, report, location } = await runJob(job, { runId });
  console.log(`  ${status}: ${report.files} masked, ${unchanged.length} kept, in ${location.slice(HERE.length)}`);
}

async function put(path: string, row: string): Promise<void> {
  const file = `${HERE}data/${path}`;
  await mkdir(dirname(file), { recursive: true });
  const [patient, name, ...note] = row.split(",");
  await writeFile(file, `patient_id,last_name,note\n${patient},${name},"${note.join(",")}"\n`);
}
