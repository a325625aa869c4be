import { choice } from "../key.ts";
import { genderOf } from "./given.ts";
import { FEMALE, MALE, SURNAMES } from "./pools.ts";

/** Keyed bytes for a value: the same for the same parts, key and, where the job names one, subject. */
export type Mint = (...parts: readonly string[]) => Uint8Array;

const WORD = /\p{L}[\p{L}\p{M}]*(?:['’]\p{L}[\p{L}\p{M}]*)*/gu;
const TITLES = set(
  "mr mrs ms mx miss dr doctor prof professor rev reverend sir madam nurse judge capt captain sgt lt col gen hon fr sister brother",
);
/** Written after a name, in just these letters; ones that are names as well (DO, MA, PA) are missing. */
const CREDENTIALS = new Set(
  "MD PhD RN LPN Jr JR Sr SR II III IV Esq DDS DMD DVM FNP CRNP PharmD MBBS FACP LCSW MSW".split(" "),
);
const PARTICLES = set(
  "de da do del della der den des di du la las le los van von vander ter ten y e el al bin ibn abu san st",
);

/**
 * A made-up name in the form of a real one: `Roe, Jane A.` gives `Thornwick, Corabeth K.`. Each word is replaced by
 * itself, whatever its case, accents and place, so a last-name column and a full name in a note agree. Given names
 * that are known keep their gender, initials become initials, titles and case stay; particles (`de la`) go.
 */
export function nameSurrogate(text: string, mint: Mint): string {
  const words = [...text.matchAll(WORD)].map((match) => ({
    word: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const roles = words.map(({ word }, i): Role => {
    if (isTitle(word, i, text) || isOrdinal(word, text[words[i]!.start - 1])) return "kept";
    const next = words[i + 1];
    const leads = PARTICLES.has(word.toLowerCase()) && next && !text.slice(words[i]!.end, next.start).includes(",");
    return leads ? "particle" : "name";
  });
  let out = "";
  let at = 0;
  for (const [i, { word, start, end }] of words.entries()) {
    out += withoutDigits(text.slice(at, start));
    at = end;
    if (roles[i] === "name") out += wordFor(word, mint);
    else if (roles[i] === "kept") out += word;
    else at = words[i + 1]!.start;
  }
  return out + withoutDigits(text.slice(at));
}

type Role = "name" | "kept" | "particle";

function isTitle(word: string, index: number, text: string): boolean {
  if (TITLES.has(word.toLowerCase())) return index === 0 && text.trim().length > word.length + 1;
  return index > 0 && CREDENTIALS.has(word);
}

/** The letters of `2nd`. */
function isOrdinal(word: string, before: string | undefined): boolean {
  return /^\d$/.test(before ?? "") && /^(?:st|nd|rd|th)$/i.test(word);
}

function withoutDigits(text: string): string {
  return text.replace(/\p{N}/gu, "0");
}

/** The surrogate of one word of a name. */
export function wordFor(word: string, mint: Mint): string {
  const possessive = /['’]s$/i.exec(word)?.[0] ?? "";
  const own = plain(word.slice(0, word.length - possessive.length));
  if (own.length <= 1) return initialFor(word, own, mint);
  const gender = genderOf(own);
  const pool = gender === "f" ? FEMALE : gender === "m" ? MALE : SURNAMES;
  const mac = mint("name", own);
  const at = choice(mac, pool.length);
  const chosen = pool[at]!.toLowerCase() === own ? pool[(at + 1) % pool.length]! : pool[at]!;
  return cased(chosen, word.slice(0, word.length - possessive.length)) + possessive;
}

function initialFor(word: string, own: string, mint: Mint): string {
  const letters = "abcdefghijklmnoprstvwyz";
  const at = choice(mint("initial", own), letters.length);
  const chosen = letters[at] === own ? letters[(at + 1) % letters.length]! : letters[at]!;
  return word === word.toLowerCase() ? chosen : chosen.toUpperCase();
}

/** Lower case without accents or apostrophes: spellings of one name are one name. */
function plain(word: string): string {
  return word
    .normalize("NFD")
    .replace(/[\p{M}'’]/gu, "")
    .toLowerCase();
}

/** `chosen` in the case of `model`. */
export function cased(chosen: string, model: string): string {
  if (model === model.toLowerCase() && model !== model.toUpperCase()) return chosen.toLowerCase();
  return model === model.toUpperCase() && model !== model.toLowerCase() ? chosen.toUpperCase() : chosen;
}

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}
