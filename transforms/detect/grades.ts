import { isEponymUse } from "./eponyms.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";
import { monthOf } from "./written.ts";

/** How much a word by itself looks like a name. */
export const GRADE = {
  /** An ordinary or clinical word, or not a word. */
  none: 0,
  /** Unknown: a name where the words around it say so. */
  possible: 1,
  /** In a list of names, but also a word, a place or an eponym, or in the uncurated list alone. */
  likely: 2,
  /** In a curated list of names and hardly anything else. */
  sure: 3,
} as const;

/** A text as the rules for names, towns and facilities see it. */
export interface Note {
  readonly tokens: Tokens;
  /** `GRADE` of each token. */
  readonly grade: Uint8Array;
  /** 1 where the token stands in a line of capitals, where a capital says nothing. */
  readonly shouted: Uint8Array;
  /** True for a text without capitals. */
  readonly quiet: boolean;
  /** What words do to their neighbours in a language other than English, as numbers that its tagger learnt. */
  readonly cues?: ReadonlyMap<string, number>;
  /** True for a text that does not run: what stands beside a word tells little. */
  readonly broken?: boolean;
}

/** How the words of a language are graded, before their capitals count. */
export interface Grading {
  bare(tokens: Tokens, at: number): number;
  readonly cues?: ReadonlyMap<string, number>;
  readonly broken?: boolean;
}

const CLINICAL =
  /(?:itis|osis|emia|aemia|uria|pathy|ectomy|otomy|ostomy|plasty|scopy|graphy|gram|algia|plegia|paresis|rrhea|rrhage|megaly|penia|cyte|cytosis|trophy|oma|omas|mab|nib|pril|olol|sartan|statin|cillin|mycin|cycline|floxacin|azole|azepam|azolam|triptan|gliptin|gliflozin|glutide|parin|xaban|vir|dipine|setron|prazole|tidine|terol|sone|solone|caine|barbital|zepine|idine|amine|metric|genic|tomy|lysis|opia|ology|ologist|ologic|iatric|iatry|tic|tion|ment|ness|ing|ed|ive|able|ible|ally|ously|ular|eal|oid|ectasis|stenosis|edema|ptysis|pnea|phagia|phasia|tension)s?$/;

/** Grades every token of a text, as English unless told. */
export function gradeNote(tokens: Tokens, { bare: bareOf, cues, broken }: Grading = ENGLISH): Note {
  const shouted = shoutedTokens(tokens);
  const quiet = isQuiet(tokens);
  const grade = new Uint8Array(tokens.count);
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== TOKEN.word) continue;
    const bare = bareOf(tokens, at);
    grade[at] = bare === GRADE.none ? bare : inCase(tokens, at, bare, shouted[at] === 1, quiet);
  }
  return { tokens, grade, shouted, quiet, ...(cues && { cues }), ...(broken && { broken }) };
}

/** English that runs, in sentences or in notes. */
export const ENGLISH: Grading = { bare: bareGrade };

/**
 * English as readers see it in images, lines cut and mixed: only a listed eponym before `sign` or `test` is one, and one
 * that people are called as well is a name anywhere else.
 */
export const BROKEN: Grading = { bare: (tokens, at) => bareGrade(tokens, at, true), broken: true };

/** True for a word that everyday English writes small, and commonly: rank 5 is about the 65,000th word. */
export function isOrdinary(info: number, rank = 5): boolean {
  return (rank < 10 && (info & KIND.ordinary) !== 0) || (rankOf(info) >= rank && (info & KIND.capital) === 0);
}

function bareGrade(tokens: Tokens, at: number, broken = false): number {
  const info = tokens.info[at] as number;
  const word = tokens.word[at] as string;
  const listed = (info & (KIND.firstName | KIND.lastName)) !== 0;
  const clinical = (info & KIND.medical) !== 0;
  if (monthOf(word) !== undefined && word.length < 5 && !/^(?:may|jan|june)$/.test(word)) return GRADE.none;
  if (word.length < 2 || (clinical && ((info & KIND.lastName) === 0 || isEponymUse(tokens, at)))) return GRADE.none;
  if ((info & KIND.eponym) !== 0) {
    if (isEponymUse(tokens, at) || (!listed && (info & KIND.anyName) === 0)) return GRADE.none;
    if (broken && listed && !isOrdinary(info)) return GRADE.sure;
    return listed ? GRADE.likely : GRADE.possible;
  }
  if (listed) {
    if ((!broken && isEponymUse(tokens, at)) || (word.length < 3 && isOrdinary(info, 1))) return GRADE.none;
    const elsewhere = (info & (KIND.state | KIND.country | KIND.generic | KIND.facility | KIND.stateCode)) !== 0;
    return isOrdinary(info) || clinical || elsewhere || monthOf(word) !== undefined ? GRADE.likely : GRADE.sure;
  }
  if ((info & (KIND.state | KIND.country | KIND.generic | KIND.facility | KIND.stateCode)) !== 0) return GRADE.none;
  const rank = rankOf(info);
  if ((info & KIND.anyName) !== 0) {
    if (rank > 0 && (info & KIND.capital) === 0) return rank >= 4 ? GRADE.none : GRADE.possible;
    if (rank >= 10 || CLINICAL.test(word)) return GRADE.none;
    return (info & KIND.city) !== 0 ? GRADE.possible : GRADE.likely;
  }
  if (rank === 0 && /^program(?:me|s|mes)?$/.test(tokens.word[at + 1] ?? "")) return GRADE.none;
  if (rank === 0) return CLINICAL.test(word) || word.length < 3 ? GRADE.none : GRADE.possible;
  return (info & KIND.capital) !== 0 && rank < 9 ? GRADE.possible : GRADE.none;
}

/** What the word's capitals take away. */
function inCase(tokens: Tokens, at: number, bare: number, shouted: boolean, quiet: boolean): number {
  const shape = tokens.shape[at];
  if (shape === SHAPE.camel && /^[A-Z]{2,}'/.test(tokens.text.slice(tokens.start[at], tokens.end[at])))
    return GRADE.none;
  const length = (tokens.end[at] as number) - (tokens.start[at] as number);
  const listed = ((tokens.info[at] as number) & (KIND.firstName | KIND.lastName)) !== 0;
  if (shape === SHAPE.lower) {
    if (!quiet || isOrdinary(tokens.info[at] as number, 9)) return GRADE.none;
    return listed ? bare : Math.min(bare, GRADE.possible);
  }
  if (shape === SHAPE.initial) return GRADE.none;
  if (shape !== SHAPE.upper) return bare;
  if (shouted) return listed ? bare : Math.min(bare, GRADE.possible);
  if (!listed) return length >= 5 && (bare === GRADE.likely || followsGiven(tokens, at)) ? GRADE.possible : GRADE.none;
  return length < 3 ? GRADE.none : Math.min(bare, GRADE.likely);
}

/** True after a first name in capitals, an initial between them allowed. */
function followsGiven(tokens: Tokens, at: number): boolean {
  let back = at - 1;
  if (tokens.word[back] === ".") back -= 1;
  if (back > 0 && tokens.shape[back] === SHAPE.initial) back -= 1;
  return back >= 0 && tokens.shape[back] === SHAPE.upper && ((tokens.info[back] as number) & KIND.firstName) !== 0;
}

function shoutedTokens(tokens: Tokens): Uint8Array {
  const shouted = new Uint8Array(tokens.count);
  for (let from = 0; from < tokens.count; ) {
    let to = from;
    let upper = 0;
    let all = 0;
    let longest = 0;
    do {
      if (tokens.kind[to] === TOKEN.word && (tokens.end[to] as number) - (tokens.start[to] as number) > 1) {
        all += 1;
        if (tokens.shape[to] === SHAPE.upper) upper += 1;
        longest = Math.max(longest, (tokens.end[to] as number) - (tokens.start[to] as number));
      }
      to += 1;
    } while (to < tokens.count && (tokens.gap[to] as number) < GAP.line);
    const short = upper >= 2 && upper === all && longest > 5;
    if (short || (upper >= 4 && upper >= all * 0.75)) shouted.fill(1, from, to);
    from = to;
  }
  return shouted;
}

/** Hardly a capital anywhere, or most sentences begin small and hardly a capital stands within one. */
function isQuiet(tokens: Tokens): boolean {
  let [all, capitals, within, heads, smallHeads] = [0, 0, 0, 0, 0];
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== TOKEN.word) continue;
    const opens = (tokens.gap[at] as number) >= GAP.line || /^[.!?]$/.test(tokens.word[at - 1] as string);
    const shape = tokens.shape[at];
    if (opens) heads += 1;
    if (opens && shape === SHAPE.lower) smallHeads += 1;
    if ((tokens.word[at] as string).length < 3) continue;
    all += 1;
    if (shape !== SHAPE.capital && shape !== SHAPE.camel) continue;
    capitals += 1;
    if (!opens) within += 1;
  }
  if (all > 0 && capitals * 25 <= all && capitals < 3) return true;
  return smallHeads > 2 && smallHeads * 3 >= heads * 2 && within * 25 <= all && capitals * 10 <= all;
}
