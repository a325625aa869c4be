import { describe, expect, it } from "vitest";
import { agesIn, cappedAge, isOldYear, type Profile, policyOf, zip3Of } from "../../src/policy.ts";
import { isOldest, yearsIn } from "../../src/spans.ts";
import type { PhiType } from "../../src/types.ts";

const AS_OF = "2026-01-01";

/** `[text with the finding between « and », type, detail]`. */
type Row = readonly [text: string, type: PhiType, detail?: string];

/** Each row with a title. */
function rows(all: readonly Row[]): [string, Row][] {
  return all.map((row) => [row.join(" "), row]);
}

function permits(profile: Profile, [marked, type, detail]: Row): boolean {
  const start = marked.indexOf("«");
  const end = marked.indexOf("»") - 1;
  const text = marked.replace(/[«»]/g, "");
  return policyOf(profile, { asOf: AS_OF }).permits(text, {
    type,
    start,
    end,
    score: 0.9,
    ...(detail !== undefined && { detail }),
  });
}

/** One or more rows for each of the 18 identifiers of 45 CFR 164.514(b)(2)(i), A to R. */
const IDENTIFIERS: readonly Row[] = [
  ["seen by «Jane Roe» today", "NAME"], // A
  ["«Texas» called back", "NAME"],
  ["lives in «Boston, MA 02139»", "ADDRESS"], // B
  ["«Boston»", "ADDRESS"],
  ["«Boston»", "ADDRESS", "CITY"],
  ["«12 Elm Street»", "ADDRESS", "STREET"],
  ["«02139»", "ADDRESS", "ZIP"],
  ["«02139-1234»", "ADDRESS"],
  ["«Cook County»", "ADDRESS"],
  ["«New York»", "ADDRESS"],
  ["«New York»", "ADDRESS", "CITY"],
  ["«Georgia»", "ADDRESS", "CITY"],
  ["«Washington, DC»", "ADDRESS"],
  ["«Mercy Hospital»", "ADDRESS", "FACILITY"],
  ["«Texas»", "ADDRESS", "FACILITY"],
  ["«036»", "ADDRESS", "ZIP"],
  ["«692**»", "ADDRESS", "ZIP"],
  ["«Oklahoma City, Oklahoma»", "ADDRESS"],
  ["«ma»", "ADDRESS"],
  ["on «03/04/2021»", "DATE"], // C
  ["in «March 2021»", "DATE"],
  ["in «2021-03»", "DATE"],
  ["in «2018-11»", "DATE"],
  ["on «3/14»", "DATE"],
  ["on «Tuesday»", "DATE"],
  ["in «spring 2019»", "DATE"],
  ["03/04/«2021»", "DATE"],
  ["«2021»-03-04", "DATE"],
  ["MRN«2021»7", "DATE"],
  ["born «1931»", "DATE"],
  ["born in «1936»", "DATE"],
  ["in «the 1920s»", "DATE"],
  ["«92»-year-old", "AGE"],
  ["«92 y/o»", "AGE"],
  ["age «90»", "AGE"],
  ["«ninety-two»", "AGE"],
  ["a «nonagenarian»", "AGE"],
  ["in her «mid-90s»", "AGE"],
  ["«one hundred and two years old»", "AGE"],
  ["«1100 months»", "AGE"],
  ["«85-95»", "AGE"],
  ["«45, lives in Reno»", "AGE"],
  ["4«5»", "AGE"],
  ["4.«5»", "AGE"],
  ["call «617-555-0123»", "PHONE_OR_FAX"], // D
  ["fax «617-555-0124»", "PHONE_OR_FAX", "FAX"], // E
  ["«jroe@example.com»", "EMAIL"], // F
  ["«123-45-6789»", "ID", "SSN"], // G
  ["MRN «4821»", "ID", "MRN"], // H
  ["MRN «2019»", "ID", "MRN"],
  ["member «45»", "ID", "HEALTH_PLAN"], // I
  ["account «99-1»", "ID", "ACCOUNT"], // J
  ["license «MD»", "ID"], // K
  ["plate «TX»", "ID"], // L
  ["device «SN 2020»", "ID"], // M
  ["«https://example.com/u/45»", "URL"], // N
  ["«192.0.2.7»", "ID", "IP"], // O
  ["iris code «45»", "OTHER"], // P, Q
  ["«head of the only clinic of the island»", "PROFESSION"], // R
];

describe("safe_harbor", () => {
  const goes = IDENTIFIERS;
  const stays: readonly Row[] = [
    ["in «2021» she", "DATE"],
    ["since «2019»,", "DATE", "YEAR"],
    ["(«2019»)", "DATE"],
    ["«in 2019»", "DATE"],
    ["«2018-2020»", "DATE"],
    ["«2018/19»", "DATE"],
    ["«the 1990s»", "DATE"],
    ["«'98»", "DATE"],
    ["born «1937»", "DATE"],
    ["«45»", "AGE"],
    ["age «89»", "AGE"],
    ["«age 45»", "AGE"],
    ["«45 y/o»", "AGE"],
    ["«45»yo male", "AGE"],
    ["«45»-year-old", "AGE"],
    ["60-«65» years", "AGE"],
    ["«45 year old male»", "AGE"],
    ["«45F»", "AGE"],
    ["«forty-five»", "AGE"],
    ["«forty five years old»", "AGE"],
    ["«18 months»", "AGE"],
    ["«3-week-old»", "AGE"],
    ["«1 year and 3 months»", "AGE"],
    ["in his «late 80s»", "AGE"],
    ["an «octogenarian»", "AGE"],
    ["a «newborn»", "AGE"],
    ["«90+»", "AGE"],
    ["«over 89»", "AGE"],
    ["«90 or older»", "AGE"],
    ["from «Texas»", "ADDRESS"],
    ["from «MA»", "ADDRESS", "STATE"],
    ["from «Massachusetts»,", "ADDRESS"],
    ["«New York»", "ADDRESS", "STATE"],
    ["«state of New York»", "ADDRESS"],
    ["«TX, USA»", "ADDRESS"],
    ["«France»", "ADDRESS"],
    ["«the Netherlands»", "ADDRESS", "COUNTRY"],
    ["«U.S.»", "ADDRESS"],
    ["ZIP «021»", "ADDRESS", "ZIP"],
    ["«ZIP 021»", "ADDRESS"],
    ["«000»", "ADDRESS", "ZIP"],
  ];
  it.each(rows(goes))("masks %s", (_, row) => expect(permits("safe_harbor", row)).toBe(false));
  it.each(rows(stays))("keeps %s", (_, row) => expect(permits("safe_harbor", row)).toBe(true));
  it.each(rows(stays))("masks %s where the row or the job says so", (_, [text, type]) => {
    expect(permits("safe_harbor", [text, type, "KNOWN"])).toBe(false);
    expect(permits("safe_harbor", [text, type, "DENIED"])).toBe(false);
  });
  it.each(rows(stays))("strict masks %s all the same", (_, row) => expect(permits("strict", row)).toBe(false));
  it.each(rows(stays))("expert_determination keeps %s too", (_, row) =>
    expect(permits("expert_determination", row)).toBe(true),
  );
  it.each(rows(goes))("expert_determination masks %s too", (_, row) =>
    expect(permits("expert_determination", row)).toBe(false),
  );
});

describe("limited_data_set", () => {
  const stays: readonly Row[] = [
    ["on «03/04/2021»", "DATE"],
    ["in «March 2021»", "DATE"],
    ["born «1931»", "DATE"],
    ["«92»-year-old", "AGE"],
    ["«Boston, MA 02139»", "ADDRESS"],
    ["«Boston»", "ADDRESS", "CITY"],
    ["«Salt Lake City, UT»", "ADDRESS"],
    ["«St. Louis, MO»", "ADDRESS"],
    ["«02139»", "ADDRESS", "ZIP"],
    ["«02139-1234»", "ADDRESS"],
    ["«Texas»", "ADDRESS"],
    ["«Paris, France»", "ADDRESS"],
  ];
  const goes: readonly Row[] = [
    ["«12 Elm Street, Boston, MA 02139»", "ADDRESS"],
    ["«Elm Street»", "ADDRESS"],
    ["«Elm»", "ADDRESS", "STREET"],
    ["«Mercy Hospital»", "ADDRESS"],
    ["«Mercy»", "ADDRESS", "FACILITY"],
    ["«Boston 4»", "ADDRESS"],
    ["«boston»", "ADDRESS"],
    ["«03/04»/2021", "DATE"],
    ["«Boston»", "ADDRESS", "KNOWN"],
    ...IDENTIFIERS.filter(([, type]) => type !== "DATE" && type !== "AGE" && type !== "ADDRESS"),
  ];
  it.each(rows(stays))("keeps %s", (_, row) => expect(permits("limited_data_set", row)).toBe(true));
  it.each(rows(goes))("masks %s", (_, row) => expect(permits("limited_data_set", row)).toBe(false));
});

describe("policyOf", () => {
  it("says what becomes of date columns", () => {
    const dates = (profile: Profile) => policyOf(profile).dates;
    expect([dates("safe_harbor"), dates("strict")]).toEqual(["year", "year"]);
    expect([dates("limited_data_set"), dates("expert_determination")]).toEqual(["keep", "shift"]);
  });
  it("restricts the ZIP3s of both censuses unless told which", () => {
    expect([policyOf("safe_harbor").zip3.size, policyOf("strict").zip3.size]).toEqual([23, 23]);
    expect(policyOf("safe_harbor", { zip3: "2000" }).zip3.size).toBe(17);
    expect(policyOf("safe_harbor", { zip3: "2020" }).zip3.size).toBe(18);
    expect(policyOf("safe_harbor", { zip3: "2000" }).zip3.has("753")).toBe(false);
    expect(policyOf("safe_harbor", { zip3: "2020" }).zip3.has("831")).toBe(false);
  });
  it.each([
    ["02139", "021"],
    ["03601", "000"],
    ["10001", "100"],
    ["00501", "000"],
    ["00601", "006"],
    ["09012", "000"],
    ["96201", "000"],
    ["99950", "999"],
  ])("ZIP %s gives %s", (zip, prefix) => expect(zip3Of(zip, policyOf("safe_harbor"))).toBe(prefix));
  it("counts ages to as_of", () => {
    expect(isOldYear(1936, policyOf("safe_harbor", { asOf: "2026-12-31" }))).toBe(true);
    expect(isOldYear(1937, policyOf("safe_harbor", { asOf: "2026-12-31" }))).toBe(false);
    expect(isOldYear(1936, policyOf("safe_harbor", { asOf: "2025-12-31" }))).toBe(false);
    expect(policyOf("safe_harbor").asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});

describe("what a text says", () => {
  it.each<[string, readonly number[] | undefined]>([
    ["45", [45]],
    ["45.5 years", [45.5]],
    ["18 months", [1.5]],
    ["6-8 months", [0.5, 8 / 12]],
    ["60 to 65", [60, 65]],
    ["ninety two", [92]],
    ["a hundred and one", [101]],
    ["one hundred", [100]],
    ["nineties", [90]],
    ["aged 45", [45]],
    ["45 y.o.", [45]],
    ["6 weeks 4 days old", [6 / 52.18, 4 / 365.25]],
    ["DOL 6", [6]],
    ["day of life 2", [2]],
    ["45 mg", undefined],
    ["45 Elm", undefined],
    ["room 45", undefined],
    ["1945", undefined],
    ["old", undefined],
    ["", undefined],
    ["Jane", undefined],
  ])("the ages of %j are %j", (text, ages) => expect(agesIn(text)).toEqual(ages));

  it.each<[string, string | undefined]>([
    ["45", "45"],
    ["89", "89"],
    ["90", "90+"],
    ["104", "90+"],
    ["92 years", "90+ years"],
    ["92-year-old", "90+ year-old"],
    ["92yo", "90+yo"],
    ["ninety-two", "90+"],
    ["90+", "90+"],
    ["85-95", "90+"],
    ["1100 months", "90+ months"],
    ["n/a", undefined],
  ])("the age %j is written %j", (text, capped) => expect(cappedAge(text)).toBe(capped));

  it.each([">89", "≥ 90", "90+", "90 and older", "over 89 years old"])("%j is the oldest class", (text) =>
    expect(isOldest(text)).toBe(true),
  );
  it.each(["89+", "90", "95+", "over 90", ""])("%j is not", (text) => expect(isOldest(text)).toBe(false));

  it.each<[string, readonly number[] | undefined]>([
    ["2019", [2019]],
    ["2018–2020", [2018, 2020]],
    ["1999 to 2003", [1999, 2003]],
    ["the 1990s", [1990]],
    ["’98", [1998]],
    ["2018-12", undefined],
    ["12/2018", undefined],
    ["98", undefined],
    ["20190304", undefined],
    ["May 2019", undefined],
  ])("the years of %j are %j", (text, years) => expect(yearsIn(text)).toEqual(years));
});
