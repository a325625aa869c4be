import { describe, expect, it } from "vitest";
import { detectOne, marked, unmarked } from "../corpus/lexicons.ts";

/** Each row is the expected answer; the text is the row without its marks. A row without marks must stay as it is. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "social security and cards": [
    "SSN {SSN:123-45-6789}",
    "ssn: {SSN:123 45 6789}",
    "social security number {SSN:123456789}",
    "SSN {SSN:000-12-3456} was never issued, but the label says what it is",
    "the number {ID:900-12-3456} was never one",
    "Card {CARD:4111 1111 1111 1111} on file",
    "VISA {CARD:4012888888881881}",
    "IBAN {ACCOUNT:DE89 3704 0044 0532 0130 00}",
    "VIN {VIN:1HGCM82633A004352}",
    "IP {IP:10.20.30.40} and {IP:2001:db8:85a3::8a2e:370:7334}",
    "MAC {DEVICE:00:1A:2B:3C:4D:5E}",
    "version 1.2.3 and 4.5.6.7.8 stay",
  ],
  "identifiers by label": [
    "MRN: {MRN:00123456}",
    "(MRN: {MRN:112-45-789})",
    "MRN #{MRN:SF-998877}",
    "Medical Record Number {MRN:A12-34567}",
    "Account number is {ACCOUNT:XZ-4412-99}",
    "NPI {LICENSE:1234567893}",
    "DEA# {LICENSE:AB1234563}",
    "Medicare {HEALTH_PLAN:1EG4-TE5-MK73}",
    "insurance ID: {HEALTH_PLAN:HP-678901}",
    "serial no. {DEVICE:A7-99812}",
    "license plate {PLATE:7ABC123}",
    "Patient ID {MRN:889321}",
    "Group A strep, plan 81 mg aspirin, no 325 mg",
    "Patient is 45 and has 3 lesions",
    "visit 3 of 5; case 12; chart reviewed",
  ],
  "identifiers without a label": [
    "the one with {ID:2694522}, is in bed",
    "({ID:ST-998877})",
    "#{ID:0937884}",
    "trial NCT01234567, PMID 31452104, CPT 99213, ICD-10 E11.9, SNOMED 73211009",
    "platelets 150000-400000, WBC 100-1000, viral load 1000000 copies",
    "COVID-19, CHADS2, T12N1M0, HbA1c, CD4, IL-6, HER2, BRCA1, p53, SpO2, A1c 7.2",
  ],
  "phones and faxes": [
    "call {PHONE:(555) 123-4567}",
    "tel {PHONE:415.555.0199 ext 22}",
    "{PHONE:+1-808-738-6379x402}",
    "{PHONE:001-411-671-8227}",
    "contact {PHONE:7305564139}",
    "{PHONE:(247)746-8723x4309}",
    "ring {PHONE:+44 20 7946 0958}",
    "or {PHONE:020 7946 0958}",
    "fax: {FAX:415-555-0199}",
    "pager {PHONE:200-1828}",
    "pager {PHONE:48215}; at ext. {PHONE:4021}",
    "BP 120/80, HR 72, sats 98, RR 16, T 98.6",
  ],
  "mail and web": [
    "write {EMAIL:jane.roe+x@mail.example.co.uk}.",
    "see {URL:https://portal.example.org/p?id=1}, please",
    "{URL:www.example.com/jane} and {URL:example.org/patient/12}",
    "{EMAIL:jane.roe at example dot com}",
    "e.g. this i.e. that vs. those; q.d. b.i.d. p.r.n.",
  ],
  dates: [
    "{DATE:2021-03-04} {DATE:3/4/2021} {DATE:03-04-21} {DATE:4.3.2021} {DATE:2021/3/4}",
    "{DATE:2021-03-04T13:45:00Z}",
    "{DATE:03/18/2021}, {DATE:3/18/21}",
    "on {DATE:3/14} and since {DATE:2/28}",
    "seen {DATE:Tuesday, March 3rd, 2020}",
    "{DATE:14-Mar-21}, {DATE:14 March 2021}, {DATE:March 14}, {DATE:14MAR2021}",
    "the {DATE:fifth of May}",
    "on {DATE:March fourteenth, twenty twenty-one}",
    "{DATE:12-15 June 2020} and {DATE:June 3-5, 2020}",
    "in {DATE:June 2019}; in {MONTH:March} it began",
    "{DATE:20240305}",
    "study date {DATE:20240305134500}",
    "since {YEAR:2019}; in {YEAR:2021}",
    "13/45/2020 and 2021-13-40 are no dates; pain 5/10; 1/2 tablet; 2/6 murmur; strength 4/5; vision 20/40",
    "may 5 mg help? It may. 2000 mL, 1990 mg, 12/24 hours",
  ],
  ages: [
    "{OVER_89:92}-year-old; {AGE:45} y/o; {OVER_89:ninety-two} years old; age {OVER_89:101}",
    "in her {OVER_89:nineties}; {AGE:54yo} male; a {AGE:67} year old",
    "a {OVER_89:centenarian}",
    "aged {AGE:34}; {AGE:72} female",
    "HR 92, sats 95%, weight 92 kg, 101 mg, 90 days supply",
  ],
  addresses: [
    "Lives at {STREET:12 Oak Street, Apt 4B}, {CITY:Springfield}, {STATE:IL} {ZIP:62704}.",
    "{STREET:PO Box 44}, {CITY:Austin}, {STATE:TX}",
    "{STREET:6270 Stanton Track}.",
    "{STREET:742 Evergreen Terrace}\n{CITY:Springfield}, {STATE:OR} {ZIP:97403-1234}",
    "{STREET:1600 N. 5th Ave}, {CITY:New York}, {STATE:NY} {ZIP:10001}",
    "home address: {STREET:88 maple street}",
    "take 2 tablets at 8 in the morning; 3 way catheter; 12 lead ECG",
  ],
};

describe.each(Object.entries(CASES))("%s", (_name, rows) => {
  it.each(rows)("%s", async (expected) => {
    const text = unmarked(expected);
    expect(marked(text, await detectOne(text))).toBe(expected);
  });
});
