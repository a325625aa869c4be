import type { ImageFormat, OpenImage } from "../../src/image-types.ts";
import { once } from "../../src/stream.ts";
import { clean, decoded, readExif, readRuns, readXmp } from "./exif.ts";
import { blankJpeg } from "./jpeg/blank.ts";
import { decodeSegments } from "./jpeg/decode.ts";
import { encodeJpeg } from "./jpeg/encode.ts";
import { type Frame, tagged } from "./jpeg/frame.ts";
import { MARKER, type Segment, segmentsOf } from "./jpeg/markers.ts";
import { qualityOf } from "./jpeg/quality.ts";
import { turnedFrame } from "./jpeg/turn.ts";
import { checkSize, type ImageLimits } from "./limits.ts";
import { pageOf, type Samples, turned } from "./samples.ts";
import { openSharp, reading } from "./sharp.ts";

/**
 * JPEG. A clean copy is made when the image is opened: coefficients, density and colour transform, nothing else of the
 * file. What is looked at is that copy, so nothing can be in the answer that could not be seen. It is never encoded
 * again: units that no box touches keep their coefficients. The one exception is an orientation that would move a unit
 * which is only partly within the picture: then pixels are turned and encoded once, with quality and sampling as told by
 * the file's tables.
 */
export function jpegFormat(limits: ImageLimits): ImageFormat {
  return {
    name: "jpeg",
    suffix: ".jpg",
    headBytes: 3,
    matches: (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff,
    async open(bytes) {
      const segments = segmentsOf(bytes);
      const frame = decodeSegments(segments, bytes.length, { pixels: limits.megapixels * 1e6 });
      checkSize(frame.width, frame.height, 1, limits);
      const { orientation, carried } = carriedBy(segments);
      return openClean(await upright(frame, orientation), carried);
    },
  };
}

function openClean(copy: Uint8Array, carried: readonly string[]): OpenImage {
  return {
    carried,
    async *pages() {
      yield pageOf(await look(copy));
    },
    redact: ({ boxes, fill }) => once(boxes[0]?.length ? blankJpeg(copy, boxes[0], { fill }) : copy),
  };
}

async function look(jpeg: Uint8Array): Promise<Samples> {
  const image = await openSharp(jpeg);
  const { space } = await reading(image.metadata());
  const { data, info } = await reading(
    image
      .toColourspace(space === "b-w" ? "b-w" : "srgb")
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, channels: info.channels as 1 | 3, data };
}

async function upright(frame: Frame, orientation: number): Promise<Uint8Array> {
  if (orientation === 1) return encodeJpeg(frame);
  const moved = turnedFrame(frame, orientation);
  if (moved) return encodeJpeg(moved);
  const { width, height, channels, data } = turned(await look(encodeJpeg(frame)), orientation);
  const { hMax, vMax, components } = frame;
  const image = await openSharp(data as Uint8Array, { raw: { width, height, channels } });
  const chromaSubsampling = components.length > 1 && hMax * vMax > 1 ? "4:2:0" : "4:4:4";
  const grey = channels === 1 ? image.toColourspace("b-w") : image;
  return reading(grey.jpeg({ quality: qualityOf(frame), chromaSubsampling }).toBuffer());
}

function carriedBy(segments: readonly Segment[]): { orientation: number; carried: readonly string[] } {
  const texts: string[] = [];
  let orientation = 1;
  for (const { marker, payload } of segments) {
    if (marker === MARKER.APP1 && tagged(payload, "Exif\0\0")) {
      const exif = readExif(payload.subarray(6));
      if (orientation === 1) orientation = exif.orientation;
      texts.push(...exif.texts);
    } else if (marker === MARKER.APP1 && tagged(payload, "http")) texts.push(...readXmp(payload));
    else if (marker === MARKER.APP13) texts.push(...readRuns(payload));
    else if (marker === MARKER.COM) texts.push(decoded(payload));
  }
  return { orientation, carried: clean(texts) };
}
