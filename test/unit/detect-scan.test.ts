import { describe, expect, it } from "vitest";
import { openLexicon } from "../../transforms/detect/lexicon.ts";
import { mendScan } from "../../transforms/detect/scan.ts";
import { detectOne, lexiconBytes, marked, unmarked } from "../corpus/lexicons.ts";

const { info } = openLexicon(lexiconBytes());

describe("what a scanner misread is read as it was printed", () => {
  it.each([
    ["RECElVED 2026-O3-27 frorn the c1inic", "RECEIVED 2026-03-27 from the clinic"],
    ["Mr. Hatfie1d and Orvil1e, tel 5O2 555 Ol36", "Mr. Hatfield and Orville, tel 502 555 0136"],
    ["HlSTORY: an 8l-year-o1d, seen 2/ll/26, sent hirn horne", "HISTORY: an 81-year-old, seen 2/11/26, sent him home"],
    ["REGI0NAL CENTER, ALLERGlES, no. SP26-l884", "REGIONAL CENTER, ALLERGIES, no. SP26-1884"],
  ])("%s", (text, printed) => {
    expect(mendScan(text, info).text).toBe(printed);
  });

  it.each([
    "S1 and S2 normal, O2 at 2L, I10, B12 level, T1 and T2, L5-S1, H1N1, CO2, H2O, IL1B, q1h, dl0",
    "modern medicine, a barn, the intern; modem, corn and horns; code l0b1 of S10885, user jane1a",
    "One error alone, Hatfie1d, may be meant.",
  ])("%s stays", (text) => {
    expect(mendScan(text, info)).toEqual({ text, from: undefined, to: undefined });
  });

  it("offsets lead back to the text as given, each unit to a place within its run", () => {
    const text = "Tarnrny Hatfie1d, frorn 2O26-O3-27";
    const { text: mended, from, to } = mendScan(text, info);
    expect(mended).toBe("Tammy Hatfield, from 2026-03-27");
    expect(from).toHaveLength(mended.length);
    const name = mended.indexOf("Tammy");
    expect(text.slice(from![name], to![name + 4])).toBe("Tarnrny");
    const date = mended.indexOf("2026");
    expect(text.slice(from![date], to![mended.length - 1])).toBe("2O26-O3-27");
    for (let at = 1; at < mended.length; at += 1) expect(from![at]!).toBeGreaterThanOrEqual(from![at - 1]!);
  });
});

describe("names, dates, numbers and ages in scanned notes", () => {
  it.each([
    "HlSTORY: Mr. {NAME:Hatfie1d} is an {AGE:8l}-year-o1d seen {DATE:2/ll/26} (path no. {ID:SP26-l884}).",
    "DOB {DATE:O9/O3/1944}, phone {PHONE:606-555-Ol07}, will cal1 {NAME:Tarnrny} tornorrow",
    "Date of Consu1t: {DATE:March 25, 2O26}; the c1inic of Dr. {NAME:Feldrnan}",
  ])("%s", async (expected) => {
    const text = unmarked(expected);
    expect(marked(text, await detectOne(text))).toBe(expected);
  });
});
