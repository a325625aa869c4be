import type { Lexicon } from "./lexicon.ts";

/** What a token is made of. */
export const TOKEN = { word: 0, number: 1, mixed: 2, mark: 3, possessive: 4 } as const;
/** How a word is written: `john`, `John`, `JOHN`, `McDonald`, `J`. */
export const SHAPE = { lower: 0, capital: 1, upper: 2, camel: 3, initial: 4 } as const;
/** What stands before a token: nothing, blanks, a line break, an empty line or the start of the text. */
export const GAP = { none: 0, space: 1, line: 2, paragraph: 3 } as const;

/** The tokens of one text as columns. Valid until the tokenizer that made them is called again. */
export interface Tokens {
  /** The folded text that the offsets count in. */
  readonly text: string;
  readonly count: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly kind: Uint8Array;
  readonly shape: Uint8Array;
  readonly gap: Uint8Array;
  /** Lexicon info of words, 0 for other tokens. */
  readonly info: Uint32Array;
  /** Lower case; the character itself for a mark. Apostrophes inside a word are left out: `obrien`. */
  readonly word: readonly string[];
  /** Lexicon info of a phrase: lower-case words joined by one blank. */
  readonly lookup: (phrase: string) => number;
}

/** The class of each ASCII unit: 0 mark, 1 digit, 2 lower case, 3 upper case, 4 blank, 5 line break. */
const CLASS = new Uint8Array(128);
for (let code = 0x30; code <= 0x39; code += 1) CLASS[code] = 1;
for (let code = 0x61; code <= 0x7a; code += 1) CLASS[code] = 2;
for (let code = 0x41; code <= 0x5a; code += 1) CLASS[code] = 3;
for (const code of [0x20, 0x09, 0x0b, 0x0c]) CLASS[code] = 4;
for (const code of [0x0a, 0x0d]) CLASS[code] = 5;

const LETTER = /^[\p{L}\p{M}]$/u;
const UPPER = /^\p{Lu}$/u;
const APOSTROPHE = 0x27;

/** A function that cuts a folded text into tokens and looks its words up. It owns the arrays that it answers with. */
export function tokenizer(lexicon: Lexicon): (text: string) => Tokens {
  let room = 1024;
  let columns = allocate(room);
  return (text) => {
    const words: string[] = [];
    let count = 0;
    let gap: number = GAP.paragraph;
    for (let at = 0; at < text.length; ) {
      const kind = classAt(text, at);
      if (kind === 4) {
        if (gap < GAP.space) gap = GAP.space;
        at += 1;
        continue;
      }
      if (kind === 5) {
        const pair = text.charCodeAt(at) === 0x0d && text.charCodeAt(at + 1) === 0x0a;
        gap = gap >= GAP.line ? GAP.paragraph : GAP.line;
        at += pair ? 2 : 1;
        continue;
      }
      if (count === room) {
        columns = enlarge(columns, room * 2);
        room *= 2;
      }
      const end = kind === 0 ? markEnd(text, at) : runEnd(text, at);
      const token = kind === 0 ? markAt(text, at, end) : describe(text, at, end);
      columns.start[count] = at;
      columns.end[count] = end;
      columns.kind[count] = token.kind;
      columns.shape[count] = token.shape;
      columns.gap[count] = gap;
      columns.info[count] = token.kind === TOKEN.word ? lexicon.info(token.word) : 0;
      words.push(token.word);
      count += 1;
      gap = GAP.none;
      at = end;
    }
    if (count + BEYOND > room) {
      columns = enlarge(columns, room * 2);
      room *= 2;
    }
    closeAt(columns, count);
    return { text, count, ...columns, word: words, lookup: lexicon.info };
  };
}

/** How many places past the last token rules may look at: they hold marks of an empty text, nothing of an earlier one. */
const BEYOND = 32;

function closeAt(columns: Columns, count: number): void {
  for (let at = count; at < count + BEYOND; at += 1) {
    columns.start[at] = columns.end[at] = columns.shape[at] = columns.info[at] = 0;
    columns.kind[at] = TOKEN.mark;
    columns.gap[at] = GAP.paragraph;
  }
}

type Columns = Pick<Tokens, "start" | "end" | "kind" | "shape" | "gap" | "info">;

function allocate(room: number): Columns {
  return {
    start: new Int32Array(room),
    end: new Int32Array(room),
    kind: new Uint8Array(room),
    shape: new Uint8Array(room),
    gap: new Uint8Array(room),
    info: new Uint32Array(room),
  };
}

function enlarge(old: Columns, room: number): Columns {
  const wide = allocate(room);
  for (const name of Object.keys(wide) as (keyof Columns)[]) wide[name].set(old[name]);
  return wide;
}

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 128) return CLASS[code] as number;
  if (code >= 0xd800 && code <= 0xdfff)
    return LETTER.test(String.fromCodePoint(text.codePointAt(at) as number)) ? 2 : 0;
  const letter = text[at] as string;
  if (!LETTER.test(letter)) return 0;
  return UPPER.test(letter) ? 3 : 2;
}

/** A mark is one character, so that no finding can part the two halves of a surrogate pair; `'s` is one token. */
function markEnd(text: string, at: number): number {
  const code = text.codePointAt(at) as number;
  if (code === APOSTROPHE && (text.charCodeAt(at + 1) | 0x20) === 0x73 && !isWordUnit(text, at + 2)) return at + 2;
  return at + (code > 0xffff ? 2 : 1);
}

function markAt(text: string, at: number, end: number): { kind: number; shape: number; word: string } {
  const possessive = text.charCodeAt(at) === APOSTROPHE && end - at === 2;
  return { kind: possessive ? TOKEN.possessive : TOKEN.mark, shape: SHAPE.lower, word: text.slice(at, end) };
}

function runEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length) {
    if (isWordUnit(text, end)) {
      end += isPairAt(text, end) ? 2 : 1;
      continue;
    }
    const joins = text.charCodeAt(end) === APOSTROPHE && isLetterAt(text, end - 1) && isLetterAt(text, end + 1);
    const genitive = joins && (text.charCodeAt(end + 1) | 0x20) === 0x73 && !isWordUnit(text, end + 2);
    if (!joins || genitive) break;
    end += 1;
  }
  return end;
}

function isPairAt(text: string, at: number): boolean {
  return (text.codePointAt(at) as number) > 0xffff;
}

function isWordUnit(text: string, at: number): boolean {
  if (at >= text.length) return false;
  const kind = classAt(text, at);
  return kind >= 1 && kind <= 3;
}

function isLetterAt(text: string, at: number): boolean {
  const kind = at < text.length ? classAt(text, at) : 0;
  return kind === 2 || kind === 3;
}

function describe(text: string, start: number, end: number): { kind: number; shape: number; word: string } {
  let digits = 0;
  let lowers = 0;
  let uppers = 0;
  for (let at = start; at < end; at += 1) {
    const kind = classAt(text, at);
    if (kind === 1) digits += 1;
    else if (kind === 2) lowers += 1;
    else if (kind === 3) uppers += 1;
  }
  const raw = text.slice(start, end);
  const lower = raw.toLowerCase();
  const word = lower.includes("'") ? lower.replaceAll("'", "") : lower;
  const letters = lowers + uppers;
  const kind = letters === 0 ? TOKEN.number : digits === 0 ? TOKEN.word : TOKEN.mixed;
  const first = classAt(text, start) === 3;
  return { kind, shape: shapeOf(letters, lowers, uppers, first, raw), word };
}

function shapeOf(letters: number, lowers: number, uppers: number, first: boolean, raw: string): number {
  if (uppers === 0) return SHAPE.lower;
  if (letters === 1) return SHAPE.initial;
  if (lowers === 0) return SHAPE.upper;
  if (!first) return SHAPE.camel;
  return uppers === 1 || /^[A-Z]'[A-Z][a-z]+$/.test(raw) ? SHAPE.capital : SHAPE.camel;
}
