/** How much of a gold page a reader saw. */
import type { Box, Point, Word } from "../../src/image-types.ts";
import type { GoldPage, GoldWord } from "./pages.ts";

export interface Score {
  words: number;
  /** At least 80 % of the ink's box lies under boxes. */
  covered: number;
  /** A word or reading over it says exactly this, case and punctuation aside. */
  whole: number;
  /** A word or reading over it holds this. */
  within: number;
  phi: number;
  phiCovered: number;
  phiWhole: number;
  /** Words of the reader that lie on no gold word. */
  stray: number;
  pages: number;
}

export const newScore = (): Score => ({
  ...{ words: 0, covered: 0, whole: 0, within: 0, phi: 0, phiCovered: 0, phiWhole: 0, stray: 0, pages: 0 },
});

/** Adds a page to the scores. `boxes`: what would be covered if every word were. The gold words missed are given back. */
export function scorePage(
  score: Score,
  page: GoldPage,
  words: readonly Word[],
  boxes: readonly Box[],
): readonly string[] {
  score.pages += 1;
  const missed: string[] = [];
  for (const gold of page.words) {
    const over = words.filter(({ polygon }) => touches(boundsOf(polygon), boundsOf(gold.polygon)));
    const said = over.flatMap(({ text, also = [] }) => [text, ...also]);
    const wanted = plain(gold.text);
    const whole = said.some((text) => text.split(" ").some((part) => plain(part) === wanted));
    const within = whole || said.some((text) => plain(text).includes(wanted));
    const covered = shareUnder(gold.polygon, boxes) >= 0.8;
    score.words += 1;
    score.covered += Number(covered);
    score.whole += Number(whole);
    score.within += Number(within);
    if (gold.phi) {
      score.phi += 1;
      score.phiCovered += Number(covered);
      score.phiWhole += Number(whole);
    }
    if (!whole || !covered) missed.push(`${gold.text}${covered ? "" : " (bare)"} <- ${said.join(" | ")}`);
  }
  const strays = words.filter(
    ({ polygon }) => !page.words.some((gold) => touches(boundsOf(polygon), boundsOf(gold.polygon))),
  );
  score.stray += strays.length;
  return missed;
}

/** Share of points spread over the polygon that lie under boxes. */
export function shareUnder(polygon: GoldWord["polygon"], boxes: readonly Box[]): number {
  const [p, q, r, s] = polygon as readonly [Point, Point, Point, Point];
  let [hits, count] = [0, 0];
  for (let i = 0; i < 40; i += 1) {
    for (let j = 0; j < 12; j += 1) {
      const [u, v] = [(i + 0.5) / 40, (j + 0.5) / 12];
      const x = (p.x * (1 - u) + q.x * u) * (1 - v) + (s.x * (1 - u) + r.x * u) * v;
      const y = (p.y * (1 - u) + q.y * u) * (1 - v) + (s.y * (1 - u) + r.y * u) * v;
      count += 1;
      if (boxes.some((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height)) hits += 1;
    }
  }
  return hits / count;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function boundsOf(points: readonly Point[]): Box {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function touches(a: Box, b: Box): boolean {
  return (
    Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 2 &&
    Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 2
  );
}
