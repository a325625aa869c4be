import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box, FaceFinder, Raster } from "../../src/image-types.ts";
import { openFaces } from "../../src/job/faces.ts";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { findFaces, turned, turnedBack } from "../../transforms/read/facesIn.ts";
import { planesOf } from "../../transforms/read/plane.ts";
import { filesBelow, KEY } from "../cli/phimask.ts";
import { inkReader } from "../fakes/ink.ts";
import { runOf } from "../fakes/rows.ts";

describe("four turns", () => {
  const [width, height] = [40, 30];
  const mark: Box = { x: 5, y: 3, width: 8, height: 4 };
  const raster: Raster = { width, height, channels: 1, data: new Uint8Array(width * height) };
  for (let y = 0; y < mark.height; y += 1)
    raster.data.fill(255, (mark.y + y) * width + mark.x, (mark.y + y) * width + mark.x + mark.width);

  /** Finds the white box of a picture, as sure as it is told to be. */
  const whiteBox = (score: number) => async (picture: Raster) => {
    const white = [...picture.data.keys()].filter((at) => at % 3 === 0 && picture.data[at] === 255).map((at) => at / 3);
    const [xs, ys] = [white.map((at) => at % picture.width), white.map((at) => Math.floor(at / picture.width))];
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return [{ box: { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 }, score }];
  };

  it.each([0, 1, 2, 3])("turn %i finds its way back", async (turns) => {
    const [found] = await whiteBox(1)(turned(planesOf(raster), turns));
    expect(turnedBack(found!.box, turns, width, height)).toEqual(mark);
  });

  it("give boxes with a margin within the picture; turned ones must be surer", async () => {
    const sure = await findFaces(raster, whiteBox(0.9));
    expect(sure).toHaveLength(4);
    for (const box of sure) {
      expect(box.x).toBeCloseTo(3.4);
      expect(box.y).toBeCloseTo(2.2);
      expect(box.width).toBeCloseTo(11.2);
      expect(box.height).toBeCloseTo(5.6);
    }
    expect(await findFaces(raster, whiteBox(0.45))).toHaveLength(1);
  });
});

describe("the embedded face finder", () => {
  const photographs = join(
    dirname(createRequire(import.meta.url).resolve("@vladmandic/face-api/package.json")),
    "demo",
  );
  let finder: FaceFinder & { close(): Promise<void> };
  beforeAll(async () => {
    finder = await openFaces();
  });
  afterAll(() => finder.close());

  async function photograph(turns: number): Promise<Raster> {
    const picture = sharp(join(photographs, "sample3.jpg"))
      .resize({ width: 720 })
      .rotate(turns * 90);
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) };
  }

  it.each([1])("finds three faces at %i quarter turns", async (turns) => {
    const boxes = await finder.find(await photograph(turns), runOf());
    // Middles of the three faces, by eye, on the picture 720 wide and 506 high.
    for (const [x, y] of [
      [257, 174],
      [600, 161],
      [444, 136],
    ] as const) {
      const [px, py] = turns === 0 ? [x, y] : [506 - y, x];
      const over = (box: Box) => px > box.x && px < box.x + box.width && py > box.y && py < box.y + box.height;
      expect(boxes.some(over), `${x},${y}`).toBe(true);
    }
  });

  it("are covered in the images of a job that asks for it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "phimask-faces-"));
    await mkdir(join(folder, "raw"));
    const { data, ...raw } = await photograph(0);
    await sharp(data, { raw }).png().toFile(join(folder, "raw/a.png"));
    const text = `
version: 1
source: {path: raw, format: images}
target: {path: out}
columns: {image: {mask: image, faces: true}}
`;
    const job = await openJob(parseJob(text, []), { folder, key: KEY, readers: [inkReader()] });
    expect(job.policy.detectors.map(({ version }) => version).join()).toContain("@vladmandic/face-api@");
    expect((await runJob(job)).status).toBe("ok");
    const [file] = [...(await filesBelow(join(folder, "out"))).keys()].filter((name) => name.endsWith(".png"));
    const masked = await sharp(join(folder, "out", file!))
      .removeAlpha()
      .raw()
      .toBuffer();
    const pixel = (x: number, y: number) => [...masked.subarray((y * 720 + x) * 3, (y * 720 + x) * 3 + 3)];
    expect([pixel(257, 174), pixel(600, 161), pixel(444, 136)]).toEqual(Array(3).fill([0, 0, 0]));
    expect(pixel(5, 500)).not.toEqual([0, 0, 0]);
    await rm(folder, { recursive: true });
  });

  it.each<[number, number, 1 | 4]>([
    [1, 1, 1],
    [2000, 2, 1],
    [300, 200, 4],
  ])("finds none in a blank of %i by %i", async (width, height, channels) => {
    const data = new Uint8Array(width * height * channels).fill(200);
    expect(await finder.find({ width, height, channels, data }, runOf())).toEqual([]);
  });

  it("refuses bytes that do not fit, and stops with the run", async () => {
    const raster: Raster = { width: 3, height: 3, channels: 1, data: new Uint8Array(8) };
    await expect(finder.find(raster, runOf())).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
    const stopped = runOf(undefined, AbortSignal.abort());
    await expect(finder.find({ ...raster, data: new Uint8Array(9) }, stopped)).rejects.toMatchObject({
      code: "STOPPED",
    });
  });
});
