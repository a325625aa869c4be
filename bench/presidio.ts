/**
 * The embedded detector beside Presidio on the same texts, by the same scorer and profile, in one run:
 * `npx tsx bench/presidio.ts <python with presidio-analyzer> <spaCy model> [texts of a part]`. CPU seconds of one process each.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CORPORA, corporaFolder, halfOf, readCorpus } from "../scripts/corpora.ts";
import { longNotes } from "../scripts/long-notes.ts";
import type { GoldDocument } from "../src/evaluate/gold.ts";
import { scoreTable } from "../src/evaluate/table.ts";
import { type Score, scoreFindings } from "../src/evaluate.ts";
import { openEmbedded } from "../src/job.ts";
import { policyOf } from "../src/policy.ts";
import { newTally } from "../src/report.ts";
import type { Finding, PhiType } from "../src/types.ts";

/** What Presidio's kinds are to a profile; others are kinds of identifier. A date may be an age, so it is tried as both. */
const TYPES: Readonly<Record<string, readonly PhiType[]>> = {
  PERSON: ["NAME"],
  LOCATION: ["ADDRESS"],
  DATE_TIME: ["DATE", "AGE"],
  PHONE_NUMBER: ["PHONE_OR_FAX"],
  EMAIL_ADDRESS: ["EMAIL"],
  URL: ["URL"],
};
/** Nationalities and religions are none of the 18 kinds. */
const LEFT_OUT = new Set(["NRP"]);

/** Ours is over too soon to be timed once; Presidio is timed after its model is loaded and used. */
const TURNS = 5;

const [python = "python3", model = "en_core_web_lg", limit = "150"] = process.argv.slice(2);
const policy = policyOf("safe_harbor");
const parts = partsOf();
const texts = parts.flatMap(([, documents]) => documents.map(({ text }) => text));
const characters = texts.reduce((so, text) => so + text.length, 0);
const ours = await embedded(texts);
const theirs = presidio(texts);
const rows: [string, Score][] = [];
let from = 0;
for (const [name, documents] of parts) {
  const slice = (all: readonly (readonly Finding[])[]) => all.slice(from, from + documents.length);
  rows.push([`${name}: phimask`, scoreFindings(documents, slice(ours.masked))]);
  rows.push([`${name}: Presidio`, scoreFindings(documents, slice(theirs.masked))]);
  from += documents.length;
}
process.stdout.write(scoreTable(rows));
console.log(
  `${characters} characters: phimask ${(characters / ours.seconds).toFixed(0)} a CPU second, Presidio ${(characters / theirs.seconds).toFixed(0)}, ratio ${(theirs.seconds / ours.seconds).toFixed(0)}`,
);

function partsOf(): readonly (readonly [string, readonly GoldDocument[]])[] {
  const folder = corporaFolder();
  const corpora =
    folder === undefined
      ? []
      : CORPORA.map(
          (name) => [name, readCorpus(folder, name).filter((document) => halfOf(document) === "unseen")] as const,
        );
  return [...corpora, ["long notes", longNotes()] as const].map(([name, documents]) => [
    name,
    documents.slice(0, Number(limit)),
  ]);
}

async function embedded(
  all: readonly string[],
): Promise<{ readonly masked: readonly (readonly Finding[])[]; readonly seconds: number }> {
  const detector = await openEmbedded();
  const run = { tally: newTally(), signal: new AbortController().signal };
  for (let warm = 0; warm < 3; warm += 1) await detector.detect(all, run);
  const began = process.cpuUsage();
  let found: readonly (readonly Finding[])[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) found = await detector.detect(all, run);
  const { user, system } = process.cpuUsage(began);
  return {
    masked: found.map((findings, at) => findings.filter((finding) => !policy.permits(all[at]!, finding))),
    seconds: (user + system) / 1e6 / TURNS,
  };
}

function presidio(all: readonly string[]): {
  readonly masked: readonly (readonly Finding[])[];
  readonly seconds: number;
} {
  const folder = mkdtempSync(join(tmpdir(), "phimask-presidio-"));
  try {
    writeFileSync(join(folder, "texts.json"), JSON.stringify(all));
    const script = new URL("./presidio.py", import.meta.url).pathname;
    const answer = execFileSync(python, [script, join(folder, "texts.json"), model], {
      maxBuffer: 2 ** 28,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { seconds, found } = JSON.parse(answer.toString()) as {
      seconds: number;
      found: { type: string; start: number; end: number; score: number }[][];
    };
    const masked = found.map((findings, at) =>
      findings
        .filter(({ type }) => !LEFT_OUT.has(type))
        .map((finding) => inUnits(all[at]!, finding))
        .filter(
          (finding) =>
            !(TYPES[finding.type] ?? ["ID" as const]).some((type) => policy.permits(all[at]!, { ...finding, type })),
        )
        .map((finding): Finding => ({ ...finding, type: "OTHER" })),
    );
    return { masked, seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Python counts code points. */
function inUnits<T extends { readonly start: number; readonly end: number }>(text: string, finding: T): T {
  const points = [...text];
  const units = (count: number): number => points.slice(0, count).join("").length;
  return { ...finding, start: units(finding.start), end: units(finding.end) };
}
