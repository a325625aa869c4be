import { describe, expect, it } from "vitest";
import { findKnown, type KnownValue } from "../../transforms/detect/known.ts";
import { mergeFindings } from "../../transforms/detect/merge.ts";
import { marked, unmarked } from "../corpus/lexicons.ts";

const JANE: readonly KnownValue[] = [{ value: "Mary Ann" }, { value: "O'Donnell-Reyes" }];

/** Rows of values and what is expected; a text without marks must stay. */
const CASES: readonly (readonly [string, readonly KnownValue[], string])[] = [
  ["any case", [{ value: "Kowalski" }], "{KNOWN:KOWALSKI} and {KNOWN:kowalski} and {KNOWN:Kowalski}'s son"],
  ["whole words", [{ value: "Lang" }], "language, slang and {KNOWN:Lang}"],
  [
    "full name",
    [{ value: "John" }, { value: "Smith" }],
    "{KNOWN:John Smith}, {KNOWN:Smith, John} and {KNOWN:J. Smith}",
  ],
  ["middle initial", [{ value: "John" }, { value: "Smith" }], "seen: {KNOWN:John Q. Smith} today"],
  [
    "one edit",
    [{ value: "Katherine" }, { value: "Petrova" }],
    "{KNOWN:Kathrine} {KNOWN:Petrov}".replace("} {KNOWN:", " "),
  ],
  ["two edits are another name", [{ value: "Petrova" }], "Petersen stays"],
  ["joined", JANE, "{KNOWN:Maryann} and {KNOWN:MARY-ANN}"],
  ["split", JANE, "{KNOWN:O Donnell Reyes}; {KNOWN:ODonnell} or {KNOWN:Reyes}"],
  ["diacritics", [{ value: "Muñoz" }, { value: "José" }], "{KNOWN:Jose Munoz} and {KNOWN:JOSÉ}"],
  ["decomposed", [{ value: "Jose\u0301" }], "saw {KNOWN:Jose\u0301} and {KNOWN:Jose}"],
  ["phone", [{ value: "555-0199", type: "PHONE_OR_FAX" }], "{KNOWN:5550199}, {KNOWN:555 0199}, 15550199"],
  [
    "phone with area code",
    [{ value: "(415) 555-0199", type: "PHONE_OR_FAX" }],
    "{KNOWN:415.555.0199} or {KNOWN:555-0199}, not 5550198",
  ],
  ["country code", [{ value: "+1 415 555 0199", type: "PHONE_OR_FAX" }], "({KNOWN:415) 555-0199}"],
  ["id", [{ value: "00123456", type: "ID" }], "MRN {KNOWN:00123456}, {KNOWN:123456}, {KNOWN:0012-3456}, 1234567"],
  ["id in a longer number", [{ value: "123456", type: "ID" }], "91234567 and 0.1234561"],
  ["id glued to letters", [{ value: "448211", type: "ID" }], "MRN{KNOWN:448211}"],
  [
    "dates",
    [{ value: "1950-03-04", type: "DATE" }],
    "{KNOWN:3/4/1950} or {KNOWN:03-04-50} {KNOWN:March 4, 1950} {KNOWN:4 Mar 1950} {KNOWN:March 4th} {KNOWN:19500304}, 1950",
  ],
  [
    "a date in digits, day first or month first",
    [{ value: "03/04/1960", type: "DATE" }],
    "{KNOWN:3 April 1960} or {KNOWN:03.04.60} or {KNOWN:1960-04-03} or {KNOWN:March 4, 1960}, not 5 April 1960",
  ],
  [
    "a date that one order alone allows",
    [{ value: "25/12/1960", type: "DATE" }],
    "{KNOWN:25 December 1960} and {KNOWN:12/25/60}, not 24 December 1960",
  ],
  ["dates are not any number", [{ value: "1950-03-04", type: "DATE" }], "3450 mL and 030450"],
  [
    "a name that is a particle",
    [{ value: "Al" }],
    "He asks for {KNOWN:Al} Dente and et al. Message for {KNOWN:Al} again",
  ],
  ["particles of a longer name", [{ value: "van der Berg" }], "{KNOWN:Berg} moved the van to a lot"],
  ["ordinary word", [{ value: "Will" }], "He will come. Will he? Saw {KNOWN:Will} today."],
  ["ordinary word beside a name", [{ value: "will" }, { value: "brown" }], "pt {KNOWN:will brown} has brown sputum"],
  [
    "ordinary word before a verb",
    [{ value: "Will" }],
    "{KNOWN:Will} was seen. {KNOWN:Will} called at noon.\nWill need rest.",
  ],
  ["month before a verb", [{ value: "May" }], "Stable. {KNOWN:May} slept well. May resume diet. May proceed."],
  ["ordinary word after a title", [{ value: "Long" }], "a long day for Mr. {KNOWN:Long}"],
  ["two letters", [{ value: "Ng" }, { value: "Li" }], "{KNOWN:Li Ng} gave 5 ng; Dr. {KNOWN:Ng}"],
  ["one letter", [{ value: "J" }, { value: "Alvarez" }], "J tube; {KNOWN:J. Alvarez}; {KNOWN:Alvarez}"],
  ["no edit of ordinary words", [{ value: "Brown" }], "crown, grown, Blown away"],
  [
    "whole name in one value",
    [{ value: "Lopez, Maria E." }],
    "{KNOWN:Maria Lopez}; {KNOWN:Maria E. Lopez}; Ms. {KNOWN:Lopez}",
  ],
  ["e-mail", [{ value: "j.roe@example.com", type: "EMAIL" }], "to {KNOWN:J.Roe@Example.com}"],
  ["street", [{ value: "12 Oak Street", type: "ADDRESS" }], "at {KNOWN:12 Oak St}. and {KNOWN:12 OAK STREET}"],
  ["over a line break", [{ value: "Mary" }, { value: "Roebuck" }], "{KNOWN:Mary\nRoebuck}"],
  ["not over sentences", [{ value: "AB1234", type: "ID" }], "AB! 1234"],
  ["empty values", [{ value: " " }, { value: "" }], "nothing here"],
  ["invisible characters", [{ value: "Roebuck" }], "{KNOWN:Roe\u200bbuck} came"],
];

describe("known values", () => {
  it.each(CASES)("%s", (_name, values, expected) => {
    const text = unmarked(expected);
    expect(marked(text, mergeFindings(findKnown(text, values)))).toBe(expected);
  });

  it("gives the type it was told", () => {
    expect(findKnown("a 448211 b", [{ value: "448211", type: "ID" }])).toEqual([
      { type: "ID", start: 2, end: 8, score: 1, detail: "KNOWN" },
    ]);
  });
});
