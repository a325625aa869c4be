/** A stretch of a text that is nearly what was looked for. */
export interface Hit {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Letters that are wrong, missing or too many. */
  readonly cost: number;
}

/**
 * Every stretch of `text` within `slack` edits of `wanted` that is `accept`ed, the nearest first, none overlapping a
 * nearer one. Sellers, "The theory and computation of evolutionary distances", 1980.
 */
export function nearest(text: string, wanted: string, slack: number, accept: (hit: Hit) => boolean): readonly Hit[] {
  if (wanted === "" || slack >= wanted.length) return [];
  return slack === 0 ? exact(text, wanted).filter(accept) : apart(within(text, wanted, slack).filter(accept));
}

/** Row by row of the usual table of edits, each cell with the start of the stretch that it stands for. */
function within(text: string, wanted: string, slack: number): Hit[] {
  const size = wanted.length;
  let [costs, starts] = [Int32Array.from({ length: size + 1 }, (_, i) => i), new Int32Array(size + 1)];
  let [nextCosts, nextStarts] = [new Int32Array(size + 1), new Int32Array(size + 1)];
  const hits: Hit[] = [];
  for (let end = 1; end <= text.length; end += 1) {
    nextStarts[0] = end;
    for (let i = 1; i <= size; i += 1) {
      const swap = costs[i - 1]! + (wanted.charCodeAt(i - 1) === text.charCodeAt(end - 1) ? 0 : 1);
      const extra = costs[i]! + 1;
      const missing = nextCosts[i - 1]! + 1;
      const best = Math.min(swap, extra, missing);
      nextCosts[i] = best;
      nextStarts[i] = best === swap ? starts[i - 1]! : best === extra ? starts[i]! : nextStarts[i - 1]!;
    }
    [costs, nextCosts, starts, nextStarts] = [nextCosts, costs, nextStarts, starts];
    if (costs[size]! <= slack && starts[size]! < end) hits.push({ start: starts[size]!, end, cost: costs[size]! });
  }
  return hits;
}

function exact(text: string, wanted: string): readonly Hit[] {
  const hits: Hit[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    hits.push({ start: at, end: at + wanted.length, cost: 0 });
  }
  return hits;
}

function apart(hits: readonly Hit[]): readonly Hit[] {
  const kept: Hit[] = [];
  for (const hit of [...hits].sort((a, b) => a.cost - b.cost || a.start - b.start)) {
    if (kept.every(({ start, end }) => hit.end <= start || end <= hit.start)) kept.push(hit);
  }
  return kept;
}
