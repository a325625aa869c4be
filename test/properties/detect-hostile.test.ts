import { describe, expect, it } from "vitest";
import { findKnown } from "../../transforms/detect/known.ts";
import { mergeFindings } from "../../transforms/detect/merge.ts";
import { compileDeny } from "../../transforms/detect/terms.ts";
import { quietRun, testDetector } from "../corpus/lexicons.ts";
import { spanishDetector } from "../corpus/spanish.ts";

/** Units that make rules look far, back up or start again, each repeated to a run that would take minutes in square time. */
const UNITS =
  "a|1|1 |1-|.|@|a.|a@|John |MRN: |(|A-|St. |12 Oak |March |: |0|1:|de |É|Of |x x|AB12 |Box |J. |-|no: |Hospital |+1 |http://|'s|twenty |GB82 |New |com.|com |ROE, |1/|Dr. |, |\n|\n\n|#|😀|\u0301|\u200b|at |at dot com |1.|J-|Medical |of the |San |IL |St |www.|::|'|O'|ﬁ".split(
    "|",
  );
/** The same for Spanish rules. */
const SPANISH =
  "calle |C/ a |Avda. A |Calle de la |12 de |marzo |tres |noventa y |NHC: |n de historia |Nombre: |apellidos y |Dr. de la |María |de la |Hospital de |Centro de |en San |28001 |s/n |A s/n |3o |C.P. 28|tel. 9|912 |1 a |y |trabaja en |B Madrid ".split(
    "|",
  );
const LONG = 20_000;
const blocks = UNITS.map((unit) => unit.repeat(Math.ceil(LONG / unit.length)));
const megabyte = blocks.join("\n");

describe("hostile text", () => {
  it("of one megabyte is read to its end", async () => {
    expect(megabyte.length).toBeGreaterThan(1_000_000);
    const [found] = await testDetector().detect([`${megabyte} Mr. Roebuck`], quietRun());
    expect(found?.at(-1)?.end).toBe(megabyte.length + " Mr. Roebuck".length);
  }, 60_000);

  it("of one megabyte is read to its end in Spanish", async () => {
    const spanish = SPANISH.map((unit) => unit.repeat(Math.ceil(LONG / unit.length))).join("\n");
    const [found] = await spanishDetector().detect([`${megabyte}${spanish} Dra. Roebuck`], quietRun());
    expect(found?.at(-1)?.end).toBe(`${megabyte}${spanish} Dra. Roebuck`.length);
  }, 60_000);

  it("takes known values, ordinary and repeated", () => {
    const found = findKnown(`${megabyte} Roebuck`, [
      { value: "Roebuck" },
      { value: "aaaaaaaa" },
      { value: "John" },
      { value: "1111111", type: "ID" },
      { value: "1-1-1-1-1-1-1", type: "PHONE_OR_FAX" },
    ]);
    expect(mergeFindings(found).at(-1)?.end).toBe(megabyte.length + " Roebuck".length);
  }, 60_000);

  it("takes the terms and patterns of a job", () => {
    const deny = compileDeny({ terms: ["John John", "Roebuck"], patterns: ["A-+B", "\\d+x"] }, "deny");
    expect(deny(`${megabyte} Roebuck`).some(({ end }) => end === megabyte.length + " Roebuck".length)).toBe(true);
  }, 60_000);
});
