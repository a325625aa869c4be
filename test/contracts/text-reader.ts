import { expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { Box, Raster, TextReader, Word } from "../../src/image-types.ts";
import { newPicture } from "../fakes/pictures.ts";
import { runOf } from "../fakes/rows.ts";

/** What every `TextReader` owes its callers. `open` gives one reader that all tests may share. */
export function textReaderContract(open: () => TextReader): void {
  const blank = (width: number, height: number, channels: 1 | 3 | 4): Raster => ({
    width,
    height,
    channels,
    data: new Uint8Array(width * height * channels).fill(255),
  });

  it("has a name and a version", () => {
    expect(open().name).toMatch(/^[a-z_]+$/);
    expect(open().version).not.toBe("");
  });

  it("reads words, in order, each within its box", async () => {
    const picture = newPicture(420, 160, [255, 255, 255]);
    const style = { font: "Arimo", size: 26, colour: [0, 0, 0] } as const;
    const drawn = [
      ...(await picture.write("Name: Jane Rowling", 20, 50, style)),
      ...(await picture.write("Seen 07/22/1943", 20, 110, style)),
    ];
    const words = await open().read(picture.raster, runOf());
    expect(words.map(({ text }) => text)).toEqual(["Name:", "Jane", "Rowling", "Seen", "07/22/1943"]);
    for (const [i, { box }] of drawn.entries()) expect(coverOf(box, words[i]!)).toBeGreaterThan(0.9);
    expect(words.map(({ line }) => line)).toEqual([...words].sort((a, b) => a.line - b.line).map(({ line }) => line));
    expect(new Set(words.map(({ line }) => line)).size).toBe(2);
    for (const { polygon, score } of words) {
      expect(polygon).toHaveLength(4);
      expect(score).toBeGreaterThan(0.5);
      expect(score).toBeLessThanOrEqual(1);
      for (const { x, y } of polygon) {
        expect(x >= 0 && x <= 420 && y >= 0 && y <= 160).toBe(true);
      }
    }
  });

  it.each<[number, number, 1 | 3 | 4]>([
    [1, 1, 1],
    [1, 1, 3],
    [1, 1, 4],
    [120, 90, 3],
    [1200, 3, 1],
    [3, 1200, 1],
  ])("finds nothing in a blank of %i by %i", async (width, height, channels) => {
    expect(await open().read(blank(width, height, channels), runOf())).toEqual([]);
  });

  it("refuses a raster whose bytes do not fit its size", async () => {
    const raster = { ...blank(20, 20, 3), width: 21 };
    await expect(open().read(raster, runOf())).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
    await expect(open().read({ ...raster, width: 0 }, runOf())).rejects.toBeInstanceOf(MaskingError);
  });

  it("throws once the run is stopped", async () => {
    const stopped = runOf(undefined, AbortSignal.abort());
    await expect(open().read(blank(64, 64, 1), stopped)).rejects.toMatchObject({ code: "STOPPED" });
  });
}

/** Share of a box that the bounds of a word's polygon cover. */
export function coverOf(box: Box, { polygon }: Word): number {
  const [xs, ys] = [polygon.map(({ x }) => x), polygon.map(({ y }) => y)];
  const wide = Math.min(Math.max(...xs), box.x + box.width) - Math.max(Math.min(...xs), box.x);
  const high = Math.min(Math.max(...ys), box.y + box.height) - Math.max(Math.min(...ys), box.y);
  return (Math.max(0, wide) * Math.max(0, high)) / (box.width * box.height);
}
