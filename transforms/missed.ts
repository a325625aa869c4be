import type { Finding } from "../src/types.ts";
import { mergeFindings } from "./detect/merge.ts";

const SPOKEN = /[\p{L}\p{N}]/u;

/**
 * How many of the stretches that are masked would have been left, in whole or in part, had `own` been all that was
 * found. `masked` as `mergeFindings` gives it. White space and punctuation that is left counts for nothing.
 */
export function missedBy(text: string, masked: readonly Finding[], own: readonly Finding[]): number {
  const seen = mergeFindings(own);
  let missed = 0;
  let at = 0;
  for (const { start, end } of masked) {
    while (at < seen.length && seen[at]!.end <= start) at += 1;
    let left = "";
    let reached = start;
    for (let next = at; next < seen.length && seen[next]!.start < end; next += 1) {
      left += text.slice(reached, Math.max(seen[next]!.start, reached));
      reached = seen[next]!.end;
    }
    left += text.slice(reached, Math.max(end, reached));
    if (SPOKEN.test(left)) missed += 1;
  }
  return missed;
}
