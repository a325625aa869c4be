import type { Finding } from "../../src/types.ts";
import { KIND } from "./lexicon.ts";
import { between, type Found, matchAt } from "./matched.ts";
import type { Tokens } from "./tokens.ts";
import { monthOf } from "./written.ts";

/** The most that may stand between two parts of one address. */
const GAP = 24;

/**
 * What stands between two parts of one address goes with them: `the corner of Elm Street and 4th Ave`, `Roe Clinic in
 * Lima`, a region's code between town and postal number. States and countries stay. Adds to `found`.
 */
export function joinAddresses(tokens: Tokens, found: Found): void {
  const parts = found.filter(({ type }) => type === "ADDRESS").sort((a, b) => a.start - b.start || b.end - a.end);
  let last: Finding | undefined;
  for (const part of parts) {
    if (last !== undefined && part.end <= last.end) continue;
    if (part.detail === "STREET") {
      addAround(tokens, part, found);
      addTown(tokens, part, found);
    }
    const gap = last === undefined || part.start <= last.end ? undefined : tokens.text.slice(last.end, part.start);
    if (
      last !== undefined &&
      gap !== undefined &&
      gap.length <= GAP &&
      /[\p{L}\p{N}]/u.test(gap) &&
      belongs(tokens, last, gap, part)
    ) {
      // A town after a clinic or a street stays a finding of its own: some profiles let it stand.
      const end = part.detail === "STREET" ? part.end : part.start;
      found.push(between(last.start, end, "ADDRESS", Math.min(last.score, part.score), last.detail));
    }
    last = part;
  }
}

/** `the corner of` before a street, and the house numbers that some countries write twice. */
function addAround({ text }: Tokens, street: Finding, found: Found): void {
  const before = text.slice(Math.max(0, street.start - 20), street.start);
  const more = /(?:\bthe )?\bcorner of (?:the )?$|(?<![\d.,/-])\d{1,6}[ \t]+$/i.exec(before)?.[0];
  if (more !== undefined)
    found.push(between(street.start - more.length, street.end, "ADDRESS", street.score, "STREET"));
}

const TOWN = /,? in ((?:[A-Z][a-z'-]+)(?: (?:(?:or|of|the|de|la|del) )?[A-Z][a-z'-]+){0,3})\b/y;

/** `12 Elm Street in Mobile`: whatever has a capital after a street and `in` is its town, unless it is a month. */
function addTown({ text, lookup }: Tokens, street: Finding, found: Found): void {
  const town = matchAt(TOWN, text, street.end)?.[1];
  if (town === undefined || monthOf(town.toLowerCase()) !== undefined) return;
  if ((lookup(town.toLowerCase()) & (KIND.state | KIND.country)) !== 0) return;
  const start = text.indexOf(town, street.end);
  found.push(between(start, start + town.length, "ADDRESS", street.score, "CITY"));
}

function belongs(tokens: Tokens, one: Finding, gap: string, other: Finding): boolean {
  const streets = one.detail === "STREET" && other.detail === "STREET";
  if (streets && /^ (?:and|&|at|near) $/i.test(gap)) return true;
  if (one.detail === "FACILITY" && other.detail === "CITY") return /^(?: in|,| at)? $/.test(gap);
  if (one.detail !== "STREET" && one.detail !== "CITY") return false;
  if (other.detail !== "CITY" && other.detail !== "ZIP") return false;
  if (!/^[\s,]*(?:[\p{L}\p{N}]{2,12}[\s,]*){0,2}$/u.test(gap)) return false;
  const words = gap.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const place = KIND.state | KIND.stateCode | KIND.country;
  return words.every(
    (word) =>
      word.length < 4 && !/^(?:and|or|in|to|is|at|on|of|the)$/.test(word) && (tokens.lookup(word) & place) === 0,
  );
}
