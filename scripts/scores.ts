/**
 * Prints the embedded detector's scores on the development corpora: `npm run scores`. `-- --misses` shows what differs in
 * the seen halves; the unseen ones stay unseen. `--types` adds recall by type, `--only=words` takes the parts whose names
 * hold the words.
 */

import type { GoldDocument } from "../src/evaluate/gold.ts";
import { scoreTable, typeTable } from "../src/evaluate/table.ts";
import { type Score, scoreFindings } from "../src/evaluate.ts";
import { openDetection } from "../src/job.ts";
import { newTally } from "../src/report.ts";
import {
  CORPORA,
  corporaFolder,
  halfOf,
  readCorpus,
  readFreshNotes,
  readMeddocan,
  readNotes,
  readRobustDeid,
} from "./corpora.ts";
import { longNotes } from "./long-notes.ts";
import { patternedIds } from "./patterned.ts";

/** The documents of one line of the table. */
interface Part {
  readonly name: string;
  readonly documents: readonly GoldDocument[];
  /** True where rules, training or thresholds came from it. */
  readonly seen: boolean;
  /** English unless told. */
  readonly language?: "es";
}

/** What this repository makes by itself. */
const OWN: readonly Part[] = [
  { name: "long notes, held out", documents: longNotes(), seen: false },
  {
    name: "written notes, seen in development",
    documents: [...readNotes("seen"), ...readNotes("free-seen")],
    seen: true,
  },
  { name: "written notes, held out", documents: [...readNotes("unseen"), ...readNotes("free-unseen")], seen: false },
  {
    name: "notes of another author, seen in development",
    documents: readFreshNotes().filter((_, index) => index % 2 === 0),
    seen: true,
  },
  {
    name: "notes of another author, seen in part",
    documents: readFreshNotes().filter((_, index) => index % 2 === 1),
    seen: false,
  },
  { name: "identifiers by label or check digit", documents: patternedIds(), seen: true },
];

function partsOf(folder: string | undefined): readonly Part[] {
  if (folder === undefined) return OWN;
  const halves = CORPORA.flatMap((name) => {
    const documents = readCorpus(folder, name);
    return (["seen", "unseen"] as const).map((half) => ({
      name: `${name}, ${half === "seen" ? "seen in development" : "held out"}`,
      documents: documents.filter((document) => halfOf(document) === half),
      seen: half === "seen",
    }));
  });
  return [
    ...halves,
    { name: "robust-deid, seen in development", documents: readRobustDeid(folder), seen: true },
    ...OWN,
    {
      name: "MEDDOCAN train, seen in development",
      documents: readMeddocan(folder, "train"),
      seen: true,
      language: "es",
    },
    { name: "MEDDOCAN dev, held out", documents: readMeddocan(folder, "dev"), seen: false, language: "es" },
  ];
}

async function main(): Promise<void> {
  const folder = corporaFolder();
  if (folder === undefined) console.error("No development corpora: set PHIMASK_CORPORA to their folder.");
  const detections = {
    en: await openDetection({ version: 1 }),
    es: await openDetection({ version: 1, detect: { language: "es" } }),
  };
  const run = { tally: newTally(), signal: new AbortController().signal };
  const only = process.argv.find((word) => word.startsWith("--only="))?.slice(7) ?? "";
  const rows: [string, Score][] = [];
  let characters = 0;
  let seconds = 0;
  for (const { name, documents, seen, language = "en" } of partsOf(folder).filter((part) => part.name.includes(only))) {
    const texts = documents.map(({ text }) => text);
    const began = process.cpuUsage();
    const masked = await detections[language].find(texts, run);
    const { user, system } = process.cpuUsage(began);
    seconds += (user + system) / 1e6;
    characters += texts.reduce((so, text) => so + text.length, 0);
    const show = process.argv.includes("--misses") && seen;
    const score = scoreFindings(documents, masked, {
      onMiss: ({ document, what, start, end, type }) => {
        if (show) console.log(what, type, around(texts[document]!, start, end));
      },
    });
    rows.push([name, score]);
  }
  process.stdout.write(scoreTable(rows));
  if (process.argv.includes("--types")) {
    for (const [name, score] of rows) process.stdout.write(`\n${name}\n${typeTable(score)}`);
  }
  console.log(
    `${Object.values(detections)
      .flatMap(({ detectors }) => detectors.map(({ name, version }) => `${name} ${version}`))
      .join()}, ${(characters / seconds / 1e6).toFixed(2)} M characters a CPU second, first calls included`,
  );
}

function around(text: string, start: number, end: number): string {
  return JSON.stringify(
    `${text.slice(Math.max(0, start - 50), start)}⟦${text.slice(start, end)}⟧${text.slice(end, end + 40)}`,
  );
}

await main();
