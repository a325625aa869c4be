/** Deflated Image Frame Compression: each frame by itself, as it would stand uncompressed (PS3.5, A.4.13). */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { MaskingError } from "../../../../src/errors.ts";
import { frameBits, type PixelFormat } from "./format.ts";
import { bytesOfSamples, packedBits, type Samples, samplesOf } from "./samples.ts";

/** Throws IMAGE_UNREADABLE where the stream is damaged or holds another number of samples. */
export function inflatedFrame(stream: Uint8Array, format: PixelFormat): Samples {
  const size = Math.ceil(frameBits(format) / 8);
  try {
    const bytes = inflateRawSync(stream, { maxOutputLength: size + 1 });
    if (bytes.length === size || bytes.length === size + (size % 2)) {
      return samplesOf(bytes.subarray(0, size), format, true);
    }
  } catch {} // said below
  throw new MaskingError("IMAGE_UNREADABLE");
}

export function deflatedFrame(samples: Samples): Uint8Array {
  const single = samples.format.bitsAllocated === 1;
  return deflateRawSync(single ? packedBits(samples.values) : bytesOfSamples(samples, true));
}
