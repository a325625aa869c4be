import type { Folded } from "./fold.ts";
import { KIND, rankOf } from "./lexicon.ts";

/** Anything that a scanner's error may look like; a text without it is never looked at twice. */
const SUSPECT = /[A-Za-z][01][A-Za-z]|[A-Z]l[A-Z]|\d[OolIQ|]+\d|[-/][OolIQ|]{1,2}\d|\d[lI|]\b/;
const RUN = /[A-Za-z0-9|]+/g;
const DIGITS: Readonly<Record<string, string>> = { O: "0", o: "0", Q: "0", l: "1", I: "1", "|": "1", S: "5", B: "8" };
const NUMBER = /^(?=.*\d)(?=.*[OoQlI|SB])[\dOoQlI|SB]{2,}$/;
/** Oxygen, heart sounds, sacral segments, vitamins and codes of diagnoses. */
const TERM = /^(?:O2|S\d{1,2}|B\d{1,2}|I\d{1,3})$/;
/** How many words and numbers must be misread before a text counts as scanned. */
const SIGNS = 2;

interface Mend {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** True where the misread form can hardly be meant. */
  readonly sure: boolean;
}

/**
 * Reads a scanned text as it was printed: `2O26-O3-27`, `Hatfie1d`, `HlSTORY`, `frorn`. Only a text with several such
 * errors is touched, so that codes such as `S10` or `dl0` stay in all others. `info` is a lexicon's: 0 for a word that it
 * does not know. Offsets of the answer lead back to the text as given.
 */
export function mendScan(text: string, info: (word: string) => number): Folded {
  const same: Folded = { text, from: undefined, to: undefined };
  if (!SUSPECT.test(text)) return same;
  const mends: Mend[] = [];
  for (const match of text.matchAll(RUN)) {
    const mend = numberMend(text, match.index, match[0]) ?? wordMend(match.index, match[0], info);
    if (mend !== undefined) mends.push(mend);
  }
  return new Set(mends.filter(({ sure }) => sure).map((mend) => mend.text)).size < SIGNS
    ? same
    : rewritten(text, mends);
}

/** `O9/O3/1944`, `Ol36`, `l884`: letters for digits in a number. */
function numberMend(text: string, start: number, run: string): Mend | undefined {
  const end = start + run.length;
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  const dated = /\d[-/]$/.test(before) || /^[-/]\d/.test(after);
  if (!NUMBER.test(run)) {
    const lone = /^[OolI|]{1,2}$/.test(run) && /\d[-/]$/.test(before) && /^[-/]\d/.test(after);
    return lone ? { start, end, text: digitsOf(run), sure: true } : undefined;
  }
  if (TERM.test(run) && !dated) return undefined;
  return { start, end, text: digitsOf(run), sure: dated || /\d[OoQlI|]\d/.test(run) };
}

function digitsOf(run: string): string {
  return run.replace(/[OoQlI|SB]/g, (letter) => DIGITS[letter] as string);
}

/** `Orvil1e`, `REGI0NAL`, `ALLERGlES`, `frorn`: digits or other letters in a word. */
function wordMend(start: number, run: string, info: (word: string) => number): Mend | undefined {
  if (run.length < 3 || (run.match(/[A-Za-z]/g)?.length ?? 0) < 2) return undefined;
  const lettered = /\d/.test(run) ? lettersOf(run) : run.replace(/(?<=[A-Z])l(?=[A-Z])/g, "I");
  if (lettered === undefined) return undefined;
  const unlisted = info(lettered.toLowerCase()) === 0;
  const m = lettered.replaceAll("rn", "m");
  // A rare name such as `Hirn` gives way to a common word.
  const common = rankOf(info(m.toLowerCase())) > rankOf(info(lettered.toLowerCase())) + 7;
  const joined = unlisted || common ? m : lettered;
  const known = info(joined.toLowerCase()) !== 0;
  const mended = known || !unlisted ? joined : lettered;
  if (mended === run) return undefined;
  const inside = /[a-z][01][a-z]|[A-Z]{2}[01l][A-Z]{2}/.test(run);
  if (!known && !inside) return undefined;
  return {
    start,
    end: start + run.length,
    text: mended,
    sure: isPlain(mended, info(mended.toLowerCase())) && info(run.toLowerCase()) === 0,
  };
}

/** A word that people write; of the short ones the uncurated lists of names hold too many. */
function isPlain(word: string, info: number): boolean {
  return word.length > 6 || rankOf(info) > 0 || (info & (KIND.firstName | KIND.lastName)) !== 0;
}

/** Letters for the digits 0 and 1 between small letters, between capitals, or at an end of a small word. */
function lettersOf(run: string): string | undefined {
  if (/[2-9|]|\d\d/.test(run)) return undefined;
  const upper = /^[A-Z01]{4,}$/.test(run) && (run.match(/[A-Z]/g)?.length ?? 0) >= 3;
  const small = /^(?:[A-Z]|[01])?[a-z01]*$/.test(run) && /[a-z]/.test(run);
  if (!upper && !small) return undefined;
  return upper ? run.replaceAll("0", "O").replaceAll("1", "I") : run.replaceAll("0", "o").replaceAll("1", "l");
}

function rewritten(text: string, mends: readonly Mend[]): Folded {
  const from = new Int32Array(text.length);
  const to = new Int32Array(text.length);
  let out = "";
  const copy = (start: number, end: number): void => {
    for (let at = start; at < end; at += 1) {
      from[out.length + at - start] = at;
      to[out.length + at - start] = at + 1;
    }
    out += text.slice(start, end);
  };
  let done = 0;
  for (const mend of mends) {
    copy(done, mend.start);
    // A shorter form stands for the whole run at its ends; in between a unit stands for itself, as near as can be.
    const width = mend.end - mend.start;
    for (let unit = 0; unit < mend.text.length; unit += 1) {
      from[out.length + unit] = mend.start + Math.floor((unit * width) / mend.text.length);
      to[out.length + unit] = mend.start + Math.ceil(((unit + 1) * width) / mend.text.length);
    }
    out += mend.text;
    done = mend.end;
  }
  copy(done, text.length);
  return { text: out, from: from.subarray(0, out.length), to: to.subarray(0, out.length) };
}
