import { describe, expect, it } from "vitest";
import { detectOne, marked, unmarked } from "../corpus/lexicons.ts";

/** Each row is the expected answer; the text is the row without its marks. A row without marks must stay as it is. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "numbers and codes of insurers, makers and boards": [
    "Insured through work, group {HEALTH_PLAN:804226}, grp {HEALTH_PLAN:ACME71}",
    "New card: {ID:QRT 600319744}, bin 610097 pcn 9999",
    "prior auth sent, key {ID:HT4RWN2Q}",
    "Provider No.: {ID:38-6614}",
    "(chart {MRN:52-91-37}, seen {DATE:5/6/2020})",
    "MR# {MRN:552041}; docket {ID:2025-JV-0387}; police report #{ID:25-220417}",
    "femur #4, lot {DEVICE:R9T3M}, ref 6620-G-501; insert, lot {DEVICE:KD5517}",
    "UNOS {ID:ZPR3310}, donor {ID:BKHM227}",
    "Case no {ID:24-CV-207}, bill no {ID:55193}, Enc# {MRN:77216}, check #{ID:3382}",
    "last four {ID:6630}; SSN ends in {ID:5518}; gate code {ID:2290}, passcode {ID:61kpR4}",
    "red cells {ID:W1184 25 330917}, CIN {HEALTH_PLAN:7234518B3}, PPS {ID:7654321K1}",
    "valuables, receipt {ID:88213}; Job {ID:118740}; ref {ID:VV-2217}. code {ID:bp-4471}; form {ID:26-0077120}; case {ID:1B55K2}",
    "Our file: {MRN:24-PI-1187}; lic {LICENSE:3E7741}; NJ Lic. {LICENSE:35SI00447100}; subject {ID:QNS-1120}; pgr {PHONE:40717}",
    "CPT code 99213, code G0438, ICD code E11.65, registry NCT01234567, form SF-36, study KEYNOTE-189, case 3-4 weeks, ref 5510",
    "no 325 mg, trial of no 500 mg dose, ends in 4 weeks, code blue, last 4 days, 1500000U, 2500000K, last 4 visits",
    "group A strep, key NOTCH3 finding, lot of pain, donor HLA-A2, UNOS status 1A, case 12, moderate MR 3+",
    "tooth #30, Percocet #8, chart reviewed 3/5",
  ],
  "plates and logins": [
    "plates on truck {PLATE:592 LWR}, tag {PLATE:AB 1207}",
    "Portal name {ID:m.roe77}, reset sent; login: {ID:mroe_2}",
    "plates and screws T10-T12, plate 3 of 5, growth plate 2 mm; portal message sent; user guide v2.0",
  ],
  dictated: [
    "medical record number {ID:three three nine one six oh two} date of admission",
    "call the cell {PHONE:five oh two five five five oh one nine six}",
    "she goes home to {STREET:two twelve juniper street} with her husband",
    "doctor {NAME:Montague Pritchard} spelled {NAME:p r i t c h a r d} dictating; labs a b c d e f",
    "one two three four five six seven; number four one fall; one to two three; at one time the street",
  ],
  "streets and roads by number": [
    "labs on {STREET:E 9th} when home; rollover {STREET:I-70 mp 161}; lives off {STREET:Hwy 27}",
    "meets us at {STREET:12th and Vine}; the shelter on {STREET:6th St}; {STREET:118 Hwy 62}; {STREET:County Road 14}; {STREET:State Route 32}",
    "on 3rd and last day; BUN 18 Cr 12; Wellbutrin 150 SR 300; the 5th and 6th ribs",
    "given I-131; on I-131 precautions; rollover on I-75; the S 4th rib; on S 5th rib",
    "Tourniquet 250 mm, 61 min. Incision closed. Diet 1600 cal, 60 g protein. 20 Gy/5 given over 45 min.",
  ],
  "initials at the end": [
    "Dictated in full and read back to the referring doctor's office today. trans. {DATE:3/26/26} {NAME:qjw}",
    "No change.\n{NAME:JT/smd}",
    "I make no promises. Thank you all,\n{NAME:M}",
    "Seen for the second week in a row with sugars all over the place, glargine raised to 20. {NAME:sd}",
    "Seen for the second week in a row with sugars all over the place, glargine raised to 20. prn",
    "CT/mri done. Continue as is.\nThanks,\nAll",
  ],
  "ages over 89": [
    "{OVER_89:95}F hospice. {OVER_89:95} yrs, lives with her son; PPS 40 / {OVER_89:ninety-three} / recertified",
    "in her {OVER_89:90}s; mid-{OVER_89:nineties}; her {OVER_89:95th} birthday; a {AGE:54}F with cough",
    "T 95F oral; sats in the 90s; pulse in the nineties; 92 years of follow-up; 95 years ago; 95th percentile",
    "dose ninety mg; walked ninety, then rested; ninety days; ninety-three percent",
  ],
};

describe.each(Object.entries(CASES))("%s", (_name, rows) => {
  it.each(rows)("%s", async (expected) => {
    const text = unmarked(expected);
    expect(marked(text, await detectOne(text))).toBe(expected);
  });
});
