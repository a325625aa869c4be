import type { Faker } from "@faker-js/faker";
import { type Note, writeNote } from "./notes.ts";
import { AS_OF, addDays, firstName, makePeople, type Person, phone, seeded } from "./people.ts";

/** One row of the table, before it is written. Days are ISO days, instants ISO instants in UTC. */
export interface Encounter {
  readonly id: string;
  readonly person: Person;
  readonly admitted: string;
  /** Null while the patient is still in hospital. */
  readonly discharged: string | null;
  readonly department: string;
  readonly diagnoses: readonly string[];
  readonly contacts: readonly Contact[];
  readonly charge: number | null;
  /** Null where nobody wrote one. */
  readonly note: Note | null;
}

/** Somebody to call. */
export interface Contact {
  readonly name: string;
  readonly relation: string;
  readonly phone: string;
}

const DEPARTMENTS = ["cardiology", "emergency", "medicine", "orthopedics"];
const DIAGNOSES = ["E11.9", "G20", "I10", "I50.23", "J18.9", "J45.901", "S52.502A", "Z00.00"];

/** The encounters of made-up patients, two or three to a patient: always the same ones for the same count. */
export function makeEncounters(count: number): readonly Encounter[] {
  const people = makePeople(Math.ceil(count / 2.5));
  const faker = seeded(4_711);
  return Array.from({ length: count }, (_, at) => makeEncounter(faker, people[at] ?? pickOne(faker, people), at));
}

function makeEncounter(faker: Faker, person: Person, at: number): Encounter {
  const daysAgo = faker.number.int({ min: 12, max: 700 });
  const day = [addDays(AS_OF, -daysAgo), person.birth].sort()[1]!;
  const stay = faker.number.int({ min: 0, max: 9 });
  const discharged = addDays(day, stay);
  const time = `${two(faker.number.int({ max: 23 }))}:${two(faker.number.int({ max: 59 }))}:00`;
  return {
    id: `E${day.slice(0, 4)}-${String(at + 1).padStart(6, "0")}`,
    person,
    admitted: `${day}T${time}.${faker.string.numeric(6)}Z`,
    discharged: faker.number.float() < 0.04 ? null : discharged,
    department: person.age < 16 ? "pediatrics" : pickOne(faker, DEPARTMENTS),
    diagnoses: faker.helpers.arrayElements(DIAGNOSES, { min: 0, max: 3 }),
    contacts: contactsOf(faker, person),
    charge: faker.number.float() < 0.05 ? null : faker.number.int({ min: 9_000, max: 2_400_000 }) / 100,
    note: faker.number.float() < 0.03 ? null : writeNote(faker, { person, admitted: day, discharged }),
  };
}

function contactsOf(faker: Faker, person: Person): readonly Contact[] {
  return Array.from({ length: faker.number.int({ max: 2 }) }, () => ({
    name: `${firstName(faker)} ${faker.number.float() < 0.5 ? person.last : faker.person.lastName()}`,
    relation: person.age < 18 ? "parent" : pickOne(faker, ["spouse", "child", "sibling", "friend"]),
    phone: phone(faker),
  }));
}

function pickOne<T>(faker: Faker, options: readonly T[]): T {
  return faker.helpers.arrayElement(options);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
