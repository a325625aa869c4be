import { describe, expect, it } from "vitest";
import { detectOne, marked, unmarked } from "../corpus/lexicons.ts";

/** As clinicians type between two patients: each row is the expected answer, what has no marks must stay. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "logins, badges, area codes in brackets and days of one line": [
    "badge {ID:5521}; badge access 24 hours",
    "Pt admitted {DATE:Tues 6/3}, extubated {DATE:6/5}, tx to floor {DATE:6/6}.",
    "Admitted on {DATE:5/3}, strength 5/5 in legs, 4/5 grip",
    "seen {DATE:6/3}, took 1/2 tab, 5/6 lesions gone",
    "dated this {DATE:3rd day of June, 2025}",
    "voicemail left at {PHONE:(304)5550167}, then at {PHONE:(304) 5550168}",
    "logged in as {ID:mhuerta22}, logged into Epic under {ID:roe_j}",
    "logged in with 12 steps; signed in as requested, signed under 2 witnesses",
  ],
  "hospitals by half a name, acronyms and employers": [
    "followed by {FACILITY:Tri-State Pain Mgmt}",
    "Eval at {FACILITY:Children's} showed nothing",
    "transferred from {FACILITY:St. Luke's} to our unit",
    "s/p CABG at {FACILITY:OSU} years ago; SH: nurse at {FACILITY:CAMC}",
    "works for {EMPLOYER:Toyota} on the line",
    "retired coal miner ({EMPLOYER:Massey Energy})",
    "self employed - {EMPLOYER:Ray's Auto Body}",
    "member of {FACILITY:First Baptist Church}",
    "from Children's Tylenol; Chronic Pain Mgmt plan; Referred to Pain Management for injections",
    "tender at MCP s/p fall, s/p fusion at TMJ, PT eval at EOB",
    "welder (retired); self employed - Works from home",
  ],
  "rare first names at the head of a sentence": [
    "{NAME:LaShawnda} signed consent",
    "{NAME:Xiuying} and {NAME:Wei} both present",
    "Interpreter {NAME:Dao} used",
    "Romberg and Weber both present; Rhonchi and Rales both present",
    "Zyloprim called to pharmacy. Lovenox refused.",
    "PT: Otago program twice weekly",
    "Jevity 1.2 at 60 mL/hr via PEG",
    "Apgars 8 and 9. Ballard 38 weeks. Ortolani and Barlow negative.",
  ],
  "crossings, interstates and units": [
    "found down at {STREET:7th & Main}",
    "found near {STREET:5th and Market St}",
    "lives at {STREET:the corner of Main and Elm St}, by {STREET:the corner of Grand and 4th}",
    "MVC on the {STREET:I-64} near {CITY:Nitro}",
    "apt {STREET:4C at 88 Greene St}",
    "cracks at the corner of the mouth, tender at 5th & 6th ribs, pain at 5th & Left toes",
    "drives I-64 daily; seen on 7th and Cardiology agreed; unit 2 at 40 mg",
  ],
};

describe.each(Object.entries(CASES))("%s", (_name, rows) => {
  it.each(rows)("%s", async (expected) => {
    const text = unmarked(expected);
    expect(marked(text, await detectOne(text))).toBe(expected);
  });
});
