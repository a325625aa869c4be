import type { Finding } from "../../src/types.ts";
import { isEponymUse } from "./eponyms.ts";
import { GRADE, isOrdinary, type Note } from "./grades.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { across, wordAt, words } from "./matched.ts";
import { isCapital } from "./runs.ts";
import { GAP, SHAPE, TOKEN } from "./tokens.ts";

export const LIVES: ReadonlySet<string> =
  words(`lives living lived resides residing resided moved moving relocated relocating born raised grew visiting visited traveled travelled
  travels traveling travelling trip returned flew drove hometown native resident residents home staying stays vacationing
  vacation originally emigrated immigrated commutes flew based located`);
/** Units of a hospital, written as acronyms. */
const WARDS =
  words(`icu micu sicu nicu picu ccu cvicu ed er or pacu snf osh ltac ltach irf alf pcp opd ot pt rehab stepdown tele mfm gi ent
  eeg mri ct`);
export const STAYS: ReadonlySet<string> =
  words(`seen treated admitted transferred discharged presented evaluated hospitalized followed referred diagnosed visited visit visits
  visiting care checkup check-up appointment surgery performed done hospitalization admission cared managed enrolled works working employed
  worked treatment therapy consultation consult procedure follow-up followup up presenting received receiving went brought stay sent inpatient outpatient registered
  recently operated underwent biopsy scan imaging delivered delivery born placed`);

export const WORKS: ReadonlySet<string> = words(
  "works worked working employed employer employers employment retired job laid",
);

/** Joints, quadrants and posts of a line, which what was done `at` may lead to as well. */
const SITES =
  words(`ruq luq rlq llq epi mcp mcps pip pips dip dips mtp mtps ipj cmc tmj acj scj slj gej gej uvj upj icp gca eob eom bka aka lad lcx rca
  svc ivc tms tid bid qid hob osa map fio hco bmi ttp dre poc iop goal hs`);
/** What somebody is at a place of work. */
const POSTS = words(
  "nurse rn lpn cna aide tech doctor physician resident fellow pharmacist phlebotomist secretary pcp np therapist",
);

/** `s/p CABG at OSU`, `nurse at CAMC`: an acronym that no list has, where something was done or somebody works. */
function isHospital({ tokens }: Note, at: number): boolean {
  const length = (tokens.word[at] as string).length;
  if (wordAt(tokens, at - 1) !== "at" || length > 5 || SITES.has(wordAt(tokens, at))) return false;
  if (((tokens.info[at] as number) & (KIND.medical | KIND.eponym)) !== 0) return false;
  if (POSTS.has(wordAt(tokens, at - 2))) return true;
  for (let back = at - 2; back >= 2 && back >= at - 6 && (tokens.gap[back + 1] as number) < GAP.line; back -= 1) {
    const post = wordAt(tokens, back) === "p" && wordAt(tokens, back - 1) === "/" && wordAt(tokens, back - 2) === "s";
    if (post) return true;
    if (tokens.kind[back] === TOKEN.mark) return false;
  }
  return false;
}

/** What verbs of living or treatment lead to: `lives in Oakvale`, `seen at Cedar Crest`. */
export function ledTo(note: Note, at: number): readonly Finding[] | undefined {
  const { tokens, grade } = note;
  if (note.shouted[at] === 1 || tokens.shape[at] === SHAPE.initial) return undefined;
  const length = (tokens.word[at] as string).length;
  const upper = tokens.shape[at] === SHAPE.upper;
  const acronym = rankOf(tokens.info[at] as number) === 0 && !WARDS.has(wordAt(tokens, at)) && length > 2;
  if (upper && !acronym) return undefined;
  const before = wordAt(tokens, at - 1);
  if (upper && isHospital(note, at)) return [across(tokens, at, at, "ADDRESS", 0.7, "FACILITY")];
  const preposition = /^(?:in|at|to|from|near|outside)$/.test(before);
  if (!preposition || isEponymUse(tokens, at)) return undefined;
  let last = at;
  while (
    !upper &&
    last < at + 3 &&
    tokens.gap[last + 1] === GAP.space &&
    isCapital(note, last + 1) &&
    tokens.shape[last + 1] !== SHAPE.upper
  )
    last += 1;
  const info = tokens.info[at] as number;
  if ((info & (KIND.medical | KIND.generic | KIND.facility)) !== 0 && last === at) return undefined;
  if ((info & KIND.medical) !== 0 || (isOrdinary(info, 7) && last === at)) return undefined;
  if ((info & KIND.generic) !== 0 && isOrdinary(tokens.info[last] as number, 9)) return undefined;
  if (tokens.kind[last + 1] === TOKEN.possessive) last += 1;
  for (let back = at - 2; back >= 0 && back >= at - 6; back -= 1) {
    const word = wordAt(tokens, back);
    if (LIVES.has(word) && (!upper || length > 4)) return [across(tokens, at, last, "ADDRESS", 0.75, "CITY")];
    if (STAYS.has(word)) return [across(tokens, at, last, "ADDRESS", 0.75, "FACILITY")];
    if (tokens.kind[back] === TOKEN.mark && !/^[-.]$/.test(word)) break;
  }
  const unknown = rankOf(info) === 0 && length > 4;
  return before === "at" && !upper && (last > at || unknown) && (grade[at] as number) < GRADE.sure
    ? [across(tokens, at, last, "ADDRESS", 0.6, "FACILITY")]
    : undefined;
}
