import type { Finding, PhiType } from "../../src/types.ts";
import type { RawEntity } from "./ask.ts";
import { type Pack, SEPARATOR } from "./pack.ts";

/** A finding within one of the given texts. */
export interface CellFinding {
  readonly cell: number;
  readonly finding: Finding;
}

const TYPES: ReadonlySet<string> = new Set<PhiType>([
  ...(["NAME", "AGE", "DATE", "ADDRESS", "PHONE_OR_FAX", "EMAIL", "ID", "URL", "PROFESSION"] as const),
]);

/** Code units on either side of where an entity is said to be, within which its text must be. */
const NEAR = 100;

/**
 * What entities say of the text they were found in, in UTF-16 code units. Offsets are checked against the entity's own
 * text. Where they differ and the text stands `alone`, every place of it that reads the same is a finding, if one of
 * them is nearby. Undefined where none is, where others stand beside the text and might be meant, or where the offsets
 * cannot be: then nothing is known about the text.
 */
export function findingsIn(
  text: string,
  entities: readonly RawEntity[],
  alone: boolean,
): readonly Finding[] | undefined {
  const unitAt = unitsByPoint(text);
  const found: Finding[] = [];
  for (const { BeginOffset, EndOffset, Text, Type, Score } of entities) {
    const [start, end] = [unitAt(BeginOffset), unitAt(EndOffset)];
    if (start === undefined || end === undefined || end < start) return undefined;
    if (typeof Text !== "string" || Text === "") return undefined;
    const fits = text.slice(start, end) === Text;
    const places = fits ? [start] : alone ? placesOf(text, Text) : [];
    if (!places.some((place) => Math.abs(place - start) <= NEAR)) return undefined;
    const type = typeof Type === "string" && TYPES.has(Type) ? (Type as PhiType) : "OTHER";
    const score = typeof Score === "number" && Score >= 0 && Score <= 1 ? Score : 1;
    for (const place of places) found.push({ type, start: place, end: place + Text.length, score });
  }
  return found;
}

function placesOf(text: string, wanted: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

/** Turns an offset in code points into one in code units, a little beyond the end into the end; else undefined. */
function unitsByPoint(text: string): (point: unknown) => number | undefined {
  const units: number[] | undefined = /[\ud800-\udfff]/.test(text) ? [] : undefined;
  if (units) {
    let unit = 0;
    for (const character of text) {
      units.push(unit);
      unit += character.length;
    }
    units.push(unit);
  }
  const points = units ? units.length - 1 : text.length;
  return (point) => {
    if (typeof point !== "number" || !Number.isInteger(point) || point < 0 || point > points + NEAR) return undefined;
    const within = Math.min(point, points);
    return units ? units[within] : within;
  };
}

/** Findings in a pack's text as findings in the given texts: one that crosses a border is split there. */
export function shared(pack: Pack, findings: readonly Finding[]): readonly CellFinding[] {
  const places: number[] = [];
  let length = 0;
  for (const { text } of pack) {
    places.push(length);
    length += text.length + SEPARATOR.length;
  }
  const shares: CellFinding[] = [];
  for (const finding of findings) {
    for (let i = lastNotAfter(places, finding.start); i < pack.length && places[i]! < finding.end; i++) {
      const [{ cell, start, text }, place] = [pack[i]!, places[i]!];
      const [from, to] = [Math.max(finding.start - place, 0), Math.min(finding.end - place, text.length)];
      if (text.slice(from, to).trim() === "") continue;
      shares.push({ cell, finding: { ...finding, start: start + from, end: start + to } });
    }
  }
  return shares;
}

/** Index of the last of these rising numbers, the first of them 0, that is not above `wanted`. */
function lastNotAfter(rising: readonly number[], wanted: number): number {
  let [low, high] = [0, rising.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rising[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** All of a pack, since nothing is known about it. */
export function whole(pack: Pack): readonly CellFinding[] {
  return pack.map(({ cell, start, text }) => ({
    cell,
    finding: { type: "OTHER", start, end: start + text.length, score: 1 },
  }));
}

/** In order of place; what overlaps and is of one type is one finding, so that overlapping pieces count once. */
export function merged(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort((a, b) => a.start - b.start || b.end - a.end);
  const open = new Map<PhiType, number>();
  const joined: Finding[] = [];
  for (const finding of sorted) {
    const at = open.get(finding.type);
    const former = at === undefined ? undefined : joined[at]!;
    if (at !== undefined && former && finding.start < former.end) {
      const [end, score] = [Math.max(former.end, finding.end), Math.max(former.score, finding.score)];
      joined[at] = { ...former, end, score };
    } else {
      open.set(finding.type, joined.length);
      joined.push(finding);
    }
  }
  return joined;
}
