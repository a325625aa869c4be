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

/** What verbs of living or treatment lead to: `lives in Oakvale`, `seen at Cedar Crest`. */
export function ledTo(note: Note, at: number): readonly Finding[] | undefined {
  const { tokens, grade } = note;
  if (note.shouted[at] === 1 || tokens.shape[at] === SHAPE.initial) return undefined;
  const length = (tokens.word[at] as string).length;
  const upper = tokens.shape[at] === SHAPE.upper;
  const acronym = rankOf(tokens.info[at] as number) === 0 && !WARDS.has(wordAt(tokens, at)) && length > 2;
  if (upper && !acronym) return undefined;
  const before = wordAt(tokens, at - 1);
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
