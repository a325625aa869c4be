/** Comments and application data within compressed frames: text beside the pixels, which no header shows. */
import type { Compression } from "../syntax.ts";
import { type FrameFragments, joinedFrame } from "./frames.ts";

/** What encoders sign their streams with: a product and its version. */
const SIGNATURE =
  /^(?:Kakadu-v|Created by OpenJPEG version |OpenJPH Ver |JasPer Version |Lavc|LEAD Technologies )[\d. ]{0,16}$/;

/**
 * The frame without comments and application data, pixels untouched: JPEG's COM and APPn but those that decoders need
 * (0: JFIF, 8: colour transform of JPEG-LS, 14: Adobe), JPEG 2000's COM, and what follows the end of the image. The very
 * fragments where there is none. Encoders' signatures stay.
 */
export function withoutComments(fragments: FrameFragments, compression: Compression): FrameFragments {
  if (compression === "rle" || compression === "deflate" || compression === "none") return fragments;
  const stream = joinedFrame(fragments);
  const isJ2k = compression === "jpeg-2000" || compression === "htj2k";
  const kept = isJ2k ? keptOfJ2k(stream) : keptOfJpeg(stream);
  const length = kept.reduce((sum, piece) => sum + piece.length, 0);
  return length === stream.length ? fragments : [Buffer.concat(kept)];
}

function keptOfJpeg(stream: Uint8Array): readonly Uint8Array[] {
  const kept: Uint8Array[] = [stream.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= stream.length && stream[at] === 0xff && stream[at + 1] !== 0xda && stream[at + 1] !== 0xd9) {
    const marker = stream[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + stream[at + 2]! * 256 + stream[at + 3]!;
    const isData = marker === 0xfe || (marker >= 0xe0 && marker <= 0xef && ![0xe0, 0xe8, 0xee].includes(marker));
    if (!isData || isSignature(stream.subarray(at + 4, end))) kept.push(stream.subarray(at, end));
    at = end;
  }
  kept.push(stream.subarray(at, endOfImage(stream)));
  return kept;
}

/** Where the stream's end marker ends, with padding after it; the stream's own end where it has none. */
function endOfImage(stream: Uint8Array): number {
  const last = Buffer.from(stream.buffer, stream.byteOffset, stream.length).lastIndexOf(Buffer.of(0xff, 0xd9));
  if (last === -1) return stream.length;
  const tail = stream.subarray(last + 2);
  return tail.every((byte) => byte === 0 || byte === 0xff) ? stream.length : last + 2;
}

function keptOfJ2k(stream: Uint8Array): readonly Uint8Array[] {
  const kept: Uint8Array[] = [stream.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= stream.length && stream[at] === 0xff && stream[at + 1] !== 0x90 && stream[at + 1] !== 0xd9) {
    const end = at + 2 + stream[at + 2]! * 256 + stream[at + 3]!;
    const isComment = stream[at + 1] === 0x64;
    // The first two bytes say whether the comment is text.
    if (!isComment || isSignature(stream.subarray(at + 4, end))) kept.push(stream.subarray(at, end));
    at = end;
  }
  kept.push(stream.subarray(at, endOfImage(stream)));
  return kept;
}

/** JPEG 2000 puts two bytes before the text that say how it is encoded. */
function isSignature(bytes: Uint8Array): boolean {
  const from = bytes[0] === 0 && bytes[1] === 1 ? 2 : 0;
  return SIGNATURE.test(Buffer.from(bytes.subarray(from)).toString("latin1").replaceAll("\0", ""));
}
