/** Faces of an image whichever way up it is. */
import type { Box, Raster } from "../../src/image-types.ts";
import type { FoundFace } from "./faceNet.ts";
import { type Plane, planesOf, resized } from "./plane.ts";

/** The network looks at 512 pixels; more than twice as many give it nothing. */
const LONGEST = 1024;
/** A side of fewer pixels holds no face that anybody could tell. */
const LEAST = 12;
/** Share of a face's size that is covered beyond it: the network's boxes leave out hair, ears and chin. */
const MARGIN = 0.2;
/** Turned pictures must be surer: four looks see four times as many shadows. */
const SURE_TURNED = 0.5;

type Net = (image: Raster) => Promise<readonly FoundFace[]>;

/** Boxes in pixels of the image, a margin around each, within the image. Faces seen at two turns come twice. */
export async function findFaces(image: Raster, net: Net): Promise<readonly Box[]> {
  if (Math.min(image.width, image.height) < LEAST) return [];
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const [width, height] = [Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))];
  const whole = { x: 0, y: 0, width: image.width, height: image.height };
  const planes = planesOf(image).map((plane) => (scale === 1 ? plane : resized(plane, whole, width, height)));
  const boxes: Box[] = [];
  for (const turns of [0, 1, 2, 3]) {
    for (const { box, score } of await net(turned(planes, turns))) {
      if (turns !== 0 && score < SURE_TURNED) continue;
      const back = turnedBack(box, turns, width, height);
      boxes.push(withMargin(scaled(back, 1 / scale), image));
    }
  }
  return boxes;
}

/** The planes as one picture of three channels, turned clockwise by quarters. */
export function turned(planes: readonly Plane[], turns: number): Raster {
  const { width, height } = planes[0]!;
  const [wide, high] = turns % 2 === 0 ? [width, height] : [height, width];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < high; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      const [sx, sy] = sourceOf(x, y, turns, width, height);
      for (let c = 0; c < 3; c += 1) data[(y * wide + x) * 3 + c] = planes[c]!.data[sy * width + sx]!;
    }
  }
  return { width: wide, height: high, channels: 3, data };
}

function sourceOf(x: number, y: number, turns: number, width: number, height: number): readonly [number, number] {
  if (turns === 0) return [x, y];
  if (turns === 1) return [y, height - 1 - x];
  return turns === 2 ? [width - 1 - x, height - 1 - y] : [width - 1 - y, x];
}

/** A box of the turned picture as one of the picture before; `width` and `height` are those before. */
export function turnedBack({ x, y, width: w, height: h }: Box, turns: number, width: number, height: number): Box {
  if (turns === 0) return { x, y, width: w, height: h };
  if (turns === 1) return { x: y, y: height - x - w, width: h, height: w };
  return turns === 2
    ? { x: width - x - w, y: height - y - h, width: w, height: h }
    : { x: width - y - h, y: x, width: h, height: w };
}

function scaled({ x, y, width, height }: Box, by: number): Box {
  return { x: x * by, y: y * by, width: width * by, height: height * by };
}

function withMargin({ x, y, width, height }: Box, image: Raster): Box {
  const [across, down] = [width * MARGIN, height * MARGIN];
  const [left, top] = [Math.max(0, x - across), Math.max(0, y - down)];
  const [right, bottom] = [Math.min(image.width, x + width + across), Math.min(image.height, y + height + down)];
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}
