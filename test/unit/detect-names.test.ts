import { describe, expect, it } from "vitest";
import { detectOne, marked, unmarked } from "../corpus/lexicons.ts";

/** Each row is the expected answer; the text is the row without its marks. A row without marks must stay as it is. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "titles and credentials": [
    "Mr. {NAME:Vukovic} and Mrs. {NAME:Long} met Dr. {NAME:A. Chen}.",
    "Drs. {NAME:Feld} and {NAME:Moreau}",
    "{NAME:Priscilla Vandermeer}, MD",
    "{NAME:Margaret T. Oyelaran}, M.D.",
    "Dr. on call was paged. Mr. was left blank.",
  ],
  "full names": [
    "saw {NAME:Maria Gonzalez} today",
    "saw {NAME:Jean-Luc Dubois-Martin} and {NAME:Ana María de la Cruz}",
    "with {NAME:Piet van der Merwe} and {NAME:Sinéad O'Connor}",
    "{NAME:Robert S.}, a patient, and {NAME:J. R. Hartley}",
    "{NAME:John Q. Public Jr}. came",
    "{NAME:Reginald Tuck} and {NAME:Diamond Collins} came",
    "Medical Center Policy, Chief Complaint, Past Medical History, Vitamin D, Hepatitis C",
  ],
  "last name first": [
    "{NAME:Wetherby, Lucinda M.}",
    "PATIENT: {NAME:HALVORSEN, ERIK J}",
    "{NAME:MARTINEZ,ROBERTO} was here",
    "{NAME:KAUFMANN^HEIDI^L}",
    "Best, {NAME:Tom}",
    "84443-4^TSH^LN, Aspirin, Lisinopril, Boston Scientific",
  ],
  "hyphens and things people have": [
    "her husband {NAME:Jae-won} came; {NAME:Thuy-Linh Pham} slept",
    "Mrs. {NAME:Abiodun} called about {NAME:Tolu}'s fever",
    "Foley-assisted, {NAME:Pham}-led study, Osborn waves, Kocher's point, Semmes-Weinstein exam",
    "Wernicke, Korsakoff. Gleason 3+4. Fowler position. Trendelenburg or Sims as ordered.",
  ],
  "labels and roles": [
    "Patient: {NAME:Xiomara Qasimi}",
    "Name: {NAME:Åsa Laine}",
    "Attending: {NAME:Rajiv Venkataraman}",
    "Dictated by: {NAME:T. Holloman}",
    "Dear {NAME:Bettina},",
    "nurse {NAME:Kelly} and social worker {NAME:Dana Whitlock}",
    "Patient: Unknown. Name: None given. Attending: pending. Nurse: call back.",
  ],
  relatives: [
    "his daughter {NAME:Maria}, son {NAME:Kwabena} and wife, {NAME:Oonagh}",
    "{NAME:Siobhan}'s mother called",
    "Mother: Breast Cancer, Father: CAD, Brother: healthy",
    "mother denies fever; father with HTN",
  ],
  "found again": [
    "Mr. {NAME:Quigley} slept. {NAME:QUIGLEY} ate. {NAME:Quigley}'s wife left.",
    "Ms. {NAME:Green} has green sputum. Ms. {NAME:Green} rests.",
    "Dr. {NAME:Crohn} treats Crohn's disease.",
  ],
  "without capitals": [
    "pt name: {NAME:jane roebuck}, seen today",
    "hi dr {NAME:patel} its {NAME:maria gonzalez}",
    "lives with brother {NAME:kevin} in {CITY:toledo}",
    "will may hope to rest; mark the art; a long day",
  ],
  "in capitals": [
    "MR. {NAME:HALVORSEN} WAS SEEN BY DR. {NAME:PRUITT} AT {FACILITY:MERCY HOSPITAL}.",
    "THE PATIENT WAS TAKEN TO THE OPERATING ROOM AND TOLERATED THE PROCEDURE WELL.",
  ],
  "spelt out": ["{NAME:B-R-I-G-H-T}", "grade A-B or C-D-E"],
  "eponyms, drugs and scores": [
    "Parkinson's disease, Crohn disease",
    "Foley, Babinski down, Apgars 8 and 9, Glasgow Coma Scale 15, Romberg negative",
    "Wells score 3, Murphy's sign, McBurney's point, Kawasaki disease, Wilson disease, Turner syndrome",
    "Lasix, Coumadin, Ativan, Percocet, Keppra and Lovenox were held",
    "Montreal Cognitive Assessment, Boston Scientific lead, Philadelphia chromosome",
    "Hope is to wean. Mark the site. Grant ended. Will return. May resume.",
  ],
  facilities: [
    "seen at {FACILITY:Stanford Hospital}",
    "at {FACILITY:Brigham and Women's Hospital}",
    "at {FACILITY:St. Francis Hospital} and {FACILITY:UCLA Medical Center}",
    "the {FACILITY:Mayo Clinic}; {FACILITY:Children's Hospital of Philadelphia}",
    "at {FACILITY:Hollow Crest}",
    "our {FACILITY:New York clinic}",
    "employed by {EMPLOYER:Roe & Sons}",
    "the hospital, the Emergency Department, Pain Clinic, Intensive Care Unit, Primary Care, nursing home",
  ],
  places: [
    "lives in {CITY:Saginaw}, moved from {CITY:San Antonio}",
    "in {CITY:Springfield}, {STATE:Illinois} {ZIP:62704}",
    "from {STATE:Ohio} and {COUNTRY:Uganda}",
    "in {COUNTY:Wayne County}",
    "on {STREET:Grand River Avenue}",
    "{CITY:London SE1 7EH}",
    "Soft, NT/ND; Gait, OR time; at Triage",
  ],
};

describe.each(Object.entries(CASES))("%s", (_name, rows) => {
  it.each(rows)("%s", async (expected) => {
    const text = unmarked(expected);
    expect(marked(text, await detectOne(text))).toBe(expected);
  });
});
