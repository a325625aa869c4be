import { describe, expect, it } from "vitest";
import { compileAllow, compileDeny } from "../../transforms/detect/terms.ts";
import { detectOne, lexiconBytes, testDetector } from "../corpus/lexicons.ts";

const PLANTED = "Kowalczyk";

describe("what the detector leaves behind", () => {
  it("no word in its version or its lexicons", () => {
    const text = Buffer.from(lexiconBytes()).toString("latin1").toLowerCase();
    for (const word of ["kowalczyk", "maria", "boston", "rodriguez"]) expect(text).not.toContain(word);
    expect(testDetector().version).toMatch(/^\d+(?:\+[0-9a-f]{12}){2}$/);
  });

  it("no text in its findings", async () => {
    const found = await detectOne(`Mr. ${PLANTED}, MRN 44120987, called from 415-555-0199.`);
    expect(found.length).toBeGreaterThan(2);
    expect(JSON.stringify(found)).not.toMatch(/kowalczyk|44120987|0199/i);
  });

  it.each([
    (): unknown => compileDeny({ patterns: [`(${PLANTED}+)+`] }, "deny"),
    (): unknown => compileDeny({ patterns: [`${PLANTED}(`] }, "deny"),
    (): unknown => compileAllow({ terms: [PLANTED], patterns: [`(?:${PLANTED}`] }, "allow"),
  ])("no piece of a job's pattern in its error (%#)", (compile) => {
    try {
      compile();
      expect.unreachable();
    } catch (error) {
      const said = `${error} ${JSON.stringify(error)} ${(error as Error).stack} ${String((error as Error).cause)}`;
      expect(said).not.toContain(PLANTED);
    }
  });
});
