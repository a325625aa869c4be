import type { Finding } from "../../src/types.ts";
import { isCredential } from "./cues.ts";
import { isOrdinary, type Note } from "./grades.ts";
import { calledAt, institutionAt } from "./institutions.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { across, type Found, wordAt, words } from "./matched.ts";
import { isCapital } from "./runs.ts";
import { GAP, SHAPE, TOKEN } from "./tokens.ts";
import { isHeading } from "./vetoes.ts";

const TWO_WORD_HEADS =
  words(`medical med health surgery surgical cancer heart birth birthing wellness treatment recovery rehab rehabilitation care nursing
  skilled assisted senior retirement memory group urgent family physicians dental drug imaging dialysis community elementary
  middle high eye pain vein sleep women children general hospital home physical correctional detention nhs healthcare`);
/** Ends of a facility's name that say little unless they have a capital and a proper name before them. */
const WEAK =
  words(`center centre associates specialists practice care health village manor medical therapy trust imaging labs wellness foundation university college institute school church temple
  elementary academy shelter prison jail dental cardiology oncology dermatology radiology laboratory laboratories physicians surgeons
  diagnostics pediatrics paediatrics orthopedics orthopaedics rehabilitation rehab pharmacy dialysis ministries hospitalists
  homecare preschool daycare obgyn synagogue mosque`);
const JOINERS = words("of and & the de la del y st saint mt mount fort");
/** Ends that need a proper name with a capital right before them and a preposition before that: `at Cincinnati General`. */
const BARE_ENDS = words(
  "general memorial presbyterian methodist baptist lutheran regional med va children childrens mercy adventist",
);
/** Words that make a name of a hospital that is otherwise only described, where they have capitals. */
const PLAIN_NAMES = words(
  "general memorial community university county city regional children childrens womens va veterans central national",
);

/** What may follow the kind of a facility: `Cardiology Associates`, `Hospital Campus`. */
const TAILS = words(
  "associates group partners center centre clinic hospital institute specialists services system network campus pavilion department practice pc llc inc llp foundation trust",
);

/** Hospitals, clinics, schools and other institutions by name: not those that only their kind describes. */
export function findFacilities(note: Note, found: Found): void {
  const { tokens } = note;
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== TOKEN.word) continue;
    const info = tokens.info[at] as number;
    const bare = bareEndAt(note, at) ?? calledAt(note, at);
    if (bare !== undefined) found.push(bare);
    if ((info & (KIND.facility | KIND.generic | KIND.placeStart)) !== 0 || WEAK.has(wordAt(tokens, at))) {
      const end = headEnd(note, at);
      const finding = end === undefined ? undefined : facilityAt(note, at, end);
      if (finding !== undefined) found.push(finding);
    }
    if ((info & (KIND.institution | KIND.placeStart)) !== 0) {
      const finding = institutionAt(note, at);
      if (finding !== undefined) found.push(finding);
    }
  }
}

/** The last token of the words that say what kind of facility it is, beginning at `at`: `Medical Center`, `Hospital`. */
function headEnd(note: Note, at: number): number | undefined {
  const { tokens } = note;
  const word = wordAt(tokens, at);
  const second = tokens.gap[at + 1] === GAP.space ? wordAt(tokens, at + 1) : "";
  if (
    TWO_WORD_HEADS.has(word) &&
    /^(?:center|centre|ctr|centers|home|living|facility|system|systems|network|services|sciences|group|associates|clinic|plaza|arts|park|pavilion|college|school|institute|practice|medicine|store|therapy|partners|community|care|hospital|mgmt|mgt)$/.test(
      second,
    )
  ) {
    return (tokens.info[at + 1] as number) >= 0 ? at + 1 : undefined;
  }
  if (
    ((tokens.info[at] as number) & KIND.facility) === 0 &&
    !/^(?:center|centre|associates|specialists|practice)$/.test(word)
  )
    return undefined;
  return at;
}

function facilityAt(note: Note, head: number, headLast: number): Finding | undefined {
  const { tokens } = note;
  const word = wordAt(tokens, head);
  const capital = isCapital(note, head);
  if (!capital && (tokens.kind[head - 1] === TOKEN.possessive || !/^(?:hospital|clinic|medical|nursing)$/.test(word)))
    return undefined;
  if (!capital && !isCapital(note, head - 1)) return undefined;
  const first = nameStart(note, head);
  const proper = properStart(note, first, head);
  const last = tailEnd(note, headLast);
  const plain = plainName(note, first, head);
  if (isHeading(note, proper ?? head, last)) return undefined;
  if (proper === undefined && plain !== undefined) return across(tokens, plain, last, "ADDRESS", 0.7, "FACILITY");
  if (proper === undefined)
    return last > headLast && capital && word !== "department" && !isCountry(note, last)
      ? across(tokens, kindStart(note, first, head), last, "ADDRESS", 0.8, "FACILITY")
      : undefined;
  const weak = (WEAK.has(word) || !capital) && head === headLast;
  const numbered = proper > first && word === "church" && wordAt(tokens, proper - 1) === "first";
  if ((weak || /^mg/.test(wordAt(tokens, headLast))) && !numbered && !isProper(note, proper)) return undefined;
  return across(tokens, numbered ? proper - 1 : proper, last, "ADDRESS", 0.85, "FACILITY");
}

function isCountry({ tokens }: Note, at: number): boolean {
  return ((tokens.info[at] as number) & KIND.country) !== 0 || wordAt(tokens, at) === "america";
}

const OF_HEADS = words(
  "lady city sisters society house church university hospital college school institute center sons daughters friends ministry",
);

/** `University of Roe Hospital`, not `Jane Roe of Mercy Hospital`. */
function mayHaveOf(note: Note, at: number): boolean {
  return (
    OF_HEADS.has(wordAt(note.tokens, at)) || ((note.tokens.info[at] as number) & (KIND.facility | KIND.generic)) !== 0
  );
}

/** `Children's` of `Children's Hospital of Philadelphia`: what describes belongs to the name once a place does. */
function kindStart(note: Note, first: number, head: number): number {
  for (let at = first; at < head; at += 1) if (PLAIN_NAMES.has(wordAt(note.tokens, at))) return at;
  return head;
}

/** Left over words with capitals, and the small words between them. */
function nameStart(note: Note, head: number): number {
  const { tokens } = note;
  let first = head;
  const shouted = note.shouted[head] === 1;
  for (let at = head - 1; at >= 0 && at >= head - 9; at -= 1) {
    if ((tokens.gap[at + 1] as number) > GAP.space) break;
    const word = wordAt(tokens, at);
    if (
      tokens.kind[at] === TOKEN.possessive ||
      word === "-" ||
      word === "'" ||
      (word === "." && /^(?:st|mt|ft|[a-z])$/.test(wordAt(tokens, at - 1)))
    )
      continue;
    if (shouted && isOrdinary(tokens.info[at] as number, 13)) break;
    if (/^(?:and|&)$/.test(word) && ((tokens.info[at - 1] as number) & (KIND.medical | KIND.eponym)) !== 0) break;
    if (isCapital(note, at) && !/^(?:mr|mrs|ms|dr)$/.test(word) && !isCredential(note, at)) {
      if (shouted && first < head - 2) break;
      first = at;
    } else if (
      /^(?:and|&)$/.test(word) &&
      /^(?:hospital|clinic|center|centre|school|university)$/.test(wordAt(tokens, at - 1))
    )
      break;
    else if (word === "of" && !mayHaveOf(note, at - 1)) break;
    else if (JOINERS.has(word) && isCapital(note, at - 1) && first < head && !shouted) continue;
    else break;
  }
  return first;
}

const NAMED = KIND.firstName | KIND.lastName | KIND.city | KIND.placeStart | KIND.institution;

/** The first token of the run that names and does not only describe; undefined where every word describes. */
function properStart(note: Note, first: number, head: number): number | undefined {
  const { tokens } = note;
  for (let at = first; at < head; at += 1) {
    if (tokens.kind[at] !== TOKEN.word || !isCapital(note, at)) continue;
    const info = tokens.info[at] as number;
    const word = wordAt(tokens, at);
    if (JOINERS.has(word) && !/^(?:st|saint|mt|mount|fort|la|del)$/.test(word)) continue;
    const opens = at === 0 || (tokens.gap[at] as number) >= GAP.line || /^[.!?:]$/.test(wordAt(tokens, at - 1));
    if (opens && isOrdinary(info, 9) && (info & (KIND.city | KIND.lastName)) === 0 && at + 1 < head) continue;
    if ((info & (KIND.medical | KIND.generic)) !== 0 && (info & KIND.institution) === 0) continue;
    const plain =
      tokens.shape[at] === SHAPE.upper &&
      (tokens.word[at] as string).length > 4 &&
      rankOf(info) > 0 &&
      (info & KIND.capital) === 0;
    if (plain && (info & NAMED) === 0) continue;
    return at;
  }
  return undefined;
}

/** A word that stands for one place or person, not a kind: in a list of names or towns, or in no list of words. */
function isProper(note: Note, at: number): boolean {
  const info = note.tokens.info[at] as number;
  const listed = KIND.lastName | KIND.firstName | KIND.institution | KIND.city | KIND.placeStart;
  return (info & listed) !== 0 || rankOf(info) < 6;
}

/** `General Hospital` after a preposition, both with capitals: a name, though its words only describe. */
function plainName(note: Note, first: number, head: number): number | undefined {
  const { tokens } = note;
  if (note.shouted[head] === 1 || !isCapital(note, head) || !/^(?:hospital|medical)$/.test(wordAt(tokens, head)))
    return undefined;
  for (let at = first; at < head; at += 1) {
    if (
      PLAIN_NAMES.has(wordAt(tokens, at)) &&
      isCapital(note, at) &&
      /^(?:at|to|from|in|by)$/.test(wordAt(tokens, at - 1))
    )
      return at;
  }
  return undefined;
}

/** `Cincinnati General`, `Chicago VA`, `Houston Med` after a preposition. */
function bareEndAt(note: Note, at: number): Finding | undefined {
  const { tokens } = note;
  if (!BARE_ENDS.has(wordAt(tokens, at)) || !isCapital(note, at) || note.shouted[at] === 1) return undefined;
  let first = at;
  while (first > at - 4 && tokens.gap[first] === GAP.space && isCapital(note, first - 1)) first -= 1;
  const describes = ((tokens.info[first] as number) & (KIND.generic | KIND.medical)) !== 0;
  if (first === at || describes || !/^(?:at|to|from|in|by|the)$/.test(wordAt(tokens, first - 1))) return undefined;
  const last = wordAt(tokens, at + 1) === "." && wordAt(tokens, at + 2) === "center" ? at + 2 : at;
  return across(tokens, first, last, "ADDRESS", 0.75, "FACILITY");
}

/** Right over `of Philadelphia`, `at Oak Hill`, `for Special Surgery`. */
function tailEnd(note: Note, head: number): number {
  const { tokens } = note;
  let headLast = head;
  while (
    tokens.gap[headLast + 1] === GAP.space &&
    isCapital(note, headLast + 1) &&
    TAILS.has(wordAt(tokens, headLast + 1))
  )
    headLast += 1;
  const link = headLast + 1;
  if (isCapital(note, link) && tokens.gap[link] === GAP.space && tokens.shape[link] !== SHAPE.upper) {
    const info = tokens.info[link] as number;
    const two =
      (info & KIND.placeStart) !== 0 && isCapital(note, link + 1) && tokens.gap[link + 1] === GAP.space
        ? link + 1
        : link;
    return (info & (KIND.city | KIND.placeStart)) !== 0 && (info & (KIND.medical | KIND.generic)) === 0
      ? two
      : headLast;
  }
  if (!/^(?:of|for|at)$/.test(wordAt(tokens, link)) || tokens.gap[link] !== GAP.space) return headLast;
  let at = wordAt(tokens, link + 1) === "the" ? link + 2 : link + 1;
  let last = headLast;
  if (!isCapital(note, headLast)) return headLast;
  for (let count = 0; count < 4 && at < tokens.count; count += 1, at += 1) {
    const joins = isCapital(note, at) && tokens.gap[at] === GAP.space;
    const generic =
      ((tokens.info[at] as number) & (KIND.medical | KIND.generic)) !== 0 &&
      last === headLast &&
      wordAt(tokens, link) !== "for";
    if (!joins || generic || (note.shouted[at] === 1 && count > 0)) break;
    last = at;
  }
  return last;
}
