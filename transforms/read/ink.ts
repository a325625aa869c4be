/** What of a strip is ink: dark on light whatever it was, and the gaps between its words. */
import { histogramOf, type Plane, rankOf } from "./plane.ts";

/** A stretch of columns, end exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The strip with dark letters on a light ground, stretched to full contrast. */
export function darkOnLight({ width, height, data }: Plane): Plane {
  const counts = histogramOf(data);
  const [low, high] = [rankOf(counts, 0.02), rankOf(counts, 0.98)];
  const span = Math.max(high - low, 16);
  const light = isLightOnDark({ width, height, data }, thresholdOf(counts));
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 1) {
    const value = Math.min(Math.max(Math.round(((data[i]! - low) * 255) / span), 0), 255);
    out[i] = light ? 255 - value : value;
  }
  return { width, height, data: out };
}

/** The ground is what most of the upper and lower edge shows. */
function isLightOnDark({ width, height, data }: Plane, threshold: number): boolean {
  let dark = 0;
  for (let x = 0; x < width; x += 1) {
    if (data[x]! < threshold) dark += 1;
    if (data[(height - 1) * width + x]! < threshold) dark += 1;
  }
  return dark > width;
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

/** Columns without ink of a strip that is dark on light, at least one column wide, the strip's ends included. */
export function gapsOf(strip: Plane): readonly Stretch[] {
  const { width, height, data } = strip;
  const threshold = thresholdOf(histogramOf(data));
  // The outer eighths hold neighbours' tails.
  const [top, bottom] = [height >> 3, height - (height >> 3)];
  const gaps: Stretch[] = [];
  let start = 0;
  for (let x = 0; x <= width; x += 1) {
    let ink = x === width;
    for (let y = top; y < bottom && !ink; y += 1) ink = data[y * width + x]! < threshold;
    if (!ink) continue;
    if (x > start) gaps.push({ start, end: x });
    start = x + 1;
  }
  return gaps;
}
