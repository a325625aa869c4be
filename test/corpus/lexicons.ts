import { existsSync, readFileSync } from "node:fs";
import { collectEntries, compileLexicons } from "../../scripts/lexicons.ts";
import type { Detector, Finding, RunContext } from "../../src/types.ts";
import { embeddedDetector } from "../../transforms/detect/embedded.ts";
import { mergeFindings } from "../../transforms/detect/merge.ts";

const BUILT = "transforms/detect/lexicons.bin";
const MODEL = "transforms/detect/model/tagger.bin";
let bytes: Uint8Array | undefined;

/** The compiled lexicons: the built file where there is one, else compiled here. */
export function lexiconBytes(): Uint8Array {
  bytes ??= existsSync(BUILT) ? readFileSync(BUILT) : compileLexicons(collectEntries());
  return bytes;
}

let detector: Detector | undefined;

export function testDetector(): Detector {
  detector ??= embeddedDetector({ lexicons: lexiconBytes(), model: readFileSync(MODEL) });
  return detector;
}

/** A run that counts nothing and is never stopped. */
export function quietRun(signal: AbortSignal = new AbortController().signal): RunContext {
  const counts = { cells: 0, masked: 0, withheld: 0, found: {} };
  return { tally: { addRows: () => {}, column: () => counts, addCall: () => {} }, signal };
}

export async function detectOne(text: string): Promise<readonly Finding[]> {
  const [findings] = await testDetector().detect([text], quietRun());
  return findings as readonly Finding[];
}

/** `{KIND:text}` around each finding, merged first, the kind its detail or else its type: what the tables of cases are written in. */
export function marked(text: string, findings: readonly Finding[]): string {
  let out = text;
  for (const { start, end, type, detail } of [...mergeFindings(findings)].reverse()) {
    out = `${out.slice(0, start)}{${detail ?? type}:${out.slice(start, end)}}${out.slice(end)}`;
  }
  return out;
}

/** The text that a marked one was made from. */
export function unmarked(expected: string): string {
  return expected.replace(/\{[A-Z_0-9]+:([^{}]*)\}/g, "$1");
}
