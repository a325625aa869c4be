/** `npm run demo:dicom`: makes a small study, masks it by the built command, shows what changed in headers and pixels. */
import { spawn } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import dicomParser from "dicom-parser";
import sharp from "sharp";
import { fileStore } from "../../connectors/files.ts";
import { parquetFormat } from "../../connectors/parquet/format.ts";
import { cellsOf } from "../../src/batch.ts";
import { readable } from "../../src/source.ts";
import { makeStudy } from "./study.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HERE = join(ROOT, "samples/dicom");
const KEY = process.env["PHIMASK_KEY"] ?? "a key for the demo alone, which hides nothing";

await rm(join(HERE, "out"), { recursive: true, force: true });
console.log(
  "\n== 1. The study: two patients, a film and a structured report each (made-up people, so they may be shown)",
);
await makeStudy(join(HERE, "out/study"));
console.log(await readFile(join(HERE, "out/study/tables/visits.csv"), "utf8"));

console.log("== 2. The run");
const code = await phimask("run", "samples/dicom/study.yaml");
if (code !== 0) process.exit(code);
const table = await readFile(join(HERE, "out/masked/tables/visits.csv"), "utf8");
console.log(`\n${table}`);

const [, ...rows] = table.trim().split("\n");
const masked = (row: string): Promise<Buffer> => readFile(join(HERE, "out/masked/tables", row.split(",").at(-1)!));
for (const [name, row] of [
  ["film-1", rows[0]!],
  ["report-1", rows[1]!],
] as const) {
  console.log(`== 3. What changed in the header of ${name}.dcm`);
  console.log(differences(await readFile(join(HERE, `out/study/images/${name}.dcm`)), await masked(row)));
}

console.log("== 4. The film before and after");
for (const [name, bytes] of [
  ["before", await readFile(join(HERE, "out/study/images/film-1.dcm"))],
  ["after", await masked(rows[0]!)],
] as const) {
  const path = `samples/dicom/out/${name}.png`;
  console.log(`${path}\n${await drawn(bytes, join(ROOT, path))}`);
}
console.log("== 5. The same files as a folder without a table");
if ((await phimask("run", "samples/dicom/folder.yaml")) !== 0) process.exit(2);
console.log("\nsamples/dicom/out/research/index/instances.parquet");
for (const row of await indexRows()) console.log(row);

const left = await leftOvers();
console.log(`Names, numbers, dates and UIDs of the study in the bytes of what was written: ${left}`);
if (left > 0) process.exitCode = 1;

async function phimask(...words: readonly string[]): Promise<number> {
  console.log(`$ phimask ${words.join(" ")}`);
  const env = { ...process.env, PHIMASK_KEY: KEY };
  const child = spawn(process.execPath, ["dist/src/cli.js", ...words, "--quiet"], { cwd: ROOT, env, stdio: "inherit" });
  return new Promise((done) => child.once("close", (status) => done(status ?? 1)));
}

/** Tags with their text, sequences by their path. */
function values(set: dicomParser.DataSet, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [tag, { items, dataOffset, length }] of Object.entries(set.elements)) {
    const name = `${path}(${tag.slice(1, 5)},${tag.slice(5)})`;
    for (const [i, item] of (items ?? []).entries()) {
      for (const [inner, value] of values(item.dataSet!, `${name}[${i}]`)) found.set(inner, value);
    }
    const bytes = Buffer.from(set.byteArray.subarray(dataOffset, dataOffset + Math.min(length, 80)));
    if (!items && tag !== "x7fe00010") found.set(name, bytes.toString("utf8").replace(/[\0 ]+$/, ""));
  }
  return found;
}

function differences(before: Buffer, after: Buffer): string {
  const [was, is] = [values(dicomParser.parseDicom(before)), values(dicomParser.parseDicom(after))];
  const tags = [...new Set([...was.keys(), ...is.keys()])].filter(
    (tag) => was.get(tag) !== is.get(tag) && !tag.startsWith("(0002"),
  );
  const shown = (text: string | undefined): string =>
    (text === undefined ? "" : text === "" ? '""' : text).slice(0, 44);
  return tags
    .sort()
    .map((tag) => `${tag.padEnd(36)} ${shown(was.get(tag)).padEnd(44)} -> ${shown(is.get(tag))}\n`)
    .join("");
}

/** Writes the frame as a PNG, and gives its upper left corner in characters. */
async function drawn(bytes: Buffer, path: string): Promise<string> {
  const set = dicomParser.parseDicom(bytes);
  const [rows, columns] = [set.uint16("x00280010")!, set.uint16("x00280011")!];
  const at = set.elements["x7fe00010"]!.dataOffset;
  const grey = Buffer.from(Array.from({ length: rows * columns }, (_, i) => bytes.readUInt16LE(at + i * 2) >> 4));
  const image = sharp(grey, { raw: { width: columns, height: rows, channels: 1 } });
  await image.clone().png().toFile(path);
  const small = await image
    .extract({ left: 0, top: 8, width: 300, height: 64 })
    .resize(100, 16, { fit: "fill" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  const lines = Array.from({ length: 16 }, (_, row) =>
    [...small.subarray(row * 100, row * 100 + 100)]
      .map((value) => " .:-=+*#%@"[Math.min(9, Math.floor(value / 25.6))])
      .join(""),
  );
  return `${lines.join("\n")}\n`;
}

/** The first columns of the index, a line a row. */
async function indexRows(): Promise<readonly string[]> {
  const store = fileStore();
  const object = await store.head(join(HERE, "out/research/index/instances.parquet"));
  const lines: string[] = [];
  for await (const batch of (await parquetFormat().read(readable(store, object!))).batches) {
    const column = (name: string) => cellsOf(batch, name).cells;
    const [patients, modalities, days, files] = ["patient_id", "modality", "study_date", "file"].map(column);
    for (let i = 0; i < batch.numRows; i++) {
      const day = new Date(Number(days![i]) * 86_400_000).toISOString().slice(0, 10);
      lines.push(
        `${patients![i]}  ${modalities![i]}  ${day}  ${String(files![i]).replace(/(2\.25\.\d{4})\d+/g, "$1...")}`,
      );
    }
  }
  return lines;
}

/** How many of the study's own values stand in any file of the masked one. */
async function leftOvers(): Promise<number> {
  const folders = ["masked", "research"].map((name) => join(HERE, "out", name));
  const files = (
    await Promise.all(folders.map((each) => readdir(each, { recursive: true, withFileTypes: true })))
  ).flat();
  const secrets =
    /Thornwick|Corabeth|Meadmore|P100482|P100733|2024-?01-?31|2024-?02-?14|1961-?04-?09|1\.2\.826|Averill|Mercy/gi;
  let count = 0;
  for (const file of files.filter((each) => each.isFile())) {
    const bytes = await readFile(join(file.parentPath, file.name));
    for (const encoding of ["latin1", "utf16le"] as const)
      count += bytes.toString(encoding).match(secrets)?.length ?? 0;
  }
  return count;
}
