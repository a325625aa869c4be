import type { Finding } from "../../src/types.ts";

/**
 * Findings in order of place, none overlapping another, covering exactly the characters that the given ones cover.
 * Where some overlap, one finding over all of them takes the type and detail of the longest; of equally long ones a
 * denied term or known value wins, then the higher score. Its score is the highest of theirs. Neighbours that only
 * touch stay apart; an address with a street or a facility in it is one of that. Filter by policy first: a merged finding no longer says what it was made of.
 */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const sorted = findings
    .filter((finding) => finding.end > finding.start)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Finding[] = [];
  let group: Finding[] = [];
  let reach = -1;
  for (const finding of sorted) {
    if (finding.start >= reach && group.length > 0) {
      merged.push(joined(group, reach));
      group = [];
    }
    group.push(finding);
    reach = Math.max(reach, finding.end);
  }
  if (group.length > 0) merged.push(joined(group, reach));
  return merged;
}

function joined(group: readonly Finding[], end: number): Finding {
  const first = group[0] as Finding;
  if (group.length === 1) return first;
  const lead = group.reduce((best, finding) => (outranks(finding, best) ? finding : best));
  const told =
    lead.type === "ADDRESS" ? group.find(({ detail }) => detail === "STREET" || detail === "FACILITY") : undefined;
  const score = group.reduce((most, finding) => Math.max(most, finding.score), 0);
  return { ...lead, ...(told?.detail && { detail: told.detail }), start: first.start, end, score };
}

function outranks(a: Finding, b: Finding): boolean {
  const longer = a.end - a.start - (b.end - b.start);
  if (longer !== 0) return longer > 0;
  const given = Number(isGiven(a)) - Number(isGiven(b));
  return given !== 0 ? given > 0 : a.score > b.score;
}

/** Said by the row or the job itself, not guessed by a detector. */
function isGiven(finding: Finding): boolean {
  return finding.detail === "KNOWN" || finding.detail === "DENIED";
}
