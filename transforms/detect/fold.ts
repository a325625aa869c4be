/** A text in plain characters, and where each of them stood in the original. */
export interface Folded {
  /** Latin letters without marks, ASCII digits, dashes, quotes and spaces; nothing invisible. */
  readonly text: string;
  /** Original offset at which the folded unit begins; undefined where both texts are the same, unit by unit. */
  readonly from: Int32Array | undefined;
  /** Original offset at which the folded unit ends, marks and invisible characters after it included. */
  readonly to: Int32Array | undefined;
}

const NOT_ASCII = /[^\0-\x7f]/;
const INVISIBLE = /^(?:\p{Cf}|\p{Mn}|\p{Me}|[\u115f\u1160\u3164])$/u;
const DASH = /^[\p{Pd}\u2212]$/u;
const QUOTE = /^[\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\u0060]$/u;
const DOUBLE_QUOTE = /^[\u201c\u201d\u201e\u2033\u00ab\u00bb]$/u;

/** Letters that decomposition leaves alone. */
const SINGLE: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  Æ: "Ae",
  œ: "oe",
  Œ: "Oe",
  ø: "o",
  Ø: "O",
  ł: "l",
  Ł: "L",
  đ: "d",
  Đ: "D",
  ð: "d",
  Ð: "D",
  þ: "th",
  Þ: "Th",
  ı: "i",
};

/** Cyrillic and Greek letters that look like Latin ones, as used to hide a name from a filter. */
const LOOKALIKE: ReadonlyMap<string, string> = new Map(
  [..."аеорсухіѕјһԁАВЕКМНОРСТХІЅЈΑΒΕΖΗΙΚΜΝΟΡΤΧΥο"].map((letter, at): [string, string] => [
    letter,
    "aeopcyxisjhdABEKMHOPCTXISJABEZHIKMNOPTXYo"[at] as string,
  ]),
);

const PLAIN = new Map<number, string>();

/**
 * Folds what writers and scanners vary: marks on letters, wide and styled letters and digits, dashes, quotes, spaces,
 * invisible characters. A text in ASCII comes back as it is.
 */
export function fold(text: string): Folded {
  if (!NOT_ASCII.test(text)) return { text, from: undefined, to: undefined };
  const pieces: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) as number;
    const next = at + (code > 0xffff ? 2 : 1);
    const piece = code < 0x80 ? String.fromCharCode(code) : plain(code, text, at, next);
    if (piece === "") {
      if (to.length > 0) to[to.length - 1] = next;
    } else {
      pieces.push(piece);
      const surrogates = piece.length === 2 && next - at === 2;
      for (let unit = 0; unit < piece.length; unit += 1) {
        from.push(surrogates ? at + unit : at);
        to.push(surrogates ? at + unit + 1 : next);
      }
    }
    at = next;
  }
  return { text: pieces.join(""), from: Int32Array.from(from), to: Int32Array.from(to) };
}

function plain(code: number, text: string, at: number, next: number): string {
  const letter = String.fromCodePoint(code);
  const twin = LOOKALIKE.get(letter);
  if (twin !== undefined) return isAsciiLetter(text, at - 1) || isAsciiLetter(text, next) ? twin : letter;
  let answer = PLAIN.get(code);
  if (answer === undefined) {
    answer = toPlain(letter);
    if (PLAIN.size < 4096) PLAIN.set(code, answer);
  }
  return answer;
}

function toPlain(letter: string): string {
  if (INVISIBLE.test(letter)) return "";
  if (DASH.test(letter)) return "-";
  if (QUOTE.test(letter)) return "'";
  if (DOUBLE_QUOTE.test(letter)) return '"';
  const single = SINGLE[letter];
  if (single !== undefined) return single;
  if (/^\p{Zs}$/u.test(letter)) return " ";
  if (/^[\u2028\u2029\u0085]$/.test(letter)) return "\n";
  const digit = digitOf(letter);
  if (digit !== undefined) return digit;
  const parts = letter.normalize("NFKD").replace(/\p{M}/gu, "");
  return /^[A-Za-z]{1,3}$/.test(parts) || /^[0-9]$/.test(parts) ? parts : letter;
}

/** Unicode lays decimal digits out in runs of ten, zero first. */
function digitOf(letter: string): string | undefined {
  if (!/^\p{Nd}$/u.test(letter)) return undefined;
  const code = letter.codePointAt(0) as number;
  let zero = code;
  while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(code - zero);
}

function isAsciiLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 0x20;
  return code >= 0x61 && code <= 0x7a;
}
