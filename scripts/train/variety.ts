/** How made-up texts vary: what they are put together from, their case, their punctuation, a scanner's errors. */
import type { GoldSpan } from "../../src/evaluate/gold.ts";
import type { Chance } from "./chance.ts";
import type { Filled } from "./fill.ts";

/** Texts in one, with a separator between each two. */
export function joined(parts: readonly Filled[], separator: () => string): Filled {
  let text = "";
  const spans: GoldSpan[] = [];
  for (const part of parts) {
    if (text !== "") text += separator();
    for (const { start, end, type } of part.spans)
      spans.push({ start: start + text.length, end: end + text.length, type });
    text += part.text;
  }
  return { text, spans };
}

/** The text as another author would have it. */
export function varied({ text, spans }: Filled, chance: Chance): Filled {
  const roll = chance.float();
  if (roll < 0.08) return { text: sameLength(text, (letter) => letter.toLowerCase()), spans };
  if (roll < 0.15) return { text: sameLength(text, (letter) => letter.toUpperCase()), spans };
  if (roll < 0.19)
    return { text: sameLength(text, (letter) => (/[.,;:!?]/.test(letter) ? " " : letter.toLowerCase())), spans };
  if (roll < 0.23) return scanned({ text, spans }, chance);
  if (roll < 0.25) return { text: sameLength(text, (letter) => (/[.,;:!?]/.test(letter) ? " " : letter)), spans };
  if (roll < 0.31) return { text: withUpperNames(text, spans, chance), spans };
  if (roll < 0.33) return { text: withLowerNames(text, spans, chance), spans };
  if (roll < 0.5)
    return { text: text.normalize("NFKD").replace(/\p{M}/gu, "").length === text.length ? text : plain(text), spans };
  return { text, spans };
}

function sameLength(text: string, change: (letter: string) => string): string {
  return [...text].map((letter) => (change(letter).length === letter.length ? change(letter) : letter)).join("");
}

/** Without marks on letters, as many systems store names. */
function plain(text: string): string {
  return sameLength(text, (letter) => letter.normalize("NFKD").replace(/\p{M}/gu, ""));
}

/** What a scanner reads in place of a letter. */
const LOOKS: Readonly<Record<string, readonly string[]>> = {
  l: ["1", "I"],
  i: ["1", "l", "j"],
  I: ["l"],
  O: ["0"],
  o: ["0"],
  e: ["c"],
  c: ["e"],
  a: ["o"],
  S: ["5"],
  B: ["8"],
  n: ["u"],
  m: ["rn", "n"],
  w: ["vv"],
  d: ["cl"],
  ".": [","],
  ",": ["."],
};

/** With a scanner's errors: few or many. Spans move with their letters. */
function scanned({ text, spans }: Filled, chance: Chance): Filled {
  const share = chance.pick([0.02, 0.02, 0.05, 0.1]);
  const moved: number[] = [];
  let read = "";
  for (let at = 0; at < text.length; at += 1) {
    moved.push(read.length);
    const letter = text[at] as string;
    const looks = LOOKS[letter];
    read += looks !== undefined && chance.in(share) ? chance.pick(looks) : letter;
  }
  moved.push(read.length);
  const to = (at: number): number => moved[at] as number;
  return { text: read, spans: spans.map(({ start, end, type }) => ({ start: to(start), end: to(end), type })) };
}

function withUpperNames(text: string, spans: readonly GoldSpan[], chance: Chance): string {
  return spans.reduce(
    (so, { start, end, type }) =>
      (type === "NAME" || type === "CITY") && chance.in(0.7)
        ? so.slice(0, start) + sameLength(so.slice(start, end), (letter) => letter.toUpperCase()) + so.slice(end)
        : so,
    text,
  );
}

function withLowerNames(text: string, spans: readonly GoldSpan[], chance: Chance): string {
  return spans.reduce(
    (so, { start, end }) =>
      chance.in(0.7)
        ? so.slice(0, start) + sameLength(so.slice(start, end), (letter) => letter.toLowerCase()) + so.slice(end)
        : so,
    text,
  );
}
