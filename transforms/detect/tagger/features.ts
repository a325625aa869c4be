import type { Note } from "../grades.ts";
import { GAP } from "../tokens.ts";
import { type Atoms, atomsOf, candidatesOf, PAD } from "./atoms.ts";

/** The features of a note's candidates as rows of the model's table. */
export interface Features {
  /** Token of each candidate, ascending. */
  readonly token: Int32Array;
  readonly count: number;
  /** `FEATURES` rows for each candidate. */
  readonly rows: Int32Array;
}

/** How many features a token has. */
export const FEATURES = 37;
/** Of these, the ones made of the word itself come first: in training they are left out of some names. */
export const OWN_WORD = 4;
/** Rows of the table, as a power of two. */
export const BITS = 18;

const MASK = (1 << BITS) - 1;

/** The features of every token that may be part of a name or place. */
export function featuresOf(note: Note): Features {
  const { tokens } = note;
  const atoms = atomsOf(note);
  const token = new Int32Array(tokens.count);
  let count = 0;
  const may = candidatesOf(note);
  for (let at = 0; at < tokens.count; at += 1) {
    if (may[at] === 1) {
      token[count] = at;
      count += 1;
    }
  }
  const rows = new Int32Array(count * FEATURES);
  const lines = lineWords(note, atoms);
  for (let which = 0; which < count; which += 1)
    fill(note, atoms, lines, token[which] as number, rows, which * FEATURES);
  return { token, count, rows };
}

/** What heads the line of each token: its first word, and the last word before a colon in it. */
interface Lines {
  readonly head: Int32Array;
  readonly label: Int32Array;
  /** How far the token is from the line's start or a colon before it, and from a colon after it: below 60. */
  readonly place: Uint8Array;
}

function lineWords({ tokens }: Note, atoms: Atoms): Lines {
  const head = new Int32Array(tokens.count);
  const label = new Int32Array(tokens.count);
  const place = new Uint8Array(tokens.count);
  let [first, last, since] = [0, 0, 0];
  for (let at = 0; at < tokens.count; at += 1) {
    if ((tokens.gap[at] as number) >= GAP.line) {
      first = atoms.word[at + PAD] as number;
      last = 0;
      since = 0;
    }
    head[at] = first;
    label[at] = last;
    place[at] = 6 * (Math.min(since, 4) + (last === 0 ? 0 : 5));
    since += 1;
    if (tokens.word[at] === ":" && at > 0) {
      last = atoms.word[at + PAD - 1] as number;
      since = 0;
    } else if (/^[.?!;]$/.test(tokens.word[at] as string)) last = 0;
  }
  for (let at = tokens.count - 1, until = 5; at >= 0; at -= 1) {
    until = tokens.word[at] === ":" ? 0 : Math.min(until + 1, 5);
    place[at] = (place[at] as number) + until;
    if ((tokens.gap[at] as number) >= GAP.line) until = 5;
  }
  return { head, label, place };
}

function fill(note: Note, atoms: Atoms, lines: Lines, at: number, rows: Int32Array, from: number): void {
  const { tokens } = note;
  const { word, shape, lists, sort, cue } = atoms;
  const { gap } = tokens;
  const p = at + PAD;
  const raw = tokens.word[at] as string;
  const [own, own_, mine] = [word[p] as number, shape[p] as number, sort[p] as number];
  const opens = gap[at] as number;
  const closes = at + 1 < tokens.count ? (gap[at + 1] as number) : GAP.paragraph;
  const mode = (note.quiet ? 1 : 0) | (note.shouted[at] === 1 ? 2 : 0);
  const [w1, w2, n1, n2] = [word[p - 1] as number, word[p - 2] as number, word[p + 1] as number, word[p + 2] as number];
  const [s1, s2, t1, t2] = [sort[p - 1] as number, sort[p - 2] as number, sort[p + 1] as number, sort[p + 2] as number];
  const [c1, c2, d1, d2] = [cue[p - 1] as number, cue[p - 2] as number, cue[p + 1] as number, cue[p + 2] as number];
  const end = tail(raw, 2);
  rows[from] = mixed(1, own, 0);
  rows[from + 1] = mixed(2, own, own_);
  rows[from + 2] = mixed(3, own, w1);
  rows[from + 3] = mixed(4, own, n1);
  rows[from + 4] = mixed(5, tail(raw, 3), mode);
  rows[from + 5] = mixed(6, end, own_);
  rows[from + 6] = mixed(7, tail(raw, 4), 0);
  rows[from + 7] = mixed(8, start(raw, 3), own_);
  rows[from + 8] = mixed(9, start(raw, 2), end);
  rows[from + 9] = mixed(10, lists[p] as number, own_);
  rows[from + 10] = mixed(11, lists[p] as number, opens * 4 + mode);
  rows[from + 11] = mixed(12, (note.grade[at] as number) * 64 + (cue[p] as number), own_);
  rows[from + 12] = mixed(13, w1, 0);
  rows[from + 13] = mixed(14, n1, 0);
  rows[from + 14] = mixed(15, w2, 0);
  rows[from + 15] = mixed(16, n2, 0);
  rows[from + 16] = mixed(17, w1, mine);
  rows[from + 17] = mixed(18, n1, mine);
  rows[from + 18] = mixed(19, w1, w2);
  rows[from + 19] = mixed(20, n1, n2);
  rows[from + 20] = mixed(21, w2, mine * 256 + s1);
  rows[from + 21] = mixed(22, n2, mine * 256 + t1);
  rows[from + 22] = mixed(23, c1, mine);
  rows[from + 23] = mixed(24, d1, mine);
  rows[from + 24] = mixed(25, c1 * 256 + c2, mine);
  rows[from + 25] = mixed(26, d1 * 256 + d2, mine);
  rows[from + 26] = mixed(27, c1 * 256 + d1, mine);
  rows[from + 27] = mixed(28, lists[p - 1] as number, (shape[p - 1] as number) * 64 + own_);
  rows[from + 28] = mixed(29, lists[p + 1] as number, (shape[p + 1] as number) * 64 + own_);
  rows[from + 29] = mixed(30, s1 * 256 + mine, t1);
  rows[from + 30] = mixed(31, s2 * 256 + s1, mine);
  rows[from + 31] = mixed(32, mine * 256 + t1, t2);
  rows[from + 32] = mixed(
    33,
    (shape[p - 1] as number) * 4096 + own_ * 64 + (shape[p + 1] as number),
    (shape[p - 2] as number) * 64 + (shape[p + 2] as number),
  );
  rows[from + 33] = mixed(34, lines.head[at] as number, own_);
  rows[from + 34] = mixed(35, lines.label[at] as number, mine);
  rows[from + 35] = mixed(36, opens * 4 + closes, mine * 4 + mode);
  rows[from + 36] = mixed(37, lines.place[at] as number, mine);
}

/** Row of a feature: its template and two values. */
function mixed(template: number, a: number, b: number): number {
  let hash = Math.imul(a ^ Math.imul(template, 0x9e3779b1), 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash ^ b, 0xc2b2ae35);
  hash ^= hash >>> 13;
  return (Math.imul(hash, 0x27d4eb2f) >>> 14) & MASK;
}

function tail(word: string, letters: number): number {
  let code = letters;
  for (let at = Math.max(0, word.length - letters); at < word.length; at += 1) code = code * 131 + word.charCodeAt(at);
  return code | 0;
}

function start(word: string, letters: number): number {
  let code = letters;
  for (let at = 0; at < letters && at < word.length; at += 1) code = code * 131 + word.charCodeAt(at);
  return code | 0;
}
