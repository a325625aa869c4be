import { choice } from "../key.ts";
import { cased, type Mint } from "./name.ts";
import { SURNAMES, TOWNS } from "./pools.ts";
import { shapeSurrogate } from "./shape.ts";

const STREET =
  /\b(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|way|circle|cir|terrace|ter|parkway|pkwy|highway|hwy|square|sq|trail|trl|loop|alley)\b\.?/i;
const UNIT = /\b(?:apt|apartment|suite|ste|unit|room|rm|floor|fl|bldg|building|#)\.?\s*#?\s*[\w-]+/i;
const FACILITY =
  /\b(?:(?:general|community|memorial|regional|university|children's|county|veterans|va|family|medical|health|urgent|care|nursing|rehab\w*|outpatient|surgical|cancer|dental|eye|skilled|assisted|living|senior|hospital|clinics?|cent(?:er|re)|hospice|infirmary|healthcare|pharmacy|practice|institute|home|house|manor|ward|unit|department|group|associates)\b[\s,]*)+$/i;

/** A made-up town for a town, in the same case. */
export function citySurrogate(text: string, mint: Mint): string {
  return cased(picked(TOWNS, text, mint), text);
}

/** A made-up street with another number: `12 Elm St, Apt 4` gives `70 Thornwick St, Apt 8`. */
export function streetSurrogate(text: string, mint: Mint): string {
  const unit = UNIT.exec(text);
  const line = unit ? text.slice(0, unit.index) : text;
  const number = /^\s*[\d-]+[a-z]?\b/i.exec(line)?.[0] ?? "";
  const named = line.slice(number.length);
  const suffix = STREET.exec(named.replace(/^\s*st\.?\s/i, (saint) => " ".repeat(saint.length)));
  const after = suffix ? named.slice(suffix.index) : "";
  const name = cased(picked(SURNAMES, named, mint), named);
  const tail = suffix
    ? suffix[0] +
      after
        .slice(suffix[0].length)
        .replace(/[\p{L}\p{N}]+/gu, "")
        .trimEnd()
    : "";
  const gap = /\s*,?\s*$/.exec(line)![0];
  return (
    [number && shapeSurrogate(number, mint).replace(/^0/, "1"), name, tail.replace(/\s*,?\s*$/, "")]
      .filter(Boolean)
      .join(" ") + (unit ? (gap || " ") + unitSurrogate(unit[0], mint) : "")
  );
}

/** A made-up facility of the same kind: `Mercy General Hospital` gives `Ebonbrook General Hospital`. */
export function facilitySurrogate(text: string, mint: Mint): string {
  const kind = FACILITY.exec(text)?.[0] ?? "";
  const own = picked(TOWNS, text, mint);
  return cased(kind && kind.length < text.length ? `${own} ${kind}` : own, text);
}

/** A ZIP code that nobody has, of the same form: 000 and other digits. */
export function zipSurrogate(text: string, mint: Mint): string {
  const fresh = shapeSurrogate(text, mint);
  let seen = 0;
  return fresh.replace(/\d/g, (digit) => (seen++ < 3 ? "0" : digit));
}

/** An address line by line, streets, towns and ZIP codes each for their kind. `stays`: parts that need no surrogate. */
export function addressSurrogate(text: string, mint: Mint, stays: (part: string) => boolean): string {
  return text
    .split(/(\s*[,;\n]\s*)/)
    .map((part, i) => (i % 2 === 1 || part === "" ? part : partSurrogate(part, mint, stays)))
    .join("");
}

function partSurrogate(part: string, mint: Mint, stays: (part: string) => boolean): string {
  if (stays(part)) return part;
  const end = /(?:^|\s)(?:(\d{5}(?:-\d{4})?)|([A-Z]{2}))$/.exec(part);
  if (end) {
    const before = part.slice(0, end.index);
    const [, zip, state] = end;
    const last = zip !== undefined ? zipSurrogate(zip, mint) : stays(state!) ? state! : shapeSurrogate(state!, mint);
    return [before && partSurrogate(before, mint, stays), last].filter(Boolean).join(" ");
  }
  if (UNIT.exec(part)?.index === 0 || /^\d+(?:st|nd|rd|th)?\s+(?:floor|fl)\b/i.test(part))
    return unitSurrogate(part, mint);
  if (/^\s*(?:p\.?\s?o\.?\s+)?box\b/i.test(part)) return unitSurrogate(part, mint);
  if (/\d/.test(part) || STREET.test(part.replace(/^st\.?\s/i, ""))) return streetSurrogate(part, mint);
  return FACILITY.test(part) ? facilitySurrogate(part, mint) : citySurrogate(part, mint);
}

/** `Apt 4B`, `4th floor`, `Box 12`: the word stays, its number does not. */
function unitSurrogate(unit: string, mint: Mint): string {
  return unit.replace(/\d+|(?<=\s#?)[a-z\d-]+$/gi, (number) =>
    /floor|^fl$/i.test(number) ? number : shapeSurrogate(number, mint),
  );
}

function picked(pool: readonly string[], text: string, mint: Mint): string {
  const own = text.normalize("NFC").trim().toLowerCase().replace(/\s+/g, " ");
  const at = choice(mint("place", own), pool.length);
  return pool[at]!.toLowerCase() === own ? pool[(at + 1) % pool.length]! : pool[at]!;
}
