/** Facilities, schools, pharmacies and firms of made-up texts. */
import type { Chance } from "./chance.ts";
import type { People } from "./people.ts";

/** Draws names of institutions. */
export interface Institutions {
  facility(): string;
  /** A facility whose name does not say that it is one. */
  haven(): string;
  pharmacy(): string;
  school(): string;
  funeralHome(): string;
  /** Partners by name. */
  lawFirm(): string;
  organization(): string;
}

/** What their names are made of, beside people's. */
interface Parts {
  city(): string;
  state(): string;
  /** Oak and Silver; wood and side. */
  readonly heads: readonly string[];
  readonly tails: readonly string[];
}

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
  ...[
    "Shelter",
    "Recovery",
    "Counseling",
    "Services",
    "Community Services",
    "Youth Center",
    "Birth Center",
    "Sports Medicine",
  ],
  ...[
    "Heart Institute",
    "Oncology",
    "Kidney Center",
    "Wound Center",
    "Sleep Center",
    "Infusion",
    "Vascular",
    "Neurology",
  ],
  ...[
    "House",
    "Village",
    "Gardens",
    "Place",
    "Commons",
    "Lodge",
    "Home",
    "Adult Day Center",
    "Group Home",
    "Home Care",
  ],
  ...[
    "Detention Center",
    "Correctional Facility",
    "Dental Care",
    "Family Dentistry",
    "Optical",
    "Chiropractic",
    "Hearing",
  ],
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

/** A generator of institutions; names within them come from `who` and `parts`. */
export function institutions(chance: Chance, who: People, { city, state, heads, tails }: Parts): Institutions {
  const facility = (): string => {
    const kind = chance.pick(KINDS);
    const forms: readonly (readonly [number, () => string])[] = [
      [20, () => `${who.last()} ${kind}`],
      [16, () => `${city()} ${kind}`],
      [16, () => `${chance.pick(heads)}${chance.in(0.5) ? chance.pick(tails) : ` ${chance.pick(heads)}`} ${kind}`],
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
          `${chance.pick(["North", "South", "East", "West", "Mid", "Upper", "Greater", "Central"])}${chance.in(0.5) ? chance.pick(tails) : ` ${city()}`} ${kind}`,
      ],
      [3, () => acronym(chance)],
      [3, () => `${city()} VA`],
    ];
    return chance.weighted(forms)();
  };
  return {
    facility,
    haven: () =>
      chance.pick([
        () => chance.pick(heads) + chance.pick(tails),
        () => chance.pick(heads) + chance.pick(["Med", "Care", "Point", "Health", "Link", "Star", "Path"]),
        () =>
          `${chance.pick(heads)} ${chance.pick(["House", "Manor", "Villa", "Terrace", "Commons", "Pointe", "Crossing"])}`,
        () =>
          `${chance.pick(["Haven", "House", "Fountain", "Gate", "Garden"])} of ${chance.pick(["Rest", "Hope", "Mercy", "Grace", "Peace"])}`,
        () =>
          `${chance.pick(["Casa", "Villa", "Corazón", "Hogar", "Centro"])} de ${chance.pick(["Oro", "Paz", "Salud", "Vida", "la Luz"])}`,
        () => `Our Lady of ${chance.pick(["Mercy", "the Lake", "Peace", "Lourdes", "Angels", "Sorrows"])}`,
        () => chance.pick(["Crossroads", "Resthaven", "Gateway", "Horizons", "Stepping Stones", "New Leaf"]),
        () => who.last(),
      ])(),
    pharmacy: () =>
      chance.in(0.5)
        ? chance.pick(PHARMACIES)
        : `${chance.in(0.5) ? who.last() : city()} ${chance.pick(["Pharmacy", "Drug", "Drugs", "Apothecary"])}`,
    school: () =>
      `${chance.pick([who.last, city, () => chance.pick(heads) + chance.pick(tails)])()} ${chance.pick(SCHOOLS)}`,
    funeralHome: () =>
      `${who.last()}${chance.pick([" & Sons", " Funeral Home", " Mortuary", " Chapel", " Brothers", ` & ${who.last()}`, " Cremation Services"])}`,
    lawFirm: () =>
      `${who.last()}${chance.pick([" & ", " and ", ", "])}${who.last()}${chance.pick(["", " LLP", " PC", " Law Group", " & Associates"])}`,
    organization: () => {
      if (chance.in(0.35)) return chance.pick(KNOWN);
      const head = chance.pick([
        who.last,
        () => `${who.last()} ${chance.pick(["&", "and"])} ${who.last()}`,
        city,
        () => chance.pick(heads) + chance.pick(tails),
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
