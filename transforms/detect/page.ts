import type { PhiType } from "../../src/types.ts";
import { type Folded, fold } from "./fold.ts";

/** A stretch of a folded text. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: PhiType;
}

/** A text without what may stand between the parts of a value. */
export interface Page {
  readonly folded: Folded;
  /** Letters and digits alone, lower case. */
  readonly letters: string;
  /** Offset in the folded text of each unit of `letters`. */
  readonly at: Int32Array;
}

/** How a value may be written, letters and digits alone, and what must hold where it is found. */
export interface Form {
  readonly letters: string;
  /** The value must be written with something between its parts, so that a bare number is no date. */
  readonly parted?: boolean;
}

/** The text made ready for `addAll`. */
export function compact(text: string): Page {
  const folded = fold(text);
  const lower = folded.text.toLowerCase();
  const source = lower.length === folded.text.length ? lower : folded.text;
  const at = new Int32Array(source.length);
  const kept: string[] = [];
  let count = 0;
  let run = -1;
  for (let unit = 0; unit <= source.length; unit += 1) {
    const keeps = unit < source.length && isLetterOrDigit(source.charCodeAt(unit));
    if (keeps) {
      at[count] = unit;
      count += 1;
      if (run < 0) run = unit;
    } else if (run >= 0) {
      kept.push(source.slice(run, unit));
      run = -1;
    }
  }
  return { folded, letters: kept.join(""), at };
}

/** True for what a value is compared by; punctuation, symbols and blanks are left out. */
export function isLetterOrDigit(code: number): boolean {
  if (code < 128)
    return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
  return (
    code > 0xbf &&
    code !== 0xd7 &&
    code !== 0xf7 &&
    !(code >= 0x2000 && code <= 0x2bff) &&
    !(code >= 0x3000 && code <= 0x303f)
  );
}

/** Adds every place where the form stands as a whole, its parts no further apart than one value's may be. */
export function addAll(page: Page, wanted: Form, type: PhiType, found: Span[]): void {
  const { letters } = wanted;
  const least = /^\d+$/.test(letters) ? 4 : 2;
  if (letters.length < least) return;
  for (let hit = page.letters.indexOf(letters); hit >= 0; hit = page.letters.indexOf(letters, hit + 1)) {
    const start = page.at[hit] as number;
    const end = (page.at[hit + letters.length - 1] as number) + 1;
    if (isWhole(page, start, end) && isTight(page, hit, letters.length, wanted.parted === true))
      found.push({ start, end, type });
  }
}

/** No letter or digit of the same kind goes on at either end; `DOB1950` ends a word where digits begin. */
function isWhole(page: Page, start: number, end: number): boolean {
  const { text } = page.folded;
  return !goesOn(text, start - 1, start) && !goesOn(text, end - 1, end);
}

function goesOn(text: string, left: number, right: number): boolean {
  if (left < 0 || right >= text.length) return false;
  const a = text.charCodeAt(left);
  const b = text.charCodeAt(right);
  if (!isLetterOrDigit(a) || !isLetterOrDigit(b)) return false;
  const digit = (code: number): boolean => code >= 0x30 && code <= 0x39;
  return digit(a) === digit(b);
}

const GAP_LIMIT = 4;

/** Between two units of one value stand at most four others, and no end of a sentence. */
function isTight(page: Page, hit: number, length: number, parted: boolean): boolean {
  let gaps = 0;
  for (let unit = hit + 1; unit < hit + length; unit += 1) {
    const left = page.at[unit - 1] as number;
    const right = page.at[unit] as number;
    if (right - left === 1) continue;
    gaps += 1;
    if (right - left - 1 > GAP_LIMIT) return false;
    if (/[;:!?|\n]{2}|[!?;|]/.test(page.folded.text.slice(left + 1, right))) return false;
  }
  return !parted || gaps > 0;
}
