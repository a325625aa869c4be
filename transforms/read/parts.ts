/** A line of text cut into words: what a reader saw, and where in its strip. */
import type { Stretch } from "./ink.ts";
import type { Letter } from "./letters.ts";

/** One word of a strip. */
export interface Part {
  readonly text: string;
  /** Pixels of the strip. */
  readonly left: number;
  readonly right: number;
  readonly score: number;
}

/**
 * No gap that is narrower parts words, as a share of the letters' height: where the other reader parts them there too;
 * where it saw nothing; and where it read on. A blank is some 0.45 in print, a full stop between digits of one width 0.4.
 */
const LEAST_GAPS = { parted: 0.22, unseen: 0.43, joined: 0.5 };
/** How far beside its letter a network may see it: one and a half steps of eight pixels. */
const AMISS = 12;

/** What partsOf must know of a strip. */
export interface Ink {
  readonly width: number;
  /** Columns without ink. */
  readonly gaps: readonly Stretch[];
  /** Height of the letters. */
  readonly tall: number;
}

/** A cut between two letters: before letter `at`, where the gap lies. */
interface Break {
  readonly at: number;
  readonly gap: Stretch;
}

/**
 * Words from letters and the gaps between ink: a blank that the reader saw parts them, and so does a gap that is wide
 * beside the others of its line, since readers lose the blanks of small text. The words' ends are those of their ink.
 * `others`: the words of another reader.
 */
export function partsOf(letters: readonly Letter[], ink: Ink, others: readonly Part[] = []): readonly Part[] {
  const { gaps, width } = ink;
  const seen = letters.filter(({ char }) => char.trim() !== "");
  if (seen.length === 0) return [];
  const breaks = breaksOf(letters, seen, ink, others);
  const start = gaps[0]?.start === 0 ? Math.min(gaps[0].end, seen[0]!.x) : 0;
  const end = gaps.at(-1)?.end === width ? Math.max(gaps.at(-1)!.start, seen.at(-1)!.x) : width;
  return [...breaks, undefined].map((next, i): Part => {
    const former = breaks[i - 1];
    const own = seen.slice(former?.at ?? 0, next?.at ?? seen.length);
    const text = own.map(({ char }) => char).join("");
    return { text, left: former?.gap.end ?? start, right: next?.gap.start ?? end, score: meanOf(own) };
  });
}

function breaksOf(
  letters: readonly Letter[],
  seen: readonly Letter[],
  { gaps, width, tall }: Ink,
  others: readonly Part[],
): readonly Break[] {
  const blanks = blanksOf(letters);
  const inner = gaps.filter(({ start, end }) => start > 0 && end < width);
  const breaks = new Map<number, Stretch>();
  const used = new Set<Stretch>();
  const least = leastGap(seen, blanks, inner);
  const parts = (gap: Stretch) => {
    const beside = leastBeside(gap, others);
    return sizeOf(gap) >= Math.max(beside === LEAST_GAPS.parted ? 0 : least, tall * beside);
  };
  for (const gap of inner.filter(parts)) {
    const at = boundaryOf(gap, seen, blanks);
    if (at === undefined || (breaks.has(at) && sizeOf(breaks.get(at)!) >= sizeOf(gap))) continue;
    breaks.set(at, gap);
    used.add(gap);
  }
  for (const at of blanks) {
    if (breaks.has(at)) continue;
    const [from, to] = [seen[at - 1]!.x, seen[at]!.x];
    const gap = widestOf(
      inner.filter((each) => !used.has(each)),
      from - AMISS / 2,
      to + AMISS / 2,
    );
    breaks.set(at, gap ?? { start: (from + to) / 2, end: (from + to) / 2 });
  }
  const sorted = [...breaks].sort(([a], [b]) => a - b).map(([at, gap]) => ({ at, gap }));
  return sorted.filter(({ gap }, i) => i === 0 || gap.start >= sorted[i - 1]!.gap.end);
}

/** Before which letters the reader saw a blank. */
function blanksOf(letters: readonly Letter[]): ReadonlySet<number> {
  const blanks = new Set<number>();
  let count = 0;
  for (const [at, { char }] of letters.entries()) {
    if (char.trim() !== "") count += 1;
    else if (count > 0 && letters.slice(at).some((next) => next.char.trim() !== "")) blanks.add(count);
  }
  return blanks;
}

/** How wide a gap of this line must be to part words: wider than those within its words, as wide as its blanks nearly. */
function leastGap(seen: readonly Letter[], blanks: ReadonlySet<number>, gaps: readonly Stretch[]): number {
  const [within, between]: [number[], number[]] = [[], []];
  for (let at = 1; at < seen.length; at += 1) {
    const widest = widestOf(gaps, seen[at - 1]!.x - AMISS / 2, seen[at]!.x + AMISS / 2);
    if (widest) (blanks.has(at) ? between : within).push(sizeOf(widest));
  }
  const usual = within.sort((a, b) => a - b)[Math.floor(within.length / 2)] ?? 0;
  return Math.max(2.5 * usual, 0.75 * (between.length > 0 ? Math.min(...between) : 0));
}

function leastBeside(gap: Stretch, others: readonly Part[]): number {
  const middle = (gap.start + gap.end) / 2;
  const [before, after] = [others.some(({ left }) => left < middle), others.some(({ right }) => right > middle)];
  if (!before || !after) return LEAST_GAPS.unseen;
  return others.some(({ left, right }) => left < middle && right > middle) ? LEAST_GAPS.joined : LEAST_GAPS.parted;
}

/** The letter that begins after a gap: the nearest, a blank before it counting for it; undefined at the ends. */
function boundaryOf(gap: Stretch, seen: readonly Letter[], blanks: ReadonlySet<number>): number | undefined {
  const middle = (gap.start + gap.end) / 2;
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let at = 1; at < seen.length; at += 1) {
    const off = Math.abs((seen[at - 1]!.x + seen[at]!.x) / 2 - middle) - (blanks.has(at) ? AMISS : 0);
    if (off < least) [best, least] = [at, off];
  }
  return least < AMISS + sizeOf(gap) / 2 ? best : undefined;
}

function widestOf(gaps: readonly Stretch[], from: number, to: number): Stretch | undefined {
  let widest: Stretch | undefined;
  for (const gap of gaps) {
    const middle = (gap.start + gap.end) / 2;
    if (middle > from && middle < to && (!widest || sizeOf(gap) > sizeOf(widest))) widest = gap;
  }
  return widest;
}

function sizeOf({ start, end }: Stretch): number {
  return end - start;
}

function meanOf(letters: readonly Letter[]): number {
  return letters.reduce((sum, { score }) => sum + score, 0) / letters.length;
}
