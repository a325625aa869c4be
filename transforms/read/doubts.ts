/** Where one reader of a line is not sure, so that another is asked about those stretches alone. */
import type { Stretch } from "./ink.ts";
import type { Part } from "./parts.ts";

/** Tesseract's word for itself below which the other reader is asked too. */
const SURE = 0.88;
/** Columns of ink that no word lies on. */
const BARE = 8;
/** Columns on either side of a doubt that are read too: a letter at the very edge is misread. */
const ROOM = 12;
/** Where the doubts of a line are this share of it, the whole line is read: a reader sees better what it sees together. */
const MOST = 0.6;

/**
 * Stretches that hold a word of which its reader is not sure, or ink that no word lies on, from the left, none touching
 * another; the whole line where that is most of it. `gaps`: columns without ink of a line that is `width` wide.
 */
export function doubtsOf(parts: readonly Part[], gaps: readonly Stretch[], width: number): readonly Stretch[] {
  const whole = [{ start: 0, end: width }];
  if (parts.length === 0) return whole;
  const doubts: Stretch[] = [];
  let reached = 0;
  for (const { left, right, score } of [...parts, { left: width, right: width, score: 1 }]) {
    if (left - reached - gapIn(gaps, reached, left) > BARE) doubts.push({ start: reached, end: left });
    if (score < SURE) doubts.push({ start: left, end: right });
    reached = Math.max(reached, right);
  }
  const joined = joinedUp(doubts.map((doubt) => withRoom(doubt, parts, width)));
  return joined.reduce((sum, { start, end }) => sum + end - start, 0) > MOST * width ? whole : joined;
}

/** With room around it, but with nothing of a word beside it that is sure. */
function withRoom({ start, end }: Stretch, parts: readonly Part[], width: number): Stretch {
  const sure = parts.filter(({ score }) => score >= SURE);
  const before = Math.max(0, ...sure.filter(({ right }) => right <= start).map(({ right }) => right));
  const after = Math.min(width, ...sure.filter(({ left }) => left >= end).map(({ left }) => left));
  return { start: Math.floor(Math.max(before, start - ROOM)), end: Math.ceil(Math.min(after, end + ROOM)) };
}

function joinedUp(stretches: readonly Stretch[]): readonly Stretch[] {
  const joined: Stretch[] = [];
  for (const each of [...stretches].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && each.start <= last.end + ROOM)
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, each.end) };
    else joined.push(each);
  }
  return joined;
}

function gapIn(gaps: readonly Stretch[], from: number, to: number): number {
  return gaps.reduce((sum, { start, end }) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
}
