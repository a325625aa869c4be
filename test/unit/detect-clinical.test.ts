import { describe, expect, it } from "vitest";
import { detectOne, marked, unmarked } from "../corpus/lexicons.ts";

/** Each row is the expected answer; the text is the row without its marks. A row without marks must stay as it is. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "clinical words and brands stay": [
    "S: Pt c/o exertional dyspnea and orthopnea x1 week. A: Acute decompensated HFrEF. P: strict I/Os, Entresto held.",
    "Operative: Hemolok clips applied. Fascia closed with 0 Vicryl. Endo Catch bag used. Skin with Dermabond.",
    "Issued Theraband (yellow). Perio probing 3-5 mm. Nitrous declined. Next visit: Prophy.",
    "Prior LAD stent (Xience), LVEF 35%. CardioMEMS PA diastolic 14. Boston Scientific lead impedance normal.",
    "tmax 102, no trismus or drooling, return if worse. push fluids. tylenol prn.",
    "PSH: TURP, LAP CHOLE, RIGHT TKA. MEDS: COREG, LIPITOR, SPIRIVA RESPIMAT.",
    "Driver of a Honda. Mom out of Xarelto, PA denied. Critical care time 42 min excluding procedures.",
  ],
  "names that products have too are found": [
    "Transferred from {FACILITY:Bayer General Hospital}; now at {FACILITY:Bode Rehabilitation Center}.",
    "BODE index 4, Kerlix and Coban dressing, Ecotrin 81 mg.",
    "Phone call 16:05. {NAME:Barton Bayer} called for {NAME:Mamie Anderson}.",
  ],
  "what is called after people stays": [
    "Braden 16, Morse 45, Schmid 3, CAM neg. Semmes-Weinstein 3.61. Jamar grip R 22 kg.",
    "Peripheral smear: Howell-Jolly bodies, Heinz bodies. Coulter LH. Placenta Schultze. Woods screw not needed.",
    "Masako, Mendelsohn, effortful swallow. Dawson fingers on MRI. IOP Goldmann 14/16. Amsler normal.",
    "Cincinnati stroke scale neg. Boston Bowel Prep Scale 8. Rancho Los Amigos level VI. Friedman III, BiPAP.",
    "Bed mobility Min A, supine to sit CGA. STS from EOB w/ RW Mod A x1. Gait Max assist.",
  ],
  "headings and plain words stay": [
    "Reason for consult: elevated troponin\nMed Rec: {MRN:55-20-31}  Loc: 4 West\nAdvance Care Planning: Discussed",
    "Education Level: High School\nAdvance Care Planning: Discussed\nPatient Goals: Lose Weight, Walk Daily",
    "Discharge Instructions: Rest, Ice, Compression, Elevation. Gulf War registry n/a. Randomized to Arm B.",
    "Operating Room 3. Infusion Center. Pain Clinic. Transferred by Life Flight. 18g L AC, NS TKO.",
  ],
  "a text about nobody names instruments, not people": [
    `Model: skills group of twelve weeks, closed, eight adults. Practice with a bowl of ice water and a brisk walk each day between
meetings. The leaders prefer Linehan or the dual process when grief comes up, and no stages language. Yalom described universality,
hope and cohesion; Gottman and Satir ideas may be mentioned but are not part of the plan. Bring a folder. Snacks are welcome.`,
    `Goal 2-3, or 2.5-3.5 with a St. Jude mechanical mitral valve. Hold one dose when the value is over 4.5 and check again.`,
  ],
  "units, languages and offices stay": [
    "Tourniquet 250 mm, 61 min. Diet: 1600 cal low salt, 60 g protein. Interpreter: Tigrinya, video. A Hmong speaker runs the group.",
    "SPASTICITY CLINIC\nGENETICS CLINIC, variant summary",
    "15. Safety Measures: falls, bleeding, sharps; no rugs.",
    "2. Start of Care Date: pending. Peer review.",
  ],
  "people whose names are words are found all the same": [
    "Seen with Dr. {NAME:Woods} and Mrs. {NAME:Rest}. Daughter {NAME:Dawson} present. Signed: {NAME:Amy Fascia}, RN",
    "Emergency contact: {NAME:Duc Phan} - Husband - {PHONE:714-555-0102}",
    "Reports walking the dog with {NAME:Faith} up to the lake. Disability office, attention Mister {NAME:Landry}.",
    "Atty {NAME:Morgenstern} called. Trooper {NAME:Haskins} on scene. Raised by gma {NAME:Ernestine}.",
  ],
  employers: [
    "Works as a barista at {EMPLOYER:Blue Heron Coffee}. Machinist at {EMPLOYER:General Dynamics} x 22 yrs.",
    "Son drives truck for {EMPLOYER:Schneider National}. She is employed by {EMPLOYER:Lowe's} in shipping.",
    "mom works nights at {EMPLOYER:walmart}, dad is a cashier at {EMPLOYER:dollar general} since {YEAR:2019}.",
    "SOCIAL: WIDOWER. RETIRED FROM {EMPLOYER:BROYHILL FURNITURE}. NO TOBACCO. She does bookkeeping for {EMPLOYER:Columbia Restaurant}.",
    "Retired from {EMPLOYER:Boeing}. He manages a team at {EMPLOYER:Hewlett-Packard}.",
    "Working with Physical Therapy. Works at night. Works from Home. Nurse at bedside. Working diagnosis for Sepsis.",
    "works at home, works at night, works for himself, works for a bank, works full time, nurse at bedside.",
  ],
  "days without a year": [
    "DOI {DATE:2/11}, next fill {DATE:4/2}. incident report: {DATE:8/2} 0340 pt found on floor.",
    "Strength 4/5 in both arms. Pain 3/10 at 0340. Reflexes 2/4. Tylenol #3 1/2 tab.",
  ],
};

describe.each(Object.entries(CASES))("%s", (_name, rows) => {
  it.each(rows)("%s", async (row) => {
    const text = unmarked(row);
    expect(marked(text, await detectOne(text))).toBe(row);
  });
});
