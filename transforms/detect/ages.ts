import type { Finding } from "../../src/types.ts";
import { across, between, hasBefore, matchAt, wordAt, wordBefore, words } from "./matched.ts";
import { GAP, TOKEN, type Tokens } from "./tokens.ts";

const AFTER =
  /[-\s]{0,2}(?:years?|yrs?|y|months?|mos?|weeks?|wks?|days?)[-\s./]{0,2}(?:old|o(?:f[-\s]age)?|young)\b|[-\s]?(?:y\/?o|yo[mfwb]?|y\.o\.?)\b/iy;
const SEX = /[-\s/]{0,1}(?:[MF]\b|[WBHA][MF]\b|(?:male|female|man|woman|gentleman|lady|boy|girl)\b)/y;
const BEFORE = words("age aged ages turned turning");
const ONES: ReadonlyMap<string, number> = valued("zero one two three four five six seven eight nine", 1);
const TEENS: ReadonlyMap<string, number> = valued(
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
  1,
);
const TENS: ReadonlyMap<string, number> = valued("zero ten twenty thirty forty fifty sixty seventy eighty ninety", 10);

function valued(list: string, step: number): ReadonlyMap<string, number> {
  return new Map(list.split(" ").map((word, at): [string, number] => [word, at * step]));
}

const DEATHS = words("died dies dead death deceased away diagnosed dx onset menopause menarche married retired");
const KIN = words(
  "father mother brother sister mom dad grandfather grandmother uncle aunt cousin son daughter mgm mgf pgm pgf sibling parent",
);
const PEOPLE = words(
  "he she who patient pt resident mr mrs ms man woman hes shes mother father grandmother grandfather",
);
const DECADES = words("nineties 90s 100s");
/** Before what is as often a heat, a pulse or a share in its nineties. */
const DECADE_CUES = words("his her their late early mid");
/** After years that are no age. */
const OTHER_YEARS = words("ago of since later prior before survival follow-up follow from history experience warranty");
const HEAT = words("t temp temps temperature tmax tm tcurrent tc oral axillary rectal tympanic fever febrile");
const OVER_89 = words("nonagenarian nonagenarians centenarian centenarians supercentenarian");

/** Words at which `wordAgeAt` finds something. */
export const AGE_WORDS: ReadonlySet<string> = new Set([
  ...TEENS.keys(),
  ...TENS.keys(),
  ...DECADES,
  ...OVER_89,
  "a",
  "hundred",
]);

/** Every age is found; `OVER_89` marks the ones that Safe Harbor does not let stand (164.514(b)(2)(i)(C)). */
function age(tokens: Tokens, first: number, end: number, value: number): Finding {
  return between(tokens.start[first] as number, end, "AGE", 0.9, value > 89 ? "OVER_89" : undefined);
}

/** An age in digits: the finding is the number alone, so that what replaces it reads on. */
export function ageAt(tokens: Tokens, at: number): Finding | undefined {
  const raw = wordAt(tokens, at);
  const digits = /^\d{1,3}/.exec(raw)?.[0];
  if (digits === undefined || Number(digits) > 130) return undefined;
  const end = (tokens.start[at] as number) + digits.length;
  if (/^9\dth$|^1[01]\dth$/.test(raw))
    return isBirthday(tokens, at) ? age(tokens, at, tokens.end[at] as number, 90) : undefined;
  if (raw.length > digits.length) {
    if (raw === "90s" && DECADE_CUES.has(wordBefore(tokens, at))) return age(tokens, at, end, 90);
    return /^\d{1,3}(?:yo|yof|yom|y|yr|f|m|wm|wf|bm|bf|hm|hf)$/.test(raw) && isPerson(tokens, at, raw)
      ? age(tokens, at, /\d[mf]$/.test(raw) ? end : (tokens.end[at] as number), Number(digits))
      : undefined;
  }
  if (wordAt(tokens, at + 1) === "." && tokens.kind[at + 2] === TOKEN.number && tokens.gap[at + 2] === 0)
    return undefined;
  const unit = matchAt(AFTER, tokens.text, end);
  if (unit !== null)
    return age(tokens, at, end, /^[-\s]*[ymo]?[mwd]/i.test(unit[0]) && !/^[-\s]*y/i.test(unit[0]) ? 1 : Number(digits));
  if (Number(digits) > 89 && (isYears(tokens, at + 1) || isBirthday(tokens, at))) return age(tokens, at, end, 90);
  const before = wordBefore(tokens, at, 1);
  if (BEFORE.has(before)) return age(tokens, at, end, Number(digits));
  if (before === "of" && wordAt(tokens, at - 2) === "age") return age(tokens, at, end, Number(digits));
  if (isDeath(tokens, at) || isSaidOf(tokens, at, at, Number(digits))) return age(tokens, at, end, Number(digits));
  const sex = Number(digits) >= 1 && matchAt(SEX, tokens.text, end) !== null;
  return sex && !/^[-+x*]$/.test(wordAt(tokens, at - 1)) ? age(tokens, at, end, Number(digits)) : undefined;
}

/** `Edith, 97, fell` and `Zuri (4)`: the number alone, right after a name whose last token is `last`. */
export function ageAfterName(tokens: Tokens, last: number): Finding | undefined {
  const open = wordAt(tokens, last + 1);
  const close = wordAt(tokens, last + 3);
  const digits = wordAt(tokens, last + 2);
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > 120 || Number(digits) === 0) return undefined;
  const wrapped = open === "(" && close === ")";
  if (Number(digits) > 89 && /^[/|]$/.test(open) && open === close)
    return age(tokens, last + 2, tokens.end[last + 2] as number, 90);
  const set = open === "," && /^[,.;]$/.test(close) && (close !== "." || tokens.kind[last + 4] !== TOKEN.number);
  return wrapped || set ? age(tokens, last + 2, tokens.end[last + 2] as number, Number(digits)) : undefined;
}

/** `95 yrs, lives alone`: years that nothing makes a span of time. */
function isYears(tokens: Tokens, at: number): boolean {
  if (!/^(?:years?|yrs?)$/.test(wordAt(tokens, at)) || (tokens.gap[at] as number) > GAP.space) return false;
  const next = wordAt(tokens, at + 1) === "." ? at + 2 : at + 1;
  return !OTHER_YEARS.has(wordAt(tokens, next));
}

/** `her 95th birthday`. */
function isBirthday(tokens: Tokens, at: number): boolean {
  return /^birthdays?$/.test(wordAt(tokens, at + 1));
}

function isPerson(tokens: Tokens, at: number, raw: string): boolean {
  if (/\df$/.test(raw) && hasBefore(tokens, at, 3, HEAT)) return false;
  if (at > 0 && tokens.kind[at - 1] === TOKEN.number) return /[mf]$/.test(raw);
  return /o|r/.test(raw) || /^(?:is|a|an|the|this|pt|patient|:|)$/.test(wordBefore(tokens, at, 0)) || at === 0;
}

/** `died at 91`, `passed away at 67`, `father had MI at 61,`. */
function isDeath(tokens: Tokens, at: number): boolean {
  if (wordAt(tokens, at - 1) !== "at") return false;
  if (DEATHS.has(wordAt(tokens, at - 2))) return true;
  return hasBefore(tokens, at, 7, KIN) && /^(?:[,.;)]|and|of|from|with|)$/.test(wordAt(tokens, at + 1));
}

/** `She is 97 and lives alone`, `the patient, now 94,`: over 89, right after a person and a verb, with no unit after it. */
function isSaidOf(tokens: Tokens, first: number, last: number, value: number): boolean {
  if (
    value < 90 ||
    value > 115 ||
    !/^(?:is|was|now|he's|she's|hes|shes|just|almost|nearly)$/.test(wordBefore(tokens, first, 0))
  )
    return false;
  const person = hasBefore(tokens, first, 4, PEOPLE);
  return person && /^(?:[,.;)]|and|but|who|with|now|on|in|today|years?|)$/.test(wordAt(tokens, last + 1));
}

/** An age in words: `ninety-two-year-old`, `in her nineties`, `centenarian`. */
export function wordAgeAt(tokens: Tokens, at: number): Finding | undefined {
  const word = tokens.word[at] as string;
  if (OVER_89.has(word)) return across(tokens, at, at, "AGE", 0.9, "OVER_89");
  if (DECADES.has(word))
    return DECADE_CUES.has(wordBefore(tokens, at)) ? across(tokens, at, at, "AGE", 0.8, "OVER_89") : undefined;
  const number = numberAt(tokens, at);
  if (number === undefined) return undefined;
  const end = tokens.end[number.last] as number;
  const named =
    matchAt(AFTER, tokens.text, end) !== null ||
    BEFORE.has(wordBefore(tokens, at, 1)) ||
    isDeath(tokens, at) ||
    isSaidOf(tokens, at, number.last, number.value) ||
    (number.value > 89 && (isYears(tokens, number.last + 1) || isField(tokens, at, number.last)));
  return named ? age(tokens, at, end, number.value) : undefined;
}

/** `CHF / ninety-three / recert`: alone between marks, where a measure would be in digits. */
function isField(tokens: Tokens, at: number, last: number): boolean {
  const mark = wordAt(tokens, last + 1);
  const opens = /^[/|]$/.test(wordAt(tokens, at - 1)) || (tokens.gap[at] as number) >= GAP.line;
  return opens && at > 0 && (/^[/|]$/.test(mark) || (tokens.gap[last + 1] as number) >= GAP.line);
}

interface NumberWords {
  readonly value: number;
  /** Last token, inclusive. */
  readonly last: number;
}

function numberAt(tokens: Tokens, at: number): NumberWords | undefined {
  const word = wordAt(tokens, at);
  if ((word === "one" || word === "a") && wordAt(tokens, at + 1) === "hundred") {
    const and = wordAt(tokens, at + 2) === "and" ? at + 3 : at + 2;
    const rest = underHundred(tokens, and);
    return rest === undefined ? { value: 100, last: at + 1 } : { value: 100 + rest.value, last: rest.last };
  }
  return underHundred(tokens, at);
}

function underHundred(tokens: Tokens, at: number): NumberWords | undefined {
  const word = wordAt(tokens, at);
  const small = TEENS.get(word);
  if (small !== undefined) return small > 0 ? { value: small, last: at } : undefined;
  const ten = TENS.get(word);
  if (ten === undefined) return undefined;
  const unit = wordAt(tokens, at + 1) === "-" ? at + 2 : at + 1;
  const rest = ONES.get(wordAt(tokens, unit)) ?? 0;
  return rest > 0 ? { value: ten + rest, last: unit } : { value: ten, last: at };
}
