import { describe, expect, it } from "vitest";
import { combsOf } from "../../transforms/read/combs.ts";
import type { Plane } from "../../transforms/read/plane.ts";

const [WIDE, HIGH] = [600, 400];

interface Drawing extends Plane {
  fill(x: number, y: number, width: number, height: number, value?: number): void;
}

function paper(ground = 255, ink = 40): Drawing {
  const data = new Uint8Array(WIDE * HIGH).fill(ground);
  return {
    width: WIDE,
    height: HIGH,
    data,
    fill(x, y, width, height, value = ink) {
      for (let row = y; row < y + height; row += 1) data.fill(value, row * WIDE + x, row * WIDE + x + width);
    },
  };
}

/** Boxes side by side from (50, `y`), rulings two pixels thick; something in the first `filled` of them. */
function boxes(on: Drawing, y: number, count: number, wide: number, high: number, filled = count): void {
  on.fill(50, y, count * wide + 2, 2);
  on.fill(50, y + high, count * wide + 2, 2);
  for (let i = 0; i <= count; i += 1) on.fill(50 + i * wide, y, 2, high);
  for (let i = 0; i < filled; i += 1) on.fill(50 + i * wide + wide / 2 - 3, y + high / 4, 6, high / 2);
}

function drawn(draw: (on: Drawing) => void, ground?: number, ink?: number): Plane {
  const on = paper(ground, ink);
  draw(on);
  return on;
}

describe("rows of boxes for letters", () => {
  it.each([
    ["printed black", drawn((on) => boxes(on, 100, 8, 44, 48)), { x: 50, y: 100, width: 354, height: 50 }],
    [
      "in a light colour",
      drawn((on) => boxes(on, 100, 8, 44, 48), 250, 215),
      { x: 50, y: 100, width: 354, height: 50 },
    ],
    ["light on dark", drawn((on) => boxes(on, 20, 6, 20, 24), 0, 200), { x: 50, y: 20, width: 122, height: 26 }],
    [
      "with three of ten filled in",
      drawn((on) => boxes(on, 60, 10, 30, 32, 3)),
      { x: 50, y: 60, width: 302, height: 34 },
    ],
  ])("are seen %s", (_, plane, box) => {
    expect(combsOf(plane)).toEqual([box]);
  });

  it("are seen in two rows that share a ruling", () => {
    const plane = drawn((on) => {
      boxes(on, 100, 8, 40, 40);
      boxes(on, 140, 8, 40, 40);
    });
    expect(combsOf(plane).length).toBe(2);
  });

  it.each([
    ["empty ones", drawn((on) => boxes(on, 100, 8, 44, 48, 0))],
    ["two boxes", drawn((on) => boxes(on, 100, 2, 60, 48))],
    ["columns of a table", drawn((on) => boxes(on, 100, 4, 120, 40))],
    [
      "squared paper with a curve on it",
      drawn((on) => {
        for (let row = 0; row < 6; row += 1) boxes(on, 20 + row * 50, 10, 50, 50);
      }),
    ],
    ["a ruling under text", drawn((on) => on.fill(50, 200, 400, 2))],
    [
      "a scale with ticks",
      drawn((on) => {
        on.fill(50, 200, 400, 2);
        for (let i = 0; i < 20; i += 1) on.fill(50 + i * 20, 190, 2, 10);
      }),
    ],
    ["bars", drawn((on) => [60, 120, 180, 240].forEach((x) => void on.fill(x, 100, 30, 120)))],
    ["a dark block", drawn((on) => on.fill(50, 50, 400, 200))],
    ["nothing", drawn(() => {})],
  ])("are not seen in %s", (_, plane) => {
    expect(combsOf(plane)).toEqual([]);
  });
});
