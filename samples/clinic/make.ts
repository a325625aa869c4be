/**
 * Writes 2,000 encounters of made-up patients into samples/clinic/data/, as Parquet, CSV and Arrow, one file for each
 * region: `npx tsx samples/clinic/make.ts` after `npm run build`. The same rows come out every time.
 */
import { rm } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BatchStream, TableFormat } from "phimask";
import { arrowFormat } from "phimask/connectors/arrow/format";
import { csvFormat } from "phimask/connectors/csv/format";
import { fileStore } from "phimask/connectors/files";
import { parquetFormat } from "phimask/connectors/parquet/format";
import { type Encounter, makeEncounters } from "./encounters.ts";
import type { Region } from "./people.ts";
import { flatTable, fullTable } from "./tables.ts";

/** Rows of each dataset. */
export const COUNT = 2_000;
const REGIONS: readonly Region[] = ["north", "south", "east", "west"];

/** Where the data goes: beside this file, whatever the working folder. */
export const DATA: string = fileURLToPath(new URL("data/", import.meta.url));

/** Writes the three datasets and returns how many rows each has. */
export async function makeClinic(folder: string = DATA): Promise<number> {
  await rm(folder, { recursive: true, force: true });
  const encounters = makeEncounters(COUNT);
  for (const region of REGIONS) {
    const rows = encounters.filter(({ person }) => person.region === region);
    const place = (name: TableFormat["name"]) => `${folder}${name}/region=${region}/part-0.${name}`;
    await write(place("parquet"), parquetFormat(), fullTable(rows));
    await write(place("arrow"), arrowFormat(), fullTable(rows));
    await write(place("csv"), csvFormat({}), flatTable(rows));
  }
  return encounters.length;
}

/** A format gives the file's bytes as they are asked for; a store writes all of them or nothing. */
async function write(path: string, format: TableFormat, table: BatchStream): Promise<void> {
  await fileStore().write(path, format.write(table));
}

/** The rows in the order in which the files of all regions hold them. */
export function inFileOrder(encounters: readonly Encounter[]): readonly Encounter[] {
  return [...REGIONS].sort().flatMap((region) => encounters.filter(({ person }) => person.region === region));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log(`${await makeClinic()} encounters in ${DATA}`);
}
