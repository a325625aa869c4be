import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileAllow, compileDeny } from "../../transforms/detect/terms.ts";
import { detectOne, lexiconBytes, testDetector } from "../corpus/lexicons.ts";
import { maskedIn, spanishDetector } from "../corpus/spanish.ts";

const PLANTED = "Kowalczyk";

describe("what the detector leaves behind", () => {
  it("no word in its version or its lexicons", () => {
    const text = Buffer.from(lexiconBytes()).toString("latin1").toLowerCase();
    for (const word of ["kowalczyk", "maria", "boston", "rodriguez"]) expect(text).not.toContain(word);
    expect(testDetector().version).toMatch(/^\d+(?:\+[0-9a-f]{12}){2}$/);
  });

  const spanish =
    "Paciente: Benita Goikoetxea Ruiz. DNI 12345678Z. Domicilio: Calle Olmo 12, 28036 Getafe. Dra. Goikoetxea, tlf. 654 321 987, 12 de marzo de 2017.";
  it.each([
    ["as written", spanish],
    ["in capitals", spanish.toUpperCase()],
    ["in small letters", spanish.toLowerCase()],
    ["without accents, on lines", spanish.normalize("NFD").replace(/\p{M}/gu, "").replaceAll(". ", ".\n")],
  ])("nothing of a Spanish note %s", async (_, text) => {
    let left = text;
    for (const { start, end } of [...(await maskedIn(text))].sort((a, b) => b.start - a.start))
      left = `${left.slice(0, start)}${"█".repeat(end - start)}${left.slice(end)}`;
    expect(left).not.toMatch(/benita|goiko|ruiz|12345678|olmo|28036|getafe|654|987|marzo|2017/i);
    expect(left).toMatch(/paciente: [\s\S]*domicilio: /i);
  });

  it("no word in the version or the lexicons of Spanish", () => {
    expect(spanishDetector().version).toMatch(/^\d+\+es\d+(?:\+[0-9a-f]{12}){1,2}$/);
    const text = readFileSync("transforms/detect/spanish/lexicons-es.bin", "latin1").toLowerCase();
    for (const word of ["garcia", "madrid", "goikoetxea"]) expect(text).not.toContain(word);
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
