import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { MaskingError } from "./errors.ts";
import { readGold } from "./evaluate/gold.ts";
import { type Miss, type Rates, ratesOf, type Score, scoreFindings } from "./evaluate.ts";
import type { Detection } from "./job/detection.ts";
import { newTally } from "./report.ts";

/** A scored corpus. */
export interface Evaluated {
  /** The file's name without folder and suffix. */
  readonly corpus: string;
  readonly score: Score;
  readonly rates: Rates;
  readonly misses: readonly Miss[];
  readonly charactersPerSecond: number;
}

/** Texts given to the detectors at once: a service's packs fill up, and a stop is heard soon. */
const AT_ONCE = 200;

/** Runs a job's detectors over a corpus and judges what would be masked. Throws SOURCE_MISSING, INPUT_MALFORMED. */
export async function evaluateCorpus(
  path: string,
  detection: Detection,
  options: { readonly neutral?: readonly string[]; readonly signal: AbortSignal },
): Promise<Evaluated> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new MaskingError("SOURCE_MISSING", { expected: "a JSON Lines file of labelled texts" });
  });
  const documents = readGold(text);
  const run = { tally: newTally(), signal: options.signal };
  const masked = [];
  const began = performance.now();
  for (let at = 0; at < documents.length; at += AT_ONCE) {
    if (options.signal.aborted) throw new MaskingError("STOPPED");
    const texts = documents.slice(at, at + AT_ONCE).map((document) => document.text);
    masked.push(...(await detection.find(texts, run)));
  }
  const seconds = (performance.now() - began) / 1000;
  const misses: Miss[] = [];
  const score = scoreFindings(documents, masked, {
    ...(options.neutral && { neutral: options.neutral }),
    onMiss: (miss) => misses.push(miss),
  });
  const characters = documents.reduce((so, document) => so + document.text.length, 0);
  return {
    corpus: basename(path).replace(/\.[^.]*$/, ""),
    score,
    rates: ratesOf(score),
    misses,
    charactersPerSecond: Math.round(characters / Math.max(seconds, 0.001)),
  };
}
