import { beforeAll, describe, expect, it } from "vitest";
import { openEmbedded } from "../../src/job/detectors.ts";
import type { Detector } from "../../src/types.ts";
import { readingsOf } from "../../transforms/images/boxesText.ts";
import { quietRun } from "../fakes/images.ts";

let detector: Detector;
beforeAll(async () => {
  detector = await openEmbedded("en", true);
});

async function namesIn(text: string): Promise<readonly string[]> {
  const [found] = await detector.detect([text], quietRun());
  return found!.filter(({ type }) => type === "NAME").map(({ start, end }) => text.slice(start, end));
}

describe("names in what is read of images", () => {
  it.each([
    ["chest pain on exertion no Johansson fever or cough", ["Johansson"]],
    ["since last visit discussed diet and Abernathy exercise labs", ["Abernathy"]],
    ["murmur lungs clear abdomen soft extremities Castellano no", ["Castellano"]],
    ["no edema plan Rosenberg continue current medication", ["Rosenberg"]],
  ])("%s", async (text, names) => {
    expect(await namesIn(text)).toEqual(names);
  });

  it.each([
    "Foley catheter in place, draining clear urine",
    "Romberg negative, Babinski absent",
    "Parkinson disease, Crohn disease, no Murphy sign",
    "Gain 56 Depth 15 cm MI 1.2 Doppler angle",
    "SEMI-UPRIGHT PORTABLE CHEST",
  ])("none: %s", async (text) => {
    expect(await namesIn(text)).toEqual([]);
  });
});

describe("dates of which a digit was misread", () => {
  it.each([
    ["Born 1836-07-12", "Born 1936-07-12"],
    ["born 12.07.9936, seen", "born 12.07.1936, seen"],
    ["12/7/1936 and 2019-01-02", undefined],
    ["10.2.1836.77 of 1836 patients, 1836-2210", undefined],
  ])("%s", (text, tidy) => {
    const words = text.split(" ").map((each) => ({ text: each, polygon: [], score: 1, line: 0 }));
    expect(readingsOf(words).map((reading) => reading.text)).toEqual(tidy === undefined ? [text] : [text, tidy]);
  });
});
