/**
 * Long notes to judge the detector by: template families, names and towns that no training sees, a fixed seed. Rules and
 * training are not tuned on them. `npx tsx scripts/long-notes.ts` prints them as JSON Lines.
 */
import { readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { GoldDocument } from "../src/evaluate/gold.ts";
import { chance } from "./train/chance.ts";
import { filler, readLists } from "./train/fill.ts";

const SEED = 77_031;
const EACH = 5;
const FAMILIES = new URL("./long/", import.meta.url);
const LISTS = new URL("./train/templates/words.txt", import.meta.url);

/** Seventy notes over 1,500 characters, twenty of them without PHI. */
export function longNotes(): readonly GoldDocument[] {
  const fill = filler(chance(SEED), "held out", readLists(LISTS));
  return readdirSync(FAMILIES)
    .sort()
    .flatMap((file) => {
      const template = readFileSync(new URL(file, FAMILIES), "utf8");
      return Array.from({ length: EACH }, (_, at) => ({
        id: `${file.replace(".txt", "")}-${at + 1}`,
        ...fill(template),
      }));
    });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const note of longNotes()) console.log(JSON.stringify(note));
}
