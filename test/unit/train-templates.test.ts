import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chance } from "../../scripts/train/chance.ts";
import { filler, readLists, readTemplates } from "../../scripts/train/fill.ts";

const FOLDER = new URL("../../scripts/train/templates/", import.meta.url);
const families = readdirSync(FOLDER).filter((file) => file !== "words.txt");
const fill = filler(chance(11), "training", readLists(new URL("words.txt", FOLDER)));

describe("the templates that the tagger learns from", () => {
  it.each(families)("%s: each fills, each span holds its value, and nothing is left of the template", (file) => {
    for (const template of readTemplates(new URL(file, FOLDER))) {
      const { text, spans } = fill(template);
      expect(text, template).not.toMatch(/\{\w+\}|<(?:brand|rel|dx|label)>|\\n/);
      for (const { start, end } of spans) expect(text.slice(start, end).trim(), template).toBe(text.slice(start, end));
    }
  });

  it("takes a first and a last name beside each other for one name", () => {
    const { text, spans } = fill("Seen by {first} {last} RN and {first}, {first}.");
    expect(spans).toHaveLength(3);
    expect(text.slice(spans[0]!.start, spans[0]!.end)).toMatch(/^\S.* .*\S$/);
  });
});
