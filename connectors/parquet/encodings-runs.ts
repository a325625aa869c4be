/**
 * The run-length and bit-packed hybrid (Encodings.md of parquet-format, RLE = 3): a run is a header, then one number
 * to repeat, or groups of eight numbers of `width` bits each, the lowest bit first.
 */
import { MaskingError } from "../../src/errors.ts";

function runHeader(bytes: Uint8Array, at: number): { readonly header: number; readonly at: number } {
  let header = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) break;
    header += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      if (header > 0xffffffff) break;
      return { header, at: at + i + 1 };
    }
  }
  throw new MaskingError("INPUT_MALFORMED");
}

/**
 * Holds the headers alone to `count` numbers, so that nothing is allocated for a promise; too few are
 * INPUT_MALFORMED. The last bit-packed run may be cut after its last needed number: old writers did so.
 */
export function checkRuns(bytes: Uint8Array, width: number, count: number): void {
  const repeated = (width + 7) >>> 3;
  let seen = 0;
  let at = 0;
  while (seen < count) {
    const run = runHeader(bytes, at);
    at = run.at;
    const half = Math.floor(run.header / 2);
    if (run.header % 2 === 0) {
      at += repeated;
      seen += half;
    } else {
      at += Math.min(half * width, Math.ceil(((count - seen) * width) / 8));
      seen += half * 8;
    }
    if (at > bytes.length) throw new MaskingError("INPUT_MALFORMED");
  }
}

/** Fills `out` from runs that `checkRuns` has passed. */
export function decodeRuns(bytes: Uint8Array, width: number, out: Uint8Array | Int32Array): void {
  const unpack = width === 1 ? unpackBits : width <= 24 ? unpackNarrow : unpackWide;
  let seen = 0;
  let at = 0;
  while (seen < out.length) {
    const run = runHeader(bytes, at);
    at = run.at;
    const half = Math.floor(run.header / 2);
    if (run.header % 2 === 0) {
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value |= bytes[at++]! << shift;
      const end = Math.min(seen + half, out.length);
      if (width < 32 && value >>> width !== 0) throw new MaskingError("INPUT_MALFORMED");
      out.fill(value, seen, end);
      seen = end;
    } else {
      const end = Math.min(seen + half * 8, out.length);
      unpack(bytes, at, width, out, seen, end);
      at += half * width;
      seen = end;
    }
  }
}

/** Numbers of `width` bits each, the lowest bit first, from the byte `at` into out[from, to). */
type Unpack = (
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Uint8Array | Int32Array,
  from: number,
  to: number,
) => void;

const unpackNarrow: Unpack = (bytes, at, width, out, from, to) => {
  const mask = (1 << width) - 1;
  let next = at;
  let word = 0;
  let bits = 0;
  for (let i = from; i < to; i++) {
    while (bits < width) {
      word |= bytes[next++]! << bits;
      bits += 8;
    }
    out[i] = word & mask;
    word >>>= width;
    bits -= width;
  }
};

const unpackBits: Unpack = (bytes, at, _, out, from, to) => {
  let next = at;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    const byte = bytes[next++]!;
    out[i] = byte & 1;
    out[i + 1] = (byte >>> 1) & 1;
    out[i + 2] = (byte >>> 2) & 1;
    out[i + 3] = (byte >>> 3) & 1;
    out[i + 4] = (byte >>> 4) & 1;
    out[i + 5] = (byte >>> 5) & 1;
    out[i + 6] = (byte >>> 6) & 1;
    out[i + 7] = byte >>> 7;
  }
  for (let bit = 0; i < to; i++, bit++) out[i] = (bytes[next]! >>> bit) & 1;
};

const unpackWide: Unpack = (bytes, at, width, out, from, to) => {
  for (let i = from; i < to; i++) {
    let value = 0;
    for (let bit = 0; bit < width; ) {
      const position = (i - from) * width + bit;
      const shift = position % 8;
      const taken = Math.min(8 - shift, width - bit);
      value |= ((bytes[at + (position - shift) / 8]! >>> shift) & ((1 << taken) - 1)) << bit;
      bit += taken;
    }
    out[i] = value;
  }
};

/** Runs after `head` free bytes. Eight equal numbers or more, from a multiple of eight on, become a repeated run. */
export function encodeRuns(numbers: Uint8Array | Int32Array, width: number, head: number): Uint8Array {
  const count = numbers.length;
  const groups = Math.ceil(count / 8);
  // At worst each group of eight is a run of its own: up to five bytes of header.
  const out = new Uint8Array(head + groups * (width + 5) + 16);
  let end = head;
  for (let i = 0; i < count; ) {
    const repeats = repeatsFrom(numbers, i);
    if (repeats >= 8 || i + repeats === count) {
      end = putVarint(out, end, repeats * 2);
      for (let shift = 0; shift < width; shift += 8) out[end++] = numbers[i]! >>> shift;
      i += repeats;
      continue;
    }
    let stop = i + 8;
    while (stop < count && repeatsFrom(numbers, stop, 8) < 8) stop += 8;
    end = putVarint(out, end, Math.ceil((stop - i) / 8) * 2 + 1);
    end = pack(numbers, i, Math.min(stop, count), width, out, end);
    i = stop;
  }
  return out.subarray(0, end);
}

function repeatsFrom(numbers: Uint8Array | Int32Array, from: number, enough: number = numbers.length): number {
  const value = numbers[from];
  const stop = Math.min(numbers.length, from + enough);
  let i = from + 1;
  while (i < stop && numbers[i] === value) i++;
  return i - from;
}

function putVarint(out: Uint8Array, at: number, value: number): number {
  let rest = value;
  let end = at;
  for (; rest > 127; rest = Math.floor(rest / 128)) out[end++] = (rest % 128) | 128;
  out[end++] = rest;
  return end;
}

/** Packs numbers[from, to) in groups of eight, the last one filled up with zeros; gives the byte after them. */
function pack(
  numbers: Uint8Array | Int32Array,
  from: number,
  to: number,
  width: number,
  out: Uint8Array,
  at: number,
): number {
  let bit = 0;
  for (let i = from; i < to; i++) {
    const value = numbers[i]!;
    for (let taken = 0; taken < width; ) {
      const shift = bit & 7;
      out[at + (bit >>> 3)]! |= (value >>> taken) << shift;
      const step = Math.min(8 - shift, width - taken);
      taken += step;
      bit += step;
    }
  }
  return at + (Math.ceil((to - from) / 8) * 8 * width) / 8;
}
