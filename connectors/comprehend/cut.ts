/** A stretch of a longer text; `start` counts UTF-16 code units. */
export interface Piece {
  readonly start: number;
  readonly text: string;
}

/** Code units that neighbours share at most, so that what stands at a cut is seen whole by one of them. */
const OVERLAP = 500;

const encoder = new TextEncoder();

/**
 * The text in pieces of at most `limit` bytes of UTF-8 (at least 16), cut after a sentence where there is one in the
 * last fifth, else at white space, never within a character. Pieces overlap by up to 500 units. Well-formed text only.
 */
export function cutText(text: string, limit: number): readonly Piece[] {
  if (Buffer.byteLength(text) <= limit) return [{ start: 0, text }];
  const room = new Uint8Array(limit);
  const pieces: Piece[] = [];
  for (let start = 0; ; ) {
    const { read } = encoder.encodeInto(text.slice(start, start + limit), room);
    const full = start + read;
    if (full >= text.length) return [...pieces, { start, text: text.slice(start) }];
    const end = lastBreak(text, start + Math.ceil(read * 0.8), full);
    pieces.push({ start, text: text.slice(start, end) });
    start = firstBreak(text, end - Math.min(OVERLAP, Math.floor(read / 10)), end);
  }
}

/** The last place from `from` to `to` where a sentence or else a word ends; `to` where none does. */
function lastBreak(text: string, from: number, to: number): number {
  const part = text.slice(from, to);
  const sentence = last(part, /[.!?]\s|\n/g);
  return from + (sentence ?? last(part, /\s/g) ?? to - from);
}

/** The first place from `from` where a sentence or else a word begins, in the first half of the way to `to`. */
function firstBreak(text: string, from: number, to: number): number {
  const part = text.slice(from, from + Math.ceil((to - from) / 2));
  const found = /[.!?]\s|\n/.exec(part) ?? /\s/.exec(part);
  const start = found ? from + found.index + found[0].length : from;
  return isLow(text, start) ? start - 1 : start;
}

function last(part: string, pattern: RegExp): number | undefined {
  let end: number | undefined;
  for (const match of part.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}

function isLow(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
