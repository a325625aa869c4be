import { en, Faker } from "@faker-js/faker";

/** A made-up patient. Days are ISO days. */
export interface Person {
  readonly id: string;
  readonly mrn: string;
  readonly first: string;
  readonly last: string;
  readonly sex: "F" | "M";
  readonly birth: string;
  /** Completed years at `AS_OF`. */
  readonly age: number;
  readonly phone: string;
  readonly email: string | null;
  readonly ssn: string | null;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly region: Region;
}

export type Region = "north" | "south" | "east" | "west";

/** The day that ages are counted to, here and in the jobs. */
export const AS_OF = "2026-01-01";

/** City, state, ZIP and region. 036, 059, 556, 692, 821, 878, 879 and 893 are prefixes where few people live. */
const PLACES: readonly (readonly [string, string, string, Region])[] = [
  ["Cambridge", "MA", "02139", "east"],
  ["Worcester", "MA", "01608", "east"],
  ["Newark", "NJ", "07102", "east"],
  ["Hartford", "CT", "06103", "east"],
  ["Alstead", "NH", "03602", "east"],
  ["Canaan", "VT", "05903", "east"],
  ["Burlington", "VT", "05401", "east"],
  ["Portland", "ME", "04101", "east"],
  ["Duluth", "MN", "55802", "north"],
  ["Two Harbors", "MN", "55616", "north"],
  ["Fargo", "ND", "58102", "north"],
  ["Valentine", "NE", "69201", "north"],
  ["Madison", "WI", "53703", "north"],
  ["Savannah", "GA", "31401", "south"],
  ["Mobile", "AL", "36602", "south"],
  ["Austin", "TX", "78701", "south"],
  ["Socorro", "NM", "87801", "south"],
  ["Truth or Consequences", "NM", "87901", "south"],
  ["Fresno", "CA", "93721", "west"],
  ["Spokane", "WA", "99201", "west"],
  ["Ely", "NV", "89301", "west"],
  ["Eugene", "OR", "97401", "west"],
];

/** Names that lists of common ones lack: accents, hyphens, apostrophes, words of every day. */
const UNUSUAL: readonly (readonly [string, string, "F" | "M"])[] = [
  ["José", "Álvarez", "M"],
  ["Zoë", "Østergård", "F"],
  ["Nguyệt", "Trần", "F"],
  ["Siobhán", "O'Shaughnessy", "F"],
  ["Jean-Luc", "Marchetti-Lowell", "M"],
  ["Summer", "Rains", "F"],
  ["Grant", "Waters", "M"],
  ["Xiuying", "Zhào", "F"],
];

/** Ages that a rule about ages must get right: the first patients have them. */
const EDGES = [101, 97, 93, 90, 89, 88, 18, 1, 0];

/** Always the same people for the same count: the generator is seeded and no clock is read. */
export function makePeople(count: number): readonly Person[] {
  const faker = seeded(20_260_101);
  return Array.from({ length: count }, (_, at) => makePerson(faker, at));
}

/** A generator of made-up values that gives the same ones for the same seed. */
export function seeded(seed: number): Faker {
  const faker = new Faker({ locale: [en] });
  faker.seed(seed);
  return faker;
}

function makePerson(faker: Faker, at: number): Person {
  const unusual = at % 40 === 7 ? UNUSUAL[((at - 7) / 40) % UNUSUAL.length] : undefined;
  const sex = unusual?.[2] ?? faker.helpers.arrayElement(["F", "M"] as const);
  const first = unusual?.[0] ?? firstName(faker, sex === "F" ? "female" : "male");
  const last = unusual?.[1] ?? faker.person.lastName();
  const [city, state, zip, region] = faker.helpers.arrayElement(PLACES);
  const age = EDGES[at] ?? Math.floor(100 * faker.number.float() ** 0.8);
  return {
    id: `P${String(100_000 + at)}`,
    mrn: faker.string.numeric({ length: 8, allowLeadingZeros: false }),
    first,
    last,
    sex,
    birth: birthDay(age, faker.number.int({ min: 1, max: 364 })),
    age,
    phone: phone(faker),
    email: faker.number.float() < 0.7 ? `${ascii(first)}.${ascii(last)}@example.com` : null,
    ssn: faker.number.float() < 0.6 ? ssn(faker) : null,
    street: faker.location.streetAddress(),
    ...{ city, state, zip, region },
  };
}

/** Titles and labels that Faker's list holds among its names. */
const TITLES: ReadonlySet<string> = new Set(["Baby", "General", "Judge", "Name", "Sister"]);

/** A first name that is no title. */
export function firstName(faker: Faker, sex?: "female" | "male"): string {
  const name = faker.person.firstName(sex);
  return TITLES.has(name) ? firstName(faker, sex) : name;
}

/** Numbers that are never given out: exchange 555, line 01xx. */
export function phone(faker: Faker): string {
  return `${faker.number.int({ min: 201, max: 979 })}-555-01${faker.string.numeric(2)}`;
}

/** An area that the Social Security Administration had not assigned when areas meant places. */
function ssn(faker: Faker): string {
  const area = faker.number.int({ min: 773, max: 899 });
  return `${area}-${faker.number.int({ min: 10, max: 99 })}-${faker.number.int({ min: 1000, max: 9999 })}`;
}

function birthDay(age: number, daysPast: number): string {
  const birthday = new Date(`${Number(AS_OF.slice(0, 4)) - age}${AS_OF.slice(4)}T00:00:00Z`);
  return addDays(birthday.toISOString().slice(0, 10), -daysPast);
}

/** The ISO day so many days later. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function ascii(name: string): string {
  return name
    .normalize("NFD")
    .replace(/[^A-Za-z]/g, "")
    .toLowerCase();
}
