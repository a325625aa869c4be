/** What detectors find in texts, checked, and what of it must be masked. */
import { MaskingError } from "../src/errors.ts";
import type { Policy } from "../src/policy.ts";
import type { Detector, Finding, Leaf, RunContext } from "../src/types.ts";
import type { Allow, Deny } from "./detect/terms.ts";

/** What is masked although a detector may not see it, and what stays although one does. */
export interface Sieve {
  readonly policy: Policy;
  readonly minScore: number;
  readonly allow: Allow;
  readonly deny: Deny;
}

/**
 * The findings of each text that must be masked, in the texts' order; they may overlap. Each detector is given all
 * texts in one call. A detector's own `MaskingError` passes; any other failure, an answer for another number of texts or
 * a finding outside its text is DETECTOR_FAILED: then nothing is known about any text.
 */
export async function findAll(
  texts: readonly string[],
  detectors: readonly Detector[],
  sieve: Sieve,
  run: RunContext,
  column: Leaf,
): Promise<readonly (readonly Finding[])[]> {
  return (await findEach(texts, detectors, sieve, run, column)).map(({ all }) => all);
}

/** What is found in one text. */
export interface Found {
  readonly all: readonly Finding[];
  /** What each detector's findings and the denied terms come to without the other detectors', in their order. */
  readonly alone: readonly (readonly Finding[])[];
}

/** As `findAll`, told apart by detector. */
export async function findEach(
  texts: readonly string[],
  detectors: readonly Detector[],
  sieve: Sieve,
  run: RunContext,
  column: Leaf,
): Promise<readonly Found[]> {
  if (texts.length === 0) return [];
  const answers = await Promise.all(detectors.map((detector) => ask(detector, texts, run, column)));
  return texts.map((text, i) => {
    const denied = sieve.deny(text);
    const each = answers.map((answer) => sift(text, answer[i]!, sieve));
    return { all: [...each.flat(), ...denied], alone: each.map((found) => [...found, ...denied]) };
  });
}

function sift(text: string, found: readonly Finding[], { policy, minScore, allow }: Sieve): readonly Finding[] {
  // Written so that a score which is no number counts as sure.
  return allow(
    text,
    found.filter((finding) => !(finding.score < minScore) && !policy.permits(text, finding)),
  );
}

async function ask(
  detector: Detector,
  texts: readonly string[],
  run: RunContext,
  column: Leaf,
): Promise<readonly (readonly Finding[])[]> {
  const failed = (): MaskingError => new MaskingError("DETECTOR_FAILED", { column });
  let answer: readonly (readonly Finding[])[];
  try {
    answer = await detector.detect(texts, run);
  } catch (error) {
    if (run.signal.aborted) throw new MaskingError("STOPPED");
    throw error instanceof MaskingError ? error.at({ column }) : failed();
  }
  if (!Array.isArray(answer) || answer.length !== texts.length) throw failed();
  return answer.map((findings, i) => {
    if (!Array.isArray(findings)) throw failed();
    return findings.map((finding) => whole(texts[i]!, finding) ?? raise(failed()));
  });
}

/** The finding, widened to whole characters where it cuts one in two; undefined where it is none of this text. */
function whole(text: string, finding: Finding): Finding | undefined {
  const { start, end } = finding;
  if (!Number.isInteger(start) || !Number.isInteger(end)) return undefined;
  if (start < 0 || end <= start || end > text.length) return undefined;
  const from = cuts(text, start) ? start - 1 : start;
  const to = cuts(text, end) ? end + 1 : end;
  return from === start && to === end ? finding : { ...finding, start: from, end: to };
}

/** True between the two units of one character. */
function cuts(text: string, at: number): boolean {
  return at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function raise(error: MaskingError): never {
  throw error;
}
