import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { Box, ImageFormat, OpenImage, Page } from "../../src/image-types.ts";
import { bytesOf, collect } from "../../src/stream.ts";
import { quietRun } from "../fakes/images.ts";

/** A file of the format under test. */
export interface ImageCase {
  readonly name: string;
  make(): Promise<Uint8Array>;
  readonly pages: number;
  /** Pixels around a box that may go with it: a JPEG's unit less one. 0 where left out. */
  readonly around?: number;
  /** How much a sample may differ where nothing was covered; 0 where left out. */
  readonly slack?: number;
  /** How much samples under a box may differ from each other; as `slack` where left out. */
  readonly uneven?: number;
}

export const BOX: Box = { x: 10.4, y: 6.2, width: 30.1, height: 11 };

/** The image again with boxes, the same on every page, in red. */
export async function redacted(image: OpenImage, boxes: readonly (readonly Box[])[]): Promise<Uint8Array> {
  const how = { boxes, fill: [255, 0, 0], subject: { id: null }, maskText: async () => [] } as const;
  return bytesOf(image.redact(how));
}

/** What every image format must hold. */
export function imageFormatContract(format: ImageFormat, cases: readonly ImageCase[]): void {
  const open = async (bytes: Uint8Array) => format.open(bytes, quietRun());
  const pagesOf = async (bytes: Uint8Array) => collect((await open(bytes)).pages());

  describe(`${format.name} is an ImageFormat`, () => {
    it.each(cases)("knows its own by the first bytes alone: $name", async ({ make }) => {
      const bytes = await make();
      expect(format.matches(bytes.subarray(0, format.headBytes))).toBe(true);
      expect(format.matches(Buffer.alloc(format.headBytes, 32))).toBe(false);

      expect(format.matches(new Uint8Array())).toBe(false);
    });

    it.each(cases)("gives every page, as often as it is asked: $name", async ({ make, pages }) => {
      const image = await open(await make());
      for (const again of [1, 2]) {
        const seen = await collect(image.pages());
        expect([again, seen.length]).toEqual([again, pages]);
        for (const page of seen) {
          for (const each of [page, ...(page.views ?? [])]) {
            expect([each.width, each.height]).toEqual([page.width, page.height]);
            expect(each.data.length).toBe(each.width * each.height * each.channels);
          }
        }
      }
    });

    it.each(cases)("keeps pixels where nothing is covered: $name", async ({ make, slack = 0 }) => {
      const bytes = await make();
      const before = await pagesOf(bytes);
      const after = await pagesOf(
        await redacted(
          await open(bytes),
          before.map(() => []),
        ),
      );
      expect(after.map(({ width, height, channels }) => [width, height, channels])).toEqual(
        before.map(({ width, height, channels }) => [width, height, channels]),
      );
      for (const [i, page] of after.entries())
        expect(farthest(before[i]!, page, () => true)).toBeLessThanOrEqual(slack);
    });

    it.each(cases)(
      "covers boxes in one colour and nothing beyond: $name",
      async ({ make, around = 0, slack = 0, uneven = slack }) => {
        const bytes = await make();
        const before = await pagesOf(bytes);
        const after = await pagesOf(
          await redacted(
            await open(bytes),
            before.map(() => [BOX]),
          ),
        );
        const outside = (x: number, y: number) =>
        x < Math.floor(BOX.x) - around || x >= Math.ceil(BOX.x + BOX.width) + around ||
        y < Math.floor(BOX.y) - around || y >= Math.ceil(BOX.y + BOX.height) + around; // biome-ignore format: one condition
        for (const [i, page] of after.entries()) {
          expect(farthest(before[i]!, page, outside)).toBeLessThanOrEqual(slack);
          expect(spreadWithin(page, BOX)).toBeLessThanOrEqual(uneven);
        }
      },
    );

    it.each(cases)("says the same twice: $name", async ({ make }) => {
      const bytes = await make();
      const boxes = Array.from({ length: 9 }, () => [BOX]);
      expect(Buffer.compare(await redacted(await open(bytes), boxes), await redacted(await open(bytes), boxes))).toBe(
        0,
      );
    });

    it.each(cases)("refuses a half of it: $name", async ({ make }) => {
      const bytes = await make();
      const failure = await whole(open, bytes.subarray(0, bytes.length >> 1));
      expect(failure instanceof MaskingError && failure.code).toBe("IMAGE_UNREADABLE");
    });
  });
}

/** Opens, looks at and redacts; the error, where there is one. */
export async function whole(open: (bytes: Uint8Array) => Promise<OpenImage>, bytes: Uint8Array): Promise<unknown> {
  try {
    const image = await open(bytes);
    const pages = await collect(image.pages());
    await redacted(
      image,
      pages.map(() => [BOX]),
    );
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The largest difference of a sample within the part of the page. */
function farthest(one: Page, other: Page, within: (x: number, y: number) => boolean): number {
  let most = 0;
  for (let i = 0; i < one.data.length; i++) {
    const pixel = Math.floor(i / one.channels);
    if (within(pixel % one.width, Math.floor(pixel / one.width)))
      most = Math.max(most, Math.abs(one.data[i]! - other.data[i]!));
  }
  return most;
}

/** How far samples of one channel lie apart within a box. */
function spreadWithin({ data, width, channels }: Page, box: Box): number {
  let most = 0;
  const first = (Math.floor(box.y) * width + Math.floor(box.x)) * channels;
  for (let y = Math.floor(box.y); y < Math.ceil(box.y + box.height); y++) {
    for (let x = Math.floor(box.x); x < Math.ceil(box.x + box.width); x++) {
      for (let c = 0; c < channels; c++) {
        most = Math.max(most, Math.abs(data[(y * width + x) * channels + c]! - data[first + c]!));
      }
    }
  }
  return most;
}
