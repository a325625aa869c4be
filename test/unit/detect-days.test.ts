import { describe, expect, it } from "vitest";
import { detectOne, marked, unmarked } from "../corpus/lexicons.ts";

/** Each row is the expected answer; the text is the row without its marks. A row without marks must stay as it is. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "a month and a day without a cue": [
    "Sugars: {DATE:4/1} 133, {DATE:4/2} 178, {DATE:4/3} 202",
    "swallow study {DATE:7/2}, thin liquids",
    "foster placement, court {DATE:2/20} in the county seat",
    "got it {DATE:10/8}. No fever.",
    "DOB {DATE:6/30/25}. ROP exam {DATE:7/4}, anointing {DATE:7/2}.",
    "          {DATE:8/20}   {DATE:7/22}   {DATE:6/26}\nCr        1.42   1.38   1.35",
    "session 14/36\nPhase II cardiac rehab   {DATE:9/29}\nPre 128/74",
    "labs {DATE:3/9}, {DATE:3/16} and {DATE:3/23}",
    "fed well {DATE:3/2},{DATE:3/4},{DATE:3/6}; weekend of {DATE:3/7-8}; week of {DATE:3/9}; {DATE:3/17} Tuesday",
    "LMP of {DATE:1/5}, TB read {DATE:2/9}, second dose {DATE:3/23}; note of {DATE:3/2/26}; called {DATE:3/2}@0800, {DATE:3/3} 8a",
    "DOB {DATE:03 02 1931}; seen {DATE:02MAR}; next on {DATE:3-14}",
    "Reviewed {DATE:22/02}, bloods {DATE:14/3} and {DATE:21/3}",
    "colonoscopy {DATE:02/07}, repeat in 5 years",
    "SIMV to {DATE:2/11}, then CPAP, reintubated {DATE:2/23}; bp check {DATE:10/1}; Next Zoom {DATE:1/28} at 3.",
    "POD 2 from {DATE:6/3} ORIF; Rx'd {DATE:5/30} by urgent care; Wt {DATE:6/1} 182 lb, {DATE:6/8} 179 lb; pin out {DATE:9/18}",
    "Admit date: {DATE:060325}, DOB {DATE:06031958}, Date: {DATE:6 3 25}; in from the {DATE:3rd to the 11th of February}",
    "Seen {DATE:7/21/2026}. He had his protocol bx {DATE:6/14} here.",
  ],
  "scores, strengths, doses and parts stay": [
    "Strength 4/5 5/5 throughout, delts 4/5, biceps 4/5, wrist 3/5, reflexes 2/4",
    "murmur 2/6; pain 8/10 now 4/10; 2/6 SEM at the base",
    "BP 12/8; BiPAP 12/5; grip 5/4 L; tac 4/3, MMF 750; Berg 12/28; nodes 3/14 positive; bishop 8/13; room no. 060325",
    "MMSE 12/30; MoCA 11/30; PHQ-9 10/27; GAD 9/21; Apgar 8/9; GCS 7/15; PAS 7/8; IDDSI 5/2",
    "joint score 6/9; VA 6/9, 6/18; Tinetti 12/28; Epworth 11/24; Katz 5/6",
    "Norco 5/325; 1/2 tab; 3/4 cup; Suboxone 8/2 film; Humalog 75/25; tac 4/3 bid",
    "2/12 nodes positive; 3/14 lymph nodes; 4/12 cores",
    "BiPAP 12/5; pupils 4/3; station -1; page 3/7; cycle 3/6; session 11/36",
    "on 2-3 occasions, goal 5-7, OCT4, SEPT9, MARCH5, 03 02 31 of 40, strength 3/4-5, day 3/7-8",
    "care 24/7, Caduet 20/10, fasting 16/8, enalapril 25/5",
    "Fax, P 3/7. Week 3/12 of treatment. Day 5/7.",
  ],
  "points between": [
    "dob {DATE:8.8.94}    seen {DATE:4.16.26}",
    "Seen {DATE:4/16/26}. Pump refilled by the nurse {DATE:2.2.26}, alarm {DATE:6.30.26}.",
    "Version 8.8.94 of section 4.16.26; firmware 2.2.26 and 3.1.12",
  ],
  "a day alone": [
    "away until {DATE:the 9th} so please write; on the morning of {DATE:the 9th}: no change",
    "See you on {DATE:the 22nd}.",
    "one fall on {DATE:the twelfth} without injury; by {DATE:the twenty-first} she walked",
    "the 5th digit; on the 9th rib; on the twelfth nerve; since the 4th of five doses",
    "on the 4th and 5th ribs; on the 3rd floor; by the fourth attempt",
  ],
  "months and days in words": [
    "twice a week starting {DATE:march thirtieth}; {DATE:march second twenty twenty six}",
    "last seen in {MONTH:october}; abroad till {MONTH:end of June}. Last flare {MONTH:August}.",
    "off work through {DATE:3/13}. May return without restrictions.",
    "march on; she may return; the may 5 mg; in may",
  ],
};

describe.each(Object.entries(CASES))("%s", (_name, rows) => {
  it.each(rows)("%s", async (expected) => {
    const text = unmarked(expected);
    expect(marked(text, await detectOne(text))).toBe(expected);
  });
});
