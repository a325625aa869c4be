import type { PixelFormat } from "./format.ts";

/** Samples of one frame, pixel by pixel, little endian; colours side by side. YBR_FULL_422 is spread to three samples. */
export interface Samples {
  readonly format: PixelFormat;
  readonly values: Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;
}

/** A native frame's bytes as samples: a copy, in this machine's byte order. `bit`: where in `bytes` it starts, for single bits. */
export function samplesOf(bytes: Uint8Array, format: PixelFormat, little: boolean, bit = 0): Samples {
  const { rows, columns, bitsAllocated, photometric, planar } = format;
  const count = rows * columns;
  if (bitsAllocated === 1) {
    const values = new Uint8Array(count);
    for (let i = 0; i < count; i++) values[i] = (bytes[(bit + i) >> 3]! >> ((bit + i) & 7)) & 1;
    return { format, values };
  }
  const stored = typed(aligned(bytes, bitsAllocated / 8, little), format);
  if (photometric === "YBR_FULL_422") return { format, values: spread(stored, count) };
  return { format, values: planar ? interleaved(stored, count) : stored };
}

/** The samples as they were stored. Of YBR_FULL_422 a pair's chroma is its first pixel's. */
export function bytesOfSamples({ format, values }: Samples, little: boolean): Uint8Array {
  const { rows, columns, bitsAllocated, photometric, planar } = format;
  const count = rows * columns;
  const stored = photometric === "YBR_FULL_422" ? paired(values, count) : planar ? separated(values, count) : values;
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  return aligned(bytes, bitsAllocated / 8, little);
}

/** Single bits, eight in a byte from its lowest on. */
export function packedBits(values: Samples["values"]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  for (let i = 0; i < values.length; i++) if (values[i]) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

/** The value's bits that count, with the sign that the format gives them. */
export function storedValue(value: number, { bitsStored, bitsAllocated, signed }: PixelFormat): number {
  if (bitsStored === bitsAllocated || bitsAllocated === 1) return value;
  const shift = 32 - bitsStored;
  return signed ? (value << shift) >> shift : (value << shift) >>> shift;
}

/**
 * Takes out, in place, what stands in the bits above the stored ones: pictures and text can stand there, retired overlays
 * among them, and no window shows them. True where there was something other than zeros or the value's sign.
 */
export function clearUnused({ format, values }: Samples): boolean {
  const { bitsStored, bitsAllocated } = format;
  if (bitsAllocated === 1 || bitsStored === bitsAllocated) return false;
  const mask = 2 ** bitsStored - 1;
  let found = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= 0 && value <= mask) continue;
    const stored = storedValue(value, format);
    if (stored === value) continue;
    values[i] = stored;
    found = true;
  }
  return found;
}

/** A copy whose numbers are in this machine's order, at an address that typed arrays accept. */
function aligned(bytes: Uint8Array, size: number, little: boolean): Uint8Array<ArrayBuffer> {
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  if (!little && size === 2) copy.swap16();
  if (!little && size === 4) copy.swap32();
  return copy;
}

function typed(bytes: Uint8Array<ArrayBuffer>, { bitsAllocated, signed }: PixelFormat): Samples["values"] {
  const { buffer, byteOffset, length } = bytes;
  if (bitsAllocated === 8) return new (signed ? Int8Array : Uint8Array)(buffer, byteOffset, length);
  if (bitsAllocated === 16) return new (signed ? Int16Array : Uint16Array)(buffer, byteOffset, length >> 1);
  return new (signed ? Int32Array : Uint32Array)(buffer, byteOffset, length >> 2);
}

function interleaved(values: Samples["values"], count: number): Samples["values"] {
  const out = values.slice();
  for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) out[i * 3 + c] = values[c * count + i]!;
  return out;
}

function separated(values: Samples["values"], count: number): Samples["values"] {
  const out = values.slice();
  for (let i = 0; i < count; i++) for (let c = 0; c < 3; c++) out[c * count + i] = values[i * 3 + c]!;
  return out;
}

/** Y1 Y2 Cb Cr for two pixels becomes Y Cb Cr for each (PS3.3, C.7.6.3.1.2). */
function spread(values: Samples["values"], count: number): Uint8Array {
  const out = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const pair = (i >> 1) * 4;
    out[i * 3] = values[pair + (i & 1)]!;
    out[i * 3 + 1] = values[pair + 2]!;
    out[i * 3 + 2] = values[pair + 3]!;
  }
  return out;
}

function paired(values: Samples["values"], count: number): Uint8Array {
  const out = new Uint8Array(count * 2);
  for (let i = 0; i < count; i++) {
    const pair = (i >> 1) * 4;
    out[pair + (i & 1)] = values[i * 3]!;
    if ((i & 1) === 0) {
      out[pair + 2] = values[i * 3 + 1]!;
      out[pair + 3] = values[i * 3 + 2]!;
    }
  }
  return out;
}
