/** What a short piece of English or Spanish text says: an age, or a year. */
import { inEnglish } from "./spanish.ts";

const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety";
const WORDS: ReadonlyMap<string, number> = new Map([
  ...ONES.split(" ").map((word, i): [string, number] => [word, i]),
  ...TENS.split(" ").map((word, i): [string, number] => [word, 20 + 10 * i]),
]);
const DECADES = "twenties thirties forties fifties sixties seventies eighties nineties".split(" ");
const BELOW_HUNDRED = `(?:${TENS.replaceAll(" ", "|")})(?:[\\s-]+(?:${ONES.split(" ").slice(1, 10).join("|")}))?|${ONES.split(" ").reverse().join("|")}`;
const NUMBER_WORDS = new RegExp(
  `\\b(?:((?:(?:an?|one)[\\s-]+)?hundred)(?:[\\s-]+(?:and[\\s-]+)?(${BELOW_HUNDRED}))?|(${BELOW_HUNDRED}))\\b`,
  "g",
);

/** Words that say a time of life by themselves, with an age that they stand for. */
const STAGES: ReadonlyMap<string, number> = new Map([
  ["newborn", 0],
  ["neonate", 0],
  ["infant", 0],
  ["toddler", 2],
  ["teen", 15],
  ["teenage", 15],
  ["teenager", 15],
  ["adolescent", 15],
  ["quadragenarian", 45],
  ["quinquagenarian", 55],
  ["sexagenarian", 65],
  ["septuagenarian", 75],
  ["octogenarian", 85],
  ["nonagenarian", 95],
  ["centenarian", 100],
  ["supercentenarian", 110],
]);

/** How many of a unit make a year. A letter for a sex, as in `45F`, leaves the number in years. */
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:y|yo|yr|yrs|year|years|yro|f|m)$/, 1],
  [/^(?:mo|mos|mth|mths|month|months)$/, 12],
  [/^(?:w|wk|wks|week|weeks)$/, 52.18],
  [/^(?:d|day|days)$/, 365.25],
  [/^(?:h|hr|hrs|hour|hours)$/, 8766],
];
const NUMBER = /(\d+(?:\.\d+)?)(?:('?s)\b|([\s-]*)([a-z]+)(?![a-z]))?/g;
/** What may stand around the numbers of an age without making it anything else. */
const AROUND =
  /^(?:[\s\-.,:;()~<>=≥≤+']|\b(?:about|approx|approximately|nearly|almost|around|over|under|aged?|ages|at|the|of|in|his|her|their|is|was|an?|olds?|early|mid|late|and|or|to|between|years?|yo|y|o|[mf]|female|male|woman|man|girl|boy|older|younger|than|more|less|day|life|dol)\b)*$/;

/**
 * The ages in years that a text names, where it is nothing but an age or ages: `45`, `45 y/o`, `age 45`, `45F`,
 * `forty-five-year-old`, `18 months`, `in her mid-80s`. Undefined for any other text, and past 150 years.
 */
export function agesIn(text: string): readonly number[] | undefined {
  const said = plain(text);
  const stage = STAGES.get(said) ?? STAGES.get(said.replace(/s$/, ""));
  if (stage !== undefined) return [stage];
  const ages: { readonly value: number; readonly unit: number | undefined }[] = [];
  const rest = said.replace(NUMBER, (_, value: string, plural?: string, gap?: string, word?: string) => {
    const unit = word === undefined ? undefined : UNITS.find(([pattern]) => pattern.test(word))?.[1];
    ages.push({ value: Number(value), unit: plural ? 1 : unit });
    return unit === undefined && word !== undefined ? ` ${gap}${word}` : " ";
  });
  if (ages.length === 0 || !AROUND.test(rest)) return undefined;
  // In "6-8 months" the first number has the unit of the second.
  const years = ages.map(({ value, unit }, i) => value / (unit ?? ages.slice(i).find((next) => next.unit)?.unit ?? 1));
  return years.every((age) => age <= 150) ? years : undefined;
}

/** True where a text is the one class that may stand for all ages over 89: `90+`, `>89`, `90 or older`. */
export function isOldest(text: string): boolean {
  return /^(?:aged? )?(?:(?:>|over|older than|more than) ?89|(?:≥|>=) ?90|90 ?(?:\+|(?:years )?(?:or|and) (?:older|over|above|more)))(?: ?(?:yo|years?(?: old)?))?$/.test(
    plain(text),
  );
}

/** The text with each number of an age over 89 as `90+`; undefined where it is no age. Other ages stay as written. */
export function cappedAge(text: string): string | undefined {
  if (isOldest(text)) return text;
  const ages = agesIn(text);
  if (ages === undefined) return undefined;
  if (ages.every((age) => age <= 89)) return text;
  if (ages.length > 1 || !/\d/.test(text)) return "90+";
  return text.replace(/\d+(?:\.\d+)?(?:'?s\b)?-?/, (number) => (number.endsWith("-") ? "90+ " : "90+"));
}

/**
 * The years that a text names, where it is nothing but a year, a range of years or a decade: `2019`, `in 2019`,
 * `2018-2020`, `2018/19`, `the 1990s`, `'98`. Undefined for a month or a day with its year.
 */
export function yearsIn(text: string): readonly number[] | undefined {
  const said = plain(text).replace(/^(?:(?:in|since|circa|c\.|from|during|of|by|year|the|fy) ?)*/, "");
  const short = /^'(\d\d)s?$/.exec(said);
  if (short) return [century(Number(short[1]))];
  const found = /^((?:18|19|20|21)\d\d)s?(?: ?(?:-|\/|to|and|through|until) ?((?:18|19|20|21)?\d\d))?$/.exec(said);
  if (!found) return undefined;
  const first = Number(found[1]);
  if (found[2] === undefined) return [first];
  // "2018-11" is a month of a year; "2018-19" can be none.
  if (found[2].length === 2 && Number(found[2]) <= 12) return undefined;
  const last = Number(found[2].length === 2 ? `${found[1]!.slice(0, 2)}${found[2]}` : found[2]);
  return [first, last];
}

function century(year: number): number {
  return year <= 30 ? 2000 + year : 1900 + year;
}

/** Lower case, one kind of dash and apostrophe, single spaces, numbers as digits. */
function plain(text: string): string {
  return inEnglish(text.toLowerCase())
    .replace(/[‐-―−]/g, "-")
    .replace(/[’‘`]/g, "'")
    .replace(/\by ?[/.] ?o\b\.?/g, "yo")
    .replace(/\s+/g, " ")
    .trim()
    .replace(new RegExp(`\\b(?:${DECADES.join("|")})\\b`, "g"), (word) => `${20 + 10 * DECADES.indexOf(word)}s`)
    .replace(NUMBER_WORDS, (_, hundred?: string, more?: string, alone?: string) =>
      String((hundred ? 100 : 0) + below(more ?? alone)),
    );
}

function below(words: string | undefined): number {
  if (words === undefined) return 0;
  return words.split(/[\s-]+/).reduce((sum, word) => sum + (WORDS.get(word) ?? 0), 0);
}
