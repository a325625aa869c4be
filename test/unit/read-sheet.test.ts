import { describe, expect, it } from "vitest";
import type { Raster } from "../../src/image-types.ts";
import { onPage, sheetOf } from "../../transforms/read/sheet.ts";

/** Grey paper of 100 by 60 with a mark at (30, 20), 10 wide and 5 high. */
function paper(ground: number, ink: number, channels: 1 | 3 = 1): Raster {
  const data = new Uint8Array(100 * 60 * channels).fill(ground);
  for (let y = 20; y < 25; y += 1) data.fill(ink, (y * 100 + 30) * channels, (y * 100 + 40) * channels);
  return { width: 100, height: 60, channels, data };
}

describe("the sheet of a page", () => {
  it.each([
    ["dark on light", paper(255, 0)],
    ["light on dark", paper(0, 255)],
    ["faint", paper(200, 195)],
    ["in colours that are none", paper(255, 0, 3)],
  ])("%s: holds what is on the page in a frame of the page's ground", (_, page) => {
    const { part, planes } = sheetOf(page)!;
    expect(part).toEqual({ x: 30, y: 20, width: 10, height: 5 });
    expect(planes[0]).toBe(planes[2]);
    expect([planes[0].width, planes[0].height]).toEqual([74, 69]);
    expect([planes[0].data[0], planes[0].data[32 * 74 + 32]]).toEqual([
      page.data[0],
      page.data[(20 * 100 + 30) * page.channels],
    ]);
  });

  it("sees a mark that is in one colour alone", () => {
    const page = paper(255, 255, 3);
    page.data[(50 * 100 + 99) * 3 + 2] = 0;
    expect(sheetOf(page)!.part).toEqual({ x: 99, y: 50, width: 1, height: 1 });
  });

  it("is none where nothing but noise differs from the ground", () => {
    const page = paper(250, 250);
    for (let i = 0; i < page.data.length; i += 7) page.data[i] = 247;
    expect(sheetOf(page)).toBeUndefined();
  });

  it("is the whole page where marks stand in its corners", () => {
    const page = paper(255, 0);
    page.data[0] = 0;
    page.data[page.data.length - 1] = 0;
    expect(sheetOf(page)!.part).toEqual({ x: 0, y: 0, width: 100, height: 60 });
  });

  it("gives places back on the page, none outside of it", () => {
    const sheet = sheetOf(paper(255, 0))!;
    const corners = [
      { x: 32, y: 32 },
      { x: 42, y: 32 },
      { x: 500, y: 37 },
      { x: -500, y: 37 },
    ] as const;
    expect(onPage(corners, sheet)).toEqual([
      { x: 30, y: 20 },
      { x: 40, y: 20 },
      { x: 100, y: 25 },
      { x: 0, y: 25 },
    ]);
  });
});
