import { expect, it } from "vitest";
import type { Detector, Finding, RunContext } from "../../src/types.ts";

/** What a detector of the suite must find: a text and a value in it. */
export interface Probe {
  readonly text: string;
  readonly value: string;
}

/** What every `Detector` owes its callers. `quietRun` makes a run; `probes` are texts whose value the detector knows. */
export function detectorContract(
  open: () => Detector,
  quietRun: (signal?: AbortSignal) => RunContext,
  probes: readonly Probe[],
): void {
  it("has a name and a version", () => {
    expect(open().name).toMatch(/^[a-z_]+$/);
    expect(open().version).not.toBe("");
  });

  it("answers one list a text, in order", async () => {
    const texts = ["", ...probes.map(({ text }) => text), ""];
    const answers = await open().detect(texts, quietRun());
    expect(answers).toHaveLength(texts.length);
    expect(answers[0]).toEqual([]);
    expect(answers.at(-1)).toEqual([]);
    probes.forEach(({ text, value }, at) => {
      const start = text.indexOf(value);
      const covers = (finding: Finding): boolean => finding.start <= start && finding.end >= start + value.length;
      expect((answers[at + 1] as readonly Finding[]).some(covers), value).toBe(true);
    });
  });

  it("answers no texts with no lists", async () => {
    expect(await open().detect([], quietRun())).toEqual([]);
  });

  it("keeps offsets within the text, scores from 0 to 1, and details free of text", async () => {
    for (const { text } of probes) {
      const [found] = await open().detect([text], quietRun());
      for (const { start, end, score, detail } of found as readonly Finding[]) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        if (detail !== undefined) expect(detail).toMatch(/^[A-Z0-9_]+$/);
      }
    }
  });

  it("gives the same answer twice", async () => {
    const texts = probes.map(({ text }) => text);
    expect(await open().detect(texts, quietRun())).toEqual(await open().detect(texts, quietRun()));
  });

  it("throws once the run is stopped, and answers nothing", async () => {
    const stopped = AbortSignal.abort();
    await expect(open().detect(["Jane Roe"], quietRun(stopped))).rejects.toMatchObject({ code: "STOPPED" });
  });
}
