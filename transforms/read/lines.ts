/** Lines of a page as they are read: which way up, in which order, and what both readers made of each. */
import type { Found } from "./page.ts";
import { type Quad, quadOf, turned } from "./rects.ts";

/** A line with its direction decided. */
export interface Line {
  readonly quad: Quad;
  /** How likely there is text at all, 0 to 1. */
  readonly score: number;
  /** Quarter turns clockwise from upright to how it runs: 0 left to right, 1 downwards, 2 upside down, 3 upwards. */
  readonly turns: number;
}

/** A line this many times as high as wide runs downwards or upwards; less is a short word that stands upright. */
const TALL = 1.5;

/** The line as if nothing of the page were turned: upright, or downwards where it is tall. */
export function lineOf({ rect, score }: Found): Line {
  const quad = quadOf(rect);
  if (Math.abs(rect.angle) <= Math.PI / 4) return { quad, score, turns: 0 };
  // The long side runs down (or up, where the angle is negative).
  const down = rect.angle > 0 ? quad : turned(quad, 2);
  return rect.long >= TALL * rect.short ? { quad: down, score, turns: 1 } : { quad: turned(down, 3), score, turns: 0 };
}

/** The same line read from its other end. */
export function flipped({ quad, score, turns }: Line): Line {
  return { quad: turned(quad, 2), score, turns: (turns + 2) % 4 };
}

/** Lines whose middles are nearer than half their height stand in one row; beyond this many heights they part again. */
const SAME_ROW = 0.5;
const FAR = 6;

/**
 * Reading order: the direction that most lines share first, row by row, each row from its start. Each line comes with
 * the number of its row; what stands far apart in a row counts as two.
 */
export function inOrder<L extends Line>(lines: readonly L[]): readonly { readonly line: L; readonly row: number }[] {
  const weights = [0, 0, 0, 0];
  for (const { turns, quad } of lines)
    weights[turns]! += Math.abs(quad[1].x - quad[0].x) + Math.abs(quad[1].y - quad[0].y);
  const directions = [0, 1, 2, 3].sort((a, b) => weights[b]! - weights[a]!);
  let row = 0;
  return directions.flatMap((turns) =>
    rowsOf(lines.filter((line) => line.turns === turns)).flatMap((placed) => {
      const numbered = placed.map(({ line, start }, at) => {
        const former = placed[at - 1];
        if (former && start - former.end > FAR * former.height) row += 1;
        return { line, row };
      });
      row += 1;
      return numbered;
    }),
  );
}

interface Placed<L> {
  readonly line: L;
  /** Along the direction of reading. */
  readonly start: number;
  readonly end: number;
  /** Across it. */
  readonly middle: number;
  readonly height: number;
}

function rowsOf<L extends Line>(lines: readonly L[]): readonly (readonly Placed<L>[])[] {
  const rows: Placed<L>[][] = [];
  for (const placed of lines.map(place).sort((a, b) => a.middle - b.middle)) {
    const row = rows.at(-1);
    const last = row?.at(-1);
    if (row && last && Math.abs(placed.middle - last.middle) < SAME_ROW * Math.min(placed.height, last.height))
      row.push(placed);
    else rows.push([placed]);
  }
  return rows.map((row) => row.sort((a, b) => a.start - b.start));
}

function place<L extends Line>(line: L): Placed<L> {
  const { quad, turns } = line;
  const sign = turns === 0 || turns === 1 ? 1 : -1;
  const along = quad.map(({ x, y }) => sign * (turns % 2 === 0 ? x : y));
  const across = quad.map(({ x, y }) => (turns === 0 || turns === 3 ? 1 : -1) * (turns % 2 === 0 ? y : x));
  const height =
    (Math.hypot(quad[3].x - quad[0].x, quad[3].y - quad[0].y) +
      Math.hypot(quad[2].x - quad[1].x, quad[2].y - quad[1].y)) /
    2;
  return {
    line,
    start: Math.min(...along),
    end: Math.max(...along),
    middle: across.reduce((sum, each) => sum + each, 0) / 4,
    height,
  };
}
