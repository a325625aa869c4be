/** Rectangles at any angle: around a cloud of points, grown, and as corners. */
import type { Box, Point } from "../../src/image-types.ts";

/** Four corners, clockwise on a page whose y grows downwards. */
export type Quad = readonly [Point, Point, Point, Point];

/** The corners of a polygon without dents around the points. Andrew's monotone chain. */
export function hullOf(points: readonly Point[]): readonly Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const chain = (all: readonly Point[]): Point[] => {
    const kept: Point[] = [];
    for (const point of all) {
      while (kept.length >= 2 && turn(kept.at(-2)!, kept.at(-1)!, point) <= 0) kept.pop();
      kept.push(point);
    }
    kept.pop();
    return kept;
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/** A rectangle by its middle, its long side first. `angle` of the long side: radians, -π/2 up to π/2, clockwise as seen. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly long: number;
  readonly short: number;
  readonly angle: number;
}

/** The smallest rectangle around a polygon without dents; one of its sides lies on one of the polygon's. */
export function smallestRect(hull: readonly Point[]): Rect {
  let best: Rect | undefined;
  for (const [i, a] of hull.entries()) {
    const b = hull[(i + 1) % hull.length]!;
    const angle = Math.atan2(b.y - a.y, b.x - a.x);
    const rect = rectAt(hull, angle);
    if (!best || rect.long * rect.short < best.long * best.short) best = rect;
  }
  return best ?? { x: 0, y: 0, long: 0, short: 0, angle: 0 };
}

function rectAt(points: readonly Point[], angle: number): Rect {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    const along = x * cos + y * sin;
    const down = y * cos - x * sin;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, down);
    bottom = Math.max(bottom, down);
  }
  const [along, down] = [(left + right) / 2, (top + bottom) / 2];
  const centre = { x: along * cos - down * sin, y: along * sin + down * cos };
  const [wide, tall] = [right - left, bottom - top];
  return wide >= tall
    ? { ...centre, long: wide, short: tall, angle: folded(angle) }
    : { ...centre, long: tall, short: wide, angle: folded(angle + Math.PI / 2) };
}

/** The same direction of a line, between -π/2 and π/2. */
function folded(angle: number): number {
  const turns = Math.round(angle / Math.PI);
  return angle - turns * Math.PI;
}

/** The rectangle with `distance` more on every side. */
export function grown(rect: Rect, distance: number): Rect {
  return { ...rect, long: rect.long + 2 * distance, short: rect.short + 2 * distance };
}

/** Corners in reading order of a text that runs along the long side, from the end that lies further left or up. */
export function quadOf({ x, y, long, short, angle }: Rect): Quad {
  const along = { x: (Math.cos(angle) * long) / 2, y: (Math.sin(angle) * long) / 2 };
  const down = { x: (-Math.sin(angle) * short) / 2, y: (Math.cos(angle) * short) / 2 };
  return [
    { x: x - along.x - down.x, y: y - along.y - down.y },
    { x: x + along.x - down.x, y: y + along.y - down.y },
    { x: x + along.x + down.x, y: y + along.y + down.y },
    { x: x - along.x + down.x, y: y - along.y + down.y },
  ];
}

export function cornersOf({ x, y, width, height }: Box): Quad {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

/** Where a part of a quad lies: `left` to `right` along its upper side and `top` to `bottom` down, shares from 0 to 1. */
export function partOf(quad: Quad, left: number, top: number, right: number, bottom: number): Quad {
  const [p, q, r, s] = quad;
  const at = (u: number, v: number): Point => ({
    x: (p.x * (1 - u) + q.x * u) * (1 - v) + (s.x * (1 - u) + r.x * u) * v,
    y: (p.y * (1 - u) + q.y * u) * (1 - v) + (s.y * (1 - u) + r.y * u) * v,
  });
  return [at(left, top), at(right, top), at(right, bottom), at(left, bottom)];
}

/** The same quad read from its other end or side: `turns` quarter turns clockwise. */
export function turned(quad: Quad, turns: number): Quad {
  return [0, 1, 2, 3].map((corner) => quad[(corner + turns) % 4]!) as unknown as Quad;
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
