import type { Faker } from "@faker-js/faker";
import { addDays, firstName, type Person, phone } from "./people.ts";
import { writtenDate, writtenMrn, writtenPhone } from "./written.ts";

/** A note, and every piece of it that must not survive masking. */
export interface Note {
  readonly text: string;
  readonly planted: readonly string[];
}

/** What a note is about. Days are ISO days. */
export interface Visit {
  readonly person: Person;
  readonly admitted: string;
  readonly discharged: string;
}

/** Words for one note. Each that tells who, where or when is noted as planted. */
interface Pen {
  /** The words of the patient's sex. */
  readonly woman: string;
  readonly him: string;
  readonly his: string;
  readonly He: string;
  /** `a 67-year-old`; ages over 89 must not survive. */
  readonly old: string;
  /** A made-up full name. */
  name(): string;
  /** `aunt Rosalind` and the like. */
  relative(): string;
  /** `Dr. Feeney` and the like. */
  doctor(): string;
  /** A made-up hospital or home. */
  facility(): string;
  date(day: string): string;
  phone(number?: string): string;
  /** Any text that must not survive. */
  plant(text: string): string;
  pick(options: readonly string[]): string;
}

/** A discharge summary, a progress note, a phone message, a letter, a referral or a comment on results. */
export function writeNote(faker: Faker, visit: Visit): Note {
  const planted: string[] = [];
  const kind = faker.helpers.weightedArrayElement([
    { value: dischargeSummary, weight: 4 },
    { value: progressNote, weight: 5 },
    { value: phoneMessage, weight: 3 },
    { value: letter, weight: 2 },
    { value: referral, weight: 2 },
    { value: resultComment, weight: 2 },
  ]);
  return { text: kind(penOf(faker, visit.person, planted), visit), planted };
}

function penOf(faker: Faker, patient: Person, planted: string[]): Pen {
  const plant = (text: string) => {
    planted.push(text);
    return text;
  };
  const form = () => faker.number.int({ max: 59 });
  const old = `${patient.age}-year-old`;
  const surname = () => faker.person.lastName();
  return {
    ...(patient.sex === "F"
      ? { woman: "woman", him: "her", his: "her", He: "She" }
      : { woman: "man", him: "him", his: "his", He: "He" }),
    old:
      patient.age === 0 ? "an infant" : `${/^(8|1[18])/.test(old) ? "an" : "a"} ${patient.age > 89 ? plant(old) : old}`,
    name: () => `${plant(firstName(faker))} ${plant(surname())}`,
    relative: () => {
      const sex = faker.helpers.arrayElement(["female", "male"] as const);
      const who = { female: ["mother", "sister", "aunt", "niece"], male: ["father", "brother", "uncle", "nephew"] }[
        sex
      ];
      return `${faker.helpers.arrayElement(who)} ${plant(firstName(faker, sex))}`;
    },
    facility: () =>
      plant(
        `${surname()} ${faker.helpers.arrayElement(["Nursing Home", "General Hospital", "Rehabilitation Center"])}`,
      ),
    doctor: () =>
      faker.helpers.arrayElement([
        () => `Dr. ${plant(surname())}`,
        () => `Dr ${plant(firstName(faker))} ${plant(surname())}`,
        () => `${plant(firstName(faker))} ${plant(surname())}, MD`,
      ])(),
    date: (day) => plant(writtenDate(day, form())),
    phone: (number = phone(faker)) => plant(writtenPhone(number, form())),
    plant,
    pick: (options) => faker.helpers.arrayElement(options),
  };
}

const COURSE = [
  "Presented with two days of productive cough and fever to 38.9. Chest film showed a right lower lobe infiltrate; started on ceftriaxone 1 g IV daily and azithromycin 500 mg.",
  "Known Parkinson disease and type 2 diabetes. Glucose 312 on arrival, A1c 9.4 %. Insulin glargine raised to 24 units at night; sliding scale while in hospital.",
  "Exertional chest pressure, relieved by rest. Troponin 0.02 and 0.03, ECG without ST changes. Stress echo negative; metoprolol 25 mg b.i.d. continued.",
  "Mechanical fall at home with a closed fracture of the left distal radius, reduced under hematoma block and splinted. Neurovascularly intact, pain 3/10.",
  "Acute on chronic heart failure, EF 35 %. Diuresed 4.2 L with furosemide 40 mg IV twice daily; weight down from 84 to 79 kg. Foley catheter removed on day 2.",
  "Asthma exacerbation after a cold. Peak flow 210, improved to 380 with albuterol and prednisone 40 mg. No intubation, no ICU stay.",
];

const PLAN = [
  "Continue lisinopril 10 mg daily, recheck potassium in two weeks.",
  "Wound check in clinic, sutures out in ten days. No lifting over 5 kg.",
  "Repeat CBC and BMP; return for fever, shortness of breath or new pain.",
  "Physical therapy twice a week for six weeks.",
];

function dischargeSummary(pen: Pen, { person, admitted, discharged }: Visit): string {
  return `DISCHARGE SUMMARY
Patient: ${pen.plant(person.last)}, ${pen.plant(person.first)}    ${pen.pick(["MRN", "MRN:", "MR#"])} ${pen.plant(person.mrn)}
DOB: ${pen.date(person.birth)}
Admitted: ${pen.date(admitted)}    Discharged: ${pen.date(discharged)}
Attending: ${pen.doctor()}

Hospital course: this is ${pen.old} ${pen.woman}, transferred from ${pen.facility()}. ${pen.pick(COURSE)}

Plan: ${pen.pick(PLAN)} Follow-up on ${pen.date(addDays(discharged, 10))}, call ${pen.phone()} to change it.
Discharged home to ${pen.plant(person.street)}, ${pen.plant(person.city)}, ${person.state} ${pen.plant(person.zip)} in the care of ${pen.his} neighbor ${pen.name()}.

Electronically signed by ${pen.name()}, MD on ${pen.date(discharged)}`;
}

function progressNote(pen: Pen, { person, admitted }: Visit): string {
  const title = person.sex === "M" ? "Mr." : person.age < 18 ? "Ms." : "Mrs.";
  const written = writtenMrn(person.mrn, person.mrn.charCodeAt(7));
  pen.plant(person.mrn);
  return `${pen.date(admitted)} progress note. ${title} ${pen.plant(person.last)} is ${pen.old} patient of ${pen.doctor()}, ${written}. ${pen.pick(COURSE)} Seen with ${pen.doctor()} on rounds; ${pen.plant(person.first)} slept well, BP 128/76, HR 72, afebrile. ${pen.He} asks whether ${pen.his} ${pen.relative()} may stay overnight. ${pen.pick(PLAN)}`;
}

function phoneMessage(pen: Pen, { person, admitted }: Visit): string {
  const caller = pen.name();
  return `Phone call ${pen.date(admitted)}, ${pen.pick(["08:15", "11:40", "16:05"])}. ${caller} called for ${pen.plant(person.first)} ${pen.plant(person.last)} about the refill. Call back at ${pen.phone(person.phone)} or ${pen.phone()} after 5 pm. Reports mild ankle swelling since Tuesday, no chest pain. Advised to keep taking furosemide. ${person.email === null ? "Left no other contact." : `Sent the leaflet to ${pen.plant(person.email)}.`} Message taken by ${pen.name()}, RN.`;
}

function letter(pen: Pen, { person, discharged }: Visit): string {
  return `${pen.date(discharged)}

${pen.doctor()}
${pen.plant(person.street)}
${pen.plant(person.city)}, ${person.state} ${pen.plant(person.zip)}

Re: ${pen.plant(person.first)} ${pen.plant(person.last)}, born ${pen.date(person.birth)}

Dear colleague,

Thank you for sending me your patient, ${pen.old} ${pen.woman}. ${pen.pick(COURSE)} I told ${pen.him} that the outlook is good. ${pen.pick(PLAN)} Please call me at ${pen.phone()} with any question.

Sincerely,

${pen.name()}, MD`;
}

function referral(pen: Pen, { person, admitted }: Visit): string {
  const ssn = person.ssn === null ? "" : `SSN ${pen.plant(person.ssn)}. `;
  return `REFERRAL to ${pen.doctor()}, ${pen.pick(["cardiology", "neurology", "orthopedics"])}. Patient ${pen.plant(person.first)} ${pen.plant(person.last)} (${pen.pick(["DOB", "d.o.b."])} ${pen.date(person.birth)}), ${writtenMrn(pen.plant(person.mrn), 1)}. ${ssn}Lives at ${pen.plant(person.street)} in ${pen.plant(person.city)}. Reached at ${pen.phone(person.phone)}. Reason: ${pen.pick(COURSE)} Last seen ${pen.date(admitted)}. Emergency contact: ${pen.name()}, ${pen.phone()}. Fax the report to ${pen.phone()}. Referred by ${pen.name()}, NP.`;
}

function resultComment(pen: Pen): string {
  return pen.pick([
    "CBC and BMP within normal limits. Hgb 13.8, WBC 7.2, K 4.1, creatinine 0.9. No change to medication.",
    "Apgar 8 and 9. Bilirubin 6.2 at 36 hours, below the line for phototherapy.",
    "Biopsy: Barrett esophagus without dysplasia. Repeat endoscopy in three years.",
    "A1c 6.8 %, LDL 92. Continue metformin 500 mg twice daily.",
  ]);
}
