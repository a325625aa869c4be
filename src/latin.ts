/** Texts with accents out of UTF-8 and back. V8 takes a byte at a time where UTF-8 is not ASCII, and copies Latin-1. */
import { isAscii } from "node:buffer";
import { type LatinModule, newLatinModule } from "./latin-module.ts";

/** A buffer with Node's own text functions; `toString` and `write` add a lookup of the encoding's name to each call. */
export type TextBuffer = Buffer & {
  utf8Write(text: string, offset: number, length: number): number;
  latin1Write(text: string, offset: number, length: number): number;
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
};

/** The same bytes as Node's own class. */
export function asBuffer(bytes: Uint8Array): TextBuffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as TextBuffer;
}

/** Room of the module: what is read lies from 0 on, what is written from `OUT` on. Nothing in it outlives a call. */
const IN_BYTES = 1 << 20;
const OUT = IN_BYTES + 64;
const OUT_BYTES = 3 * IN_BYTES;
const BEYOND_LATIN = /[^\0-\xff]/;

let loaded: (LatinModule & { readonly room: TextBuffer }) | undefined;

function module(): LatinModule & { readonly room: TextBuffer } {
  if (!loaded) {
    const made = newLatinModule(OUT + OUT_BYTES + 64);
    loaded = { ...made, room: asBuffer(new Uint8Array(made.memory.buffer)) };
  }
  return loaded;
}

/**
 * The texts of a buffer of valid UTF-8, in order. `startOf(i)` is where text i begins, and the end for i = `length`;
 * none begins within a character. Three times as fast as `utf8Slice` for each where most is Latin-1 (measured).
 */
export function latinTexts(values: TextBuffer, startOf: (index: number) => number, length: number): string[] {
  const { squeeze, room } = module();
  const texts = new Array<string>(length);
  let [first, copied] = [0, 0]; // the bytes that lie in the room
  let to = OUT;
  for (let i = 0; i < length; i++) {
    const start = startOf(i);
    const end = startOf(i + 1);
    if (end > copied) {
      first = start;
      copied = Math.min(values.length, start + IN_BYTES);
      room.set(values.subarray(first, copied), 0);
      to = OUT;
    }
    const written = end <= copied ? squeeze(start - first, end - first, to) : -1;
    texts[i] = written < 0 ? values.utf8Slice(start, end) : room.latin1Slice(to, written);
    if (written >= 0) to = written;
  }
  return texts;
}

/** UTF-16 units that `asciiBytes` takes at once. */
export const ASCII_ROOM: number = OUT_BYTES;

/** Texts end to end, at most `ASCII_ROOM` in all; undefined where one is not ASCII. */
export function asciiBytes(texts: readonly (string | null)[]): Uint8Array | undefined {
  const { room } = module();
  let to = OUT;
  for (const text of texts) {
    if (text === null) continue;
    if (BEYOND_LATIN.test(text)) return undefined; // it would be cut to bytes, which may be ASCII
    to += room.latin1Write(text, to, text.length);
  }
  const whole = room.subarray(OUT, to);
  return isAscii(whole) ? ownCopy(whole) : undefined;
}

/** In memory of its own: what holds the bytes is used again, or holds other texts. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}

/**
 * Texts as UTF-8 end to end, in a buffer of its own; undefined where they may be too large for the room. `ends`: one
 * more than texts, and as many UTF-16 units as all have in the last; it gets the place behind each.
 */
export function latinBytes(texts: readonly (string | null)[], ends: Float64Array): Uint8Array | undefined {
  if (ends[texts.length]! > IN_BYTES) return undefined;
  const { expand, room } = module();
  let to = OUT;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    if (text !== null) {
      // V8 keeps text without such characters in one byte each, and then knows the answer without looking.
      if (BEYOND_LATIN.test(text)) to += room.utf8Write(text, to, room.length - to);
      else to = expand(0, room.latin1Write(text, 0, IN_BYTES), to);
    }
    ends[i + 1] = to - OUT;
  }
  return ownCopy(room.subarray(OUT, to));
}
