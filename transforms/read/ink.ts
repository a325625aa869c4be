/** What of a strip is ink: dark on light whatever it was, and the gaps between its words. */
import { histogramOf, type Plane, rankOf } from "./plane.ts";

/** A stretch of columns, end exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The strip with dark letters on a light ground, stretched to full contrast; a ground that changes along it made even. */
export function darkOnLight(strip: Plane): Plane {
  const { width, height, data } = strip;
  const ground = groundOf(strip);
  const counts = new Uint32Array(512);
  for (let i = 0; i < data.length; i += 1) counts[data[i]! - ground[i % width]! + 256]! += 1;
  const [low, high] = [rankOf(counts, 0.02) - 256, rankOf(counts, 0.98) - 256];
  // Letters differ from the ground further than the ground does from itself, one way or the other.
  const light = high > -low;
  const span = Math.max(high - low, 16);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 1) {
    const value = Math.min(Math.max(Math.round(((data[i]! - ground[i % width]! - low) * 255) / span), 0), 255);
    out[i] = light ? 255 - value : value;
  }
  return { width, height, data: out };
}

/** Rows at the upper and lower edge of a strip where no letters reach as a rule, and columns that a ground is even over. */
const EDGE = 5;
const EVEN = 40;

/** The ground's brightness at each column: the median of its edges over the columns around it. */
function groundOf({ width, height, data }: Plane): Int16Array {
  const ground = new Int16Array(width);
  const counts = new Uint32Array(256);
  const count = (x: number, change: number) => {
    if (x < 0 || x >= width) return;
    for (let y = 0; y < EDGE; y += 1) {
      counts[data[y * width + x]!]! += change;
      counts[data[(height - 1 - y) * width + x]!]! += change;
    }
  };
  for (let x = 0; x < EVEN; x += 1) count(x, 1);
  for (let x = 0; x < width; x += 1) {
    count(x + EVEN, 1);
    ground[x] = rankOf(counts, 0.5);
    count(x - EVEN, -1);
  }
  return ground;
}

/** Otsu's threshold: what parts brightnesses into two groups that are most unlike. */
export function thresholdOf(counts: Uint32Array): number {
  let [total, sum] = [0, 0];
  for (const [value, count] of counts.entries()) {
    total += count;
    sum += value * count;
  }
  let [below, sumBelow, best, threshold] = [0, 0, -1, 128];
  for (let value = 0; value < 255; value += 1) {
    below += counts[value]!;
    sumBelow += value * counts[value]!;
    const above = total - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (sum - sumBelow) / above) ** 2;
    if (between > best) [best, threshold] = [between, value + 1];
  }
  return threshold;
}

/** Columns without ink of a strip that is dark on light, the strip's ends included. */
export function gapsOf({ width, height, data }: Plane): readonly Stretch[] {
  const threshold = thresholdOf(histogramOf(data));
  // The outer eighths hold neighbours' tails, and nothing that no letter has further in.
  const [top, bottom] = [height >> 3, height - (height >> 3)];
  const inked = (x: number): boolean => {
    for (let y = top; y < bottom; y += 1) if (data[y * width + x]! < threshold) return true;
    return false;
  };
  const gaps: Stretch[] = [];
  let start = 0;
  for (let x = 0; x <= width; x += 1) {
    if (x < width && !inked(x)) continue;
    if (x > start) gaps.push({ start, end: x });
    start = x + 1;
  }
  return gaps;
}

/** Height of a strip's letters: of the rows that hold at least a fifth of the ink that the fullest row holds. */
export function tallOf({ width, height, data }: Plane): number {
  const threshold = thresholdOf(histogramOf(data));
  const rows = new Array<number>(height).fill(0);
  for (let i = 0; i < data.length; i += 1) if (data[i]! < threshold) rows[Math.floor(i / width)]! += 1;
  const least = Math.max(...rows) / 5;
  return rows.findLastIndex((ink) => ink >= least) - rows.findIndex((ink) => ink >= least) + 1;
}

/** How often a row through the middle of a strip meets ink, for each strip's height of width: letters make it two or three. */
export function strokesOf({ width, height, data }: Plane): number {
  const threshold = thresholdOf(histogramOf(data));
  let runs = 0;
  for (let y = height >> 2; y < height - (height >> 2); y += 1) {
    let inked = false;
    for (let x = 0; x < width; x += 1) {
      const ink = data[y * width + x]! < threshold;
      if (ink && !inked) runs += 1;
      inked = ink;
    }
  }
  return runs / (height - 2 * (height >> 2)) / (width / height);
}
