/** Texts with accents out of UTF-8. V8 decodes UTF-8 a byte at a time where it is not ASCII, and Latin-1 by copying it. */

/** A buffer with Node's own text functions; `toString` and `write` add a lookup of the encoding's name to each call. */
export type TextBuffer = Buffer & {
  utf8Write(text: string, offset: number, length: number): number;
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
};

/** The same bytes as Node's own class. */
export function asBuffer(bytes: Uint8Array): TextBuffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as TextBuffer;
}

/** Room that is used again: a fresh buffer of this size costs more than what is done in it. */
const ROOM = asBuffer(Buffer.allocUnsafeSlow(1 << 20));

/** From here on a leading byte begins a character that Latin-1 lacks: U+0100 is C4 80. */
const BEYOND_LATIN = 0xc4;
const TWO_BYTES = 0xc0;
const HIGH_BITS = 0x80808080 | 0;

/**
 * The texts of a buffer of valid UTF-8, in order. `startOf(i)` is where text i begins, and the end for i = `length`;
 * none begins within a character. Twice as fast as `utf8Slice` for each where few characters are accented (measured).
 */
export function latinTexts(values: TextBuffer, startOf: (index: number) => number, length: number): string[] {
  const { bytes, starts, wide } = squeezed(values, startOf, length);
  const texts = new Array<string>(length);
  for (let i = 0; i < length; i++) {
    const latin = wide[i] === 0;
    texts[i] = latin ? bytes.latin1Slice(starts[i]!, starts[i + 1]!) : values.utf8Slice(startOf(i), startOf(i + 1));
  }
  return texts;
}

interface Squeezed {
  /** The texts in Latin-1; those marked `wide` as they were. */
  readonly bytes: TextBuffer;
  readonly starts: Int32Array;
  readonly wide: Uint8Array;
}

function squeezed(values: TextBuffer, startOf: (index: number) => number, length: number): Squeezed {
  const bytes = values.length <= ROOM.length ? ROOM : asBuffer(Buffer.allocUnsafeSlow(values.length));
  bytes.set(values);
  const starts = new Int32Array(length + 1);
  const wide = new Uint8Array(length);
  let text = 0;
  let from = 0; // what lies before has been moved to before `to`
  let to = 0;
  const meet = (at: number): void => {
    for (; text + 1 < length && at >= startOf(text + 1); text++) starts[text + 1] = startOf(text + 1) - (from - to);
    if (bytes[at]! >= BEYOND_LATIN) {
      wide[text] = 1;
      return;
    }
    if (to < from) bytes.copyWithin(to, from, at);
    to += at - from;
    bytes[to++] = ((bytes[at]! & 3) << 6) | (bytes[at + 1]! & 63);
    from = at + 2;
  };
  eachLead(bytes, values.length, meet);
  if (to < from) bytes.copyWithin(to, from, values.length);
  for (; text < length; text++) starts[text + 1] = startOf(text + 1) - (from - to);
  return { bytes, starts, wide };
}

/** Calls with the place of each byte that begins a character beyond ASCII; four bytes are looked at at once. */
function eachLead(bytes: Buffer, length: number, meet: (at: number) => void): void {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, length >> 2);
  for (let word = 0; word < words.length; word++) {
    if ((words[word]! & HIGH_BITS) === 0) continue;
    for (let at = word * 4; at < word * 4 + 4; at++) if (bytes[at]! >= TWO_BYTES) meet(at);
  }
  for (let at = words.length * 4; at < length; at++) if (bytes[at]! >= TWO_BYTES) meet(at);
}
