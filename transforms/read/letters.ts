/** What a network of lines answers (CTC), made into letters with their places. */
import type { Plane } from "./plane.ts";

export interface Letter {
  readonly char: string;
  /** Middle of the letter, in pixels of the strip; within some four pixels. */
  readonly x: number;
  readonly score: number;
}

/** Likelihoods, step by step from the left: `classes` numbers a step; class 0 is no letter. */
export interface Steps {
  readonly count: number;
  readonly classes: number;
  readonly data: Float32Array;
}

export interface Alphabet {
  /** The character of each class; none of class 0. */
  readonly chars: readonly string[];
  /** Classes that clinics which write English use: no letter, Latin letters, digits, punctuation. */
  readonly plain: Int32Array;
}

/** `keys`: one character a line, as PP-OCR's list has them; a blank comes last. Wide forms count as what they stand for. */
export function alphabetOf(keys: string): Alphabet {
  const listed = keys
    .replace(/\n$/, "")
    .split("\n")
    .map((key) => key.replace(/\r$/, ""));
  const chars = ["", ...listed, " "].map((char) =>
    /[\uff01-\uff5e\u3000]/.test(char) ? char.normalize("NFKC") : char,
  );
  const plain = chars.flatMap((char, at) =>
    char === "" || /^[\p{Script=Latin}\p{Script=Greek}\p{N}\p{P}\p{S}\s]$/u.test(char) ? [at] : [],
  );
  return { chars, plain: Int32Array.from(plain) };
}

/** A character of another script counts only where the network is this sure: on blurred Latin text it dreams of them. */
const SURE = 0.9;

/** Letters from the left, blanks among them. The steps lie evenly over `width` pixels. */
export function lettersOf(
  { count, classes, data }: Steps,
  { chars, plain }: Alphabet,
  width: number,
): readonly Letter[] {
  const letters: Letter[] = [];
  let former = 0;
  for (let step = 0; step < count; step += 1) {
    const row = step * classes;
    let best = 0;
    for (let k = 0; k < classes; k += 1) if (data[row + k]! > data[row + best]!) best = k;
    if (best !== 0 && data[row + best]! < SURE) {
      best = 0;
      for (const k of plain) if (data[row + k]! > data[row + best]!) best = k;
    }
    if (best !== 0 && best !== former) {
      letters.push({ char: chars[best] ?? "", x: ((step + 0.5) * width) / count, score: data[row + best]! });
    }
    former = best;
  }
  return letters;
}

/** A strip as the network wants it: blue, green, red, each from -1 to 1, columns added at the right up to `width`. */
export function stripTensor([red, green, blue]: readonly Plane[], width: number): Float32Array {
  const { width: own, height } = red!;
  const out = new Float32Array(3 * height * width);
  for (const [at, plane] of [blue!, green!, red!].entries()) {
    for (let y = 0; y < height; y += 1) {
      const row = (at * height + y) * width;
      for (let x = 0; x < own; x += 1) out[row + x] = plane.data[y * own + x]! / 127.5 - 1;
    }
  }
  return out;
}
