import { describe, expect, it } from "vitest";
import { detectOne, marked, unmarked } from "../corpus/lexicons.ts";

/** What stands between two parts of one address goes with them; states and countries stay. */
describe("addresses in parts", () => {
  it.each([
    "They met at {STREET:the corner of Elm Street and 4th Avenue} twice.",
    "Seen at {FACILITY:Roebuck Clinic in }{CITY:Duluth} again.",
    "Lives at {STREET:12 Elm Street}, {CITY:Duluth}, {STATE:MN} {ZIP:55802}.",
    "Lives at {STREET:12 Elm Street} in {CITY:Truth or Consequences}. Reached by mail.",
    "Lives at {STREET:12 Elm Street} in {MONTH:May}.",
    "Lives at {STREET:12 Elm Street} and works in {CITY:Duluth}.",
  ])("%s", async (expected) => {
    const text = unmarked(expected);
    expect(marked(text, await detectOne(text))).toBe(expected);
  });
});

/** Identifiers and numbers that fields of a table part by commas alone. */
describe("fields of a table", () => {
  it.each([
    "{NAME:Roebuck, Jane},{ID:A4317226},{DATE:03/20/2021},{CITY:Duluth}",
    "platelets 210,000 and 1,250,000 cells",
    "account {ACCOUNT:4412 9928 1120 7745} closed",
    "phone {PHONE:x5583}",
    "They are not answering at {PHONE:78 651 450}",
    "{PHONE:416 60 039} office",
    "COMPARISON: {DATE:7/19}. FINDINGS: none",
    "taken {DATE:7/22} 2:30",
    "She is {OVER_89:97} and lives alone.",
    "The dose is 97 and rising.",
  ])("%s", async (expected) => {
    const text = unmarked(expected);
    expect(marked(text, await detectOne(text))).toBe(expected);
  });
});
