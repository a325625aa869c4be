import type { Finding } from "../../src/types.ts";
import { plainStreetEnd } from "./blocks.ts";
import { KIND } from "./lexicon.ts";
import { across, isGlued, rawAt, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";
import { townAt } from "./towns.ts";

const DIRECTIONS = words("n s e w ne nw se sw north south east west northeast northwest southeast southwest");
const UNITS = words(
  "apt apartment suite ste unit room rm floor fl bldg building lot box # flat house block space spc trlr",
);
const ADDRESS_CUES = words(
  "address addr lives living resides residing home at mailing located residence street moved addresses",
);
const NOT_STREETS =
  words(`patients tablets weeks days months years hours minutes mg ml units doses times cases points beats
  of per and or to in with for from the a on by at daily`);
/** Ends of a street's name that are also everyday words: they need a capital, and two words before them or a unit after. */
const EVERYDAY =
  words(`bend bluff bottom branch bridge bypass camp center centers circle cliff close club common corner course court cove
  creek crest crossing curve dam dale divide estate estates extension fall falls field fields flat flats ford fork fort garden gardens
  gate green harbor heights hill hills inlet island isle key keys lake lakes land landing light lights loaf lock loop mall manor meadow mill mission mount
  mountain neck oval park parks pass passage path pike pine pines place plain plains plaza point points port ports radial ramp
  ranch rapid rapids rest ridge rise river road roads route row run shoal shore shores spring springs spur square st station
  stream summit terrace track trail trails tunnel union valley via view views village ville vista walk wall way ways well wells
  drive street lane str dr pl ct cv fl`);

/** Street, unit, town, state and ZIP of an address that begins with a house number; empty where there is none. */
export function addressAt(tokens: Tokens, at: number): readonly Finding[] {
  if (!/^\d{1,6}[a-z]?$/.test(wordAt(tokens, at))) return [];
  const second = /^\d{1,5}$/.test(wordAt(tokens, at + 1)) && tokens.gap[at + 1] === GAP.space;
  const suffix = suffixOf(tokens, second ? at + 2 : houseStart(tokens, at));
  if (suffix === undefined) return plainAddressAt(tokens, at);
  let last = suffix;
  if (DIRECTIONS.has(wordAt(tokens, last + 1)) && (tokens.shape[last + 1] ?? 0) !== SHAPE.lower) last += 1;
  last = unitAfter(tokens, last);
  return [across(tokens, unitBefore(tokens, at), last, "ADDRESS", 0.9, "STREET"), ...townAt(tokens, last + 1, true)];
}

/** `4C` of `apt 4C at 88 Greene St`: a unit before the house; `at` where there is none. */
function unitBefore(tokens: Tokens, at: number): number {
  const unit = at - 2;
  const named = /^(?:apt|apartment|suite|ste|unit|lot|trlr|#)$/.test(wordAt(tokens, unit - 1));
  const joined = /^(?:at|,|of|-)$/.test(wordAt(tokens, at - 1)) && tokens.gap[at] === GAP.space;
  return named && joined && /^(?:\d{1,5}[a-z]?|[a-z]\d{0,4})$/.test(wordAt(tokens, unit)) ? unit : at;
}

/** A street of any country, known by the unit or the town and postal number after it. */
function plainAddressAt(tokens: Tokens, at: number): readonly Finding[] {
  const end = plainStreetEnd(tokens, at);
  if (end === undefined) return [];
  const last = unitAfter(tokens, end);
  const parted = wordAt(tokens, last + 1) === "," || (tokens.gap[last + 1] as number) === GAP.line || last > end;
  const rest = parted ? townAt(tokens, last + 1, true) : [];
  const labelled = /^(?:address|addresses|residence)$/.test(
    wordAt(tokens, wordAt(tokens, at - 1) === ":" ? at - 2 : at - 1),
  );
  if (
    !labelled &&
    last === end &&
    (rest.length < 2 || !rest.some(({ detail }) => detail === "ZIP" || detail === "COUNTRY"))
  )
    return [];
  return [across(tokens, at, last, "ADDRESS", 0.8, "STREET"), ...rest];
}

/** Past the house number: `12-34`, `12 1/2`. */
function houseStart(tokens: Tokens, at: number): number {
  const ties = wordAt(tokens, at + 1) === "-" && isGlued(tokens, at + 1) && isGlued(tokens, at + 2);
  return ties && tokens.kind[at + 2] === TOKEN.number ? at + 3 : at + 1;
}

/** The token that ends the street's name, at most six words on. */
function suffixOf(tokens: Tokens, first: number): number | undefined {
  let names = 0;
  let best: number | undefined;
  for (let at = first; at < tokens.count && at < first + 8; at += 1) {
    const gap = tokens.gap[at] as number;
    if (gap === GAP.paragraph || (gap === GAP.line && at > first)) break;
    const kind = tokens.kind[at];
    const abbreviates = wordAt(tokens, at) === "." && at > first && (tokens.word[at - 1] as string).length < 4;
    if (abbreviates || (kind === TOKEN.mark && /^['-]$/.test(wordAt(tokens, at)))) continue;
    if (kind === TOKEN.mark || kind === TOKEN.possessive) break;
    const word = wordAt(tokens, at);
    const ordinal = /^\d{1,3}(?:st|nd|rd|th)$/.test(word);
    const highway =
      names > 0 &&
      /^(?:highway|hwy|route|rt|road|rd|county|interstate)$/.test(wordAt(tokens, at - 1)) &&
      /^\d{1,4}[a-z]?$/.test(word);
    if (highway) return at;
    if (NOT_STREETS.has(word) || (kind !== TOKEN.word && !ordinal)) break;
    const lower = tokens.shape[at] === SHAPE.lower && !ordinal;
    if (lower && !isLowerNote(tokens, first) && !(names === 0 && isFirmSuffix(tokens, at + 1))) break;
    if (names > 0 && ((tokens.info[at] as number) & KIND.streetSuffix) !== 0 && fits(tokens, first, at, names))
      best = at;
    names += 1;
    if (best !== undefined && best < at && !/\./.test(word)) {
      const next = ((tokens.info[at] as number) & KIND.streetSuffix) !== 0;
      if (!next) break;
    }
  }
  return best;
}

/** `813 riverside Ave`: the suffix has its capital and is one, so the name needs none. */
function isFirmSuffix(tokens: Tokens, at: number): boolean {
  return (
    tokens.shape[at] === SHAPE.capital &&
    /^(?:street|avenue|ave|road|rd|blvd|boulevard|lane|ln|st|dr|drive|ct|court)$/.test(wordAt(tokens, at))
  );
}

function fits(tokens: Tokens, first: number, at: number, names: number): boolean {
  const word = wordAt(tokens, at);
  if (
    /^(?:street|avenue|ave|road|rd|drive|lane|ln|boulevard|blvd|court|parkway|pkwy|highway|hwy|terrace|circle|st|dr|ct|place|way|trail|turnpike|cir|pl)$/.test(
      word,
    )
  ) {
    return (
      (tokens.shape[first] as number) !== SHAPE.lower ||
      isLowerNote(tokens, first) ||
      /\d/.test(wordAt(tokens, first)) ||
      tokens.shape[at] === SHAPE.capital
    );
  }
  if (tokens.shape[at] === SHAPE.lower) return false;
  if (((tokens.info[first] as number) & (KIND.medical | KIND.generic | KIND.facility)) !== 0) return false;
  return !EVERYDAY.has(word) || names > 0;
}

/** A line without capitals whose words before the number speak of an address. */
function isLowerNote(tokens: Tokens, first: number): boolean {
  for (let back = first - 2; back >= 0 && back >= first - 7; back -= 1) {
    if (ADDRESS_CUES.has(wordAt(tokens, back)) && wordAt(tokens, back) !== "at") return true;
  }
  return false;
}

/** Past `, Apt. 4B`, `#12`, `Suite 300`, on the same line or the next. */
function unitAfter(tokens: Tokens, last: number): number {
  let at = last + 1;
  while (/^[.,]$/.test(wordAt(tokens, at))) at += 1;
  if (!UNITS.has(wordAt(tokens, at)) || (tokens.gap[at] as number) > GAP.line) return last;
  let value = at + 1;
  while (/^[.#:]$/.test(wordAt(tokens, value))) value += 1;
  if (value >= tokens.count || (tokens.gap[value] as number) >= GAP.line) return last;
  const raw = rawAt(tokens, value);
  if (!/^(?:\d{1,5}[A-Za-z]?|[A-Za-z]\d{0,4})$/.test(raw)) return last;
  return isGlued(tokens, value + 1) && wordAt(tokens, value + 1) === "-" && isGlued(tokens, value + 2)
    ? value + 2
    : value;
}

/** `PO Box 123`, `P.O. Box 44`, with the town after it. */
export function postBoxAt(tokens: Tokens, at: number): readonly Finding[] {
  if (wordAt(tokens, at) !== "box") return [];
  let value = at + 1;
  while (/^[#.:]$/.test(wordAt(tokens, value)) || wordAt(tokens, value) === "number") value += 1;
  if (!/^\d{1,7}[a-z]?$/.test(wordAt(tokens, value))) return [];
  const military = militaryBox(tokens, at, value) ?? ruralBox(tokens, at, value);
  if (military !== undefined) return [military, ...townAt(tokens, value + 1, true)];
  let first = at - 1;
  if (wordAt(tokens, first) === ".") first -= 1;
  if (wordAt(tokens, first) === "o" && wordAt(tokens, first - 1) === ".") first -= 2;
  else if (wordAt(tokens, first) === "o") first -= 1;
  const post = /^(?:po|p|postal|post|pob)$/.test(wordAt(tokens, first));
  const office = wordAt(tokens, first) === "office" && wordAt(tokens, first - 1) === "post";
  if (!(post || office)) return [];
  const last = unitAfter(tokens, value);
  return [
    across(tokens, office ? first - 1 : first, last, "ADDRESS", 0.95, "STREET"),
    ...townAt(tokens, last + 1, true),
  ];
}

/** `USNS Saibara\nFPO AP 12428`: a ship and its post office. Found at `FPO`, `APO` or `DPO`. */
export function fleetPostAt(tokens: Tokens, at: number): Finding | undefined {
  if (!/^[afd]po$/.test(wordAt(tokens, at)) || tokens.shape[at] === SHAPE.lower) return undefined;
  if (!/^a[aep]$/.test(wordAt(tokens, at + 1)) || !/^\d{5}$/.test(wordAt(tokens, at + 2))) return undefined;
  let ship = at - 1;
  while (ship > at - 5 && tokens.kind[ship] === TOKEN.word && !/^us[a-z]{1,4}$/.test(wordAt(tokens, ship))) ship -= 1;
  const first = /^us[a-z]{1,4}$/.test(wordAt(tokens, ship)) && tokens.shape[ship] === SHAPE.upper ? ship : at;
  return across(tokens, first, at + 2, "ADDRESS", 0.95, "STREET");
}

/** `RR 2 Box 118`, `Rt. 4, Box 22A`, `HC 61 Box 9`, `Rural Route 3 Box 45`. */
function ruralBox(tokens: Tokens, at: number, value: number): Finding | undefined {
  const number = wordAt(tokens, at - 1) === "," ? at - 2 : at - 1;
  if (!/^\d{1,3}[a-z]?$/.test(wordAt(tokens, number))) return undefined;
  const dot = /^[.#]$/.test(wordAt(tokens, number - 1)) ? 1 : 0;
  const route = number - 1 - dot;
  if (!/^(?:rr|rt|rte|route|hc|rfd|rd)$/.test(wordAt(tokens, route))) return undefined;
  const first = /^(?:rural|star)$/.test(wordAt(tokens, route - 1)) ? route - 1 : route;
  return across(tokens, first, value, "ADDRESS", 0.95, "STREET");
}

/** `PSC 0413, Box 8144, APO AA 42323`. */
function militaryBox(tokens: Tokens, at: number, value: number): Finding | undefined {
  const number = wordAt(tokens, at - 1) === "," ? at - 2 : at - 1;
  if (!/^(?:psc|unit|cmr)$/.test(wordAt(tokens, number - 1)) || tokens.kind[number] !== TOKEN.number) return undefined;
  const post = wordAt(tokens, value + 1) === "," ? value + 2 : value + 1;
  const full = /^(?:apo|fpo|dpo)$/.test(wordAt(tokens, post)) && /^a[aep]$/.test(wordAt(tokens, post + 1));
  const zip = full && /^\d{5}$/.test(wordAt(tokens, post + 2)) ? post + 2 : post + 1;
  return across(tokens, number - 1, full ? zip : value, "ADDRESS", 0.95, "STREET");
}
