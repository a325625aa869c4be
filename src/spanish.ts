/** Spanish ages and years in English words, for the one reader that `spans.ts` is. */

const ONES =
  "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve";
const TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa";
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...ONES.split(" ").map((word, i): [string, number] => [word, i]),
  ...TENS.split(" ").map((word, i): [string, number] => [word, 30 + 10 * i]),
  ["un", 1],
  ["una", 1],
  ["veintiun", 21],
]);
const BELOW_HUNDRED = `(?:${TENS.replaceAll(" ", "|")})(?: y (?:un|una|${ONES.split(" ").slice(1, 10).join("|")}))?|${[...NUMBERS.keys()].sort((a, b) => b.length - a.length).join("|")}`;
const SPELT = new RegExp(
  `\\b(?:(cien(?:to)?)(?: (${BELOW_HUNDRED}))?|(${BELOW_HUNDRED}))(?= (?:anos?|mes|meses|semanas?|dias?)\\b|$)`,
  "g",
);

/** Words that say an age, in the singular and without marks. */
const WORDS: Readonly<Record<string, string>> = {
  ...{
    ano: "year",
    anos: "years",
    mes: "month",
    meses: "months",
    semana: "week",
    semanas: "weeks",
    dia: "day",
    dias: "days",
  },
  ...{ edad: "age", mas: "over", mayor: "over", menor: "under", casi: "almost", unos: "about", unas: "about" },
  ...{ nonagenario: "nonagenarian", nonagenaria: "nonagenarian", centenario: "centenarian", centenaria: "centenarian" },
  ...{
    octogenario: "octogenarian",
    octogenaria: "octogenarian",
    septuagenario: "septuagenarian",
    septuagenaria: "septuagenarian",
  },
  ...{
    adolescente: "adolescent",
    lactante: "infant",
    neonato: "neonate",
    de: "of",
    a: "to",
    y: "and",
    o: "or",
    con: "and",
  },
};

const SPANISH =
  /\b(?:anos?|mes|meses|semanas?|dias?|edad|nonagenari[oa]|centenari[oa]|octogenari[oa]|septuagenari[oa]|adolescente|lactante|neonato|recien nacid[oa])\b/;
const YEAR = /^(?:(?:en|del?|desde|hasta|el|la|ano|anos|verano|otono|invierno|primavera) )+(?=(?:18|19|20)\d\d)/;

/** A Spanish age or year in lower case, as English says it: `noventa y dos años` is `92 years`. Other texts as they are. */
export function inEnglish(text: string): string {
  const bare = text.normalize("NFD").replace(/\p{M}/gu, "");
  if (YEAR.test(bare)) return bare.replace(YEAR, "in ");
  if (!SPANISH.test(bare)) return text;
  return bare
    .replace(/recien nacid[oa]/g, "newborn")
    .replace(/ y medi[oa]\b/g, "")
    .replace(SPELT, (_, hundred?: string, more?: string, alone?: string) =>
      String((hundred ? 100 : 0) + below(more ?? alone)),
    )
    .replace(/[a-z]+/g, (word) => WORDS[word] ?? word);
}

function below(words: string | undefined): number {
  if (words === undefined) return 0;
  return words.split(" y ").reduce((sum, word) => sum + (NUMBERS.get(word) ?? 0), 0);
}
